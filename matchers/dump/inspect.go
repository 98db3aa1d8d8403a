package dump

import (
	"context"
	"slices"
)

// Warnings about a dump or a table that could be read.
const (
	WarningCutInQuotes = "cut-in-quotes"  // it ends inside a quoted value: its end is missing
	WarningCutLastRow  = "cut-last-row"   // its last row is short and has no end of line
	WarningMixed       = "mixed-encoding" // some values are UTF-8, others are not
	WarningPreamble    = "preamble"       // lines stand before the table
	WarningHeaderAgain = "header-again"   // the header comes again between rows; it is not counted
	WarningManyRefused = "many-refused"   // more than one row in twenty could not be read
	WarningUnparted    = "unparted-lines" // lines of parts that nothing told: what is in them is not absent
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
	if len(s.tables) > 0 || s.textual() > 0 {
		return nil
	}
	for _, m := range s.members {
		if m.code != "" {
			return Refuse(m.code, m.hint)
		}
	}
	return Refuse(CodeEmpty, "no table and no text stands in it")
}

func (s *survey) textual() int64 {
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
	s.watch.mark(l, s.tables)
	if len(s.tables) == 0 {
		return l
	}
	if !has[birthDate] {
		warn(WarningNoBirthDate)
	}
	if !has[birthName] && !has[usageName] && !has[fullName] {
		warn(WarningNoName)
	}
	return l
}
