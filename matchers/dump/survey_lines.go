package dump

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Lines studies rows as they stand, a column at a time. What is said of them is
// the same as when each is given to Row.
func (t *surveyed) Lines(block []byte, delim byte) (rows, n int) {
	if !t.ready || t.skip > 0 || t.s.watch != nil {
		return 0, 0
	}
	for n < len(block) {
		taken := t.lines.cut(block[n:], delim, len(t.cols), linesAtOnce)
		for j := range t.lines.rows {
			if len(t.header) > 0 && string(t.lines.value(j, 0)) == t.header[0] {
				// Perhaps the header again: Row sees to it.
				t.lines.rows = j
				taken = int(t.lines.ends[j*len(t.cols)]) + 1
				break
			}
		}
		if t.lines.rows == 0 {
			break
		}
		t.batch()
		rows += t.lines.rows
		n += taken
	}
	return rows, n
}

// batch studies the rows that were cut.
func (t *surveyed) batch() {
	l := &t.lines
	hashes := t.hashes[:l.rows]
	for j := range hashes {
		hashes[j] = uint64(l.width)
	}
	for i, c := range t.cols {
		c.addLines(l, i, hashes, t.row+1, t.s.o)
	}
	for j, h := range hashes {
		t.row++
		t.repeats.add(mix(h))
		if t.beside() || !t.passes(j) {
			t.cells = l.cells(t.cells[:0], j)
			t.rest(t.cells)
		}
	}
}

// passes counts a row whose person is not sampled, and tells so.
func (t *surveyed) passes(row int) bool {
	r := t.roles
	if r.mail < 0 {
		return r.birth < 0 || r.surname < 0 && r.given < 0
	}
	v := t.lines.value(row, r.mail)
	if len(v) <= 5 || !t.s.sketch.passes(v) {
		return false
	}
	t.s.sketch.Rows++
	return true
}

// addLines is add for the values of one column, whose hashes are joined to those
// of their rows. Nearly all values of a large table have the shape of those that
// were looked at closely before, and each of them is held against it here: what
// is long enough to prove itself, what holds an @ where no addresses stand, what
// may be empty and what may be text goes to add.
func (c *column) addLines(l *cutLines, column int, hashes []uint64, row int64, o *Options) {
	b := l.block[:len(l.block)+LineSlack]
	mails, last := c.has[tEmail] > 100, column == l.width-1
	for j := range hashes {
		k := j*l.width + column
		from, to := int(l.ends[k])+1, int(l.ends[k+1])
		if last && to > from && b[to-1] == '\r' {
			to--
		}
		n := to - from
		var h, x, y, at uint64
		if n <= 16 {
			w := b[from : from+16]
			x, y = binary.LittleEndian.Uint64(w)&within[n].low, binary.LittleEndian.Uint64(w[8:])&within[n].high
			h = product(product(x^(uint64(n)*prime1+1), y^prime2)^prime1, prime1)
			at = zeroBytes(x^'@'*each) | zeroBytes(y^'@'*each)
		} else {
			h, at, _ = scan(b[from:to])
		}
		hashes[j] = joinHash(hashes[j], h)
		if n == 0 && row+int64(j) < c.next {
			continue
		}
		v := b[from:to]
		if row+int64(j) >= c.next || at != 0 && !mails || !isClean(v) && len(cleanRare(v)) != n || n >= proofLeast && tells(v, x, y) {
			c.add(v, row+int64(j), o)
			mails = c.has[tEmail] > 100
			continue
		}
		c.filled++
		c.distinct.add(h)
		if at != 0 {
			c.ats++
		}
		if c.ofDates && n > 6 {
			c.addDate(v)
		}
	}
}

// tells whether a value of proofLeast bytes or more may prove itself, or be text.
// x and y are its bytes when it has sixteen at most: those that are cut off there
// are no digits.
func tells(v []byte, x, y uint64) bool {
	n := len(v)
	if n <= 16 {
		return bits.OnesCount64(notDigits(x))+bits.OnesCount64(notDigits(y)) <= 16-proofLeast
	}
	return countDigits(v) >= proofLeast || n >= textLeast && bytes.Count(v, []byte{' '}) >= textBlanks
}
