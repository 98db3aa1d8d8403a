package charset

import (
	"bytes"
	"encoding/binary"
	"maps"
	"math"
	"math/bits"
	"unicode/utf8"
)

// Stats counts the values a [Decoder] met; a value of sound ASCII is in none
// of them.
type Stats struct {
	Valid       int64            // beyond ASCII, valid UTF-8 and kept as it was
	Fallback    map[string]int64 // decoded from the encoding of that name
	Broken      int64            // UTF-8 with surrogates, overlong forms or a cut end
	Repaired1   int64            // damaged once, and repaired
	Repaired2   int64            // damaged twice or more, and repaired
	Replacement int64            // holding U+FFFD: what stood there is lost
	Question    int64            // holding "?" within a word: probably lost
}

// Decoder turns values of an encoding that agrees with ASCII into sound
// UTF-8, one value at a time, after rows were split. Values that are valid
// UTF-8 stay as they are in a file of any encoding, for files get glued
// together. In a mixed file, or one that seemed to be all UTF-8, each other
// value is read as windows-1252, CP850 or MacRoman, whichever gives the
// likelier name, and as the fallback when that is as likely. The same bytes
// always decode alike. A Decoder is not safe for concurrent use.
type Decoder struct {
	utf8    bool
	readers []*reader // the fallback first
	buf     []byte
	stats   Stats
}

// NewDecoder decodes the values of a file in which [Detect] found g.
func NewDecoder(g Guess) *Decoder {
	d := &Decoder{utf8: g.Name == utf8Name, stats: Stats{Fallback: map[string]int64{}}}
	name := g.Name
	if single(name) == nil {
		name = g.Fallback
	}
	t := single(name)
	if t == nil {
		name, t = western, single(western)
	}
	first := &reader{name: name, t: t}
	free := g.Mixed || single(g.Name) == nil
	for _, r := range french() {
		if r.name == name {
			first = r
		}
	}
	d.readers = []*reader{first}
	if free && first.in != nil {
		for _, r := range french() {
			if r != first {
				d.readers = append(d.readers, r)
			}
		}
	}
	return d
}

// Decode returns v in UTF-8, repaired: v itself if it needs nothing, or else
// the decoded value, appended to dst, of which only the appended part is
// returned.
func (d *Decoder) Decode(dst, v []byte) []byte {
	if NextOdd(v, 0) == len(v) {
		return v
	}
	if ascii(v) {
		if bytes.IndexByte(v, '?') > 0 && questioned(v) {
			d.stats.Question++
		}
		if bytes.IndexByte(v, '&') < 0 {
			return v
		}
		return d.repair(dst, v)
	}
	if lone(v) {
		d.stats.Valid++
		return v
	}
	if utf8.Valid(v) {
		d.stats.Valid++
		return d.repair(dst, v)
	}
	if out, ok := d.mend(dst, v); ok {
		d.stats.Broken++
		return d.repair(out, out)
	}
	best := d.readers[0]
	if len(d.readers) > 1 {
		best = d.likeliest(v)
	}
	d.stats.Fallback[best.name]++
	out := best.t.appendDecoded(dst, v)[len(dst):]
	return d.repair(out, out)
}

// NextOdd finds the next byte from i on for which Decode has to look at a value, or
// the end: what is no ASCII, and the signs of entities and of lost characters. A
// value without is returned as it is, and nothing of it is counted.
func NextOdd(v []byte, i int) int {
	const each = 0x0101010101010101
	for ; i+8 <= len(v); i += 8 {
		w := binary.LittleEndian.Uint64(v[i:])
		and, question := w^'&'*each, w^'?'*each
		if m := (w | (and-each)&^and | (question-each)&^question) & (0x80 * each); m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(v) && v[i] < utf8.RuneSelf && v[i] != '&' && v[i] != '?' {
		i++
	}
	return min(i, len(v))
}

// Sound returns how many bytes of text Decode would return as they are, in
// whatever pieces, counting nothing of them but that there is a valid one.
func (d *Decoder) Sound(text []byte) int {
	for from := 0; from < len(text); from += soundAtOnce {
		to := min(from+soundAtOnce, len(text))
		end := to
		for _, c := range []byte("&?") {
			if i := bytes.IndexByte(text[from:end], c); i >= 0 {
				end = from + i
			}
		}
		// Behind the first byte of a character that the piece before ended with
		// comes a second one.
		i := from
		if i > 0 && text[i-1] == 0xc3 {
			i++
		}
		for i = nextHigh(text[:end], i); i < end; i = nextHigh(text[:end], i+2) {
			if !loneAt(text, i) {
				return i
			}
			d.stats.Valid++
		}
		if end < to {
			return end
		}
	}
	return len(text)
}

// soundAtOnce is how far Sound looks ahead: what it is called for again is not
// looked at much more often than once.
const soundAtOnce = 1 << 10

// lone tells at a glance what most values beyond ASCII are: UTF-8 in which
// letters of Latin-1 other than Ã stand alone between others, without an entity.
// Nothing of that is ever repaired.
func lone(v []byte) bool {
	if bytes.IndexByte(v, '&') >= 0 {
		return false
	}
	for i := nextHigh(v, 0); i < len(v); i = nextHigh(v, i+2) {
		if !loneAt(v, i) {
			return false
		}
	}
	return true
}

func loneAt(v []byte, i int) bool {
	return v[i] == 0xc3 && i+1 < len(v) && v[i+1]&0xc0 == 0x80 && v[i+1] != 0x83 && (i+2 == len(v) || v[i+2] < utf8.RuneSelf)
}

// repair repairs v, appending to dst, and counts.
func (d *Decoder) repair(dst, v []byte) []byte {
	out, rounds, _ := Repair(dst, v)
	switch {
	case rounds == 1:
		d.stats.Repaired1++
	case rounds > 1:
		d.stats.Repaired2++
	}
	if bytes.Contains(out, []byte("\ufffd")) {
		d.stats.Replacement++
	}
	return out
}

// Row decodes the values of a row in place and says whether any changed. They
// are valid until the next call.
func (d *Decoder) Row(fields [][]byte) (changed bool) {
	d.buf = d.buf[:0]
	for i, v := range fields {
		out := d.Decode(d.buf[len(d.buf):], v)
		if len(out) == len(v) && (len(v) == 0 || &out[0] == &v[0]) {
			continue
		}
		changed = true
		d.buf = append(d.buf, out...)
		fields[i] = d.buf[len(d.buf)-len(out) : len(d.buf) : len(d.buf)]
	}
	return changed
}

// lean is how many half bits each later reading must gain on those before.
const lean half = 6

// likeliest returns the reading under which the value reads most like a name.
func (d *Decoder) likeliest(v []byte) *reader {
	best, least := d.readers[0], d.readers[0].cost(v, math.MaxUint32)
	for i, r := range d.readers[1:] {
		handicap := lean * half(i+1)
		if least <= handicap {
			break
		}
		if c := r.cost(v, least-handicap); c < least-handicap {
			best, least = r, c+handicap
		}
	}
	return best
}

// Stats returns what was met until now.
func (d *Decoder) Stats() Stats {
	s := d.stats
	s.Fallback = maps.Clone(s.Fallback)
	return s
}

// ascii says whether v holds nothing beyond ASCII.
func ascii(v []byte) bool { return nextHigh(v, 0) == len(v) }

// questioned says whether a question mark stands between letters, as é does
// after a conversion to an encoding that lacks it. Web addresses are left
// aside.
func questioned(v []byte) bool {
	found := false
	for i, c := range v {
		switch {
		case c == '/', c == '=', c == '@', c == '&':
			return false
		case c == '?' && i > 0 && i+1 < len(v) && asciiLetter(v[i-1]) && asciiLetter(v[i+1]):
			found = true
		}
	}
	return found
}
