package archive

import (
	"bufio"
	"errors"
	"io"
)

// inflate64Reader decodes Deflate64, which Windows writes for files above 2 GiB:
// deflate (RFC 1951) with a window of 64 KiB, two more distance codes, and a last
// length code of 16 bits. Codes are read bit by bit, as in M. Adler's puff.
type inflate64Reader struct {
	r      *bufio.Reader
	win    window
	bits   uint64
	have   uint
	last   bool // the block is the last
	kind   int8 // of the block; -1 before the next
	stored int  // bytes of a stored block to come
	lit    huffman
	dist   huffman
	match  int // bytes of the last match that did not fit
	back   uint32
	err    error
}

func newInflate64(r *bufio.Reader) *inflate64Reader {
	d := &inflate64Reader{r: r, kind: -1}
	d.win.reset(1 << 16)
	return d
}

// Read decodes on when all that was decoded is given.
func (d *inflate64Reader) Read(p []byte) (int, error) {
	for len(p) > 0 && d.win.given == d.win.pos {
		if d.err != nil {
			return 0, d.err
		}
		d.win.room()
		for d.err == nil && d.win.pos < len(d.win.buf) {
			d.err = d.step()
		}
	}
	return d.win.give(p), nil
}

// take reads n bits, at most 16.
func (d *inflate64Reader) take(n uint) (int, error) {
	for d.have < n {
		b, err := d.r.ReadByte()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		d.bits |= uint64(b) << d.have
		d.have += 8
	}
	v := int(d.bits & (1<<n - 1))
	d.bits >>= n
	d.have -= n
	return v, nil
}

// step decodes a symbol, or goes on with what did not fit.
func (d *inflate64Reader) step() error {
	w := &d.win
	switch {
	case d.match > 0:
		for ; d.match > 0 && w.pos < len(w.buf); d.match-- {
			w.put(w.back(d.back))
		}
		return nil
	case d.kind < 0 && d.last:
		return io.EOF
	case d.kind < 0:
		return d.block()
	case d.kind == 0:
		if d.stored == 0 {
			d.kind = -1
			return nil
		}
		b, err := d.take(8)
		if err == nil {
			w.put(byte(b))
			d.stored--
		}
		return err
	}
	return d.symbol()
}

// block reads the header of a block.
func (d *inflate64Reader) block() error {
	head, err := d.take(3)
	if err != nil {
		return err
	}
	d.last, d.kind = head&1 != 0, int8(head>>1)
	switch d.kind {
	case 0:
		d.bits, d.have = d.bits>>(d.have&7), d.have&^7
		n, err := d.take(16)
		if err != nil {
			return err
		}
		inverse, err := d.take(16)
		if err == nil && n != inverse^0xffff {
			err = errDamaged
		}
		d.stored = n
		return err
	case 1:
		var lengths [320]byte
		for i := range 288 {
			lengths[i] = [...]byte{8, 9, 7, 8}[between(i, 144, 256, 280)]
		}
		for i := 288; i < 320; i++ {
			lengths[i] = 5
		}
		return errors.Join(d.lit.make(lengths[:288]), d.dist.make(lengths[288:]))
	case 2:
		return d.tables()
	}
	return errDamaged
}

// between counts the bounds that i reaches.
func between(i int, bounds ...int) (n int) {
	for _, b := range bounds {
		if i >= b {
			n++
		}
	}
	return n
}

// tables reads the code lengths of a dynamic block.
func (d *inflate64Reader) tables() error {
	var counts [3]int
	for i, bits := range []uint{5, 5, 4} {
		n, err := d.take(bits)
		if err != nil {
			return err
		}
		counts[i] = n + []int{257, 1, 4}[i]
	}
	var lengths [320]byte
	for i := range counts[2] {
		n, err := d.take(3)
		if err != nil {
			return err
		}
		lengths[[...]byte{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}[i]] = byte(n)
	}
	var codes huffman
	if err := codes.make(lengths[:19]); err != nil {
		return err
	}
	total := counts[0] + counts[1]
	for i := 0; i < total; {
		n, err := d.code(&codes)
		if err != nil {
			return err
		}
		value, times := byte(n), 1
		if n >= 16 {
			value = 0
			if n == 16 && i == 0 {
				return errDamaged
			} else if n == 16 {
				value = lengths[i-1]
			}
			if times, err = d.take([...]uint{2, 3, 7}[n-16]); err != nil {
				return err
			}
			times += [...]int{3, 3, 11}[n-16]
		}
		if i+times > total {
			return errDamaged
		}
		for ; times > 0; times-- {
			lengths[i] = value
			i++
		}
	}
	return errors.Join(d.lit.make(lengths[:counts[0]]), d.dist.make(lengths[counts[0]:total]))
}

// symbol decodes a literal or a match.
func (d *inflate64Reader) symbol() error {
	s, err := d.code(&d.lit)
	switch {
	case err != nil:
		return err
	case s < 256:
		d.win.put(byte(s))
		return nil
	case s == 256:
		d.kind = -1
		return nil
	case s > 285:
		return errDamaged
	}
	n, extra := 3+s-257, uint(0)
	if s == 285 {
		n, extra = 3, 16
	} else if s >= 265 {
		extra = uint(s-261) / 4
		n = 3 + (4+(s-261)&3)<<extra
	}
	more, err := d.take(extra)
	if err != nil {
		return err
	}
	c, err := d.code(&d.dist)
	if err != nil {
		return err
	}
	back, extra := c, uint(0)
	if c >= 4 {
		extra = uint(c)/2 - 1
		back = (2 + c&1) << extra
	}
	far, err := d.take(extra)
	if err != nil {
		return err
	}
	d.match, d.back = n+more, uint32(back+far)
	if !d.win.has(d.back) {
		d.match = 0
		return errDamaged
	}
	return nil
}

// huffman is a canonical code: how many codes of each length, and their symbols
// in order.
type huffman struct {
	count  [16]int
	symbol [320]uint16
}

func (h *huffman) make(lengths []byte) error {
	h.count = [16]int{}
	for _, n := range lengths {
		h.count[n]++
	}
	h.count[0] = 0
	var at [17]int
	left := 1
	for n := 1; n < 16; n++ {
		if left = left<<1 - h.count[n]; left < 0 {
			return errDamaged // more codes than there can be
		}
		at[n+1] = at[n] + h.count[n]
	}
	for s, n := range lengths {
		if n > 0 {
			h.symbol[at[n]] = uint16(s)
			at[n]++
		}
	}
	return nil
}

// code reads the symbol of the next code.
func (d *inflate64Reader) code(h *huffman) (int, error) {
	code, first, index := 0, 0, 0
	for n := 1; n < 16; n++ {
		b, err := d.take(1)
		if err != nil {
			return 0, err
		}
		code |= b
		if count := h.count[n]; code-count < first {
			return int(h.symbol[index+code-first]), nil
		} else {
			index, first = index+count, first+count
		}
		first, code = first<<1, code<<1
	}
	return 0, errDamaged
}
