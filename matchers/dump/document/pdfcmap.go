package document

import (
	"io"
	"sort"
	"unicode/utf16"
)

// A cmap says what the codes of a font mean, or how long they are (Adobe
// technical notes 5014 and 5411).
type cmap struct {
	spaces []codeSpace
	one    map[uint32]string
	ranges []codeRange
	sorted bool
}

type codeSpace struct {
	n         int // bytes
	low, high uint32
}

type codeRange struct {
	low, high uint32
	text      string // of low; its last character counts up
}

// maxMapped is how many codes or ranges a font has at most.
const maxMapped = 100_000

// readCMap reads a CMap as far as it goes.
func readCMap(r io.Reader) *cmap {
	m := &cmap{one: map[uint32]string{}}
	l := newLexer(r, 4096)
	var args []any
	for {
		v := l.value()
		switch v := v.(type) {
		case pdfEnd:
			return m
		case pdfWord:
			m.take(string(v), args)
			args = args[:0]
			l.nodes = maxNodes
		default:
			if len(args) < 3*maxMapped {
				args = append(args, v)
			}
		}
	}
}

func (m *cmap) take(word string, args []any) {
	switch word {
	case "endcodespacerange":
		for ; len(args) >= 2 && len(m.spaces) < 100; args = args[2:] {
			low, n, ok1 := codeOf(args[0])
			high, _, ok2 := codeOf(args[1])
			if ok1 && ok2 {
				m.spaces = append(m.spaces, codeSpace{n, low, high})
			}
		}
	case "endbfchar":
		for ; len(args) >= 2 && len(m.one) < maxMapped; args = args[2:] {
			if code, _, ok := codeOf(args[0]); ok {
				m.one[code] = textOf(args[1])
			}
		}
	case "endbfrange":
		for ; len(args) >= 3 && len(m.ranges) < maxMapped; args = args[3:] {
			low, _, ok1 := codeOf(args[0])
			high, _, ok2 := codeOf(args[1])
			if !ok1 || !ok2 {
				continue
			}
			if list, ok := args[2].(pdfArray); ok {
				for i, v := range list {
					if uint32(i) > high-low || len(m.one) >= maxMapped {
						break
					}
					m.one[low+uint32(i)] = textOf(v)
				}
				continue
			}
			m.ranges = append(m.ranges, codeRange{low, high, textOf(args[2])})
		}
	}
}

// codeOf is a code by its bytes, and how many there are.
func codeOf(v any) (code uint32, n int, ok bool) {
	s, ok := v.(pdfString)
	if !ok || len(s) == 0 || len(s) > 4 {
		return 0, 0, false
	}
	return uint32(bigEndian(s)), len(s), true
}

// textOf is what a code means: UTF-16, big endian, or a glyph's name.
func textOf(v any) string {
	switch v := v.(type) {
	case pdfString:
		if len(v) > 64 {
			return ""
		}
		if len(v) == 1 {
			return string(rune(v[0]))
		}
		units := make([]uint16, 0, len(v)/2)
		for ; len(v) >= 2; v = v[2:] {
			units = append(units, uint16(v[0])<<8|uint16(v[1]))
		}
		return string(utf16.Decode(units))
	case pdfName:
		return glyph(string(v))
	}
	return ""
}

// text is what a code means; false when the map does not say.
func (m *cmap) text(code uint32) (string, bool) {
	if s, ok := m.one[code]; ok {
		return s, true
	}
	if !m.sorted {
		sort.SliceStable(m.ranges, func(i, j int) bool { return m.ranges[i].low < m.ranges[j].low })
		m.sorted = true
	}
	i := sort.Search(len(m.ranges), func(i int) bool { return m.ranges[i].low > code }) - 1
	if i < 0 || code > m.ranges[i].high || m.ranges[i].text == "" {
		return "", false
	}
	r := m.ranges[i]
	if code == r.low {
		return r.text, true
	}
	runes := []rune(r.text)
	runes[len(runes)-1] += rune(code - r.low)
	return string(runes), true
}

// next takes a code from a string; size is how many bytes it has when the map does not
// say.
func (m *cmap) next(s []byte, size int) (code uint32, n int) {
	if m != nil && len(m.spaces) > 0 {
		for n = 1; n <= 4 && n <= len(s); n++ {
			code = code<<8 | uint32(s[n-1])
			for _, c := range m.spaces {
				if c.n == n && within(code, c) {
					return code, n
				}
			}
		}
	}
	n = min(size, len(s))
	return uint32(bigEndian(s[:n])), n
}

// within says whether each byte of a code is within the space's.
func within(code uint32, c codeSpace) bool {
	for shift := 0; shift < 8*c.n; shift += 8 {
		b := code >> shift & 255
		if b < c.low>>shift&255 || b > c.high>>shift&255 {
			return false
		}
	}
	return true
}
