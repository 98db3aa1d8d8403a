package dump

import (
	"encoding/binary"
	"math/bits"
)

// lineSlack is how many bytes behind lines are read with them and dropped.
const lineSlack = 16

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
	block []byte // whole lines, with lineSlack readable bytes behind
	width int
	rows  int
	ends  []int32 // -1, then where each value ends: at a delimiter, and the last of a row at a line feed
}

// cut finds the values of the first rows of block, at most so many, as long as
// they have as many as the table has columns. It returns how many bytes they are.
func (l *cutLines) cut(block []byte, delim byte, width, most int) (n int) {
	l.block, l.width, l.rows = block, width, 0
	need := min(most, linesAtOnce, max(1, cellsAtOnce/width)) * width
	if len(l.ends) < need+65 {
		l.ends = make([]int32, need+65)
		l.ends[0] = -1
	}
	if cap(block) < len(block)+lineSlack {
		return 0
	}
	found := marks(l.ends[1:need+65], block[:len(block)+8], delim, need)
	for ends := l.ends[1 : found+1]; len(ends) >= width; ends = ends[width:] {
		if !isRow(block, ends[:width], n, delim) {
			break
		}
		n = int(ends[width-1]) + 1
		l.rows++
	}
	return n
}

// marks finds delimiters and line feeds, eight bytes at a time, until there are
// enough. The last eight bytes of b are only there to be read. ends has room for
// eight more than enough.
func marks(ends []int32, b []byte, delim byte, enough int) (n int) {
	const low7 = signs - each
	d, f := each*uint64(delim), uint64(each*'\n')
	for i := 0; i+8 < len(b) && n < enough; i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		x, y := w^d, w^f
		// The top bit of a byte stays clear where x, or y, is zero.
		m := ^((x&low7 + low7 | x) & (y&low7 + low7 | y)) & signs
		for m != 0 {
			ends[n] = int32(i + bits.TrailingZeros64(m)>>3)
			n++
			m &= m - 1
		}
	}
	n = min(n, enough)
	for n > 0 && int(ends[n-1]) >= len(b)-8 {
		n--
	}
	return n
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

// cells appends the values of a row.
func (l *cutLines) cells(dst [][]byte, row int) [][]byte {
	for i := range l.width {
		dst = append(dst, l.value(row, i))
	}
	return dst
}
