package extract

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vigie/internal/breach"
)

// How sure a field is by the way it was read.
const (
	sureMarked   = .95 // markup says so: <time datetime>, a flag, data-deadline
	sureLabelled = .9  // words beside it say so
	sureBare     = .6  // it looks like one
)

// fill reads the fields of a post from its record and marks their places.
func (d *document) fill(p *breach.Post, r record, title *html.Node, sure float64) {
	m := marker{d: d, record: r, marks: map[string]breach.Mark{}}
	m.at("title", title, sure)
	m.at("text", r[0], sure)
	date, deadline := datesOf(p.Text)
	p.Date, p.Deadline = date.value, deadline.value
	m.text("date", p.Date, date.sure, func(s string) string { f, _ := datesOf(s); return f.value })
	m.text("deadline", p.Deadline, deadline.sure, func(s string) string { _, f := datesOf(s); return f.value })
	m.timed(p)
	p.Website = m.website(p.Text)
	for _, n := range r {
		if p.Country = countryOf(n, textOf(n)); p.Country != "" {
			m.at("country", n, sureLabelled)
			break
		}
	}
	size, sure := sizeOf(p.Text)
	p.Size = size
	m.text("size", number(p.Size), sure, func(s string) string { v, _ := sizeOf(s); return number(v) })
	m.prices(p)
	p.Views = viewsOf(p.Text)
	m.text("views", number(p.Views), sureLabelled, func(s string) string { return number(viewsOf(s)) })
	m.columns(p)
	m.links(p)
	p.Marks = m.marks
}

func number(v int64) string {
	if v == 0 {
		return ""
	}
	return strconv.FormatInt(v, 10)
}

// marker notes where the fields of one record stand.
type marker struct {
	d      *document
	record record
	marks  map[string]breach.Mark
}

func (m *marker) at(field string, n *html.Node, sure float64) {
	for n != nil && n.Type != html.ElementNode {
		n = n.Parent
	}
	if n != nil {
		m.marks[field] = breach.Mark{Place: m.d.place(n), Confidence: sure}
	}
}

// text marks the smallest element whose own words give the value.
func (m *marker) text(field, value string, sure float64, read func(string) string) {
	if value == "" {
		return
	}
	for _, n := range m.record {
		if n.Type != html.ElementNode || read(clip(textOf(n), maxText)) != value {
			continue
		}
		m.at(field, narrowed(n, value, read), sure)
		return
	}
	m.at(field, m.record[0], sure)
}

func narrowed(n *html.Node, value string, read func(string) string) *html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && !unseen(c) && read(clip(textOf(c), maxText)) == value {
			return narrowed(c, value, read)
		}
	}
	return n
}

var endKey = regexp.MustCompile(`(?i)^data-.*(timer|countdown|deadline|expire|until|end|left)`)

// timed reads dates from attributes: <time datetime> and the end of countdowns.
func (m *marker) timed(p *breach.Post) {
	for _, r := range m.record {
		walk(r, func(n *html.Node) {
			if n.DataAtom == atom.Meta && strings.HasPrefix(attr(n, "itemprop"), "date") && m.marks["date"].Confidence < sureMarked {
				if v := dateIn(attr(n, "content")); v != "" {
					p.Date = v
					m.at("date", n, sureMarked)
				}
			}
			for _, a := range n.Attr {
				v := ""
				if len(a.Val) < 40 {
					v = moment(a.Key, a.Val)
				}
				switch {
				case v == "":
				case (n.DataAtom == atom.Time || n.Data == "relative-time") && a.Key == "datetime" && m.marks["date"].Confidence < sureMarked:
					p.Date = v
					m.at("date", n, sureMarked)
				case (a.Key == "title" || whenKey.MatchString(a.Key)) && !endKey.MatchString(a.Key) && !block(n) && m.marks["date"].Confidence < sureLabelled:
					p.Date = v
					m.at("date", n, sureLabelled)
				case endKey.MatchString(a.Key) && m.marks["deadline"].Confidence < sureMarked:
					p.Deadline = v
					m.at("deadline", n, sureMarked)
				}
			}
		})
	}
}

var whenKey = regexp.MustCompile(`(?i)^data-(time|timestamp|date|utime|unix|epoch|created|posted|published)`)

// moment is the date that is all of an attribute: written out, or counted in
// seconds or milliseconds since 1970 where the attribute's name says a time.
func moment(key, value string) string {
	if whenKey.MatchString(key) || endKey.MatchString(key) {
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			return counted(n)
		}
	}
	if v := dateIn(value); v != "" && (key != "title" || onlyDate(value)) {
		return v
	}
	return ""
}

func (m *marker) website(text string) string {
	for _, r := range m.record {
		if w := websiteOf(r, ""); w != "" {
			n := find1(r, func(n *html.Node) bool { return n.DataAtom == atom.A && strings.TrimSpace(attr(n, "href")) == w })
			m.at("website", n, sureLabelled)
			return w
		}
	}
	w := websiteIn(text)
	m.text("website", w, sureBare, websiteIn)
	return w
}

// prices reads a price beside its word, or an amount that stands alone.
func (m *marker) prices(p *breach.Post) {
	if p.Price = priceIn(p.Text, true); p.Price != "" {
		m.text("price", p.Price, sureLabelled, func(s string) string { return priceIn(s, true) })
		return
	}
	if !worth.in(p.Text) {
		return
	}
	for _, r := range m.record {
		walk(r, func(n *html.Node) {
			if p.Price != "" || !onlyInline(n) {
				return
			}
			if t := textOf(n); len(t) < 40 {
				if v := priceIn(t, false); v != "" {
					p.Price = v
					m.at("price", n, sureBare)
				}
			}
		})
	}
}

var fileName = regexp.MustCompile(`(?i)\.(zip|rar|7z|tar|t?gz|bz2|xz|zst|iso|csv|sql|bak|mdf|xlsx?|docx?|pdf|txt|json|torrent|part\d+|0\d\d)([?#]|$)|^magnet:|/download([/?#]|$)`)

func (m *marker) links(p *breach.Post) {
	offered := map[string]*html.Node{}
	for _, r := range m.record {
		walk(r, func(n *html.Node) {
			h := attr(n, "href")
			if h == "" || n.DataAtom != atom.A && n.DataAtom != atom.Area {
				return
			}
			_, download := attribute(n, "download")
			if (download || fileName.MatchString(h)) && offered[h] == nil {
				offered[h] = n
			}
		})
	}
	for _, l := range p.Links {
		if n := offered[l]; n != nil && !slices.Contains(p.Files, l) {
			if len(p.Files) == 0 {
				m.at("files", n, sureLabelled)
			}
			p.Files = append(p.Files, l)
		}
	}
	if len(p.Links) > 0 {
		m.at("links", m.record[0], sureMarked)
	}
}

// walk visits an element and those in it, in document order.
func walk(n *html.Node, do func(*html.Node)) {
	if n.Type != html.ElementNode {
		return
	}
	do(n)
	for c := range n.Descendants() {
		if c.Type == html.ElementNode {
			do(c)
		}
	}
}

func find1(n *html.Node, ok func(*html.Node) bool) *html.Node {
	if ok(n) {
		return n
	}
	return find(n, ok)
}

// place is a CSS selector that finds one element on this page.
func (d *document) place(n *html.Node) string {
	var parts []string
	for ; n != nil && n.Type == html.ElementNode && n.DataAtom != atom.Html; n = n.Parent {
		if d.copies[n] {
			parts = nil // of a line that stands in the element around
			continue
		}
		part := n.Data
		if n.DataAtom != atom.Body {
			part += ":nth-of-type(" + strconv.Itoa(d.nth(n)) + ")"
		}
		parts = append(parts, part)
	}
	slices.Reverse(parts)
	return strings.Join(parts, " > ")
}

// nth counts an element among its siblings of one name; the siblings of a
// parent are counted once.
func (d *document) nth(n *html.Node) int {
	if d.order == nil {
		d.order = map[*html.Node]int{}
	}
	if d.order[n] == 0 {
		count := map[string]int{}
		for c := n.Parent.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode {
				count[c.Data]++
				d.order[c] = count[c.Data]
			}
		}
	}
	return d.order[n]
}
