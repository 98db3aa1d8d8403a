package dump

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Conversion says what Convert writes.
type Conversion struct {
	JSON  bool   // JSON lines instead of CSV
	Table string // label of the table; "" when there is one
	Plain bool   // CSV without a made-up header (--compat notify)
}

// ManyTablesError is returned when a dump has several tables and none was named.
type ManyTablesError struct {
	Tables []string // their labels
}

// Error lists the tables.
func (e *ManyTablesError) Error() string {
	return fmt.Sprintf("several tables: %s", strings.Join(e.Tables, ", "))
}

// Convert writes one table as UTF-8: CSV (RFC 4180: comma, CRLF, header) or JSON
// lines. Values are as they were read, ragged rows stay ragged, NULL is empty in
// CSV and null in JSON; a table without header gets column_1 and so on. It
// returns how many rows were refused. The dump is walked twice: what its tables
// are called, and how wide, is known at its end.
func (e *Engine) Convert(ctx context.Context, w io.Writer, src Source, c Conversion) (refused int64, err error) {
	names := &outline{survey: *newSurvey(&e.Options)}
	if err := e.run(ctx, src, names); err != nil {
		return 0, err
	}
	if err := names.refusal(); err != nil {
		return 0, err
	}
	t, err := names.choose(c.Table)
	if err != nil {
		return 0, err
	}
	t.bare = false
	h := &converting{t: t, out: newRowWriter(w, c.JSON)}
	header := t.found()
	if c.Plain && !c.JSON && len(t.header) == 0 {
		header = nil
	}
	if err := h.out.header(header); err != nil {
		return 0, fmt.Errorf("converting dump: %w", err)
	}
	if err := e.run(ctx, src, h); err != nil {
		return h.refused, fmt.Errorf("converting dump: %w", err)
	}
	if h.err != nil {
		return h.refused, fmt.Errorf("converting dump: %w", h.err)
	}
	return h.refused, h.out.flush()
}

// outline is a survey that looks at the first rows of tables only, for their
// width and header.
type outline struct{ survey }

func (o *outline) table(f *File, info TableInfo) (Rows, error) {
	rows, err := o.survey.table(f, info)
	if err != nil {
		return nil, err
	}
	return outlined{rows.(*surveyed)}, nil
}

type outlined struct{ *surveyed }

func (t outlined) Row(cells [][]byte) error {
	if !t.ready {
		return t.surveyed.Row(cells)
	}
	t.row++
	return nil
}

// Lines counts rows as they stand.
func (t outlined) Lines(block []byte, delim byte) (rows, n int, err error) {
	if !t.ready {
		return 0, 0, nil
	}
	return t.lines.each(block, delim, len(t.cols), t.Row)
}

// unnamedTable is what the table without a name is called beside others.
const unnamedTable = "table_1"

// choose finds the table to convert.
func (o *outline) choose(name string) (*surveyed, error) {
	var labels []string
	var named []*surveyed
	for _, t := range o.tables {
		label := join(t.member, t.info.Name)
		if label == "" {
			label = unnamedTable
		}
		labels = append(labels, label)
		if label == name {
			return t, nil
		}
		if t.info.Name == name && name != "" {
			named = append(named, t)
		}
	}
	switch {
	case name == "" && len(o.tables) == 1:
		return o.tables[0], nil
	case name == "" && len(o.tables) > 1:
		return nil, &ManyTablesError{labels}
	case len(named) == 1:
		return named[0], nil
	case len(o.tables) == 0:
		return nil, Refuse(CodeNoTable, "there is running text in it and no table")
	}
	return nil, Refuse(CodeNoTable, "no table of that name: "+strings.Join(labels, ", "))
}

// found is the header as the file has it.
func (t *surveyed) found() []string {
	if len(t.header) > 0 {
		return t.header
	}
	return t.names()
}

// converting is the handler that writes one table.
type converting struct {
	ignoring
	t       *surveyed
	out     rowWriter
	n       int64
	refused int64
	began   bool
	err     error // of the writer
	lines   cutLines
}

func (h *converting) rows() int64 { return h.n }

func (h *converting) table(f *File, info TableInfo) (Rows, error) {
	if f.Path != h.t.member || info.Name != h.t.info.Name {
		return dropped{}, nil
	}
	return (*convertRows)(h), nil
}

type convertRows converting

// Row writes a row; the header was written before.
func (r *convertRows) Row(cells [][]byte) error {
	if !r.began {
		r.began = true
		r.n = -int64(r.t.headed)
	}
	if r.n++; r.n <= 0 {
		return nil
	}
	// A report gives its header again on every page.
	if r.t.headed > 0 && r.t.isHeader(cells) {
		r.t.bare = true
		return nil
	}
	if r.t.furnished(cells) {
		return nil
	}
	// A record lacks the columns that came up behind it.
	for r.t.named && len(cells) < len(r.t.columns) {
		cells = append(cells, nil)
	}
	if r.err = r.out.row(cells); r.err != nil {
		return errStop
	}
	return nil
}

// Lines writes rows as they stand.
func (r *convertRows) Lines(block []byte, delim byte) (rows, n int, err error) {
	return r.lines.each(block, delim, len(r.t.columns), r.Row)
}

// Extend is nothing here: the header is complete.
func (r *convertRows) Extend([]string) {}

// Refuse counts.
func (r *convertRows) Refuse(string) { r.refused++ }

// Warn is nothing here.
func (r *convertRows) Warn(string) {}

// rowWriter writes rows as CSV or JSON lines.
type rowWriter interface {
	header(names []string) error
	row(cells [][]byte) error
	flush() error
}

func newRowWriter(w io.Writer, lines bool) rowWriter {
	if lines {
		return &jsonWriter{w: w, seen: map[string]bool{}}
	}
	return &csvWriter{w: w}
}

// csvWriter writes RFC 4180. The standard library's changes line breaks within
// values when it ends lines with CRLF.
type csvWriter struct {
	w    io.Writer
	line []byte
}

func (c *csvWriter) header(names []string) error {
	if names == nil {
		return nil
	}
	cells := make([][]byte, len(names))
	for i, name := range names {
		cells[i] = []byte(name)
	}
	return c.row(cells)
}

func (c *csvWriter) row(cells [][]byte) error {
	line := c.line[:0]
	for i, v := range cells {
		if i > 0 {
			line = append(line, ',')
		}
		line = append(line, v...)
	}
	// Few rows have a value that needs quotes: all values are asked at once.
	if len(line) == 0 || bytes.IndexByte(line, '"') >= 0 || bytes.IndexByte(line, '\n') >= 0 || bytes.IndexByte(line, '\r') >= 0 ||
		bytes.Count(line, []byte{','}) != len(cells)-1 {
		line = appendQuoted(line[:0], cells)
	}
	c.line = append(line, '\r', '\n')
	_, err := c.w.Write(c.line)
	return err
}

// appendQuoted appends a row with quotes around the values that need them.
func appendQuoted(line []byte, cells [][]byte) []byte {
	for i, v := range cells {
		if i > 0 {
			line = append(line, ',')
		}
		if !bytes.ContainsAny(v, ",\"\r\n") && (len(v) > 0 || len(cells) > 1) {
			line = append(line, v...)
			continue
		}
		line = append(line, '"')
		for _, b := range v {
			if b == '"' {
				line = append(line, '"')
			}
			line = append(line, b)
		}
		line = append(line, '"')
	}
	return line
}

func (c *csvWriter) flush() error { return nil }

// jsonWriter writes objects whose keys keep the order of the columns. A value
// beyond the header gets the key column_N, and so does a repeated name.
type jsonWriter struct {
	w    io.Writer
	keys [][]byte
	seen map[string]bool
	line []byte
}

func (j *jsonWriter) header(names []string) error {
	for _, name := range names {
		if err := j.key(name); err != nil {
			return err
		}
	}
	return nil
}

func (j *jsonWriter) key(name string) error {
	if j.seen[name] || name == "" {
		name = fmt.Sprintf("column_%d", len(j.keys)+1)
	}
	j.seen[name] = true
	key, err := json.Marshal(name)
	j.keys = append(j.keys, append(key, ':'))
	return err
}

func (j *jsonWriter) row(cells [][]byte) error {
	j.line = append(j.line[:0], '{')
	for i, v := range cells {
		if i == len(j.keys) {
			if err := j.key(""); err != nil {
				return err
			}
		}
		if i > 0 {
			j.line = append(j.line, ',')
		}
		j.line = append(j.line, j.keys[i]...)
		if v == nil {
			j.line = append(j.line, "null"...)
			continue
		}
		value, err := json.Marshal(string(v))
		if err != nil {
			return err
		}
		j.line = append(j.line, value...)
	}
	j.line = append(j.line, '}', '\n')
	_, err := j.w.Write(j.line)
	return err
}

func (j *jsonWriter) flush() error { return nil }
