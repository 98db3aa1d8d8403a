package linkage

import "math/bits"

// anchor is the part of a registered person that tells at a glance whether a
// row that shares a block is worth a full comparison. Anchors lie side by side
// in memory: most candidates cost one cache line and no more.
type anchor struct {
	date                             date
	email, local, phone, street, nir uint32 // digests; 0 for none
	postcode                         uint32
	givens                           [3]uint32 // letters of the first given names
	surnames                         [4]uint32 // letters of birth and usage name and their parts
	open                             bool      // names missing or in unknown order: nothing to reject on
}

func newAnchor(f *facts) anchor {
	a := anchor{
		date: f.date, email: digest32(f.email), local: digest32(f.local), phone: digest32(f.phone),
		street: digest32(f.street), postcode: digest32(f.postcode), nir: digest32(f.nir[:min(13, len(f.nir))]),
	}
	if len(f.readings) != 1 || f.readings[0].given == nil || f.readings[0].birth == nil && f.readings[0].usage == nil {
		a.open = true
		return a
	}
	sets := surnameSets(nil, &f.readings[0])
	a.open = copy(a.surnames[:], sets) < len(sets)
	for i, t := range f.readings[0].given.tokens {
		if i < len(a.givens) {
			a.givens[i] = t.set
			a.open = a.open || len(t.text) == 1
		}
	}
	return a
}

func digest32(s string) uint32 {
	if s == "" {
		return 0
	}
	return uint32(hashText(9, s)>>32) | 1
}

// glance is the same of a row, with the letters of every word that may be a
// given name and of every text that may be a surname.
type glance struct {
	anchor
	givens, surnames []uint32
}

func newGlance(f *facts, g glance) glance {
	g.anchor, g.givens, g.surnames = newAnchor(f), g.givens[:0], g.surnames[:0]
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
		g.surnames = surnameSets(g.surnames, r)
	}
	return g
}

// surnameSets appends the letters of every surname of a reading and of the
// parts of double names.
func surnameSets(out []uint32, r *reading) []uint32 {
	for _, n := range [2]*name{r.birth, r.usage} {
		if n == nil {
			continue
		}
		out = append(out, n.set)
		for _, t := range n.tokens {
			out = append(out, letters(t))
		}
	}
	return out
}

// hopeless tells a pair that only shares a block: no contact in common, and
// either one name quite unlike and no birth date, or both names and the place.
// Nothing else could make it a match, whatever the parameters.
func (g *glance) hopeless(a *anchor) bool {
	if g.open || a.open {
		return false
	}
	if g.email == a.email && g.email != 0 || g.local == a.local && g.local != 0 || g.phone == a.phone && g.phone != 0 ||
		g.street == a.street && g.street != 0 || g.nir == a.nir && g.nir != 0 {
		return false
	}
	given, surname := anyLike(g.givens, a.givens[:]), anyLike(g.surnames, a.surnames[:])
	switch {
	case given && surname:
		return false
	case !given && !surname:
		return g.postcode != a.postcode || g.postcode == 0
	}
	d := compareDates(g.date, a.date)
	return d == 0 || d >= dateYear
}

// anyLike tells whether a name of one side may be one of the other: at most
// one letter each does not occur in the other.
func anyLike(a, b []uint32) bool {
	for _, s := range a {
		for _, t := range b {
			if t != 0 && bits.OnesCount32(s&^t) <= 1 && bits.OnesCount32(t&^s) <= 1 {
				return true
			}
		}
	}
	return false
}
