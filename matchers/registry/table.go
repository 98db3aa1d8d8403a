package registry

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"vigie/matchers"
)

// maxRecord bounds one record: a quote that is never closed would swallow the
// file.
const maxRecord = 1 << 20

// maxValue bounds one value.
const maxValue = 4 << 10

// The files of an import, as refusals name them.
const (
	personsName   = "persons.csv"
	relationsName = "relations.csv"
)

// table reads a registry file: UTF-8, and either RFC 4180 with a header and
// any of the usual delimiters, or a JSON object a line.
type table struct {
	file string
	src  rows
	cols []column // what the fields of a row mean, in the order of next
}

// rows are the formats of a table. A code refuses a row and reading goes on;
// io.EOF ends the file; any other error refuses the file.
type rows interface {
	// next appends the fields that have a meaning.
	next(dst []string) (fields []string, line int64, code string, err error)
}

// openTable reads the header. Columns that mean nothing here are not read:
// a registry never holds more than linkage and communication need.
func openTable(file string, src io.Reader, columns map[string]string, required ...column) (*table, error) {
	text := bufio.NewReaderSize(src, maxRecord)
	if bom, _ := text.Peek(3); string(bom) == "\ufeff" {
		_, _ = text.Discard(3)
	}
	t := &table{file: file}
	open := t.openCSV
	if first, _ := text.Peek(1); string(first) == "{" {
		open = t.openJSON
	}
	if err := open(text, columns); err != nil {
		return nil, err
	}
	for _, c := range required {
		if !t.has(c) {
			return nil, refuse("missing-column", fmt.Sprintf("%s, column %q", file, c), "add it, or map it under columns in the manifest")
		}
	}
	return t, nil
}

func (t *table) has(c column) bool {
	for _, have := range t.cols {
		if have == c {
			return true
		}
	}
	return false
}

// meanings says what each header means; notHere is nothing. What the manifest
// maps comes before a standard header, that before an alias, and two headers of
// one rank that mean the same are refused.
func meanings(file string, header []string, columns map[string]string) ([]column, error) {
	out := make([]column, len(header))
	var rank [numColumns]int
	nom := -1
	for i, h := range header {
		h = strings.TrimSpace(h)
		if !utf8.ValidString(h) {
			return nil, refuse("not-utf8", file+", line 1", "save the file as UTF-8")
		}
		c, r := meaning(file, h, columns)
		out[i] = notHere
		switch {
		case r == 0 || r < rank[c]:
		case headerWord(h) == "nom" && r == 1 && file == personsName:
			nom = i // settled when the others are
		case r == rank[c]:
			return nil, refuse("duplicate-column", fmt.Sprintf("%s, column %q", file, h), "keep one of them, or map one under columns in the manifest")
		default:
			for j := range i {
				if out[j] == c {
					out[j] = notHere
				}
			}
			out[i], rank[c] = c, r
		}
	}
	// "Nom" is the birth name if nothing else is, else the usage name, else one
	// of them once more.
	for _, c := range []column{column(matchers.BirthName), column(matchers.UsageName)} {
		if nom >= 0 && rank[c] == 0 {
			out[nom] = c
			break
		}
	}
	return out, nil
}

// meaning tells what one header means and how surely; rank 0 is nothing.
func meaning(file, h string, columns map[string]string) (c column, rank int) {
	if m, ok := columns[h]; ok {
		if c, ok = parseColumn(m); ok {
			return c, 3
		}
	}
	if c, ok := parseColumn(strings.ToLower(h)); ok && c.in(file) {
		return c, 2
	}
	c, ok := aliases[headerWord(h)]
	if !ok {
		return notHere, 0
	}
	if file == relationsName && c == column(matchers.BirthName) {
		c = colName
	}
	if file == relationsName && c == column(matchers.GivenNames) {
		c = colGiven
	}
	if !c.in(file) {
		return notHere, 0
	}
	return c, 1
}

// fill takes a row's fields, trimmed. The code refuses the row; an error, the
// file.
func (t *table) fill(r *row, fields []string, line int64) (code string, err error) {
	r.cells = cells{}
	for i, v := range fields {
		if !utf8.ValidString(v) {
			return "", refuse("not-utf8", fmt.Sprintf("%s, line %d", t.file, line), "save the file as UTF-8")
		}
		if len(v) > maxValue {
			return "field-too-long", nil
		}
		r.cells[t.cols[i]] = strings.TrimSpace(v)
	}
	return "", nil
}

// csvRows reads RFC 4180.
type csvRows struct {
	file  string
	src   *budget
	csv   *csv.Reader
	at    []int // positions of the columns that mean something
	width int
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

// begin finds the delimiter. What a spreadsheet does to a file that a CSV
// reader would take for one long or empty line is refused by its name, and the
// line "sep=;" that some write first is obeyed.
func begin(file string, text *bufio.Reader) (rune, error) {
	head, _ := text.Peek(4 << 10)
	first, _, more := bytes.Cut(head, []byte("\n"))
	switch {
	case bytes.IndexByte(head, 0) >= 0:
		return 0, refuse("not-utf8", file+", line 1", "save the file as UTF-8")
	case bytes.IndexByte(bytes.TrimSuffix(first, []byte("\r")), '\r') >= 0:
		return 0, refuse("line-ends", file+", line 1", "its lines end in CR alone: save it as CSV for Windows or Unix")
	}
	line := bytes.TrimSuffix(first, []byte("\r"))
	if comma, said := bytes.CutPrefix(bytes.ToLower(line), []byte("sep=")); said && more && len(comma) == 1 && bytes.Contains([]byte(",;\t|"), comma) {
		_, _ = text.Discard(len(first) + 1)
		return rune(comma[0]), nil
	}
	return delimiter(text), nil
}

// delimiter is the one that the header line holds most often.
func delimiter(text *bufio.Reader) rune {
	head, _ := text.Peek(64 << 10)
	if end := bytes.IndexByte(head, '\n'); end >= 0 {
		head = head[:end]
	}
	best, most := ',', bytes.Count(head, []byte(","))
	for _, d := range ";\t|" {
		if n := bytes.Count(head, []byte(string(d))); n > most {
			best, most = d, n
		}
	}
	return best
}

func (t *table) openCSV(text *bufio.Reader, columns map[string]string) error {
	c := &csvRows{file: t.file, src: &budget{r: text, left: maxRecord}}
	comma, err := begin(t.file, text)
	if err != nil {
		return err
	}
	c.csv = csv.NewReader(c.src)
	c.csv.Comma, c.csv.ReuseRecord, c.csv.FieldsPerRecord = comma, true, -1
	header, err := c.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return refuse("empty", t.file, "the first line names the columns")
	case err != nil:
		return c.fault(err)
	}
	c.width = len(header)
	means, err := meanings(t.file, header, columns)
	if err != nil {
		return err
	}
	for i, m := range means {
		if m != notHere {
			c.at, t.cols = append(c.at, i), append(t.cols, m)
		}
	}
	t.src = c
	return nil
}

func (c *csvRows) next(dst []string) ([]string, int64, string, error) {
	c.src.left = maxRecord
	fields, err := c.csv.Read()
	var parse *csv.ParseError
	switch {
	case err == nil:
	case errors.As(err, &parse) && !errors.Is(err, errBudget):
		c.line, c.open = int64(parse.StartLine), errors.Is(err, csv.ErrQuote)
		return dst, c.line, "bad-quotes", nil
	case errors.Is(err, io.EOF) && c.open:
		return dst, c.line, "", refuse("truncated", fmt.Sprintf("%s, line %d", c.file, c.line), "the file ends inside a quoted value: get it again")
	default:
		return dst, c.line, "", c.fault(err)
	}
	c.open = false
	line, _ := c.csv.FieldPos(0)
	c.line = int64(line)
	if len(fields) != c.width {
		return dst, c.line, "field-count", nil
	}
	for _, at := range c.at {
		dst = append(dst, fields[at])
	}
	return dst, c.line, "", nil
}

func (c *csvRows) fault(err error) error {
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.Is(err, errBudget):
		return tooLong(c.file, c.line)
	}
	var parse *csv.ParseError
	if errors.As(err, &parse) {
		return refuse("not-csv", fmt.Sprintf("%s, line %d", c.file, parse.Line), "give UTF-8 CSV with a header, or a JSON object a line")
	}
	return fmt.Errorf("reading %s after line %d: %w", c.file, c.line, err)
}

func tooLong(file string, line int64) error {
	return refuse("record-too-long", fmt.Sprintf("%s, after line %d", file, line),
		fmt.Sprintf("a record may have %d bytes: is a quote never closed?", maxRecord))
}
