package extract

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// document is a parsed page with what grouping needs to know of each element.
type document struct {
	root   *html.Node
	nodes  []*html.Node // elements in document order
	info   map[*html.Node]*element
	paths  map[step]int
	tables map[*html.Node]map[int]string // what their columns hold, read when asked
	recipe *Recipe                       // nil without one
	order  map[*html.Node]int            // among siblings of one name, counted when asked
	total  int                           // characters of visible text
	seen   sight                         // what named its state
	laid   []*group                      // of its lines, made when asked
	copies map[*html.Node]bool           // what holds the copies of lines

	known   map[string]textFacts
	likes   map[string]float64
	places  map[*html.Node][]located
	records map[[2]*html.Node]*recordFact
}

// element is what is known of one element.
type element struct {
	path  int // number of its shape and place; equal for equal ones
	text  int // characters of text inside
	depth int
	aside bool // navigation, header, footer, form: not content
}

// step is one level of a path: the parent's path and the element's own shape.
type step struct {
	parent int
	shape  string
}

func newDocument(root *html.Node) *document {
	d := &document{root: root, info: map[*html.Node]*element{}, paths: map[step]int{},
		known: map[string]textFacts{}, likes: map[string]float64{}, places: map[*html.Node][]located{}, records: map[[2]*html.Node]*recordFact{}, copies: map[*html.Node]bool{}}
	d.walk(root, 0, 0, false)
	d.total = d.count(root)
	return d
}

// walk numbers the paths. Recursion is safe: html.Parse refuses more than 512
// nested elements.
func (d *document) walk(n *html.Node, parent, depth int, aside bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || unseen(c) {
			continue
		}
		s := step{parent, shape(c)}
		id, ok := d.paths[s]
		if !ok {
			id = len(d.paths) + 1
			d.paths[s] = id
		}
		e := &element{path: id, depth: depth, aside: aside || isAside(c)}
		d.info[c] = e
		d.nodes = append(d.nodes, c)
		d.walk(c, id, depth+1, e.aside)
	}
}

// maxCounted is how many bytes of one piece of text weigh on what a page lists:
// a single long one must not hide the listing beside it.
const maxCounted = 800

func (d *document) count(n *html.Node) int {
	sum := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			sum += min(len(strings.TrimSpace(c.Data)), maxCounted)
		case c.DataAtom == atom.Img:
			sum += len(pictured(c))
		case c.Type == html.ElementNode && !unseen(c):
			sum += d.count(c)
		}
	}
	if e := d.info[n]; e != nil {
		e.text = sum
	}
	return sum
}

func unseen(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Svg, atom.Iframe, atom.Object, atom.Select:
		return true
	case atom.Textarea:
		_, shown := attribute(n, "readonly")
		return !shown
	}
	return false
}

func isAside(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Nav, atom.Footer, atom.Aside:
		return true
	case atom.Form: // forums put their lists into one
		return find(n, func(c *html.Node) bool {
			return c.DataAtom == atom.Td || c.DataAtom == atom.Article || headingLevel(c) > 0
		}) == nil
	case atom.Html, atom.Body, atom.Main, atom.Article:
		return false // their classes say what else is on the page
	}
	for _, name := range strings.Fields(attr(n, "class") + " " + attr(n, "id") + " " + attr(n, "role")) {
		w := words(name)
		if len(w) > 0 && (asideWords[w[0]] || asideWords[w[len(w)-1]]) {
			return true
		}
	}
	return false
}

// asideWords begin or end the names of what is beside the content; never changed.
var asideWords = wordsOf("nav|navbar|navigation|menu|footer|sidebar|pagination|pager|breadcrumb|breadcrumbs|widget|widgets|comment|comments")

// shape is what members of a group share: tag and stable classes.
func shape(n *html.Node) string {
	var b strings.Builder
	b.WriteString(n.Data)
	for _, c := range strings.Fields(attr(n, "class")) {
		if stableClass(c) {
			b.WriteByte('.')
			b.WriteString(c)
		}
	}
	return b.String()
}

// stableClass leaves out what differs between members of one list: numbers,
// positions, states, categories.
func stableClass(c string) bool {
	if strings.ContainsFunc(c, unicode.IsDigit) || strings.Count(c, "-") > 1 {
		return false
	}
	switch strings.ToLower(c) {
	case "first", "last", "odd", "even", "active", "current", "new", "hot", "open", "closed", "published",
		"sticky", "selected", "alt", "left", "right", "hidden", "show", "visible", "timed", "good", "bad":
		return false
	}
	return !strings.HasPrefix(c, "tag-") && !strings.HasPrefix(c, "category-") && !strings.HasPrefix(c, "status-") && !strings.HasPrefix(c, "format-")
}

func attr(n *html.Node, key string) string {
	v, _ := attribute(n, key)
	return v
}

func attribute(n *html.Node, key string) (value string, ok bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
}

// textOf is the visible text with single spaces; blocks are kept apart.
func textOf(n *html.Node) string {
	var b strings.Builder
	appendText(&b, n)
	return strings.Join(strings.Fields(b.String()), " ")
}

func appendText(b *strings.Builder, n *html.Node) {
	if n == nil || b.Len() > 8*maxText {
		return
	}
	if n.Type == html.TextNode {
		b.WriteString(n.Data)
		return
	}
	if n.Type == html.ElementNode && unseen(n) {
		return
	}
	if block(n) || apart(n) {
		b.WriteByte(' ')
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		appendText(b, c)
	}
	if block(n) {
		b.WriteByte(' ')
	}
}

// apart tells an element that begins with a figure right behind another: what is
// written in two boxes is not one word. Words that touch are left as the page
// has them.
func apart(n *html.Node) bool {
	p := n.PrevSibling
	if p == nil || p.Type != html.ElementNode || n.Type != html.ElementNode {
		return false
	}
	before, after := edge(p, false), edge(n, true)
	if before == 0 || after == 0 || unicode.IsSpace(before) {
		return false
	}
	return unicode.IsDigit(after) || unicode.IsDigit(before) && unicode.IsUpper(after) // 28 NOV 2025, and not 28th
}

// edge is the first or last character of an element, or 0 if it begins or ends
// with something else.
func edge(n *html.Node, first bool) rune {
	for n != nil && n.Type == html.ElementNode {
		if first {
			n = n.FirstChild
		} else {
			n = n.LastChild
		}
	}
	if n == nil || n.Type != html.TextNode {
		return 0
	}
	r, size := utf8.DecodeLastRuneInString(n.Data)
	if first {
		r, size = utf8.DecodeRuneInString(n.Data)
	}
	if size == 0 {
		return 0
	}
	return r
}

// block tells elements that stand on lines of their own. Unknown elements do.
func block(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.B, atom.Strong, atom.I, atom.Em, atom.U, atom.Span, atom.Small, atom.Font, atom.Code,
		atom.Sup, atom.Sub, atom.Mark, atom.S, atom.Time, atom.Label, atom.Abbr, atom.Q, atom.Cite, atom.Big:
		return false
	}
	return n.Type == html.ElementNode
}

func headingLevel(n *html.Node) int {
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return int(n.Data[1] - '0')
	}
	return 0
}
