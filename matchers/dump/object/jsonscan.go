package object

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// fault says why parsing ended.
type fault uint8

const (
	fine   fault = iota
	short        // the bytes end before the value does
	broken       // it is no JSON
	deep         // nested deeper than maxNesting
	wide_        // more than the limits allow
)

// scan reads JSON values out of bytes. Methods that answer no have set fault.
type scan struct {
	b       []byte
	i       int
	fault   fault
	lines   bool // a line holds a record: no value goes over its end
	relaxed bool // what was read is not JSON as the standard has it
	seen    int  // keys and elements that check read
}

func (s *scan) fail(f fault) bool {
	if s.fault == fine {
		s.fault = f
	}
	return false
}

// peek passes over white space and comments and returns the next byte without
// taking it; 0 is the end.
func (s *scan) peek() byte {
	for s.i < len(s.b) {
		switch c := s.b[s.i]; c {
		case ' ', '\t', '\n', '\r', 0x1e, '\v', '\f': // 0x1e begins records of RFC 7464
			s.i++
		case '/', '#':
			if !s.comment(c) {
				return 0
			}
		case 0xef, 0xc2: // a mark between files glued together, a hard space
			switch {
			case bytes.HasPrefix(s.b[s.i:], []byte("\ufeff")):
				s.i += 3
			case bytes.HasPrefix(s.b[s.i:], []byte("\u00a0")):
				s.i += 2
			default:
				return c
			}
		default:
			return c
		}
	}
	s.fail(short)
	return 0
}

func (s *scan) comment(c byte) bool {
	rest := s.b[s.i:]
	end, n := "\n", 0
	switch {
	case c == '#' || bytes.HasPrefix(rest, []byte("//")):
	case bytes.HasPrefix(rest, []byte("/*")):
		end, n = "*/", 2
	case len(rest) < 2:
		return s.fail(short)
	default:
		return s.fail(broken)
	}
	j := bytes.Index(rest[n:], []byte(end))
	if j < 0 {
		return s.fail(short) // s.i stays before it
	}
	s.relaxed = true
	s.i += n + j + len(end)
	return true
}

// stops are the bytes at which the text of a string is looked at.
var stops = [256]bool{'"': true, '\\': true, '\'': true, '\n': true}

// quoted takes a string, whose quote is the next byte. raw is what stands
// between the quotes.
func (s *scan) quoted() (raw []byte, escaped, ok bool) {
	q := s.b[s.i]
	if q == '\'' {
		s.relaxed = true
	}
	b := s.b
	from := s.i + 1
	for i := from; i < len(b); i++ {
		c := b[i]
		if !stops[c] {
			continue
		}
		switch c {
		case q:
			s.i = i + 1
			return b[from:i], escaped, true
		case '\\':
			escaped = true
			i++
		case '\n':
			if s.lines {
				return nil, false, s.fail(broken)
			}
		}
	}
	return nil, false, s.fail(short)
}

// word takes a number or a bare word.
func (s *scan) word() (raw []byte, ok bool) {
	from, i := s.i, s.i
	for i < len(s.b) && wordByte(s.b[i]) {
		i++
	}
	if i == len(s.b) {
		return nil, s.fail(short)
	}
	if i == from {
		return nil, s.fail(broken)
	}
	s.i = i
	return s.b[from:i], true
}

func wordByte(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '-' || c == '+' || c == '.' || c == '_' || c == '$'
}

// scalar takes a value that is neither object nor array: its bytes and whether
// they hold escapes. Null is nil.
func (s *scan) scalar() (raw []byte, escaped, ok bool) {
	c := s.b[s.i]
	if c == '"' || c == '\'' {
		return s.quoted()
	}
	raw, ok = s.word()
	if !ok {
		return nil, false, false
	}
	if isNumber(raw) {
		return raw, false, true
	}
	switch string(raw) {
	case "null":
		return nil, false, true
	case "true", "false":
		return raw, false, true
	case "None", "undefined", "nil":
		s.relaxed = true
		return nil, false, true
	case "True", "False", "NaN", "nan", "Infinity", "-Infinity", "inf", "-inf":
		s.relaxed = true
		return raw, false, true
	case "u", "b", "r": // Python's prefixes of strings
		if s.i < len(s.b) && (s.b[s.i] == '\'' || s.b[s.i] == '"') {
			return s.quoted()
		}
	}
	return s.call()
}

// call takes what the shell of MongoDB writes, behind its name: the first
// argument of ObjectId("..").
func (s *scan) call() (raw []byte, escaped, ok bool) {
	if s.i >= len(s.b) || s.b[s.i] != '(' {
		return nil, false, s.fail(broken)
	}
	s.relaxed = true
	s.i++
	raw = []byte{}
	for n := 0; n < 8; n++ {
		switch c := s.peek(); c {
		case ')':
			s.i++
			return raw, escaped, true
		case ',':
			s.i++
		case '{', '[', '(', 0:
			return nil, false, s.fail(broken)
		default:
			var v []byte
			e := false
			if c == '"' || c == '\'' {
				v, e, ok = s.quoted()
			} else {
				v, ok = s.word()
			}
			if !ok {
				return nil, false, false
			}
			if len(raw) == 0 {
				raw, escaped = v, e
			}
		}
	}
	return nil, false, s.fail(broken)
}

// isNumber tells what is written like a number, leading zeros and signs
// included.
func isNumber(v []byte) bool {
	digits := 0
	for i, c := range v {
		switch {
		case c-'0' <= 9:
			digits++
		case c == '.':
		case c == '-' || c == '+':
			if i > 0 && v[i-1]|0x20 != 'e' {
				return false
			}
		case c|0x20 == 'e':
			if digits == 0 {
				return false
			}
		default:
			return false
		}
	}
	return digits > 0
}

// key takes the name of a member and the colon behind it.
func (s *scan) key() (raw []byte, escaped, ok bool) {
	switch s.peek() {
	case '"', '\'':
		raw, escaped, ok = s.quoted()
	case 0:
		return nil, false, s.fail(short)
	default:
		s.relaxed = true
		if raw, ok = s.word(); ok && len(raw) == 1 && s.i < len(s.b) && (s.b[s.i] == '\'' || s.b[s.i] == '"') {
			raw, escaped, ok = s.quoted()
		}
	}
	if !ok {
		return nil, false, false
	}
	if s.i < len(s.b) && s.b[s.i] == ':' {
		s.i++
		return raw, escaped, true
	}
	if c := s.peek(); c != ':' {
		return nil, false, s.fail(broken)
	}
	s.i++
	return raw, escaped, true
}

// next goes to the next member of an object or array that end closes: past its
// comma. It says no at the end, which it takes, and when there is a fault.
func (s *scan) next(end byte, first bool) bool {
	c := s.peek()
	if c == ',' {
		if first {
			return s.fail(broken)
		}
		s.i++
		if c = s.peek(); c == end {
			s.relaxed = true
		}
	} else if !first && c != end && c != 0 {
		return s.fail(broken)
	}
	if c == end {
		s.i++
		return false
	}
	return c != 0
}

// skip passes over a value and looks at no more than its brackets and strings.
func (s *scan) skip() bool {
	if c := s.peek(); c != '{' && c != '[' {
		if c == 0 {
			return false
		}
		_, _, ok := s.scalar()
		return ok
	}
	depth := 0
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case '"', '\'':
			if _, _, ok := s.quoted(); !ok {
				return false
			}
			continue
		case '{', '[':
			if depth++; depth > maxNesting {
				return s.fail(deep)
			}
		case '}', ']':
			if depth--; depth == 0 {
				s.i++
				return true
			}
		}
		s.i++
	}
	return s.fail(short)
}

// unescape appends a string's text to dst. What is no escape stays.
func unescape(dst, raw []byte) []byte {
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 || i+1 == len(raw) {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		c := raw[i+1]
		raw = raw[i+2:]
		switch c {
		case 'n':
			dst = append(dst, '\n')
		case 't':
			dst = append(dst, '\t')
		case 'r':
			dst = append(dst, '\r')
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'u':
			dst, raw = character(dst, raw)
		case 'x':
			if v, err := hexadecimal(raw, 2); err == nil {
				dst, raw = utf8.AppendRune(dst, rune(v)), raw[2:]
				continue
			}
			dst = append(dst, '\\', 'x')
		case '"', '\\', '/', '\'', '\n':
			dst = append(dst, c)
		default:
			dst = append(dst, '\\', c)
		}
	}
}

// character appends the character whose number is the next four digits, two of
// them for one beyond the first 65,536.
func character(dst, raw []byte) (out, rest []byte) {
	v, err := hexadecimal(raw, 4)
	if err != nil {
		return append(dst, '\\', 'u'), raw
	}
	raw = raw[4:]
	r := rune(v)
	if utf16.IsSurrogate(r) {
		low, err := rune(0), error(nil)
		if bytes.HasPrefix(raw, []byte(`\u`)) {
			var n uint64
			n, err = hexadecimal(raw[2:], 4)
			low = rune(n)
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError && err == nil {
			raw = raw[6:]
		}
	}
	return utf8.AppendRune(dst, r), raw
}

// hexadecimal is the number that the first n bytes of b are.
func hexadecimal(b []byte, n int) (uint64, error) {
	if len(b) < n {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseUint(string(b[:n]), 16, 32)
}
