package linkage

import (
	"slices"

	"vigie/matchers"
)

// Token is what a record is found by when two parties compare without showing
// each other their records (package private): a blocking key so fine that two
// people who have nothing to do with each other seldom share one. It is a
// digest of few values and can be guessed: it must never be shown as it is.
type Token uint64

// The kinds of tokens, the finest first.
const (
	tokenEmail     = iota
	tokenPhone     // last nine digits; initial of the given name, if the row has one: a family shares a phone
	tokenNIR       // first 13 characters
	tokenNameDate  // surname and given name by sound, date
	tokenAddress   // house, street and place, initial of the given name
	tokenDatePlace // date, postcode
	tokenNamePlace // surname and given name by sound, postcode or city
	tokenNameDay   // the same, day and month
	tokenLastDate  // surname by sound, date
	tokenNameYear  // surname and given name by sound, year
	tokenFirstDate // given name by sound, date
	tokenKinds
)

// tokenRates says how many of a trillion pairs of strangers share a token,
// measured on 300,000 invented people and strangers of the same country. Kinds that
// would bring too many strangers from a registry of so many people are left out
// for it.
var tokenRates = [tokenKinds]int64{
	tokenEmail: 50, tokenPhone: 500, tokenNIR: 10, tokenNameDate: 7_000, tokenAddress: 15_000, tokenDatePlace: 33_000,
	tokenNamePlace: 380_000, tokenNameDay: 500_000, tokenLastDate: 520_000, tokenNameYear: 1_000_000, tokenFirstDate: 1_200_000,
}

// strangersMost is the share of strangers' rows, in parts per trillion, that
// all kinds together may bring: a little below the one in a hundred promised.
const strangersMost = trillion * 8 / 1000

const trillion = 1_000_000_000_000

// TokenKinds returns the kinds fine enough for a registry of so many people, as
// a set of bits that both parties must share.
func TokenKinds(people int64) uint32 {
	var set uint32
	var sum int64
	for kind, rate := range tokenRates {
		if cost := rate * max(people, 1); sum+cost <= strangersMost {
			sum += cost
			set |= 1 << kind
		}
	}
	return set
}

// Tokenizer makes tokens of records; one goroutine uses it at a time.
type Tokenizer struct {
	memory *memory
	kinds  uint32
	t      traits
	out    []Token
}

// NewTokenizer makes tokens of the kinds given.
func NewTokenizer(kinds uint32) *Tokenizer {
	return &Tokenizer{memory: newMemory(), kinds: kinds}
}

// Row returns the tokens of a row of a leak, each once, until the next call.
func (z *Tokenizer) Row(r *matchers.Record) []Token { return z.make(r, true) }

// Person returns those of a registered person.
func (z *Tokenizer) Person(r *matchers.Record) []Token { return z.make(r, false) }

func (z *Tokenizer) make(r *matchers.Record, row bool) []Token {
	texts := z.memory.canonical(r)
	f := newFacts(&texts, plain{}, row)
	z.out = z.out[:0]
	t := &z.t
	f.traits(t)
	z.add(tokenEmail, t.mail, t.domain, t.mail != 0)
	z.add(tokenPhone, t.phone, uint64(t.given), t.phone != 0)
	z.add(tokenPhone, t.phone, 0, t.phone != 0 && !row)
	z.add(tokenNIR, t.nir, 0, t.nir != 0)
	for _, p := range [2]uint64{t.postcode, t.city} {
		z.add(tokenAddress, t.address, p+uint64(t.given), t.address != 0 && p != 0 && t.given != 0)
	}
	sorted := uint64(t.date.sorted())
	dated := t.date.day() != 0 && t.date.month() != 0
	z.add(tokenDatePlace, sorted, t.postcode, dated && t.postcode != 0)
	for i := range f.readings {
		t.read(&f.readings[i])
		z.names(sorted, dated)
	}
	slices.Sort(z.out)
	z.out = slices.Compact(z.out)
	return z.out
}

// names adds the tokens of one reading of the names.
func (z *Tokenizer) names(sorted uint64, dated bool) {
	t := &z.t
	for _, s := range t.births {
		z.add(tokenLastDate, s, sorted, dated)
		for _, g := range t.givens[:min(2, len(t.givens))] {
			both := mix(s+g) ^ (s ^ g)
			z.add(tokenNameDate, both, sorted, dated)
			z.add(tokenNameDay, both, sorted&511, dated)
			z.add(tokenNameYear, both, uint64(t.date.year()), t.date != 0)
			for _, p := range [2]uint64{t.postcode, t.city} {
				z.add(tokenNamePlace, both, p, p != 0)
			}
		}
	}
	for _, g := range t.givens {
		z.add(tokenFirstDate, g, sorted, dated)
	}
}

func (z *Tokenizer) add(kind int, a, b uint64, there bool) {
	if there && z.kinds&(1<<kind) != 0 {
		z.out = append(z.out, Token(mix(a*0x9e3779b97f4a7c15+mix(b+uint64(kind)<<40))))
	}
}
