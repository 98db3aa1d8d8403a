package archive

import (
	"bufio"
	"io"
)

// lzwReader reads .Z files as compress(1) writes them: codes of 9 to 16 bits,
// lowest bit first, which grow when the table is full, in groups of eight codes;
// code 256 clears the table when bit 7 of the third byte says so.
type lzwReader struct {
	r       *bufio.Reader
	max     uint // bits of a code, at most
	clears  bool
	prefix  []uint16
	suffix  []byte
	stack   []byte // decoded, the last first
	next    int    // first free code
	width   uint
	bits    uint64
	have    uint
	codes   int // codes read at this width: groups have eight
	prev    int // -1 after a reset
	first   byte
	pending []byte
}

func openLZW(_ *box, r *bufio.Reader, _ func()) (io.Reader, error) {
	head := make([]byte, 3)
	if err := readPart(r, head); err != nil {
		return nil, err
	}
	l := &lzwReader{r: r, max: uint(head[2] & 0x1f), clears: head[2]&0x80 != 0, prev: -1}
	if l.max < 9 || l.max > 16 || head[2]&0x60 != 0 {
		return nil, errDamaged
	}
	l.prefix, l.suffix = make([]uint16, 1<<l.max), make([]byte, 1<<l.max)
	for i := range 256 {
		l.suffix[i] = byte(i)
	}
	l.clear()
	return l, nil
}

func (l *lzwReader) clear() {
	l.width, l.next, l.prev = 9, 256, -1
	if l.clears {
		l.next = 257
	}
}

// code reads a code; io.EOF at the end.
func (l *lzwReader) code() (int, error) {
	for l.have < l.width {
		b, err := l.r.ReadByte()
		if err != nil {
			return 0, err
		}
		l.bits |= uint64(b) << l.have
		l.have += 8
	}
	c := int(l.bits & (1<<l.width - 1))
	l.bits >>= l.width
	l.have -= l.width
	l.codes++
	return c, nil
}

// align skips to the end of the group of eight codes: compress writes groups
// whole when the width changes.
func (l *lzwReader) align() error {
	rest := (8 - l.codes&7) & 7
	l.codes = 0
	for range rest {
		if _, err := l.code(); err != nil {
			return err
		}
	}
	l.codes, l.bits, l.have = 0, 0, 0
	return nil
}

func (l *lzwReader) Read(p []byte) (int, error) {
	for len(l.pending) == 0 && len(p) > 0 {
		if err := l.step(); err != nil {
			return 0, err
		}
	}
	n := copy(p, l.pending)
	l.pending = l.pending[n:]
	return n, nil
}

// step decodes one code.
func (l *lzwReader) step() error {
	if l.next > 1<<l.width-1 && l.width < l.max {
		if err := l.align(); err != nil {
			return err
		}
		l.width++
	}
	c, err := l.code()
	if err != nil {
		return err
	}
	if l.clears && c == 256 {
		if err := l.align(); err != nil {
			return err
		}
		l.clear()
		return nil
	}
	if l.prev < 0 {
		if c > 255 {
			return errDamaged
		}
		l.first, l.prev = byte(c), c
		l.pending = append(l.stack[:0], byte(c))
		return nil
	}
	return l.expand(c)
}

// expand writes out the string of a code and adds an entry to the table.
func (l *lzwReader) expand(c int) error {
	at := c
	l.stack = l.stack[:0]
	if c >= l.next {
		if c > l.next || l.next >= 1<<l.max {
			return errDamaged
		}
		l.stack = append(l.stack, l.first)
		at = l.prev
	}
	for at >= 256 {
		l.stack = append(l.stack, l.suffix[at])
		at = int(l.prefix[at])
	}
	l.first = byte(at)
	l.stack = append(l.stack, l.first)
	if l.next < 1<<l.max {
		l.prefix[l.next], l.suffix[l.next] = uint16(l.prev), l.first
		l.next++
	}
	l.prev = c
	for i, j := 0, len(l.stack)-1; i < j; i, j = i+1, j-1 {
		l.stack[i], l.stack[j] = l.stack[j], l.stack[i]
	}
	l.pending = l.stack
	return nil
}
