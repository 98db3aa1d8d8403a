package dump

import (
	"encoding/binary"
	"math/bits"
)

// glance is what one pass over the bytes of a value shows.
type glance struct {
	hash   uint64
	digits int
	at     bool // holds an @
	high   bool // holds bytes beyond ASCII
}

const (
	each   = 0x0101010101010101 // a byte in each of eight
	signs  = 0x80 * each
	prime1 = 0x9E3779B97F4A7C15
	prime2 = 0xBF58476D1CE4E5B9
)

// mix spreads the bits of a number (the finaliser of SplitMix64, shortened).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * prime2
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// glanceAt reads a value eight bytes at a time: most columns of most files need
// no more than this.
func glanceAt(v []byte) (g glance) {
	h := uint64(len(v))*prime1 + 1
	var at, high uint64
	n := len(v)
	others := 0 // bytes that are no digit
	i := 0
	for ; i+8 <= n; i += 8 {
		w := binary.LittleEndian.Uint64(v[i:])
		others += bits.OnesCount64(notDigits(w))
		at |= zeroBytes(w ^ '@'*each)
		high |= w
		hi, lo := bits.Mul64(h^w, prime2)
		h = hi ^ lo
	}
	if rest := n - i; rest > 0 {
		var w uint64
		if n > 8 {
			w = binary.LittleEndian.Uint64(v[n-8:]) >> (64 - 8*uint(rest)&63)
		} else {
			w = lastBytes(v)
		}
		others += bits.OnesCount64(notDigits(w)) - (8 - rest)
		at |= zeroBytes(w ^ '@'*each)
		high |= w
		hi, lo := bits.Mul64(h^w, prime2)
		h = hi ^ lo
	}
	hi, lo := bits.Mul64(h^prime1, prime1)
	g.hash = hi ^ lo
	g.digits = n - others
	g.at, g.high = at != 0, high&signs != 0
	return g
}

// notDigits sets the top bit of each byte that is no ASCII digit.
func notDigits(w uint64) uint64 {
	x := w ^ '0'*each
	return (x&^uint64(signs) + 0x76*each | x) & signs
}

// zeroBytes is not zero when a byte of x is.
func zeroBytes(x uint64) uint64 { return (x - each) &^ x & signs }

// lastBytes reads one to seven bytes, with zeros behind.
func lastBytes(v []byte) uint64 {
	n := len(v)
	if cap(v) >= 8 { // what follows in the row is read as well, and dropped
		return binary.LittleEndian.Uint64(v[:8]) & (1<<(8*n) - 1)
	}
	if n >= 4 {
		return uint64(binary.LittleEndian.Uint32(v)) | uint64(binary.LittleEndian.Uint32(v[n-4:]))<<(8*(n-4))
	}
	return uint64(v[0]) | uint64(v[n/2])<<(8*(n/2)) | uint64(v[n-1])<<(8*(n-1))
}

// isDamaged tells characters that an encoding error left: U+FFFD, or UTF-8 that
// was read as Windows-1252 once more ("Ã©", "â€™").
func isDamaged(v []byte) bool {
	for i := 0; i+3 < len(v); i++ {
		switch {
		case v[i] == 0xef && v[i+1] == 0xbf && v[i+2] == 0xbd:
			return true
		case v[i] == 0xc3 && (v[i+1] == 0x83 || v[i+1] == 0x82) && (v[i+2] == 0xc2 || v[i+2] == 0xe2 || v[i+2] == 0xc5):
			return true
		case v[i] == 0xc3 && v[i+1] == 0xa2 && v[i+2] == 0xe2 && v[i+3] == 0x82:
			return true
		}
	}
	n := len(v)
	return n >= 3 && v[n-3] == 0xef && v[n-2] == 0xbf && v[n-1] == 0xbd
}

// maxShapes bounds the sequences of character classes that are counted.
const maxShapes = 128

// shapeOf hashes the sequence of character classes of a value, digits and
// letters with their number: numbers of contracts have one, passwords many.
func shapeOf(v []byte) uint64 {
	h := uint64(prime1)
	for _, b := range v {
		var class uint64
		switch {
		case b >= '0' && b <= '9':
			class = 1
		case b >= 'A' && b <= 'Z':
			class = 2
		case b >= 'a' && b <= 'z', b >= 0x80:
			class = 3
		default:
			class = uint64(b) + 4
		}
		h = (h ^ class) * prime2
		h ^= h >> 29
	}
	return h
}
