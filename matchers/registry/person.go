package registry

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"vigie/internal/breach"
	"vigie/internal/ident"
	"vigie/matchers"
)

var regimes = []breach.Regime{
	breach.RegimeNone, breach.RegimeEmancipated, breach.RegimeTutelle, breach.RegimeCuratelle,
	breach.RegimeHabilitation, breach.RegimeMandate, breach.RegimeSauvegarde,
}

// row reads values and remembers the first defect, so that a row's reading is
// a list of columns. It brings flags, dates and sexes to one form in its cells.
type row struct {
	cells
	now   time.Time  // nobody is born after it; zero: that was seen to at the import
	dates *dateVotes // nil: dates are in their one form
	code  string
}

func (r *row) fail(code string) {
	if r.code == "" {
		r.code = code
	}
}

// id reads an identifier: opaque, printable, short.
func (r *row) id(c column) string {
	v := r.cells[c]
	switch {
	case v == "":
		r.fail("missing-" + c.String())
	case len(v) > 128 || strings.ContainsFunc(v, func(c rune) bool { return !unicode.IsPrint(c) }):
		r.fail("bad-" + c.String())
	}
	return v
}

func (r *row) flag(c column) bool {
	switch r.cells[c] {
	case "":
		return false
	case "1":
		return true
	}
	switch strings.ToLower(r.cells[c]) {
	case "true", "oui", "o", "yes", "y", "vrai":
		r.cells[c] = "1"
		return true
	case "0", "false", "non", "n", "no", "faux":
		r.cells[c] = ""
		return false
	}
	r.fail("not-boolean")
	return false
}

// oldest is the earliest year of a date: nobody alive was born before.
const oldest = 1850

// isoDay reads 2006-03-09 much faster than time.Parse, and refuses what is no
// day of the calendar.
func isoDay(v string) (time.Time, bool) {
	if len(v) != len(time.DateOnly) || v[4] != '-' || v[7] != '-' {
		return time.Time{}, false
	}
	y, ok1 := number(v[:4])
	m, ok2 := number(v[5:7])
	d, ok3 := number(v[8:])
	if !ok1 || !ok2 || !ok3 || y < oldest || m < 1 || m > 12 || d < 1 || d > 31 {
		return time.Time{}, false
	}
	day := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return day, day.Day() == d
}

func number(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// day reads a whole date; zero when there is none.
func (r *row) day(c column) time.Time {
	v := r.date(c)
	if v == "" {
		return time.Time{}
	}
	d, ok := isoDay(v)
	if !ok {
		r.fail("impossible-date")
	}
	return d
}

// birth reads a birth date in which month and day, or day, may be 00, and
// returns the text for linkage and the day for the rules of age. Where the day
// is unknown that is the last possible one: in doubt a person counts as a
// minor for as long as it is possible, and the parents are told.
func (r *row) birth() time.Time {
	v := r.date(column(matchers.BirthDate))
	if v == "" {
		return time.Time{}
	}
	months, days := 0, 0
	if len(v) == len(time.DateOnly) {
		switch {
		case strings.HasSuffix(v, "-00-00"):
			v, months, days = v[:4]+"-01-01", 12, -1
		case strings.HasSuffix(v, "-00"):
			v, months, days = v[:7]+"-01", 1, -1
		}
	}
	d, ok := isoDay(v)
	if !ok || !r.now.IsZero() && d.After(r.now) {
		r.fail("impossible-date")
		return time.Time{}
	}
	return d.AddDate(0, months, days)
}

func (r *row) address() breach.Address {
	return breach.Address{
		Street: r.cells[matchers.Street], Postcode: r.cells[matchers.Postcode], City: r.cells[matchers.City],
		Line2: r.cells[colLine2], Line3: r.cells[colLine3], Line5: r.cells[colLine5], Country: ident.Country(r.cells[matchers.Country]),
	}
}

func (r *row) contact(given, name string) breach.Contact {
	return breach.Contact{
		Civility: r.cells[colCivility], Given: given, Name: name,
		Email: r.cells[matchers.Email], Phone: r.cells[matchers.Phone], Address: r.address(),
		EmailSafe: r.flag(colEmailSafe), PhoneSafe: r.flag(colPhoneSafe), Language: r.cells[colLanguage],
		Reading: r.reading(),
	}
}

// reading brings how somebody reads to a level: exports have a level, or a box
// that is ticked.
func (r *row) reading() string {
	switch strings.ToLower(r.cells[colReading]) {
	case "":
		return ""
	case breach.ReadingEasy, "falc", "facile", "1", "true", "yes", "oui", "o", "x":
		return breach.ReadingEasy
	case breach.ReadingPlain, "standard", "0", "false", "no", "non", "n":
		return breach.ReadingPlain
	}
	r.fail("unknown-reading")
	return ""
}

// record is what linkage compares of the row.
func (r *row) record() matchers.Record {
	rec := matchers.Record{ID: r.cells[colID]}
	copy(rec.Values[:], r.cells[:matchers.NumFields])
	return rec
}

// sex brings a sex to M or F: exports write a letter, a word or INSEE's digit.
func (r *row) sex() {
	c := &r.cells[matchers.Sex]
	switch *c {
	case "", "M", "F":
		return
	}
	switch strings.ToLower(*c) {
	case "m", "1", "h", "homme", "masculin", "male", "garçon":
		*c = "M"
	case "f", "2", "femme", "féminin", "feminin", "female", "fille":
		*c = "F"
	default:
		r.fail("unknown-sex")
	}
}

// person reads a row of persons.csv without its relations; r.code says why it
// is refused.
func (r *row) person(m *Manifest) breach.Subject {
	s := breach.Subject{Registry: m.Name, Person: breach.PersonID(r.id(colID)), Controller: r.controller(m)}
	if r.cells[matchers.BirthName] == "" && r.cells[matchers.UsageName] == "" {
		r.fail("missing-name")
	}
	r.sex()
	s.Regime, s.Protected, s.Secret = breach.Regime(r.cells[colRegime]), r.flag(colProtected), r.flag(colSecret)
	s.Elected = breach.Address{Street: r.cells[colElectedStreet], Postcode: r.cells[colElectedPostcode], City: r.cells[colElectedCity]}
	s.BirthDate = r.birth()
	if !slices.Contains(regimes, s.Regime) {
		r.fail("unknown-regime")
	}
	if at := r.cells[colDeceasedAt]; at != "" {
		s.Deceased = true
		if at != "unknown" {
			s.DeceasedAt = r.day(colDeceasedAt)
		}
	}
	given, _, _ := strings.Cut(r.cells[matchers.GivenNames], " ")
	name := r.cells[matchers.UsageName]
	if name == "" {
		name = r.cells[matchers.BirthName]
	}
	s.Contact = r.contact(given, name)
	return s
}

// controller stays in the row, so that a person who leaves keeps the one that
// answered for them.
func (r *row) controller(m *Manifest) breach.ControllerID {
	id := breach.ControllerID(r.cells[colController])
	if id == "" && len(m.Controllers) == 1 {
		id = m.Controllers[0].ID
		r.cells[colController] = string(id)
		return id
	}
	if !m.controls(id) {
		r.fail("unknown-controller")
	}
	return id
}
