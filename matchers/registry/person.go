package registry

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"vigie/internal/breach"
	"vigie/matchers"
)

// recordColumns are the columns of persons.csv that linkage compares.
var recordColumns = []matchers.Field{
	matchers.BirthName, matchers.UsageName, matchers.GivenNames, matchers.Sex, matchers.BirthDate,
	matchers.BirthPlace, matchers.BirthCommune, matchers.Nationality, matchers.Email, matchers.Phone,
	matchers.Street, matchers.Postcode, matchers.City, matchers.Country, matchers.NIR,
}

// otherColumns are the rest of persons.csv and relations.csv.
var otherColumns = []string{
	"id", "controller", "line2", "line3", "line5", "civility", "deceased_at", "regime", "protected",
	"elected_street", "elected_postcode", "elected_city", "secret", "email_safe", "phone_safe", "language",
	"person", "holder", "kind", "authority", "from", "until", "deceased", "barred", "given", "name",
}

func knownColumn(name string) bool {
	f, ok := matchers.ParseField(name)
	return ok && slices.Contains(recordColumns, f) || slices.Contains(otherColumns, name)
}

var regimes = []breach.Regime{
	breach.RegimeNone, breach.RegimeEmancipated, breach.RegimeTutelle, breach.RegimeCuratelle,
	breach.RegimeHabilitation, breach.RegimeMandate, breach.RegimeSauvegarde,
}

// row reads values and remembers the first defect, so that a row's reading is
// a list of columns.
type row struct {
	t    *table
	now  time.Time
	code string
}

func (r *row) fail(code string) {
	if r.code == "" {
		r.code = code
	}
}

func (r *row) text(column string) string { return r.t.value(column) }

// id reads an identifier: opaque, printable, short.
func (r *row) id(column string) string {
	v := r.text(column)
	switch {
	case v == "":
		r.fail("missing-" + column)
	case len(v) > 128 || strings.ContainsFunc(v, func(c rune) bool { return !unicode.IsPrint(c) }):
		r.fail("bad-" + column)
	}
	return v
}

func (r *row) flag(column string) bool {
	switch r.text(column) {
	case "1", "true":
		return true
	case "", "0", "false":
		return false
	}
	r.fail("not-boolean")
	return false
}

// day reads a whole date; zero when there is none.
func (r *row) day(column string) time.Time {
	v := r.text(column)
	if v == "" {
		return time.Time{}
	}
	d, err := time.Parse(time.DateOnly, v)
	if err != nil || d.Year() < oldest {
		r.fail("impossible-date")
	}
	return d
}

// oldest is the earliest year of a date: nobody alive was born before.
const oldest = 1850

// birth reads a birth date in which month and day, or day, may be 00, and
// returns the text for linkage and the day for the rules of age. Where the day
// is unknown that is the last possible one: in doubt a person counts as a
// minor for as long as it is possible, and the parents are told.
func (r *row) birth(column string) (string, time.Time) {
	v := r.text(column)
	if v == "" {
		return "", time.Time{}
	}
	whole, months, days := v, 0, 0
	switch {
	case len(v) != len(time.DateOnly):
	case strings.HasSuffix(v, "-00-00"):
		whole, months, days = v[:4]+"-01-01", 12, -1
	case strings.HasSuffix(v, "-00"):
		whole, months, days = v[:7]+"-01", 1, -1
	}
	d, err := time.Parse(time.DateOnly, whole)
	if err != nil || d.Year() < oldest || d.After(r.now) {
		r.fail("impossible-date")
		return v, time.Time{}
	}
	return v, d.AddDate(0, months, days)
}

func (r *row) address(prefix string) breach.Address {
	a := breach.Address{
		Street:   r.text(prefix + "street"),
		Postcode: r.text(prefix + "postcode"),
		City:     r.text(prefix + "city"),
	}
	if prefix == "" {
		a.Line2, a.Line3, a.Line5, a.Country = r.text("line2"), r.text("line3"), r.text("line5"), r.text("country")
	}
	return a
}

func (r *row) contact(given, name string) breach.Contact {
	return breach.Contact{
		Civility: r.text("civility"), Given: given, Name: name,
		Email: r.text("email"), Phone: r.text("phone"), Address: r.address(""),
		EmailSafe: r.flag("email_safe"), PhoneSafe: r.flag("phone_safe"), Language: r.text("language"),
	}
}

// person reads a row of persons.csv; the code says why it is refused.
func person(t *table, m *Manifest, now time.Time) (rec matchers.Record, s breach.Subject, code string) {
	r := &row{t: t, now: now}
	rec.ID = r.id("id")
	for _, f := range recordColumns {
		rec.Values[f] = t.value(f.String())
	}
	if rec.Values[matchers.BirthName] == "" && rec.Values[matchers.UsageName] == "" {
		r.fail("missing-name")
	}
	if sex := rec.Values[matchers.Sex]; sex != "" && sex != "M" && sex != "F" {
		r.fail("unknown-sex")
	}
	s = breach.Subject{
		Registry: m.Name, Person: breach.PersonID(rec.ID), Controller: r.controller(m),
		Regime: breach.Regime(r.text("regime")), Protected: r.flag("protected"), Secret: r.flag("secret"),
		Elected: r.address("elected_"),
	}
	rec.Values[matchers.BirthDate], s.BirthDate = r.birth("birth_date")
	if !slices.Contains(regimes, s.Regime) {
		r.fail("unknown-regime")
	}
	if at := r.text("deceased_at"); at != "" {
		s.Deceased = true
		if at != "unknown" {
			s.DeceasedAt = r.day("deceased_at")
		}
	}
	given, _, _ := strings.Cut(rec.Values[matchers.GivenNames], " ")
	name := rec.Values[matchers.UsageName]
	if name == "" {
		name = rec.Values[matchers.BirthName]
	}
	s.Contact = r.contact(given, name)
	return rec, s, r.code
}

func (r *row) controller(m *Manifest) breach.ControllerID {
	id := breach.ControllerID(r.text("controller"))
	if id == "" && len(m.Controllers) == 1 {
		return m.Controllers[0].ID
	}
	if !m.controls(id) {
		r.fail("unknown-controller")
	}
	return id
}
