package sqldump

import (
	"bytes"
	"unicode/utf8"

	"vigie/matchers/dump"
)

// form is how an INSERT gives its values.
type form uint8

const (
	formNone   form = iota
	formValues      // VALUES (..), (..)
	formSelect      // SELECT .. UNION SELECT ..
	formSet         // SET a = 1, b = 2
)

// head is an INSERT up to its values.
type head struct {
	table   []string
	columns []string
	form    form
}

// insert reads a statement that puts rows into a table.
func (p *parser) insert() error {
	var h head
	var start []byte
	ok := p.parse(func(c *cursor) { h = c.head(); start = c.b[:c.i] })
	if !ok || h.form == formNone {
		return p.skip()
	}
	p.header = append(p.header[:0], start...)
	p.into, p.columns = p.tables.find(h.table), h.columns
	if p.into == nil || len(h.columns) > maxColumns {
		p.header = p.header[:0]
		return p.skip()
	}
	if p.form = h.form; p.form != formValues {
		p.header = p.header[:0]
	}
	return p.fill()
}

// fill reads the rows of a statement whose head is known.
func (p *parser) fill() error {
	if p.form == formSelect {
		return p.selects()
	}
	if err := p.tables.begin(p.into, p.columns); err != nil {
		return err
	}
	if p.form == formSet {
		return p.setRow()
	}
	return p.rowList()
}

// head reads INSERT, REPLACE or MERGE, options, INTO, the table, its columns, and
// the word before the values.
func (c *cursor) head() (h head) {
	if c.word("insert", "replace", "upsert", "merge", "into") {
		c.take()
	}
	for c.word("into", "ignore", "low_priority", "high_priority", "delayed", "or", "replace", "abort", "fail", "rollback", "overwrite", "all", "first", "only", "table") {
		c.take()
	}
	if h.table = c.names(); h.table == nil {
		return h
	}
	for n := 0; n < 64; n++ {
		switch {
		case c.word("values", "value"):
			t := c.take()
			if t.end-t.start == len("value") && !c.punct('(') { // OVERRIDING SYSTEM VALUE
				continue
			}
			h.form = formValues
			return h
		case c.word("select"):
			c.take()
			h.form = formSelect
			return h
		case c.word("set"):
			c.take()
			h.form = formSet
			return h
		case c.word("partition", "key", "with", "output"):
			c.take()
			c.parens()
		case c.punct('('):
			save := c.i
			list := c.list()
			if list == nil { // ( SELECT ..
				c.i = save
				c.take()
				if !c.word("select") {
					return h
				}
				continue
			}
			h.columns = list
		case c.punct(';') || c.ended():
			return h
		default:
			c.take()
		}
	}
	return h
}

// rowList reads (..), (..), .. to the end of the statement.
func (p *parser) rowList() error {
	for {
		start, ok := p.open()
		if !ok {
			return p.skip()
		}
		n, st := p.row(&p.lexer, start)
		good := true
		switch {
		case st == rowMore && p.fetch():
			continue
		case st == rowMore && p.last:
			p.cut()
			return nil
		case st == rowMore:
			p.tables.refuse(dump.CodeTooLarge)
			if err := p.pass(); err != nil {
				return err
			}
		case st == rowBad:
			good = false
		case p.columns != nil && len(p.cells) != len(p.columns) && len(p.cells) <= maxColumns:
			good = false
		default:
			if err := p.tell(p.lexer); err != nil {
				return err
			}
			p.w.Pos += n
		}
		if !good {
			if again, err := p.resumeAfter(n); !again {
				return err
			}
			continue
		}
		if more, err := p.comma(); !more || err != nil {
			return err
		}
	}
}

// open finds the parenthesis that opens a row and returns the place behind it.
func (p *parser) open() (int, bool) {
	for {
		p.b, p.last = p.w.Rest(), p.w.Last
		if len(p.b) > 0 && p.b[0] == '(' {
			return 1, true
		}
		c := p.cursor()
		for c.word("row") {
			c.take()
		}
		if t := c.peek(); !c.short {
			p.w.Pos += t.start
			p.b = p.w.Rest()
			return 1, len(p.b) > 0 && p.b[0] == '('
		}
		if !p.fetch() {
			return 0, false
		}
	}
}

// comma passes over the comma before the next row. Without one it goes to the
// end of the statement.
func (p *parser) comma() (bool, error) {
	for {
		b := p.w.Rest()
		i := 0
		for i < len(b) && space(b[i]) {
			i++
		}
		if i < len(b) && b[i] == ',' {
			p.w.Pos += i + 1
			return true, nil
		}
		if i < len(b) && b[i] == ';' && p.delimiter == ";" {
			p.w.Pos += i + 1
			return false, nil
		}
		c := p.cursor()
		switch {
		case c.punct(','):
			p.w.Pos += c.peek().end
			return true, nil
		case c.word("into"): // INSERT ALL INTO .. VALUES .. INTO ..
			return false, p.insert()
		case c.word("insert", "create", "set", "go", "update", "commit"):
			return false, nil
		case c.short && p.fetch():
		default:
			return false, p.skip()
		}
	}
}

// selects reads SELECT .. UNION ALL SELECT .., of which rows without a table
// are values.
func (p *parser) selects() error {
	for {
		c := p.cursor()
		n, st := p.selected(&c.lexer, 0)
		switch {
		case st == rowMore && p.fetch():
			continue
		case st != rowRead || len(p.cells) == 0 || !p.constant(c.lexer):
			return p.skip()
		}
		if err := p.tables.begin(p.into, p.columns); err != nil {
			return err
		}
		if p.columns != nil && len(p.columns) != len(p.cells) {
			p.tables.refuse(dump.CodeDamaged)
		} else if err := p.tell(c.lexer); err != nil {
			return err
		}
		p.w.Pos += n
		again := false
		if !p.parse(func(c *cursor) {
			if again = c.word("union"); again {
				c.take()
				for c.word("all", "distinct", "select") || c.punct('(') {
					c.take()
				}
			}
		}) || !again {
			return p.skip()
		}
	}
}

// constant says whether every value of a SELECT's row is one that is told by
// itself: a bare name is a column of another table.
func (p *parser) constant(x lexer) bool {
	b := x.b
	for _, c := range p.cells {
		if evaluate(x, b[c.start:c.end]).sort == sortOpaque && !bytes.ContainsAny(b[c.start:c.end], "('@") {
			return false
		}
	}
	return true
}

// setRow reads SET a = 1, b = 'x': one row.
func (p *parser) setRow() error {
	for {
		var columns []string
		p.cells = p.cells[:0]
		c := p.cursor()
		for {
			name := c.names()
			if name == nil || !c.punct('=') || len(columns) > maxColumns {
				break
			}
			c.take()
			columns = append(columns, name[len(name)-1])
			start := c.peek().start
			for !c.ended() && !c.punct(',') && !c.punct(';') && !c.word("on") {
				if c.punct('(') {
					c.parens()
				} else {
					c.take()
				}
			}
			p.cells = append(p.cells, cell{start, c.i, cellExpression})
			if !c.punct(',') {
				break
			}
			c.take()
		}
		if c.short && p.fetch() {
			continue
		}
		if len(columns) > 0 {
			if err := p.tables.begin(p.into, columns); err != nil {
				return err
			}
			if err := p.tell(c.lexer); err != nil {
				return err
			}
		}
		p.w.Pos += c.i
		return p.skip()
	}
}

// tell tells the row whose cells x cut.
func (p *parser) tell(x lexer) error {
	b := x.b
	s := p.tables
	s.row, s.arena = s.row[:0], s.arena[:0]
	if len(p.cells) == 0 {
		return nil
	}
	whole := b[p.cells[0].start:p.cells[len(p.cells)-1].end]
	valid := utf8.Valid(whole)
	for _, c := range p.cells {
		raw := b[c.start:c.end]
		switch c.sort {
		case cellNull:
			s.row = append(s.row, nil)
			continue
		case cellText, cellQuoted:
			if c.sort == cellQuoted {
				from := len(s.arena)
				s.arena = unquote(s.arena, raw, '\'', x.esc)
				raw = s.arena[from:]
			}
			if len(raw) > 1 && raw[0] == '\\' && raw[1] == 'x' {
				if v, ok := bytea(raw); ok {
					raw = blob(nil, v)
				}
			}
		case cellExpression:
			raw = s.present(evaluate(x, raw))
		}
		if !valid || c.sort >= cellQuoted {
			raw = s.text(raw)
		}
		s.row = append(s.row, raw)
	}
	return s.tell()
}

// present is how a value is told.
func (s *tables) present(v value) []byte {
	switch {
	case v.sort == sortNull:
		return nil
	case v.sort == sortBytes:
		return blob(make([]byte, 0, 2*len(v.text)), v.text)
	case v.text == nil:
		return []byte{}
	}
	if u, ok := bytea(v.text); ok {
		return blob(nil, u)
	}
	return v.text
}
