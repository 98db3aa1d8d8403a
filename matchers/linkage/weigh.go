package linkage

// Options are the choices of the team.
type Options struct {
	// Population is how many people could be in a dump; 68 million when 0.
	// Nothing is linked without review while, by chance alone, more than
	// FalseLinks of them are expected to agree as well.
	Population int64
	// Share returns the share of the country that bears a folded surname
	// ("LE GALL"), or 0 when unknown; nil when there are no such statistics.
	// It must give the same answers in training and in matching.
	Share func(folded string) float64
	// FalseLinks is the accepted share of false links among links; 1/1000 when 0.
	FalseLinks float64
	// Missed is the accepted share of people lost below review; 1/1000 when 0.
	Missed float64
	// Workers is how many rows are weighed at once; the number of CPUs when 0.
	// It never changes an answer.
	Workers int
}

const defaultPopulation = 68_000_000

func (o Options) population() uint64 {
	if o.Population <= 0 {
		return defaultPopulation
	}
	return uint64(o.Population)
}

// weigher turns vectors into weights under a set of parameters.
type weigher struct {
	ix       *Index
	p        *parameters
	m        [numComparisons][maxLevels]bitsFx // log2 m
	base     [numComparisons][maxLevels]bitsFx // log2 m/u
	u        [numComparisons][maxLevels]bitsFx // log2 u
	kin      [numComparisons][maxLevels]bitsFx // log2 kin
	years    [lastYear - firstYear + 1]bitsFx  // log2 share of rows born in a year
	firstJan bitsFx
	contacts [][3]bitsFx // log2 share of each person's e-mail, phone, address
	surnames []bitsFx    // log2 share by surname id
	tokens   []bitsFx    // log2 share by given name id
	meanName bitsFx      // log2 of the chance that two strangers share a surname
	meanGive bitsFx
	shape    [maxLevels]bitsFx // log2 of how strangers of one first given name agree on the others
}

func newWeigher(ix *Index, p *parameters, opt Options) *weigher {
	w := &weigher{ix: ix, contacts: contactShares(ix, p.Common)}
	w.surnames = make([]bitsFx, len(ix.dict.nameCount))
	for id := range w.surnames {
		w.surnames[id] = ix.surnameShare(int32(id))
	}
	if opt.Share != nil {
		w.national(opt.Share)
	}
	w.tokens = make([]bitsFx, len(ix.dict.tokenCount))
	for id := range w.tokens {
		w.tokens[id] = ix.tokenShare(int32(id))
	}
	w.meanName = meanShare(ix.dict.nameCount, len(ix.people))
	w.meanGive = meanShare(ix.dict.tokenCount, len(ix.people))
	w.set(p)
	return w
}

// national takes the country's share of a surname instead of the registry's,
// unless other registered people make it commoner here.
func (w *weigher) national(share func(string) float64) {
	n := uint64(max(len(w.ix.people), 1))
	for _, nm := range w.ix.dict.names {
		s := share(nm.text)
		if !(s > 0 && s <= 1) {
			continue
		}
		here := bitsFx(-40 * int32(oneBit))
		if c := w.ix.dict.nameCount[nm.id]; c > 1 {
			here = log2Ratio(uint64(c-1), n)
		}
		there := log2P(uint64(s * billion))
		w.surnames[nm.id] = max(here, there)
	}
}

func meanShare(counts []uint32, people int) bitsFx {
	var sum uint64
	for _, c := range counts {
		sum += uint64(c) * uint64(c)
	}
	n := uint64(max(people, 1))
	return log2Ratio(sum/n+1, n)
}

// set takes new parameters; what depends on the index stays.
func (w *weigher) set(p *parameters) {
	w.p = p
	for c := range specs {
		for i, l := range p.Levels[specs[c].name] {
			w.m[c][i+1], w.u[c][i+1], w.kin[c][i+1] = log2P(l.M), log2P(l.U), log2P(l.Kin)
			w.base[c][i+1] = w.m[c][i+1] - w.u[c][i+1]
		}
	}
	w.shape = [maxLevels]bitsFx{}
	given := p.Levels[specs[onGiven].name]
	first := given[givenAll-1].U + given[givenExact-1].U + given[givenFirst-1].U + given[givenClash-1].U
	for _, l := range []int{givenAll, givenExact, givenFirst, givenClash} {
		w.shape[l] = log2Ratio(given[l-1].U, first)
	}
	rare := log2P(billion / 500)
	if len(p.Years) == 0 {
		rare = log2P(billion / 60)
	}
	for i := range w.years {
		w.years[i] = rare
	}
	for _, y := range p.Years {
		if y.Year >= firstYear && y.Year <= lastYear {
			w.years[y.Year-firstYear] = log2P(y.Share)
		}
	}
	w.firstJan = log2P(max(p.FirstJan, billion/366))
}

// contactShares is what share others have of each person's contacts, in the
// registry or in the leak. It is never 0, which would mean unknown.
func contactShares(ix *Index, common []commonValue) [][3]bitsFx {
	leak := make(map[uint64]bitsFx, len(common))
	for _, v := range common {
		leak[v.Digest] = min(log2P(v.Share), -1)
	}
	out := make([][3]bitsFx, len(ix.people))
	for i := range out {
		e := &ix.people[i]
		for k, c := range [3]comparison{onEmail, onPhone, onAddress} {
			out[i][k] = -60 * oneBit
			if e.shares[c] != 0 {
				out[i][k] = e.shares[c]
			}
			if len(leak) == 0 {
				continue
			}
			if s, ok := leak[contactDigest(c, &e.facts)]; ok {
				out[i][k] = max(out[i][k], s)
			}
		}
	}
	return out
}

// contactDigest names an e-mail, phone or address in a model.
func contactDigest(c comparison, f *facts) uint64 {
	switch c {
	case onEmail:
		return hashText('e', f.email)
	case onPhone:
		return hashText('p', f.phone)
	}
	return hashText(hashText('a', f.street), f.place1())
}

// dateShare is log2 of the chance that a stranger agrees so with the date of a
// registered person.
func (w *weigher) dateShare(row, d date, level uint8) bitsFx {
	const day, month = -8*oneBit - oneBit/2, -3*oneBit - oneBit/2 // one in 365, one in 12
	year := w.years[min(max(d.year(), firstYear), lastYear)-firstYear]
	switch level {
	case datePartial:
		return year
	case dateKnown:
		if row.month() != 0 && d.month() != 0 {
			return year + month
		}
		return year
	case dateSwapped:
		return year + day
	case dateExact:
		if d.month() == 1 && d.day() == 1 {
			return year + w.firstJan
		}
		return year + day
	}
	return 0
}

// many is the price of several chances to agree, in bits: a double name has
// two parts, given names are three or so.
func many(c comparison, level uint8) bitsFx {
	switch {
	case c == onSurname && (level == surnameCross || level == surnamePart):
		return oneBit
	case c == onGiven && level == givenOther:
		return oneBit + oneBit/2
	}
	return 0
}

// weight returns what one comparison says, in bits: for the same person
// against a stranger, and for a relative against a stranger.
func (w *weigher) weight(c comparison, v *vector) (match, kin bitsFx) {
	l := v.level[c]
	if l == 0 {
		return 0, 0
	}
	share := v.share[c]
	if !specs[c].levels[l-1].valued || share == 0 {
		adjust := w.adjust(c, l, share)
		return w.base[c][l] + adjust, w.kin[c][l] - w.u[c][l] + adjust
	}
	if c >= onEmail && c != onPlace {
		share = max(share, w.u[c][l])
	}
	if c == onGiven {
		share += w.shape[l]
	}
	share = min(share+many(c, l), 0)
	match, kin = w.m[c][l]-share, w.kin[c][l]-share
	if c == onGiven {
		kin = max(kin, 0) // relatives bear common names as often as anybody
		if l == givenSwapped {
			match, kin = -share, max(w.kin[c][givenExact]-share, 0) // the surname's level has paid for the swap
		}
	}
	return match, kin
}

// adjust gives part of the value-specific weight to names that are only alike
// (Splink's term-frequency adjustment on fuzzy levels): half, up to 3 bits.
func (w *weigher) adjust(c comparison, level uint8, share bitsFx) bitsFx {
	if share == 0 {
		return 0
	}
	var mean bitsFx
	switch {
	case c == onSurname && level < surnameOff:
		mean = w.meanName
	case c == onGiven && level < givenOff:
		mean = w.meanGive
	default:
		return 0
	}
	return min(max((mean-share)/2, -3*oneBit), 3*oneBit)
}

// total weighs a whole vector, for the person, for a relative and for a twin. parts, if
// not nil, receives each comparison's share of the match weight; the last is
// the affinity of the two names.
func (w *weigher) total(v *vector, parts *[numComparisons + 1]bitsFx) (match, kin, twin bitsFx) {
	named := v.level[onSurname] != 0 && v.level[onSurname] <= surnameTypo
	called := v.level[onGiven] != 0 && v.level[onGiven] <= givenTypo
	for c := range numComparisons {
		if v.level[c] == 0 {
			continue
		}
		if c == onSex && called && v.level[c] == sameValue {
			continue // the given name said it
		}
		a, b := w.weight(c, v)
		match += a
		kin += b
		switch {
		case c == onDate || c == onPlace:
			twin += a // as the person's own
		case c == onGiven && called && v.level[c] != givenOther && v.level[c] != givenTypo:
			twin += min(b, 0) - 7*oneBit
		default:
			twin += b
		}
		if parts != nil {
			parts[c] = a
		}
	}
	if named && called {
		match -= w.ix.kin
		if parts != nil {
			parts[numComparisons] = -w.ix.kin
		}
	}
	return match, kin, twin
}
