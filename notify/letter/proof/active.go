package proof

import (
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// active looks for what a letter has no use for: code, actions, attachments,
// forms, encryption. A page's annotations belong to the print profile.
func (c *checker) active() {
	f := c.f
	if f.x.Encrypt != nil || f.x.E != nil {
		c.add("encrypted", "file", "the file is encrypted")
	}
	names := f.dict(f.catalog["Names"])
	if f.filled(names["JavaScript"]) {
		c.add("javascript", "file", "the file holds JavaScript")
	}
	if f.filled(names["EmbeddedFiles"]) || f.in(f.catalog, "AF") != nil || f.in(f.catalog, "Collection") != nil {
		c.add("attachment", "file", "another file is attached")
	}
	c.action(f.catalog["OpenAction"], "file")
	if f.in(f.catalog, "AA") != nil {
		c.add("action", "file", "the file acts by itself")
	}
	if form := f.dict(f.catalog["AcroForm"]); form != nil && (len(f.array(form["Fields"])) > 0 || form["XFA"] != nil) {
		c.add("form", "file", "the file holds a form")
	}
	c.anywhere()
}

// anywhere looks at every object, since an action may hide in any annotation,
// page or bookmark.
func (c *checker) anywhere() {
	for nr, entry := range c.f.x.Table {
		if entry == nil || entry.Free || nr == 0 {
			continue
		}
		d := c.f.dict(entry.Object)
		if d == nil {
			continue
		}
		if c.f.in(d, "JS") != nil || c.f.name(d["S"]) == "JavaScript" {
			c.add("javascript", "file", "the file holds JavaScript")
		}
		if slices.Contains([]string{"Launch", "SubmitForm", "ImportData", "GoToR", "GoToE", "Rendition", "Movie", "Sound"}, c.f.name(d["S"])) && c.f.name(d["Type"]) != "StructElem" {
			c.add("action", "file", "the file opens, sends or plays something")
		}
		if c.f.name(d["Type"]) == "Filespec" && c.f.in(d, "EF") != nil {
			c.add("attachment", "file", "another file is attached")
		}
	}
}

// action looks at what happens on opening: to show a page is harmless.
func (c *checker) action(o types.Object, where string) {
	d := c.f.dict(o)
	if d == nil {
		return
	}
	switch c.f.name(d["S"]) {
	case "GoTo", "":
	case "JavaScript":
		c.add("javascript", where, "the file holds JavaScript")
	default:
		c.add("action", where, "the file acts by itself")
	}
}

// annotations are of no use on paper, and a link hides where it leads.
func (c *checker) annotations() {
	for i := range c.pages {
		d, _, _, err := c.f.x.PageDict(i+1, false)
		if err != nil {
			continue
		}
		for _, a := range c.f.array(d["Annots"]) {
			switch kind := c.f.name(c.f.in(c.f.dict(a), "Subtype")); kind {
			case "":
			case "Link":
				c.add("link", at(i), "a link cannot be followed on paper: write the address in full")
			default:
				c.add("annotation", at(i), "an annotation (%s) stands on the page", strings.ToLower(kind))
			}
		}
		if c.f.in(d, "AA") != nil {
			c.add("action", at(i), "the page acts by itself")
		}
	}
}
