package proof

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// What a print route takes (notices: GOV.UK's print provider): ten pages, two
// megabytes, A4 to 2 mm.
const (
	maxPages   = 10
	maxPrinted = 2 << 20
	sheetWidth = 210.0
	sheetLong  = 297.0
	sheetSlack = 2.0
)

// Margins that stay empty, in mm: at the sides for the marks of the inserting
// machine and its grippers, above and below what no printer reaches.
const (
	sideMargin = 10.0
	edgeMargin = 5.0
	slack      = 0.5
)

func (c *checker) print() {
	if len(c.data) > maxPrinted {
		c.add("file-size", "file", "%d bytes, %d at most", len(c.data), maxPrinted)
	}
	if c.f.pages == 0 {
		c.add("page-count", "file", "there is no page")
		return
	}
	if c.f.pages > maxPages {
		c.add("page-count", "file", "%d pages, %d at most", c.f.pages, maxPages)
	}
	if c.f.dict(c.f.catalog["OCProperties"]) != nil {
		c.add("layers", "file", "what layers show depends on who prints")
	}
	c.annotations()
	written := false
	for i, p := range c.pages {
		c.sheet(i, p)
		c.margins(i, p)
		c.readable(i, p)
		written = written || len(p.pieces) > 0
	}
	c.numbers()
	if !written {
		c.add("text", "file", "there is no text: the words are pictures")
	}
	block := c.window()
	c.metadata(block)
}

func (c *checker) sheet(i int, p *page) {
	if math.Abs(p.width-sheetWidth) > sheetSlack || math.Abs(p.height-sheetLong) > sheetSlack {
		c.add("page-size", at(i), "%.0f x %.0f mm, want A4 upright", p.width, p.height)
	}
	if p.rotate != 0 {
		c.add("page-rotated", at(i), "the page is rotated by %d degrees", p.rotate)
	}
	if p.unit != 1 {
		c.add("page-size", at(i), "the page is scaled by %g", p.unit)
	}
	if len(p.pieces) == 0 && len(p.shapes) == 0 {
		c.add("blank-page", at(i), "the page is blank")
	}
}

// margins looks for words and pictures too near the edge. Small painted marks
// are those of the inserting machine, and white is not printed.
func (c *checker) margins(i int, p *page) {
	inside := box{sideMargin - slack, edgeMargin - slack, p.width - sideMargin + slack, p.height - edgeMargin + slack}
	sheet := box{0, 0, p.width, p.height}
	for _, t := range p.pieces {
		if strings.TrimSpace(t.text) == "" || t.hidden {
			continue
		}
		switch {
		case !t.meets(sheet):
			c.add("off-page", at(i), "text stands outside the page")
		case !t.within(inside):
			c.add("margin", at(i), "text stands nearer than %.0f mm to the sides or %.0f mm to the edges above and below", sideMargin, edgeMargin)
		}
	}
	for _, s := range p.shapes {
		if s.picture && s.meets(sheet) && !s.within(inside) {
			c.add("margin", at(i), "a picture reaches into the margin")
		}
	}
}

// readable looks for what is there and does not show, or shows as something
// else than it says.
func (c *checker) readable(i int, p *page) {
	unmapped, total := 0, 0
	for _, t := range p.pieces {
		if strings.TrimSpace(t.text) != "" && (t.hidden || contrast(t.color, t.paper) < 1.1) {
			c.add("hidden-text", at(i), "text does not show")
		}
		unmapped += t.unmapped
		total += len(t.text) + t.unmapped
	}
	if unmapped > 0 {
		c.add("text-unicode", at(i), "%d characters of %d cannot be read by a machine", unmapped, total)
	}
	if total == 0 {
		for _, s := range p.shapes {
			if s.picture {
				c.add("text-picture", at(i), "the page is a picture: nothing on it can be read by a machine")
				return
			}
		}
	}
}

var pageNumber = regexp.MustCompile(`(?i)^(?:page\s+)?(\d{1,2})\s*(?:/|sur|of)\s*(\d{1,2})$`)

// numbers compares "page 2/3" with where it stands: a sheet that was lost or
// put in twice shows there.
func (c *checker) numbers() {
	for i, p := range c.pages {
		for _, l := range lines(p.pieces) {
			m := pageNumber.FindStringSubmatch(l.text)
			if m == nil || (l.y0 > 30 && l.y1 < p.height-40) {
				continue
			}
			n, _ := strconv.Atoi(m[1])
			of, _ := strconv.Atoi(m[2])
			if n != i+1 || of != c.f.pages {
				c.add("page-number", at(i), "says %d of %d, and is %d of %d", n, of, i+1, c.f.pages)
			}
		}
	}
}

// contrast is the ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b rgb) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

func luminance(c rgb) float64 {
	lin := func(v float64) float64 {
		v = math.Max(0, math.Min(1, v))
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c[0]) + 0.7152*lin(c[1]) + 0.0722*lin(c[2])
}
