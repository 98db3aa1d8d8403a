package sqldump

import "strings"

// create is a CREATE: of a table it keeps the columns, and the body of a program
// it passes over, since the INSERTs in it are none of the dump's.
func (p *parser) create() error {
	var parts, columns, like []string
	program := false
	ok := p.parse(func(c *cursor) {
		parts, columns, like, program = nil, nil, nil, false
		c.take()
		for n := 0; n < 16 && !c.ended(); n++ {
			if c.word("function", "procedure", "trigger", "package", "event") {
				program = true
				return
			}
			if c.word("table") {
				c.take()
				break
			}
			if c.word("view", "index", "type", "database", "schema", "user", "sequence") || c.punct(';') {
				return
			}
			c.take()
		}
		for c.word("if", "not", "exists") {
			c.take()
		}
		parts = c.names()
		switch {
		case c.word("like"):
			c.take()
			like = c.names()
		case c.word("partition"): // PARTITION OF parent
			c.take()
			c.take()
			like = c.names()
		case c.punct('('):
			columns = c.definitions()
		}
		if c.word("inherits") {
			c.take()
			if c.punct('(') {
				like = c.list()
			}
		}
	})
	switch {
	case program:
		return p.body()
	case !ok || len(parts) == 0:
		return p.skip()
	}
	if len(like) > 0 {
		if parent := p.tables.find(like); parent != nil {
			columns = append(append([]string{}, parent.declared...), columns...)
		}
	}
	if t := p.tables.find(parts); t != nil && columns != nil {
		p.tables.declare(t, columns)
	}
	return p.skip()
}

// definitions reads ( name type .., name type .., constraint .. ).
func (c *cursor) definitions() []string {
	columns := []string{}
	c.take()
	for !c.ended() {
		t := c.peek()
		if t.kind == kindWord && c.constraint() {
			c.rest()
		} else if name, ok := c.name(); ok {
			columns = append(columns, name)
			c.rest()
		} else if !c.punct(')') {
			c.rest()
		}
		if c.punct(')') {
			c.take()
			return columns
		}
		c.take()
	}
	return columns
}

// constraint says whether what follows in a CREATE TABLE is no column. KEY and
// the like may be the name of one: then a type follows, and not what they key.
func (c *cursor) constraint() bool {
	switch {
	case c.word("constraint", "primary", "foreign", "check", "exclude", "unique"):
	case c.word("key", "index", "fulltext", "spatial", "period", "like"):
		save := c.i
		defer func() { c.i = save }()
		like := c.word("like")
		c.take()
		return like || c.punct('(') || c.word("key", "index", "for") || c.keyed()
	default:
		return false
	}
	return true
}

// keyed says whether a name and then a parenthesis or USING follow: KEY `n` (`a`).
// The parenthesis of a type, as in key varchar(20), holds a number.
func (c *cursor) keyed() bool {
	if c.peek().kind == kindName {
		return true
	}
	c.take()
	if c.word("using", "type", "on") {
		return true
	}
	if !c.punct('(') {
		return false
	}
	c.take()
	t := c.peek()
	return t.start < len(c.b) && (c.b[t.start] < '0' || c.b[t.start] > '9')
}

// rest goes to the comma or the parenthesis that ends a definition.
func (c *cursor) rest() {
	for !c.ended() && !c.punct(',') && !c.punct(')') && !c.punct(';') {
		if c.punct('(') {
			c.parens()
		} else {
			c.take()
		}
	}
}

// body passes over the body of a program. It ends at the END that matches its
// first BEGIN, at a semicolon when it has none, or at a line GO or /.
func (p *parser) body() error {
	depth, begun, declares, literal := 0, false, false, false
	after := false // the last word was END
	return p.stream(false, func(c *cursor, t token) walk {
		b := c.b[t.start:t.end]
		w := p.ends(c, t)
		semicolon := p.delimiter == ";" && w == walkBehind && b[0] == ';'
		ended := after
		after = false
		switch {
		case semicolon && depth <= 0 && (begun || literal || !declares):
			return walkBehind
		case semicolon:
			return walkOn
		case w != walkOn:
			return w
		case t.kind == kindString:
			literal = true
		case t.kind != kindWord || p.delimiter != ";":
		case isAny(b, "begin"):
			depth++
			begun = true
		case isAny(b, "case") && !ended:
			depth++
		case isAny(b, "if", "loop", "while", "repeat", "for") && ended:
			depth++ // END IF closes nothing that was counted
		case isAny(b, "end"):
			depth--
			after = true
		case isAny(b, "is", "as", "declare"):
			declares = true
		}
		return walkOn
	})
}

// alter is an ALTER TABLE: it may add, drop or rename columns after CREATE TABLE
// and before rows without a column list.
func (p *parser) alter() error {
	var t *table
	var columns []string
	if !p.parse(func(c *cursor) {
		t = nil
		c.take()
		if !c.word("table") {
			return
		}
		c.take()
		for c.word("if", "exists", "only", "ignore") {
			c.take()
		}
		parts := c.names()
		if c.short || len(parts) == 0 {
			return
		}
		if t = p.tables.find(parts); t != nil {
			columns = c.changes(append([]string(nil), t.declared...))
		}
	}) || t == nil {
		return p.skip()
	}
	if !t.told && t.declared != nil && !same(columns, t.declared) {
		p.tables.declare(t, columns)
	}
	return p.skip()
}

// changes applies ADD, DROP, RENAME and CHANGE of columns.
func (c *cursor) changes(columns []string) []string {
	for n := 0; n < maxColumns && !c.ended(); n++ {
		switch {
		case c.word("add"):
			c.take()
			for c.word("column", "if", "not", "exists") {
				c.take()
			}
			if c.punct('(') {
				columns = append(columns, c.definitions()...)
			} else if !c.constraint() {
				columns = c.added(columns)
			}
		case c.word("drop", "rename", "change"):
			columns = c.changed(columns)
		}
		c.rest()
		if !c.punct(',') {
			return columns
		}
		c.take()
	}
	return columns
}

// added reads name type .. [FIRST | AFTER name].
func (c *cursor) added(columns []string) []string {
	name, ok := c.name()
	if !ok {
		return columns
	}
	at := len(columns)
	for !c.ended() && !c.punct(',') && !c.punct(';') {
		switch {
		case c.word("first"):
			at = 0
			c.take()
		case c.word("after"):
			c.take()
			if before, ok := c.name(); ok {
				if i := position(columns, before); i >= 0 {
					at = i + 1
				}
			}
		case c.punct('('):
			c.parens()
		default:
			c.take()
		}
	}
	out := append(append([]string{}, columns[:at]...), name)
	return append(out, columns[at:]...)
}

// changed reads DROP COLUMN a, RENAME COLUMN a TO b, CHANGE a b type.
func (c *cursor) changed(columns []string) []string {
	drop, change := c.word("drop"), c.word("change")
	c.take()
	if !change && !c.word("column") {
		return columns
	}
	for c.word("column", "if", "exists") {
		c.take()
	}
	name, _ := c.name()
	i := position(columns, name)
	if i < 0 {
		return columns
	}
	if drop {
		return append(columns[:i], columns[i+1:]...)
	}
	if c.word("to") {
		c.take()
	}
	if to, ok := c.name(); ok {
		columns[i] = to
	}
	return columns
}

func position(columns []string, name string) int {
	for i, c := range columns {
		if strings.EqualFold(c, name) {
			return i
		}
	}
	return -1
}
