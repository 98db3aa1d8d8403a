package extract

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"vigie/crawlers"
	"vigie/internal/breach"
)

var _ crawlers.Reader = (*Recipe)(nil)

// Read reads a page as the recipe says, and by what repeats where it is silent.
func (r *Recipe) Read(p crawlers.Page) crawlers.Reading { return lookWith(p, Template{}, r).Reading }

// Complete adds to a post what its own page says, as without a recipe.
func (r *Recipe) Complete(post breach.Post, p crawlers.Page) breach.Post {
	return Reader{}.Complete(post, p)
}

// sureRecipe is how sure a field is that a person pinned.
const sureRecipe = .99

// prune takes out of a page what the recipe drops.
func (r *Recipe) prune(root *html.Node) {
	for _, sel := range r.drop {
		for _, n := range cascadia.QueryAll(root, sel) {
			if n.Parent != nil {
				n.Parent.RemoveChild(n)
			}
		}
	}
}

// pinned is the group of the records that the recipe names, or nil if it names
// none or the page has none.
func (r *Recipe) pinned(d *document) *group {
	if r.records == nil {
		return nil
	}
	g := &group{key: "r", score: sureRecipe}
	for _, n := range outermost(cascadia.QueryAll(d.root, r.records)) {
		if e := d.info[n]; e != nil {
			g.records = append(g.records, record{n})
			g.text += e.text
		}
	}
	if len(g.records) == 0 {
		return nil
	}
	d.rate(g)
	g.score = sureRecipe
	return g
}

// correct puts what the recipe picks in place of what was read.
func (r *Recipe) correct(d *document, p *breach.Post, rec record) {
	for _, name := range pinnable {
		f, ok := r.fields[name]
		if !ok {
			continue
		}
		var values []string
		var at *html.Node
		for _, n := range f.in(rec) {
			if v := f.value(n); v != "" && len(values) < maxLinks {
				values = append(values, v)
				if at == nil {
					at = n
				}
			}
		}
		if set(p, name, values) && at != nil {
			p.Marks[name] = breach.Mark{Place: d.place(at), Confidence: sureRecipe}
		} else {
			delete(p.Marks, name)
		}
	}
}

func (f picker) in(rec record) []*html.Node {
	var out []*html.Node
	for _, n := range rec {
		switch {
		case n.Type != html.ElementNode:
		case f.find == nil:
			out = append(out, n)
		default:
			if f.find.Match(n) {
				out = append(out, n)
			}
			out = append(out, cascadia.QueryAll(n, f.find)...)
		}
	}
	return out
}

func (f picker) value(n *html.Node) string {
	v := strings.TrimSpace(attr(n, f.Attr))
	if f.Attr == "" {
		v = textOf(n)
	}
	if f.pattern == nil {
		return v
	}
	m := f.pattern.FindStringSubmatch(clip(v, maxText))
	switch {
	case m == nil:
		return ""
	case len(m) > 1:
		return strings.TrimSpace(m[1])
	}
	return strings.TrimSpace(m[0])
}

// set gives a field what was picked, in the form that it has; false if there
// is nothing of that form.
func set(p *breach.Post, name string, values []string) bool {
	first := ""
	if len(values) > 0 {
		first = values[0]
	}
	switch name {
	case "title":
		p.Title = clip(first, maxTitle)
	case "text":
		first = strings.Join(values, " ")
		p.Text = clip(first, maxText)
	case "date":
		first = dateIn(first)
		p.Date = first
	case "deadline":
		first = dateIn(first)
		p.Deadline = first
	case "website":
		p.Website = first
	case "country":
		if code := countryOf(nil, "country: "+first); code != "" {
			first = code
		} else if len(first) != 2 {
			first = countryOf(nil, first)
		}
		p.Country = strings.ToUpper(first)
	case "price":
		first = priceIn("price: "+first, true)
		p.Price = first
	case "size":
		p.Size, _ = sizeOf(first)
		return p.Size > 0
	case "views":
		if p.Views = viewsOf("views: " + first); p.Views == 0 {
			p.Views, _ = strconv.ParseInt(first, 10, 64)
		}
		return p.Views > 0
	case "links":
		p.Links = values
	case "files":
		p.Files = values
	}
	return first != ""
}

// fieldOf is a field as cases write it.
func fieldOf(p breach.Post, name string) string {
	return map[string]string{"title": p.Title, "text": p.Text, "date": p.Date, "website": p.Website, "country": p.Country, "links": strings.Join(p.Links, " "),
		"deadline": p.Deadline, "price": p.Price, "size": number(p.Size), "views": number(p.Views), "files": strings.Join(p.Files, " ")}[name]
}

// Check reads the cases and lists what differs, nothing if all is right. open
// gives the file that a case names.
func (r *Recipe) Check(open func(file string) ([]byte, error)) []string {
	var out []string
	for i, c := range r.Cases {
		name := c.Name
		if name == "" {
			name = strconv.Itoa(i + 1)
		}
		say := func(format string, args ...any) {
			out = append(out, fmt.Sprintf("case %q: ", name)+fmt.Sprintf(format, args...))
		}
		body := []byte(c.HTML)
		if c.File != "" {
			var err error
			if body, err = open(c.File); err != nil {
				say("%v", err)
				continue
			}
		}
		got := r.Read(crawlers.Page{Status: 200, Body: body})
		if c.State != "" && got.State != c.State {
			say("state is %s, want %s", got.State, c.State)
		}
		if len(got.Posts) != len(c.Posts) {
			say("%d posts, want %d", len(got.Posts), len(c.Posts))
			continue
		}
		for k, want := range c.Posts {
			for _, field := range pinnable {
				if w, ok := want[field]; ok && fieldOf(got.Posts[k], field) != w {
					say("post %d: %s is %q, want %q", k+1, field, clip(fieldOf(got.Posts[k], field), 200), w)
				}
			}
		}
	}
	return out
}
