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

// alike tells whether one name at least of a registered person, in numbers, may
// be the row's, and whether a pair that shares no contact is worth a full
// comparison: with one name quite unlike, the date must agree; with both, the
// place as well. Nothing else could make it a match, whatever the parameters.
// Names themselves are not looked at: most people who share a key go no further.
func (g *glance) alike(row *facts, p *bare, ix *Index) (one, worth bool, err error) {
	if g.open || p.full != "" || p.given == 0 || p.birth == 0 && p.usage == 0 {
		return true, true, nil
	}
	given := false
	for i := range p.given {
		set, err := ix.givens.letters(p.tokens[i])
		if err != nil {
			return false, false, err
		}
		if set&setWhole != 0 {
			return true, true, nil // an initial
		}
		given = given || i < 3 && like(g.givens, set&setLetters)
	}
	surname := false
	for _, id := range [2]uint32{p.birth, p.usage} {
		if id == 0 || surname {
			continue
		}
		if surname, err = g.surname(id, ix); err != nil {
			return false, false, err
		}
	}
	if given && surname {
		return true, true, nil
	}
	d := compareDates(row.date, p.date)
	return given || surname, d != 0 && d < dateYear || !given && !surname && d == 0, nil
}

// surname tells whether a registered surname, or a part of it, may be the row's.
func (g *glance) surname(id uint32, ix *Index) (bool, error) {
	set, err := ix.surnames.letters(id)
	if err != nil || set&setWhole == 0 {
		return like(g.surnames, set&setLetters), err
	}
	n, err := ix.surnames.at(id)
	if err != nil {
		return false, err
	}
	for _, set := range n.sets {
		if like(g.surnames, set) {
			return true, nil
		}
	}
	return false, nil
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
