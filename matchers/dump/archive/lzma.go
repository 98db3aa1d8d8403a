package archive

import (
	"encoding/binary"
	"errors"
	"io"
)

// This file decodes LZMA (I. Pavlov, "LZMA specification", 2015-06-14). The
// decoder is our own for one reason: others make room for the dictionary that
// the header names, up to 4 GiB for an archive of 300 bytes, before they read a
// byte. Here the window grows with what came out.

const (
	lzmaStates  = 12
	lzmaMinLen  = 2
	lzmaMinDict = 4096
	lzmaStart   = 64 << 10 // first window, in bytes; it grows eightfold

	probInit = 1 << 10 // one half, of 11 bits
)

// rangeDecoder reads bits by their probabilities.
type rangeDecoder struct {
	src  io.Reader // nil when buf is all there is
	buf  []byte
	i    int
	code uint32
	rng  uint32
	err  error
}

// start begins a stream with what is in buf, and then src.
func (r *rangeDecoder) start() error {
	r.err, r.code, r.rng = nil, 0, 0xffffffff
	if r.next() != 0 {
		return errDamaged
	}
	for range 4 {
		r.code = r.code<<8 | uint32(r.next())
	}
	return r.err
}

func (r *rangeDecoder) next() byte {
	if r.i < len(r.buf) {
		b := r.buf[r.i]
		r.i++
		return b
	}
	return r.refill()
}

func (r *rangeDecoder) refill() byte {
	if r.src == nil || r.err != nil {
		r.err = io.ErrUnexpectedEOF
		return 0
	}
	r.buf, r.i = r.buf[:cap(r.buf)], 1
	for empty := 0; empty < 100; empty++ {
		n, err := r.src.Read(r.buf)
		if n > 0 {
			r.buf = r.buf[:n]
			return r.buf[0]
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		if r.err = err; err != nil {
			break
		}
	}
	if r.err == nil {
		r.err = io.ErrNoProgress
	}
	r.buf, r.i = r.buf[:0], 0
	return 0
}

func (r *rangeDecoder) bit(p *uint16) uint32 {
	v := uint32(*p)
	bound := r.rng >> 11 * v
	var b uint32
	if r.code < bound {
		r.rng = bound
		*p = uint16(v + (1<<11-v)>>5)
	} else {
		r.rng -= bound
		r.code -= bound
		*p = uint16(v - v>>5)
		b = 1
	}
	if r.rng < 1<<24 {
		r.rng <<= 8
		r.code = r.code<<8 | uint32(r.next())
	}
	return b
}

func (r *rangeDecoder) direct(n uint32) uint32 {
	var v uint32
	for ; n > 0; n-- {
		r.rng >>= 1
		r.code -= r.rng
		t := 0 - r.code>>31
		r.code += r.rng & t
		v = v<<1 + t + 1
		if r.rng < 1<<24 {
			r.rng <<= 8
			r.code = r.code<<8 | uint32(r.next())
		}
	}
	return v
}

// tree reads n bits, the highest first, through a tree of probabilities.
func (r *rangeDecoder) tree(probs []uint16, n uint32) uint32 {
	m := uint32(1)
	for range n {
		m = m<<1 | r.bit(&probs[m])
	}
	return m - 1<<n
}

// reverse reads n bits, the lowest first.
func (r *rangeDecoder) reverse(probs []uint16, n uint32) uint32 {
	m, v := uint32(1), uint32(0)
	for i := range n {
		b := r.bit(&probs[m])
		m = m<<1 | b
		v |= b << i
	}
	return v
}

// lengths decodes the length of a match.
type lengths struct {
	choice   [2]uint16
	low, mid [16][8]uint16
	high     [256]uint16
}

func (l *lengths) reset() {
	fill(l.choice[:])
	fill(l.high[:])
	for i := range l.low {
		fill(l.low[i][:])
		fill(l.mid[i][:])
	}
}

func (l *lengths) read(r *rangeDecoder, posState uint32) uint32 {
	if r.bit(&l.choice[0]) == 0 {
		return r.tree(l.low[posState][:], 3)
	}
	if r.bit(&l.choice[1]) == 0 {
		return 8 + r.tree(l.mid[posState][:], 3)
	}
	return 16 + r.tree(l.high[:], 8)
}

func fill(probs []uint16) {
	for i := range probs {
		probs[i] = probInit
	}
}

// lzmaModel is the state of the decoder besides its window.
type lzmaModel struct {
	lc, lp, pb uint32
	state      uint32
	rep        [4]uint32

	isMatch, isRep0Long              [lzmaStates << 4]uint16
	isRep, isRepG0, isRepG1, isRepG2 [lzmaStates]uint16
	posSlot                          [4][64]uint16
	posSpecial                       [1 + 128 - 14]uint16
	align                            [16]uint16
	length, repLength                lengths
	literal                          []uint16
}

// properties sets lc, lp and pb from their byte.
func (m *lzmaModel) properties(b byte) error {
	if b >= 9*5*5 {
		return errDamaged
	}
	m.lc, m.lp, m.pb = uint32(b%9), uint32(b/9%5), uint32(b/45)
	return nil
}

func (m *lzmaModel) reset() {
	m.state, m.rep = 0, [4]uint32{}
	for _, p := range [][]uint16{m.isMatch[:], m.isRep0Long[:], m.isRep[:], m.isRepG0[:], m.isRepG1[:], m.isRepG2[:], m.posSpecial[:], m.align[:]} {
		fill(p)
	}
	for i := range m.posSlot {
		fill(m.posSlot[i][:])
	}
	m.length.reset()
	m.repLength.reset()
	n := 0x300 << (m.lc + m.lp)
	if cap(m.literal) < n {
		m.literal = make([]uint16, n)
	}
	m.literal = m.literal[:n]
	fill(m.literal)
}

// window is the dictionary: a ring once it has its size, a growing slice before.
type window struct {
	buf   []byte
	size  int // what the dictionary may grow to
	pos   int // where the next byte goes
	given int // where the next byte to give stands
	total int // bytes since the dictionary was reset
}

func (w *window) reset(size int64) {
	w.size = int(max(size, lzmaMinDict))
	w.buf = w.buf[:min(cap(w.buf), w.size)]
	w.pos, w.given, w.total = 0, 0, 0
}

// room makes room for at least a byte, after all was given.
func (w *window) room() {
	switch {
	case w.pos < len(w.buf):
	case len(w.buf) == w.size:
		w.pos, w.given = 0, 0
	default:
		n := min(w.size, max(lzmaStart, 8*len(w.buf)))
		if n > 16<<20 {
			n = w.size // no third copy of what is large
		}
		buf := make([]byte, n)
		copy(buf, w.buf)
		w.buf = buf
	}
}

func (w *window) put(b byte) {
	w.buf[w.pos] = b
	w.pos++
	w.total++
}

// back is the byte dist+1 before the next.
func (w *window) back(dist uint32) byte {
	i := w.pos - int(dist) - 1
	if i < 0 {
		i += len(w.buf)
	}
	return w.buf[i]
}

// has says whether a match may start dist+1 bytes before.
func (w *window) has(dist uint32) bool { return int(dist) < w.total && int(dist) < w.size }

// give copies out what was decoded.
func (w *window) give(p []byte) int {
	n := copy(p, w.buf[w.given:w.pos])
	w.given += n
	return n
}

// lzmaReader decodes one LZMA stream.
type lzmaReader struct {
	model lzmaModel
	win   window
	rc    rangeDecoder
	left  int64  // bytes to come; -1 when a marker ends the stream
	match uint32 // bytes of the last match that did not fit
	err   error
}

// lzma makes a decoder from the five bytes of properties; size is -1 when a
// marker ends the stream.
func (b *box) lzma(r io.Reader, props []byte, size int64) (io.Reader, error) {
	dict := int64(binary.LittleEndian.Uint32(props[1:]))
	if size >= 0 {
		dict = min(dict, size)
	}
	if err := b.take(dict); err != nil {
		return nil, err
	}
	l := &lzmaReader{left: size}
	l.rc.src, l.rc.buf = r, make([]byte, 0, 1<<15)
	if err := l.model.properties(props[0]); err != nil {
		return nil, err
	}
	l.model.reset()
	l.win.reset(dict)
	l.err = l.rc.start()
	return l, nil
}

// Read decodes on when all that was decoded is given.
func (l *lzmaReader) Read(p []byte) (int, error) {
	for len(p) > 0 && l.win.given == l.win.pos {
		if l.err != nil {
			return 0, l.err
		}
		if l.left == 0 {
			return 0, io.EOF
		}
		l.win.room()
		limit := len(l.win.buf)
		if l.left >= 0 {
			limit = l.win.pos + int(min(int64(limit-l.win.pos), l.left))
		}
		from := l.win.pos
		l.err = l.decode(min(limit, from+1<<16))
		if l.left >= 0 {
			l.left -= int64(l.win.pos - from)
		}
	}
	return l.win.give(p), nil
}
