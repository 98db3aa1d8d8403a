package linkage

import "math/bits"

// scored is a candidate of a row.
type scored struct {
	person    uint32
	match     bitsFx // bits for the person against a stranger
	kin, twin bitsFx // bits for an unregistered relative or twin against a stranger
	lift      bitsFx // bits that a registered relative's contacts add in the posterior
	p         uint64 // posterior that the row is about the person, 32 fractional bits
	pKin      uint64 // that it is about such a relative
	pTwin     uint64 // or such a twin
}

// prior holds log2 of what is believed of a row before it is looked at.
type prior struct{ none, person, relative, twin bitsFx }

func newPrior(p *parameters, people int) prior {
	person := log2P(p.Registered) - log2(uint64(max(people, 1)))
	return prior{
		none:     log2P(billion - min(p.Registered, billion-1)),
		person:   person,
		relative: person + log2Ratio(max(p.Relatives, 1), billion),
		twin:     person + log2Ratio(max(p.Twins, 1), billion),
	}
}

// apart gives every candidate its own posterior, where a record may have
// several equals and they do not compete.
func (b prior) apart(cs []scored) {
	b.none = 0
	for i := range cs {
		b.posterior(cs[i : i+1])
	}
}

// posterior shares the probability of a row between its candidates, their
// unregistered relatives, and a stranger, whose part it returns.
func (b prior) posterior(cs []scored) uint64 {
	most := b.none
	for i := range cs {
		most = max(most, b.person+cs[i].match+cs[i].lift, b.relative+cs[i].kin, b.twin+cs[i].twin)
	}
	none := exp2(b.none - most)
	sum := none
	for i := range cs {
		cs[i].p = exp2(b.person + cs[i].match + cs[i].lift - most)
		cs[i].pKin = exp2(b.relative + cs[i].kin - most)
		cs[i].pTwin = exp2(b.twin + cs[i].twin - most)
		sum += cs[i].p + cs[i].pKin + cs[i].pTwin
	}
	for i := range cs {
		cs[i].p = part(cs[i].p, sum)
		cs[i].pKin = part(cs[i].pKin, sum)
		cs[i].pTwin = part(cs[i].pTwin, sum)
	}
	return part(none, sum)
}

// part is a/sum with 32 fractional bits; a is at most sum.
func part(a, sum uint64) uint64 {
	hi, lo := bits.Mul64(a, 1<<32)
	q, _ := bits.Div64(hi, lo, sum)
	return q
}

// probability is a posterior as a number.
func probability(p uint64) float64 { return float64(p) / (1 << 32) }

// candidates finds and weighs the people a row may be about; vectors are kept
// where keep is true. Only those worth more than least bits stay.
func (w *weigher) candidates(row *facts, s *scratch, least bitsFx) {
	s.keys = distinct(row.keys(s.keys[:0], true))
	s.found = w.ix.blocks.candidates(s.found[:0], s.keys)
	s.scored, s.vectors = s.scored[:0], s.vectors[:0]
	s.glance = newGlance(row, s.glance)
	for _, id := range s.found {
		if s.glance.hopeless(&w.ix.anchors[id]) {
			continue
		}
		var v vector
		w.compare(row, id, &v)
		match, kin, twin := w.total(&v, nil)
		if max(match, kin, twin) < least {
			continue
		}
		s.scored = append(s.scored, scored{person: id, match: match, kin: kin, twin: twin})
		s.vectors = append(s.vectors, v)
	}
}

// scratch is the memory one worker uses again for every row.
type scratch struct {
	keys    []key
	found   []uint32
	glance  glance
	scored  []scored
	vectors []vector
}
