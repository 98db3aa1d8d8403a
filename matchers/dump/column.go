package dump

import (
	"bytes"
	"math/bits"
	"unicode/utf8"

	"vigie/internal/ident"
)

// All values are glanced at: filled, distinct, what proves itself. A
// close look costs a hundred times as much, so that only these rows get one:
// the first, then as many between each power of two and the next, and the first
// values of a column wherever they stand. Which rows is decided by their number
// alone: every column of a table is looked at in the same ones, and the answer
// is the same each time.
const (
	lookFirst  = 512
	lookOctave = 128
	lookLeast  = 200 // values
)

// Rows that are kept side by side while a table is read, to see what its
// columns have to do with each other: the first ones, and some of those behind.
const (
	sideFirst = 160
	sideRows  = 256
	sideBytes = 64 // of a value
)

// maxDistinct bounds the distinct values that are told exactly, in those looked
// at closely.
const maxDistinct = 512

// trait is something that a value shows when it is looked at closely.
type trait uint8

const (
	tEmail trait = iota
	tPhone
	tPhoneSign // a telephone number that begins with its country
	tDate
	tYear
	tMonth
	tDay
	tAge
	tSmall // a number below 200
	tInteger
	tDecimal
	tMoneySign
	tZero // a number that begins with a zero
	tGrows
	tNext // one more than the value before
	tUnix
	tUnixMilli
	tIPv6
	tURL
	tDomain
	tAgent
	tMasked // stars or crosses in place of characters
	tNIRMasked
	tRIBAccount
	tTens    // a five-digit code that ends in 0, as most postcodes do
	tCorsica // 2A and 2B, as commune codes have and postcodes have not
	tAbroad  // 99, as commune codes of births abroad
	tFive
	tDepartment
	tStreet
	tStreetSure // a street's word or number with it
	tComplement
	tUnbroken // a word without blanks
	tHash
	tToken
	tPassword
	tCommonPassword
	tLogin
	tText
	tWords // letters and what stands between them in names
	tKnown
	tPairGivenFirst
	tPairSurnameFirst
	tComma
	tCapitals
	tInitial
	tSexWord
	tSexDigit
	tTitle
	tBoolean
	tBit
	tCountry
	tCountryName
	tCountryUsual
	tManyWords
	tNationality
	tCommune
	tDepartmentName
	tMonthName
	tCompany
	tSchool
	tHealth
	tBenefit
	tFamily
	tJob
	tSignsDigits // digits with signs only
	tNIRStrict   // a NIR of a month of the calendar and a department that exists
	tRIB         // a French account number with its key
	tINEShape
	tCardDigits
	tCardLetters
	tPhoneGroups
	tPassportShape
	tFINESSShape
	tSevenLetter // seven digits and a letter
	tLongDecimal // three decimals or more
	tTwoDecimals
	tCounted // a prefix and a number that grows
	tForeignCode
	tCorsicaDepartment
	tThirteen // thirteen digits
	tCrime    // a word for an offence
	tPhrase   // three words or more, most of them as within a sentence
	tNorth    // a decimal from 41 to 52, as the latitudes of France in Europe are
	tTitled   // a civility or what one is to another, and a name
	tBIC
	tHex       // digits and letters of a number in hexadecimal, 8 to 24 of them
	tMobileCut // nine digits of a mobile number whose zero was lost
	tKin       // what a person is to another
	tCountry3  // 100 to 599: the last three digits of INSEE's codes of countries
	traits
)

// kinds bounds the kinds of package ident.
const kinds = 64

// column gathers what the values of a column have in common. What every value
// touches stands first, side by side.
type column struct {
	next    int64      // the next row that is looked at closely
	filled  int64      // values that are not empty
	ofDates bool       // most are dates
	dates   *dateVotes // nil while no date was met

	distinct distinctCounter
	damaged  int64 // values with characters that an encoding error left
	ats      int64 // values with an @ that are addresses
	nir      int64 // values in which a NIR, IBAN, card proves itself, out of all
	iban     int64
	card     int64

	looked  int64 // values looked at closely
	digits  int64 // of them, those of digits alone
	letters int64 // and those without any digit

	has    [traits]int32
	shaped [kinds]int32
	proved [kinds]int32

	leaning           float64 // given names against surnames, summed over tWords
	dated             bool    // the value under study is a date
	last              int64   // the number before, for tGrows and tNext
	shortest, longest int     // bytes of a value
	bytes             int64
	values            map[uint64]int32 // distinct values and how often, up to maxDistinct
	shapes            map[uint64]int32 // distinct sequences of character classes, up to maxShapes
	beliefs           [beliefs]int32   // values that say one
	digest            int32            // values that are plain digests
	hashes            map[string]int32 // names of the hash types
	departments       map[[2]byte]bool
	side              []sideValue
	text              *textSurvey
}

// sideValue is a value kept beside those of its row.
type sideValue struct {
	row   int64
	value string
}

func newColumns(n int) []*column {
	cols := make([]*column, n)
	for i := range cols {
		cols[i] = &column{}
	}
	return cols
}

// add takes one value in UTF-8, of a row that counts from 1. It returns the hash
// of the value as it stands, for what compares whole rows.
func (c *column) add(v []byte, row int64, o *Options) (hash uint64) {
	look := row >= c.next
	if look {
		c.next = c.nextLook(row)
	}
	hash, at, high := scan(v)
	if !isClean(v) {
		n := len(v)
		if v = cleanRare(v); len(v) == 0 {
			return hash
		}
		if len(v) != n {
			c.distinct.add(glanceAt(v).hash)
		} else {
			c.distinct.add(hash)
		}
	} else {
		c.distinct.add(hash)
	}
	c.filled++
	if at|high != 0 || len(v) >= proofLeast {
		c.search(v, at != 0, high != 0, o)
	}
	switch {
	case look:
		c.look(v, glanceAt(v), row, o)
	case c.ofDates && len(v) > 6:
		c.addDate(v)
	}
	return hash
}

// proofLeast is how many digits a value has at least that proves itself.
const proofLeast = 12

// search looks in one value for what has to be found wherever it stands.
func (c *column) search(v []byte, at, high bool, o *Options) {
	if high && isDamaged(v) {
		c.damaged++
	}
	if at && (c.has[tEmail] > 100 || isEmail(v)) {
		c.ats++
	}
	if len(v) >= proofLeast && countDigits(v) >= proofLeast {
		found := proofs(v)
		c.nir += int64(when(found.Has(ident.NIR)))
		c.iban += int64(when(found.Has(ident.IBAN)))
		c.card += int64(when(found.Has(ident.Card)))
	}
	if len(v) >= textLeast {
		c.read(v, o)
	}
}

// addDate counts a date of a row that is not looked at closely: one row in a
// million may be the only one that tells day from month, and one may be the
// newest.
func (c *column) addDate(v []byte) {
	if !c.dates.open() && c.dates.late.passes(v) {
		return
	}
	if d := parseDate(v); d.plausible() {
		c.dates.add(d)
	}
}

// nextLook returns the next row behind this one that is looked at closely: one
// of each stretch, at a place that does not come back in a pattern.
func (c *column) nextLook(row int64) int64 {
	if row < lookFirst || c.looked < lookLeast {
		return row + 1
	}
	shift := bits.Len64(uint64(row)) - bits.Len64(lookOctave)
	stretch := row>>shift + 1
	return stretch<<shift + int64(mix(uint64(stretch))&(1<<shift-1))
}

// read looks for mentions in what may be running text.
func (c *column) read(v []byte, o *Options) {
	if bytes.Count(v, []byte{' '}) < textBlanks {
		return
	}
	if c.text == nil {
		c.text = newTextSurvey(o)
	}
	c.text.read(v)
}

// look studies one value closely.
func (c *column) look(v []byte, g glance, row int64, o *Options) {
	c.looked++
	switch g.digits {
	case len(v):
		c.digits++
	case 0:
		c.letters++
	}
	if c.looked == 1 || len(v) < c.shortest {
		c.shortest = len(v)
	}
	c.longest = max(c.longest, len(v))
	c.bytes += int64(len(v))
	c.keep(v, row)
	c.values = countIn(c.values, g.hash, maxDistinct)
	if len(v) > 200 {
		c.has[tText]++
		return
	}
	c.shapes = countIn(c.shapes, shapeOf(v), maxShapes)
	if isObject(v) {
		c.has[tText]++
		return
	}
	c.is(tPhrase, g.digits*3 < len(v) && isPhrase(v))
	if !c.is(tAgent, isAgent(v)) && g.digits*2 < len(v) && isSentence(v) {
		c.has[tText]++
	}
	verdict := ident.Examine(v)
	c.count(verdict)
	if g.at && isEmail(v) {
		c.has[tEmail]++
		return
	}
	if g.digits > 0 {
		c.lookDigits(v, g, verdict)
	} else {
		c.lookWords(v, o)
	}
	c.lookMixed(v, g, verdict)
	c.ofDates = c.dates != nil && c.dates.n*2 > c.looked
}

// isSentence tells six blanks and five words or more.
func isSentence(v []byte) bool {
	if bytes.Count(v, []byte{' '}) < 6 {
		return false
	}
	words, run := 0, 0
	for _, b := range v {
		if b >= 'A' && b != ' ' {
			if run++; run == 2 {
				words++
			}
		} else {
			run = 0
		}
	}
	return words >= 5
}

// isPhrase tells words as they stand within a sentence: at least two blanks, and
// half of the words behind the first without a capital.
func isPhrase(v []byte) bool {
	words, low := 0, 0
	for i := 1; i+2 < len(v); i++ {
		if v[i-1] != ' ' || v[i] == ' ' {
			continue
		}
		words++
		if (v[i] >= 'a' && v[i] <= 'z' || v[i] >= utf8.RuneSelf) && isLetter(v[i+1]) && isLetter(v[i+2]) {
			low++
		}
	}
	return words >= 2 && low*2 >= words
}

// isObject tells an object or a list of JSON in a value: whatever it holds, it is
// no digest and no token.
func isObject(v []byte) bool {
	n := len(v)
	return n > 6 && (v[0] == '{' && v[n-1] == '}' || v[0] == '[' && v[n-1] == ']') && bytes.IndexByte(v, '"') > 0
}

func (c *column) is(t trait, ok bool) bool {
	if ok {
		c.has[t]++
	}
	return ok
}

func (c *column) count(d ident.Verdict) {
	for s := uint64(d.Shaped); s != 0; s &= s - 1 {
		k := bits.TrailingZeros64(s)
		c.shaped[k]++
		if d.Proved.Has(ident.Kind(k)) {
			c.proved[k]++
		}
	}
}

// keep keeps a value beside those of its row.
func (c *column) keep(v []byte, row int64) {
	slot := row - 1
	if row > sideFirst || slot < 0 {
		slot = sideFirst + int64(mix(uint64(row))%(sideRows-sideFirst))
	}
	for int64(len(c.side)) <= slot {
		c.side = append(c.side, sideValue{})
	}
	c.side[slot] = sideValue{row: row, value: string(v[:min(len(v), sideBytes)])}
}

func countIn(m map[uint64]int32, k uint64, most int) map[uint64]int32 {
	if m == nil {
		m = map[uint64]int32{}
	}
	if _, ok := m[k]; ok || len(m) < most {
		m[k]++
	}
	return m
}

// share is a trait's part of the values looked at closely.
func (c *column) share(t trait) float64 { return c.part(int64(c.has[t])) }

// shape is the part of the values looked at closely that have the shape of a
// kind, proof the part that its check digits prove.
func (c *column) shape(k ident.Kind) float64 { return c.part(int64(c.shaped[k])) }
func (c *column) proof(k ident.Kind) float64 { return c.part(int64(c.proved[k])) }

func (c *column) part(n int64) float64 {
	if c.looked == 0 {
		return 0
	}
	return float64(n) / float64(c.looked)
}

// all is a count's part of all values.
func (c *column) all(n int64) float64 {
	if c.filled == 0 {
		return 0
	}
	return float64(n) / float64(c.filled)
}

// dismissChance forgets proofs that are chance: of a column of numbers as long as
// a card one in ten passes Luhn, and as long as a NIR one in a hundred its key.
func (c *column) dismissChance() {
	if c.part(c.digits) > 0.3 && c.all(c.card) < 0.5 {
		c.card = 0
	}
	if c.part(c.digits) > 0.3 && c.all(c.nir) < 0.3 {
		c.nir = 0
	}
}

func (c *column) date() *dateVotes {
	if c.dates == nil {
		c.dates = &dateVotes{}
	}
	return c.dates
}
