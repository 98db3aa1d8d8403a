package dump

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Records streams the people of a dump by its Layout: a Record for each data
// row of each table that says something about a person. Record.Row counts the
// table's data rows from 1, refused ones included. The stream ends at the first
// error, which is the last value.
func (e *Engine) Records(ctx context.Context, src Source, l *Layout) iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		stopped := false
		err := e.Pack(ctx, src, l, func(p *Packed) error {
			if stopped = !yield(*p.record(), nil); stopped {
				return errStop
			}
			return nil
		})
		if err != nil && !stopped {
			yield(matchers.Record{}, err)
		}
	}
}

// Pack is Records for whoever copies the values anyway. It ends at the first error,
// that of each included.
func (e *Engine) Pack(ctx context.Context, src Source, l *Layout, each func(*Packed) error) error {
	if err := l.check(); err != nil {
		return err
	}
	var own error
	err := e.run(ctx, src, newRecording(l, func(p *Packed) error {
		if own = each(p); own != nil {
			return errStop
		}
		return nil
	}))
	if own != nil {
		return own
	}
	return err
}

// Packed is a Record whose values nobody has copied yet. It is valid until each
// returns.
type Packed struct {
	Row    int64
	Table  string
	Values []byte                  // of all fields, one behind the other in their order
	Ends   [matchers.NumFields]int // where each ends in Values; 0 for one that the table does not have

	fields []matchers.Field // of the table
	rec    matchers.Record  // the fields that the table does not have stay empty
	arena  strings.Builder  // what the values of the last Records stand in
}

// record makes the Record.
func (p *Packed) record() *matchers.Record {
	p.rec.Row, p.rec.Table = p.Row, p.Table
	all, from := p.keep(), 0
	for _, f := range p.fields {
		p.rec.Values[f] = all[from:p.Ends[f]]
		from = p.Ends[f]
	}
	return &p.rec
}

// arenaSize is how many bytes of values are allocated at once: one Record that is
// kept keeps those of its neighbours, so many at most.
const arenaSize = 4 << 10

// keep copies the values to where they stay.
func (p *Packed) keep() string {
	b := p.Values
	if len(b) > arenaSize/4 {
		return string(b)
	}
	if p.arena.Cap()-p.arena.Len() < len(b) {
		p.arena.Reset()
		p.arena.Grow(arenaSize)
	}
	from := p.arena.Len()
	p.arena.Write(b)
	return p.arena.String()[from:]
}

func (l *Layout) check() error {
	if l == nil || len(l.Tables) == 0 {
		return fmt.Errorf("opening dump: not a layout that Inspect made: %w", breach.ErrInvalid)
	}
	for i := range l.Tables {
		if len(l.Tables[i].Columns) > MaxColumns {
			return fmt.Errorf("opening dump: a layout of too many columns: %w", breach.ErrInvalid)
		}
	}
	return nil
}

// recording is the handler behind Records.
type recording struct {
	ignoring
	layout map[[2]string]*TableLayout
	tables map[[2]string]Rows
	l      *Layout
	each   func(*Packed) error
	n      int64
	label  bool // more than one table: rows say which
}

func newRecording(l *Layout, each func(*Packed) error) *recording {
	h := &recording{layout: map[[2]string]*TableLayout{}, tables: map[[2]string]Rows{}, l: l, each: each, label: len(l.Tables) > 1}
	for i := range l.Tables {
		t := &l.Tables[i]
		h.layout[[2]string{t.Member, t.Name}] = t
	}
	return h
}

func (h *recording) rows() int64 { return h.n }

func (h *recording) table(f *File, info TableInfo) (Rows, error) {
	key := [2]string{f.Path, info.Name}
	if r := h.tables[key]; r != nil {
		return r, nil
	}
	var rows Rows = dropped{}
	if t := h.layout[key]; t != nil && len(t.Fields()) > 0 {
		rows = newRecordRows(h, t, info)
	}
	h.tables[key] = rows
	return rows, nil
}

// recordRows makes Records of the rows of one table.
type recordRows struct {
	grid
	h        *recording
	canaries []int64 // rows to leave out, still to come
	steps    []step
	packed   Packed
	lines    cutLines
}

func newRecordRows(h *recording, t *TableLayout, info TableInfo) *recordRows {
	r := &recordRows{h: h, grid: grid{columns: t.Columns, delimiter: t.Dialect.Delimiter}}
	if h.label {
		r.packed.Table = t.Label()
	}
	r.canaries = t.Canaries
	r.packed.fields = t.Fields()
	for _, f := range r.packed.fields {
		r.steps = append(r.steps, newStep(f, t.Columns, h.l.Territory))
	}
	if r.named = info.Columns != nil; !r.named {
		r.skip = t.Skip
	}
	return r
}

// Lines makes Records of rows as they stand.
func (r *recordRows) Lines(block []byte, delim byte) (rows, n int, err error) {
	if r.skip > 0 {
		return 0, 0, nil
	}
	return r.lines.each(block, delim, len(r.columns), r.Row)
}

// Row makes a Record.
func (r *recordRows) Row(cells [][]byte) error {
	first := r.skip == 1 && r.header == nil
	if first {
		r.header = stringsOf(cells)
	}
	f := r.fit(cells)
	if f == nil {
		return nil
	}
	r.h.n++
	for len(r.canaries) > 0 && r.canaries[0] < r.row {
		r.canaries = r.canaries[1:]
	}
	if len(r.canaries) > 0 && r.canaries[0] == r.row {
		return nil
	}
	p := &r.packed
	b := p.Values[:0]
	for i := range r.steps {
		b = r.steps[i].append(b, f)
		p.Ends[r.steps[i].field] = len(b)
	}
	p.Row, p.Values = r.row, b
	if len(b) == 0 {
		return nil // nothing in it about anybody
	}
	return r.h.each(p)
}

// Extend is nothing here: the layout knows the columns.
func (r *recordRows) Extend([]string) {}

// Refuse counts the row, so that the numbers of the others stay true.
func (r *recordRows) Refuse(string) { r.row++ }

// Warn is nothing here.
func (r *recordRows) Warn(string) {}

// dropped takes rows that nobody wants.
type dropped struct{}

func (dropped) Row([][]byte) error { return nil }
func (dropped) Extend([]string)    {}
func (dropped) Refuse(string)      {}
func (dropped) Warn(string)        {}

// ignoring is a handler that wants nothing but tables.
type ignoring struct{}

func (ignoring) begin(*File, string)              {}
func (ignoring) end(*File)                        {}
func (ignoring) text(*File, string, []byte) error { return nil }
func (ignoring) unread(string, string, string)    {}
func (ignoring) warn(*File, string)               {}
func (ignoring) first() *Report                   { return nil }

// step says how a field is made: from its columns, the first that has a value,
// or all of them joined.
type step struct {
	field   matchers.Field
	columns []int
	hashed  []int // columns of hashes, asked where none of the others has a value
	joined  bool
	write   func(dst, v []byte) []byte // nil writes text
	unsure  func(column int) bool      // nothing says what a column of hashes is of
}

func newStep(f matchers.Field, columns []Column, territory string) step {
	s := step{field: f, joined: f == matchers.GivenNames || f == matchers.Street}
	var style dateStyle
	for i, c := range columns {
		if c.Meaning == f.String() {
			s.columns = append(s.columns, i)
			style = dateStyle{order: c.Order, pivot: c.Pivot}
		}
		if slices.Contains(hashedIn(f), c.Meaning) {
			s.hashed = append(s.hashed, i)
		}
	}
	if f == matchers.Email {
		s.unsure = func(i int) bool { return columns[i].Meaning == MeaningAnyHash }
	}
	switch f {
	case matchers.BirthDate:
		s.write = style.write
	case matchers.Phone:
		s.write = func(dst, v []byte) []byte { return appendPhone(dst, v, territory) }
	case matchers.Email:
		s.write = appendEmail
	case matchers.Sex:
		s.write = func(dst, v []byte) []byte { return append(dst, sexOf(v)...) }
	case matchers.Postcode:
		s.write = appendPostcode
	case matchers.BirthCommune:
		s.write = appendCommune
	case matchers.Country:
		s.write = func(dst, v []byte) []byte { return append(dst, countryOf(v)...) }
	case matchers.NIR:
		s.write = appendNIR
	}
	return s
}

func (s *step) append(dst []byte, f [][]byte) []byte {
	from := len(dst)
	for _, i := range s.columns {
		if i >= len(f) {
			break
		}
		v := f[i]
		if !isClean(v) {
			if v = cleanRare(v); len(v) == 0 {
				continue
			}
		}
		if len(dst) > from {
			dst = append(dst, ' ')
		}
		if s.write != nil {
			dst = s.write(dst, v)
		} else {
			dst = appendText(dst, v)
		}
		if len(dst) > from && !s.joined {
			break
		}
	}
	if len(dst) == from {
		return s.appendHash(dst, f)
	}
	return dst
}
