package linkage

import (
	"encoding/binary"
	"math/bits"
)

// bitWriter packs numbers of any width up to 56 bits, the lowest bit first.
type bitWriter struct {
	b   []byte
	acc uint64
	n   int // bits in acc, fewer than 8
}

func (w *bitWriter) put(v uint64, width int) {
	w.acc |= v << w.n
	for w.n += width; w.n >= 8; w.n -= 8 {
		w.b = append(w.b, byte(w.acc))
		w.acc >>= 8
	}
}

// gamma writes a number of at least 1 and below 2^33 (Elias 1975): small ones
// are short.
func (w *bitWriter) gamma(v uint64) {
	n := bits.Len64(v) - 1
	w.put(1<<n, n+1)
	w.put(v&(1<<n-1), n)
}

// end pads the last byte and returns what was written, for the next to append to.
func (w *bitWriter) end() []byte {
	if w.n > 0 {
		w.b = append(w.b, byte(w.acc))
	}
	w.acc, w.n = 0, 0
	return w.b
}

// bitReader reads what a bitWriter wrote; beyond the end are zeros, and left is
// below 0.
type bitReader struct {
	b  []byte
	at int // in bits
}

func (r *bitReader) left() int { return 8*len(r.b) - r.at }

// peek returns the next bits, at least 57 of them.
func (r *bitReader) peek() uint64 {
	i := r.at >> 3
	if i+8 <= len(r.b) {
		return binary.LittleEndian.Uint64(r.b[i:]) >> (r.at & 7)
	}
	var last [8]byte
	if i < len(r.b) {
		copy(last[:], r.b[i:])
	}
	return binary.LittleEndian.Uint64(last[:]) >> (r.at & 7)
}

func (r *bitReader) get(width int) uint64 {
	v := r.peek() & (1<<width - 1)
	r.at += width
	return v
}

// gamma reads a number; 0 is none.
func (r *bitReader) gamma() uint64 {
	n := bits.TrailingZeros64(r.peek())
	if n > 32 {
		r.at = 8*len(r.b) + 1
		return 0
	}
	r.at += n + 1
	return 1<<n | r.get(n)
}
