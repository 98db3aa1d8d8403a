package charset

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// maxPairs is how many bytes of words beyond ASCII are weighed: enough to
// tell any two encodings, and a bound on the time spent.
const maxPairs = 24 << 10

// maxWord cuts words, so that one wrong byte does not spoil a page of a
// script that has no spaces.
const maxWord = 192

// pair is two neighbouring bytes in a word and how often they were seen.
// shout says that an ASCII capital stood before them.
type pair struct {
	before, after byte
	shout         bool
	count         uint32
}

// sample is what matters of a text that is not all UTF-8: its words with
// bytes beyond ASCII, as counts of pairs of bytes.
type sample struct {
	pairs  []pair
	seen   [256]bool
	high   [128]uint32
	words  int
	bytes  int
	letter int // of ASCII, in the words
}

// split sorts the words beyond ASCII into those that are valid UTF-8 and the
// others.
func split(head []byte) (valid, other *sample, runes half) {
	valid, other = new(sample), new(sample)
	var vt, ot tally
	for i := nextHigh(head, 0); i < len(head); i = nextHigh(head, i) {
		from, to := word(head, i)
		w := head[from:to]
		i = to
		s, t := other, &ot
		if sound(w) {
			s, t = valid, &vt
			runes += wordCost(w)
		}
		s.words++
		if s.bytes < maxPairs {
			s.add(w, t)
		}
		if valid.bytes+other.bytes >= 2*maxPairs {
			break
		}
	}
	valid.pairs, other.pairs = vt.pairs(), ot.pairs()
	return valid, other, runes
}

// nextHigh finds the next byte beyond ASCII from i on, eight at a time.
func nextHigh(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		if m := binary.LittleEndian.Uint64(b[i:]) & 0x8080808080808080; m != 0 {
			return i + bits.TrailingZeros64(m)/8
		}
	}
	for i < len(b) && b[i] < utf8.RuneSelf {
		i++
	}
	return i
}

func asciiLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// word finds the letters and bytes beyond ASCII around i.
func word(b []byte, i int) (from, to int) {
	from, to = i, i+1
	for from > 0 && i-from < 32 && asciiLetter(b[from-1]) {
		from--
	}
	for to < len(b) && (b[to] >= utf8.RuneSelf || asciiLetter(b[to])) {
		if to-from >= maxWord && utf8.RuneStart(b[to]) || to-from >= maxWord+8 {
			break
		}
		to++
	}
	return from, to
}

// sound is utf8.Valid that lets surrogates pass: CESU-8 is UTF-8 to us.
func sound(w []byte) bool {
	for !utf8.Valid(w) {
		i := 0
		for i < len(w) {
			r, n := utf8.DecodeRune(w[i:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			i += n
		}
		if !surrogate(w[i:]) {
			return false
		}
		w = w[i+3:]
	}
	return true
}

// surrogate says whether b begins with a surrogate written in three bytes.
func surrogate(b []byte) bool {
	return len(b) >= 3 && b[0] == 0xed && b[1] >= 0xa0 && b[1] <= 0xbf && b[2]&0xc0 == 0x80
}

// wordCost is what a word costs as UTF-8 within a file of another encoding.
func wordCost(w []byte) (cost half) {
	for _, r := range string(w) {
		switch {
		case r < utf8.RuneSelf:
			cost += 9
		case r >= 0xc0 && r < 0x180, r >= 0x2010 && r < 0x2030, r == '€', r == '«', r == '»', r == '°', r == 0xa0:
			cost += 16
		default:
			cost += 26
		}
	}
	return cost + 8
}

// tally counts pairs.
type tally struct {
	count   map[uint32]int
	ordered []pair
}

func (s *sample) add(w []byte, t *tally) {
	if t.count == nil {
		t.count = make(map[uint32]int, 512)
	}
	s.bytes += len(w)
	var before, first byte
	for i := 0; i <= len(w); i++ {
		var c byte
		if i < len(w) {
			c = w[i]
			s.seen[c] = true
			if c >= utf8.RuneSelf {
				s.high[c-utf8.RuneSelf]++
			} else {
				s.letter++
			}
		}
		shout := first >= 'A' && first <= 'Z'
		key := uint32(before)<<8 | uint32(c)
		if shout {
			key |= 1 << 16
		}
		at, ok := t.count[key]
		if !ok {
			at = len(t.ordered)
			t.count[key] = at
			t.ordered = append(t.ordered, pair{before: before, after: c, shout: shout})
		}
		t.ordered[at].count++
		first, before = before, c
	}
}

func (t *tally) pairs() []pair { return t.ordered }
