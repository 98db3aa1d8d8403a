package sqldump

import (
	"bytes"
	"unicode/utf8"

	"vigie/matchers/dump"
)

// copying is how the lines behind COPY are written.
type copying struct {
	delimiter byte
	null      string
	csv       bool
}

// copy is PostgreSQL's COPY t (a, b) FROM stdin; and the lines behind it.
func (p *parser) copy() error {
	var parts, columns []string
	var o copying
	stdin := false
	if !p.parse(func(c *cursor) {
		columns, stdin, o = nil, false, copying{delimiter: '\t', null: `\N`}
		c.take()
		if parts = c.names(); c.punct('(') {
			columns = c.list()
		}
		if c.word("from") {
			c.take()
			stdin = c.word("stdin")
		}
		if stdin {
			c.options(&o)
		}
	}) || !stdin {
		return p.skip()
	}
	p.dialect(escapesOff)
	t := p.tables.find(parts)
	if err := p.line(); err != nil || t == nil || o.csv {
		if o.csv {
			p.v.Unread("", dump.CodeNoReader, "lines of CSV behind COPY are not read: save them as a file")
		}
		p.through("\n\\.")
		return p.line()
	}
	if err := p.tables.begin(t, columns); err != nil {
		return err
	}
	p.header = p.header[:0]
	return p.lines(o)
}

// options reads the options of a COPY up to its semicolon.
func (c *cursor) options(o *copying) {
	for !c.ended() && !c.punct(';') {
		switch {
		case c.word("csv"):
			o.csv = true
		case c.word("delimiter", "delimiters", "null"):
			null := c.word("null")
			c.take()
			if c.word("as") {
				c.take()
			}
			t := c.peek()
			if s := postgresEscapes(nil, bytes.Trim(c.text(t), "Ee'"), false); t.kind == kindString {
				if null {
					o.null = string(bytes.Trim(c.text(t), "'"))
				} else if len(s) == 1 {
					o.delimiter = s[0]
				}
			}
		}
		c.take()
	}
}

// lines reads the rows of a COPY.
func (p *parser) lines(o copying) error {
	for {
		b := p.w.Rest()
		i := bytes.IndexByte(b, '\n')
		switch {
		case i >= 0:
			p.w.Pos += i + 1
		case p.fetch():
			continue
		case !p.w.Last:
			p.tables.refuse(dump.CodeTooLarge)
			p.through("\n")
			continue
		default:
			if len(b) > 0 && !bytes.HasPrefix(b, []byte(`\.`)) {
				p.cut()
			}
			p.w.Pos = len(p.w.Buf)
			return nil
		}
		line := b[:i]
		if n := len(line); n > 0 && line[n-1] == '\r' {
			line = line[:n-1]
		}
		if len(line) == 2 && line[0] == '\\' && line[1] == '.' {
			return nil
		}
		if err := p.tables.line(line, o); err != nil {
			return err
		}
	}
}

// line tells the row of one line.
func (s *tables) line(line []byte, o copying) error {
	s.row, s.arena = s.row[:0], s.arena[:0]
	valid := utf8.Valid(line)
	escaped := bytes.IndexByte(line, '\\') >= 0
	for more := true; more && len(s.row) <= maxColumns; {
		var v []byte
		v, line, more = field(line, o.delimiter, escaped)
		if string(v) == o.null {
			s.row = append(s.row, nil)
			continue
		}
		if escaped && bytes.IndexByte(v, '\\') >= 0 {
			from := len(s.arena)
			s.arena = postgresEscapes(s.arena, v, false)
			if v = s.arena[from:]; !utf8.Valid(v) {
				v = s.text(v)
			}
			if u, ok := bytea(v); ok {
				v = blob(nil, u)
			}
		} else if !valid {
			v = s.text(v)
		}
		s.row = append(s.row, v)
	}
	return s.tell()
}

// field cuts the first value off a line. A backslash may stand before a
// delimiter that is part of a value.
func field(line []byte, delimiter byte, escaped bool) (v, rest []byte, more bool) {
	i := bytes.IndexByte(line, delimiter)
	for escaped && i > 0 && trailing(line[:i])%2 == 1 {
		j := bytes.IndexByte(line[i+1:], delimiter)
		if j < 0 {
			return line, nil, false
		}
		i += j + 1
	}
	if i < 0 {
		return line, nil, false
	}
	return line[:i], line[i+1:], true
}
