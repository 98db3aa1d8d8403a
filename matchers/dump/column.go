package dump

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Each column is looked at closely in this many of its first values, and in
// one row out of lookEvery behind; what proves itself is searched in all.
const (
	lookFirst   = 5_000
	lookEvery   = 32
	maxDistinct = 256
)

// column gathers what the values of a column have in common.
type column struct {
	filled int64 // values that are not empty
	looked int64 // values looked at closely
	nir    int64 // values in which a NIR, IBAN, card proves itself, out of all
	iban   int64
	card   int64

	long16, long15                               int64 // values of 16 and of 15 digits
	email, phone, nirShape, hash, ip, coordinate int64
	postcode, commune5, tens, corsica, abroad    int64 // five-character codes
	sexWord, sexDigit, country, nationality      int64
	street, commune, text, numbers, grows        int64
	words, pairs                                 int64 // names: letters alone; given name and surname together
	known                                        int64 // names in a dictionary
	leaning                                      float64
	secret                                       int64 // shaped like a password
	last                                         int64 // for grows
	shortest, longest                            int   // bytes of a value
	distinct                                     map[uint64]struct{}
	dates                                        *dateVotes
}

// look studies one value closely.
func (c *column) look(v []byte, o *Options) {
	c.looked++
	if c.looked == 1 || len(v) < c.shortest {
		c.shortest = len(v)
	}
	c.longest = max(c.longest, len(v))
	if c.distinct == nil {
		c.distinct = map[uint64]struct{}{}
	}
	if len(c.distinct) < maxDistinct {
		c.distinct[hashOf(v)] = struct{}{}
	}
	if len(v) > 200 {
		c.text++
		return
	}
	if bytes.IndexByte(v, '@') >= 0 && isEmail(bytes.TrimSpace(v)) {
		c.email++
		return
	}
	if countDigits(v) > 0 {
		c.lookDigits(v)
	} else {
		c.lookWords(v, o)
	}
	if isStreet(v) {
		c.street++
	}
	if bytes.Count(v, []byte{' '}) >= 6 {
		c.text++
	}
	if isHash(v) {
		c.hash++
	}
}

func hashOf(v []byte) uint64 {
	h := uint64(14695981039346656037) // FNV-1a
	for _, b := range v {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}

func (c *column) lookDigits(v []byte) {
	if d := parseDate(v); d.plausible() {
		c.date().add(d)
	}
	if isPhone(v) {
		c.phone++
	}
	var raw [40]byte
	if compact, ok := digitsOf(raw[:0], v[:min(len(v), 40)]); ok {
		if shape, _ := isNIR(compact); shape {
			c.nirShape++
		}
		switch len(compact) {
		case 15:
			c.long15++
		case 16:
			c.long16++
		}
	}
	if isIP(v) {
		c.ip++
	}
	if isCoordinate(v) {
		c.coordinate++
	}
	if len(v) == 1 && (v[0] == '1' || v[0] == '2') {
		c.sexDigit++
	}
	c.lookCode(v)
	if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
		c.numbers++
		if n > c.last {
			c.grows++
		}
		c.last = n
	}
	c.lookSecret(v)
}

// lookCode tells postcodes and commune codes, which have five characters both:
// most postcodes end in 0, Corsica is 20 in the one and 2A or 2B in the other,
// and 99 is abroad in commune codes alone.
func (c *column) lookCode(v []byte) {
	if len(v) == 7 && bytes.HasSuffix(v, []byte(".0")) {
		v = v[:5]
	}
	switch {
	case len(v) == 5 && allDigits(v):
		department := two(v)
		if department <= 98 && department != 96 {
			c.postcode++
		}
		c.commune5++
		if v[4] == '0' {
			c.tens++
		}
		if department == 99 {
			c.abroad++
		}
	case len(v) == 4 && allDigits(v) && v[0] != '0':
		c.postcode++ // the zero of 01 to 09 was lost
		c.commune5++
		if v[3] == '0' {
			c.tens++
		}
	case len(v) == 5 && v[0] == '2' && (v[1] == 'A' || v[1] == 'B') && allDigits(v[2:]):
		c.corsica++
		c.commune5++
	}
}

// lookSecret tells what people choose as passwords: no blanks, letters with
// digits or signs.
func (c *column) lookSecret(v []byte) {
	if len(v) < 6 || len(v) > 40 || bytes.IndexByte(v, ' ') >= 0 {
		return
	}
	digits, letters := countDigits(v), 0
	for _, b := range v {
		if isLetter(b) {
			letters++
		}
	}
	if letters >= 2 && digits >= 1 {
		c.secret++
	}
}

func (c *column) lookWords(v []byte, o *Options) {
	if len(v) > 80 || !isWords(v) {
		return
	}
	c.words++
	word := key(v)
	if sexWords[strings.Trim(word, " .")] != "" {
		c.sexWord++
	}
	if countries[word] != "" {
		c.country++
	}
	if isNationality(word) {
		c.nationality++
	}
	if o.Commune != nil && o.Commune(word) {
		c.commune++
	}
	if o.GivenName != nil && o.Surname != nil {
		c.lookName(word, o)
	}
}

// isWords tells letters with the signs that names have.
func isWords(v []byte) bool {
	for i := 0; i < len(v); {
		r, n := utf8.DecodeRune(v[i:])
		if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !strings.ContainsRune(" -'’.,()", r) {
			return false
		}
		i += n
	}
	return true
}

// rare is a share of people below which a word says little: it keeps unknown
// words from leaning to either side.
const rare = 1e-5

// lookName weighs each word as given name against surname by the logarithm of
// its shares among people.
func (c *column) lookName(name string, o *Options) {
	words := strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == ',' || r == '-' })
	var sum, low, high float64
	known := false
	for i, w := range words {
		if i == 6 {
			break
		}
		given, surname := o.GivenName(w), o.Surname(w)
		known = known || given > rare || surname > rare
		l := math.Log((given + rare) / (surname + rare))
		sum, low, high = sum+l, min(low, l), max(high, l)
	}
	if len(words) == 0 {
		return
	}
	c.leaning += sum / float64(min(len(words), 6))
	if known {
		c.known++
	}
	if low < -1 && high > 1 {
		c.pairs++
	}
}

func (c *column) date() *dateVotes {
	if c.dates == nil {
		c.dates = &dateVotes{}
	}
	return c.dates
}

// share is a count's part of the values looked at closely.
func (c *column) share(n int64) float64 {
	if c.looked == 0 {
		return 0
	}
	return float64(n) / float64(c.looked)
}

// proved is a count's part of all values.
func (c *column) proved(n int64) float64 {
	if c.filled == 0 {
		return 0
	}
	return float64(n) / float64(c.filled)
}

// dismissChance forgets proofs that are chance: of a column of numbers as long as
// a card one in ten passes Luhn, and as long as a NIR one in a hundred its key.
func (c *column) dismissChance() {
	if c.share(c.long16) > 0.3 && c.proved(c.card) < 0.5 {
		c.card = 0
	}
	if c.share(c.long15) > 0.3 && c.proved(c.nir) < 0.3 {
		c.nir = 0
	}
}

// add takes one value of any row.
func (c *column) add(v []byte, row int64, scratch []byte, o *Options) []byte {
	if v = clean(v); len(v) == 0 {
		return scratch
	}
	c.filled++
	if len(v) >= 13 {
		var f found
		f, scratch = search(v, scratch)
		c.nir += int64(when(f.nir))
		c.iban += int64(when(f.iban))
		c.card += int64(when(f.card))
	}
	switch {
	case c.looked < lookFirst || row%lookEvery == 0:
		c.look(v, o)
	case c.dates != nil && c.dates.n*2 > c.looked:
		// One row in a million may be the only one that tells day from month.
		if d := parseDate(v); d.kind == dateParts3 && d.plausible() {
			c.dates.add(d)
			c.looked++
		}
	}
	return scratch
}

func newColumns(n int) []*column {
	cols := make([]*column, n)
	for i := range cols {
		cols[i] = &column{}
	}
	return cols
}
