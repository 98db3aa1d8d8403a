package extract

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// Template is where the posts of a site stand, as a capture taught it. It holds
// paths of the page and nothing that the page says, and survives as JSON.
type Template struct {
	Kind   string   `json:"kind"`             // "" unknown, "json", or how the records are found: path, loose, depth, build, article, lines (of a text), recipe
	Path   []string `json:"path,omitempty"`   // shapes from the root to a record, or to the parent of loose ones
	Shape  string   `json:"shape,omitempty"`  // of loose records, and of those at one depth; of lines, how they are cut
	Depth  int      `json:"depth,omitempty"`  // of those at one depth
	Beside bool     `json:"beside,omitempty"` // the text of a record stands beside it
	Titles string   `json:"titles,omitempty"` // place of the title in a record
}

// view is one page looked at: what is told of it, and what comparing needs.
type view struct {
	crawlers.Reading
	doc      *document
	group    *group // nil for JSON and for pages without a listing
	template Template
}

// look reads a page: by a template if it has one and finds posts there, else
// by what repeats.
func look(p crawlers.Page, known Template) view { return lookWith(p, known, nil) }

// lookWith does so with what a recipe pins, if there is one. Where a page lists
// nothing, it is what it shows to a browser without scripts.
func lookWith(p crawlers.Page, known Template, recipe *Recipe) view {
	v := lookOnce(p, known, recipe)
	if v.doc == nil || len(v.Posts) > 0 {
		return v
	}
	if plain := v.doc.noscript(); strings.Contains(plain, "</") {
		p.Body = []byte(plain)
		if w := lookOnce(p, known, recipe); len(w.Posts) > 0 {
			return w
		}
	}
	return v
}

func lookOnce(p crawlers.Page, known Template, recipe *Recipe) view {
	body := bound(p.Body)
	if posts, ok := fromJSON(body); ok {
		return view{Reading: judge(p, nil, posts, .95), template: Template{Kind: "json"}}
	}
	if p, ok := plainText(body, p.ContentType); ok {
		return view{Reading: crawlers.Reading{State: crawlers.StateListing, Confidence: p.Confidence, Posts: []breach.Post{p}}, template: Template{Kind: "text"}}
	}
	root, err := html.Parse(bytes.NewReader(decoded(body, p.ContentType)))
	if err != nil { // nested too deeply to be a page
		return view{Reading: crawlers.Reading{State: crawlers.StateOther}}
	}
	if posts, ok := fromJSON([]byte(onlyPre(root))); ok {
		return view{Reading: judge(p, nil, posts, .95), template: Template{Kind: "json"}}
	}
	var g *group
	if recipe != nil {
		recipe.prune(root)
	}
	lay(root)
	d := newDocument(root)
	if recipe != nil {
		d.recipe = recipe
		g = recipe.pinned(d)
	}
	v := view{doc: d}
	var posts []breach.Post
	confidence := 0.0
	if g == nil {
		if post, ok := d.thread(); ok {
			v.Reading, v.template = judge(p, d, []breach.Post{post}, post.Confidence), Template{Kind: "thread"}
			return v
		}
		g = d.recall(known)
	}
	if g == nil {
		post, ok := d.paste()
		if !ok {
			g = d.listing()
		} else if g = d.best(nil, d.texts()); g == nil { // its lines are no posts
			v.Reading, v.template = judge(p, d, []breach.Post{post}, post.Confidence), Template{Kind: "paste"}
			return v
		}
	}
	if g != nil {
		posts, confidence = d.posts(g), min(g.score, 1)
		v.group, v.template = g, d.learn(g)
	}
	if scripted, ok := fromScripts(d.root); ok && len(scripted) > len(posts) {
		posts, confidence = scripted, .8
		v.group, v.template = nil, Template{Kind: "json"}
	}
	v.Reading = judge(p, d, posts, confidence)
	if recipe != nil && recipe.State != "" && len(posts) > 0 {
		v.Reading = crawlers.Reading{State: recipe.State, Confidence: sureRecipe, Posts: posts[:min(len(posts), maxPosts)]}
	}
	if len(v.Posts) > 0 {
		v.Next = d.next()
		v.Open, v.Cut = d.ending(v.group)
		v.Cut = v.Cut || p.Truncated
	}
	return v
}

// learn names a group by paths that mean the same in another capture.
func (d *document) learn(g *group) Template {
	t := Template{Titles: g.titles}
	key, beside := strings.CutSuffix(g.key, "~")
	t.Beside = beside
	first := g.records[0][0]
	switch key[0] {
	case 'p':
		t.Kind, t.Path = "path", pathTo(first)
	case 'f':
		t.Kind, t.Path, t.Shape = "loose", pathTo(first.Parent), firstClass(shape(first))
	case 'd':
		t.Kind, t.Shape, t.Depth = "depth", shape(first), d.info[first].depth
	case 's':
		t.Kind, t.Path, t.Shape = "build", pathTo(first.Parent), build(first)
	case 'a':
		t.Kind = "article"
	case 't':
		t.Kind, t.Path, t.Shape, t.Beside = "lines", pathTo(g.host), g.way, false
	case 'r':
		t.Kind = "recipe"
	}
	return t
}

// pathTo lists the shapes from the root to an element.
func pathTo(n *html.Node) []string {
	var out []string
	for ; n != nil && n.Type == html.ElementNode; n = n.Parent {
		out = append([]string{shape(n)}, out...)
	}
	return out
}

// recall finds the group that a template names, or nil if the page has none
// with titles.
func (d *document) recall(t Template) *group {
	key := ""
	switch t.Kind {
	case "":
		return nil
	case "lines":
		for _, g := range d.texts() {
			if g.way == t.Shape && slices.Equal(pathTo(g.host), t.Path) {
				return d.bearing(g, t.Titles)
			}
		}
		return nil
	}
	id, ok := d.resolve(t.Path)
	switch {
	case t.Kind == "path" && ok:
		key = "p" + strconv.Itoa(id)
	case t.Kind == "loose" && ok:
		key = "f" + strconv.Itoa(id) + t.Shape
	case t.Kind == "depth":
		key = "d" + strconv.Itoa(t.Depth) + t.Shape
	case t.Kind == "build" && ok:
		key = "s" + strconv.Itoa(id) + t.Shape
	case t.Kind == "article":
		key = "a"
	}
	members := outermost(d.sets()[key])
	if len(members) == 0 {
		return nil
	}
	g := d.group(key, members)
	if t.Beside {
		g, _ = d.beside(members)
		g.key = key + "~"
	}
	return d.bearing(g, t.Titles)
}

// bearing is a group that a template named, or nil if it has no titles where
// that says.
func (d *document) bearing(g *group, titles string) *group {
	g.titles, g.rated = titles, true
	found := 0
	for _, title := range d.titlesAt(g.records, g.titles) {
		if title.text != "" {
			found++
		}
	}
	if 2*found < len(g.records) {
		return nil
	}
	g.score = .9
	if len(g.records) > 1 { // what is one post teaches no further lists
		groups := d.groups()
		for _, o := range groups {
			d.rate(o)
		}
		g.more = d.others(g, groups)
	}
	return g
}

// resolve numbers a path of shapes as this page does.
func (d *document) resolve(path []string) (id int, ok bool) {
	for _, s := range path {
		if id, ok = d.paths[step{id, s}]; !ok {
			return 0, false
		}
	}
	return id, len(path) > 0
}

// ending tells how a page leaves its listing. Nothing after it is how a capture
// ends that stopped while posts were still coming; if the last post has less in
// it than the others, or one was begun and has no words, it did.
func (d *document) ending(g *group) (open, cut bool) {
	if g == nil {
		return false, false
	}
	last := g.records[len(g.records)-1]
	if g.host != nil {
		last = record{g.host}
	}
	kind := shape(last[0])
	for n := last[len(last)-1]; n != nil; n = n.Parent {
		for s := n.NextSibling; s != nil; s = s.NextSibling {
			switch {
			case s.Type != html.ElementNode:
			case len(last) == 1 && n == last[0] && s.Data == n.Data && (shape(s) == kind || firstClass(shape(s)) != "" && firstClass(shape(s)) == firstClass(kind)):
				cut = true
			default:
				return false, false
			}
		}
	}
	return true, cut || 2*elements(last) < elements(g.records[len(g.records)/2])+elements(g.records[0])
}

func elements(r record) int {
	sum := 0
	for _, n := range r {
		for c := range n.Descendants() {
			if c.Type == html.ElementNode {
				sum++
			}
		}
	}
	return sum
}

func (t Template) equal(o Template) bool {
	return t.Kind == o.Kind && slices.Equal(t.Path, o.Path) && t.Shape == o.Shape && t.Depth == o.Depth && t.Beside == o.Beside && t.Titles == o.Titles
}
