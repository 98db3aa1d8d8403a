package text

import (
	"bytes"

	"vigie/matchers/dump"
)

// What does not fit a table is not junk before it is looked at: lines that
// follow each other and do not fit may be a table of their own, written in
// another dialect. They are held, as they stand and as they were cut, until one
// fits again, until they are enough to tell, or until the file ends.

// Bounds of lines that are held.
const (
	runRows     = 64       // of a run behind the begin of a table; then it is told what they are
	runBytes    = 64 << 10 // likewise
	runBefore   = 4 << 20  // bytes that may stand before a table and be one
	runTries    = 64       // runs that are looked at in a file: what fails so often is ragged
	runTables   = 256      // tables that are found so in a file
	runLeast    = 3        // rows of a table, its header included
	runNested   = 4        // tables before tables
	textAtOnce  = 64 << 10 // bytes of running text that are given together
	repeatsSeen = 3        // lines alike that are given one by one
)

// run are lines that do not fit.
type run struct {
	text []byte // as they stand
	rows [][][]byte
	gaps []bool // a blank line stands before the row
}

// add holds a row. line is what it was cut from.
func (r *run) add(cells [][]byte, line []byte, gap bool, newline byte) {
	if gap {
		r.text = append(r.text, newline)
	}
	if r.text = append(r.text, line...); len(line) > 0 && line[len(line)-1] != newline {
		r.text = append(r.text, newline)
	}
	r.rows, r.gaps = append(r.rows, clones(cells)), append(r.gaps, gap)
}

// notes tells lines of running text, which may end a file: fewer values than the
// table has, each of which but the first begins with a blank, as in a sentence.
func (r *run) notes(width int) bool {
	if width < 3 || len(r.rows) == 0 || len(r.rows) > maxFeet {
		return false
	}
	for _, cells := range r.rows {
		if len(cells) >= width || len(cells) == 1 && bytes.IndexByte(trimBlank(cells[0]), ' ') < 0 {
			return false
		}
		for i, v := range cells {
			if len(v) == 0 || i > 0 && v[0] != ' ' {
				return false
			}
		}
	}
	return true
}

// table tells whether the lines are a table in a dialect other than own.
func (o *feed) table(text []byte, own dialect, width int) (sh shape, s *sample, ok bool) {
	if o.tries > runTries || o.switched > runTables {
		return shape{}, nil, false
	}
	o.tries++
	s = newSample(text, true)
	if s.newline != own.newline || s.lines < runLeast {
		return shape{}, nil, false
	}
	if sh = detect(s, o.decode); sh.width < 2 || sh.sep {
		return shape{}, nil, false
	}
	rows := s.lines - sh.title
	switch {
	case !isOne(sh.delim[0], ",;\t|") || bytes.Equal(sh.delim, own.delim) || sh.fit < 0.9 || rows < runLeast || rows*2 < s.lines:
	case sh.names && (sh.typed || rows > 4 && sh.width > 2 && sh.fit == 1 && !sh.padded), sh.typed && rows > runLeast && sh.width != width:
		o.tries--
		o.switched++
		return sh, s, true
	}
	return shape{}, nil, false
}

// settled gives a run that has ended: as a table, or row by row.
func (o *feed) settled(t *sections, sp *splitter, sh shape) error {
	r := t.run
	t.run = run{}
	if len(r.rows) >= runLeast && o.nested < runNested {
		if other, s, ok := o.table(r.text, sp.dialect, t.width); ok {
			return o.within(r.text, other, s, t)
		}
	}
	for i, cells := range r.rows {
		if err := o.misfit(t, sp, cells, r.gaps[i], sh); err != nil {
			return err
		}
	}
	return nil
}

// within reads a table that stands within or before another.
func (o *feed) within(text []byte, sh shape, s *sample, t *sections) error {
	if err := o.same(t); err != nil {
		return err
	}
	info, rows, brackets := o.info, o.rows, o.brackets
	o.nested++
	o.rows = nil
	err := o.delimited(splitBytes(text, sh.dialect), sh, s)
	o.nested--
	o.info, o.rows, o.brackets = info, rows, brackets
	if err != nil || rows == nil {
		return err
	}
	return o.begin() // it goes on
}

// misfit gives a row that does not fit the table: to what may be a section, or
// as running text.
func (o *feed) misfit(t *sections, sp *splitter, cells [][]byte, gap bool, sh shape) error {
	if len(cells) == 1 && t.width > 2 && t.waiting == nil && sentence(cells[0]) {
		t.apart = true
		return o.aside(cells[0])
	}
	return o.section(t, sp, cells, gap)
}

// sentence tells running text from a short row: it has an address, or words.
func sentence(v []byte) bool {
	v = trimBlank(v)
	return bytes.IndexByte(v, ' ') > 0 && (bytes.IndexByte(v, '@') > 0 || bytes.Count(v, []byte{' '}) >= 4)
}

// aside keeps a line for the running text beside the table, once where lines
// are alike.
func (o *feed) aside(line []byte) error {
	o.buf = o.buf[:0]
	line = o.value(bytes.TrimRight(line, "\r\n"))
	if len(trimBlank(line)) == 0 {
		return nil
	}
	if form := template(line); bytes.Equal(form, o.form) {
		if o.alike++; o.alike > repeatsSeen {
			return nil
		}
	} else {
		if err := o.repeated(); err != nil {
			return err
		}
		o.form, o.alike = form, 1
	}
	o.beside = append(append(o.beside, line...), '\n')
	if len(o.beside) >= textAtOnce {
		return o.besides()
	}
	return nil
}

// repeated notes how often the last line came.
func (o *feed) repeated() error {
	if o.alike > repeatsSeen {
		o.beside = append(o.beside, "(lines like this: "+countOf(o.alike)+")\n"...)
	}
	o.form, o.alike = nil, 0
	return nil
}

// besides gives the running text that is held.
func (o *feed) besides() error {
	if len(o.beside) == 0 {
		return nil
	}
	err := o.visitor.Text(outsideTable, o.beside)
	o.beside = o.beside[:0]
	return err
}

// before takes a line that stands before a table. Those that may be a table are
// held.
func (o *feed) before(t *sections, line []byte, sp *splitter, gap bool) error {
	if t.early == nil {
		o.warn = dump.WarningPreamble
	}
	switch {
	case t.skipped:
		return o.aside(line)
	case len(t.early) > runBefore || o.nested >= runNested:
		t.skipped = true
		if err := o.texts(t.early, sp.newline); err != nil {
			return err
		}
		t.early = t.early[:0]
		return o.aside(line)
	}
	if gap {
		t.early = append(t.early, sp.newline)
	}
	if t.early = append(t.early, line...); len(line) > 0 && line[len(line)-1] != sp.newline {
		t.early = append(t.early, sp.newline)
	}
	return nil
}

// begun ends what stands before a table.
func (o *feed) begun(t *sections, sp *splitter) error {
	text := t.early
	t.early = nil
	if len(text) > 0 && o.nested < runNested {
		if sh, s, ok := o.table(text, sp.dialect, 0); ok {
			return o.within(text, sh, s, t)
		}
	}
	if err := o.texts(text, sp.newline); err != nil {
		return err
	}
	return o.flush()
}

// texts gives lines as running text.
func (o *feed) texts(text []byte, newline byte) error {
	for line := range bytes.SplitSeq(text, []byte{newline}) {
		if err := o.aside(line); err != nil {
			return err
		}
	}
	return nil
}

// flush gives the running text that waits.
func (o *feed) flush() error {
	if err := o.repeated(); err != nil {
		return err
	}
	return o.besides()
}
