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
// file, where two are enough.
const sectionRows = 3

// sections tells tables apart in a stream of rows.
type sections struct {
	width   int      // of the table
	header  [][]byte // its first row
	apart   bool     // a blank line or a title stands before this row
	waiting [][][]byte
	given   bool       // rows were given to the table
	run     run        // rows that do not fit
	loose   bool       // the rows that do not fit are no table
	feet    [][][]byte // rows that may stand under it
	early   []byte     // lines that stand before it
	skipped bool       // they are too many to be a table
	last    int        // values in the last row
	title   [][]byte   // a lone value behind a blank line, which may be the title of another table
}

// plain tells that a row that fits needs no look.
func (t *sections) plain() bool {
	return t.waiting == nil && !t.apart && len(t.run.rows) == 0 && len(t.feet) == 0 && !t.loose
}

// section takes a row of the table, or of what may be another.
func (o *feed) section(t *sections, sp *splitter, cells [][]byte, apart bool) error {
	gap := apart
	if t.header == nil {
		t.header = clones(cells)
	}
	apart, t.apart = apart || t.apart, len(cells) == 1 || blank(cells)
	switch {
	case t.waiting != nil && len(cells) == len(t.waiting[0]):
		if t.waiting = append(t.waiting, clones(cells)); len(t.waiting) <= sectionRows {
			return nil
		}
		sp.width = len(cells)
		return o.another(t)
	case t.waiting != nil:
		if err := o.same(t); err != nil {
			return err
		}
	}
	if len(cells) != t.width && names(cells) && (apart || t.repeats(cells)) {
		t.waiting = [][][]byte{clones(cells)}
		return nil
	}
	if err := o.same(t); err != nil {
		return err
	}
	if gap && len(cells) == 1 && t.width > 2 && isTitle(cells[0]) {
		t.title = clones(cells)
		return nil
	}
	t.given = true
	return o.row(cells, sp.raw)
}

// same gives the rows that wait to the table that goes on.
func (o *feed) same(t *sections) error {
	if t.title != nil {
		title := t.title
		t.title, t.given = nil, true
		if err := o.row(title, nil); err != nil {
			return err
		}
	}
	for _, cells := range t.waiting {
		if err := o.row(cells, nil); err != nil {
			return err
		}
	}
	t.given = t.given || t.waiting != nil
	t.waiting = nil
	return nil
}

// another gives the rows that wait to a table of their own.
func (o *feed) another(t *sections) error {
	t.width, t.header = len(t.waiting[0]), t.waiting[0]
	if t.title != nil {
		title := t.title[0]
		t.title = nil
		if err := o.aside(title); err != nil {
			return err
		}
	}
	if t.given {
		if err := o.further(); err != nil {
			return err
		}
	}
	return o.same(t)
}

// close gives what waits at the end of the file.
func (o *feed) close(t *sections) error {
	if len(t.waiting) >= sectionRows {
		return o.another(t)
	}
	return o.same(t)
}

// repeats tells that most of the names were names of the table before.
func (t *sections) repeats(cells [][]byte) bool {
	n, both := min(len(cells), len(t.header)), 0
	for i := range n {
		if bytes.Equal(cells[i], t.header[i]) {
			both++
		}
	}
	return both >= 2 && both*5 >= n*3
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

// isTitle tells a few words without a digit.
func isTitle(v []byte) bool {
	v = trimBlank(v)
	return len(v) > 2 && len(v) <= 64 && isLetter(v[0]) && signsOf(v).digits == 0 && bytes.IndexByte(v, '@') < 0
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
