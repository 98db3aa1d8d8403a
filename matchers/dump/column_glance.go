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

// glanceAt is scan, with the digits counted.
func glanceAt(v []byte) glance {
	hash, at, high := scan(v)
	return glance{hash: hash, digits: countDigits(v), at: at != 0, high: high != 0}
}

// scan reads a value sixteen bytes at a time: most columns of most files need no
// more than this. at is not zero when there is an @ in it, high when there are
// bytes beyond ASCII.
func scan(v []byte) (hash, at, high uint64) {
	n := len(v)
	h := uint64(n)*prime1 + 1
	var a, b uint64
	switch {
	case n <= 16 && cap(v) >= 16: // what follows in the row is read as well, and dropped
		a = binary.LittleEndian.Uint64(v[:8]) & within[n].low
		b = binary.LittleEndian.Uint64(v[8:16]) & within[n].high
	case n > 16:
		for i := 0; i+16 < n; i += 16 {
			a, b = binary.LittleEndian.Uint64(v[i:]), binary.LittleEndian.Uint64(v[i+8:])
			at |= zeroBytes(a^'@'*each) | zeroBytes(b^'@'*each)
			high |= a | b
			h = product(a^h, b^prime2)
		}
		a, b = binary.LittleEndian.Uint64(v[n-16:]), binary.LittleEndian.Uint64(v[n-8:])
	default:
		var room [16]byte
		copy(room[:], v)
		a, b = binary.LittleEndian.Uint64(room[:]), binary.LittleEndian.Uint64(room[8:])
	}
	at |= zeroBytes(a^'@'*each) | zeroBytes(b^'@'*each)
	return product(product(a^h, b^prime2)^prime1, prime1), at, (high | a | b) & signs
}

// product multiplies, and joins both halves of the product.
func product(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// within keeps the first bytes of sixteen, by how many they are.
var within = func() (t [17]struct{ low, high uint64 }) {
	for n := range t {
		t[n].low, t[n].high = 1<<(8*min(n, 8))-1, 1<<(8*max(n-8, 0))-1
	}
	return t
}()

// countDigits counts the digits of ASCII.
func countDigits(v []byte) int {
	n := len(v)
	if n < 8 {
		digits := 0
		for _, c := range v {
			if c-'0' < 10 {
				digits++
			}
		}
		return digits
	}
	others := bits.OnesCount64(notDigits(binary.LittleEndian.Uint64(v[n-8:])) >> (64 - 8*uint(n%8)))
	for i := 0; i+8 <= n; i += 8 {
		others += bits.OnesCount64(notDigits(binary.LittleEndian.Uint64(v[i:])))
	}
	return n - others
}

// notDigits sets the top bit of each byte that is no ASCII digit.
func notDigits(w uint64) uint64 {
	x := w ^ '0'*each
	return (x&^uint64(signs) + 0x76*each | x) & signs
}

// zeroBytes is not zero when a byte of x is.
func zeroBytes(x uint64) uint64 { return (x - each) &^ x & signs }

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
