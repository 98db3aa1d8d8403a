package extract

import (
	"math"
	"slices"
	"sort"

	"golang.org/x/net/html"

	"vigie/internal/breach"
)

// record is one member of a group: one element, or a heading and what follows
// it up to the next heading of its kind.
type record []*html.Node

// group is what repeats: records of one shape at one place.
type group struct {
	records []record
	text    int // characters in all of them
	aside   bool
	titles  []string
	quality float64 // of the titles, 0 to 1
	score   float64
}

// tryMost groups are looked at closely, the largest first.
const tryMost = 40

// minConfidence is the score below which a group is decoration, not a listing.
const minConfidence = .3

// listing finds the posts of a page and how sure that is.
func (d *document) listing() ([]breach.Post, float64) {
	var best *group
	for _, g := range d.groups() {
		d.rate(g)
		if best == nil || g.score > best.score {
			best = g
		}
	}
	if best == nil || best.score < minConfidence {
		return nil, 0
	}
	return d.posts(best), math.Min(best.score, 1)
}

// groups collects what repeats, largest text first.
func (d *document) groups() []*group {
	byPath := map[int][]*html.Node{}
	for _, n := range d.nodes {
		if e := d.info[n]; e.text > 0 {
			byPath[e.path] = append(byPath[e.path], n)
		}
	}
	var out []*group
	for _, members := range byPath {
		g := &group{aside: d.info[members[0]].aside}
		for _, n := range members {
			g.records = append(g.records, record{n})
			g.text += d.info[n].text
		}
		if len(members) >= 2 || members[0].Data == "article" {
			out = append(out, g)
		}
		if flat := d.flat(members); flat != nil {
			out = append(out, flat)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if wa, wb := d.weight(a), d.weight(b); wa != wb {
			return wa > wb
		}
		return d.info[a.records[0][0]].path < d.info[b.records[0][0]].path // map order must not show
	})
	return out[:min(len(out), tryMost)]
}

func (d *document) weight(g *group) float64 {
	return float64(g.text) * math.Log2(1+float64(len(g.records)))
}

// flat makes records of headings that stand side by side with their text:
// <h3> <p> <p> <h3> <p>.
func (d *document) flat(members []*html.Node) *group {
	if len(members) < 2 || headingLevel(members[0]) == 0 && members[0].Data != "dt" {
		return nil
	}
	own := map[*html.Node]bool{}
	for _, n := range members {
		own[n] = true
	}
	g := &group{aside: d.info[members[0]].aside}
	more := 0
	for _, n := range members {
		r := record{n}
		for s := n.NextSibling; s != nil && !own[s]; s = s.NextSibling {
			if l := headingLevel(s); l > 0 && l < headingLevel(n) {
				break
			}
			if e := d.info[s]; e != nil {
				more += e.text
			}
			r = append(r, s)
		}
		for _, s := range r {
			if e := d.info[s]; e != nil {
				g.text += e.text
			}
		}
		g.records = append(g.records, r)
	}
	if more == 0 {
		return nil
	}
	return g
}

// rate gives a group its titles and its score: how much of the page it is,
// how good and how different its titles are, and how many.
func (d *document) rate(g *group) {
	g.titles, g.quality = d.titlesOf(g)
	if g.quality == 0 {
		return
	}
	coverage := float64(g.text) / float64(max(d.total, 1))
	number := 1 - math.Pow(.55, float64(len(g.records)))
	g.score = math.Pow(coverage, .35) * g.quality * number
	if g.aside {
		g.score *= .4
	}
}

// posts makes posts of the records that have a title.
func (d *document) posts(g *group) []breach.Post {
	var out []breach.Post
	for i, r := range g.records {
		if g.titles[i] == "" || len(out) >= maxPosts {
			continue
		}
		text := clip(recordText(r), maxText)
		p := breach.Post{Title: clip(g.titles[i], maxTitle), Text: text, Confidence: math.Min(g.score, 1)}
		p.Links = recordLinks(r)
		p.Date = dateIn(text)
		p.Website = firstOf(r, func(n *html.Node) string { return websiteOf(n, "") })
		if p.Website == "" {
			p.Website = websiteIn(text)
		}
		p.Country = firstOf(r, func(n *html.Node) string { return countryOf(n, textOf(n)) })
		out = append(out, p)
	}
	return out
}

func firstOf(r record, f func(*html.Node) string) string {
	for _, n := range r {
		if v := f(n); v != "" {
			return v
		}
	}
	return ""
}

// recordLinks are the links in a record, and the one around it if it is
// itself a link.
func recordLinks(r record) []string {
	var out []string
	for p := r[0].Parent; p != nil; p = p.Parent {
		if p.Data == "a" && attr(p, "href") != "" {
			out = append(out, attr(p, "href"))
			break
		}
	}
	for _, n := range r {
		for _, l := range linksOf(n) {
			if !slices.Contains(out, l) && len(out) < maxLinks {
				out = append(out, l)
			}
		}
	}
	return out
}

func recordText(r record) string {
	if len(r) == 1 {
		return textOf(r[0])
	}
	holder := ""
	for _, n := range r {
		if t := textOf(n); t != "" {
			holder += " " + t
		}
	}
	if holder == "" {
		return ""
	}
	return holder[1:]
}
