package letter

import (
	"errors"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// TestHolidays compares the table with dates that are known.
func TestHolidays(t *testing.T) {
	for _, c := range []struct {
		day, territory string
		want           bool
	}{
		{"2026-04-06", "", true}, // Easter Monday
		{"2026-05-14", "", true}, // Ascension
		{"2026-05-25", "", true}, // Whit Monday
		{"2026-11-11", "mayotte", true},
		{"1981-05-08", "", false},
		{"1982-05-08", "", true},
		{"2026-04-03", "", false}, // Good Friday
		{"2026-04-03", "alsace-moselle", true},
		{"2026-12-26", "alsace-moselle", true},
		{"2026-04-27", "mayotte", true},
		{"2026-05-22", "martinique", true},
		{"2026-05-22", "guadeloupe", false},
		{"2026-05-27", "guadeloupe", true},
		{"2026-05-28", "saint-martin", true},
		{"2026-06-10", "guyane", true},
		{"2026-10-09", "saint-barthelemy", true},
		{"2026-12-20", "reunion", true},
		{"2026-12-20", "", false},
	} {
		day, err := time.ParseInLocation(time.DateOnly, c.day, i18n.Paris())
		if err != nil {
			t.Fatal(err)
		}
		if got := (Calendar{Territory: c.territory}).Holiday(day.Add(9 * time.Hour)); got != c.want {
			t.Errorf("%s in %q: %v", c.day, c.territory, got)
		}
	}
	n := 0
	for day := time.Date(2026, 1, 1, 12, 0, 0, 0, i18n.Paris()); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		if (Calendar{}).Holiday(day) {
			n++
		}
	}
	if n != 11 {
		t.Errorf("%d holidays in 2026, want 11", n)
	}
}

func TestNewCalendar(t *testing.T) {
	c, err := NewCalendar("16h00", "reunion", []string{"2026-05-15"})
	if err != nil || c.CutOff != 16*time.Hour || c.Working(time.Date(2026, 5, 15, 9, 0, 0, 0, i18n.Paris())) {
		t.Errorf("%+v, %v", c, err)
	}
	for _, bad := range [][3]string{{"25h00", "", ""}, {"17:30", "", ""}, {"", "atlantis", ""}, {"", "", "15/05/2026"}} {
		var closed []string
		if bad[2] != "" {
			closed = []string{bad[2]}
		}
		if _, err := NewCalendar(bad[0], bad[1], closed); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%v: got %v, want ErrInvalid", bad, err)
		}
	}
}

func TestHolidayTable(t *testing.T) {
	for name, text := range map[string]string{
		"no YAML":               "days: [",
		"a day":                 "days: [{day: \"13-40\", name: x, source: y}]",
		"an offset":             "days: [{day: \"easter+x\", name: x, source: y}]",
		"no source":             "days: [{day: \"01-01\", name: x}]",
		"an unlisted territory": "days: [{day: \"01-01\", name: x, source: y, where: [z]}]",
	} {
		if _, err := readHolidays([]byte(text)); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}
