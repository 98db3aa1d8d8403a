package object

import (
	"bufio"
	"bytes"
	"context"
	"io"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// literalFormat reads what scripts print of their data: arrays of PHP
// (var_export, configuration files) and tuples of Python. Both are JSON but for
// the brackets, so they are written as JSON and read as such. Nothing is run.
type literalFormat struct{}

// Name is "literal".
func (literalFormat) Name() string { return "literal" }

// Sniff writes the beginning as JSON and asks the reader of JSON.
func (literalFormat) Sniff(f *dump.File) float64 {
	b, whole := beginning(f)
	if !opensLiteral(b) {
		return 0
	}
	out, _ := io.ReadAll(newLiteral(bytes.NewReader(b), isPHP(b))) // from memory: no error
	if sure := (jsonFormat{}).Sniff(&dump.File{Head: out, Whole: whole}); sure >= 0.9 {
		return sure
	}
	return 0
}

// Read gives every record to v.
func (literalFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	b, _ := beginning(f)
	g := guess(f)
	return readJSON(openAs(ctx, newLiteral(charset.Rows(f.Stream(), g.Name), isPHP(b)), g, v, windowStart))
}

// isPHP tells PHP by the sign between a key and its value.
func isPHP(b []byte) bool { return bytes.Contains(b, []byte("=>")) }

// opensLiteral tells a file that may hold such data: a tuple comes first, or PHP
// with an array.
func opensLiteral(b []byte) bool {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) < 4 || b[0] == '{' {
		return false
	}
	if b[0] == '(' || b[0] == '[' && bytes.TrimLeft(b[1:], " \t\r\n") != nil && bytes.HasPrefix(bytes.TrimLeft(b[1:], " \t\r\n"), []byte("(")) {
		return true
	}
	return isPHP(b) && (bytes.HasPrefix(b, []byte("<?")) || bytes.HasPrefix(b, []byte("array")) || bytes.HasPrefix(b, []byte("return")) || b[0] == '$' || b[0] == '[')
}

// scriptReader writes literals of PHP and Python as JSON. It holds the brackets that
// are open, no more of them than maxNesting, and one string at a time.
type scriptReader struct {
	r    *bufio.Reader
	php  bool
	open []byte // what closes each bracket that is open; 0 closes with nothing
	out  []byte
	done int // bytes of out that were read
	err  error
}

// literalAhead is how far a key is looked for behind a bracket, and literalBatch
// how much is written at once.
const (
	literalAhead = 4 << 10
	literalBatch = 32 << 10
)

func newLiteral(r io.Reader, php bool) *scriptReader {
	return &scriptReader{r: bufio.NewReaderSize(r, 64<<10), php: php}
}

func (l *scriptReader) Read(p []byte) (int, error) {
	for l.done == len(l.out) {
		if l.err != nil {
			return 0, l.err
		}
		l.out, l.done = l.out[:0], 0
		for l.err == nil && len(l.out) < literalBatch {
			l.err = l.step()
		}
	}
	n := copy(p, l.out[l.done:])
	l.done += n
	return n, nil
}

// step writes one token.
func (l *scriptReader) step() error {
	c, err := l.r.ReadByte()
	if err != nil {
		return err
	}
	switch {
	case c == '\'' || c == '"':
		return l.text(c)
	case c == '(' || c == '[':
		return l.opening()
	case c == '{':
		l.out = append(l.out, c)
		return l.push('}')
	case c == ')' || c == ']' || c == '}':
		return l.closing(c)
	case c == '=' && l.follows('>'):
		if l.inside() == '}' {
			l.out = append(l.out, ':')
		}
	case wordByte(c) && c != '-' && c != '+':
		return l.word(c)
	case !l.php || len(l.open) > 0 || c == '\n' || c == ',':
		l.out = append(l.out, c)
	}
	return nil
}

// inside is what closes the innermost bracket, 0 outside of all.
func (l *scriptReader) inside() byte {
	if len(l.open) == 0 {
		return 0
	}
	return l.open[len(l.open)-1]
}

func (l *scriptReader) push(end byte) error {
	if l.open = append(l.open, end); len(l.open) > maxNesting+8 {
		return dump.Refuse(dump.CodeTooDeep, "its brackets are nested too deep, or a string is too long")
	}
	return nil
}

// follows takes the next byte if it is this one.
func (l *scriptReader) follows(c byte) bool {
	next, err := l.r.Peek(1)
	if err != nil || next[0] != c {
		return false
	}
	_, _ = l.r.Discard(1)
	return true
}

// opening writes what a bracket opens: an object when a key of letters comes
// first, else a list.
func (l *scriptReader) opening() error {
	if l.php && l.keyed() {
		l.out = append(l.out, '{')
		return l.push('}')
	}
	l.out = append(l.out, '[')
	return l.push(']')
}

// keyed tells that a string and the sign of a key come next.
func (l *scriptReader) keyed() bool {
	ahead, _ := l.r.Peek(literalAhead)
	ahead = bytes.TrimLeft(ahead, " \t\r\n")
	if len(ahead) == 0 || ahead[0] != '\'' && ahead[0] != '"' {
		return false
	}
	for i := 1; i < len(ahead); i++ {
		switch ahead[i] {
		case '\\':
			i++
		case ahead[0]:
			return bytes.HasPrefix(bytes.TrimLeft(ahead[i+1:], " \t\r\n"), []byte("=>"))
		}
	}
	return false
}

// closing writes what closes the innermost bracket, whatever closes it here.
func (l *scriptReader) closing(c byte) error {
	if len(l.open) == 0 {
		l.out = append(l.out, c) // it is no literal: the reader of JSON says so
		return nil
	}
	end := l.inside()
	l.open = l.open[:len(l.open)-1]
	if end != 0 {
		l.out = append(l.out, end)
	}
	if len(l.open) == 0 {
		l.out = append(l.out, '\n')
	}
	return nil
}

// text writes a string as one of JSON. PHP's single quotes know two escapes.
func (l *scriptReader) text(quote byte) error {
	from := len(l.out)
	l.out = append(l.out, '"')
	for {
		c, err := l.r.ReadByte()
		switch {
		case err != nil:
			return err
		case len(l.out)-from > maxRecord:
			return dump.Refuse(dump.CodeTooDeep, "its brackets are nested too deep, or a string is too long")
		case c == quote:
			l.out = append(l.out, '"')
			if l.inside() == ']' && l.php && l.key() {
				l.out = l.out[:from]
			}
			return nil
		case c == '\\':
			if c, err = l.r.ReadByte(); err != nil {
				return err
			}
			if l.php && quote == '\'' && c != '\'' && c != '\\' {
				l.out = append(l.out, '\\', '\\')
				if c == '"' {
					l.out = append(l.out, '\\')
				}
				l.out = append(l.out, c)
				continue
			}
			l.out = append(l.out, '\\', c)
		case c == '"':
			l.out = append(l.out, '\\', '"')
		case c == '\n':
			l.out = append(l.out, '\\', 'n')
		default:
			l.out = append(l.out, c)
		}
	}
}

// key takes the sign behind a key of a list, which JSON has not.
func (l *scriptReader) key() bool {
	ahead, _ := l.r.Peek(16)
	rest := bytes.TrimLeft(ahead, " \t\r\n")
	if !bytes.HasPrefix(rest, []byte("=>")) {
		return false
	}
	_, _ = l.r.Discard(len(ahead) - len(rest) + 2)
	return true
}

// word writes a number or a word. What makes an array or an object in PHP is
// dropped, and what a script of PHP has outside of them.
func (l *scriptReader) word(c byte) error {
	w := []byte{c}
	for len(w) < maxName {
		next, err := l.r.Peek(1)
		if err != nil || !wordByte(next[0]) && next[0] != ':' && next[0] != '\\' || next[0] == ':' && !l.php {
			break
		}
		w = append(w, next[0])
		_, _ = l.r.Discard(1)
	}
	ahead, _ := l.r.Peek(16)
	calls := bytes.HasPrefix(bytes.TrimLeft(ahead, " \t\r\n"), []byte("("))
	switch name := bytes.ToLower(w); {
	case l.php && calls && string(name) == "array":
	case l.php && calls:
		_, _ = l.r.ReadBytes('(')
		return l.push(0) // stdClass::__set_state(array(
	case calls && len(l.open) > 0:
		l.out = append(l.out, w...)
		_, _ = l.r.ReadBytes('(')
		l.out = append(l.out, '(')
		return l.push(')')
	case len(l.open) == 0 && l.php:
	case l.inside() == ']' && l.php && l.key():
	case l.php && (string(name) == "null" || string(name) == "true" || string(name) == "false"):
		l.out = append(l.out, name...)
	default:
		l.out = append(l.out, w...)
	}
	return nil
}
