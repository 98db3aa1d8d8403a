package dump

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Report is what vigie dump inspect --json prints (commands.md). It holds
// masked samples, which are still personal data: it is shown to whoever asked
// and kept nowhere.
type Report struct {
	Format    string   `json:"format"`
	Container []string `json:"container"`
	Table
	Complete   bool              `json:"complete"`
	Present    []breach.Category `json:"categories_present"`
	Absent     []breach.Absence  `json:"categories_absent"`
	Members    []Member          `json:"members"`
	Unread     []Unread          `json:"unread"`
	Owners     []string          `json:"owner_candidates"` // not looked for yet: always empty
	Recycled   []string          `json:"recycled"`         // not looked for yet: always empty
	Canaries   []string          `json:"canaries"`         // not looked for yet: always empty
	Warnings   []string          `json:"warnings"`
	RefusedRow int64             `json:"refused"`
}

// Table is one table of a file.
type Table struct {
	Name     string         `json:"name"`
	Rows     int64          `json:"rows"`
	Encoding string         `json:"encoding"`
	Dialect  Dialect        `json:"dialect"`
	Columns  []ReportColumn `json:"columns"`
}

// Dialect is how rows are written, in literal characters.
type Dialect struct {
	Delimiter string `json:"delimiter"`
	Quote     string `json:"quote"`
	Escape    string `json:"escape"`
	Newline   string `json:"newline"`
	Header    bool   `json:"header"`
}

// ReportColumn is a column with masked samples.
type ReportColumn struct {
	Name       string   `json:"name"`
	Meaning    string   `json:"meaning"`
	Confidence float64  `json:"confidence"`
	Filled     int64    `json:"filled"`
	Samples    []string `json:"samples_masked"`
}

// Member is one file of a container; a bare file is its own member.
type Member struct {
	Path   string  `json:"path"`
	Status string  `json:"status"` // read, refused
	Reason string  `json:"reason"`
	Tables []Table `json:"tables"`
}

// Unread is a part that could not be read.
type Unread struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

const maxSamples = 3

// NewReport joins what Inspect returned with samples from the first rows.
func NewReport(ctx context.Context, open Opener, path string, l *Layout, p breach.Profile) (*Report, error) {
	t := Table{Rows: p.Rows, Encoding: l.Encoding,
		Dialect: Dialect{Delimiter: l.Delimiter, Quote: l.Quote, Escape: l.Escape, Newline: l.Newline, Header: l.Header}}
	for _, c := range l.Columns {
		t.Columns = append(t.Columns, ReportColumn{Name: c.Name, Meaning: c.Meaning, Confidence: c.Confidence, Filled: c.Filled, Samples: []string{}})
	}
	if err := sample(ctx, open, l, t.Columns); err != nil {
		return nil, err
	}
	return &Report{Format: l.Format, Container: []string{}, Table: t, Complete: p.Complete, Present: p.Present, Absent: p.Absent,
		Members: []Member{{Path: path, Status: "read", Tables: []Table{t}}}, Unread: []Unread{}, Owners: []string{}, Recycled: []string{},
		Canaries: []string{}, Warnings: slices.Clone(l.Warnings), RefusedRow: p.Refused}, nil
}

// RefusedReport is the report of a file that was refused.
func RefusedReport(path string, refused *breach.RefusedError) *Report {
	why := refused.Code + ": " + refused.Hint
	return &Report{Container: []string{}, Table: Table{Columns: []ReportColumn{}}, Present: []breach.Category{}, Absent: []breach.Absence{},
		Members: []Member{{Path: path, Status: "refused", Reason: why, Tables: []Table{}}}, Unread: []Unread{{path, why}},
		Owners: []string{}, Recycled: []string{}, Canaries: []string{}, Warnings: []string{}}
}

// sample masks a few values of each column, from the first rows.
func sample(ctx context.Context, open Opener, l *Layout, cols []ReportColumn) error {
	rs, err := openRows(open, l)
	if err != nil {
		return err
	}
	defer func() { _ = rs.close() }()
	for range 200 {
		f, err := rs.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for i, v := range f {
			if v = clean(v); len(v) > 0 && len(cols[i].Samples) < maxSamples {
				cols[i].Samples = append(cols[i].Samples, matchers.Mask(cols[i].Meaning, string(v)))
			}
		}
	}
	return ctx.Err()
}

// ConvertCSV writes what was read as UTF-8 CSV (RFC 4180: comma, CRLF, header)
// and returns how many rows were refused. Ragged rows stay ragged, values as
// they are; a table without header gets column_1 and so on.
func ConvertCSV(ctx context.Context, w io.Writer, open Opener, l *Layout) (refused int64, err error) {
	rs, err := openRows(open, l)
	if err != nil {
		return 0, err
	}
	defer func() { _ = rs.close() }()
	out := csv.NewWriter(w)
	out.UseCRLF = true
	header := rs.header
	if !l.Header {
		header = l.names()
	}
	if err := out.Write(header); err != nil {
		return 0, fmt.Errorf("converting dump: %w", err)
	}
	for n := 0; ; n++ {
		f, code, err := rs.split.next()
		switch {
		case errors.Is(err, io.EOF):
			out.Flush()
			return refused, out.Error()
		case err != nil:
			return refused, fmt.Errorf("converting dump after row %d: %w", n, err)
		case code != "":
			refused++
			continue
		case n%1024 == 0 && ctx.Err() != nil:
			return refused, fmt.Errorf("converting dump: %w", ctx.Err())
		}
		rs.decode.row(f)
		if err := out.Write(stringsOf(f)); err != nil {
			return refused, fmt.Errorf("converting dump: %w", err)
		}
	}
}
