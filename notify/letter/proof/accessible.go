package proof

import (
	"regexp"
	"strings"

	"golang.org/x/text/language"
)

// Bounds of WCAG 2.2 (1.4.3) and of the State's reference for simple wording.
const (
	minContrast      = 4.5
	minLargeContrast = 3.0
	largeText        = 18.0 // points
	largeBold        = 14.0
	smallText        = 7.9  // points: less is not read
	upward           = 0.5  // mm: a jump back up the page
	picturePage      = 0.25 // share of a page
)

// untitled are titles that a tool gives by itself.
var untitled = regexp.MustCompile(`(?i)^(untitled|sans titre|document\d*|microsoft word.*|.*\.(pdf|docx?|odt|html?|tex))$`)

func (c *checker) accessible() {
	f := c.f
	c.document()
	tree := f.tree()
	if f.dict(f.catalog["StructTreeRoot"]) == nil || !f.yes(f.in(f.dict(f.catalog["MarkInfo"]), "Marked")) {
		c.add("tagged", "file", "the file is not tagged: a screen reader has no order to follow")
	}
	if f.yes(f.in(f.dict(f.catalog["MarkInfo"]), "Suspects")) {
		c.add("tagged", "file", "the tags are marked as doubtful")
	}
	if f.dict(f.catalog["StructTreeRoot"]) != nil {
		c.structure(tree)
		c.contents(tree)
	}
	for i, p := range c.pages {
		c.sight(i, p)
	}
}

// document looks at what the file says of itself: language, title, access.
func (c *checker) document() {
	f := c.f
	lang := strings.TrimSpace(f.str(f.catalog["Lang"]))
	if lang == "" {
		c.add("language", "file", "the language of the document is not stated")
	} else if _, err := language.Parse(lang); err != nil {
		c.add("language", "file", "the language of the document is no BCP 47 tag")
	}
	title := ""
	if f.x.Info != nil {
		title = strings.TrimSpace(f.str(f.dict(*f.x.Info)["Title"]))
	}
	if title == "" {
		title = strings.TrimSpace(c.xmpTitle())
	}
	switch {
	case title == "":
		c.add("title", "file", "the document has no title")
	case untitled.MatchString(title):
		c.add("title", "file", "the title says nothing: it is a file's name")
	case !f.yes(f.in(f.dict(f.catalog["ViewerPreferences"]), "DisplayDocTitle")):
		c.add("title-shown", "file", "readers are told to show the file's name instead of the title")
	}
}

var dcTitle = regexp.MustCompile(`(?s)<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>`)

func (c *checker) xmpTitle() string {
	_, data := c.f.stream(c.f.catalog["Metadata"])
	if m := dcTitle.FindSubmatch(data); m != nil {
		return string(m[1])
	}
	return ""
}

// structure compares the tree with the content of the pages.
func (c *checker) structure(tree []element) {
	tagged := map[markedID]bool{}
	for _, e := range tree {
		for _, id := range e.pieces {
			tagged[id] = true
		}
	}
	for i, p := range c.pages {
		for _, t := range p.pieces {
			if (strings.TrimSpace(t.text) != "" || t.unmapped > 0) && !t.artifact && !tagged[markedID{i, t.mcid}] {
				c.add("untagged-content", at(i), "text stands outside the tags: a screen reader skips it")
			}
		}
		for _, s := range p.shapes {
			if s.picture && !s.artifact && !tagged[markedID{i, s.mcid}] {
				c.add("untagged-content", at(i), "a picture stands outside the tags")
			}
		}
	}
}

// sight looks at a page as somebody with poor sight does.
func (c *checker) sight(i int, p *page) {
	unmapped, words := 0, 0
	for _, t := range p.pieces {
		unmapped += t.unmapped
		if strings.TrimSpace(t.text) == "" {
			continue
		}
		words += len(strings.Fields(t.text))
		if t.artifact {
			continue
		}
		want := minContrast
		if t.size >= largeText || t.size >= largeBold && t.face.bold {
			want = minLargeContrast
		}
		if got := contrast(t.color, t.paper); got < want && !t.hidden {
			c.add("contrast", at(i), "text of contrast %.1f, %.1f at least", got, want)
		}
		if t.size < smallText && !t.hidden {
			c.add("text-size", at(i), "text of %.1f points, 8 at least", t.size)
		}
	}
	if unmapped > 0 {
		c.add("text-unicode", at(i), "%d characters have no text for a screen reader", unmapped)
	}
	for _, s := range p.shapes {
		if area := (s.x1 - s.x0) * (s.y1 - s.y0); s.picture && area > picturePage*p.width*p.height && words < 30 {
			c.add("text-picture", at(i), "the page is a picture of text")
		}
	}
}
