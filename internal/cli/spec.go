package cli

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"vigie/internal/breach"
	"vigie/internal/setting"
	"vigie/matchers/linkage"
)

// spec says what the columns of two files mean.
type spec struct {
	ID       string      `yaml:"id"`
	RightID  string      `yaml:"right_id"`
	OneToOne bool        `yaml:"one_to_one"`
	Fields   []specField `yaml:"fields"`
}

type specField struct {
	Column      string `yaml:"column"`
	RightColumn string `yaml:"right_column"`
	Meaning     string `yaml:"meaning"`
}

// readSpec reads and checks a specification. Unknown keys are refused.
func readSpec(path string) (spec, error) {
	var sp spec
	f, err := input(path)
	if err != nil {
		return sp, usageError{err}
	}
	defer func() { _ = f.Close() }()
	if err := setting.Read(f, 1<<20, &sp); err != nil && !errors.Is(err, io.EOF) {
		return sp, usage("specification %s: %w", path, err)
	}
	switch {
	case sp.ID == "":
		return sp, usage("specification %s: id is missing: want the column that tells records apart", path)
	case len(sp.Fields) == 0:
		return sp, usage("specification %s: fields is empty: want a list of {column, meaning}", path)
	}
	for _, fd := range sp.Fields {
		if _, ok := linkage.ParseMeaning(fd.Meaning); !ok {
			return sp, usage("specification %s: column %q: meaning %q: want one of %s", path, fd.Column, fd.Meaning, meaningNames())
		}
	}
	return sp, nil
}

func meaningNames() string { return strings.Join(linkage.MeaningNames(), ", ") }

// meanings says what the columns mean, in the order of the fields.
func (sp spec) meanings() []linkage.Meaning {
	out := make([]linkage.Meaning, len(sp.Fields))
	for i, f := range sp.Fields {
		out[i], _ = linkage.ParseMeaning(f.Meaning)
	}
	return out
}

// side returns the columns of one of the files.
func (sp spec) side(right bool) (id string, columns []string) {
	id = sp.ID
	if right && sp.RightID != "" {
		id = sp.RightID
	}
	for _, f := range sp.Fields {
		c := f.Column
		if right && f.RightColumn != "" {
			c = f.RightColumn
		}
		columns = append(columns, c)
	}
	return id, columns
}

// read reads a CSV file whole: linking needs all of it at once.
func (sp spec) read(path string, right bool) ([]linkage.Row, error) {
	refuse := func(code, hint string, args ...any) error {
		return &breach.RefusedError{Code: code, What: path, Hint: fmt.Sprintf(hint, args...)}
	}
	f, err := input(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	in, err := table(f)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	header, err := in.Read()
	if err != nil {
		return nil, refuse("empty", "want a header and rows")
	}
	for i, h := range header {
		header[i] = strings.TrimSpace(h)
	}
	id, columns := sp.side(right)
	at := make([]int, len(columns))
	for i, c := range append([]string{id}, columns...) {
		k := slices.Index(header, strings.TrimSpace(c))
		if k < 0 {
			return nil, refuse("missing-column", "column %q of the specification is not in the header (%d columns)", c, len(header))
		}
		if i > 0 {
			at[i-1] = k
		}
	}
	rows := rows{in: in, width: len(header), id: slices.Index(header, strings.TrimSpace(id)), at: at, spec: sp, seen: map[string]bool{}, refuse: refuse}
	return rows.all()
}

// rows reads the rows of one file.
type rows struct {
	in     *csv.Reader
	width  int // columns of the header
	id     int
	at     []int
	spec   spec
	seen   map[string]bool
	refuse func(code, hint string, args ...any) error
}

func (r *rows) all() ([]linkage.Row, error) {
	var out []linkage.Row
	for n := int64(1); ; n++ {
		row, err := r.in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, r.refuse("not-csv", "row %d cannot be read: quotes or line ends are wrong", n)
		}
		if len(row) < r.width && slices.ContainsFunc(row, func(v string) bool { return strings.Contains(v, "\n") }) {
			return nil, r.refuse("not-csv", "row %d runs over lines and lacks columns: a quote in it is never closed", n)
		}
		rec := linkage.Row{Values: make([]string, len(r.at))}
		if r.id < len(row) {
			rec.ID = strings.TrimSpace(row[r.id])
		}
		if rec.ID == "" {
			return nil, r.refuse("no-id", "row %d has no value in the id column", n)
		}
		if r.seen[rec.ID] {
			return nil, r.refuse("duplicate-id", "row %d has the id of an earlier row: ids must be unique", n)
		}
		r.seen[rec.ID] = true
		for i, at := range r.at {
			if at < len(row) {
				rec.Values[i] = strings.TrimSpace(row[at])
			}
		}
		out = append(out, rec)
	}
	for i, m := range r.spec.meanings() {
		if m == linkage.MeansBirthDate {
			settleDates(out, i)
		}
	}
	return out, nil
}

// settleDates brings dates that end in the year to ISO 8601. Which part is the
// day is decided once for the column: a part above 12 tells.
func settleDates(records []linkage.Row, column int) {
	monthFirst, dayFirst := 0, 0
	for i := range records {
		if a, b, _, ok := parts(records[i].Values[column]); ok {
			if b > "12" {
				monthFirst++
			} else if a > "12" {
				dayFirst++
			}
		}
	}
	for i := range records {
		v := &records[i].Values[column]
		if a, b, y, ok := parts(*v); ok {
			if monthFirst > dayFirst {
				a, b = b, a
			}
			*v = y + "-" + b + "-" + a
		}
	}
}

// parts splits "9/3/1984" into "09", "03" and "1984".
func parts(s string) (a, b, year string, ok bool) {
	p := strings.FieldsFunc(s, func(c rune) bool { return c == '/' || c == '.' || c == '-' })
	if len(p) != 3 || len(p[2]) != 4 || len(p[0]) > 2 || len(p[1]) > 2 {
		return "", "", "", false
	}
	return fmt.Sprintf("%02s", p[0]), fmt.Sprintf("%02s", p[1]), p[2], true
}

// table opens CSV: the separator is the one that the header has most of, and
// bytes that are no UTF-8 are Windows-1252. Excel's "Unicode text" is UTF-16.
func table(r io.Reader) (*csv.Reader, error) {
	in := bufio.NewReaderSize(r, 1<<20)
	head, err := in.Peek(1 << 20)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return table(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(in))
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		_, _ = in.Discard(3)
		head = head[3:]
	}
	var src io.Reader = in
	if !utf8.Valid(head[:max(0, len(head)-utf8.UTFMax)]) {
		src = charmap.Windows1252.NewDecoder().Reader(in)
	}
	line, _, _ := bytes.Cut(head, []byte{'\n'})
	out := csv.NewReader(src)
	out.FieldsPerRecord, out.LazyQuotes, out.Comma = -1, true, ','
	for _, c := range ";\t|" {
		if bytes.Count(line, []byte(string(c))) > bytes.Count(line, []byte(string(out.Comma))) {
			out.Comma = c
		}
	}
	return out, nil
}
