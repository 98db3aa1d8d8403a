package dump

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sketchSize bounds the rows that a sketch samples.
const sketchSize = 4096

// Sketch is a sample of a dump's people by which a later dump can be told to
// repeat it. A person is sampled when the digest of the e-mail address, or of
// names and birth date, begins with enough zeros: two sketches so sample the
// same people, whatever the order and the layout of the files (Broder, On the
// resemblance and containment of documents, 1997). The digests leave the
// parsing child as they are and are keyed before they rest.
type Sketch struct {
	Rows  int64        `json:"rows"`
	Level uint8        `json:"level"` // leading zero bits of everything sampled
	Items []SketchItem `json:"items"`

	at map[[16]byte]uint8
}

// SketchItem is one sampled person.
type SketchItem struct {
	Level  uint8  `json:"l"`
	Digest []byte `json:"d"` // 16 bytes
}

// add samples a row by what identifies its person.
func (s *Sketch) add(feature []byte) {
	s.Rows++
	level, _ := sketchLevel(feature, 0)
	if level < s.Level {
		return
	}
	if s.at == nil {
		s.at = map[[16]byte]uint8{}
	}
	sum := sha256.Sum256(feature)
	s.at[[16]byte(sum[:16])] = level
	for len(s.at) > sketchSize {
		s.Level++
		for k, l := range s.at {
			if l < s.Level {
				delete(s.at, k)
			}
		}
	}
}

// passes tells the e-mail address of a row that is not sampled, whatever it
// would be in small letters: nearly all need no more.
func (s *Sketch) passes(v []byte) bool {
	if s.Level == 0 || !isAlnum(v[0]) || !isAlnum(v[len(v)-1]) || len(v) > 6 && v[6] == ':' {
		return false // something stands around it
	}
	level, plain := sketchLevel(v, signs)
	return plain && level < s.Level
}

// sketchLevel says by a cheap digest which features need a real one. It must stay
// what it is: sketches that are kept were sampled by it. With small = signs, A to
// Z are taken as small letters. plain tells an @ among ASCII and small letters of Latin-1.
func sketchLevel(v []byte, small uint64) (level uint8, plain bool) {
	n := len(v)
	h := uint64(n)*prime1 + 1
	var at, high uint64
	for i := 0; i < n; i += 8 {
		var w uint64
		switch rest := n - i; {
		case rest >= 8:
			w = binary.LittleEndian.Uint64(v[i:])
		case n > 8:
			w = binary.LittleEndian.Uint64(v[n-8:]) >> (64 - 8*uint(rest))
		default:
			var room [8]byte
			copy(room[:], v)
			w = binary.LittleEndian.Uint64(room[:])
		}
		high |= w
		at |= zeroBytes(w ^ '@'*each)
		h = product(h^(w|(capitals(w)&small)>>2), prime2)
	}
	return uint8(bits.LeadingZeros64(product(h^prime1, prime1))), at != 0 && (high&signs == 0 || smallLatin(v))
}

// smallLatin tells that all beyond ASCII are small letters of Latin-1.
func smallLatin(v []byte) bool {
	for i := 0; i < len(v); i++ {
		if v[i] < utf8.RuneSelf {
			continue
		}
		if v[i] != 0xc3 || i+1 == len(v) || v[i+1] < 0xa0 || v[i+1] > 0xbf {
			return false
		}
		i++
	}
	return true
}

// done lists what was sampled, in an order that does not depend on the rows'.
func (s *Sketch) done() *Sketch {
	out := &Sketch{Rows: s.Rows, Level: s.Level, Items: make([]SketchItem, 0, len(s.at))}
	for k, l := range s.at {
		out.Items = append(out.Items, SketchItem{l, k[:]})
	}
	out.sort()
	return out
}

func (s *Sketch) sort() {
	slices.SortFunc(s.Items, func(a, b SketchItem) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), slices.Compare(a.Digest, b.Digest))
	})
}

// Keyed returns the sketch with each digest replaced by a keyed one: without
// the key nobody can ask it for a person.
func (s *Sketch) Keyed(digest func([]byte) []byte) *Sketch {
	out := &Sketch{Rows: s.Rows, Level: s.Level, Items: make([]SketchItem, len(s.Items))}
	for i, x := range s.Items {
		out.Items[i] = SketchItem{x.Level, digest(x.Digest)}
	}
	out.sort()
	return out
}

// Overlap estimates which share of a's people are in b, with a 95 % interval
// (Wilson, J. Am. Stat. Assoc. 22, 1927). n is how many people were compared.
func Overlap(a, b *Sketch) (share, low, high float64, n int) {
	level := max(a.Level, b.Level)
	in := map[string]bool{}
	for _, x := range b.Items {
		if x.Level >= level {
			in[string(x.Digest)] = true
		}
	}
	hits := 0
	for _, x := range a.Items {
		if x.Level >= level {
			n++
			if in[string(x.Digest)] {
				hits++
			}
		}
	}
	if n == 0 {
		return 0, 0, 1, 0
	}
	const z = 1.96
	m, p := float64(n), float64(hits)/float64(n)
	mid := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return p, max(0, mid-half), min(1, mid+half), n
}

// feature is what identifies the person of a row, "" when too little does: the
// e-mail address, else all names in one order with the digits of the birth date.
func (t *surveyed) feature(row [][]byte) []byte {
	value := func(i int) []byte {
		if i < 0 || i >= len(row) {
			return nil
		}
		return clean(row[i])
	}
	if v := value(t.roles.mail); len(v) > 5 {
		if t.s.sketch.passes(v) {
			t.s.sketch.Rows++
			return nil
		}
		t.scratch = appendEmail(t.scratch[:0], v)
		if len(t.scratch) > 0 {
			return t.scratch
		}
	}
	names, birth := append(append([]byte{}, value(t.roles.surname)...), ' '), value(t.roles.birth)
	names = append(names, value(t.roles.given)...)
	if len(names) < 5 || len(birth) < 6 {
		return nil
	}
	words := strings.FieldsFunc(key(names), func(r rune) bool { return !unicode.IsLetter(r) })
	slices.Sort(words)
	out := t.scratch[:0]
	for _, w := range words {
		out = append(append(out, w...), ' ')
	}
	// Digits in increasing order: 17/05/2009 and 2009-05-17 agree.
	from := len(out)
	for _, b := range birth[:min(len(birth), 10)] {
		if isDigit(b) {
			out = append(out, b)
		}
	}
	slices.Sort(out[from:])
	t.scratch = out
	return out
}
