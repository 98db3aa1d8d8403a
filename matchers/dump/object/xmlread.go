package object

import (
	"bytes"
	"strconv"

	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// maxHolders is how deep elements that hold rows stand within each other.
const maxHolders = 16

// xmlReader walks through XML and gives what is a table.
type xmlReader struct {
	w     *window.Window
	o     *output
	known map[string]role // by path
	tags  map[string]string
	told  bool

	holders []holder
	hidden  []string // open elements that are passed over
	aside   bool     // text of them is told
	text    []byte

	t      *table // of the row that is read; nil between rows
	frames []frame
	stamp  int
	size   int // bytes of the row
	tooBig bool
	lost   int // open elements called as the row is, once it cannot be given
}

// holder is an element around rows.
type holder struct {
	tag, path string
	name      string // by an attribute
}

// frame is an open element of a row.
type frame struct {
	tag   string
	node  *node // of its members
	field *field
	id    int
	from  int  // where its text begins
	last  int  // the member met last, from 1
	full  bool // it has attributes or members
	null  bool
}

// next takes the next token.
func (x *xmlReader) next() token {
	for {
		t, marker := lex(x.w.Buf, x.w.Pos, x.w.Last)
		if t.kind != xmlMore {
			t.at, x.w.Pos = x.w.Pos, t.next
			return t
		}
		if x.w.More() {
			continue
		}
		if x.w.Last {
			if x.w.Pos >= len(x.w.Buf) {
				return token{kind: xmlEnd}
			}
			x.w.Pos = len(x.w.Buf) // the end of what was never closed
			return token{kind: xmlEnd}
		}
		x.tooBig = true
		x.pass(marker)
	}
}

// pass goes behind a marker: what is larger than a record is passed over.
func (x *xmlReader) pass(marker []byte) {
	if marker == nil {
		marker = []byte(">")
	}
	for {
		if i := bytes.Index(x.w.Rest(), marker); i >= 0 {
			x.w.Pos += i + len(marker)
			return
		}
		x.w.Pos = max(x.w.Pos, len(x.w.Buf)-len(marker)+1)
		if !x.w.More() {
			x.w.Pos = len(x.w.Buf)
			return
		}
	}
}

func (x *xmlReader) read() error {
	for {
		t := x.next()
		if x.tooBig && x.t != nil {
			x.t.bad = dump.CodeTooLarge
		}
		x.tooBig = false
		var err error
		switch t.kind {
		case xmlEnd:
			return x.end()
		case xmlOpen:
			err = x.open(&t)
		case xmlShut:
			err = x.shut(t.name)
		default:
			x.take(&t)
		}
		if err != nil {
			return err
		}
	}
}

// end ends the file.
func (x *xmlReader) end() error {
	if x.w.Err != nil {
		return nil //nolint:nilerr // the caller asks the window for it
	}
	if len(x.frames)+len(x.hidden)+len(x.holders) > 0 {
		x.o.warn(dump.CodeCut)
	}
	if x.t != nil {
		return x.t.refuse(dump.CodeCut)
	}
	return nil
}

// tag is the name of a tag as a string that is made once.
func (x *xmlReader) tag(name []byte) string {
	if s, ok := x.tags[string(name)]; ok {
		return s
	}
	s := string(name)
	if len(x.tags) < maxElements && len(s) <= maxName {
		x.tags[s] = s
	}
	return s
}

// take takes text.
func (x *xmlReader) take(t *token) {
	if x.t == nil && !x.aside || len(t.text) == 0 {
		return
	}
	if x.size += len(t.text); x.size > maxRecord || len(x.text) > 2*maxField {
		if x.t != nil {
			x.t.bad = dump.CodeTooLarge
		}
		return
	}
	if t.kind == xmlVerbatim {
		x.text = append(x.text, t.text...)
	} else {
		x.text = appendText(x.text, t.text)
	}
}

func (x *xmlReader) open(t *token) error {
	switch {
	case x.t != nil:
		return x.member(t)
	case len(x.hidden) > 0:
		if !t.empty && len(x.hidden) < maxNesting {
			x.hidden = append(x.hidden, x.tag(t.name))
		}
		return nil
	}
	h := holder{tag: x.tag(t.name)}
	if n := len(x.holders); n > 0 {
		h.path = x.holders[n-1].path + "." + h.tag
	} else {
		h.path = h.tag
	}
	h.name = named(t.attrs)
	switch x.role(h.path, h.tag, t) {
	case roleHolder:
		if err := x.describe(h.path, t.attrs); err != nil {
			return err
		}
		if !t.empty {
			x.holders = append(x.holders, h)
		}
	case roleRow:
		return x.row(&h, t)
	default:
		x.aside = x.known[h.path] == roleAside
		x.text, x.size = x.text[:0], 0
		if err := x.describe(h.path, t.attrs); err != nil {
			return err
		}
		if !t.empty {
			x.hidden = append(x.hidden, h.tag)
		}
	}
	return nil
}

// role says what the element is that t opens.
func (x *xmlReader) role(path, tag string, t *token) role {
	if r := x.known[path]; r != roleUnknown {
		return r
	}
	if len(x.known) > 4*maxTables || len(x.holders) >= maxHolders {
		return roleRow
	}
	x.w.Pos = t.at
	b := x.w.Ahead(lookAhead)
	seen := lookXML(b[:min(len(b), lookAhead)])
	*t = x.next() // the same, where it lies now
	above := path[:len(path)-len(tag)]
	for _, e := range seen.order {
		if x.known[above+e.name] == roleUnknown && len(x.known) <= 4*maxTables {
			x.known[above+e.name] = e.role()
		}
	}
	if x.known[path] == roleUnknown {
		x.known[path] = roleRow
	}
	return x.known[path]
}

// named is the attribute "name" of a tag.
func named(attrs []byte) string {
	for n := 0; n < 64; n++ {
		name, value, rest, ok := attr(attrs)
		if !ok {
			break
		}
		if string(name) == "name" && len(value) <= maxName {
			return string(appendText(nil, value))
		}
		attrs = rest
	}
	return ""
}

// describe tells the attributes of what is no row.
func (x *xmlReader) describe(path string, attrs []byte) error {
	if x.known[path] == roleSkipped {
		return nil
	}
	for n := 0; n < 64; n++ {
		name, value, rest, ok := attr(attrs)
		if !ok {
			break
		}
		attrs = rest
		if err := x.tell(path+"."+x.o.name(name), appendText(nil, value)); err != nil {
			return err
		}
	}
	return nil
}

func (x *xmlReader) tell(name string, value []byte) error {
	x.told = x.told || len(value) > 0
	return x.o.text("", below(name), value)
}

// below is a path without the root, which says nothing.
func below(path string) string {
	for i := range len(path) {
		if path[i] == '.' {
			return path[i+1:]
		}
	}
	return path
}

func (x *xmlReader) shut(name []byte) error {
	switch {
	case x.t != nil:
		return x.close(name)
	case len(x.hidden) > 0:
		for i := len(x.hidden) - 1; i >= 0; i-- {
			if x.hidden[i] != string(name) {
				continue
			}
			if x.hidden = x.hidden[:i]; i == 0 && x.aside {
				x.aside = false
				return x.tell(x.path(string(name)), bytes.TrimSpace(x.text))
			}
			return nil
		}
		if n := len(x.holders); n == 0 || x.holders[n-1].tag != string(name) {
			return nil
		}
		x.hidden, x.aside = x.hidden[:0], false
	}
	for i := len(x.holders) - 1; i >= 0; i-- {
		if x.holders[i].tag == string(name) {
			x.holders = x.holders[:i]
			return nil
		}
	}
	return nil
}

func (x *xmlReader) path(tag string) string {
	if n := len(x.holders); n > 0 {
		return x.holders[n-1].path + "." + tag
	}
	return tag
}

// tableName names the table of a row: by the attribute "name" of what is called
// a table, or by its path.
func (x *xmlReader) tableName(h *holder) string {
	if h.name != "" && h.tag == "table" {
		return h.name
	}
	if n := len(x.holders); n > 0 && x.holders[n-1].name != "" {
		return x.holders[n-1].name
	}
	return below(h.path)
}

// numbered is the node of the n-th element of a name, from 1.
func (f *field) numbered(n int) *node {
	if n = min(n, maxList); n == 1 {
		if f.object == nil {
			f.object = &node{prefix: f.name + "."}
		}
		return f.object
	}
	for len(f.list) < n-1 {
		f.list = append(f.list, &node{prefix: f.name + "." + strconv.Itoa(len(f.list)+2) + "."})
	}
	return f.list[n-2]
}
