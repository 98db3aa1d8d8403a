package charset

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"sync"
	"unicode/utf8"
)

// maxPairs is how many bytes of words beyond ASCII are weighed: enough to
// tell any two encodings, and a bound on the time spent. Later words are
// weighed only if they hold a byte not met before, as a lone euro sign.
const maxPairs = 4 << 10

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

// mostAgain is how often a word counts among encodings of one byte a character: a
// column repeats its values, and a town that stands in every row says no more than
// in a few.
const mostAgain = 2

// sample is what matters of a text that is not all UTF-8: its words with
// bytes beyond ASCII, as counts of pairs of bytes.
type sample struct {
	pairs []pair
	fewer []pair // of words counted so often at most
	high  [128]uint32
	words int
	bytes int // weighed
}

// split sorts the words beyond ASCII into those that are valid UTF-8 and the
// others. Words are weighed up to upTo; runes is the cost of the valid ones.
func split(head []byte) (valid, other *sample, runes half, upTo int) {
	valid, other = new(sample), new(sample)
	vt, ot, ft := tallies.Get().(*tally), tallies.Get().(*tally), tallies.Get().(*tally)
	var again [1 << 10]uint8 // by a digest of the word
	for i := nextHigh(head, 0); i < len(head); i = nextHigh(head, i) {
		from, to := word(head, i)
		w := head[from:to]
		i = to
		s, t := other, ot
		if sound(w) {
			s, t = valid, vt
		}
		s.words++
		if valid.bytes+other.bytes < maxPairs || s.news(w) {
			s.add(w, t)
			if at := digest(w) % uint32(len(again)); s == other && again[at] < mostAgain {
				again[at]++
				ft.add(w)
			}
			if s == valid {
				runes += wordCost(w)
			}
		}
		if valid.bytes+other.bytes < maxPairs {
			upTo = to
		}
	}
	valid.pairs, other.pairs, other.fewer = vt.take(), ot.take(), ft.take()
	return valid, other, runes, upTo
}

// seldom tells that of so many bytes few are beyond ASCII.
func (s *sample) seldom(upTo int) bool {
	n := 0
	for _, k := range s.high {
		n += int(k)
	}
	return n*32 < upTo
}

// digest is FNV-1a of a word.
func digest(w []byte) uint32 {
	h := uint32(2166136261)
	for _, c := range w {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

// nextHigh finds the next byte beyond ASCII from i on, eight at a time.
func nextHigh(b []byte, i int) int {
	for ; i+32 <= len(b); i += 32 {
		w := b[i : i+32]
		if (binary.LittleEndian.Uint64(w)|binary.LittleEndian.Uint64(w[8:])|binary.LittleEndian.Uint64(w[16:])|binary.LittleEndian.Uint64(w[24:]))&0x8080808080808080 != 0 {
			break
		}
	}
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
	before := rune(0)
	for _, r := range string(w) {
		switch {
		case r < utf8.RuneSelf:
			cost += 9
		case r >= 0xc0 && r < 0x180, r >= 0x2010 && r < 0x2030, r == '€', r == '«', r == '»', r == '°', r == 0xa0:
			cost += 16
		case r>>7 == before>>7:
			cost += 11
		case r >= 0x3000 && before >= 0x3000:
			cost += 20
		default:
			cost += 26
		}
		before = r
	}
	return cost + 8
}

// tally counts pairs of bytes: at is where a pair stands among the ordered,
// plus one. It is kept from one text to the next, being large.
type tally struct {
	at      [2 << 16]uint16
	ordered []pair
}

var tallies = sync.Pool{New: func() any { return new(tally) }}

// take returns the pairs counted and empties the tally.
func (t *tally) take() []pair {
	out := slices.Clone(t.ordered)
	for _, p := range t.ordered {
		t.at[p.key()] = 0
	}
	t.ordered = t.ordered[:0]
	tallies.Put(t)
	return out
}

func (p pair) key() uint32 {
	key := uint32(p.before)<<8 | uint32(p.after)
	if p.shout {
		key |= 1 << 16
	}
	return key
}

func (s *sample) add(w []byte, t *tally) {
	s.bytes += len(w)
	for _, c := range w {
		if c >= utf8.RuneSelf {
			s.high[c-utf8.RuneSelf]++
		}
	}
	t.add(w)
}

// add counts the pairs of a word.
func (t *tally) add(w []byte) {
	var before, first byte
	for i := 0; i <= len(w); i++ {
		p := pair{before: before, shout: first >= 'A' && first <= 'Z'}
		if i < len(w) {
			p.after = w[i]
		}
		at := &t.at[p.key()]
		if *at == 0 {
			if len(t.ordered) == math.MaxUint16 {
				continue
			}
			t.ordered = append(t.ordered, p)
			*at = uint16(len(t.ordered))
		}
		t.ordered[*at-1].count++
		first, before = before, p.after
	}
}

// news says whether a word holds a byte not seen before.
func (s *sample) news(w []byte) bool {
	for _, c := range w {
		if c >= utf8.RuneSelf && s.high[c-utf8.RuneSelf] == 0 {
			return true
		}
	}
	return false
}
