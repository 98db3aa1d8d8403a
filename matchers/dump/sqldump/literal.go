package sqldump

import (
	"bytes"
	"encoding/hex"
	"unicode"
	"unicode/utf8"
)

// unquote appends the text of a literal's inside, whose quote is q.
func unquote(dst, s []byte, q byte, esc escapes) []byte {
	from := 0
	for i := 0; i+1 < len(s); i++ {
		switch {
		case s[i] == '\\' && esc != escapesOff:
			dst = mysqlEscape(append(dst, s[from:i]...), s[i+1])
		case s[i] == q && s[i+1] == q:
			dst = append(dst, s[from:i+1]...)
		default:
			continue
		}
		i++
		from = i + 1
	}
	return append(dst, s[from:]...)
}

// mysqlEscape appends what a backslash and c stand for (MySQL reference manual,
// 9.1.1 String Literals). No tool that knows the escapes writes another one than
// these, so any other backslash is taken to be meant: "C:\Temp".
func mysqlEscape(dst []byte, c byte) []byte {
	switch c {
	case '0':
		c = 0
	case 'b':
		c = '\b'
	case 'n':
		c = '\n'
	case 'r':
		c = '\r'
	case 't':
		c = '\t'
	case 'Z':
		c = 26
	case '\'', '"', '\\', '`':
	default:
		dst = append(dst, '\\')
	}
	return append(dst, c)
}

// postgresEscapes appends s with the escapes of COPY and of E'..' undone:
// letters, octal and hexadecimal bytes, and code points (PostgreSQL
// documentation, COPY, and 4.1.2.2). E'..' has its quotes doubled as well.
func postgresEscapes(dst, s []byte, literal bool) []byte {
	for i := 0; i < len(s); i++ {
		if literal && s[i] == '\'' && i+1 < len(s) && s[i+1] == '\'' {
			i++
		}
		if s[i] != '\\' || i+1 == len(s) {
			dst = append(dst, s[i])
			continue
		}
		i++
		switch c := s[i]; {
		case c-'0' < 8:
			n := c - '0'
			for k := 0; k < 2 && i+1 < len(s) && s[i+1]-'0' < 8; k++ {
				i++
				n = n*8 + s[i] - '0'
			}
			dst = append(dst, n)
		case c == 'x':
			n, size := hexNumber(s[i+1:], 2)
			if size == 0 {
				dst = append(dst, 'x')
			} else {
				dst = append(dst, byte(n))
			}
			i += size
		case literal && (c == 'u' || c == 'U'):
			var size int
			dst, size = codePoint(dst, s[i+1:], map[byte]int{'u': 4, 'U': 8}[c], `\u`)
			i += size
		default:
			if k := bytes.IndexByte([]byte("bfnrtv"), c); k >= 0 {
				c = "\b\f\n\r\t\v"[k]
			}
			dst = append(dst, c)
		}
	}
	return dst
}

// hexNumber reads at most n hexadecimal digits.
func hexNumber(s []byte, n int) (v uint32, size int) {
	for size < n && size < len(s) {
		d := unhex(s[size])
		if d > 15 {
			break
		}
		v = v<<4 | uint32(d)
		size++
	}
	return v, size
}

func unhex(c byte) byte {
	switch {
	case c-'0' < 10:
		return c - '0'
	case c|0x20-'a' < 6:
		return c | 0x20 - 'a' + 10
	}
	return 255
}

// codePoint appends the character of the n digits that begin s, joined with the
// second half that follows when it is the first half of a surrogate pair. again
// is what introduces that half.
func codePoint(dst, s []byte, n int, again string) ([]byte, int) {
	v, size := hexNumber(s, n)
	if size < n {
		return append(dst, '\\', again[len(again)-1]), 0
	}
	if v>>10 == 0xd800>>10 && bytes.HasPrefix(s[size:], []byte(again)) {
		low, more := hexNumber(s[size+len(again):], 4)
		if more == 4 && low>>10 == 0xdc00>>10 {
			return utf8.AppendRune(dst, rune(0x10000+(v-0xd800)<<10+low-0xdc00)), size + len(again) + more
		}
	}
	return utf8.AppendRune(dst, rune(v)), size
}

// unistr undoes \XXXX, \+XXXXXX, \uXXXX and \UXXXXXXXX: U&'..' of the standard,
// Oracle's and SQLite's unistr, H2's stringdecode.
func unistr(dst, s []byte) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			dst = append(dst, s[i])
			continue
		}
		i++
		skip, digits, again := 1, 4, `\u`
		switch c := s[i]; {
		case c == 'u':
		case c == 'U':
			digits = 8
		case c == '+':
			digits, again = 6, `\+`
		case unhex(c) < 16:
			skip, again = 0, `\`
		default:
			dst = mysqlEscape(dst, c)
			continue
		}
		var size int
		if _, n := hexNumber(s[i+skip:], digits); n < digits {
			dst = append(dst, '\\', s[i])
			continue
		}
		dst, size = codePoint(dst, s[i+skip:], digits, again)
		i += skip + size - 1
	}
	return dst
}

// blob appends how a binary value is told: as text when it is printable UTF-8
// (mysqldump --hex-blob writes text of binary columns so), else as lower-case
// hexadecimal digits without a prefix, the usual form of a hash.
func blob(dst, v []byte) []byte {
	if printable(v) {
		return append(dst, v...)
	}
	return hex.AppendEncode(dst, v)
}

func printable(v []byte) bool {
	for i := 0; i < len(v); {
		r, n := utf8.DecodeRune(v[i:])
		if r == utf8.RuneError && n == 1 || !unicode.IsPrint(r) && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		i += n
	}
	return true
}

// digits decodes hexadecimal digits, which white space may break.
func digits(s []byte) ([]byte, bool) {
	if bytes.ContainsAny(s, " \r\n\t") {
		s = bytes.Join(bytes.Fields(s), nil)
	}
	out := make([]byte, len(s)/2)
	_, err := hex.Decode(out, s)
	return out, err == nil
}

// bytea undoes PostgreSQL's way to write bytes, \x and digits.
func bytea(s []byte) ([]byte, bool) {
	if len(s) < 4 || s[0] != '\\' || s[1] != 'x' || len(s)%2 != 0 {
		return nil, false
	}
	return digits(s[2:])
}
