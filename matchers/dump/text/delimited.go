package text

import (
	"bytes"
	"errors"
	"io"
	"slices"

	"vigie/matchers/dump"
)

// delimited reads rows with delimiters.
func (o *feed) delimited(sp *splitter, sh shape, s *sample) error {
	o.info.Dialect.Delimiter = string(o.decode.Decode(nil, sh.delim))
	if sh.quote != 0 {
		o.info.Dialect.Quote, o.info.Dialect.Escape = string(sh.quote), string(sh.escape)
	}
	if sh.width == 1 && !bytes.Contains(s.text, []byte{','}) {
		o.info.Dialect.Delimiter = "," // a list is a CSV file of one column
	}
	if sh.width > 1 || s.ends[2] > 0 && s.ends[0]+s.ends[1] > 0 {
		sp.width = sh.width
	}
	o.brackets = string(sh.delim) == " " && inBrackets(s)
	if sh.sep {
		if _, _, err := sp.next(); err != nil {
			return o.end(err)
		}
	}
	titles := 0 // rows before the names of columns
	if sh.headed && sh.fit > 0.9 && sh.title <= titleRows && !s.plain {
		titles = sh.title
	}
	if sh.width == 2 {
		sh.skip = max(titles, s.banner(sh.delim))
	}
	sp.before = sh.width > 2 || sh.width == 2 && sh.skip > 0
	unnamed := s.rowNames(sh)
	t := &sections{width: sh.width}
	for past := sp.lines; ; past = sp.lines {
		if o.whole != nil && t.header != nil && t.plain() {
			if given, err := o.standing(sp, t.width); err != nil {
				return err
			} else if given {
				t.last = t.width
				continue
			}
		}
		cells, code, err := sp.next()
		if err != nil {
			return o.ended(t, sp, sh, err)
		}
		if unnamed && code == "" {
			unnamed = false
			if t.header == nil && len(cells) == sh.width-1 {
				cells = append([][]byte{{}}, cells...)
			}
		}
		gap := sp.line > past+1
		if sp.before && code == "" {
			titles--
			if sh.skip--; sh.skip >= 0 && (titles >= 0 || sh.outside(cells)) {
				if err := o.before(t, sp.text, sp, gap); err != nil {
					return err
				}
				continue
			}
		}
		if o.rows == nil {
			if err := o.opened(t, sp); err != nil {
				return err
			}
		}
		if code != "" {
			o.rows.Refuse(code)
			continue
		}
		t.last = len(cells)
		if t.last == t.width && t.header != nil && !sp.other && t.plain() && (!gap || !names(cells)) && (len(cells[t.last-1]) > 0 || !foot(cells, t.width)) {
			err = o.row(cells, sp.raw)
		} else if next, sample, ok := o.hold(t, sp, cells, gap, sh, &err); ok {
			return o.delimited(sp, next, sample)
		}
		if err != nil {
			return err
		}
	}
}

// opened begins a table at its first row.
func (o *feed) opened(t *sections, sp *splitter) error {
	sp.before = false
	if err := o.begun(t, sp); err != nil {
		return err
	}
	if err := o.further(); err != nil {
		return err
	}
	if o.warn != "" {
		o.rows.Warn(o.warn)
		o.warn = ""
	}
	return nil
}

// further begins the next table.
func (o *feed) further() error {
	if o.tables++; o.tables > 1 {
		o.info.Name = tableName(o.tables)
	}
	return o.begin()
}

// hold takes a row that is not as the table's are. ok says that another table
// begins, whose rows are put back.
func (o *feed) hold(t *sections, sp *splitter, cells [][]byte, gap bool, sh shape, fault *error) (next shape, s *sample, ok bool) {
	fits := len(cells) == t.width && !sp.other
	if len(t.feet) > 0 && !foot(cells, t.width) {
		gap = gap || len(t.feet[len(t.feet)-1]) == 1
		raw := sp.raw
		*fault = o.feet(t, gap || len(cells) == 1 || slices.EqualFunc(cells, t.header, bytes.Equal))
		sp.raw = raw
	}
	if *fault == nil && fits && len(t.run.rows) > 0 {
		sp.raw = nil // of this row, not of those that waited
		*fault = o.settled(t, sp, sh)
	}
	t.loose = t.loose && !fits
	switch {
	case *fault != nil:
	case t.header != nil && t.waiting == nil && len(t.run.rows) == 0 && len(t.feet) < maxFeet && foot(cells, t.width):
		t.feet = append(t.feet, clones(cells))
	case fits || t.waiting != nil || t.header == nil || t.loose || sp.limit > 0 || t.width < 2:
		*fault = o.misfit(t, sp, cells, gap, sh)
	default:
		if t.run.add(cells, sp.text, gap, sp.newline); len(t.run.rows) < runRows && len(t.run.text) < runBytes {
			return next, nil, false
		}
		if next, s, ok = o.table(t.run.text, sp.dialect, t.width); ok {
			sp.back(t.run.text)
			sp.dialect, o.rows = next.dialect, nil
			next.skip = 0
			return next, s, true
		}
		t.loose, sp.raw = true, nil
		*fault = o.settled(t, sp, sh)
	}
	return next, nil, false
}

// ended gives what waits at the end of a file.
func (o *feed) ended(t *sections, sp *splitter, sh shape, end error) error {
	if o.rows == nil && (o.tables == 0 || t.early != nil) {
		if err := o.opened(t, sp); err != nil {
			return err
		}
	}
	if o.rows == nil {
		return o.end(end)
	}
	sp.raw = nil
	if err := o.feet(t, true); err != nil {
		return err
	}
	if sp.ended && !sp.cut && t.waiting == nil && !sp.padded && t.run.notes(t.width) {
		text := t.run.text
		t.run = run{}
		if err := o.texts(text, sp.newline); err != nil {
			return err
		}
	}
	if err := o.settled(t, sp, sh); err != nil {
		return err
	}
	if err := o.close(t, sp.ended && !sp.cut); err != nil {
		return err
	}
	switch {
	case !errors.Is(end, io.EOF):
	case !sp.cut && !sp.ended && t.last < t.width && t.last > 0:
		o.rows.Warn(dump.WarningCutLastRow)
	case sp.cut:
		o.rows.Warn(dump.WarningCutInQuotes)
	}
	if err := o.flush(); err != nil {
		return err
	}
	return o.end(end)
}

// outside tells a row that stands before a table: a title, a date, a line of
// blanks. A row that could be a short header or the first of the table is not.
func (sh *shape) outside(cells [][]byte) bool {
	filled, last := 0, -1
	for i, v := range cells {
		if len(trimBlank(v)) > 0 {
			filled++
			last = i
		}
	}
	switch {
	case filled == 0:
		return true
	case len(cells) != sh.width:
		return filled*5 < sh.filled*3 || len(cells) == 1 || cells[0] != nil && bytes.HasPrefix(cells[0], []byte{'#'})
	}
	return last == 0 && sh.filled > 2 || last == 1 && sh.filled > 5
}
