package charset

import (
	"math"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// reader weighs single values in one encoding, in several languages.
type reader struct {
	name string
	t    *table
	in   []*candidate
}

// second is the prior, in half bits, of every language but the first.
const second half = 8

func newReader(name, languages string) *reader {
	r := &reader{name: name, t: single(name)}
	cases := r.t.cases()
	for i, l := range strings.Fields(languages) {
		c := &candidate{name: name, prior: second * half(min(i, 1)), m: models()[l], t: r.t, cases: cases}
		for i, ch := range r.t {
			c.class[i] = c.m.class(ch)
		}
		r.in = append(r.in, c)
	}
	return r
}

// cost is what the words beyond ASCII of a value cost in the likeliest
// language, in half bits; limit if it is that or more.
func (r *reader) cost(v []byte, limit half) half {
	for _, c := range r.in {
		limit = min(limit, c.value(v, limit))
	}
	return limit
}

// value is what one value costs; it gives up above the limit.
func (c *candidate) value(v []byte, limit half) half {
	total := c.prior
	for i := nextHigh(v, 0); i < len(v); i = nextHigh(v, i) {
		from, to := word(v, i)
		var before, first byte
		for k := from; k <= to; k++ {
			var b byte
			if k < to {
				b = v[k]
			}
			p, q := c.cases[before], c.cases[b]
			total += turns[p][q] + half(c.m.cost[int(c.class[before])*c.m.stride+int(c.class[b])])
			if p == upper && q == lower && first >= 'A' && first <= 'Z' {
				total += unshout
			}
			first, before = before, b
		}
		if i = to; total > limit {
			break
		}
	}
	return total
}

// french are the readings of a value that stands alone.
var french = sync.OnceValue(func() []*reader {
	const languages = "fr es de it pt nl"
	return []*reader{newReader(western, languages), newReader("cp850", languages), newReader("macintosh", languages)}
})

// sounds reads windows-1252 in every language that it can spell, lest a name
// of Prague be repaired into one of Paris.
var sounds = sync.OnceValue(func() *reader {
	return newReader(western, "fr en es de it pt nl sv da no fi is ca pl cs sk hu hr sl et lt tr")
})

// misreading is the least gain, in half bits, for which a value is held to be
// misread: a thousand to one.
const misreading half = 20

// misread undoes CP850 or MacRoman read as windows-1252: "Ren‚", "RenŽ".
func misread(v []byte) ([]byte, bool) {
	if !testified(v) {
		return nil, false
	}
	w := wrongs()[0]
	raw := make([]byte, 0, len(v))
	for _, r := range string(v) {
		b, ok := w.byteOf(r)
		if r < utf8.RuneSelf {
			b, ok = byte(r), true
		}
		if !ok {
			return nil, false
		}
		raw = append(raw, b)
	}
	limit := sounds().cost(raw, math.MaxUint32)
	var best *reader
	for _, r := range french()[1:] {
		if !r.spells(raw) {
			continue
		}
		if c := r.in[0].value(raw, limit); c+misreading <= limit {
			best, limit = r, c
		}
	}
	if best == nil {
		return nil, false
	}
	return best.t.appendDecoded(nil, raw), true
}

// spells says whether all of a value beyond ASCII is letters of French.
func (r *reader) spells(raw []byte) bool {
	fr := r.in[0]
	for _, b := range raw {
		if b >= utf8.RuneSelf && (fr.class[b] == 0 || int(fr.class[b]) >= fr.m.n) && r.t[b] != 'ü' && r.t[b] != 'ö' {
			return false
		}
	}
	return true
}

// testified looks for a character that cannot stand where it stands.
func testified(v []byte) bool {
	before := '\n'
	text := []rune(string(v))
	for i, r := range text {
		if witness(r) {
			after := '\n'
			if i+1 < len(text) {
				after = text[i+1]
			}
			switch {
			case unicode.IsLetter(r) && r != 'ˆ' && r != 'ƒ':
				if unicode.IsLower(before) {
					return true
				}
			case inner(r), r == '™', r == '‹', r == '„':
				if unicode.IsLower(after) && unicode.IsLetter(before) {
					return true
				}
			case unicode.IsLetter(before), unicode.IsLower(after) && r != '‚':
				return true
			}
		}
		before = r
	}
	return false
}
