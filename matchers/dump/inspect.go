package dump

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/transform"

	"vigie/internal/breach"
	"vigie/matchers"
)

// headSize is how much of the beginning decides encoding and dialect.
const headSize = 1 << 20

// Inspect reads a file twice: its beginning for the encoding and the dialect,
// then the whole for what its columns mean and what is in it. A file that is
// no table of text is refused with a reason code (breach.RefusedError). Neither
// answer holds a value of the dump.
func Inspect(ctx context.Context, open Opener, o Options) (*Layout, breach.Profile, error) {
	if o.Territory == "" {
		o.Territory = "FR"
	}
	head, whole, err := readHead(open)
	if err != nil {
		return nil, breach.Profile{}, err
	}
	l, err := outline(head, whole, &o)
	if err != nil {
		return nil, breach.Profile{}, err
	}
	p, err := survey(ctx, open, l, &o)
	if err != nil {
		return nil, breach.Profile{}, err
	}
	return l, p, nil
}

// readHead reads the beginning of the file.
func readHead(open Opener) (head []byte, whole bool, err error) {
	src, err := open()
	if err != nil {
		return nil, false, fmt.Errorf("opening dump: %w", err)
	}
	defer func() { _ = src.Close() }()
	head, err = io.ReadAll(io.LimitReader(src, headSize))
	if err != nil {
		return nil, false, fmt.Errorf("reading dump: %w", err)
	}
	return head, len(head) < headSize, nil
}

// outline decides everything but the meaning of the columns.
func outline(head []byte, whole bool, o *Options) (*Layout, error) {
	if err := checkFormat(head); err != nil {
		return nil, err
	}
	l := &Layout{Format: "csv", Encoding: utf8Name, Fallback: "windows-1252", Territory: o.Territory, Warnings: []string{}}
	text := head
	if name, _ := wide(head); name != "" {
		l.Encoding = name
		text, _, _ = transform.Bytes(wideByName[name].NewDecoder(), head)
	} else {
		l.Encoding, l.Fallback = encodingOf(head, whole)
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := checkText(text); err != nil {
		return nil, err
	}
	s := detect(text, whole)
	if len(s.rows) == 0 {
		return nil, refuse("empty", "no row stands in the file")
	}
	l.Delimiter, l.Newline, l.Skip = string(s.delim), newlineOf(text, s.newline), s.skip
	if s.quote != 0 {
		l.Quote, l.Escape = string(s.quote), string(s.escape)
	}
	l.Header = s.headed(o)
	l.name(s.rows[0], s.width, o)
	l.sketch(s.rows, o)
	if s.skip > 0 {
		l.Warnings = append(l.Warnings, WarningPreamble)
	}
	return l, nil
}

// encodingOf tells UTF-8 from encodings of one byte a character. A file that
// holds both is called by the one that has more values.
func encodingOf(text []byte, whole bool) (enc, fallback string) {
	var f foreign
	var valid int
	for line := range bytes.Lines(text) {
		if !whole && line[len(line)-1] != '\n' && len(line) < len(text) {
			continue // cut by the end of the sample
		}
		n := len(f.text)
		f.add(line)
		if len(f.text) == n && hasHigh(line) {
			valid++
		}
	}
	if len(f.text) == 0 {
		return utf8Name, "windows-1252"
	}
	fallback = f.guess()
	if valid > bytes.Count(f.text, []byte{'\n'}) {
		return utf8Name, fallback
	}
	return fallback, fallback
}

func hasHigh(v []byte) bool {
	return bytes.IndexFunc(v, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0
}

func newlineOf(text []byte, newline byte) string {
	if newline == '\r' {
		return "\r"
	}
	if bytes.Count(text, []byte("\r\n"))*2 > bytes.Count(text, []byte("\n")) {
		return "\r\n"
	}
	return "\n"
}

// name names the columns. What may be a value does not become a name: names
// are shown, logged and kept.
func (l *Layout) name(first []string, width int, o *Options) {
	l.Columns = make([]Column, width)
	dec := newDecoder(l.Encoding)
	for i := range l.Columns {
		l.Columns[i].Name = fmt.Sprintf("column_%d", i+1)
		if !l.Header || i >= len(first) {
			continue
		}
		cell := [][]byte{[]byte(first[i])}
		dec.row(cell)
		h := string(appendText(nil, cell[0]))
		if h == "" || utf8.RuneCountInString(h) > 64 || isValue(h) || hint(h) == "" && known(h, o) {
			continue
		}
		l.Columns[i].Name = h
	}
}

// sketch guesses the meanings from the sample.
func (l *Layout) sketch(rows [][]string, o *Options) {
	cols := newColumns(len(l.Columns))
	for n, row := range rows {
		if len(row) != len(cols) || n == 0 && l.Header {
			continue
		}
		for i, v := range row {
			cols[i].add([]byte(v), int64(n), nil, o)
		}
	}
	for i, c := range understand(cols, l.names(), o) {
		l.Columns[i].Shape = c.Meaning
	}
}

func (l *Layout) names() []string {
	names := make([]string, len(l.Columns))
	for i, c := range l.Columns {
		names[i] = c.Name
	}
	return names
}

func newColumns(n int) []*column {
	cols := make([]*column, n)
	for i := range cols {
		cols[i] = &column{}
	}
	return cols
}

// survey reads the whole file.
func survey(ctx context.Context, open Opener, l *Layout, o *Options) (p breach.Profile, err error) {
	rs, err := openRows(open, l)
	if err != nil {
		return p, err
	}
	defer func() { _ = rs.close() }()
	rs.foreign = &foreign{}
	cols := newColumns(len(l.Columns))
	var scratch []byte
	for {
		f, err := rs.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, err
		}
		if rs.row%1024 == 0 && ctx.Err() != nil {
			return p, fmt.Errorf("inspecting dump: %w", ctx.Err())
		}
		for i, v := range f {
			scratch = cols[i].add(v, rs.row, scratch, o)
		}
	}
	l.conclude(rs, cols, o)
	return profile(rs, l, cols), nil
}

// add takes one value of any row.
func (c *column) add(v []byte, row int64, scratch []byte, o *Options) []byte {
	if v = clean(v); len(v) == 0 {
		return scratch
	}
	c.filled++
	if len(v) >= 13 {
		var f found
		f, scratch = search(v, scratch)
		c.nir += int64(when(f.nir))
		c.iban += int64(when(f.iban))
		c.card += int64(when(f.card))
	}
	switch {
	case c.looked < lookFirst || row%lookEvery == 0:
		c.look(v, o)
	case c.dates != nil && c.dates.n*2 > c.looked:
		// One row in a million may be the only one that tells day from month.
		if d := parseDate(v); d.kind == dateParts3 && d.plausible() {
			c.dates.add(d)
			c.looked++
		}
	}
	return scratch
}

// conclude completes the layout from what the whole file showed.
func (l *Layout) conclude(rs *rowset, cols []*column, o *Options) {
	for i, c := range understand(cols, l.names(), o) {
		c.Shape = l.Columns[i].Shape
		l.Columns[i] = c
	}
	if l.Encoding == utf8Name && len(rs.foreign.text) > 0 {
		l.Fallback = rs.foreign.guess()
		l.Warnings = append(l.Warnings, WarningMixed)
	}
	if rs.again > 0 {
		l.Warnings = append(l.Warnings, WarningHeaderAgain)
	}
	switch {
	case rs.split.cut:
		l.Warnings = append(l.Warnings, WarningCutInQuotes)
	case rs.short && !rs.split.ended:
		l.Warnings = append(l.Warnings, WarningCutLastRow)
	}
	if total(rs.refused)*20 > rs.row {
		l.Warnings = append(l.Warnings, WarningManyRefused)
	}
	has := map[string]bool{}
	for _, c := range l.Columns {
		has[c.Meaning] = true
		if c.Meaning == birthDate && c.Ambiguous {
			l.Warnings = append(l.Warnings, WarningDayMonth)
		}
	}
	if !has[birthDate] {
		l.Warnings = append(l.Warnings, WarningNoBirthDate)
	}
	if !has[birthName] && !has[usageName] && !has[fullName] {
		l.Warnings = append(l.Warnings, WarningNoName)
	}
}

func total(m map[string]int64) int64 {
	var n int64
	for _, x := range m {
		n += x
	}
	return n
}

// A category of the CNIL form: the meanings that belong to it, what is looked
// for beyond the columns, and the share of invented values that the detector
// found (TestRecall measures it).
type category struct {
	code      string
	meanings  []string
	hits      func(*column) int64 // values that prove themselves, in any column
	lookedFor string
	recall    float64
}

var categories = []category{
	{"civil_status", []string{birthName, usageName, givenNames, fullName, sex, birthDate, birthPlace, birthCommune, nationality}, nil,
		"columns of names, sex, birth date, birth place, nationality", 0.97},
	{nir, []string{nir}, func(c *column) int64 { return c.nir },
		"numbers of 15 characters with the structure and the key of a NIR, in every value; columns of 13", 0.99},
	{"contact", []string{email, phone, street, postcode, city, country}, nil,
		"columns of e-mail addresses, phone numbers, postal addresses", 0.97},
	{"access", []string{MeaningPassword, MeaningHash, MeaningLogin, MeaningIP}, nil,
		"columns of passwords, password hashes, log-in names, IP addresses", 0.88},
	{"financial", []string{MeaningIBAN, MeaningCard}, func(c *column) int64 { return c.iban + c.card },
		"IBAN (mod 97, RIB key) and payment cards (range, Luhn), in every value", 0.99},
	{"location", []string{MeaningLocation}, nil,
		"columns of latitude and longitude", 0.95},
}

// profile says what is in the file, and what was looked for and not found.
func profile(rs *rowset, l *Layout, cols []*column) breach.Profile {
	p := breach.Profile{Format: l.Format, Encoding: l.Encoding, Rows: rs.row, Refused: total(rs.refused),
		Complete: !rs.split.cut && (!rs.short || rs.split.ended), Present: []breach.Category{}, Absent: []breach.Absence{}}
	for _, c := range l.Columns {
		p.Columns = append(p.Columns, breach.Column{Name: c.Name, Meaning: c.Meaning, Confidence: c.Confidence, Filled: c.Filled})
	}
	for _, cat := range categories {
		if n := cat.count(l, cols); n > 0 {
			p.Present = append(p.Present, breach.Category{Code: cat.code, Count: n})
		} else {
			p.Absent = append(p.Absent, breach.Absence{Code: cat.code, LookedFor: cat.lookedFor, Rows: rs.row - p.Refused, Recall: cat.recall})
		}
	}
	return p
}

// count returns in how many rows a category is surely present: the fullest
// column of it, or what proved itself anywhere.
func (cat *category) count(l *Layout, cols []*column) int64 {
	var n, hits int64
	for i, c := range l.Columns {
		for _, m := range cat.meanings {
			if c.Meaning == m {
				n = max(n, c.Filled)
			}
		}
		if cat.hits != nil {
			hits += cat.hits(cols[i])
		}
	}
	return max(n, hits)
}

// Fields lists the fields that Records of this layout carry.
func (l *Layout) Fields() []matchers.Field {
	var out []matchers.Field
	for f := range matchers.NumFields {
		for _, c := range l.Columns {
			if c.Meaning == f.String() {
				out = append(out, f)
				break
			}
		}
	}
	return out
}

// String names the layout in one line for logs.
func (l *Layout) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %q", l.Format, l.Encoding, l.Delimiter)
	for _, c := range l.Columns {
		b.WriteString(" " + c.Meaning)
	}
	return b.String()
}
