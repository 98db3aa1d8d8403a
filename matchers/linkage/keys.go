package linkage

import (
	"slices"
	"sync"
)

// Blocking passes. Each pass brings together the records that agree on a key;
// a pair that shares no key in any pass is never compared. A row uses the
// passes for which it has the fields. A key has a suffix: where more people
// than maxBlock share the key, only those of the same suffix are compared.
const (
	passNames      = iota // a surname and a given name by sound, in any order; suffix: year, for rows that have one
	passNameDay           // surname by sound, day and month in any order; suffix: year, or one like it
	passNameYear          // surname by sound, year; suffix: initial of the given name, always; not in large registries
	passGivenDate         // given name by sound, whole date, day and month in any order; suffix: initial of the surname
	passDate              // whole date, initial of the given name; suffix: initial of the surname, if the row has one
	passEmail             // e-mail before the @; suffix: domain
	passPhone             // last nine digits
	passNamePlace         // surname by sound, postcode or city; suffix: initial of the given name
	passUndated           // the same of people without a date, for rows with one
	passGivenPlace        // given name by sound, postcode, year; suffix: month, if the row has one
	passNIR               // the first 13 characters
	passAddress           // street and postcode or city; suffix: initial of the given name
	passSurname           // not people: the number of a surname, joined
	passGiven             // the number of a given name
	numPasses
)

// maxBlock is how many people one key may bring. A fuller block is split by
// its suffix; what is still fuller is cut, and the loss counted.
const maxBlock = 64

// largeRegistry is the number of people from which passNameYear is left out:
// its blocks would be cut, and a row with so much else wrong could not be told
// from a namesake.
const largeRegistry = 250_000

// hasYears tells whether so many people are found under passNameYear.
func hasYears(persons uint32) bool { return persons < largeRegistry }

// key is 56 bits of a digest, then the suffix.
type key uint64

const suffixBits = 8

func makeKey(pass int, a, b uint64, suffix uint8) key {
	return key(mix(a*0x9e3779b97f4a7c15+mix(b+uint64(pass)))&^0xff | uint64(suffix))
}

// sought is a key of a row, with what the answer is for.
type sought struct {
	key
	pass uint8
}

// contact tells a key on which no two strangers agree by chance.
func (s sought) contact() bool {
	return s.pass == passEmail || s.pass == passPhone || s.pass == passNIR || s.pass == passAddress
}

// most is how many people with a key are compared whatever their suffix. More
// than a large family on one contact are strangers to each other.
func (s sought) most() uint64 {
	if s.contact() {
		return 16
	}
	return maxBlock
}

// suffixes says which people of a key are wanted.
type suffixes uint8

const (
	anySuffix  suffixes = iota // all, while they are few; then those of the same suffix or of none
	sameSuffix                 // those of the same suffix or of none
	nearSuffix                 // all whose year may be a slip of the same, while they are few
)

func (s sought) suffixes() suffixes {
	switch s.pass {
	case passNames, passDate, passNameYear, passGivenPlace:
		if s.key&0xff != 0 {
			return sameSuffix
		}
	case passNameDay:
		return nearSuffix
	}
	return anySuffix
}

// wants tells whether a posting of another suffix is wanted.
func (m suffixes) wants(mine, other uint8) bool {
	return m == anySuffix || mine == other || other == 0 || m == nearSuffix && mine != 0 && nearYears()[mine][other]
}

// nearYears tells years, as suffixes, of which one is the other misread: one
// digit apart, two neighbours transposed, or the next.
var nearYears = sync.OnceValue(func() *[256][256]bool {
	near := new([256][256]bool)
	for a := 1; a < 256; a++ {
		for b := 1; b < 256; b++ {
			d := a - b
			near[a][b] = d == 1 || d == -1 || slip(newDate(a-1+firstYear, 1, 1), newDate(b-1+firstYear, 1, 1))
		}
	}
	return near
})

// traits are what keys are made of.
type traits struct {
	date                date
	births              []uint64 // sounds of surnames: whole, then parts of double names
	givens              []uint64 // sounds of the first three given names
	surname, given      uint8    // initials, 0 for none
	mail, domain        uint64
	phone, nir, address uint64
	postcode, city      uint64
	swapped             bool // surname and given names in each other's column
}

// nameKeys calls emit with the keys that need a name. Registered people are
// found under postcode and city, so that a row asks by the one it has.
func (t *traits) nameKeys(row bool, emit func(pass int, k key)) {
	year := uint8(0)
	if y := t.date.year(); y != 0 {
		year = uint8(y-firstYear) + 1
	}
	dated := t.date.day() != 0
	sorted := t.date.sorted()
	for _, s := range t.births {
		for _, g := range t.givens[:min(2, len(t.givens))] {
			emit(passNames, makeKey(passNames, s+g, s^g, year))
		}
		if t.swapped {
			continue
		}
		if sorted.day() != 0 && sorted.month() != 0 {
			emit(passNameDay, makeKey(passNameDay, s, uint64(sorted&511), year))
		}
		if year != 0 {
			emit(passNameYear, makeKey(passNameYear, s, uint64(year), t.given))
		}
		for _, p := range t.places(row) {
			if !row || !dated {
				emit(passNamePlace, makeKey(passNamePlace, s, p, t.given))
			}
			if row == dated {
				emit(passUndated, makeKey(passUndated, s, p, t.given))
			}
		}
	}
	if year == 0 {
		return
	}
	for _, g := range t.givens {
		if t.date.month() != 0 {
			emit(passGivenDate, makeKey(passGivenDate, g, uint64(sorted), t.surname))
		}
		if t.postcode != 0 {
			emit(passGivenPlace, makeKey(passGivenPlace, g, t.postcode+uint64(year), uint8(t.date.month())))
		}
	}
	if t.date.month() != 0 {
		emit(passDate, makeKey(passDate, uint64(sorted), uint64(t.given), t.surname))
	}
}

// anybody calls emit with the dates of people of any initial, for a row that
// names nobody.
func (t *traits) anybody(emit func(pass int, k key)) {
	if t.date.month() == 0 {
		return
	}
	for c := uint64('A'); c <= 'Z'; c++ {
		emit(passDate, makeKey(passDate, uint64(t.date.sorted()), c, 0))
	}
}

// contactKeys calls emit with the keys that need no name.
func (t *traits) contactKeys(emit func(pass int, k key)) {
	if t.mail != 0 {
		emit(passEmail, makeKey(passEmail, t.mail, 0, uint8(t.domain)))
	}
	if t.phone != 0 {
		emit(passPhone, makeKey(passPhone, t.phone, 0, t.given))
	}
	if t.nir != 0 {
		emit(passNIR, makeKey(passNIR, t.nir, 0, 0))
	}
	if t.address != 0 {
		for _, p := range [2]uint64{t.postcode, t.city} {
			if p != 0 {
				emit(passAddress, makeKey(passAddress, t.address, p, t.given))
			}
		}
	}
}

func (t *traits) places(row bool) []uint64 {
	var out [2]uint64
	n := 0
	for _, p := range [2]uint64{t.postcode, t.city} {
		if p != 0 && (n == 0 || !row) {
			out[n] = p
			n++
		}
	}
	return out[:n]
}

// Digests of texts that enter keys.
func mailKey(local, domain string) (mail, suffix uint64) {
	if len(local) > 4 {
		return hashText(2, local) | 1, hashText(3, domain)
	}
	return hashText(hashText(3, domain), local) | 1, 0 // a short name before the @ says nothing alone
}

func placeKey(s string) uint64 {
	if s == "" {
		return 0
	}
	return hashText(7, s) | 1
}

func phoneKey(s string) uint64 {
	if s == "" {
		return 0
	}
	return hashText(4, s) | 1
}

func nirKey(s string) uint64 {
	if s == "" {
		return 0
	}
	return hashText(5, s[:min(13, len(s))]) | 1
}

func addressKey(house, street string) uint64 {
	if street == "" && house == "" {
		return 0
	}
	return hashText(hashText(6, house), street) | 1
}

// initialOf is the first letter of a folded name as a suffix.
func initialOf(s string) uint8 {
	if s == "" {
		return 0
	}
	return s[0]
}

// traits gathers a row's contact traits, and its names under one reading.
func (f *facts) traits(t *traits) {
	*t = traits{date: f.date, births: t.births[:0], givens: t.givens[:0]}
	if f.email != "" {
		t.mail, t.domain = mailKey(f.local, f.email[len(f.local):])
	}
	t.phone, t.nir, t.address = phoneKey(f.phone), nirKey(f.nir), addressKey(f.house, f.street)
	t.postcode, t.city = placeKey(f.postcode), placeKey(f.city)
	if len(f.readings) > 0 && f.readings[0].given != nil {
		t.given = initialOf(f.readings[0].given.tokens[0].text)
	}
}

func (t *traits) read(r *reading) {
	t.births, t.givens, t.surname, t.given, t.swapped = t.births[:0], t.givens[:0], 0, 0, r.kind == readSwapped
	for _, n := range [2]*name{r.birth, r.usage} {
		if n == nil {
			continue
		}
		if t.surname == 0 {
			t.surname = initialOf(n.full)
		}
		t.births = append(t.births, n.keys...)
	}
	if r.given != nil {
		t.givens = append(t.givens, r.given.keys...)
		t.given = initialOf(r.given.tokens[0].text)
	}
}

// keys appends the keys under which a row looks for people, each once.
func (f *facts) keys(out []sought, t *traits) []sought {
	emit := func(pass int, k key) { out = append(out, sought{k, uint8(pass)}) }
	f.traits(t)
	t.contactKeys(emit)
	if len(f.readings) == 0 {
		t.anybody(emit)
	}
	for i := range f.readings {
		t.read(&f.readings[i])
		t.nameKeys(true, emit)
	}
	slices.SortFunc(out, func(a, b sought) int {
		if a.key < b.key {
			return -1
		} else if a.key > b.key {
			return 1
		}
		return 0
	})
	return slices.CompactFunc(out, func(a, b sought) bool { return a.key == b.key })
}
