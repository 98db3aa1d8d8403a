package object

import (
	"bytes"
	"context"
	"io"
	"mime/quotedprintable"
	"strconv"
	"strings"
	"unicode/utf8"

	"vigie/internal/charset"
	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// vcardFormat reads address books: vCard 2.1, 3.0 and 4.0 (RFC 6350). The table
// "contacts" has a row for each card. A property that comes again is a column of
// its own: email, email_2, up to 8.
type vcardFormat struct{}

func (vcardFormat) Name() string { return "vcard" }

// Sniff knows how a card begins.
func (vcardFormat) Sniff(f *dump.File) float64 {
	b, _ := beginning(f)
	b = bytes.TrimLeft(b, " \t\r\n")
	if line, _, _ := bytes.Cut(b, []byte("\n")); strings.EqualFold(strings.TrimSpace(string(line[:min(len(line), 64)])), "BEGIN:VCARD") {
		return 0.97
	}
	return 0
}

// Read gives every card to v.
func (vcardFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	w, o := open(ctx, f, v, windowStart)
	return readVCard(w, o)
}

func readVCard(w *window.Window, o *output) error {
	l := &lines{w: w}
	c := card{t: o.table("contacts")}
	for {
		line, big, ok := l.next()
		if !ok {
			break
		}
		if big {
			c.t.bad = dump.CodeTooLarge
			continue
		}
		p := property(line)
		if p.quoted && bytes.HasSuffix(p.value, []byte("=")) {
			p.value = bytes.Clone(p.value)
			p.name = strings.Clone(p.name)
			for bytes.HasSuffix(p.value, []byte("=")) && len(p.value) < maxRecord {
				if line, _, big, ok = l.physical(); !ok || big {
					break
				}
				p.value = append(p.value[:len(p.value)-1], line...)
			}
		}
		if big { // within the soft breaks
			c.t.bad = dump.CodeTooLarge
			continue
		}
		if err := c.property(&p); err != nil {
			return err
		}
	}
	if c.open && w.Err == nil {
		o.warn(dump.CodeCut)
		return c.t.refuse(dump.CodeCut)
	}
	return w.Err
}

// prop is a property of a card.
type prop struct {
	name    string // in upper case
	value   []byte
	charset string
	quoted  bool // quoted-printable
	binary  bool
}

// property takes a line apart: group.NAME;PARAM=value;PARAM:value.
func property(line []byte) (p prop) {
	end, quoted := -1, false
	for i, c := range line {
		if c == '"' {
			quoted = !quoted
		} else if c == ':' && !quoted {
			end = i
			break
		}
	}
	if end < 0 {
		return p
	}
	p.value = line[end+1:]
	head := line[:min(end, maxName)]
	name, params, _ := strings.Cut(strings.ToUpper(string(head)), ";")
	p.name = name[strings.LastIndexByte(name, '.')+1:]
	for param := range strings.SplitSeq(params, ";") {
		key, value, ok := strings.Cut(param, "=")
		switch {
		case key == "CHARSET":
			p.charset = strings.ToLower(value)
		case !ok && key == "QUOTED-PRINTABLE", key == "ENCODING" && value == "QUOTED-PRINTABLE":
			p.quoted = true
		case !ok && key == "BASE64", key == "ENCODING" && (value == "B" || value == "BASE64"):
			p.binary = true
		}
	}
	return p
}

// card is the card that is read.
type card struct {
	t     *table
	open  bool
	size  int
	count map[string]int // of the properties that it has
	free  []byte
}

// columns are the columns of properties; those of parts have one each, of which
// "" is not told.
var columns = map[string][]string{
	"FN": {"full_name"}, "N": {"family_name", "given_name", "additional_name", "prefix", "suffix"},
	"NICKNAME": {"nickname"}, "EMAIL": {"email"}, "TEL": {"phone"}, "BDAY": {"birth_date"}, "ORG": {"organization"},
	"TITLE": {"job"}, "ROLE": {"role"}, "NOTE": {"note"}, "URL": {"url"}, "GENDER": {"gender"}, "UID": {"uid"},
	"ADR": {"po_box", "address_extra", "street", "city", "region", "postcode", "country"},
}

func (c *card) property(p *prop) error {
	switch {
	case p.name == "BEGIN":
		if c.open { // the last one was not closed, or holds this one
			if err := c.t.give(); err != nil {
				return err
			}
		}
		c.open, c.size, c.count = true, 0, map[string]int{}
		return nil
	case p.name == "END":
		c.open = false
		return c.t.give()
	case !c.open, p.name == "", p.name == "VERSION", p.name == "PRODID", p.name == "REV":
		return nil
	}
	if c.size += len(p.value); c.size > maxRecord {
		c.t.bad = dump.CodeTooLarge
		return nil
	}
	v := p.text()
	c.count[p.name]++
	n := min(c.count[p.name], maxList)
	names := columns[p.name]
	if len(names) < 2 {
		name := strings.ToLower(p.name)
		if len(names) == 1 {
			name = names[0]
		}
		c.put(name, n, c.join(v, p.name == "ORG"))
		return nil
	}
	for i, part := range parts(v) {
		if i < len(names) {
			c.put(names[i], n, c.join(part, false))
		}
	}
	return nil
}

func (c *card) put(name string, n int, v []byte) {
	if n > 1 {
		name += "_" + strconv.Itoa(n)
	}
	if len(v) > 0 {
		c.t.put(c.t.column(name), c.t.keep(v))
	}
}

// text is the value in its bytes; binary ones, such as photographs, are told as
// "binary".
func (p *prop) text() []byte {
	v := p.value
	switch {
	case p.binary, bytes.HasPrefix(v, []byte("data:")):
		return []byte("binary")
	case p.quoted:
		// What is wrongly encoded ends the text: the rest stays as it is.
		out, _ := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(v)))
		v = out
	}
	for _, scheme := range []string{"tel:", "mailto:"} {
		if len(v) > len(scheme) && strings.EqualFold(string(v[:len(scheme)]), scheme) {
			v = v[len(scheme):]
		}
	}
	if p.charset != "" && !utf8.Valid(v) {
		name := strings.Replace(p.charset, "iso-8859-1", "windows-1252", 1)
		if out, err := io.ReadAll(charset.NewReader(bytes.NewReader(v), name)); err == nil && !bytes.Contains(out, []byte("\ufffd")) {
			v = out
		}
	}
	return v
}

// parts cuts a value at the semicolons that are not escaped.
func parts(v []byte) (out [][]byte) {
	from := 0
	for i := 0; i < len(v) && len(out) < maxList; i++ {
		switch v[i] {
		case '\\':
			i++
		case ';':
			out = append(out, v[from:i])
			from = i + 1
		}
	}
	return append(out, v[from:])
}

// join undoes the escapes of a value; its parts are joined by "; ".
func (c *card) join(v []byte, several bool) []byte {
	c.free = c.free[:0]
	for i := 0; i < len(v); i++ {
		switch {
		case v[i] == '\\' && i+1 < len(v):
			i++
			if v[i]|0x20 == 'n' {
				c.free = append(c.free, '\n')
			} else {
				if v[i] != ',' && v[i] != ';' && v[i] != '\\' && v[i] != ':' {
					c.free = append(c.free, '\\')
				}
				c.free = append(c.free, v[i])
			}
		case several && v[i] == ';':
			c.free = append(c.free, "; "...)
		default:
			c.free = append(c.free, v[i])
		}
	}
	return bytes.TrimRight(bytes.TrimSpace(c.free), ";")
}
