package extract

import (
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"vigie/internal/breach"
)

// record is one member of a group: one element, or a heading and what follows
// it up to the next heading of its kind.
type record []*html.Node

// group is what repeats: records of one shape at one place.
type group struct {
	key     string
	records []record
	text    int // characters in all of them
	aside   bool
	titles  string   // the position of the titles in each record
	fixed   *located // the title of the one record, instead
	score   float64
	rated   bool
	x       traits   // of the choice made
	more    []*group // further lists on the same page

	host   *html.Node // the text that its records are lines of, nil for others
	way    string     // how that was cut
	at     []int      // the lines at which they begin
	parted float64    // share of them that a gap parts from what is above
}

// tryMost groups are looked at closely, the largest first.
const tryMost = 24

// minConfidence is the score below which a group is decoration, not a listing.
const minConfidence = .5

// sureList is how likely a list is beside which a page is not tried as one post.
const sureList = .98

// listing finds what a page lists: the group that rates best, or nil.
func (d *document) listing() *group {
	groups := d.groups()
	best := d.best(nil, groups)
	if best == nil || best.score < sureList {
		best = d.best(d.best(best, d.singles()), d.texts())
	}
	if best != nil && len(best.records) > 1 {
		best.more = d.others(best, groups)
	}
	return best
}

// best is the group that rates best among some, if better than one before them
// and likelier than none.
func (d *document) best(best *group, groups []*group) *group {
	for _, g := range groups {
		if d.rate(g); g.score >= minConfidence && (best == nil || g.score > best.score) {
			best = g
		}
	}
	return best
}

// sets collects elements that repeat: of one shape at one place; of one tag
// and first class there; of one shape at one depth anywhere; and articles.
func (d *document) sets() map[string][]*html.Node {
	sets := map[string][]*html.Node{}
	for _, n := range d.nodes {
		e := d.info[n]
		if e.text == 0 {
			continue
		}
		s := shape(n)
		if n.DataAtom == atom.Tr {
			k := "s" + strconv.Itoa(d.info[n.Parent].path) + build(n)
			sets[k] = append(sets[k], n)
		}
		k := "p" + strconv.Itoa(e.path)
		sets[k] = append(sets[k], n)
		if n.Data == "article" && !e.aside {
			sets["a"] = append(sets["a"], n) // an article is one wherever it stands
		}
		if loose := firstClass(s); loose != "" {
			parent := 0
			if pe := d.info[n.Parent]; pe != nil {
				parent = pe.path
			}
			k := "f" + strconv.Itoa(parent) + loose
			sets[k] = append(sets[k], n)
			k = "d" + strconv.Itoa(e.depth) + s
			sets[k] = append(sets[k], n)
		}
	}
	return sets
}

// build is a row's tag and those of its cells: where a post takes several rows,
// the first of each has a build of its own.
func build(row *html.Node) string {
	var b strings.Builder
	b.WriteString(row.Data)
	cells := 0
	for c := row.FirstChild; c != nil && cells < 12; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		cells++
		b.WriteString("/" + c.Data + attr(c, "colspan"))
		for in := c.FirstChild; in != nil; in = in.NextSibling {
			if in.Type == html.ElementNode {
				b.WriteString("." + in.Data)
				break
			}
		}
	}
	return b.String()
}

// groups makes groups of the sets and of what follows each of their members,
// and keeps those that hold most text.
func (d *document) groups() []*group {
	sets := d.sets()
	var out []*group
	for key, members := range sets {
		if key[0] != 'p' && len(members) == len(sets["p"+strconv.Itoa(d.info[members[0]].path)]) {
			continue // the strict group is the same
		}
		members = outermost(members)
		if len(members) >= 2 || members[0].Data == "article" {
			out = append(out, d.group(key, members))
		}
		if flat := d.flat(members); flat != nil {
			flat.key = key + "~"
			out = append(out, flat)
		}
	}
	sort.Slice(out, func(i, j int) bool {
		if wa, wb := d.weight(out[i]), d.weight(out[j]); wa != wb {
			return wa > wb
		}
		return out[i].key < out[j].key // the order of a map must not show
	})
	return out[:min(len(out), tryMost)]
}

// group makes a record of each member.
func (d *document) group(key string, members []*html.Node) *group {
	g := &group{key: key, aside: d.info[members[0]].aside}
	for _, n := range members {
		g.records = append(g.records, record{n})
		g.text += d.info[n].text
	}
	return g
}

// outermost leaves out members inside other members.
func outermost(members []*html.Node) []*html.Node {
	in := map[*html.Node]bool{}
	for _, n := range members {
		in[n] = true
	}
	out := members[:0:0]
	for _, n := range members {
		p := n.Parent
		for p != nil && !in[p] {
			p = p.Parent
		}
		if p == nil {
			out = append(out, n)
		}
	}
	return out
}

// firstClass is a shape cut after its first class, or "" without one.
func firstClass(s string) string {
	tag, classes, ok := strings.Cut(s, ".")
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(classes, ".")
	return tag + "." + first
}

func (d *document) weight(g *group) float64 {
	return float64(g.text) * math.Log2(1+float64(len(g.records)))
}

// flat makes records of headings that stand side by side with their text:
// <h3> <p> <p> <h3> <p>; nil unless most are followed by some.
func (d *document) flat(members []*html.Node) *group {
	if len(members) < 2 || !block(members[0]) {
		return nil
	}
	g, followed := d.beside(members)
	if followed < 2 || 5*followed < 3*len(members) {
		return nil
	}
	return g
}

// beside joins to each member what follows it, and counts those followed by text.
func (d *document) beside(members []*html.Node) (g *group, followed int) {
	own := map[*html.Node]bool{}
	for _, n := range members {
		own[n] = true
	}
	g = &group{aside: d.info[members[0]].aside}
	for _, n := range members {
		r := record{n}
		more := 0
		for s := n.NextSibling; s != nil && !own[s]; s = s.NextSibling {
			if l := headingLevel(s); l > 0 && (l < headingLevel(n) || headingLevel(n) == 0) {
				break
			}
			if e := d.info[s]; e != nil {
				more += e.text
			}
			r = append(r, s)
		}
		if more > 0 {
			followed++
		}
		g.text += d.info[n].text + more
		g.records = append(g.records, r)
	}
	return g, followed
}

// posts makes posts of the records that have a title.
func (d *document) posts(g *group) []breach.Post {
	var out []breach.Post
	titles := d.titlesAt(g.records, g.titles)
	if g.fixed != nil {
		titles = []located{*g.fixed}
	}
	if len(titles) > 1 && d.recipe == nil {
		unnumbered(titles)
	}
	records := grown(g.records)
	shown := map[string]bool{} // titles: tabs that do not show may repeat them
	var advert, hidden map[int]bool
	if d.recipe == nil {
		advert, hidden = adverts(records), concealed(records)
	}
	for i, r := range records {
		if d.recipe == nil && (!strings.ContainsFunc(titles[i].text, alphanumeric) || headsColumns(r)) || advert[i] || hidden[i] || len(out) >= maxPosts {
			continue
		}
		covered := d.recipe == nil && veiled(r[0])
		if covered && shown[titles[i].text] {
			continue
		}
		shown[titles[i].text] = shown[titles[i].text] || !covered
		sure := math.Min(g.score, 1)
		p := breach.Post{Title: clip(bared(titles[i].text), maxTitle), Text: clip(recordText(r), maxText), Confidence: sure, Links: recordLinks(r)}
		d.fill(&p, r, titles[i].at, sure)
		if d.recipe != nil {
			d.recipe.correct(d, &p, r)
			if p.Title == "" {
				continue
			}
		}
		out = append(out, p)
	}
	if d.recipe == nil {
		d.inherit(out, records)
	}
	for _, more := range g.more {
		out = append(out, d.posts(more)...)
	}
	return out[:min(len(out), maxPosts)]
}

// headsColumns tells a row whose cells are all labels.
func headsColumns(r record) bool {
	if len(r) > 1 || r[0].DataAtom != atom.Tr {
		return false
	}
	list := pieces(r[0])
	return len(list) > 1 && !slices.ContainsFunc(list, func(p piece) bool { return !onlyLabel(p.text) })
}

// grown widens records to the elements around each that hold no other record:
// a date or a category above the part that repeats belongs to it.
func grown(records []record) []record {
	if len(records) < 2 {
		return records
	}
	for {
		seen := map[*html.Node]bool{}
		wider := make([]record, len(records))
		for i, r := range records {
			p := r[0].Parent
			if p == nil || seen[p] || p.DataAtom == atom.Body || p.DataAtom == atom.Tbody || p.Type != html.ElementNode {
				return records
			}
			seen[p] = true
			wider[i] = record{p}
		}
		for p := range seen { // none may hold another
			for up := p.Parent; up != nil; up = up.Parent {
				if seen[up] {
					return records
				}
			}
		}
		records = wider
	}
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
