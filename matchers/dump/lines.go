package dump

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// LineSlack is how many bytes of the array behind lines are read with them and
// dropped: without so much room Lines takes none.
const LineSlack = 16

// Lines are cut so many rows at a time, or fewer when they have so many values:
// what is known of them stays in the nearest memory.
const (
	linesAtOnce = 256
	cellsAtOnce = 4096
)

// cutLines are rows that stand in one piece, by where their values end: what
// comes after is done a column at a time, in which values are alike, so that
// neither memory nor the processor's guesses are wasted.
type cutLines struct {
	block []byte // whole lines, with LineSlack readable bytes behind
	width int
	rows  int
	cells [][]byte
	ends  []int32 // -1, then where each value ends: at a delimiter, and the last of a row at a line feed
}

// cut finds the values of the first rows of block, at most so many, as long as
// they have as many as the table has columns. It returns how many bytes they are.
func (l *cutLines) cut(block []byte, delim byte, width, most int) (n int) {
	l.block, l.width, l.rows = block, width, 0
	if width == 0 || delim >= utf8.RuneSelf || cap(block) < len(block)+LineSlack {
		return 0
	}
	need := min(most, linesAtOnce, max(1, cellsAtOnce/width)) * width
	if len(l.ends) < need+1+64+8 {
		l.ends = make([]int32, need+1+64+8)
		l.ends[0] = -1
	}
	found := marks(l.ends[1:], block[:len(block)+LineSlack], delim, need)
	for ends := l.ends[1 : found+1]; len(ends) >= width; ends = ends[width:] {
		if !isRow(block, ends[:width], n, delim) {
			break
		}
		n = int(ends[width-1]) + 1
		l.rows++
	}
	return n
}

// marks finds delimiters and line feeds until there are enough, sixty-four bytes
// at a time: a bit for each, and as many places written as there are usually, of
// which those that were too many are written over (Langdale and Lemire, Parsing
// gigabytes of JSON per second, 2019). b ends with LineSlack bytes that are only
// there to be read. ends has room for sixty-four more than enough.
func marks(ends []int32, b []byte, delim byte, enough int) (n int) {
	d, size := each*uint64(delim), len(b)-LineSlack
	for i := 0; i < size && n < enough; i += 64 {
		var m uint64
		if i+64 <= len(b) {
			w := b[i : i+64]
			m = found(w, d) | found(w[8:], d)<<8 | found(w[16:], d)<<16 | found(w[24:], d)<<24 |
				found(w[32:], d)<<32 | found(w[40:], d)<<40 | found(w[48:], d)<<48 | found(w[56:], d)<<56
		} else {
			for k := 0; i+k < size; k += 8 {
				m |= found(b[i+k:], d) << k
			}
		}
		if i+64 > size {
			m &= 1<<(size-i) - 1
		}
		for to := n + bits.OnesCount64(m); n < to; n = min(n+8, to) {
			at := ends[n : n+8]
			for k := range at {
				at[k] = int32(i + bits.TrailingZeros64(m))
				m &= m - 1
			}
		}
	}
	return min(n, enough)
}

// found has a bit for each of eight bytes that is a line feed or that of d, both
// of ASCII.
func found(w []byte, d uint64) uint64 {
	const low7 = signs - each
	v := binary.LittleEndian.Uint64(w)
	low := v & low7
	// The top bit of a byte stays clear where low is as d, or a line feed.
	m := ^((low^d+low7)&(low^each*'\n'+low7) | v) & signs
	return (m >> 7) * 0x0102040810204080 >> 56
}

// isRow tells whether the values that end so are one row, which is neither too
// long nor perhaps the foot of a table.
func isRow(block []byte, ends []int32, from int, delim byte) bool {
	last := len(ends) - 1
	var odd byte
	for _, e := range ends[:last] {
		odd |= block[e] ^ delim
	}
	to := int(ends[last])
	if odd != 0 || block[to] != '\n' || to-from > MaxField {
		return false
	}
	if to > from && block[to-1] == '\r' {
		to--
	}
	return last == 0 || to > int(ends[last-1])+1 || isDigit(block[from])
}

// each gives the values of the first rows of block, as long as they are so many
// as the table has columns. They are not to be kept.
func (l *cutLines) each(block []byte, delim byte, width int, row func(cells [][]byte) error) (rows, n int, err error) {
	for n < len(block) {
		n += l.cut(block[n:], delim, width, linesAtOnce)
		if l.rows == 0 {
			break
		}
		for j := range l.rows {
			l.cells = l.row(l.cells[:0], j)
			rows++
			if err := row(l.cells); err != nil {
				return rows, n, err
			}
		}
	}
	return rows, n, nil
}

// value returns a value of a row.
func (l *cutLines) value(row, column int) []byte {
	from, to := l.bounds(row, column)
	return l.block[from:to]
}

func (l *cutLines) bounds(row, column int) (from, to int) {
	i := row*l.width + column
	from, to = int(l.ends[i])+1, int(l.ends[i+1])
	if column == l.width-1 && to > from && l.block[to-1] == '\r' {
		to--
	}
	return from, to
}

// row appends the values of a row.
func (l *cutLines) row(dst [][]byte, row int) [][]byte {
	for i := range l.width {
		dst = append(dst, l.value(row, i))
	}
	return dst
}
