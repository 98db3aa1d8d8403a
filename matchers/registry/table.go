package registry

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxRecord bounds one CSV record: a quote that is never closed would swallow
// the file.
const maxRecord = 1 << 20

// table reads a registry file: UTF-8, RFC 4180, with a header.
type table struct {
	file  string
	src   *budget
	csv   *csv.Reader
	at    map[string]int // standard column -> position
	width int
	row   []string
	line  int64
	open  bool // the last record ended inside a quote
}

// budget is a reader that gives no more than left bytes.
type budget struct {
	r    io.Reader
	left int64
}

var errBudget = errors.New("record too long")

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errBudget
	}
	if int64(len(p)) > b.left {
		p = p[:b.left]
	}
	n, err := b.r.Read(p)
	b.left -= int64(n)
	return n, err
}

// openTable reads the header. Columns that mean nothing here are not read:
// a registry never holds more than linkage and communication need.
func openTable(file string, src io.Reader, columns map[string]string, required ...string) (*table, error) {
	text := bufio.NewReader(src)
	if bom, _ := text.Peek(3); string(bom) == "\ufeff" {
		_, _ = text.Discard(3)
	}
	t := &table{file: file, src: &budget{r: text, left: maxRecord}, at: map[string]int{}}
	t.csv = csv.NewReader(t.src)
	t.csv.ReuseRecord = true
	t.csv.FieldsPerRecord = -1
	header, err := t.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, refuse("empty", file, "the first line names the columns")
	case err != nil:
		return nil, t.fault(err)
	}
	t.width = len(header)
	for i, h := range header {
		h = strings.TrimSpace(h)
		if !utf8.ValidString(h) {
			return nil, refuse("not-utf8", file+", line 1", "save the file as UTF-8")
		}
		if m, ok := columns[h]; ok {
			h = m
		} else {
			h = strings.ToLower(h)
		}
		if _, twice := t.at[h]; twice && knownColumn(h) {
			return nil, refuse("duplicate-column", fmt.Sprintf("%s, column %q", file, h), "keep one of them")
		}
		t.at[h] = i
	}
	for _, name := range required {
		if _, ok := t.at[name]; !ok {
			return nil, refuse("missing-column", fmt.Sprintf("%s, column %q", file, name), "add it, or map it under columns in the manifest")
		}
	}
	return t, nil
}

// next reads one row. A rowCode refuses that row and reading goes on; io.EOF
// ends the file; any other error refuses the file.
func (t *table) next() (rowCode string, err error) {
	t.src.left = maxRecord
	t.row, err = t.csv.Read()
	var parse *csv.ParseError
	switch {
	case errors.As(err, &parse) && !errors.Is(err, errBudget):
		t.line, t.open = int64(parse.StartLine), errors.Is(err, csv.ErrQuote)
		return "bad-quotes", nil
	case errors.Is(err, io.EOF) && t.open:
		return "", refuse("truncated", fmt.Sprintf("%s, line %d", t.file, t.line), "the file ends inside a quoted value: get it again")
	case err != nil:
		return "", t.fault(err)
	}
	t.open = false
	line, _ := t.csv.FieldPos(0)
	t.line = int64(line)
	for i, v := range t.row {
		if !utf8.ValidString(v) {
			return "", refuse("not-utf8", fmt.Sprintf("%s, line %d", t.file, t.line), "save the file as UTF-8")
		}
		if len(v) > maxValue {
			return "field-too-long", nil
		}
		t.row[i] = strings.TrimSpace(v)
	}
	if len(t.row) != t.width {
		return "field-count", nil
	}
	return "", nil
}

func (t *table) fault(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, errBudget):
		return refuse("record-too-long", fmt.Sprintf("%s, after line %d", t.file, t.line),
			fmt.Sprintf("a record may have %d bytes: is a quote never closed?", maxRecord))
	}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return refuse("not-csv", fmt.Sprintf("%s, line %d", t.file, parse.Line), "give UTF-8 CSV with commas and a header")
	}
	return fmt.Errorf("reading %s after line %d: %w", t.file, t.line, err)
}

// value returns a column of the row, "" when the file has no such column.
func (t *table) value(column string) string {
	if i, ok := t.at[column]; ok && i < len(t.row) {
		return t.row[i]
	}
	return ""
}
