package proof

import (
	"regexp"
	"slices"
	"strings"
)

var (
	heading  = regexp.MustCompile(`^H([1-6])$`)
	listMark = regexp.MustCompile(`^(?:[-–—•*·▪◦‣]|\d{1,2}[.)])\s`)
)

// reader knows what each marked content says and where it stands.
type reader struct {
	tree []element
	text map[markedID]string
	box  map[markedID]box
}

// contents looks at the tags as somebody who listens to them does.
func (c *checker) contents(tree []element) {
	r := reader{tree, map[markedID]string{}, map[markedID]box{}}
	for i, p := range c.pages {
		for _, t := range p.pieces {
			r.put(markedID{i, t.mcid}, t.text, t.box)
		}
		for _, s := range p.shapes {
			if s.picture {
				r.put(markedID{i, s.mcid}, "", s.box)
			}
		}
	}
	c.headings(r)
	c.figures(r)
	c.tables(r)
	c.lists(r)
	c.order(r)
}

func (r reader) put(id markedID, text string, b box) {
	if id.mcid < 0 {
		return
	}
	if had, ok := r.box[id]; ok {
		b = had.join(b)
	}
	r.text[id] += text
	r.box[id] = b
}

// inside are the elements within one, itself first: the tree is in order, so
// that they follow each other.
func (r reader) inside(i int) []element {
	end := i + 1
	for end < len(r.tree) && r.tree[end].parent >= i {
		end++
	}
	return r.tree[i:end]
}

// says is the text of an element.
func (r reader) says(i int) string {
	var b strings.Builder
	for _, e := range r.inside(i) {
		b.WriteString(e.alt)
		for _, id := range e.pieces {
			b.WriteString(r.text[id])
		}
	}
	return strings.TrimSpace(b.String())
}

func (c *checker) headings(r reader) {
	level, any := 0, false
	for i, e := range r.tree {
		any = any || e.role == "H" || e.role == "Title"
		m := heading.FindStringSubmatch(e.role)
		if m == nil {
			continue
		}
		n := int(m[1][0] - '0')
		switch {
		case !any && n != 1:
			c.add("heading-order", "file", "the first heading is of level %d", n)
		case level > 0 && n > level+1:
			c.add("heading-order", "file", "a heading of level %d follows one of level %d", n, level)
		}
		level, any = n, true
		if r.says(i) == "" {
			c.add("heading-empty", "file", "a heading is empty")
		}
	}
	if !any {
		c.add("heading", "file", "no heading is tagged: nobody can jump to what matters")
	}
}

// figures need words for those who do not see them (PDF/UA 7.3).
func (c *checker) figures(r reader) {
	for _, e := range r.tree {
		if (e.role == "Figure" || e.role == "Formula") && e.alt == "" {
			c.add("figure-alt", "file", "a picture has no words for those who do not see it")
		}
		for _, id := range e.pieces {
			if e.role != "Figure" && e.alt == "" && id.page >= 0 && id.page < len(c.pages) && c.pages[id.page].onlyPicture(id.mcid) && !r.within(e, "Figure") {
				c.add("figure-alt", at(id.page), "a picture is tagged as text and has no words")
			}
		}
	}
}

// onlyPicture tells whether a marked content holds a picture and no text.
func (p *page) onlyPicture(mcid int) bool {
	if slices.ContainsFunc(p.pieces, func(t piece) bool { return t.mcid == mcid && strings.TrimSpace(t.text) != "" }) {
		return false
	}
	return slices.ContainsFunc(p.shapes, func(s shape) bool { return s.picture && s.mcid == mcid })
}

// within tells whether an element stands inside one of a role.
func (r reader) within(e element, role string) bool {
	for n := 0; e.parent >= 0 && n < maxDepth; n++ {
		if e = r.tree[e.parent]; e.role == role {
			return true
		}
	}
	return false
}

// tables need a header cell (PDF/UA 7.5).
func (c *checker) tables(r reader) {
	for i, e := range r.tree {
		if e.role == "Table" && !slices.ContainsFunc(r.inside(i), func(e element) bool { return e.role == "TH" }) {
			c.add("table-header", "file", "a table has no header cell")
		}
	}
}

// lists are tagged as such: three paragraphs that begin with a dash or a number
// are a list that nobody hears.
func (c *checker) lists(r reader) {
	row := 0
	for i, e := range r.tree {
		switch {
		case e.role != "P":
		case !r.within(e, "L") && listMark.MatchString(r.says(i)):
			if row++; row == 3 {
				c.add("list", "file", "a list is tagged as paragraphs")
			}
		case !r.within(e, "P"):
			row = 0
		}
		if e.role == "L" && !slices.ContainsFunc(r.inside(i), func(e element) bool { return e.role == "LI" }) {
			c.add("list", "file", "a list has no items")
		}
	}
}

// order follows the tags over the page: what is read next stands lower, beside,
// or on a later page.
func (c *checker) order(r reader) {
	lastPage, last, have := 0, box{}, false
	for _, e := range r.tree {
		for _, id := range e.pieces {
			b, ok := r.box[id]
			if !ok {
				continue
			}
			over := last.x0 < b.x1 && b.x0 < last.x1
			switch {
			case have && id.page < lastPage:
				c.add("reading-order", at(id.page), "the tags go back to an earlier page")
			case have && id.page == lastPage && over && b.y1 < last.y0-upward:
				c.add("reading-order", at(id.page), "the tags jump back up the page")
			}
			lastPage, last, have = id.page, b, true
		}
	}
}
