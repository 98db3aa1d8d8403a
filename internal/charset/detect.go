package charset

import (
	"bytes"
	"math"
	"unicode/utf8"
)

const western = "windows-1252"

// Detect guesses the encoding of a text from its first bytes; whole says that
// head is all there is. It looks at no more than [MaxHead] bytes.
func Detect(head []byte, whole bool) Guess {
	if len(head) > MaxHead {
		head, whole = head[:MaxHead], false
	}
	if name := marked(head); name != "" {
		return Guess{Name: name, Confidence: 1, Fallback: western, BOM: true}
	}
	known := utf8.Valid(complete(head, whole))
	if name, sure := wideName(head, known); name != "" {
		return Guess{Name: name, Confidence: sure, Fallback: western}
	}
	first := nextHigh(head, 0)
	if first == len(head) {
		if name := escaped(head); name != "" {
			return Guess{Name: name, Confidence: 0.95, Fallback: western}
		}
		return Guess{Name: utf8Name, Confidence: 1, Fallback: western}
	}
	if known {
		return Guess{Name: utf8Name, Confidence: 1, Fallback: western}
	}
	return weigh(head)
}

// complete drops a character that the end of the head cuts.
func complete(head []byte, whole bool) []byte {
	if whole {
		return head
	}
	for i := 1; i < utf8.UTFMax && i <= len(head); i++ {
		if c := head[len(head)-i]; utf8.RuneStart(c) {
			if !utf8.FullRune(head[len(head)-i:]) {
				return head[:len(head)-i]
			}
			break
		}
	}
	return head
}

// answer is an encoding with its cost in half bits; mixed is the cost if the
// words that are valid UTF-8 are read as such.
type answer struct {
	name  string
	cost  uint64
	mixed bool
	t     *table
}

// mixing is what we ask before believing that two encodings share a file.
const mixing half = 24

// lonely is what we ask before believing that letters of another script stand
// alone in a text of Latin ones, in half bits.
const lonely = 24

// weigh finds the cheapest reading of text that is not all UTF-8.
func weigh(head []byte) Guess {
	valid, other, runes, upTo := split(head)
	if other.words == 0 {
		return Guess{Name: utf8Name, Confidence: 1, Fallback: western}
	}
	best := answer{cost: math.MaxUint64}
	second := best
	declared := declaration(head)
	keep := func(a answer) {
		if a.name == declared {
			a.cost -= min(a.cost, 80+a.cost/16)
		}
		switch {
		case a.cost < best.cost:
			if a.name != best.name && !alike(a.t, best.t, valid, other) {
				second = best
			}
			best = a
		case a.cost < second.cost && a.name != best.name && !alike(a.t, best.t, valid, other):
			second = a
		}
	}
	asUTF8 := uint64(runes + mixing)
	seldom := other.seldom(upTo)
	singles := func(all []*candidate, pairs []pair) {
		for _, c := range all {
			limit := second.cost
			if limit < math.MaxUint64 {
				limit += limit/8 + 200
			}
			cost := uint64(c.prior) + c.cost(pairs, limit)
			if seldom && !c.latin {
				cost += lonely
			}
			a := answer{name: c.name, t: c.t}
			if valid.words > 0 {
				v := c.cost(valid.pairs, limit)
				a.mixed = asUTF8 < v
				cost += min(v, asUTF8)
			}
			a.cost = cost
			keep(a)
		}
	}
	for _, m := range multibytes() {
		if cost, name, ok := m.weigh(head[:upTo]); ok {
			keep(answer{name: name, cost: cost})
		}
	}
	near := likely(other)
	singles(near, other.pairs)
	if best.t != nil {
		best, second = answer{cost: math.MaxUint64}, answer{cost: math.MaxUint64}
		singles(near, other.fewer)
	}
	if best.name != declared && alike(best.t, single(western), valid, other) {
		best.name, best.t = western, single(western) // the commonest of those that say the same
	}
	return best.guess(second, valid, other)
}

func (a answer) guess(second answer, valid, other *sample) Guess {
	g := Guess{Name: a.name, Fallback: western, Mixed: a.mixed}
	if a.t != nil {
		g.Fallback = a.name
	}
	if a.mixed && valid.words >= other.words {
		g.Name = utf8Name
	}
	margin := float64(second.cost-a.cost) / 2
	g.Confidence = 1 - math.Exp2(-1-margin/4)
	return g
}

// alike says whether two tables decode everything seen alike.
func alike(a, b *table, samples ...*sample) bool {
	if a == nil || b == nil {
		return false
	}
	for _, s := range samples {
		for i, n := range s.high {
			if n > 0 && a[128+i] != b[128+i] {
				return false
			}
		}
	}
	return true
}

// marked returns the encoding that a byte order mark names.
func marked(head []byte) string {
	for _, m := range []struct{ mark, name string }{
		{"\xff\xfe\x00\x00", "utf-32le"},
		{"\x00\x00\xfe\xff", "utf-32be"},
		{"\xff\xfe", "utf-16le"},
		{"\xfe\xff", "utf-16be"},
		{mark, utf8Name},
	} {
		if bytes.HasPrefix(head, []byte(m.mark)) {
			return m.name
		}
	}
	return ""
}
