package dump

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// surveyedCell is what a first pass over a line shows of one value.
type surveyedCell struct {
	hash     uint64
	from, to int
	at       bool
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
	if !t.part(line, delim, row) || !t.person(line) {
		return false
	}
	t.row = row
	h := uint64(len(t.cols))
	for i, c := range t.cols {
		x := &t.line[i]
		h = joinHash(h, x.hash)
		if x.from == x.to {
			continue
		}
		c.filled++
		c.distinct.add(x.hash)
		if x.at {
			c.ats++
		}
		if c.ofDates && x.to-x.from > 6 {
			c.addDate(line[x.from:x.to])
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
	room := line[:len(line)+lineSlack]
	pattern := each * uint64(delim)
	from := 0
	for i, c := range t.cols {
		a, b := binary.LittleEndian.Uint64(room[from:]), binary.LittleEndian.Uint64(room[from+8:])
		to := from
		if d := zeroBytes(a ^ pattern); d != 0 {
			to += bits.TrailingZeros64(d) >> 3
		} else if d := zeroBytes(b ^ pattern); d != 0 {
			to += 8 + bits.TrailingZeros64(d)>>3
		} else {
			for to += 16; to < len(line); to += 8 {
				if d := zeroBytes(binary.LittleEndian.Uint64(room[to:]) ^ pattern); d != 0 {
					to += bits.TrailingZeros64(d) >> 3
					break
				}
			}
		}
		if last := i == len(t.cols)-1; last != (to >= len(line)) {
			return false // fewer values, or more
		}
		to = min(to, len(line))
		v := line[from:to]
		x := &t.line[i]
		x.from, x.to = from, to
		var at uint64
		if n := len(v); n <= 16 {
			a, b = a&within[n].low, b&within[n].high
			x.hash = product(product(a^(uint64(n)*prime1+1), b^prime2)^prime1, prime1)
			at = zeroBytes(a^'@'*each) | zeroBytes(b^'@'*each)
		} else {
			x.hash, at, _ = scan(v)
		}
		from = to + 1
		if x.at = at != 0; len(v) == 0 {
			continue
		}
		if row >= c.next || x.at && c.has[tEmail] <= 100 || !isClean(v) && len(cleanRare(v)) != len(v) {
			return false
		}
		// Of sixteen bytes, those that are cut off above are no digits.
		if len(v) >= proofLeast && bits.OnesCount64(notDigits(a))+bits.OnesCount64(notDigits(b)) <= max(16, len(v))-proofLeast &&
			(len(v) <= 16 || countDigits(v) >= proofLeast) || len(v) >= textLeast && bytes.Count(v, []byte{' '}) >= textBlanks {
			return false
		}
	}
	return len(t.header) == 0 || string(line[:t.line[0].to]) != t.header[0]
}

// person passes over a row of which the sketch has no need.
func (t *surveyed) person(line []byte) bool {
	if r := t.roles; r.mail < 0 {
		return r.birth < 0 || r.surname < 0 && r.given < 0
	}
	x := t.line[t.roles.mail]
	if !x.at || x.to-x.from <= 5 || !t.s.sketch.passes(line[x.from:x.to]) {
		return false
	}
	t.s.sketch.Rows++
	return true
}
