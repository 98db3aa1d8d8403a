package france

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a machine without time zones must still know the hour in Nouméa
)

//go:embed data/areas.json
var areasJSON []byte

// Area is a part of the country with a clock and holidays of its own. In
// Polynésie the clock is Tahiti's; the Marquesas and Gambier are at most an
// hour ahead.
type Area struct {
	Code      string   `json:"code"` // ISO 3166, and FR-AM for Alsace and Moselle
	Name      string   `json:"name"`
	Zone      string   `json:"zone"`
	Postcodes []string `json:"postcodes"` // how they begin
	holidays
	location *time.Location
}

// holidays are days of the year, and days counted from Easter Sunday.
type holidays struct {
	Fixed []struct {
		Day   string `json:"day"`   // month and day: 0714
		From  int    `json:"from"`  // first year; 0: always
		Until int    `json:"until"` // last year; 0: still
	} `json:"fixed"`
	Easter []int `json:"easter"`
}

type areaTable struct {
	holidays
	Areas []Area `json:"areas"`
}

var areas = sync.OnceValue(func() areaTable {
	var t areaTable
	if err := json.Unmarshal(areasJSON, &t); err != nil {
		panic(fmt.Sprintf("france: areas: %v", err)) // a broken build, which the tests notice
	}
	for i := range t.Areas {
		loc, err := time.LoadLocation(t.Areas[i].Zone)
		if err != nil {
			panic(fmt.Sprintf("france: zone of %s: %v", t.Areas[i].Code, err))
		}
		t.Areas[i].location = loc
	}
	return t
})

// Areas lists them all.
func Areas() []Area { return slices.Clone(areas().Areas) }

// AreaOf tells the area of a postcode: the longest beginning that fits. What
// is no postcode is the mainland.
func AreaOf(postcode string) Area {
	postcode = strings.TrimSpace(postcode)
	best, length := areas().Areas[0], -1
	for _, a := range areas().Areas {
		for _, p := range a.Postcodes {
			if len(p) > length && strings.HasPrefix(postcode, p) {
				best, length = a, len(p)
			}
		}
	}
	return best
}

// AreaNamed finds an area by its code.
func AreaNamed(code string) (Area, bool) {
	i := slices.IndexFunc(areas().Areas, func(a Area) bool { return a.Code == code })
	if i < 0 {
		return Area{}, false
	}
	return areas().Areas[i], true
}

// Location is the area's clock.
func (a Area) Location() *time.Location { return a.location }

// Holiday tells whether a moment falls on a legal holiday of the area, by its
// own clock.
func (a Area) Holiday(at time.Time) bool {
	at = at.In(a.location)
	sunday := easter(at.Year())
	for _, h := range []holidays{areas().holidays, a.holidays} {
		for _, f := range h.Fixed {
			if f.Day == at.Format("0102") && at.Year() >= f.From && (f.Until == 0 || at.Year() <= f.Until) {
				return true
			}
		}
		for _, n := range h.Easter {
			if sunday.AddDate(0, 0, n).Format("0102") == at.Format("0102") {
				return true
			}
		}
	}
	return false
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
	return time.Date(year, time.Month(month), (h+l-7*m+33*month+19)%32, 0, 0, 0, 0, time.UTC)
}
