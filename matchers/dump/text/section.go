package text

import (
	"bytes"
	"slices"
)

// Several tables may stand one after another in a file. A wrong cut is worse
// than a missing one, so a second table is believed only when a row that names
// columns, of another width than the table's, stands behind a blank line or a
// title, or repeats names of the first table, and when the rows behind it are
// as wide as it is.

// sectionRows is how many rows have to follow the names, but at the end of the
// file, where two are enough, and bareRows how many a table without names has to
// have behind a blank line or a title.
const (
	sectionRows = 3
	bareRows    = 8
	maxTitles   = 8 // lines over a table
)

// stretch are rows of one width that follow each other.
type stretch struct{ from, to int }

// tablesOf tells whether the rows of a sample are several tables of their own
// widths, each of which begins as a section does, and where the first stands.
func tablesOf(rows []rowShape) (first stretch, several bool) {
	tables, wide, covered, width := 0, 0, 0, 0
	for i := 0; i < len(rows); {
		from := i
		for i < len(rows) && rows[i].width == rows[from].width {
			i++
		}
		if rows[from].width < 2 {
			continue
		}
		wide += i - from
		switch begun := rows[from]; {
		case begun.width == width: // it goes on behind a line of text
		case begun.named && i-from >= sectionRows || begun.apart && i-from >= bareRows:
			if tables++; tables == 1 {
				first = stretch{from, i}
			}
			width = begun.width
		default:
			continue
		}
		covered += i - from
	}
	return first, tables > 1 && covered*20 >= wide*19 && (first.to-first.from)*8 >= wide
}

// sections tells tables apart in a stream of rows.
type sections struct {
	width   int      // of the table
	header  [][]byte // its first row
	apart   bool     // a blank line or a title stands before this row
	waiting [][][]byte
	bare    bool       // nothing but its names says that what waits is a table
	given   bool       // rows were given to the table
	uneven  bool       // some of them of another width than its own
	run     run        // rows that do not fit
	loose   bool       // the rows that do not fit are no table
	feet    [][][]byte // rows that may stand under it
	early   []byte     // lines that stand before it
	skipped bool       // they are too many to be a table
	last    int        // values in the last row
	titles  [][][]byte // lone values, which may stand over another table
}

// plain tells that a row that fits needs no look.
func (t *sections) plain() bool {
	return t.waiting == nil && !t.apart && len(t.run.rows) == 0 && len(t.feet) == 0 && !t.loose
}

// section takes a row of the table, or of what may be another.
func (o *feed) section(t *sections, sp *splitter, cells [][]byte, apart bool) error {
	if t.header == nil {
		t.header = clones(cells)
	}
	apart, t.apart = apart || t.apart, len(cells) == 1 || blank(cells)
	switch {
	case t.waiting != nil && len(cells) == len(t.waiting[0]):
		if t.waiting = append(t.waiting, clones(cells)); len(t.waiting) < t.enough() {
			return nil
		}
		if t.worded() {
			return o.same(t)
		}
		sp.width = len(cells)
		return o.another(t)
	case t.waiting != nil:
		if err := o.same(t); err != nil {
			return err
		}
	}
	if t.begins(cells, apart) {
		t.waiting, t.bare = [][][]byte{clones(cells)}, !apart && !t.repeats(cells)
		return nil
	}
	if len(cells) == 1 && t.width > 2 && t.given && len(t.titles) < maxTitles {
		t.titles = append(t.titles, clones(cells))
		return nil
	}
	if err := o.same(t); err != nil {
		return err
	}
	t.given, t.uneven = true, t.uneven || len(cells) != t.width
	return o.row(cells, sp.raw)
}

// begins tells a row that another table may begin with: of another width, behind
// a title, with names of the table before, or with names where all rows were of one
// width; of the same width, with both, or with other names behind a blank line.
func (t *sections) begins(cells [][]byte, apart bool) bool {
	switch {
	case len(cells) < 2:
		return false
	case len(cells) != t.width:
		return apart || names(cells) && (t.repeats(cells) || !t.uneven && names(t.header))
	}
	n := t.both(cells)
	return (apart && n == 0 || len(t.titles) > 0 && n > 0 && n < t.width) && names(cells) && names(t.header)
}

// worded tells that rows of the table's width wait in which no column holds numbers,
// dates or addresses under a word: the first of them may be values as well.
func (t *sections) worded() bool {
	if len(t.waiting[0]) != t.width {
		return false
	}
	for j := range t.waiting[0] {
		if !slices.ContainsFunc(t.waiting[1:], func(row [][]byte) bool { k := kindOf(row[j]); return k != number && k != date && k != handle }) {
			return false
		}
	}
	return true
}

// enough is how many rows that wait are a table.
func (t *sections) enough() int {
	if !t.bare && names(t.waiting[0]) {
		return sectionRows + 1
	}
	return bareRows + when(t.bare)
}

// same gives the rows that wait to the table that goes on.
func (o *feed) same(t *sections) error {
	for _, cells := range append(t.titles, t.waiting...) {
		if err := o.row(cells, nil); err != nil {
			return err
		}
	}
	t.given = t.given || len(t.titles)+len(t.waiting) > 0
	t.uneven = t.uneven || len(t.waiting) > 0 && len(t.waiting[0]) != t.width
	t.titles, t.waiting = nil, nil
	return nil
}

// another gives the rows that wait to a table of their own.
func (o *feed) another(t *sections) error {
	t.width, t.header, t.uneven = len(t.waiting[0]), t.waiting[0], false
	for _, title := range t.titles {
		if err := o.aside(title[0]); err != nil {
			return err
		}
	}
	t.titles = nil
	if t.given {
		if err := o.further(); err != nil {
			return err
		}
	}
	return o.same(t)
}

// close gives what waits at the end of the file. A lone value under a wide table
// is a line about it, unless the file is cut there.
func (o *feed) close(t *sections, whole bool) error {
	if whole && t.width > 4 && t.waiting == nil {
		for _, cells := range t.titles {
			if err := o.aside(cells[0]); err != nil {
				return err
			}
		}
		t.titles = nil
	}
	if len(t.waiting) > 0 && len(t.waiting) >= t.enough()-when(names(t.waiting[0])) && !t.worded() { // two rows are enough at the end
		return o.another(t)
	}
	return o.same(t)
}

// repeats tells that most of the names were names of the table before.
func (t *sections) repeats(cells [][]byte) bool {
	both := t.both(cells)
	return both >= 2 && both*5 >= min(len(cells), len(t.header))*3
}

// both counts the values that stand in the first row at the same place.
func (t *sections) both(cells [][]byte) (n int) {
	for i := range min(len(cells), len(t.header)) {
		if bytes.Equal(cells[i], t.header[i]) {
			n++
		}
	}
	return n
}

// names tells a row that can name columns: all different, none empty, none a
// number or an address.
func names(cells [][]byte) bool {
	if len(cells) < 2 || len(cells) > 1024 {
		return false
	}
	for i, v := range cells {
		if v = trimBlank(v); len(v) == 0 || len(v) > 64 || !isLetter(v[0]) || bytes.IndexByte(v, '@') >= 0 {
			return false
		}
		if i > 0 && bytes.Equal(v, trimBlank(cells[i-1])) {
			return false
		}
	}
	return true
}

func blank(cells [][]byte) bool {
	return !slices.ContainsFunc(cells, func(v []byte) bool { return len(trimBlank(v)) > 0 })
}

func clones(cells [][]byte) [][]byte {
	out := make([][]byte, len(cells))
	for i, v := range cells {
		out[i] = bytes.Clone(v)
	}
	return out
}
