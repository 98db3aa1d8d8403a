package object

import (
	"cmp"
	"slices"
	"strings"

	"vigie/internal/charset"
	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// output is where rows and text of a file go.
type output struct {
	v        dump.Visitor
	w        *window.Window
	encoding string
	decode   *charset.Decoder
	tables   map[string]*table
	names    int   // bytes of names kept
	filled   int64 // empty cells given
	warned   map[string]bool
	full     bool
}

func (o *output) warn(code string) {
	if !o.warned[code] {
		o.warned[code] = true
		o.v.Warn(code)
	}
}

// text tells running text that stands beside the tables.
func (o *output) text(where string, key string, value []byte) error {
	if len(value) == 0 || len(value) > maxField {
		return nil
	}
	if where == "" {
		where = "beside the table"
	}
	line := append([]byte(key), ": "...)
	if key == "" {
		line = line[:0]
	}
	line = append(line, o.decode.Decode(nil, value)...)
	return o.v.Text(where, append(line, '\n'))
}

// name is a name as it is told.
func (o *output) name(b []byte) string {
	return strings.ToValidUTF8(string(o.decode.Decode(nil, b)), "\ufffd")
}

// room counts bytes of names.
func (o *output) room(n int) bool {
	if n > maxName || o.names+n > maxNames {
		return false
	}
	o.names += n + nameCost
	return true
}

// table returns the table of a name, nil when there are too many.
func (o *output) table(name string) *table {
	if t := o.tables[name]; t != nil {
		return t
	}
	if len(o.tables) >= maxTables || !o.room(len(name)) {
		if !o.full {
			o.full = true
			o.v.Unread("", dump.CodeTooMany, "it holds more tables than are read: split the file")
		}
		return nil
	}
	t := &table{o: o, name: name, index: map[string]int{}}
	t.root = &node{}
	o.tables[name] = t
	return t
}

// table is a table whose columns come up as its rows are read.
type table struct {
	o     *output
	name  string
	rows  dump.Rows
	names []string // of the columns
	index map[string]int
	told  int   // columns told
	count int64 // rows, refused ones included
	root  *node // the columns by where they stand in a record
	geo   bool  // records are features of a map

	// The row that is being made.
	cells [][]byte
	used  []int
	more  []piece // further values of cells that have one
	arena []byte  // bytes of values that are not as the file has them
	bad   string  // why the row cannot be given
}

// maxPieces bounds the values of a row beside the first of each column.
const maxPieces = 256 << 10

// piece is a value of a cell that has one already.
type piece struct {
	column int
	value  []byte
}

// column returns the number of a column, -1 when there are too many.
func (t *table) column(name string) int {
	if i, ok := t.index[name]; ok {
		return i
	}
	if len(t.names) >= maxColumns || !t.o.room(len(name)) {
		return -1
	}
	t.index[name] = len(t.names)
	t.names = append(t.names, name)
	t.cells = append(t.cells, nil)
	return len(t.names) - 1
}

// put puts a value, which must hold until the row is given, into a column.
func (t *table) put(column int, value []byte) {
	switch {
	case t.bad != "":
	case column < 0 || len(value) > maxField || len(t.more) >= maxPieces:
		t.bad = dump.CodeTooLarge
	case value == nil:
	case t.cells[column] == nil:
		t.cells[column] = value
		t.used = append(t.used, column)
	default:
		t.more = append(t.more, piece{column, value})
	}
}

// keep copies a value that would not hold.
func (t *table) keep(value []byte) []byte {
	from := len(t.arena)
	t.arena = append(t.arena, value...)
	return t.arena[from:len(t.arena):len(t.arena)]
}

// begin tells the visitor of the table.
func (t *table) begin() (err error) {
	if t.rows == nil {
		columns := slices.Clone(t.names)
		t.rows, err = t.o.v.Table(dump.TableInfo{Name: t.name, Encoding: t.o.encoding, Columns: columns, Header: dump.HeaderNo})
		t.told = len(columns)
	}
	return err
}

// drop forgets the row that is being made.
func (t *table) drop() {
	for _, c := range t.used {
		t.cells[c] = nil
	}
	t.used, t.more, t.arena, t.bad = t.used[:0], t.more[:0], t.arena[:0], ""
	if cap(t.arena) > maxField {
		t.arena = nil
	}
}

// refuse counts a row that cannot be given.
func (t *table) refuse(code string) error {
	t.drop()
	if err := t.begin(); err != nil {
		return err
	}
	t.count++
	t.rows.Refuse(code)
	return nil
}

// give gives the row. A row of nothing is none.
func (t *table) give() error {
	if t.bad != "" {
		return t.refuse(t.bad)
	}
	if len(t.used) == 0 {
		return nil
	}
	t.join()
	if t.bad != "" {
		return t.refuse(t.bad)
	}
	if t.o.filled += int64(len(t.cells) - len(t.used)); t.o.filled > filler+fillerPerByte*t.o.w.Total {
		return t.refuse(dump.CodeTooLarge)
	}
	if err := t.begin(); err != nil {
		return err
	}
	if t.told < len(t.names) {
		t.rows.Extend(slices.Clone(t.names[t.told:]))
		t.told = len(t.names)
	}
	t.count++
	t.o.decode.Row(t.cells)
	err := t.rows.Row(t.cells)
	t.drop()
	return err
}

// join joins the values of cells that have several.
func (t *table) join() {
	if len(t.more) == 0 {
		return
	}
	slices.SortStableFunc(t.more, func(a, b piece) int { return cmp.Compare(a.column, b.column) })
	for i := 0; i < len(t.more); {
		c := t.more[i].column
		from := len(t.arena)
		t.arena = append(t.arena, t.cells[c]...)
		for ; i < len(t.more) && t.more[i].column == c; i++ {
			t.arena = append(append(t.arena, "; "...), t.more[i].value...)
		}
		t.cells[c] = t.arena[from:len(t.arena):len(t.arena)]
		if len(t.cells[c]) > maxField {
			t.bad = dump.CodeTooLarge
		}
	}
}
