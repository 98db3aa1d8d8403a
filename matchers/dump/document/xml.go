package document

import (
	"bufio"
	"bytes"
	"errors"
	"html"
	"io"
	"strconv"
	"unicode/utf8"

	"vigie/internal/charset"
)

// A scanner reads XML as a stream of starts, ends and text. It is no validator:
// an office program's XML is read right, anyone else's without harm. It holds one
// tag (maxTag bytes, the rest dropped) and a piece of text, knows no entity but
// the five of XML, and skips the document type whole, so that a "billion
// laughs" is a few names that mean nothing.
type scanner struct {
	r     *bufio.Reader
	name  []byte // of the element that started or ended, without prefix
	attrs []byte // of the element that started
	text  []byte // a piece of text; may end within a letter
	tag   []byte
	hold  []byte // what the next piece of text begins with: the start of an entity
	empty bool   // the element that started ends at once
	html  bool   // it is HTML: elements need not end, and < may be text
	depth int
	err   error
}

type event uint8

const (
	xmlStart event = iota + 1
	xmlEnd
	xmlText
	xmlDone // or an error
)

const maxTag = 64 << 10

func newScanner(r io.Reader) *scanner {
	b := bufio.NewReaderSize(r, 32<<10)
	head, _ := b.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.Equal(head, []byte("<\x00?\x00")):
		b = bufio.NewReaderSize(charset.NewReader(b, "utf-16le"), 32<<10)
	case bytes.HasPrefix(head, []byte("\xfe\xff")) || bytes.Equal(head, []byte("\x00<\x00?")):
		b = bufio.NewReaderSize(charset.NewReader(b, "utf-16be"), 32<<10)
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, _ = b.Discard(3) // they are there
	}
	return &scanner{r: b}
}

// next reads on. After xmlDone, err says why unless it was the end.
func (x *scanner) next() event {
	if x.empty {
		x.empty = false
		x.depth--
		return xmlEnd
	}
	for {
		c, err := x.r.ReadByte()
		if err != nil {
			return x.end(err)
		}
		if c != '<' {
			_ = x.r.UnreadByte() // one byte was read
			if x.readText() {
				return xmlText
			}
			continue
		}
		if e := x.markup(); e != 0 {
			return e
		}
	}
}

func (x *scanner) end(err error) event {
	if !errors.Is(err, io.EOF) && x.err == nil {
		x.err = err
	}
	return xmlDone
}

// readText reads a piece of text; false when it is empty.
func (x *scanner) readText() bool {
	piece, err := x.r.ReadSlice('<')
	if err == nil {
		_ = x.r.UnreadByte() // the < just read
		piece = piece[:len(piece)-1]
	}
	x.text = append(append(x.text[:0], x.hold...), piece...)
	x.hold = x.hold[:0]
	if i := bytes.LastIndexByte(x.text, '&'); errors.Is(err, bufio.ErrBufferFull) && i >= 0 && len(x.text)-i < 12 && bytes.IndexByte(x.text[i:], ';') < 0 {
		x.hold = append(x.hold, x.text[i:]...)
		x.text = x.text[:i]
	}
	if x.html {
		if bytes.IndexByte(x.text, '&') >= 0 {
			x.text = append(x.text[:0], html.UnescapeString(string(x.text))...)
		}
	} else {
		x.text = unescape(x.text)
	}
	return len(x.text) > 0
}

// markup reads what follows a <; 0 for what says nothing.
func (x *scanner) markup() event {
	head, _ := x.r.Peek(8)
	switch {
	case bytes.HasPrefix(head, []byte("!--")):
		return x.skip("-->", false)
	case bytes.HasPrefix(head, []byte("![CDATA[")):
		_, _ = x.r.Discard(8) // they were peeked at
		return x.skip("]]>", true)
	case bytes.HasPrefix(head, []byte("!")):
		return x.skipDoctype()
	case bytes.HasPrefix(head, []byte("?")):
		return x.skip("?>", false)
	}
	if x.html && (len(head) == 0 || head[0] != '/' && (head[0]|0x20 < 'a' || head[0]|0x20 > 'z')) {
		x.text = append(x.text[:0], '<')
		return xmlText
	}
	if err := x.readTag(); err != nil {
		return x.end(err)
	}
	t := x.tag
	if len(t) > 0 && t[0] == '/' {
		x.name = local(t[1:])
		x.depth--
		return xmlEnd
	}
	x.empty = len(t) > 0 && t[len(t)-1] == '/'
	i := bytes.IndexAny(t, " \t\r\n/")
	if i < 0 {
		i = len(t)
	}
	x.name, x.attrs = local(t[:i]), t[i:]
	if x.depth++; x.depth > MaxXML && !x.html {
		x.empty = false
		return x.end(errDeep)
	}
	return xmlStart
}

// readTag reads up to the > that is in no quotes; quotes stand after = and are
// no longer than maxTag.
func (x *scanner) readTag() error {
	x.tag = x.tag[:0]
	var quote, last byte
	for {
		c, err := x.r.ReadByte()
		switch {
		case err != nil:
			return err
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && last == '=' && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && c == '>':
			return nil
		}
		if len(x.tag) < maxTag {
			x.tag = append(x.tag, c)
		} else {
			quote = 0
		}
		if c > ' ' {
			last = c
		}
	}
}

// skip passes over what ends with end; the text before it is x.text when wanted,
// or its first maxTag bytes.
func (x *scanner) skip(end string, wanted bool) event {
	x.text = x.text[:0]
	var tail [3]byte
	for {
		c, err := x.r.ReadByte()
		if err != nil {
			return x.end(err)
		}
		tail[0], tail[1], tail[2] = tail[1], tail[2], c
		if wanted && len(x.text) < maxTag {
			x.text = append(x.text, c)
		}
		if string(tail[3-len(end):]) == end {
			if wanted {
				x.text = bytes.TrimSuffix(x.text, []byte(end))
				return xmlText
			}
			return 0
		}
	}
}

// skipDoctype passes over a document type with the declarations in its brackets.
func (x *scanner) skipDoctype() event {
	open := 0
	for {
		c, err := x.r.ReadByte()
		switch {
		case err != nil:
			return x.end(err)
		case c == '<' || c == '[':
			open++
		case c == ']' && open > 0:
			open--
		case c == '>':
			if open == 0 {
				return 0
			}
			open--
		}
	}
}

// attr is the value of an attribute, whatever its prefix; "" when there is none.
func (x *scanner) attr(name string) string {
	for rest := x.attrs; ; {
		i := bytes.IndexByte(rest, '=')
		if i < 0 || i+2 > len(rest) {
			return ""
		}
		key, value := bytes.TrimSpace(rest[:i]), bytes.TrimLeft(rest[i+1:], " \t\r\n")
		if len(value) == 0 {
			return ""
		}
		end := bytes.IndexByte(value[1:], value[0])
		if end < 0 {
			return ""
		}
		if string(local(key)) == name {
			return string(unescape(bytes.Clone(value[1 : 1+end])))
		}
		rest = value[end+2:]
	}
}

// local is a name without its prefix.
func local(name []byte) []byte {
	name = bytes.TrimSpace(name)
	return name[bytes.IndexByte(name, ':')+1:]
}

// unescape replaces entities in place.
func unescape(b []byte) []byte {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return b
	}
	out := b[:i]
	for i < len(b) {
		if b[i] == '&' {
			if end := bytes.IndexByte(b[i:min(len(b), i+12)], ';'); end > 1 {
				if r := entity(string(b[i+1 : i+end])); r > 0 {
					out = utf8.AppendRune(out, r) // never longer than what it replaces
					i += end + 1
					continue
				}
			}
		}
		out = append(out, b[i])
		i++
	}
	return out
}

// entity is the character of an entity, 0 for an unknown one.
func entity(s string) rune {
	switch s {
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "amp":
		return '&'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	if s[0] != '#' || len(s) < 2 {
		return 0
	}
	base, digits := 10, s[1:]
	if digits[0] == 'x' || digits[0] == 'X' {
		base, digits = 16, digits[1:]
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
		return 0
	}
	return rune(n)
}
