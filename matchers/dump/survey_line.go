package dump

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// surveyedCell is what a first pass over a line shows of one value.
type surveyedCell struct {
	hash  uint64
	value []byte
	at    bool
}

// lineSlack is how many bytes behind a line are read with it and dropped.
const lineSlack = 16

// Line studies a row as it stands, in two passes: the first finds the values and
// whether there is anything to them that needs more than being counted. Nearly
// all values of a large table have the shape of those that were looked at
// closely before, and each of them is held against it here: what is long enough
// to prove itself, what holds an @ where no addresses stand, what may be empty
// and what may be text are studied by Row. The second pass counts.
func (t *surveyed) Line(line []byte, delim byte) bool {
	row := t.row + 1
	if !t.ready || t.skip > 0 || row <= compareFirst || row%compareEvery == 0 || t.s.watch != nil || cap(line) < len(line)+lineSlack {
		return false
	}
	if !t.part(line, delim, row) || !t.person() {
		return false
	}
	t.row = row
	h := uint64(len(t.cols))
	for i, c := range t.cols {
		x := &t.line[i]
		h = joinHash(h, x.hash)
		if len(x.value) == 0 {
			continue
		}
		c.filled++
		c.distinct.add(x.hash)
		if x.at {
			c.ats++
		}
		if c.ofDates && len(x.value) > 6 {
			c.addDate(x.value)
		}
	}
	t.repeats.add(mix(h))
	return true
}

// part finds the values of a line. It returns false when there are not as many
// as there are columns, and when one of them needs more than being counted.
func (t *surveyed) part(line []byte, delim byte, row int64) bool {
	if len(t.line) != len(t.cols) {
		t.line = make([]surveyedCell, len(t.cols))
	}
	pattern := each * uint64(delim)
	rest := line[:len(line)+lineSlack] // what is left of it
	for i, c := range t.cols {
		a, b := binary.LittleEndian.Uint64(rest), binary.LittleEndian.Uint64(rest[8:])
		var n int
		if d := zeroBytes(a ^ pattern); d != 0 {
			n = bits.TrailingZeros64(d) >> 3
		} else if d := zeroBytes(b ^ pattern); d != 0 {
			n = 8 + bits.TrailingZeros64(d)>>3
		} else {
			n = 16 + endOf(rest[16:], pattern)
		}
		left := len(rest) - lineSlack
		if last := i == len(t.cols)-1; last != (n >= left) {
			return false // fewer values, or more
		}
		n = min(n, left)
		v := rest[:n]
		x := &t.line[i]
		x.value = v
		var at uint64
		if n <= 16 {
			a, b = a&within[n].low, b&within[n].high
			x.hash = product(product(a^(uint64(n)*prime1+1), b^prime2)^prime1, prime1)
			at = zeroBytes(a^'@'*each) | zeroBytes(b^'@'*each)
		} else {
			x.hash, at, _ = scan(v)
		}
		rest = rest[n+1:]
		if x.at = at != 0; n == 0 {
			continue
		}
		if row >= c.next || x.at && c.has[tEmail] <= 100 || !isClean(v) && len(cleanRare(v)) != n {
			return false
		}
		if n < proofLeast {
			continue
		}
		// Of sixteen bytes, those that are cut off above are no digits.
		if bits.OnesCount64(notDigits(a))+bits.OnesCount64(notDigits(b)) <= max(16, n)-proofLeast && (n <= 16 || countDigits(v) >= proofLeast) ||
			n >= textLeast && bytes.Count(v, []byte{' '}) >= textBlanks {
			return false
		}
	}
	return len(t.header) == 0 || string(t.line[0].value) != t.header[0]
}

// endOf finds the first delimiter, pattern being eight of it. It is beyond the
// line when there is none in it.
func endOf(rest []byte, pattern uint64) (n int) {
	for ; n+8 <= len(rest); n += 8 {
		if d := zeroBytes(binary.LittleEndian.Uint64(rest[n:]) ^ pattern); d != 0 {
			return n + bits.TrailingZeros64(d)>>3
		}
	}
	return len(rest)
}

// person passes over a row of which the sketch has no need.
func (t *surveyed) person() bool {
	if r := t.roles; r.mail < 0 {
		return r.birth < 0 || r.surname < 0 && r.given < 0
	}
	x := t.line[t.roles.mail]
	if !x.at || len(x.value) <= 5 || !t.s.sketch.passes(x.value) {
		return false
	}
	t.s.sketch.Rows++
	return true
}
