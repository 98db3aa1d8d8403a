package france

import (
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a machine without time zones must still know the hour in Nouméa

	"go.yaml.in/yaml/v3"
)

//go:embed data/areas.yaml
var areasYAML []byte

// Area is a part of the country with a clock or holidays of its own. In
// Polynésie the clock is Tahiti's; the Marquesas and Gambier are at most an
// hour ahead.
type Area struct {
	Code      string   `yaml:"code"` // ISO 3166, and FR-AM for Alsace and Moselle
	Slug      string   `yaml:"slug"` // as people write it in a configuration: alsace-moselle
	Name      string   `yaml:"name"`
	Zone      string   `yaml:"zone"`
	Postcodes []string `yaml:"postcodes"` // how they begin
	location  *time.Location
}

// holiday is a legal holiday, with its source in law.
type holiday struct {
	Day    string   `yaml:"day"`
	Name   string   `yaml:"name"`
	Source string   `yaml:"source"`
	Since  int      `yaml:"since"`
	Until  int      `yaml:"until"`
	Where  []string `yaml:"where"`
	moving bool
	offset int // days from Easter, if it moves
}

type areaTable struct {
	Areas []Area    `yaml:"areas"`
	Days  []holiday `yaml:"days"`
}

var areas = sync.OnceValue(func() areaTable {
	t, err := readAreas(areasYAML)
	if err != nil {
		panic("france: " + err.Error()) // a broken build, which the tests notice
	}
	return t
})

func readAreas(raw []byte) (areaTable, error) {
	var t areaTable
	if err := yaml.Unmarshal(raw, &t); err != nil {
		return t, fmt.Errorf("parsing the areas: %w", err)
	}
	known := map[string]bool{}
	for i := range t.Areas {
		a := &t.Areas[i]
		var err error
		if a.location, err = time.LoadLocation(a.Zone); err != nil || a.Zone == "" || a.Code == "" || a.Slug == "" || known[a.Code] {
			return t, fmt.Errorf("area %q: want a code of its own, a slug and a zone", a.Code)
		}
		known[a.Code] = true
	}
	for i := range t.Days {
		h := &t.Days[i]
		var err error
		if offset, ok := strings.CutPrefix(h.Day, "easter"); ok {
			h.moving = true
			h.offset, err = strconv.Atoi(offset)
		} else {
			_, err = time.Parse(time.DateOnly, "2000-"+h.Day)
		}
		if err != nil || h.Name == "" || h.Source == "" || slices.ContainsFunc(h.Where, func(w string) bool { return !known[w] }) {
			return t, fmt.Errorf("holiday %q: want a day, a name, a source, and areas that are listed", h.Day)
		}
	}
	return t, nil
}

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

// AreaNamed finds an area by its code or slug; "" is the mainland.
func AreaNamed(name string) (Area, bool) {
	if name == "" {
		return areas().Areas[0], true
	}
	i := slices.IndexFunc(areas().Areas, func(a Area) bool { return a.Code == name || a.Slug == name })
	if i < 0 {
		return Area{}, false
	}
	return areas().Areas[i], true
}

// Location is the area's clock.
func (a Area) Location() *time.Location { return a.location }

// Holiday tells whether a day is a legal holiday of the area. The day is that
// of at's own clock.
func (a Area) Holiday(at time.Time) bool {
	sunday := easter(at.Year())
	return slices.ContainsFunc(areas().Days, func(h holiday) bool {
		switch {
		case at.Year() < h.Since, h.Until > 0 && at.Year() > h.Until, len(h.Where) > 0 && !slices.Contains(h.Where, a.Code):
			return false
		case h.moving:
			return sunday.AddDate(0, 0, h.offset).Format("01-02") == at.Format("01-02")
		}
		return at.Format("01-02") == h.Day
	})
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
