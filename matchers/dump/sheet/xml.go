package sheet

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"vigie/internal/charset"
)

// Limits of XML. A sheet's XML is flat: six levels or so.
const (
	maxTag   = 256 << 10 // bytes of a tag with its attributes
	maxAttrs = 64        // attributes kept of a tag
	maxLevel = 1_000
	xmlChunk = 64 << 10
)

// kind is the kind of an XML token.
type kind uint8

const (
	end kind = iota // of the document
	open
	shut
	text
)

type attr struct{ name, value []byte }

// scanner cuts XML into tags and text, as a stream and in bounded memory.
// It checks nothing that a reader of sheets can do without: tags need not match,
// and entities are the five predefined ones and numbers, so that no declaration
// in a DOCTYPE (which is skipped) can make text grow or reach out of the file.
// What it gives holds until the next call.
type scanner struct {
	name  []byte // local name of a tag
	attrs []attr
	text  []byte

	r        io.Reader
	buf      []byte
	pos, lim int
	level    int
	empty    bool // the tag closes itself: shut comes next
	cdata    bool
	scratch  []byte
	err      error // of r
}

// newScanner reads XML in UTF-8, in UTF-16 by its first bytes whatever it
// declares, or in the encoding of one byte that it declares.
func newScanner(r io.Reader) *scanner {
	x := &scanner{r: r, buf: make([]byte, xmlChunk)}
	for x.lim < 256 && x.more() {
	}
	head := x.buf[:x.lim]
	if name := xmlEncoding(head); name != "utf-8" {
		rest := io.MultiReader(bytes.NewReader(bytes.Clone(head)), r)
		if x.err != nil {
			rest = bytes.NewReader(bytes.Clone(head))
		}
		x.r, x.pos, x.lim, x.err = charset.NewReader(rest, name), 0, 0, nil
	}
	return x
}

func xmlEncoding(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("<\x00")):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.HasPrefix(head, []byte("\x00<")):
		return "utf-16be"
	}
	if i := bytes.Index(head, []byte("?>")); i > 0 && bytes.HasPrefix(bytes.TrimPrefix(head, []byte("\ufeff")), []byte("<?xml")) {
		if _, after, ok := bytes.Cut(head[:i], []byte("encoding=")); ok && len(after) > 2 {
			name, _, _ := strings.Cut(strings.ToLower(string(after[1:])), string(after[0]))
			if strings.HasPrefix(name, "iso-8859-") || strings.HasPrefix(name, "windows-125") {
				return name
			}
		}
	}
	return "utf-8"
}

// more reads on behind what is not yet consumed. It is false at the end and
// when a token fills the largest buffer.
func (x *scanner) more() bool {
	if x.err != nil {
		return false
	}
	if x.pos > 0 {
		x.lim = copy(x.buf, x.buf[x.pos:x.lim])
		x.pos = 0
	}
	if x.lim == len(x.buf) {
		if len(x.buf) >= maxTag {
			x.err = errLarge
			return false
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	n, err := x.r.Read(x.buf[x.lim:])
	x.lim += n
	if err != nil {
		x.err = err
	}
	return n > 0 || err == nil
}

// next gives the next token. At the end of the document the kind is end and
// the error nil.
func (x *scanner) next() (kind, error) {
	if x.empty {
		x.empty = false
		x.level--
		return shut, nil
	}
	for {
		if x.pos == x.lim && !x.more() {
			return end, x.ended()
		}
		switch {
		case x.pos == x.lim:
		case x.cdata:
			if x.characters("]]>", 2) {
				return text, nil
			}
		case x.buf[x.pos] != '<':
			if x.characters("<", 0) {
				return text, nil
			}
		default:
			k, err := x.markup()
			if k != end || err != nil {
				return k, err
			}
		}
	}
}

func (x *scanner) ended() error {
	switch {
	case errors.Is(x.err, io.EOF) && x.level > 0, errors.Is(x.err, io.ErrUnexpectedEOF):
		return errCut
	case errors.Is(x.err, io.EOF):
		return nil
	}
	return x.err
}

// characters takes text up to a mark, as much of it as there is. Text outside of
// CDATA is decoded, so an entity is never cut in two.
func (x *scanner) characters(mark string, keep int) bool {
	b := x.buf[x.pos:x.lim]
	i := bytes.Index(b, []byte(mark))
	found := i >= 0
	if !found {
		i = len(b) - min(keep, len(b))
		if a := bytes.LastIndexByte(b[max(0, i-12):i], '&'); a >= 0 && !x.cdata {
			i = max(0, i-12) + a
		}
		if i > 0 && b[i-1] == '\r' {
			i--
		}
		if i == 0 { // too little to tell
			if x.more() {
				return false
			}
			i = len(x.buf[x.pos:x.lim])
			b = x.buf[x.pos:x.lim]
		}
	}
	x.text = b[:i]
	x.pos += i
	if x.cdata {
		if found {
			x.cdata = false
			x.pos += len(mark)
		}
		x.text = newlines(x.text)
	} else {
		x.scratch = x.scratch[:0]
		x.text = x.decode(x.text)
	}
	return i > 0
}

// markup takes what begins with "<". The kind is end when it says nothing.
func (x *scanner) markup() (kind, error) {
	for x.lim-x.pos < 9 && x.more() {
	}
	b := x.buf[x.pos:x.lim]
	switch {
	case len(b) > 1 && b[1] != '!' && b[1] != '?':
		return x.tag()
	case bytes.HasPrefix(b, []byte("<!--")):
		x.pos += 4
		return end, x.skip("-->")
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		x.pos += 9
		x.cdata = true
		return end, nil
	case bytes.HasPrefix(b, []byte("<?")):
		return end, x.skip("?>")
	case bytes.HasPrefix(b, []byte("<!")):
		return end, x.doctype()
	}
	return x.tag()
}

// skip passes over all up to a mark and the mark.
func (x *scanner) skip(mark string) error {
	for {
		if i := bytes.Index(x.buf[x.pos:x.lim], []byte(mark)); i >= 0 {
			x.pos += i + len(mark)
			return nil
		}
		x.pos = max(x.pos, x.lim-len(mark)+1)
		if !x.more() {
			return x.unfinished()
		}
	}
}

func (x *scanner) unfinished() error {
	if errors.Is(x.err, io.EOF) {
		return errCut
	}
	return x.err
}

// doctype passes over a declaration and its internal subset.
func (x *scanner) doctype() error {
	brackets, quote := 0, byte(0)
	for {
		for ; x.pos < x.lim; x.pos++ {
			switch c := x.buf[x.pos]; {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"', c == '\'':
				quote = c
			case c == '[':
				brackets++
			case c == ']':
				brackets--
			case c == '>' && brackets <= 0:
				x.pos++
				return nil
			}
		}
		if !x.more() {
			return x.unfinished()
		}
	}
}

// tag takes a tag whole.
func (x *scanner) tag() (kind, error) {
	i, quote := 1, byte(0)
	for {
		b := x.buf[x.pos:x.lim]
		for ; i < len(b); i++ {
			c := b[i]
			if quote != 0 {
				if c == quote {
					quote = 0
				}
				continue
			}
			switch c {
			case '"', '\'':
				quote = c
			case '>':
				return x.cutTag(b[1:i], i+1)
			}
		}
		if !x.more() {
			return end, x.unfinished()
		}
	}
}

func (x *scanner) cutTag(b []byte, length int) (kind, error) {
	x.pos += length
	if len(b) > 0 && b[0] == '/' {
		b = b[1:]
		for len(b) > 0 && space(b[len(b)-1]) {
			b = b[:len(b)-1]
		}
		x.name = local(b)
		x.level = max(0, x.level-1)
		return shut, nil
	}
	if len(b) > 0 && b[len(b)-1] == '/' {
		x.empty = true
		b = b[:len(b)-1]
	}
	n := 0
	for n < len(b) && !space(b[n]) {
		n++
	}
	x.name = local(b[:n])
	x.attributes(b[n:])
	if x.level++; x.level > maxLevel {
		return end, errDeep
	}
	return open, nil
}

func (x *scanner) attributes(b []byte) {
	x.attrs, x.scratch = x.attrs[:0], x.scratch[:0]
	for len(x.attrs) < maxAttrs {
		eq := bytes.IndexByte(b, '=')
		if eq < 0 {
			return
		}
		name := bytes.TrimSpace(b[:eq])
		for b = b[eq+1:]; len(b) > 0 && space(b[0]); {
			b = b[1:]
		}
		if len(b) < 2 || b[0] != '"' && b[0] != '\'' {
			return
		}
		n := bytes.IndexByte(b[1:], b[0])
		if n < 0 {
			return
		}
		x.attrs = append(x.attrs, attr{local(name), x.decode(b[1 : n+1])})
		b = b[n+2:]
	}
}

// get gives an attribute of the tag by its local name, nil when there is none.
func (x *scanner) get(name string) []byte {
	for _, a := range x.attrs {
		if string(a.name) == name {
			return a.value
		}
	}
	return nil
}

// is says whether an attribute is true as XML Schema writes it.
func (x *scanner) is(name string) bool {
	v := x.get(name)
	return string(v) == "1" || string(v) == "true"
}

// number gives an attribute's whole number, or a default.
func (x *scanner) number(name string, none int) int {
	v := x.get(name)
	if v == nil {
		return none
	}
	n, err := strconv.Atoi(string(v))
	if err != nil {
		return none
	}
	return n
}

func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// newlines makes line ends LF, as XML 1.0 (2.11) wants, in place.
func newlines(b []byte) []byte {
	if bytes.IndexByte(b, '\r') < 0 {
		return b
	}
	out := b[:0]
	for i, c := range b {
		if c == '\r' {
			if i+1 < len(b) && b[i+1] == '\n' {
				continue
			}
			c = '\n'
		}
		out = append(out, c)
	}
	return out
}

// decode replaces entities and line ends. What it adds is kept in scratch, so
// that values of one tag stand side by side.
func (x *scanner) decode(b []byte) []byte {
	b = newlines(b)
	if bytes.IndexByte(b, '&') < 0 {
		return b
	}
	start := len(x.scratch)
	for len(b) > 0 {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			break
		}
		x.scratch = append(x.scratch, b[:i]...)
		b = b[i:]
		n := bytes.IndexByte(b[:min(len(b), 12)], ';')
		r, ok := entity(b, n)
		if !ok {
			x.scratch = append(x.scratch, '&')
			b = b[1:]
			continue
		}
		x.scratch = utf8.AppendRune(x.scratch, r)
		b = b[n+1:]
	}
	x.scratch = append(x.scratch, b...)
	return x.scratch[start:]
}

func entity(b []byte, n int) (rune, bool) {
	if n < 2 {
		return 0, false
	}
	switch name := string(b[1:n]); name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	default:
		base := 10
		digits, ok := strings.CutPrefix(name, "#")
		if hex, is := strings.CutPrefix(digits, "x"); is {
			digits, base = hex, 16
		}
		v, err := strconv.ParseUint(digits, base, 21)
		return rune(v), ok && err == nil
	}
}
