package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a machine without time zones must still write the right hour
)

// space is a no-break space: a number or a date does not break over lines.
const space = "\u00a0"

var months = map[string][12]string{
	French:  {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"},
	English: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	"ar":    {"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
	"es":    {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"},
	"pt":    {"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"},
	"tr":    {"Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos", "Eylül", "Ekim", "Kasım", "Aralık"},
	"uk":    {"січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня", "вересня", "жовтня", "листопада", "грудня"},
}

// Paris is the legal time of metropolitan France.
var Paris = sync.OnceValue(func() *time.Location {
	loc, err := time.LoadLocation("Europe/Paris")
	if err != nil { // impossible: time/tzdata is linked in
		return time.UTC
	}
	return loc
})

// Date writes the day of t in Paris, in full: "1er mars 2026", "1 March 2026".
// A zero time gives "".
func Date(lang string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(Paris())
	names, ok := months[lang]
	if !ok {
		lang, names = French, months[French]
	}
	day := strconv.Itoa(t.Day())
	if lang == French && t.Day() == 1 {
		day = "1er"
	}
	of := space
	if lang == "es" || lang == "pt" {
		of = space + "de" + space
	}
	return day + of + names[t.Month()-1] + of + strconv.Itoa(t.Year())
}

// DateTime writes the day and the minute of t in Paris, followed in autumn's
// double hour by the offset, since 2.30 happens twice that night.
func DateTime(lang string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	p := t.In(Paris())
	clock := fmt.Sprintf("%d%sh%s%02d", p.Hour(), space, space, p.Minute())
	join := " à "
	switch lang {
	case French:
	case English:
		clock, join = p.Format("15:04"), " at "
	default:
		clock, join = p.Format("15:04"), ", "
	}
	if ambiguous(p) {
		clock += p.Format(" (MST)")
	}
	return Date(lang, t) + join + clock
}

func ambiguous(p time.Time) bool {
	wall := p.Format(time.DateTime)
	return p.Add(time.Hour).Format(time.DateTime) == wall || p.Add(-time.Hour).Format(time.DateTime) == wall
}

// Number writes n with its thousands apart: "1 234 567" in French with no-break
// spaces, "1,234,567" in English.
func Number(lang string, n int64) string {
	sep := space
	if lang == English {
		sep = ","
	}
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}
