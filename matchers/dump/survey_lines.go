package dump

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Lines studies rows as they stand, a column at a time. What is said of them is
// the same as when each is given to Row.
func (t *surveyed) Lines(block []byte, delim byte) (rows, n int, err error) {
	if !t.ready || t.skip > 0 || t.s.watch != nil {
		return 0, 0, nil
	}
	for n < len(block) {
		taken := t.lines.cut(block[n:], delim, len(t.cols), linesAtOnce)
		for j := range t.lines.rows {
			if v := t.lines.value(j, 0); len(t.header) > 0 && string(v) == t.header[0] || (len(v) == 0 || j == 0 && t.bare || mayFurnish(v)) && t.furnished(t.lines.row(t.lines.cells[:0], j)) {
				// No data, or perhaps the header again: Row sees to it.
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
	return rows, n, nil
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
			l.cells = l.row(l.cells[:0], j)
			t.rest(l.cells)
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
		g := glanceIn(b, from, to)
		hashes[j] = joinHash(hashes[j], g.hash)
		look := row+int64(j) >= c.next
		if from == to && !look {
			continue
		}
		v := b[from:to]
		if look || g.tells || g.at != 0 && !mails || !isClean(v) && len(cleanRare(v)) != len(v) {
			c.add(v, row+int64(j), o)
			mails = c.has[tEmail] > 100
			continue
		}
		c.filled++
		c.distinct.add(g.hash)
		if g.at != 0 {
			c.ats++
		}
		if c.ofDates && len(v) > 6 {
			c.addDate(v)
		}
	}
}

// glimpse is what one look at a value says of it.
type glimpse struct {
	hash, at uint64
	tells    bool // it may prove itself, or be text
}

// glanceIn is scan for the value of b from from to to, behind which b goes on. Of
// up to 32 bytes, its first and its last sixteen are read: what they have in
// common is counted twice, so that no digit and no blank is missed.
func glanceIn(b []byte, from, to int) (g glimpse) {
	n := uint(to - from)
	h := uint64(n)*prime1 + 1
	w := b[from : from+16]
	x, y := binary.LittleEndian.Uint64(w), binary.LittleEndian.Uint64(w[8:])
	switch {
	case n <= 16:
		x, y = x&within[n].low, y&within[n].high
		g.hash = product(product(x^h, y^prime2)^prime1, prime1)
		g.at = zeroBytes(x^'@'*each) | zeroBytes(y^'@'*each)
		g.tells = n >= proofLeast && bits.OnesCount64(notDigits(x))+bits.OnesCount64(notDigits(y)) <= 16-proofLeast
	case n <= 32:
		w := b[to-16 : to]
		p, q := binary.LittleEndian.Uint64(w), binary.LittleEndian.Uint64(w[8:])
		g.hash = product(product(p^product(x^h, y^prime2), q^prime2)^prime1, prime1)
		g.at = zeroBytes(x^'@'*each) | zeroBytes(y^'@'*each) | zeroBytes(p^'@'*each) | zeroBytes(q^'@'*each)
		others := bits.OnesCount64(notDigits(x)|notDigits(y)>>1) + bits.OnesCount64(notDigits(p)|notDigits(q)>>1)
		blanks := bits.OnesCount64(zeroBytes(x^' '*each)|zeroBytes(y^' '*each)>>1) + bits.OnesCount64(zeroBytes(p^' '*each)|zeroBytes(q^' '*each)>>1)
		g.tells = others <= 32-proofLeast || n >= textLeast && blanks >= textBlanks
	default:
		v := b[from:to]
		g.hash, g.at, _ = scan(v)
		g.tells = countDigits(v) >= proofLeast || bytes.Count(v, []byte{' '}) >= textBlanks
	}
	return g
}
