package object

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// yamlFormat reads YAML (yaml.org, 1.2) as scripts write it: mappings and lists by
// indentation, quoted and plain scalars, blocks of text, collections in brackets.
// It is written as JSON and read as such: every scalar is a text, anchors and tags
// are dropped, aliases stay as they stand.
type yamlFormat struct{}

// Name is "yaml".
func (yamlFormat) Name() string { return "yaml" }

// Sniff wants lines of keys and items, some of them within others or in several
// documents, and nearly nothing else.
func (yamlFormat) Sniff(f *dump.File) float64 {
	b, whole := beginning(f)
	if !opensYAML(b) {
		return 0
	}
	out, _ := io.ReadAll(newYAML(bytes.NewReader(b))) // from memory: no error
	if sure := (jsonFormat{}).Sniff(&dump.File{Head: out, Whole: whole}); sure >= 0.5 {
		return 0.9
	}
	return 0
}

// Read gives every record to v.
func (yamlFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	g := guess(f)
	return readJSON(openAs(ctx, newYAML(charset.Rows(f.Stream(), g.Name)), g, v, windowStart))
}

// opensYAML tells a beginning of YAML. A list of keys and values that nothing
// nests is left to who reads such lists.
func opensYAML(b []byte) bool {
	var keys, items, nested, documents, other, lines int
	block := -1 // indentation of a block of text
	for line := range bytes.SplitSeq(b, []byte("\n")) {
		line = bytes.TrimRight(line, "\r ")
		indent, text := indentOf(line)
		if len(text) == 0 || text[0] == '#' || block >= 0 && indent > block {
			continue
		}
		block = -1
		if lines++; lines > 400 {
			break
		}
		if indent == 0 && (string(text) == "---" || text[0] == '%') {
			documents++
			continue
		}
		item := isItem(text)
		for isItem(text) {
			indent++
			_, text = indentOf(text[1:])
		}
		_, value, ok := yamlKey(text)
		switch {
		case ok:
			keys++
			if indent > 0 {
				nested++
			}
			if len(value) > 0 && len(value) <= 2 && (value[0] == '|' || value[0] == '>') {
				block = indent
			}
		case !item:
			other++
		}
		if item {
			items++
		}
	}
	return keys >= 4 && other*5 <= lines && (items > 1 && nested > 1 || documents > 1)
}

func indentOf(line []byte) (n int, rest []byte) {
	for n < len(line) && line[n] == ' ' {
		n++
	}
	return n, line[n:]
}

// isItem tells an item of a list.
func isItem(text []byte) bool {
	return len(text) > 0 && text[0] == '-' && (len(text) == 1 || text[1] == ' ')
}

// yamlKey cuts a key off its value.
func yamlKey(text []byte) (key, value []byte, ok bool) {
	if len(text) == 0 || isOneOf(text[0], "{[#|>@`%") {
		return nil, nil, false
	}
	from := 0
	if text[0] == '"' || text[0] == '\'' {
		end := bytes.IndexByte(text[1:], text[0])
		if end < 0 {
			return nil, nil, false
		}
		from = end + 2
	}
	for i := from; i < len(text) && i < maxName; i++ {
		if text[i] == ':' && (i+1 == len(text) || text[i+1] == ' ') {
			key = bytes.TrimSpace(text[:i])
			if from > 0 && len(key) >= 2 {
				key = key[1 : len(key)-1]
			}
			return key, bytes.TrimSpace(text[i+1:]), len(key) > 0
		}
		if from > 0 && text[i] != ' ' {
			return nil, nil, false
		}
	}
	return nil, nil, false
}

func isOneOf(c byte, set string) bool { return bytes.IndexByte([]byte(set), c) >= 0 }

// yamlReader writes YAML as JSON, a line at a time. It holds what is open, no more
// of it than maxNesting, and one scalar.
type yamlReader struct {
	r       *bufio.Reader
	open    []yamlFrame
	waiting bool   // a key or an item waits for its value
	held    []byte // a scalar that may go on
	holds   bool
	block   int // indentation of what a block of text belongs to, -1 outside of one
	folded  bool
	out     []byte
	done    int
	err     error
}

// yamlFrame is a mapping or a list that is open.
type yamlFrame struct {
	indent int
	kind   byte // '{' or '['
	n      int
}

func newYAML(r io.Reader) *yamlReader {
	return &yamlReader{r: bufio.NewReaderSize(r, 64<<10), block: -1}
}

func (y *yamlReader) Read(p []byte) (int, error) {
	for y.done == len(y.out) {
		if y.err != nil {
			return 0, y.err
		}
		y.out, y.done = y.out[:0], 0
		for y.err == nil && len(y.out) < literalBatch {
			y.err = y.step()
		}
	}
	n := copy(p, y.out[y.done:])
	y.done += n
	return n, nil
}

// step takes a line.
func (y *yamlReader) step() error {
	var line []byte
	for {
		part, err := y.r.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxRecord {
			return dump.Refuse(dump.CodeTooLarge, "a line of it is longer than 8 MiB")
		}
		if err == nil {
			break
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(line) == 0 {
			y.close(-1, 0)
			return err
		}
		break
	}
	line = bytes.TrimRight(line, "\r\n \t")
	indent, text := indentOf(line)
	switch {
	case y.block >= 0 && (len(text) == 0 || indent > y.block):
		return y.goesOn(text, '\n')
	case len(text) == 0 || text[0] == '#':
		return nil
	case indent == 0 && (string(text) == "---" || string(text) == "..." || text[0] == '%'):
		y.close(-1, 0)
		return nil
	case indent == 0 && bytes.HasPrefix(text, []byte("--- ")):
		y.close(-1, 0)
		indent, text = 0, bytes.TrimSpace(text[4:])
	}
	y.block = -1
	return y.line(indent, text)
}

// goesOn lengthens the scalar that is held.
func (y *yamlReader) goesOn(text []byte, by byte) error {
	if len(y.held)+len(text) > maxRecord {
		return dump.Refuse(dump.CodeTooLarge, "a text in it is longer than 8 MiB")
	}
	if len(y.held) > 0 {
		if y.folded {
			by = ' '
		}
		y.held = append(y.held, by)
	}
	y.held = append(y.held, text...)
	return nil
}

func (y *yamlReader) line(indent int, text []byte) error {
	if isItem(text) {
		y.close(indent, '[')
		if err := y.begin(indent, '['); err != nil {
			return err
		}
		y.waiting = true
		more, rest := indentOf(text[1:])
		if len(rest) == 0 || rest[0] == '#' {
			return nil
		}
		return y.line(indent+1+more, rest)
	}
	key, value, ok := yamlKey(text)
	if !ok || y.holds && !y.waiting && len(y.open) > 0 && indent > y.top().indent {
		if y.holds {
			return y.goesOn(text, ' ')
		}
		if y.waiting {
			y.value(indent-1, text)
		}
		return nil
	}
	y.close(indent, '{')
	if err := y.begin(indent, '{'); err != nil {
		return err
	}
	y.out = appendString(y.out, key)
	y.out = append(y.out, ':')
	y.waiting = true
	if len(value) > 0 && value[0] != '#' {
		y.value(indent, value)
	}
	return nil
}

func (y *yamlReader) top() *yamlFrame { return &y.open[len(y.open)-1] }

// begin begins a member of a mapping or of a list, which it opens where it is new.
func (y *yamlReader) begin(indent int, kind byte) error {
	if len(y.open) == 0 || y.top().indent != indent || y.top().kind != kind {
		if len(y.open) >= maxNesting {
			return dump.Refuse(dump.CodeTooDeep, "its values are nested too deep")
		}
		if len(y.open) > 0 && !y.waiting { // indented for no reason: it belongs to what is open
			if y.top().kind != kind {
				return nil
			}
		} else {
			y.open = append(y.open, yamlFrame{indent: indent, kind: kind})
			y.out = append(y.out, kind)
			y.waiting = false
		}
	}
	if y.top().n++; y.top().n > 1 {
		y.out = append(y.out, ',', '\n')
	}
	return nil
}

// close closes what a line of that indentation and kind is not part of.
func (y *yamlReader) close(indent int, kind byte) {
	if y.holds {
		y.out = appendScalar(y.out, y.held)
		y.holds, y.held = false, y.held[:0]
	}
	for len(y.open) > 0 {
		top := y.top()
		if top.indent < indent || top.indent == indent && (top.kind == kind || top.kind == '{' && y.waiting) {
			break
		}
		y.missing()
		y.out = append(y.out, top.kind+2)
		if y.open = y.open[:len(y.open)-1]; len(y.open) == 0 {
			y.out = append(y.out, '\n')
		}
	}
	if len(y.open) > 0 && y.top().indent == indent && y.top().kind == kind {
		y.missing()
	}
}

// missing gives nothing to who waits for a value.
func (y *yamlReader) missing() {
	if y.waiting {
		y.out = append(y.out, "null"...)
		y.waiting = false
	}
}

// value takes what stands behind a key or an item.
func (y *yamlReader) value(indent int, v []byte) {
	for len(v) > 0 && (v[0] == '&' || v[0] == '!') { // an anchor, a tag
		_, v, _ = bytes.Cut(v, []byte{' '})
		v = bytes.TrimSpace(v)
	}
	if len(v) == 0 {
		return
	}
	y.waiting = false
	switch v[0] {
	case '|', '>':
		y.block, y.folded, y.holds = indent, v[0] == '>', true
	case '{', '[':
		y.out = appendFlow(y.out, v)
	case '"', '\'':
		y.out = appendQuoted(y.out, v)
	default:
		if i := bytes.Index(v, []byte(" #")); i >= 0 {
			v = bytes.TrimSpace(v[:i])
		}
		y.holds, y.folded = true, true
		y.held = append(y.held[:0], v...)
	}
}

// appendScalar writes a plain scalar.
func appendScalar(dst, v []byte) []byte {
	switch string(v) {
	case "", "~", "null", "Null", "NULL":
		return append(dst, "null"...)
	}
	return appendString(dst, v)
}

const hexDigits = "0123456789abcdef"

// appendString writes a string of JSON.
func appendString(dst, v []byte) []byte {
	dst = append(dst, '"')
	for _, c := range v {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// appendQuoted writes a quoted scalar, to its closing quote or the end.
func appendQuoted(dst, v []byte) []byte {
	text, _ := unquote(v)
	return appendString(dst, text)
}

// unquote reads a quoted scalar and tells how long it is.
func unquote(v []byte) (text []byte, n int) {
	quote := v[0]
	for n = 1; n < len(v); n++ {
		c := v[n]
		switch {
		case c == quote && quote == '\'' && n+1 < len(v) && v[n+1] == quote:
			n++
		case c == quote:
			return text, n + 1
		case c == '\\' && quote == '"' && n+1 < len(v):
			n++
			if i := bytes.IndexByte([]byte("ntr0e"), v[n]); i >= 0 {
				text = append(text, "\n\t\r\x00\x1b"[i])
				continue
			}
			if size := map[byte]int{'x': 2, 'u': 4, 'U': 8}[v[n]]; size > 0 && n+size < len(v) {
				text = append(text, string(runeOf(v[n+1:n+1+size]))...)
				n += size
				continue
			}
			c = v[n]
		}
		text = append(text, c)
	}
	return text, n
}

// runeOf reads a character's number in hexDigits.
func runeOf(v []byte) rune {
	r := rune(0)
	for _, c := range v {
		i := bytes.IndexByte([]byte(hexDigits), c|0x20)
		if i < 0 || r > 0x10ffff {
			return 0xfffd
		}
		r = r<<4 | rune(i)
	}
	return r
}

// appendFlow writes a collection in brackets as JSON. What is left open is closed.
func appendFlow(dst, v []byte) []byte {
	var open []byte
	value := true // a value may come: behind a bracket, a comma or a colon
	for i := 0; i < len(v); {
		switch c := v[i]; {
		case c == ' ':
			i++
		case c == '{' || c == '[':
			if len(open) >= maxNesting {
				return closeFlow(dst, open, value)
			}
			open = append(open, c+2)
			dst, value = append(dst, c), true
			i++
		case (c == '}' || c == ']') && len(open) > 0:
			dst, value = append(dst, open[len(open)-1]), false
			if open = open[:len(open)-1]; len(open) == 0 {
				return dst
			}
			i++
		case c == ',' || c == ':':
			dst, value = append(dst, c), true
			i++
		case c == '"' || c == '\'':
			text, n := unquote(v[i:])
			dst, value = appendString(dst, text), false
			i += n
		default:
			from := i
			for i < len(v) && !isOneOf(v[i], ",{}[]") && (v[i] != ':' || i+1 < len(v) && v[i+1] != ' ') {
				i++
			}
			if i == from {
				i++
			}
			dst, value = appendScalar(dst, bytes.TrimSpace(v[from:i])), false
		}
	}
	return closeFlow(dst, open, value)
}

func closeFlow(dst, open []byte, value bool) []byte {
	if value {
		dst = append(dst, "null"...)
	}
	for i := len(open) - 1; i >= 0; i-- {
		dst = append(dst, open[i])
	}
	return dst
}
