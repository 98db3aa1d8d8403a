package weather

import (
	"bytes"
	"cmp"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// maxPage is the largest page that is published, in bytes.
const maxPage = 100 << 10

//go:embed messages/*.yaml page.html
var files embed.FS

var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page.html").Option("missingkey=error").ParseFS(files, "page.html")
})

var catalogue = sync.OnceValues(func() (*i18n.Catalog, error) { return i18n.New(files) })

// Built counts what Build did.
type Built struct {
	Files   int64 `json:"files"`
	Written int64 `json:"written"` // those that changed
	Largest int64 `json:"largest"` // bytes
}

// Build writes the pages of a report into dir: index, departments (d), communes
// (c), groups of communes (e), each in French, in English and as JSON. A file
// that says the same already is left alone; another is replaced as a whole.
func Build(ctx context.Context, dir string, r *Report) (Built, error) {
	s, err := newSite(dir, r)
	if err != nil {
		return Built{}, err
	}
	for _, sub := range []string{"", "c", "d", "e"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return Built{}, fmt.Errorf("weather: %w", err)
		}
	}
	jobs := make(chan Place, 256)
	errs := make(chan error, runtime.GOMAXPROCS(0))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range cap(errs) {
		go func() {
			var failed error
			for p := range jobs {
				if failed == nil {
					if failed = errors.Join(ctx.Err(), s.place(p)); failed != nil {
						cancel()
					}
				}
			}
			errs <- failed
		}()
	}
	for _, p := range r.byPlace {
		jobs <- p
	}
	close(jobs)
	for range cap(errs) {
		err = errors.Join(err, <-errs)
	}
	if err == nil {
		err = errors.Join(s.index(), s.list())
	}
	return Built{s.files.Load(), s.written.Load(), s.largest.Load()}, err
}

type site struct {
	dir string
	r   *Report
	cat *i18n.Catalog
	t   *template.Template

	departments             map[string]Place
	days                    sync.Map // what pages share, by what it follows from
	files, written, largest atomic.Int64
}

func newSite(dir string, r *Report) (*site, error) {
	cat, err := catalogue()
	if err != nil {
		return nil, err
	}
	t, err := parsed()
	if err != nil {
		return nil, err
	}
	s := &site{dir: dir, r: r, cat: cat, t: t, departments: map[string]Place{}}
	for _, p := range r.byPlace {
		if !codeShape.MatchString(p.Code) {
			return nil, fmt.Errorf("weather: place with code %q: %w", p.Code, breach.ErrInvalid)
		}
		if p.Kind == "department" {
			s.departments[p.Code] = p
		}
	}
	return s, nil
}

var codeShape = regexp.MustCompile(`^[0-9A-Z]{2,9}$`)

// folder of each kind.
var folder = map[string]string{"commune": "c", "department": "d", "epci": "e"}

// view is what a page shows.
type view struct {
	cat              *i18n.Catalog
	Lang, Other      string // languages
	Title            string
	Root             string // of links, "" or "../"
	Self, JSON       string // the other language's file, the data's
	Up               link
	Days             []Day // the newest first
	Today            Day
	Rain             bool // this page can rain
	Told             []toldLine
	Links            []link
	LinksHead        string
	Tiles            []mapTile
	Updated          string
	Country, Listing bool
	How              how
	Shared           template.HTML // the days and how they were computed: the same all over a department
}

type link struct{ Href, Text string }

type toldLine struct {
	Name, Href, URL, Day string
}

type mapTile struct {
	Code, Name, Href, Sky string
	X, Y, TX, TY, IY      int
}

// T is a message of the page's language; Word a sky in words.
func (v view) T(key string, args ...any) string { return v.cat.T(v.Lang, key, args...) }

// Date writes a day in the page's language.
func (v view) Date(day string) (string, error) {
	t, err := time.ParseInLocation(time.DateOnly, day, i18n.Paris())
	return i18n.Date(v.Lang, t), err
}

// data is what a place's JSON says.
type data struct {
	Place   Place      `json:"place"`
	Updated time.Time  `json:"updated"`
	Days    []Day      `json:"days"`
	Told    []dataTold `json:"told"`
	// Communes are those of a group, with the sky of today.
	Communes []dataCommune `json:"communes"`
	How      how           `json:"how"`
}

type dataCommune struct {
	Code string `json:"code"`
	Name string `json:"name"`
	Sky  Sky    `json:"sky"`
	Fog  bool   `json:"fog"`
}

type dataTold struct {
	Place Place  `json:"place"`
	Day   string `json:"day"`
	URL   string `json:"url"`
}

type how struct {
	RainDays  int `json:"rain_days"`
	StormDays int `json:"storm_days"`
	DarkHours int `json:"dark_after_hours"`
	FewBodies int `json:"few_bodies"`
}

var theHow = how{RainDays, StormDays, int(DarkAfter / time.Hour), FewBodies}

func (s *site) place(p Place) error {
	days, told := s.r.Of(p)
	by := map[Place][]Told{}
	if len(told) > 0 {
		by[p] = told
	}
	switch p.Kind {
	case "department":
		days, by = s.r.Department(p.Code)
	case "epci":
		days, by = s.r.Group(p)
	}
	base := folder[p.Kind] + "/" + p.Code
	for _, lang := range i18n.Languages() {
		v := s.view(lang, "../", p.Code, days, by)
		v.Title, v.Rain = p.Name, p.Department != ""
		v.Up = link{"../" + name("index", lang), v.T("up.country")}
		switch p.Kind {
		case "commune":
			if d, ok := s.departments[p.Department]; ok {
				v.Up = link{"../d/" + name(d.Code, lang), d.Name}
			}
		case "epci":
			v.Up = link{"../" + name("epci", lang), v.T("list.epci")}
			if members := s.r.groups[p.Code]; len(members) > 0 {
				v.LinksHead = v.T("list.communes")
				for _, m := range members {
					today, _ := s.r.Of(m)
					v.Links = append(v.Links, link{"../c/" + name(m.Code, lang), m.Name + " : " + v.T("sky."+string(today[Days-1].Sky))})
				}
			}
		case "department":
			v.LinksHead, v.Links = v.T("list.communes"), s.communes(p.Code, lang)
		}
		if err := s.page(name(base, lang), v); err != nil {
			return err
		}
	}
	return s.json(base+".json", p, days, by)
}

func (s *site) communes(department, lang string) (out []link) {
	for _, p := range s.r.in[department] {
		if p.Kind == "commune" {
			out = append(out, link{"../c/" + name(p.Code, lang), p.Name})
		}
	}
	return out
}

// name is a page's file in a language.
func name(base, lang string) string {
	if lang == i18n.English {
		return base + ".en.html"
	}
	return base + ".html"
}

func (s *site) view(lang, root, base string, days []Day, told map[Place][]Told) view {
	v := view{cat: s.cat, Lang: lang, Other: i18n.English, Root: root, JSON: base + ".json", Days: slices.Clone(days),
		Today: days[len(days)-1], Updated: i18n.DateTime(lang, s.r.Now), How: theHow}
	if lang == i18n.English {
		v.Other = i18n.French
	}
	v.Self = name(base, v.Other)
	slices.Reverse(v.Days)
	for p, list := range told {
		for _, t := range list {
			v.Told = append(v.Told, toldLine{p.Name, root + folder[p.Kind] + "/" + name(p.Code, lang), t.URL, dayOf(t.At).Format(time.DateOnly)})
		}
	}
	slices.SortFunc(v.Told, func(a, b toldLine) int {
		return cmp.Or(-strings.Compare(a.Day, b.Day), strings.Compare(a.Name, b.Name))
	})
	return v
}

// index is the country: its weather, the map, the departments in words.
func (s *site) index() error {
	days := s.r.Country()
	all := map[Place][]Told{}
	for _, p := range s.r.byPlace {
		if list := s.r.told[p.Kind+" "+p.Code]; len(list) > 0 {
			all[p] = list
		}
	}
	for _, lang := range i18n.Languages() {
		v := s.view(lang, "", "index", days, all)
		v.Title, v.Rain, v.Country = v.T("title"), true, true
		v.LinksHead = v.T("list.departments")
		for _, t := range tiles() {
			p, ok := s.departments[t.code]
			if !ok {
				continue
			}
			today, _ := s.r.Department(t.code)
			v.Tiles = append(v.Tiles, mapTile{t.code, p.Name, "d/" + name(t.code, lang), string(today[Days-1].Sky),
				t.x * tileSize, t.y * tileSize, t.x*tileSize + 4, t.y*tileSize + 14, t.y*tileSize + 17})
			v.Links = append(v.Links, link{"d/" + name(t.code, lang), t.code + " " + p.Name + " : " + v.T("sky."+string(today[Days-1].Sky))})
		}
		slices.SortFunc(v.Links, func(a, b link) int { return strings.Compare(a.Text, b.Text) })
		v.Links = append([]link{{name("epci", lang), v.T("list.epci")}}, v.Links...)
		if err := s.page(name("index", lang), v); err != nil {
			return err
		}
	}
	return s.json("index.json", Place{Kind: "country", Code: "FR", Name: "France"}, days, all)
}

const tileSize = 44

// list names the groups of communes.
func (s *site) list() error {
	for _, lang := range i18n.Languages() {
		v := s.view(lang, "", "epci", s.r.Country(), nil)
		v.Title, v.Listing, v.JSON = v.T("list.epci"), true, "index.json"
		v.Up = link{name("index", lang), v.T("up.country")}
		v.LinksHead = v.T("list.epci")
		for _, p := range s.r.byPlace {
			if p.Kind == "epci" {
				v.Links = append(v.Links, link{"e/" + name(p.Code, lang), p.Name})
			}
		}
		slices.SortFunc(v.Links, func(a, b link) int { return strings.Compare(a.Text, b.Text) })
		if err := s.page(name("epci", lang), v); err != nil {
			return err
		}
	}
	return nil
}

// shared renders the days once for all places that have them in common: a
// country's pages differ by their names alone where nobody has spoken.
func (s *site) shared(v view) (template.HTML, error) {
	key := fmt.Sprint(v.Lang, v.Rain, v.Days)
	if h, ok := s.days.Load(key); ok {
		return h.(template.HTML), nil
	}
	var b bytes.Buffer
	if err := s.t.ExecuteTemplate(&b, "days", v); err != nil {
		return "", err
	}
	h := template.HTML(b.String()) // our own template has escaped it
	s.days.Store(key, h)
	return h, nil
}

func (s *site) page(file string, v view) error {
	var b bytes.Buffer
	var err error
	if v.Shared, err = s.shared(v); err != nil {
		return fmt.Errorf("weather: rendering %s: %w", file, err)
	}
	if err := s.t.Execute(&b, v); err != nil {
		return fmt.Errorf("weather: rendering %s: %w", file, err)
	}
	if b.Len() > maxPage {
		return fmt.Errorf("weather: %s has %d bytes, at most %d: %w", file, b.Len(), maxPage, breach.ErrInvalid)
	}
	return s.write(file, b.Bytes())
}

func (s *site) json(file string, p Place, days []Day, told map[Place][]Told) error {
	d := data{Place: p, Updated: s.r.Now.UTC().Truncate(time.Second), Days: days, Told: []dataTold{}, Communes: []dataCommune{}, How: theHow}
	if p.Kind == "epci" {
		for _, m := range s.r.groups[p.Code] {
			today, _ := s.r.Of(m)
			d.Communes = append(d.Communes, dataCommune{m.Code, m.Name, today[Days-1].Sky, today[Days-1].Fog})
		}
	}
	for q, list := range told {
		for _, t := range list {
			d.Told = append(d.Told, dataTold{q, dayOf(t.At).Format(time.DateOnly), t.URL})
		}
	}
	slices.SortFunc(d.Told, func(a, b dataTold) int {
		return cmp.Or(strings.Compare(a.Day, b.Day), strings.Compare(a.Place.Code, b.Place.Code), strings.Compare(a.URL, b.URL))
	})
	raw, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("weather: %s: %w", file, err)
	}
	return s.write(file, append(raw, '\n'))
}

// write replaces a file as a whole, unless it says the same already.
func (s *site) write(file string, raw []byte) error {
	s.files.Add(1)
	for n := s.largest.Load(); int64(len(raw)) > n && !s.largest.CompareAndSwap(n, int64(len(raw))); n = s.largest.Load() {
	}
	path := filepath.Join(s.dir, file)
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, raw) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("weather: %w", err)
	}
	s.written.Add(1)
	if err := os.WriteFile(path+".part", raw, 0o644); err != nil {
		return fmt.Errorf("weather: %w", err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		return fmt.Errorf("weather: %w", err)
	}
	return nil
}
