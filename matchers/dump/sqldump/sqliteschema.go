package sqldump

import "strings"

// column is a column by its definition.
type column struct {
	name     string
	typeName string
	initial  []byte // what DEFAULT gives, for rows older than the column
	virtual  bool   // computed when it is read: not in the record
}

// layout is how the records of a table are made up.
type layout struct {
	columns []column
	key     []string // the primary key
	noRowid bool     // WITHOUT ROWID: the key's columns stand first
	alias   int      // the column that is the rowid, or -1
	order   []int    // the column of each value of a record
}

// parseLayout reads the CREATE TABLE that sqlite_schema keeps. Without columns,
// values are told as they stand.
func parseLayout(sql string) *layout {
	c := &cursor{lexer: lexer{b: []byte(sql), last: true, esc: escapesOff}}
	for !c.ended() && !c.word("table") {
		c.take()
	}
	c.take()
	for c.word("if", "not", "exists") {
		c.take()
	}
	c.names()
	l := &layout{alias: -1}
	if !c.punct('(') {
		return l
	}
	for more := true; more && len(l.columns) <= maxColumns; {
		c.take()
		if c.peek().kind == kindWord && c.constraint() {
			l.constraint(c)
		} else {
			l.define(c)
		}
		more = c.punct(',')
	}
	c.take()
	for ; !c.ended(); c.take() {
		l.noRowid = l.noRowid || c.word("without")
	}
	l.arrange()
	return l
}

// define reads one column.
func (l *layout) define(c *cursor) {
	name, ok := c.name()
	if !ok {
		return
	}
	col := column{name: name}
	typed := true
	for !c.ended() && !c.punct(',') && !c.punct(')') {
		t := c.peek()
		if typed && t.kind == kindWord && isAny(c.text(t), "constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references", "generated", "as") {
			typed = false
		}
		switch {
		case c.punct('('):
			c.parens()
			continue
		case typed:
			col.typeName += strings.ToLower(string(c.text(t))) + " "
		case c.word("primary"):
			l.key = append(l.key, name)
		case c.word("generated", "as"):
			col.virtual = true
		case c.word("stored"):
			col.virtual = false
		case c.word("default"):
			c.take()
			col.initial = c.initial()
			continue
		}
		c.take()
	}
	col.typeName = strings.TrimSpace(col.typeName)
	l.columns = append(l.columns, col)
}

// initial reads the value behind DEFAULT.
func (c *cursor) initial() []byte {
	start := c.peek().start
	if c.punct('(') {
		c.parens()
	} else {
		if c.punct('-') || c.punct('+') {
			c.take()
		}
		c.take()
	}
	v := evaluate(lexer{esc: escapesOff, values: true}, c.b[start:c.i])
	return new(tables).present(v)
}

// constraint reads PRIMARY KEY (a, b), and passes over others.
func (l *layout) constraint(c *cursor) {
	for !c.ended() && !c.punct(',') && !c.punct(')') {
		if c.word("primary") {
			c.take()
			c.take()
			if c.punct('(') {
				l.key = append(l.key, c.keys()...)
				continue
			}
		}
		if c.punct('(') {
			c.parens()
			continue
		}
		c.take()
	}
}

// keys reads ( a COLLATE x DESC, b ).
func (c *cursor) keys() (names []string) {
	for more := true; more; {
		c.take()
		if name, ok := c.name(); ok {
			names = append(names, name)
		}
		c.rest()
		more = c.punct(',')
	}
	c.take()
	return names
}

// arrange says which column each value of a record is.
func (l *layout) arrange() {
	if l.noRowid {
		taken := map[int]bool{}
		for _, k := range l.key {
			if i := l.find(k); i >= 0 && !taken[i] {
				taken[i] = true
				l.order = append(l.order, i)
			}
		}
		for i, c := range l.columns {
			if !taken[i] && !c.virtual {
				l.order = append(l.order, i)
			}
		}
		return
	}
	for i, c := range l.columns {
		if !c.virtual {
			l.order = append(l.order, i)
		}
	}
	if len(l.key) == 1 {
		if i := l.find(l.key[0]); i >= 0 && l.columns[i].typeName == "integer" {
			l.alias = i
		}
	}
}

func (l *layout) find(name string) int {
	for i, c := range l.columns {
		if strings.EqualFold(c.name, name) {
			return i
		}
	}
	return -1
}

// names are the columns that are stored, in the order of the table.
func (l *layout) names() []string {
	var names []string
	for _, c := range l.columns {
		if !c.virtual {
			names = append(names, c.name)
		}
	}
	return names
}

// row puts the values of a record in the order of the table.
func (l *layout) row(db *database, rowid int64, cells []stored, dst [][]byte) [][]byte {
	if len(l.columns) == 0 {
		for _, c := range cells {
			dst = append(dst, c.text(db))
		}
		return dst
	}
	at := make([][]byte, len(l.columns))
	for i, col := range l.order {
		switch {
		case i >= len(cells):
			at[col] = l.columns[col].initial
		case col == l.alias && cells[i].sort == storedNull:
			at[col] = stored{sort: storedInteger, n: rowid}.text(db)
		default:
			at[col] = l.columns[col].told(cells[i]).text(db)
		}
	}
	for i, c := range l.columns {
		if !c.virtual {
			dst = append(dst, at[i])
		}
	}
	return dst
}

// told undoes how SQLite keeps whole numbers of a column of reals: as integers.
func (c column) told(s stored) stored {
	if s.sort == storedInteger && (strings.Contains(c.typeName, "real") || strings.Contains(c.typeName, "floa") || strings.Contains(c.typeName, "doub")) && !strings.Contains(c.typeName, "int") {
		return stored{sort: storedReal, f: float64(s.n)}
	}
	return s
}
