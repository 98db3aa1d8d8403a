package extract

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What the best group alone does not tell: headings of sections that repeat
// as posts do, second lists of another make on the same page, and
// advertisements made like posts.

// maxParts bounds the lists read from one page.
const maxParts = 4

// dateful tells whether most records of a group have a date.
func dateful(g *group) bool {
	n := 0
	for _, r := range g.records {
		if dateIn(recordText(r)) != "" || timed(r) {
			n++
		}
	}
	return 3*n >= 2*len(g.records)
}

// timed tells a record with a moment or a countdown in its markup.
func timed(r record) bool {
	return slices.ContainsFunc(r, func(n *html.Node) bool {
		return n.Type == html.ElementNode && find1(n, func(c *html.Node) bool {
			return c.DataAtom == atom.Time || slices.ContainsFunc(c.Attr, func(a html.Attribute) bool {
				return endKey.MatchString(a.Key) || (a.Key == "title" || whenKey.MatchString(a.Key)) && len(a.Val) < 40 && moment(a.Key, a.Val) != ""
			})
		}) != nil
	})
}

// others are further lists of posts on the page: apart from the first, with
// titles of their own and a date or a countdown in each record.
func (d *document) others(best *group, groups []*group) []*group {
	var out []*group
	taken := map[*html.Node]bool{}
	names := map[string]bool{}
	take := func(g *group) {
		for _, r := range g.records {
			for _, n := range r {
				taken[n] = true
			}
		}
		for _, t := range d.titlesAt(g.records, g.titles) {
			names[fold(t.text)] = true
		}
	}
	take(best)
	rest := slices.Clone(groups)
	slices.SortStableFunc(rest, func(a, b *group) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	for _, g := range rest {
		if len(out)+1 >= maxParts || g.score < minConfidence {
			break
		}
		if g.aside || len(g.records) < 2 || !block(g.records[0][0]) || overlaps(g, taken) || !dateful(g) || d.repeats(g, names) {
			continue
		}
		out = append(out, g)
		take(g)
	}
	return out
}

func overlaps(g *group, taken map[*html.Node]bool) bool {
	for _, r := range g.records {
		for _, n := range r {
			for up := n; up != nil; up = up.Parent {
				if taken[up] {
					return true
				}
			}
			if find(n, func(c *html.Node) bool { return taken[c] }) != nil {
				return true
			}
		}
	}
	return false
}

// repeats tells a list that names again what another named: "latest posts".
func (d *document) repeats(g *group, names map[string]bool) bool {
	again, all := 0, 0
	for _, t := range d.titlesAt(g.records, g.titles) {
		if t.text == "" {
			continue
		}
		all++
		if names[fold(t.text)] {
			again++
		}
	}
	return 3*again > all
}

// maxAdverts is the share of a list's records that may be advertisements.
const maxAdverts = .25

// adverts finds records made like posts that are none: all others have a date,
// these have none and lead to another site, as most others do not.
func adverts(records []record) map[int]bool {
	out := map[int]bool{}
	ways := map[string]int{}
	undated, leaving := 0, 0
	for i, r := range records {
		if dateIn(recordText(r)) == "" && !timed(r) {
			out[i] = true
			undated++
			continue
		}
		seen := map[string]bool{}
		if slices.ContainsFunc(recordLinks(r), leaves) {
			leaving++
		}
		for _, l := range recordLinks(r) {
			if w := way(l); !seen[w] {
				seen[w] = true
				ways[w]++
			}
		}
	}
	rest := len(records) - undated
	if rest < minLaid || float64(undated) > maxAdverts*float64(len(records)) || 2*leaving > rest {
		return nil
	}
	for i := range out {
		if !slices.ContainsFunc(recordLinks(records[i]), func(l string) bool { return leaves(l) && ways[way(l)] == 0 }) {
			delete(out, i) // an announcement of the site's own
		}
	}
	return out
}

// leaves tells a link to another site.
func leaves(link string) bool {
	u, err := url.Parse(link)
	return err == nil && u.Host != ""
}

var noDisplay = regexp.MustCompile(`(?i)display\s*:\s*none|visibility\s*:\s*hidden`)

// concealed finds records that are hidden beside others that show: what a
// script copies to make new ones.
func concealed(records []record) map[int]bool {
	out := map[int]bool{}
	for i, r := range records {
		if hides(r[0]) {
			out[i] = true
		}
	}
	if 2*len(out) >= len(records) {
		return nil // tabs, of which one shows
	}
	return out
}

// hides tells an element that does not show.
func hides(n *html.Node) bool {
	_, hidden := attribute(n, "hidden")
	return hidden || noDisplay.MatchString(attr(n, "style"))
}

// veiled tells what stands in an element that does not show.
func veiled(n *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if hides(n) {
			return true
		}
	}
	return false
}

var idLike = regexp.MustCompile(`[^/?&=]*\d[^/?&=]*`)

// way is a link with what differs between posts left out.
func way(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	if i := strings.LastIndexByte(strings.TrimSuffix(u.Path, "/"), '/'); i > 0 {
		u.Path = u.Path[:i]
	}
	return u.Host + idLike.ReplaceAllString(u.Path, "*") + "?" + idLike.ReplaceAllString(u.RawQuery, "*")
}

// ticks is a countdown as its words show it: 06 days 11 hours.
var ticks = regexp.MustCompile(`(?i)\b\d{1,3}\s*(d|days?|j|jours?|tage?|días?|дн\w*)\W{0,3}\d{1,2}\s*(h|hours?|heures?|stunden?|horas?|ч\w*)\b`)
