package linkage

import "math/bits"

// glance is what of a row tells at once whether a registered person who shares
// a block is worth a full comparison: the letters of every word that may be a
// given name and of every text that may be a surname.
type glance struct {
	givens, surnames []uint32
	open             bool // nothing to reject on
}

func newGlance(f *facts, g glance) glance {
	g.givens, g.surnames = g.givens[:0], g.surnames[:0]
	g.open = len(f.readings) == 0
	for i := range f.readings {
		r := &f.readings[i]
		if r.given == nil || r.birth == nil && r.usage == nil {
			g.open = g.open || r.kind != readGuess
			continue
		}
		for j := range r.given.tokens {
			g.givens = append(g.givens, r.given.tokens[j].set)
			g.open = g.open || len(r.given.tokens[j].text) == 1
		}
		for _, n := range [2]*name{r.birth, r.usage} {
			if n != nil {
				g.surnames = append(g.surnames, n.sets...)
			}
		}
	}
	return g
}

// alike tells whether one name at least of a registered person may be the row's,
// and whether a pair that shares no contact is worth a full comparison: with
// one name quite unlike, the date must agree; with both, the place as well.
// Nothing else could make it a match, whatever the parameters.
func (g *glance) alike(row *facts, e *entry) (one, worth bool) {
	if g.open || len(e.readings) != 1 {
		return true, true
	}
	r := &e.readings[0]
	if r.given == nil || r.birth == nil && r.usage == nil {
		return true, true
	}
	given := false
	for i := range r.given.tokens {
		t := &r.given.tokens[i]
		if len(t.text) == 1 {
			return true, true
		}
		given = given || i < 3 && like(g.givens, t.set)
	}
	surname := false
	for _, n := range [2]*name{r.birth, r.usage} {
		if n == nil {
			continue
		}
		if surname = surname || like(g.surnames, n.set); surname || len(n.sets) == 1 {
			continue
		}
		for _, set := range n.sets[1:] {
			surname = surname || like(g.surnames, set)
		}
	}
	if given && surname {
		return true, true
	}
	d := compareDates(row.date, e.date)
	return given || surname, d != 0 && d < dateYear || !given && !surname && d == 0
}

// like tells whether a name may be one of the others: at most one letter each
// does not occur in the other.
func like(sets []uint32, t uint32) bool {
	for _, s := range sets {
		if bits.OnesCount32(s&^t) <= 1 && bits.OnesCount32(t&^s) <= 1 {
			return true
		}
	}
	return false
}
