package document

import (
	"io"
	"strconv"
	"strings"
	"sync"
)

// The values of a PDF (ISO 32000-1 section 7.3): nil, bool, float64 for every
// number, and these.
type (
	pdfName   string
	pdfString []byte
	pdfArray  []any
	pdfDict   map[string]any
	pdfRef    struct{ num, gen int }
	pdfWord   string // an operator or keyword; also "[", "]", "<<", ">>"
	pdfEnd    struct{}
)

// A pdfStream is a stream's dictionary and where its bytes are.
type pdfStream struct {
	dict     pdfDict
	raw      *io.SectionReader
	num, gen int
	plain    bool // not encrypted
}

// Bounds of one object.
const (
	maxNodes  = 1 << 20 // values within values
	maxString = 1 << 20 // bytes; the rest is dropped
	maxNest   = 64      // arrays and dictionaries within such
)

// A lexer reads values from a stream of bytes and holds a buffer of them.
type lexer struct {
	r        io.Reader
	buf      []byte
	pos, end int
	before   int64 // bytes read before buf
	nodes    int   // that may still be made
	err      error
}

func newLexer(r io.Reader, buffer int) *lexer {
	return &lexer{r: r, buf: make([]byte, buffer), nodes: maxNodes}
}

// offset is how many bytes were taken.
func (l *lexer) offset() int64 { return l.before + int64(l.pos) }

// next takes a byte; false at the end. back gives it again.
func (l *lexer) next() (byte, bool) {
	for l.pos == l.end {
		if l.err != nil {
			return 0, false
		}
		l.before += int64(l.end)
		l.pos = 0
		l.end, l.err = l.r.Read(l.buf)
	}
	c := l.buf[l.pos]
	l.pos++
	return c, true
}

func (l *lexer) back() { l.pos-- }

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

// endsWord says whether a byte is a blank or a delimiter.
var endsWord = [256]bool{' ': true, '\n': true, '\r': true, '\t': true, '\f': true, 0: true,
	'(': true, ')': true, '<': true, '>': true, '[': true, ']': true, '{': true, '}': true, '/': true, '%': true}

// value reads a value or a word.
func (l *lexer) value() any { return l.nested(0) }

func (l *lexer) nested(depth int) any {
	t := l.token()
	w, ok := t.(pdfWord)
	if !ok || w != "[" && w != "<<" {
		return t
	}
	if depth >= maxNest {
		return pdfEnd{}
	}
	end := pdfWord("]")
	if w == "<<" {
		end = ">>"
	}
	var items pdfArray
	for {
		if l.nodes--; l.nodes < 0 {
			return pdfEnd{}
		}
		v := l.nested(depth + 1)
		switch v {
		case end:
		case pdfEnd{}, pdfWord("endobj"), pdfWord("stream"):
			return pdfEnd{}
		case pdfWord("R"):
			items = joinRef(items)
			continue
		case pdfWord(">>"), pdfWord("]"), pdfWord("}"), pdfWord("{"):
			continue
		default:
			items = append(items, v)
			continue
		}
		break
	}
	if w == "[" {
		return items
	}
	dict := make(pdfDict, len(items)/2)
	for i := 0; i+1 < len(items); i += 2 {
		if key, ok := items[i].(pdfName); ok {
			dict[string(key)] = items[i+1]
		} else {
			i-- // a value is missing: go on with the next name
		}
	}
	return dict
}

// joinRef makes a reference of the two numbers before an R.
func joinRef(items pdfArray) pdfArray {
	n := len(items)
	if n < 2 {
		return items
	}
	num, ok1 := items[n-2].(float64)
	gen, ok2 := items[n-1].(float64)
	if !ok1 || !ok2 || num < 0 || num > maxObjects {
		return append(items[:n-2], nil)
	}
	return append(items[:n-2], pdfRef{int(num), int(gen)})
}

// token reads a value that holds no others.
func (l *lexer) token() any {
	for {
		c, ok := l.next()
		switch {
		case !ok:
			return pdfEnd{}
		case isSpace(c):
		case c == '%':
			for ok && c != '\n' && c != '\r' {
				c, ok = l.next()
			}
		case c == '/':
			return l.name()
		case c == '(':
			return l.literal()
		case c == '<':
			if d, ok := l.next(); ok && d == '<' {
				return pdfWord("<<")
			} else if ok {
				l.back()
			}
			return l.hex()
		case c == '>':
			if d, ok := l.next(); ok && d != '>' {
				l.back()
				continue
			}
			return pdfWord(">>")
		case c == '[' || c == ']' || c == '{' || c == '}':
			return pdfWord(string(rune(c)))
		case c == ')':
		default:
			l.back()
			return l.word()
		}
	}
}

func (l *lexer) name() pdfName {
	var b []byte
	for {
		c, ok := l.next()
		if !ok {
			break
		}
		if endsWord[c] {
			l.back()
			break
		}
		if len(b) < 256 {
			b = append(b, c)
		}
	}
	out := b[:0]
	for i := 0; i < len(b); i++ {
		if b[i] == '#' && i+2 < len(b) && unhex(b[i+1]) >= 0 && unhex(b[i+2]) >= 0 {
			out = append(out, byte(unhex(b[i+1])<<4|unhex(b[i+2])))
			i += 2
		} else {
			out = append(out, b[i])
		}
	}
	return pdfName(out)
}

// word reads a number or a word; most are whole in the buffer.
func (l *lexer) word() any {
	for i := l.pos; i < l.end; i++ {
		if endsWord[l.buf[i]] {
			b := l.buf[l.pos:i]
			l.pos = i
			return wordOf(b[:min(len(b), 64)])
		}
	}
	var b [64]byte
	n := 0
	for {
		c, ok := l.next()
		if !ok {
			break
		}
		if endsWord[c] {
			l.back()
			break
		}
		if n < len(b) {
			b[n] = c
			n++
		}
	}
	return wordOf(b[:n])
}

func wordOf(b []byte) any {
	if b[0] <= '9' && b[0] >= '+' {
		return number(b)
	}
	if v, ok := commonWords()[string(b)]; ok {
		return v
	}
	return pdfWord(b)
}

// commonWords are the words of which pages are made, so that none is made anew.
var commonWords = sync.OnceValue(func() map[string]any {
	words := map[string]any{"true": true, "false": false, "null": nil}
	for _, w := range strings.Fields("q Q cm w J j M d ri i gs m l c v y h re S s f F f* B B* b b* n W W* BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T* Tj TJ ' \" " +
		"d0 d1 CS cs SC SCN sc scn G g RG rg K k sh BI ID EI Do MP DP BMC BDC EMC BX EX R obj endobj stream n f") {
		words[w] = pdfWord(w)
	}
	return words
})

// number reads numbers as viewers do: what is no digit ends it, signs may double.
func number(b []byte) float64 {
	sign, v, scale := 1.0, 0.0, 0.0
	for i, c := range b {
		switch {
		case c >= '0' && c <= '9' && scale == 0:
			v = v*10 + float64(c-'0')
		case c >= '0' && c <= '9':
			v += float64(c-'0') * scale
			scale /= 10
		case c == '.' && scale == 0:
			scale = 0.1
		case c == '-' && v == 0 && scale == 0:
			sign = -1
		case c == '+' && i == 0:
		default:
			return sign * v
		}
	}
	return sign * v
}

// literal reads a string in parentheses.
func (l *lexer) literal() pdfString {
	b := pdfString{}
	open := 1
	for {
		c, ok := l.next()
		if !ok {
			return b
		}
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return b
			}
		case '\\':
			if c, ok = l.escaped(); !ok {
				continue
			}
		}
		if len(b) < maxString {
			b = append(b, c)
		}
	}
}

// escaped reads what follows a backslash; false when it stands for nothing.
func (l *lexer) escaped() (byte, bool) {
	c, ok := l.next()
	if !ok {
		return 0, false
	}
	switch c {
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'b', 'f':
		return ' ', true
	case '\n':
		return 0, false
	case '\r':
		if c, ok = l.next(); ok && c != '\n' {
			l.back()
		}
		return 0, false
	}
	if c < '0' || c > '7' {
		return c, true
	}
	v := int(c - '0')
	for range 2 {
		c, ok := l.next()
		if !ok {
			break
		}
		if c < '0' || c > '7' {
			l.back()
			break
		}
		v = v<<3 | int(c-'0')
	}
	return byte(v), true
}

// hex reads a string of hexadecimal digits.
func (l *lexer) hex() pdfString {
	b := pdfString{}
	high := -1
	for {
		c, ok := l.next()
		if !ok || c == '>' {
			break
		}
		d := unhex(c)
		switch {
		case d < 0:
		case high < 0:
			high = d
		default:
			if len(b) < maxString {
				b = append(b, byte(high<<4|d))
			}
			high = -1
		}
	}
	if high >= 0 {
		b = append(b, byte(high<<4))
	}
	return b
}

// itoa is for names of pages and messages.
func itoa(n int) string { return strconv.Itoa(n) }
