package linkage

// What a row of a leak says decides by which blocking keys its person can be
// found, if registered. The routes below are those of keys.go; whoever is found
// by none of them is lost, and no weight ever tells: the chance of it enters the
// share of registered people, what is left to strangers, and the interval.

// said is which of the things that routes need a record has.
type said uint8

const (
	saysSurname said = 1 << iota
	saysGiven
	saysDate
	saysTown
	saysEmail
	saysPhone
	saysAddress
	saysNIR
	saysAll = 1<<8 - 1
)

// says tells what a record has.
func (f *facts) says() (s said) {
	set := func(yes bool, bit said) {
		if yes {
			s |= bit
		}
	}
	for i := range f.readings {
		r := &f.readings[i]
		if r.kind == readMailed || r.kind == readGuess {
			continue
		}
		set(r.birth != nil || r.usage != nil, saysSurname)
		set(r.given != nil, saysGiven)
	}
	set(f.date.day() != 0 && f.date.month() != 0, saysDate)
	set(f.postcode != "" || f.city != "", saysTown)
	set(f.email != "" || f.hashes != nil && f.hashes.of[hashedEmail].Sum != "", saysEmail)
	set(f.phone != "" || f.hashes != nil && f.hashes.of[hashedPhone].Sum != "", saysPhone)
	set(f.street != "" && (f.postcode != "" || f.city != ""), saysAddress)
	set(f.nir != "", saysNIR)
	return s
}

// routes is how many ways lead from a row to its person, where all that it has in
// common with them is agreed; dated tells whether the row has a date at all.
func (s said) routes(dated bool) (n int) {
	for _, r := range [...]struct {
		needs said
		open  bool
	}{
		{saysSurname | saysGiven, true}, {saysSurname | saysDate, true}, {saysGiven | saysDate, true},
		{saysSurname | saysTown, !dated}, {saysGiven | saysTown | saysDate, true}, {saysDate, true},
		{saysEmail, true}, {saysPhone, true}, {saysAddress, true}, {saysNIR, true},
	} {
		if r.open && s&r.needs == r.needs {
			n++
		}
	}
	return n
}

// kept is the chance that a registered person has each thing, and that a row of
// theirs agrees on it as far as its blocking key goes, in parts per billion:
// half of the misspelt names still sound alike, and half of the contacts that m
// thinks changed are believed to be so in a file with nothing else to learn it from.
func (w *weigher) kept() (out [8]uint64) {
	m := func(c comparison, levels ...int) (sum uint64) {
		l := w.p.levels(c)
		for _, i := range levels {
			sum += l[i-1].M
		}
		return min(sum, billion)
	}
	half := func(c comparison, off, typo, near int) uint64 {
		return billion - min(m(c, off)+m(c, typo, near)/2, billion)
	}
	agrees := [8]uint64{
		half(onSurname, surnameOff, surnameTypo, surnameNear), half(onGiven, givenOff, givenTypo, givenNear) - min(m(onGiven, givenShort), billion/2),
		m(onDate, dateExact, dateSwapped), m(onAddress, addressExact, addressClose, addressPostcode, addressCity),
		billion - m(onEmail, emailClose, emailOff)/2, billion - m(onPhone, phoneClose, phoneOff)/2, m(onAddress, addressExact), m(onNIR, nirExact),
	}
	has := w.ix.fields()
	for i := range out {
		if said(1)<<i&(saysEmail|saysPhone|saysNIR) != 0 {
			has[i] = (has[i] + billion) / 2 // who gives one mostly gave it to the registry as well
		}
		out[i] = agrees[i] / 1000 * (has[i] / 1000) / 1000
	}
	return out
}

// lose works out, for every kind of row, the chance that its person is lost,
// where each route is closed by a block that was cut with the same chance.
func (w *weigher) lose() {
	kept := w.kept()
	cut := uint64(0)
	if st := w.ix.Stats(); st.Capped > 0 {
		cut = ratio(uint64(st.Capped), uint64(max(int64(st.Postings), st.Capped)))
	}
	var closed [12]uint64
	closed[0] = billion
	for n := 1; n < len(closed); n++ {
		closed[n] = closed[n-1] / 1000 * (cut / 1000) / 1000
	}
	for row := range w.lost {
		w.lost[row] = 0
		dated := said(row)&saysDate != 0
		if said(row).routes(dated) == 0 {
			continue // nobody could be found by such a row: it says nothing of anybody
		}
		for agreed := row; ; agreed = (agreed - 1) & row { // all that may be left of it
			p := closed[said(agreed).routes(dated)]
			for i, k := range kept {
				switch bit := 1 << i; {
				case p == 0 || row&bit == 0:
				case agreed&bit != 0:
					p = p / 1000 * (k / 1000) / 1000
				default:
					p = p / 1000 * ((billion - k) / 1000) / 1000
				}
			}
			w.lost[row] += p
			if agreed == 0 {
				break
			}
		}
	}
}

// fields is the share of registered people who have each of the things that
// routes need, in parts per billion, from people spread over the index.
func (ix *Index) fields() [8]uint64 {
	ix.saysOnce.Do(func() {
		const few = 256
		n := uint64(ix.head.Persons)
		drawn := min(n, few)
		var count [8]uint64
		var e entry
		for i := range drawn {
			if ix.person(uint32(i*n/drawn), &e) != nil {
				break // it is damaged: who asks for people will be told
			}
			for k, s := 0, e.says(); k < len(count); k++ {
				count[k] += uint64(s >> k & 1)
			}
		}
		for k := range count {
			ix.saysOf[k] = (count[k] + 1) * billion / (drawn + 1)
		}
	})
	return ix.saysOf
}
