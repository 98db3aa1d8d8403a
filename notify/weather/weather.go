// Package weather works out and writes the public "cyber-weather" of every
// commune, group of communes and department: what the last days were like, as
// far as anybody looked.
//
// Four skies. Sun: every source was read all day and nothing was claimed. Fog:
// somebody did not look, or a source was dark; it is said beside rain and storm
// too, and sun is never told under it (decisions.md 9). Rain: a site claims a
// body somewhere in the department. Storm: a body has told its public itself.
//
// What may be inferred was thought about first, because a page that names a
// body before it has spoken harms it and helps a blackmailer:
//
//   - Before its own communication a body leaves one trace, rain over its whole
//     department, and the same trace whichever body of the department it is,
//     whatever was decided about the alert, for the same number of days.
//   - A department with few bodies would name them: its claims fall on the
//     country.
//   - Storms are given from the day of the communication on; the days before
//     keep the sky they had.
//   - A group of communes shows what its departments and the communes in it
//     show, and a claim on it rains over the one department that most of its
//     communes are in: over two at once it would name the groups across them.
//   - What people report moves nothing before the body speaks: anybody could
//     make it rain.
//
// The package is pure but for Build, which writes files.
package weather

import (
	"slices"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// Sky is what a day was like.
type Sky string

// The skies.
const (
	Sun   Sky = "sun"
	Fog   Sky = "fog"
	Rain  Sky = "rain"
	Storm Sky = "storm"
)

// How it is computed; every page says so with these numbers.
const (
	Days      = 14             // shown
	RainDays  = 7              // that a claim rains, from the day it was found, whatever becomes of it
	StormDays = 14             // that a storm is shown, from the body's own communication
	DarkAfter = 12 * time.Hour // without reading a source, it was dark
	FewBodies = 20             // a department with fewer bodies would name them
)

// Place is a territory with a page.
type Place struct {
	Kind       string `json:"kind"` // commune, epci, department
	Code       string `json:"code"` // INSEE's, or SIREN of an EPCI
	Name       string `json:"name"`
	Department string `json:"department"` // of an EPCI, that of most of its communes; "" where it is not known
}

// Claim is an alert raised from a leak site, as far as the weather may know it.
type Claim struct {
	Department string // "" where it is not known
	At         time.Time
}

// Told is a body's own communication.
type Told struct {
	Kind, Code string // of the place
	At         time.Time
	URL        string
}

// Input is all that the weather follows from.
type Input struct {
	Now     time.Time
	Places  []Place
	Members map[string][]string // codes of the communes of each EPCI
	// Only is the department whose pages are written, its groups of communes with
	// all their communes; "" is all. The weather follows from all either way.
	Only    string
	Claims  []Claim
	Told    []Told
	Sources []breach.SourceID           // to be watched
	Looks   map[breach.SourceID][]int64 // hours (Unix time / 3600) in which each was read, ascending
}

// Day is one day of a place.
type Day struct {
	Day     string `json:"day"` // in Paris
	Sky     Sky    `json:"sky"`
	Fog     bool   `json:"fog"`     // also under rain and storm
	Sources int    `json:"sources"` // to be watched
	Dark    int    `json:"dark"`    // of them dark that day
}

// Report is the weather of everywhere.
type Report struct {
	Now     time.Time
	days    []Day              // of nowhere in particular: sun or fog
	rain    map[string][]bool  // by department, "" the country
	told    map[string][]Told  // by kind and code
	in      map[string][]Place // communes and departments by department
	groups  map[string][]Place // communes by EPCI
	byPlace []Place
}

// New works the weather out.
func New(in Input) *Report {
	r := &Report{Now: in.Now, rain: map[string][]bool{}, told: map[string][]Told{}, in: map[string][]Place{}, byPlace: in.Places}
	bounds := daysBefore(in.Now)
	r.days = visibility(in, bounds)
	r.groups = groups(in)
	bodies := map[string]int{}
	for _, p := range in.Places {
		if p.Department != "" {
			bodies[p.Department]++
			r.in[p.Department] = append(r.in[p.Department], p)
		}
	}
	for _, c := range in.Claims {
		where := c.Department
		if bodies[where] < FewBodies {
			where = ""
		}
		if r.rain[where] == nil {
			r.rain[where] = make([]bool, Days)
		}
		for i := range r.rain[where] {
			from := dayOf(c.At)
			if day := bounds[i]; !day.Before(from) && day.Before(from.AddDate(0, 0, RainDays)) {
				r.rain[where][i] = true
			}
		}
	}
	for _, t := range in.Told {
		if from := dayOf(t.At); bounds[Days-1].Before(from.AddDate(0, 0, StormDays)) && !t.At.After(in.Now) {
			r.told[t.Kind+" "+t.Code] = append(r.told[t.Kind+" "+t.Code], t)
		}
	}
	for _, list := range r.told {
		slices.SortFunc(list, func(a, b Told) int { return a.At.Compare(b.At) })
	}
	r.keepOnly(in.Only)
	return r
}

// keepOnly leaves the pages of one department.
func (r *Report) keepOnly(department string) {
	if department == "" {
		return
	}
	linked := map[Place]bool{}
	for _, p := range r.byPlace {
		if p.Kind == "epci" && p.Department == department {
			for _, m := range r.groups[p.Code] {
				linked[m] = true
			}
		}
	}
	var kept []Place
	for _, p := range r.byPlace {
		if p.Department == department || linked[p] {
			kept = append(kept, p)
		}
	}
	r.byPlace = kept
}

// Places is how many places have a page.
func (r *Report) Places() int { return len(r.byPlace) }

// dayOf is the beginning of a moment's day in Paris.
func dayOf(t time.Time) time.Time {
	p := t.In(i18n.Paris())
	return time.Date(p.Year(), p.Month(), p.Day(), 0, 0, 0, 0, p.Location())
}

// daysBefore are the beginnings of the days shown, the oldest first; the last
// is today.
func daysBefore(now time.Time) []time.Time {
	out := make([]time.Time, Days)
	for i := range out {
		out[i] = dayOf(now).AddDate(0, 0, i-Days+1)
	}
	return out
}

// visibility says for each day how many sources were dark in some part of it.
func visibility(in Input, bounds []time.Time) []Day {
	out := make([]Day, len(bounds))
	for i, day := range bounds {
		end := day.AddDate(0, 0, 1)
		if end.After(in.Now) {
			end = in.Now
		}
		d := Day{Day: day.Format(time.DateOnly), Sources: len(in.Sources)}
		for _, s := range in.Sources {
			if dark(in.Looks[s], day, end) {
				d.Dark++
			}
		}
		d.Fog = d.Sources == 0 || d.Dark > 0
		d.Sky = Sun
		if d.Fog {
			d.Sky = Fog
		}
		out[i] = d
	}
	return out
}

// dark tells whether more than DarkAfter passed between two readings of a
// source at any moment of [from, to]. A look counts for the whole of its hour.
func dark(hours []int64, from, to time.Time) bool {
	limit := int64(DarkAfter / time.Second)
	i, _ := slices.BinarySearch(hours, from.Unix()/3600)
	if i == 0 && (len(hours) == 0 || hours[0]*3600 > from.Unix()) {
		return true // not watched when the day began
	}
	last := from.Unix()
	if i > 0 {
		last = (hours[i-1] + 1) * 3600
	}
	for ; i < len(hours) && hours[i]*3600 <= to.Unix(); i++ {
		if hours[i]*3600-last > limit {
			return true
		}
		last = (hours[i] + 1) * 3600
	}
	next := to.Unix() // what came after the day, if anything, shortens nothing
	if i < len(hours) {
		next = hours[i] * 3600
	}
	return min(next, to.Unix()+limit)-last > limit
}

func groups(in Input) map[string][]Place {
	communes := map[string]Place{}
	for _, p := range in.Places {
		if p.Kind == "commune" {
			communes[p.Code] = p
		}
	}
	out := map[string][]Place{}
	for group, codes := range in.Members {
		for _, code := range codes {
			if p, ok := communes[code]; ok {
				out[group] = append(out[group], p)
			}
		}
	}
	return out
}

// Group is the weather of a group of communes with all who spoke in it, its
// communes among them: it rains where it rains over one of them.
func (r *Report) Group(p Place) (days []Day, told map[Place][]Told) {
	days, told = slices.Clone(r.days), map[Place][]Told{}
	var departments []string
	if p.Department != "" {
		departments = append(departments, p.Department)
	}
	var all []Told
	for _, m := range append([]Place{p}, r.groups[p.Code]...) {
		if list := r.told[m.Kind+" "+m.Code]; len(list) > 0 {
			told[m], all = list, append(all, list...)
		}
		if m.Department != "" && !slices.Contains(departments, m.Department) {
			departments = append(departments, m.Department)
		}
	}
	for i := range days {
		for _, d := range departments {
			if rain := r.rain[d]; rain != nil && rain[i] {
				days[i].Sky = Rain
			}
		}
		if stormy(all, days[i].Day) {
			days[i].Sky = Storm
		}
	}
	return days, told
}

// Of is the weather of a place and what its body told.
func (r *Report) Of(p Place) ([]Day, []Told) {
	told := r.told[p.Kind+" "+p.Code]
	return r.sky(p.Department, told), told
}

// Country is the weather of the whole country: it rains where it rains
// anywhere, without saying where.
func (r *Report) Country() []Day {
	days := slices.Clone(r.days)
	for _, rain := range r.rain {
		for i := range days {
			if rain[i] {
				days[i].Sky = Rain
			}
		}
	}
	for _, list := range r.told {
		for i := range days {
			if stormy(list, days[i].Day) {
				days[i].Sky = Storm
			}
		}
	}
	return days
}

func (r *Report) sky(department string, told []Told) []Day {
	days := slices.Clone(r.days)
	for i := range days {
		if rain := r.rain[department]; department != "" && rain != nil && rain[i] {
			days[i].Sky = Rain
		}
		if stormy(told, days[i].Day) {
			days[i].Sky = Storm
		}
	}
	return days
}

// stormy tells whether a body had told its public by a day.
func stormy(told []Told, day string) bool {
	return slices.ContainsFunc(told, func(t Told) bool {
		from := dayOf(t.At)
		return day >= from.Format(time.DateOnly) && day < from.AddDate(0, 0, StormDays).Format(time.DateOnly)
	})
}

// Department is the weather of a department with all who spoke in it.
func (r *Report) Department(code string) (days []Day, told map[Place][]Told) {
	told = map[Place][]Told{}
	var all []Told
	for _, p := range r.in[code] {
		if list := r.told[p.Kind+" "+p.Code]; len(list) > 0 {
			told[p], all = list, append(all, list...)
		}
	}
	return r.sky(code, all), told
}
