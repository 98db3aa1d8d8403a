package sqldump

import (
	"strings"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// maxSchema bounds what is kept of names, in bytes: of tables and their columns.
const maxSchema = 32 << 20

// table is a table that the file creates or fills.
type table struct {
	name     string
	declared []string // by CREATE TABLE
	told     bool
	out      []string // the columns as told
	index    map[string]int
	rows     dump.Rows
	list     []string // the column list of the last statement
	place    []int    // where its values go; nil: where they stand
}

// tables keeps the tables of a file and tells their rows.
type tables struct {
	v        dump.Visitor
	encoding string
	decode   *charset.Decoder
	esc      escapes
	known    map[string]*table
	names    map[string]bool // taken
	order    []*table
	size     int
	full     bool
	database string // of USE, SET search_path
	current  *table
	row      [][]byte
	mapped   [][]byte
	arena    []byte
}

// find returns the table of a name of one to four parts, and remembers it when
// it is new. It is nil when there are too many.
func (s *tables) find(parts []string) *table {
	if len(parts) == 0 {
		return nil
	}
	name := parts[len(parts)-1]
	schema := ""
	if len(parts) > 1 {
		schema = parts[len(parts)-2]
	}
	if isDefault(schema) || strings.EqualFold(schema, s.database) {
		schema = ""
	}
	key := strings.ToLower(s.database + "\x00" + schema + "\x00" + name)
	if t := s.known[key]; t != nil {
		return t
	}
	if len(s.order) >= dump.MaxEntries || !s.room(2*len(key)+200) {
		return nil
	}
	for _, prefix := range []string{"", schema + ".", s.database + ".", s.database + "." + schema + "."} {
		if full := prefix + name; prefix != "." && !s.names[full] {
			name = full
			break
		}
	}
	t := &table{name: name}
	s.known[key], s.names[name] = t, true
	s.order = append(s.order, t)
	return t
}

// isDefault says whether a schema is the one that goes without saying.
func isDefault(schema string) bool {
	switch strings.ToLower(schema) {
	case "", "public", "dbo", "main":
		return true
	}
	return false
}

// room counts what is kept.
func (s *tables) room(n int) bool {
	if s.size += n; s.size <= maxSchema {
		return true
	}
	if !s.full {
		s.full = true
		s.v.Unread("", dump.CodeTooMany, "too many tables or columns are named: split the file")
	}
	return false
}

// declare keeps the columns that a table is created with.
func (s *tables) declare(t *table, columns []string) {
	n := 0
	for _, c := range columns {
		n += len(c) + 16
	}
	if len(columns) <= maxColumns && s.room(n) {
		t.declared = columns
	}
}

// begin makes t the table whose rows follow, with values for the given columns;
// nil means those it was created with.
func (s *tables) begin(t *table, columns []string) error {
	if columns == nil {
		columns = t.declared
	}
	if !t.told {
		t.out, t.told = columns, true
	}
	if s.current != t {
		info := dump.TableInfo{Name: t.name, Encoding: s.encoding, Columns: t.out, Header: dump.HeaderNo}
		rows, err := s.v.Table(info)
		if err != nil {
			return err
		}
		t.rows, s.current = rows, t
	}
	if !same(columns, t.list) {
		t.list = columns
		s.arrange(t)
	}
	return nil
}

func same(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// arrange says where the values of the list go among the columns told.
func (s *tables) arrange(t *table) {
	t.place = nil
	if len(t.list) == 0 || same(t.list, t.out) {
		return
	}
	if t.index == nil {
		t.index = make(map[string]int, len(t.out))
		for i, c := range t.out {
			t.index[strings.ToLower(c)] = i
		}
	}
	place := make([]int, len(t.list))
	for i, c := range t.list {
		at, ok := t.index[strings.ToLower(c)]
		if !ok {
			at = -1
			if len(t.out) < maxColumns && s.room(len(c)+64) {
				at = len(t.out)
				t.index[strings.ToLower(c)] = at
				t.out = append(t.out[:at:at], c)
				t.rows.Extend([]string{c})
			}
		}
		place[i] = at
	}
	t.place = place
}

// rest tells the tables that have no rows.
func (s *tables) rest() error {
	for _, t := range s.order {
		if !t.told && t.declared != nil {
			if err := s.begin(t, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// refuse counts a row of the current table that cannot be read.
func (s *tables) refuse(code string) {
	if s.current != nil {
		s.current.rows.Refuse(code)
	}
}

// tell tells the row in s.row.
func (s *tables) tell() error {
	t := s.current
	if len(s.row) > maxColumns {
		t.rows.Refuse(dump.CodeTooLarge)
		return nil
	}
	for _, c := range s.row {
		if len(c) > maxField {
			t.rows.Refuse(dump.CodeTooLarge)
			return nil
		}
	}
	if t.place == nil {
		return t.rows.Row(s.row)
	}
	s.mapped = append(s.mapped[:0], make([][]byte, len(t.out))...)
	for i, c := range s.row {
		if i < len(t.place) && t.place[i] >= 0 {
			s.mapped[t.place[i]] = c
		}
	}
	return t.rows.Row(s.mapped)
}
