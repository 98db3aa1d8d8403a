package linkage

import (
	"cmp"
	"math/bits"
	"slices"
)

// scored is a candidate of a row.
type scored struct {
	entry     *entry
	match     bitsFx // bits for the person against a stranger
	kin, twin bitsFx // bits for an unregistered relative or twin against a stranger
	namesake  bitsFx // bits for somebody of the same names, and nothing else, against a stranger
	lift      bitsFx // bits that a registered relative's contacts add in the posterior
	p         uint64 // posterior that the row is about the person, 32 fractional bits
	pKin      uint64 // that it is about such a relative
	pTwin     uint64 // or such a twin
	pNamesake uint64 // or such a namesake
}

// prior holds log2 of what is believed of a row before it is looked at.
type prior struct {
	person, relative, twin, namesake bitsFx
	none                             [saysAll + 1]bitsFx // of a stranger, or of a registered person who is not among the candidates, by what rows say
	lost                             [saysAll + 1]uint64 // how much of that is registered people, 32 fractional bits
}

func newPrior(p *parameters, people int, lost *[saysAll + 1]uint64) *prior {
	person := log2P(p.Registered) - log2(uint64(max(people, 1)))
	b := &prior{
		person:   person,
		relative: person + log2Ratio(max(p.Relatives, 1), billion),
		twin:     person + log2Ratio(max(p.Twins, 1), billion),
		namesake: person + log2Ratio(max(p.Namesakes, 1), billion),
	}
	registered := min(p.Registered, billion-1)
	for i, l := range lost {
		gone := registered / 1000 * (l / 1000) / 1000
		b.none[i] = log2P(billion - registered + gone)
		b.lost[i] = part(gone, billion-registered+gone)
	}
	return b
}

// posterior shares the probability of a row between its candidates, their
// unregistered relatives, and somebody else, whose part it returns: a stranger,
// or a registered person whom no blocking key found.
func (b *prior) posterior(cs []scored, s said) uint64 {
	most := b.none[s]
	for i := range cs {
		most = max(most, b.person+cs[i].match+cs[i].lift, b.relative+cs[i].kin, b.twin+cs[i].twin, b.namesake+cs[i].namesake)
	}
	none := exp2(b.none[s] - most)
	sum := none
	for i := range cs {
		cs[i].p = exp2(b.person + cs[i].match + cs[i].lift - most)
		cs[i].pKin = exp2(b.relative + cs[i].kin - most)
		cs[i].pTwin = exp2(b.twin + cs[i].twin - most)
		cs[i].pNamesake = exp2(b.namesake + cs[i].namesake - most)
		sum += cs[i].p + cs[i].pKin + cs[i].pTwin + cs[i].pNamesake
	}
	for i := range cs {
		cs[i].p = part(cs[i].p, sum)
		cs[i].pKin = part(cs[i].pKin, sum)
		cs[i].pTwin = part(cs[i].pTwin, sum)
		cs[i].pNamesake = part(cs[i].pNamesake, sum)
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

// found is a person who shares a key with a row.
type found struct {
	person  uint32
	contact bool // the key is a contact, or the NIR
}

// gather makes one list of the people who share a key with a row, each once, and
// notes how many have its contacts.
func (w *weigher) gather(row *facts, asks []ask, s *scratch) {
	s.found = s.found[:0]
	var bearers [3]uint64
	for i := range asks {
		k := &asks[i]
		for _, p := range k.people {
			if p < w.ix.head.Persons { // else a name whose key is cut to the same bits
				s.found = append(s.found, found{p, k.contact()})
			}
		}
		switch k.pass {
		case passEmail:
			bearers[0] = k.same
		case passPhone:
			bearers[1] = k.same
		case passAddress:
			bearers[2] = max(bearers[2], k.same)
		}
	}
	if row.hashes != nil {
		s.found = w.hashed(row, s.found, &bearers)
	}
	row.shares = w.contactShares(row, bearers)
	row.born = w.places.of(row.commune, row.place)
	s.found = once(s.found)
}

// once sorts people and leaves each once.
func once(list []found) []found {
	slices.SortFunc(list, func(a, b found) int {
		switch {
		case a.person != b.person:
			return cmp.Compare(a.person, b.person)
		case a.contact && !b.contact:
			return -1
		case b.contact && !a.contact:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(list, func(a, b found) bool { return a.person == b.person })
}

// scratch is the memory one worker uses again for every row.
type scratch struct {
	keys    []sought
	asks    []ask    // of the rows that are asked for together
	order   []uint64 // of the asks of a wave that this worker answers
	back    bool     // the next wave goes through the index from its end
	held    []uint32 // people whom asks found
	spots   []spot   // of keys, then of people
	warm    uint32   // read only for the rest to be near
	traits  traits
	people  []uint32
	found   []found
	sheets  []sheet // of those who were found
	bares   []bare
	worth   []int // which of them are worth a comparison
	glance  glance
	entries []*entry
	kept    int // how many entries are in use
	scored  []scored
	vectors []vector
	known   acquaintance
	namer   visitor // of the registry that is compared with
	memory  *memory
	says    said // what the row judged last says
}

func newScratch() *scratch {
	return &scratch{known: acquaintance{names: map[string]*name{}, givens: map[string]*given{}}, memory: newMemory()}
}
