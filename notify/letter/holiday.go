package letter

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

//go:embed holidays.yaml
var holidayFile []byte

// holiday is a legal holiday, with its source in law.
type holiday struct {
	Day    string   `yaml:"day"`
	Name   string   `yaml:"name"`
	Source string   `yaml:"source"`
	Since  int      `yaml:"since"`
	Where  []string `yaml:"where"`
	moving bool
	offset int // days from Easter, if it moves
}

type holidayTable struct {
	Territories []string  `yaml:"territories"`
	Days        []holiday `yaml:"days"`
}

var holidays = sync.OnceValues(func() (holidayTable, error) { return readHolidays(holidayFile) })

func readHolidays(data []byte) (holidayTable, error) {
	var t holidayTable
	if err := yaml.Unmarshal(data, &t); err != nil {
		return t, fmt.Errorf("parsing the holidays: %w: %w", breach.ErrInvalid, err)
	}
	for i := range t.Days {
		h := &t.Days[i]
		var err error
		if offset, ok := strings.CutPrefix(h.Day, "easter"); ok {
			h.moving = true
			h.offset, err = strconv.Atoi(offset)
		} else {
			_, err = time.Parse("2006-01-02", "2000-"+h.Day)
		}
		if err != nil || h.Name == "" || h.Source == "" || slices.ContainsFunc(h.Where, func(w string) bool { return !slices.Contains(t.Territories, w) }) {
			return t, fmt.Errorf("holiday %q: want a day, a name, a source, and territories that are listed: %w", h.Day, breach.ErrInvalid)
		}
	}
	return t, nil
}

// on tells whether the day is this holiday.
func (h holiday) on(day time.Time, territory string) bool {
	if day.Year() < h.Since || len(h.Where) > 0 && !slices.Contains(h.Where, territory) {
		return false
	}
	if h.moving {
		return same(easter(day.Year()).AddDate(0, 0, h.offset), day)
	}
	return day.Format("01-02") == h.Day
}

// easter is the Sunday of Easter (Meeus, Jones and Butcher's rule).
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	return time.Date(year, time.Month(month), (h+l-7*m+33*month+19)%32, 0, 0, 0, 0, i18n.Paris())
}
