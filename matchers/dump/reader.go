package dump

import (
	"errors"
	"fmt"
	"io"
	"iter"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Reader streams the Records of a dump.
type Reader struct {
	rows  *rowset
	steps []step
	buf   []byte
	ends  [matchers.NumFields]int
}

// step says how a field is made: from its columns, the first that has a value,
// or all of them joined.
type step struct {
	field   matchers.Field
	columns []int
	joined  bool
	write   func(dst, v []byte) []byte
}

// Open opens a file by its layout. The Reader must be closed.
func Open(open Opener, l *Layout) (*Reader, error) {
	if l == nil || l.Format != "csv" || len(l.Columns) == 0 || len(l.Columns) > MaxColumns {
		return nil, fmt.Errorf("opening dump: not a layout that Inspect made: %w", breach.ErrInvalid)
	}
	rs, err := openRows(open, l)
	if err != nil {
		return nil, err
	}
	r := &Reader{rows: rs}
	for _, f := range l.Fields() {
		r.steps = append(r.steps, newStep(f, l))
	}
	return r, nil
}

func newStep(f matchers.Field, l *Layout) step {
	s := step{field: f, joined: f == matchers.GivenNames || f == matchers.Street, write: appendText}
	var style dateStyle
	for i, c := range l.Columns {
		if c.Meaning == f.String() {
			s.columns = append(s.columns, i)
			style = dateStyle{order: c.Order, pivot: c.Pivot}
		}
	}
	switch f {
	case matchers.BirthDate:
		s.write = func(dst, v []byte) []byte { return style.render(dst, parseDate(v)) }
	case matchers.Phone:
		s.write = func(dst, v []byte) []byte { return appendPhone(dst, v, l.Territory) }
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

// Next reads the next row that can be read into rec, and returns io.EOF at the
// end. Record.Row counts refused rows too.
func (r *Reader) Next(rec *matchers.Record) error {
	f, err := r.rows.next()
	if err != nil {
		return err
	}
	*rec = matchers.Record{Row: r.rows.row}
	b := r.buf[:0]
	for _, s := range r.steps {
		b = s.append(b, f)
		r.ends[s.field] = len(b)
	}
	r.buf = b
	all, from := string(b), 0 // one allocation a row
	for _, s := range r.steps {
		to := r.ends[s.field]
		rec.Values[s.field] = all[from:to]
		from = to
	}
	return nil
}

func (s *step) append(dst []byte, f [][]byte) []byte {
	from := len(dst)
	for _, i := range s.columns {
		if i >= len(f) {
			break
		}
		v := clean(f[i])
		if len(v) == 0 {
			continue
		}
		if len(dst) > from {
			dst = append(dst, ' ')
		}
		dst = s.write(dst, v)
		if len(dst) > from && !s.joined {
			break
		}
	}
	return dst
}

// Records streams all rows. It stops at the first error.
func (r *Reader) Records() iter.Seq2[matchers.Record, error] {
	return func(yield func(matchers.Record, error) bool) {
		for {
			var rec matchers.Record
			err := r.Next(&rec)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(rec, err) || err != nil {
				return
			}
		}
	}
}

// Rows returns how many data rows have passed, refused ones included.
func (r *Reader) Rows() int64 { return r.rows.row }

// Refused counts the rows that could not be read, by reason code.
func (r *Reader) Refused() map[string]int64 {
	out := make(map[string]int64, len(r.rows.refused))
	for code, n := range r.rows.refused {
		out[code] = n
	}
	return out
}

// Close lets go of the file.
func (r *Reader) Close() error { return r.rows.close() }
