package registry

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Insert copies an export of the registry, a CSV file in UTF-8 with a header,
// and puts canaries into the copy as the file writes people: its columns, its
// dates, capitals, quotes and signs, and at places that follow from what the
// canaries are, or by the order of the column by which the file is sorted. A
// column that means nothing here gets the value of another row. The lines of the
// original are copied byte by byte.
func (r *Registry) Insert(ctx context.Context, w io.Writer, export io.ReadSeeker, people []Canary) (rows int64, err error) {
	x := &exportFile{ctx: ctx, manifest: &r.meta.Manifest}
	if err := x.pass(export, x.learn); err != nil {
		return 0, err
	}
	if x.rows == 0 {
		return 0, refuse("empty", exportName, "the copy needs rows among which canaries can hide")
	}
	if x.bare() {
		return 0, refuse("unknown-columns", exportName, "no column is known for a name, an e-mail address or a telephone: map them under columns in the manifest")
	}
	x.place(people)
	return x.rows + int64(len(people)), x.copy(w, export)
}

const exportName = "the export"

// exportFile is what is known of an export.
type exportFile struct {
	ctx      context.Context
	manifest *Manifest
	mark     string // byte order mark
	comma    rune
	newline  string
	cols     []*exportColumn
	rows     int64
	donors   [][]string // rows spread over the file
	sorted   int        // the column by which the file is sorted; -1
	canaries []placed
}

// placed is a canary's line and before which row it stands, counted from 0.
type placed struct {
	before int64
	line   []byte
	key    string
}

// mostDonors is how many rows lend values that mean nothing here.
const mostDonors = 512

// pass reads the file through; row gets each record and its bytes.
func (x *exportFile) pass(export io.ReadSeeker, row func(c *csv.Reader, fields []string, raw []byte) error) error {
	if _, err := export.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading the export: %w", err)
	}
	text := bufio.NewReaderSize(export, maxRecord)
	if bom, _ := text.Peek(3); string(bom) == "\ufeff" {
		x.mark = string(bom)
		_, _ = text.Discard(3)
	}
	head, _ := text.Peek(64 << 10)
	x.newline = "\n"
	if i := bytes.IndexByte(head, '\n'); i > 0 && head[i-1] == '\r' {
		x.newline = "\r\n"
	}
	x.comma = delimiter(text)
	src := &budget{r: text, left: maxRecord}
	var raw bytes.Buffer // what was read and not given yet
	c := csv.NewReader(io.TeeReader(src, &raw))
	c.Comma, c.FieldsPerRecord, c.LazyQuotes = x.comma, -1, true
	for n := 0; ; n++ {
		src.left = maxRecord
		begin := c.InputOffset()
		fields, err := c.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errBudget):
			return tooLong(exportName, int64(n))
		case err != nil:
			return fmt.Errorf("reading the export after row %d: %w", n, err)
		}
		if n%1024 == 0 && x.ctx.Err() != nil {
			return x.ctx.Err()
		}
		if err := row(c, fields, raw.Next(int(c.InputOffset()-begin))); err != nil {
			return err
		}
	}
}

// learn is the first pass: how every column is written.
func (x *exportFile) learn(c *csv.Reader, fields []string, raw []byte) error {
	if x.cols == nil {
		return x.header(fields)
	}
	if len(fields) != len(x.cols) {
		return refuse("field-count", fmt.Sprintf("%s, row %d", exportName, x.rows+1), "every row has as many values as the header")
	}
	first, _ := c.FieldPos(0)
	raw = bytes.TrimLeft(raw, "\r\n") // empty lines before the record
	for i, v := range fields {
		if !utf8.ValidString(v) {
			return refuse("not-utf8", fmt.Sprintf("%s, row %d", exportName, x.rows+1), "save the file as UTF-8")
		}
		line, at := c.FieldPos(i)
		x.cols[i].look(v, line == first && at <= len(raw) && raw[at-1] == '"')
	}
	// Donors are spread evenly: every other one is dropped when they are many.
	if x.rows%x.every() == 0 {
		x.donors = append(x.donors, slices.Clone(fields))
	}
	x.rows++
	if len(x.donors) > mostDonors {
		kept := x.donors[:0]
		for i := 0; i < len(x.donors); i += 2 {
			kept = append(kept, x.donors[i])
		}
		x.donors = kept
	}
	return nil
}

func (x *exportFile) every() int64 {
	every := int64(1)
	for n := x.rows / mostDonors; n > 0; n /= 2 {
		every *= 2
	}
	return every
}

func (x *exportFile) header(fields []string) error {
	fields = slices.Clone(fields)
	means, err := meanings(personsName, fields, x.manifest.Columns)
	if err != nil {
		return err
	}
	for i, m := range means {
		x.cols = append(x.cols, &exportColumn{means: m, whole: m == notHere && wholeNames[headerWord(fields[i])], up: true, down: true, asc: true, desc: true, number: true})
	}
	return nil
}

// wholeNames are the headers of columns that hold surname and given names.
var wholeNames = map[string]bool{"nom_complet": true, "full_name": true, "nom_prenom": true, "nom_et_prenom": true, "name": true, "nom_prenoms": true}

// bare tells that a canary would not be known again in this file.
func (x *exportFile) bare() bool {
	return !slices.ContainsFunc(x.cols, func(c *exportColumn) bool {
		return c.whole || slices.Contains(tellingColumns, c.means)
	})
}

// place writes the canaries' lines and says where they stand.
func (x *exportFile) place(people []Canary) {
	x.sorted = slices.IndexFunc(x.cols, func(c *exportColumn) bool { return c.inOrder() })
	for i := range people {
		hash := sha256.New()
		for _, v := range people[i].values {
			hash.Write([]byte(v + "\x00"))
		}
		sum := hash.Sum(nil)
		p := placed{before: int64(binary.BigEndian.Uint64(sum) % uint64(x.rows+1))}
		donor := x.donors[binary.BigEndian.Uint64(sum[8:])%uint64(len(x.donors))]
		fields := make([]string, len(x.cols))
		for j, c := range x.cols {
			fields[j] = c.write(&people[i].values, donor[j], sum)
		}
		if x.sorted >= 0 {
			p.key = fields[x.sorted]
		}
		p.line = x.line(fields)
		x.canaries = append(x.canaries, p)
	}
	slices.SortStableFunc(x.canaries, func(a, b placed) int {
		if x.sorted >= 0 {
			return x.cols[x.sorted].compare(a.key, b.key)
		}
		return int(min(max(a.before-b.before, -1), 1))
	})
}

func (x *exportFile) line(fields []string) []byte {
	var b strings.Builder
	for i, v := range fields {
		if i > 0 {
			b.WriteRune(x.comma)
		}
		if x.cols[i].quotes(v) || strings.ContainsAny(v, "\"\r\n"+string(x.comma)) {
			v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
		b.WriteString(v)
	}
	return []byte(b.String() + x.newline)
}

// copy is the second pass: the file as it is, with the canaries between.
func (x *exportFile) copy(w io.Writer, export io.ReadSeeker) error {
	out := bufio.NewWriterSize(w, 256<<10)
	_, _ = out.WriteString(x.mark) // errors stay until Flush
	row, left, ended := int64(-1), x.canaries, true
	err := x.pass(export, func(_ *csv.Reader, fields []string, raw []byte) error {
		for row >= 0 && len(left) > 0 && x.before(left[0], row, fields) {
			_, _ = out.Write(left[0].line)
			left = left[1:]
		}
		_, err := out.Write(raw)
		row, ended = row+1, bytes.HasSuffix(raw, []byte("\n"))
		return err
	})
	if err != nil {
		return err
	}
	if len(left) > 0 && !ended {
		_, _ = out.WriteString(x.newline)
	}
	for i, p := range left {
		if !ended && i == len(left)-1 {
			p.line = p.line[:len(p.line)-len(x.newline)]
		}
		_, _ = out.Write(p.line)
	}
	return out.Flush()
}

func (x *exportFile) before(p placed, row int64, fields []string) bool {
	if x.sorted >= 0 {
		return x.cols[x.sorted].compare(p.key, fields[x.sorted]) < 0
	}
	return p.before <= row
}
