package linkage

import "sync/atomic"

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
	// NIR tells that there is a legal basis to compare the NIR (decree 2019-341).
	// Without it a row's NIR is not looked at.
	NIR bool
	// Given is the share of a leak's rows that are shown, where rows that could
	// not be about anybody registered were left out before (package private); all
	// of them when 0.
	Given float64
	// Base is the registry's refined model (Refine), from which training starts and
	// which counts as the judged pairs behind it; nil starts from what is generally
	// known.
	Base *Model
	// Workers is how many rows are weighed at once; the number of CPUs when 0.
	// It never changes an answer.
	Workers int
	// Joined knows whose the contacts are that the dump gives by their hash; nil
	// when there are none. Without it they are compared with people found by
	// something else, and only agreement counts.
	Joined *Joined
	// Places knows what became of communes; nil knows nothing.
	Places *Places
}

const defaultPopulation = 68_000_000

func (o Options) budget() float64 {
	if !(o.FalseLinks > 0 && o.FalseLinks < 1) {
		return 0.001
	}
	return o.FalseLinks
}

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
	common   map[uint64]bitsFx // log2 share of the leak's rows with a contact that many give
	share    func(string) float64
	surnames []atomic.Int32 // log2 share by number of the surname; 0 before it is asked for
	places   *Places
	joined   *Joined
	member   int                 // of joined, -1 when the index is not in it
	lost     [saysAll + 1]uint64 // chance that a row's person is not found, by what it says, in parts per billion
	shape    [maxLevels]bitsFx   // log2 of how strangers of one first given name agree on the others
}

func newWeigher(ix *Index, p *parameters, opt Options) *weigher {
	w := &weigher{ix: ix, common: make(map[uint64]bitsFx, len(p.Common)), share: opt.Share,
		surnames: make([]atomic.Int32, len(ix.surnames.slots)), member: -1, places: opt.Places}
	if opt.Joined != nil {
		if r, ok := opt.Joined.member[ix]; ok {
			w.joined, w.member = opt.Joined, r
		}
	}
	for _, v := range p.Common {
		w.common[v.Digest] = min(log2P(v.Share), -1)
	}
	w.set(p)
	return w
}

// surnameShare is log2 of the share of people with a surname, 0 when unknown.
// The country's share is taken instead of the registry's, unless other
// registered people make the name commoner here.
func (w *weigher) surnameShare(n *name) bitsFx {
	if n.id == 0 {
		return 0
	}
	if got := w.surnames[n.id-1].Load(); got != 0 {
		return bitsFx(got)
	}
	share := w.ix.share(uint64(n.count))
	if w.share != nil {
		if s := w.share(n.text); s > 0 && s <= 1 {
			here := bitsFx(-40 * int32(oneBit))
			if n.count > 1 {
				here = log2Ratio(uint64(n.count-1), uint64(w.ix.head.Persons))
			}
			share = max(here, log2P(uint64(s*billion)))
		}
	}
	share = min(share, -1)
	w.surnames[n.id-1].Store(int32(share))
	return share
}

// givenShare is log2 of the share of people with the given name that agreed:
// of those born about then where it is the first, of all where it is another.
func (w *weigher) givenShare(e *entry, p *reading, at int) bitsFx {
	if e.raw.given == 0 || p.given != &e.names {
		return 0
	}
	t, err := w.ix.givens.at(e.raw.tokens[at])
	if err != nil {
		return 0 // it was read a moment ago
	}
	if at == 0 {
		return w.ix.firstShare(t, e.date)
	}
	return w.ix.share(t.count)
}

// placeShare is log2 of the share of people born in a place.
func (w *weigher) placeShare(birth uint32) bitsFx {
	t, err := w.ix.births.at(birth)
	if err != nil {
		return 0
	}
	return t.share
}

// set takes new parameters; what depends on the index stays.
func (w *weigher) set(p *parameters) {
	w.p = p
	for c := range specs {
		for i, l := range p.levels(comparison(c)) {
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
	w.lose()
}

// contactShares is log2 of what share others have of a row's e-mail, phone and
// address, in the registry or in the leak. It is never 0, which would mean unknown.
func (w *weigher) contactShares(f *facts, bearers [3]uint64) (out [3]bitsFx) {
	for k, c := range [3]comparison{onEmail, onPhone, onAddress} {
		out[k] = w.ix.others(bearers[k])
		if len(w.common) == 0 {
			continue
		}
		if s, ok := w.common[contactDigest(c, f)]; ok {
			out[k] = max(out[k], s)
		}
	}
	return out
}

// contactDigest names an e-mail, phone or address in a model.
func contactDigest(c comparison, f *facts) uint64 {
	switch {
	case c == onEmail && f.email == "" && f.hashes != nil:
		return hashText('h', f.hashes.of[hashedEmail].Sum)
	case c == onPhone && f.phone == "" && f.hashes != nil:
		return hashText('h', f.hashes.of[hashedPhone].Sum)
	case c == onEmail:
		return hashText('e', f.email)
	case c == onPhone:
		return hashText('p', f.phone)
	}
	return hashText(hashText(hashText('a', f.house), f.street), f.place1())
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
	case c == onPlace && level == placeHistory:
		return oneBit
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
	if c == onPlace && l == placeHistory {
		// That one file has the commune of then and the other that of now says nothing
		// of who it is: it is so for strangers as well.
		match, kin = w.m[c][placeExact]-share, w.kin[c][placeExact]-share
	}
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
		mean = w.ix.head.MeanName
	case c == onGiven && level < givenOff:
		mean = w.ix.head.MeanGive
	default:
		return 0
	}
	return min(max((mean-share)/2, -3*oneBit), 3*oneBit)
}

// never is the weight of what cannot be.
const never = -1000 * oneBit

// namesake weighs the names of a vector alone, for somebody who bears them and
// has nothing else in common with the person.
func (w *weigher) namesake(v *vector) bitsFx {
	if v.level[onSurname] == 0 || v.level[onSurname] > surnameTypo || v.level[onGiven] == 0 || v.level[onGiven] > givenTypo {
		return never
	}
	surname, _ := w.weight(onSurname, v)
	given, _ := w.weight(onGiven, v)
	return surname + given - w.ix.head.Kin
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
		case c == onDate || c == onPlace || c == onSurname:
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
		match -= w.ix.head.Kin
		if parts != nil {
			parts[numComparisons] = -w.ix.head.Kin
		}
	}
	return match, kin, twin
}
