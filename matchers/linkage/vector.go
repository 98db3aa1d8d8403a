package linkage

// rank orders the levels of names to choose between readings of a row; the
// scale is bits, roughly.
var (
	surnameRank = [maxLevels]int{0, 12, 11, 9, 8, 8, 4, -4}
	givenRank   = [maxLevels]int{0, 11, 9, 8, 4, 5, 7, 6, 4, 1, -5}
)

// compare fills v with the comparison of a row and a registered person.
func (w *weigher) compare(row *facts, e *entry, v *vector) {
	*v = vector{}
	if l := compareDates(row.date, e.date); l != 0 {
		v.level[onDate], v.share[onDate] = l, w.dateShare(row.date, e.date, l)
	}
	if l := compareEmails(row, &e.facts); l != 0 {
		v.level[onEmail], v.share[onEmail] = l, row.shares[0]
	}
	if l := comparePhones(row.phone, e.phone); l != 0 {
		v.level[onPhone], v.share[onPhone] = l, row.shares[1]
	}
	if row.hashes != nil {
		w.compareHashes(row, e, v)
	}
	v.level[onNIR] = compareNIR(row.nir, e.nir)
	mailed := len(row.readings) > 0 && row.readings[0].kind == readMailed
	if !mailed || v.level[onEmail] != emailExact { // else the names would be the same evidence twice
		w.compareNames(row, e, v)
	}
	if l := compareAddresses(row, &e.facts); l != 0 {
		v.level[onAddress], v.share[onAddress] = l, row.shares[2]
	}
	w.comparePlaces(row, e, v)
	if row.sex != 0 && e.sex != 0 {
		v.level[onSex] = differs(row.sex != e.sex)
	}
	if row.nationality != "" && e.nationality != "" {
		v.level[onNationality] = differs(row.nationality != e.nationality)
	}
	if row.read != 0 {
		v.said(row.read)
	}
}

func differs(yes bool) uint8 {
	if yes {
		return otherValue
	}
	return sameValue
}

// compareNames compares under the best pair of readings.
func (w *weigher) compareNames(row *facts, e *entry, v *vector) {
	best := -1 << 30
	for i := range row.readings {
		r := &row.readings[i]
		if r.kind == readSwapped && best > 12 {
			break
		}
		for j := range e.readings {
			best = w.compareReading(r, &e.readings[j], e, v, best)
		}
	}
}

func (w *weigher) compareReading(r, p *reading, e *entry, v *vector, best int) int {
	surname, borne := bestSurname(r, p)
	var level uint8
	var share bitsFx
	if r.given != nil && p.given != nil {
		var at int
		level, at = compareGiven(r.given, p.given)
		switch {
		case at >= 0:
			share = w.givenShare(e, p, at)
		}
	}
	if r.kind == readSwapped {
		if surname == 0 || level == 0 || surname > surnameTypo || level > givenTypo {
			return best
		}
		surname, level = surnameSwapped, givenSwapped
	}
	if r.kind == readGuess && (surname == 0 || surname > surnameTypo) && (level == 0 || level > givenTypo) {
		return best
	}
	if r.kind == readMailed && (surname == 0 || level == 0 || surname > surnameTypo || level > givenTypo) {
		return best // an e-mail's words need not be names: they never speak against
	}
	rank := surnameRank[surname] + givenRank[level]
	if rank <= best {
		return best
	}
	v.level[onSurname], v.level[onGiven] = surname, level
	v.share[onSurname], v.share[onGiven] = 0, share
	if borne != nil {
		v.share[onSurname] = w.surnameShare(borne)
	}
	return rank
}

// bestSurname compares birth and usage names with each other and across.
func bestSurname(r, p *reading) (level uint8, borne *name) {
	try := func(a, b *name, cross bool) {
		if a == nil || b == nil || level == surnameExact {
			return
		}
		l := compareSurnames(a, b)
		if cross && l == surnameExact {
			l = surnameCross
		}
		if level == 0 || surnameRank[l] > surnameRank[level] {
			level, borne = l, b
		}
	}
	try(r.birth, p.birth, false)
	try(r.usage, p.usage, false)
	try(r.birth, p.usage, true)
	try(r.usage, p.birth, true)
	return level, borne
}
