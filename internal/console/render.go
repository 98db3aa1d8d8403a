package console

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"reflect"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify/facts"
)

// parsePages makes one template a page: the layout, the shared parts, itself.
func parsePages(fsys fs.FS) (map[string]*template.Template, error) {
	names, err := fs.Glob(fsys, "templates/*.html")
	if err != nil {
		return nil, err
	}
	pages := map[string]*template.Template{}
	for _, name := range names {
		page := strings.TrimSuffix(path.Base(name), ".html")
		if page == "layout" || page == "parts" {
			continue
		}
		t, err := template.New("layout.html").Option("missingkey=error").Funcs(helpers).
			ParseFS(fsys, "templates/layout.html", "templates/parts.html", name)
		if err != nil {
			return nil, fmt.Errorf("parsing page %s: %w", page, err)
		}
		pages[page] = t
	}
	return pages, nil
}

// helpers are the few functions templates need beside the views' methods.
var helpers = template.FuncMap{
	"len64": length,
	"sum":   func(a, b int64) int64 { return a + b },
	"columns": func(c contents, id, head string, meaning bool, list []breach.Column) columnsPart {
		return columnsPart{c, id, head, meaning, list}
	},
	"share":     Share,
	"documents": func(p page, list []facts.DocumentChange) documentsPart { return documentsPart{p, list} },
	"precision": func(p page, v breach.Precision) precisionPart { return precisionPart{p, v} },
	"first":     func(p page, l firstLine) firstPart { return firstPart{p, l} },
	"clock":     func(p page, l caseLine) clockPart { return clockPart{p, l} },
	"totals": func(p page, list []Total, head string, who bool, cases []caseLine) totalsPart {
		return totalsPart{p, list, head, who, cases}
	},
}

// length is len for the counts of messages.
func length(list any) (int64, error) {
	v := reflect.ValueOf(list)
	if v.Kind() != reflect.Slice {
		return 0, fmt.Errorf("length of a %s: %w", v.Kind(), breach.ErrInvalid)
	}
	return int64(v.Len()), nil
}

// precisionPart is how many of those told were the right ones.
type precisionPart struct {
	P page
	V breach.Precision
}

// clockPart is what the shared clock shows.
type clockPart struct {
	P page
	L caseLine
}

// columnsPart is a table of columns of a dump.
type columnsPart struct {
	C        contents
	ID, Head string // of the table, of its heading
	Meaning  bool   // with what they mean
	List     []breach.Column
}

// documentsPart is what changes in documents.
type documentsPart struct {
	P    page
	List []facts.DocumentChange
}

// totalsPart is what the shared table of ledger totals shows.
type totalsPart struct {
	P      page
	Totals []Total
	Head   string // ID of its heading
	Who    bool   // with the controllers
	Cases  []caseLine
}

// Name is what a controller is called.
func (t totalsPart) Name(id breach.ControllerID) string { return nameIn(t.Cases, id) }

// State is the code of a row's state in words: what was planned for a
// controller that refuses to tell does not leave.
func (t totalsPart) State(row Total) string {
	for _, k := range t.Cases {
		if k.Controller == row.Controller && k.Decision == breach.DecisionRefuse && row.State == breach.MessagePlanned {
			return "unsent"
		}
	}
	return string(row.State)
}

// page is what every page knows; views embed it.
type page struct {
	c     *console
	Lang  string
	User  breach.User
	Path  string // of this page, with its query, for the language switch
	Now   time.Time
	Title string
	Note  string // what has just been done, in words
	Fault string // what was refused, in words
	Live  bool   // the page asks again by itself
}

// page starts a view. Notes come as codes in the query (done, err), so that
// nothing a stranger writes into a link is ever shown.
func (c *console) page(r *http.Request, titleKey string, args ...any) page {
	p := page{c: c, Lang: c.language(r), User: who(r), Path: r.URL.RequestURI(), Now: c.Now()}
	if r.Method == http.MethodPost {
		p.Path = "/"
	}
	p.Title = p.T(titleKey, args...)
	if code := r.URL.Query().Get("done"); c.words.Has("done." + code) {
		p.Note = p.T("done." + code)
	}
	if code := r.URL.Query().Get("err"); c.words.Has("err." + code) {
		p.Fault = p.T("err." + code)
	}
	return p
}

// P is the page itself, for shared parts.
func (p page) P() page { return p }

// T, N, Num, Day, At write words, numbers and times in the page's language.
func (p page) T(key string, args ...any) string { return p.c.words.T(p.Lang, key, args...) }

// N writes a count with its noun.
func (p page) N(key string, n int64) string { return p.c.words.N(p.Lang, key, n) }

// Num writes a whole number.
func (p page) Num(n any) string {
	switch n := n.(type) {
	case int:
		return i18n.Number(p.Lang, int64(n))
	case int64:
		return i18n.Number(p.Lang, n)
	}
	return ""
}

// At writes an instant in Paris time.
func (p page) At(t time.Time) string { return i18n.DateTime(p.Lang, t) }

// Day writes a day.
func (p page) Day(t time.Time) string { return i18n.Date(p.Lang, t) }

// ISO writes an instant for machines.
func (p page) ISO(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// Word translates a code of a closed list (a stage, a channel, a category),
// or shows the code itself when it is new.
func (p page) Word(list string, code any) string {
	key := list + "." + fmt.Sprint(code)
	if p.c.words.Has(key) {
		return p.T(key)
	}
	return fmt.Sprint(code)
}

// Reasons puts reason codes separated by commas into words.
func (p page) Reasons(codes string) (out []string) {
	for _, code := range strings.Split(codes, ",") {
		if code = strings.TrimSpace(code); code != "" {
			out = append(out, p.c.Reason(p.Lang, code))
		}
	}
	return out
}

// Decimal writes x with one digit after the comma and its sign.
func (p page) Decimal(x float64) string {
	s := fmt.Sprintf("%+.1f", x)
	if s == "+0.0" || s == "-0.0" {
		s = "0.0"
	}
	if p.Lang == i18n.French {
		s = strings.Replace(s, ".", ",", 1)
	}
	return strings.Replace(s, "-", "−", 1)
}

// Percent writes a probability. It never says 100 % or 0 % of a doubt.
func (p page) Percent(x float64) string {
	s := fmt.Sprintf("%.1f", 100*x)
	switch {
	case x < 1 && s == "100.0":
		s = "> 99.9"
	case x > 0 && s == "0.0":
		s = "< 0.1"
	}
	if p.Lang == i18n.French {
		return strings.Replace(s, ".", ",", 1) + "\u00a0%"
	}
	return s + "%"
}

// Left writes a length of time in hours and minutes.
func (p page) Left(d time.Duration) string {
	d = d.Abs().Truncate(time.Minute)
	return p.T("time.left", int(d.Hours()), int(d.Minutes())%60)
}

// Length writes how long ago something was, without hours when there are none.
func (p page) Length(d time.Duration) string {
	if d = d.Abs(); d < time.Hour {
		return p.T("time.minutes", int(d.Minutes()))
	}
	return p.Left(d)
}

// CustodyWhy puts the reasons the system itself gives for opening a dump into
// words; what a person wrote stays as it is.
func (p page) CustodyWhy(why string) string {
	if registry, ok := strings.CutPrefix(why, "matching with "); ok {
		return p.T("custody.matching", p.Word("registry", registry))
	}
	if why == "reading" {
		return p.T("custody.reading")
	}
	return why
}

// Part writes a share of a count, as it is.
func (p page) Part(x float64) string {
	s := strconv.FormatFloat(100*x, 'f', 1, 64)
	if p.Lang == i18n.French {
		s = strings.Replace(s, ".", ",", 1)
	}
	return s + "\u00a0%"
}

// Team tells whether the account sees whole incidents.
func (p page) Team() bool { return seesIncidents(p.User) }

// Can tells whether the account holds a role.
func (p page) Can(role string) bool { return p.User.Has(breach.Role(role)) }

// show renders a page whole before a byte of it leaves.
func (c *console) show(w http.ResponseWriter, code int, name string, view any) error {
	t, ok := c.pages[name]
	if !ok {
		return fmt.Errorf("page %s: %w", name, breach.ErrNotFound)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, view); err != nil {
		return fmt.Errorf("rendering page %s: %w", name, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(code)
	_, _ = b.WriteTo(w) // the client has gone: nothing to tell it
	return nil
}
