package linkage

// cohort is the span of years over which given names are counted together:
// fashions change, and a namesake born the same day was named in the same one.
const cohort = 10

// decade identifies a given name within a cohort.
type decade struct {
	token int32
	years int32
}

// count fills in what share of the registry has each person's values, and how
// strongly surnames and given names go together.
func (ix *Index) count() {
	n := uint64(len(ix.people))
	byDecade, decades := ix.countDecades()
	emails, phones := map[string]uint32{}, map[string]uint32{}
	addresses, places := map[[2]string]uint32{}, map[string]uint32{}
	nationalities := map[string]uint32{}
	for i := range ix.people {
		e := &ix.people[i]
		emails[e.email]++
		phones[e.phone]++
		addresses[e.address()]++
		places[e.birthplace()]++
		nationalities[e.nationality]++
	}
	for i := range ix.people {
		e := &ix.people[i]
		e.shares[onEmail] = others(emails[e.email], n)
		e.shares[onPhone] = others(phones[e.phone], n)
		e.shares[onAddress] = others(addresses[e.address()], n)
		e.shares[onPlace] = log2Ratio(2*uint64(places[e.birthplace()])-1, 2*n)
		e.shares[onNationality] = log2Ratio(uint64(nationalities[e.nationality]), n+1)
		if len(e.readings) == 0 || e.readings[0].given == nil {
			continue
		}
		t := e.readings[0].given.tokens[0].id
		const weight = 200 // people whose names the whole registry lends to a cohort
		k := decade{t, int32(e.date.year() / cohort)}
		all := 2*uint64(ix.dict.tokenCount[t]) - 1
		e.shares[onGiven] = log2Ratio((2*uint64(byDecade[k])-1)*n+weight*all, 2*n*uint64(decades[k.years]+weight))
	}
	ix.kin = ix.affinity()
}

// others is log2 of the share of the registry that has the same value besides
// the person; a value nobody else has is given none.
func others(count uint32, n uint64) bitsFx {
	if count < 2 {
		return 0
	}
	return min(log2Ratio(uint64(count-1), n), -1)
}

func (f *facts) address() [2]string { return [2]string{f.street, f.place1()} }
func (f *facts) birthplace() string { return firstText(f.commune, f.place) }

func (ix *Index) countDecades() (byName map[decade]uint32, all map[int32]uint32) {
	byName, all = map[decade]uint32{}, map[int32]uint32{}
	for i := range ix.people {
		e := &ix.people[i]
		if len(e.readings) > 0 && e.readings[0].given != nil {
			y := int32(e.date.year() / cohort)
			byName[decade{e.readings[0].given.tokens[0].id, y}]++
			all[y]++
		}
	}
	return byName, all
}

// surnameShare is log2 of the share of people with a surname. Half a bearer is
// taken off: the registered person is not their own namesake.
func (ix *Index) surnameShare(id int32) bitsFx {
	return log2Ratio(max(2*uint64(ix.dict.nameCount[id]), 2)-1, 2*uint64(max(len(ix.people), 1)))
}

// tokenShare is the same for a given name in any position.
func (ix *Index) tokenShare(id int32) bitsFx {
	return log2Ratio(max(2*uint64(ix.dict.tokenCount[id]), 2)-1, 2*uint64(max(len(ix.people), 1)))
}

// affinity is log2 of how much oftener two people share surname and first
// given name than if one told nothing of the other. People of one origin bear
// names of one origin, so namesakes are commoner than shares multiply to.
// Pairs with one birth date are left out: they may be one person twice.
func (ix *Index) affinity() bitsFx {
	type pair struct{ surname, given int32 }
	type dated struct {
		pair
		date date
	}
	surnames, givens := map[int32]uint64{}, map[int32]uint64{}
	pairs, same := map[pair]uint64{}, map[dated]uint64{}
	n := uint64(0)
	for i := range ix.people {
		e := &ix.people[i]
		if len(e.readings) == 0 || e.readings[0].birth == nil || e.readings[0].given == nil {
			continue
		}
		p := pair{e.readings[0].birth.id, e.readings[0].given.tokens[0].id}
		n++
		surnames[p.surname]++
		givens[p.given]++
		pairs[p]++
		same[dated{p, e.date}]++
	}
	if n < 1000 {
		return oneBit
	}
	var s, g, seen uint64
	for _, k := range surnames {
		s += k * (k - 1) / 2
	}
	for _, k := range givens {
		g += k * (k - 1) / 2
	}
	for _, k := range pairs {
		seen += k * (k - 1) / 2
	}
	for _, k := range same {
		seen -= k * (k - 1) / 2
	}
	all := n * (n - 1) / 2
	// expected = s*g/all, with five pairs of prior belief in one bit
	expected := ratio(s, all) * (g/1000 + 1) / (billion / 1000)
	return min(max(log2Ratio(seen+10, expected+5), 0), 6*oneBit)
}
