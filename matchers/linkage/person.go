package linkage

import (
	"encoding/binary"
	"math/bits"
	"strings"
	"unsafe"
)

// bare is a registered person in numbers: names, streets, towns and the like
// are numbers of a lexicon, 0 for none; the others are codes, views of a page.
type bare struct {
	birth, usage                                  uint32
	tokens                                        [maxTokens]uint32
	given                                         int    // how many tokens
	joined                                        uint32 // bit i: a hyphen binds token i to the one before
	date                                          date
	sex                                           byte
	street, town, birthplace, nationality, domain uint32
	id, house, phone, nir                         string    // codes; the id without its head, if there is one
	head                                          string    // of the id's code, told by the unit
	local, full                                   string    // before the @; names in an unknown order
	_                                             [0]func() // not comparable: texts are views
}

// What a person has, bit by bit; most people have none of the last.
const (
	hasOwnBirth = 1 << iota
	hasUnitBirth
	hasUsage
	hasGiven
	hasDate
	hasTown
	hasBirthplace
	isMale
	isFemale
	hasStreet
	hasHouse
	hasEmail
	hasPhone
	hasNationality
	hasNIR
	hasFull
	hasOwnID
)

// mutual is what a unit tells of the people in it: a birth name, and how the
// codes of their ids begin.
type mutual struct {
	birth uint32
	head  string
}

// append writes the person: what is there, the id, then the values in order.
// What the unit tells is left out.
func (p *bare) append(b []byte, u mutual) []byte {
	var has uint64
	set := func(bit uint64, yes bool) {
		if yes {
			has |= bit
		}
	}
	set(hasOwnBirth, p.birth != 0 && p.birth != u.birth)
	set(hasUnitBirth, p.birth != 0 && p.birth == u.birth)
	set(hasUsage, p.usage != 0)
	set(hasGiven, p.given > 0)
	set(hasDate, p.date != 0)
	set(hasTown, p.town != 0)
	set(hasBirthplace, p.birthplace != 0)
	set(isMale, p.sex == 'M')
	set(isFemale, p.sex == 'F')
	set(hasStreet, p.street != 0)
	set(hasHouse, p.house != "")
	set(hasEmail, p.domain != 0)
	set(hasPhone, p.phone != "")
	set(hasNationality, p.nationality != 0)
	set(hasNIR, p.nir != "")
	set(hasFull, p.full != "")
	id, shared := strings.CutPrefix(p.id, u.head)
	shared = shared && u.head != ""
	set(hasOwnID, !shared)
	b = binary.AppendUvarint(b, has)
	b = append(b, id...)
	if has&hasOwnBirth != 0 {
		b = binary.AppendUvarint(b, uint64(p.birth))
	}
	if p.usage != 0 {
		b = binary.AppendUvarint(b, uint64(p.usage))
	}
	if p.given > 0 {
		b = binary.AppendUvarint(b, uint64(p.joined)<<3|uint64(p.given-1))
		for _, n := range p.tokens[:p.given] {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	for _, n := range [6]uint32{uint32(p.date), p.town, p.birthplace, p.street, p.nationality, p.domain} {
		if n != 0 {
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	for _, s := range [3]string{p.house, p.phone, p.nir} {
		b = append(b, s...)
	}
	if p.domain != 0 {
		b = appendText(b, p.local)
	}
	if p.full != "" {
		b = appendText(b, p.full)
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// read reads what append wrote. Texts are views of b.
func (p *bare) read(b []byte, u mutual) bool {
	r := reader{b: b}
	has := r.number()
	*p = bare{}
	if has&hasOwnID != 0 {
		p.id = r.code()
	} else if p.head = u.head; u.head != "" {
		p.id = viewed(r.bytes(uint64(codeBytes[u.head[0]&15])))
	}
	switch {
	case has&hasOwnBirth != 0:
		p.birth = r.id()
	case has&hasUnitBirth != 0:
		p.birth = u.birth
	}
	if has&hasUsage != 0 {
		p.usage = r.id()
	}
	if has&hasGiven != 0 {
		n := r.number()
		p.given, p.joined = int(n&7)+1, uint32(n>>3)&0xff
		for i := range p.given {
			p.tokens[i] = r.id()
		}
	}
	if has&hasDate != 0 {
		p.date = date(r.id())
	}
	if has&hasTown != 0 {
		p.town = r.id()
	}
	if has&hasBirthplace != 0 {
		p.birthplace = r.id()
	}
	if has&hasStreet != 0 {
		p.street = r.id()
	}
	if has&hasNationality != 0 {
		p.nationality = r.id()
	}
	if has&hasEmail != 0 {
		p.domain = r.id()
	}
	if has&hasHouse != 0 {
		p.house = r.code()
	}
	if has&hasPhone != 0 {
		p.phone = r.code()
	}
	if has&hasNIR != 0 {
		p.nir = r.code()
	}
	if has&hasEmail != 0 {
		p.local = r.text()
	}
	if has&hasFull != 0 {
		p.full = r.text()
	}
	switch {
	case has&isMale != 0:
		p.sex = 'M'
	case has&isFemale != 0:
		p.sex = 'F'
	}
	return !r.bad && len(r.b) == 0 && (p.date == 0 || p.date.real())
}

// reader reads numbers and texts; after the first that is not there, bad is
// true and everything else is empty.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) number() uint64 {
	switch b := r.b; {
	case len(b) > 0 && b[0] < 0x80:
		r.b = b[1:]
		return uint64(b[0])
	case len(b) > 1 && b[1] < 0x80:
		r.b = b[2:]
		return uint64(b[0]&0x7f) | uint64(b[1])<<7
	case len(b) > 2 && b[2] < 0x80:
		r.b = b[3:]
		return uint64(b[0]&0x7f) | uint64(b[1]&0x7f)<<7 | uint64(b[2])<<14
	}
	n, k := binary.Uvarint(r.b)
	if k <= 0 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[k:]
	return n
}

// id reads a number that is not 0 and fits 32 bits.
func (r *reader) id() uint32 {
	n := r.number()
	if n == 0 || n > 1<<32-1 {
		r.bad = true
		return 0
	}
	return uint32(n)
}

// text returns a view of what is read: pages never change.
func (r *reader) text() string {
	b := r.bytes(r.number())
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.b, r.bad = nil, true
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

// viewed is bytes as a text, as long as nobody changes them.
func viewed(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// pack puts things into one unit: how long they are, then the things.
type pack struct{ lengths, things []byte }

func (p *pack) add(thing []byte) {
	p.lengths = binary.AppendUvarint(p.lengths, uint64(len(thing)))
	p.things = append(p.things, thing...)
}

// unit appends what was added since the last.
func (p *pack) unit(out []byte) []byte {
	out = appendText(out, unsafe.String(unsafe.SliceData(p.lengths), len(p.lengths)))
	out = append(out, p.things...)
	p.lengths, p.things = p.lengths[:0], p.things[:0]
	return out
}

// packed returns thing i of a unit, nil if there is none.
func packed(unit []byte, i uint32) []byte {
	r := reader{b: unit}
	lengths := reader{b: r.bytes(r.number())}
	at := uint64(0)
	for range i {
		at += lengths.number()
	}
	n := lengths.number()
	r.bytes(at)
	out := r.bytes(n)
	if r.bad || lengths.bad {
		return nil
	}
	return out
}

// crowd is how many people one unit of the index holds: what they have in common,
// then the people.
const crowd = 16

// shared is what a unit tells whose first person this is.
func (p *bare) shared() mutual {
	u := mutual{birth: p.birth}
	if digits := p.id[0] & 15; digits != 0 {
		u.head = p.id[:len(p.id)-codeBytes[digits]]
	}
	return u
}

func (u mutual) append(b []byte) []byte {
	return appendText(binary.AppendUvarint(b, uint64(u.birth)), u.head)
}

// entry is a registered person ready for comparison.
type entry struct {
	facts
	raw    bare
	person uint32
	one    [1]reading
	names  given
	tokens [maxTokens]givenToken
	texts  []byte // of codes, once they are read
}

// person reads a registered person whole.
func (ix *Index) person(n uint32, e *entry) error {
	unit, err := ix.crowds.cell(uint64(n / crowd))
	if err != nil {
		return err
	}
	if err := first(e.read(n, unit), ix.names(e)); err != nil {
		return err
	}
	return first(ix.home(e), ix.fill(e))
}

// bare reads a registered person in numbers.
func (ix *Index) bare(n uint32, p *bare) error {
	unit, err := ix.crowds.cell(uint64(n / crowd))
	if err != nil {
		return err
	}
	return p.readIn(unit, n)
}

// readIn reads a person in the unit they are in.
func (p *bare) readIn(unit []byte, n uint32) error {
	r := reader{b: unit}
	u := mutual{birth: uint32(r.number()), head: r.text()}
	if b := packed(r.b, n%crowd); b == nil || !p.read(b, u) {
		return damaged("person %d", n)
	}
	return nil
}

// read makes an entry of a person in numbers: names, home and fill look up
// the rest.
func (e *entry) read(n uint32, unit []byte) error {
	e.person = n
	return e.raw.readIn(unit, n)
}

// names looks up the names of a person.
func (ix *Index) names(e *entry) (err error) {
	p := &e.raw
	e.facts = facts{date: p.date}
	if p.full != "" {
		e.readings = splits(nil, visitor{ix: ix}, p.full, readStraight)
		return nil
	}
	e.one[0] = reading{}
	rd := &e.one[0]
	if p.birth != 0 {
		if rd.birth, err = ix.surnames.at(p.birth); err != nil {
			return err
		}
	}
	if p.usage != 0 {
		if rd.usage, err = ix.surnames.at(p.usage); err != nil {
			return err
		}
	}
	for i, id := range p.tokens[:p.given] {
		t, err := ix.givens.at(id)
		if err != nil {
			return err
		}
		e.tokens[i] = t.givenToken
		e.tokens[i].joined = p.joined>>i&1 != 0
	}
	if p.given > 0 {
		e.names = given{tokens: e.tokens[:p.given]}
		rd.given = &e.names
	}
	if rd.birth != nil || rd.usage != nil || rd.given != nil {
		e.readings = e.one[:]
	}
	return nil
}

// decoded is the text of a code, as long as the entry is not used again.
func (e *entry) decoded(code string) string {
	if code == "" {
		return ""
	}
	at := len(e.texts)
	e.texts = appendDecoded(e.texts, code)
	return unsafe.String(unsafe.SliceData(e.texts[at:]), len(e.texts)-at)
}

// id is the person's identifier.
func (e *entry) id() string { return decoded(e.raw.head + e.raw.id) }

// home looks up where a person lives.
func (ix *Index) home(e *entry) error {
	f, p := &e.facts, &e.raw
	if p.town != 0 {
		t, err := ix.towns.at(p.town)
		if err != nil {
			return err
		}
		f.postcode, f.city = t.a, t.b
	}
	return nil
}

// fill looks up the rest of a person.
func (ix *Index) fill(e *entry) error {
	f, p := &e.facts, &e.raw
	e.texts = e.texts[:0]
	f.sex, f.phone, f.house, f.nir = p.sex, e.decoded(p.phone), e.decoded(p.house), e.decoded(p.nir)
	if p.domain != 0 {
		d, err := ix.domains.at(p.domain)
		if err != nil {
			return err
		}
		at := len(e.texts)
		e.texts = append(append(e.texts, p.local...), d.a...)
		f.email = unsafe.String(&e.texts[at], len(e.texts)-at)
		f.local = f.email[:len(p.local)]
	}
	if p.birthplace != 0 {
		t, err := ix.births.at(p.birthplace)
		if err != nil {
			return err
		}
		f.commune, f.place = t.a, t.b
	}
	if p.street != 0 {
		t, err := ix.streets.at(p.street)
		if err != nil {
			return err
		}
		f.street = t.a
	}
	if p.nationality != 0 {
		t, err := ix.nations.at(p.nationality)
		if err != nil {
			return err
		}
		f.nationality = t.a
	}
	return nil
}

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
