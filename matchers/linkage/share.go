package linkage

import "strings"

// namePair is a person's names while they are counted.
type namePair struct {
	hash           uint64
	surname, given uint32
	date           date
}

// mostPairs is how many people tell how surnames and given names go together.
const mostPairs = 2 << 20

// pair keeps a person's names if chance says so: by content, so that the same
// people are kept in any order of arrival.
func (b *builder) pair(hash uint64, p *bare) {
	if p.birth == 0 || p.given == 0 || hash&b.mask != 0 {
		return
	}
	b.sample = append(b.sample, namePair{hash, p.birth, p.tokens[0], p.date})
	for len(b.sample) > mostPairs {
		b.mask = b.mask<<1 | 1
		kept := b.sample[:0]
		for _, s := range b.sample {
			if s.hash&b.mask == 0 {
				kept = append(kept, s)
			}
		}
		b.sample = kept
	}
}

// count learns what the registry tells as a whole.
func (b *builder) count() {
	h, n := &b.head, uint64(max(b.persons, 1))
	bearers := make(map[string]uint64, len(b.surnames.entries))
	for i := range b.surnames.entries {
		e := &b.surnames.entries[i]
		bearers[joined(e.text)] += e.count
	}
	var sum uint64
	for i := range b.surnames.entries {
		e := &b.surnames.entries[i]
		e.count = bearers[joined(e.text)]
	}
	for _, k := range bearers {
		sum += k * k / n
	}
	h.MeanName = log2Ratio(sum+1, n)
	decades := map[int]uint64{}
	sum = 0
	for i := range b.givens.entries {
		e := &b.givens.entries[i]
		sum += e.count * e.count / n
		for d, k := range e.decades {
			decades[d] += k
		}
	}
	h.MeanGive = log2Ratio(sum+1, n)
	for d := range (lastYear-firstYear)/cohort + 1 {
		if decades[d] > 0 {
			h.Decades = append(h.Decades, [2]uint64{uint64(d), decades[d]})
		}
	}
	for y := firstYear; y <= lastYear; y++ {
		if b.years[y] > 0 {
			h.Years = append(h.Years, yearCount{y, b.years[y]})
		}
	}
	b.countPlaces()
	h.Kin = affinity(b.sample)
	b.sample = nil
}

// countPlaces gives every place of birth the count of all who were born in the
// same commune, however it is spelt.
func (b *builder) countPlaces() {
	born := map[string]uint64{}
	key := func(e *lexeme) string {
		commune, place, _ := strings.Cut(e.text, "\x00")
		return firstText(commune, place)
	}
	for i := range b.births.entries {
		born[key(&b.births.entries[i])] += b.births.entries[i].count
	}
	for i := range b.births.entries {
		b.births.entries[i].count = born[key(&b.births.entries[i])]
	}
}

// affinity is log2 of how much oftener two people share surname and first
// given name than if one told nothing of the other. People of one origin bear
// names of one origin, so namesakes are commoner than shares multiply to.
// Pairs with one birth date are left out: they may be one person twice.
func affinity(people []namePair) bitsFx {
	type names struct{ surname, given uint32 }
	type dated struct {
		names
		date date
	}
	surnames, givens := map[uint32]uint64{}, map[uint32]uint64{}
	pairs, same := map[names]uint64{}, map[dated]uint64{}
	n := uint64(len(people))
	for _, p := range people {
		k := names{p.surname, p.given}
		surnames[p.surname]++
		givens[p.given]++
		pairs[k]++
		same[dated{k, p.date}]++
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
