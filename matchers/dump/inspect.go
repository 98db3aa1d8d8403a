package dump

import (
	"context"
	"slices"

	"vigie/internal/breach"
)

// Warnings about a dump or a table that could be read.
const (
	WarningCutInQuotes = "cut-in-quotes"  // it ends inside a quoted value: its end is missing
	WarningCutLastRow  = "cut-last-row"   // its last row is short and has no end of line
	WarningMixed       = "mixed-encoding" // some values are UTF-8, others are not
	WarningPreamble    = "preamble"       // lines stand before the table
	WarningHeaderAgain = "header-again"   // the header comes again between rows; it is not counted
	WarningManyRefused = "many-refused"   // more than one row in twenty could not be read
	WarningDayMonth    = "day-or-month"   // nothing settles which is the day in the birth date
	WarningNoBirthDate = "no-birth-date"
	WarningNoName      = "no-name"
)

// Inspect walks the whole dump and says how it is laid out and what is in it.
// Parts that cannot be read are in the report. A dump of which nothing can be
// read is a breach.RefusedError, and the report says why. The Layout holds no
// value of the dump; the Report's samples are masked.
func (e *Engine) Inspect(ctx context.Context, src Source) (*Layout, *Report, error) {
	o := e.Options
	if o.Territory == "" {
		o.Territory = "FR"
	}
	s := newSurvey(&o)
	if err := e.run(ctx, src, s); err != nil {
		return nil, nil, err
	}
	s.finish()
	l := s.layout()
	r := s.report(l, true)
	return l, r, s.refusal()
}

// first is the answer before the end.
func (s *survey) first() *Report {
	return s.report(s.layout(), false)
}

// refusal is the error of a dump of which nothing could be read.
func (s *survey) refusal() error {
	if len(s.tables) > 0 || s.texts() > 0 {
		return nil
	}
	for _, m := range s.members {
		if m.code != "" {
			return Refuse(m.code, m.hint)
		}
	}
	return Refuse(CodeEmpty, "no table and no text stands in it")
}

func (s *survey) texts() int64 {
	var n int64
	for _, m := range s.members {
		n += m.texts
	}
	return n
}

func (s *survey) layout() *Layout {
	l := &Layout{Territory: s.o.Territory, Tables: []TableLayout{}, Warnings: []string{}}
	if len(s.members) > 0 {
		l.Format = s.members[0].format
	}
	warn := func(code string) {
		if !slices.Contains(l.Warnings, code) {
			l.Warnings = append(l.Warnings, code)
		}
	}
	has := map[string]bool{}
	for _, t := range s.tables {
		tl := t.layout()
		l.Tables = append(l.Tables, tl)
		for _, w := range tl.Warnings {
			warn(w)
		}
		for _, c := range tl.Columns {
			has[c.Meaning] = true
			if c.Meaning == birthDate && c.Ambiguous {
				warn(WarningDayMonth)
			}
		}
	}
	for _, m := range s.members {
		for _, w := range m.warnings {
			warn(w)
		}
	}
	if !has[birthDate] {
		warn(WarningNoBirthDate)
	}
	if !has[birthName] && !has[usageName] && !has[fullName] {
		warn(WarningNoName)
	}
	return l
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

// categorise says which categories are present in the tables, and which were looked
// for in vain.
func categorise(tables []TableLayout) (present []breach.Category, absent []breach.Absence) {
	present, absent = []breach.Category{}, []breach.Absence{}
	var rows int64
	for _, t := range tables {
		rows += t.Rows - total(t.Refused)
	}
	for _, cat := range categories {
		var n int64
		for _, t := range tables {
			n += cat.count(t.Columns, t.studied)
		}
		if n > 0 {
			present = append(present, breach.Category{Code: cat.code, Count: n})
		} else {
			absent = append(absent, breach.Absence{Code: cat.code, LookedFor: cat.lookedFor, Rows: rows, Recall: cat.recall})
		}
	}
	return present, absent
}

// count returns in how many rows a category is surely present: the fullest
// column of it, or what proved itself anywhere.
func (cat *category) count(columns []Column, cols []*column) int64 {
	var n, hits int64
	for i, c := range columns {
		if slices.Contains(cat.meanings, c.Meaning) {
			n = max(n, c.Filled)
		}
		if cat.hits != nil {
			hits += cat.hits(cols[i])
		}
	}
	return max(n, hits)
}
