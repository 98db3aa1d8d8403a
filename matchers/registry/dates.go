package registry

import (
	"fmt"
	"slices"
	"strings"

	"vigie/matchers"
)

// The ways of writing dates that Manifest.Dates may state.
const (
	datesDMY = "dmy"
	datesMDY = "mdy"
)

// dateStyle is how a column writes its dates: as its first value does.
type dateStyle byte

const (
	styleUnseen dateStyle = iota
	styleISO              // 2006-03-09, or 20060309
	styleParts            // 09/03/2006, with / . or -; which part is the month is settled on the whole column
)

// styleOf looks at a value. What is no date is taken as ISO, to be refused.
func styleOf(v string) dateStyle {
	if len(v) >= 8 && len(v) <= 10 && strings.ContainsAny(v[:3], "/.-") {
		return styleParts
	}
	return styleISO
}

// dateColumns hold dates.
var dateColumns = []column{column(matchers.BirthDate), colDeceasedAt, colFrom, colUntil}

// dateStyles are the styles of a file's columns.
type dateStyles [numColumns]dateStyle

// dateVotes are what a column's values say about the order of day and month.
type dateVotes struct {
	styles dateStyles
	order  string // from the manifest; "" takes the day first, and asks the votes for leave
	seen   [numColumns]struct{ parts, dayFirst, monthFirst int64 }
}

func (v *dateVotes) add(o *dateVotes) {
	for c := range v.seen {
		v.seen[c].parts += o.seen[c].parts
		v.seen[c].dayFirst += o.seen[c].dayFirst
		v.seen[c].monthFirst += o.seen[c].monthFirst
	}
}

// look settles the style of the columns that have not shown a value yet.
func (v *dateVotes) look(cols []column, fields []string) {
	for i, c := range cols {
		if v.styles[c] != styleUnseen || !slices.Contains(dateColumns, c) {
			continue
		}
		if text := strings.TrimSpace(fields[i]); text != "" && text != "unknown" {
			v.styles[c] = styleOf(text)
		}
	}
}

// verdict refuses a file in which 03/04/2006 may be March or April.
func (v *dateVotes) verdict(file string) error {
	if v.order != "" {
		return nil
	}
	for c, n := range v.seen {
		what := fmt.Sprintf("%s, column %q", file, column(c))
		switch {
		case n.parts == 0 || n.dayFirst > 0:
		case n.monthFirst > 0:
			return refuse("month-first-dates", what, "its dates put the month first: state dates: mdy in the manifest, or write 2006-12-31")
		default:
			return refuse("ambiguous-dates", what, "day and month cannot be told apart: state dates: dmy in the manifest, or write 2006-12-31")
		}
	}
	return nil
}

// date brings a date to its one form, 2006-03-09. What it cannot read it gives
// back as it is.
func (r *row) date(c column) string {
	v := r.cells[c]
	if v == "" || r.dates == nil {
		return v
	}
	if at := strings.IndexAny(v, " T"); at >= 8 && strings.Trim(v[at+1:], "0:.") == "" {
		v = v[:at] // midnight, as databases write days; another hour may hide another day
	}
	if r.dates.styles[c] == styleParts {
		v = r.parts(c, v)
	} else if n, ok := number(v); ok && len(v) == 8 && n > 0 {
		v = v[:4] + "-" + v[4:6] + "-" + v[6:]
	}
	r.cells[c] = v
	return v
}

// parts reads 09/03/2006, 9.3.2006 or 09-03-2006.
func (r *row) parts(c column, v string) string {
	f := strings.FieldsFunc(v, func(c rune) bool { return c == '/' || c == '.' || c == '-' })
	if len(f) != 3 || len(f[0]) > 2 || len(f[1]) > 2 || len(f[2]) != 4 {
		return "?" // another style than the column's
	}
	a, ok1 := number(f[0])
	b, ok2 := number(f[1])
	if !ok1 || !ok2 {
		return "?"
	}
	n := &r.dates.seen[c]
	n.parts++
	if a > 12 && b <= 12 {
		n.dayFirst++
	}
	if b > 12 && a <= 12 {
		n.monthFirst++
	}
	if r.dates.order == datesMDY {
		a, b = b, a
	}
	return fmt.Sprintf("%s-%02d-%02d", f[2], b, a)
}
