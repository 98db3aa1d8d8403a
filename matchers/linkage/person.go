package linkage

import (
	"encoding/binary"
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
	e.person = n
	if err := e.raw.readIn(unit, n); err != nil {
		return err
	}
	return first(ix.names(e), ix.home(e), ix.fill(e))
}

// bare reads a registered person in numbers.
func (ix *Index) bare(n uint32, p *bare) error {
	unit, err := ix.crowds.cell(uint64(n / crowd))
	if err != nil {
		return err
	}
	return p.readIn(unit, n)
}

// sheet is where in its unit a person is written, and what the unit tells.
type sheet struct {
	unit mutual
	b    []byte
}

func sheetOf(unit []byte, n uint32) (sheet, bool) {
	r := reader{b: unit}
	u := mutual{birth: uint32(r.number()), head: r.text()}
	b := packed(r.b, n%crowd)
	return sheet{u, b}, len(b) > 0
}

// readIn reads a person in the unit they are in.
func (p *bare) readIn(unit []byte, n uint32) error {
	if s, ok := sheetOf(unit, n); !ok || !p.read(s.b, s.unit) {
		return damaged("person %d", n)
	}
	return nil
}

// names looks up the names of a person.
func (ix *Index) names(e *entry) (err error) {
	p := &e.raw
	e.facts = facts{date: p.date}
	if p.full != "" {
		e.readings = splits(nil, &visitor{ix: ix}, p.full, readStraight)
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

// livesAt tells whether a person lives at a postcode that is known, of which the
// sign is given: nearly always it tells that they do not.
func (ix *Index) livesAt(p *bare, postcode string, sign uint32) (bool, error) {
	if postcode == "" || p.town == 0 {
		return false, nil
	}
	if got, err := ix.towns.letters(p.town); err != nil || got&setLetters != sign {
		return false, err
	}
	t, err := ix.towns.at(p.town)
	return err == nil && t.a == postcode, err
}

// postcodeSign is what the towns' lexicon holds side by side of their postcodes.
func postcodeSign(postcode string) uint32 { return uint32(placeKey(postcode)) & setLetters }

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
