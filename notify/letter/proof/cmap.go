package proof

import (
	"unicode/utf16"
)

// cmap maps character codes to text (ISO 32000-1, 9.10.3).
type cmap struct {
	one  map[uint32]string
	wide bool // codes of two bytes
}

// maxMapped bounds the entries of a map.
const maxMapped = 1 << 16

func parseCMap(data []byte) cmap {
	m := cmap{one: map[uint32]string{}}
	l := lexer{b: data}
	for {
		op, args, ok := l.next()
		if !ok {
			return m
		}
		switch op {
		case "endcodespacerange":
			for _, a := range args {
				if s, ok := a.(text); ok && len(s) == 2 {
					m.wide = true
				}
			}
		case "endbfchar":
			for i := 0; i+1 < len(args); i += 2 {
				from, ok1 := args[i].(text)
				to, ok2 := args[i+1].(text)
				if ok1 && ok2 && len(m.one) < maxMapped {
					m.one[code(from)] = utf16be(to)
				}
			}
		case "endbfrange":
			for i := 0; i+2 < len(args); i += 3 {
				m.span(args[i], args[i+1], args[i+2])
			}
		}
	}
}

func (m cmap) span(from, to, dst any) {
	a, ok1 := from.(text)
	b, ok2 := to.(text)
	if !ok1 || !ok2 {
		return
	}
	lo, hi := code(a), code(b)
	for c := lo; c <= hi && c >= lo && len(m.one) < maxMapped; c++ {
		switch v := dst.(type) {
		case text:
			u := []rune(utf16be(v))
			if len(u) == 0 {
				return
			}
			u[len(u)-1] += rune(c - lo)
			m.one[c] = string(u)
		case []any:
			if int(c-lo) >= len(v) {
				return
			}
			if s, ok := v[c-lo].(text); ok {
				m.one[c] = utf16be(s)
			}
		}
	}
}

func code(b text) uint32 {
	n := uint32(0)
	for _, c := range b {
		n = n<<8 | uint32(c)
	}
	return n
}

func utf16be(b text) string {
	u := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		u = append(u, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(u))
}
