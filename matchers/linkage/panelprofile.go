package linkage

// profile is what a glance at a registered person asks for: the letters of the
// given names and surnames, the date of birth, a digest of the postcode. Most
// people who share a key with a row, in hundreds of registries, share nothing
// else; they are passed over by what is here, without a look at their page.
type profile struct {
	given   [3]uint32
	surname [2]uint32
	rest    uint32 // the date, a digest of the postcode; told
}

const (
	profileTold = 1 << 31 // all names are in it: else the page decides
	noLetters   = 1<<32 - 1
)

// postcodeBits digests a postcode to 8 bits, above those of a date.
func postcodeBits(postcode string) uint32 { return uint32(placeKey(postcode)>>8&0x7f) << 24 }

// profile of a person whose names and town are known by number.
func newProfile(b *bare, surnames, givens []lettering, towns []uint32) profile {
	p := profile{given: [3]uint32{noLetters, noLetters, noLetters}, surname: [2]uint32{noLetters, noLetters}}
	if b.full != "" || b.given == 0 || b.birth == 0 && b.usage == 0 {
		return p
	}
	for i, id := range b.tokens[:b.given] {
		l := givens[id]
		if l.short {
			return p
		}
		if i < len(p.given) {
			p.given[i] = l.sets[0]
		}
	}
	n := 0
	for _, id := range [2]uint32{b.birth, b.usage} {
		for _, set := range surnames[id].sets {
			if n == len(p.surname) {
				return p
			}
			p.surname[n] = set
			n++
		}
	}
	p.rest = profileTold | uint32(b.date)&0xffffff | towns[b.town]
	return p
}

// lettering is the letters of a name: of the whole, then of its words.
type lettering struct {
	sets  []uint32
	short bool // one letter
}

// describe fills the profiles of a member. Its lexicons are read and let go of:
// names are made when a row asks for them.
func (p *Panel) describe(r int) error {
	ix := p.members[r].Index
	if p.large(r) {
		return nil
	}
	surnames, err := lettersOf(ix.surnames, func(s string) lettering { return lettering{sets: newName(s).sets} })
	if err != nil {
		return p.named(r, err)
	}
	givens, err := lettersOf(ix.givens, func(s string) lettering { return lettering{[]uint32{letters(s)}, len(s) == 1} })
	if err != nil {
		return p.named(r, err)
	}
	towns, err := lettersOf(ix.towns, func(s string) uint32 {
		c := newCouple(&lexeme{text: s})
		return postcodeBits(c.a)
	})
	if err != nil {
		return p.named(r, err)
	}
	var b bare
	for n := range uint32(ix.people()) {
		if err := ix.bare(n, &b); err != nil {
			return p.named(r, err)
		}
		if !b.within(len(surnames), len(givens), len(towns)) {
			return p.named(r, damaged("a name of person %d", n))
		}
		p.profiles[p.base[r]+n] = newProfile(&b, surnames, givens, towns)
	}
	return nil
}

// within tells whether the numbers are those of entries.
func (p *bare) within(surnames, givens, towns int) bool {
	for _, id := range p.tokens[:p.given] {
		if int(id) >= givens {
			return false
		}
	}
	return int(p.birth) < surnames && int(p.usage) < surnames && int(p.town) < towns
}

// lettersOf makes something of every entry of a lexicon, by number.
func lettersOf[T, U any](l *lexicon[T], entry func(string) U) ([]U, error) {
	out := make([]U, len(l.slots)+1)
	for i := range l.slots {
		e, err := l.read(uint32(i))
		if err != nil {
			return nil, err
		}
		out[i+1] = entry(e.text)
	}
	return out, nil
}

// passes tells whether candidates would compare a person with a row by what the
// profile says; it never says no to one whom it would.
func (p *profile) passes(g *glance, row *facts, postcode uint32) bool {
	if p.rest&profileTold == 0 || g.open {
		return true
	}
	given := like(g.givens, p.given[0]) || like(g.givens, p.given[1]) || like(g.givens, p.given[2])
	surname := like(g.surnames, p.surname[0]) || like(g.surnames, p.surname[1])
	if given && surname {
		return true
	}
	d := compareDates(row.date, date(p.rest&0xffffff))
	if given || surname {
		return d != 0 && d < dateYear
	}
	return (d == 0 || d < dateYear) && row.postcode != "" && p.rest&(0x7f<<24) == postcode
}
