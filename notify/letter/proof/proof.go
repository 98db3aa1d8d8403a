// Package proof reads a letter before it is printed, as the machines that
// print, fold and insert it would, and as a screen reader would. It takes any
// tool's PDF: pdfcpu reads the objects, and a small painter follows the
// content streams to learn where every word stands, in which font and colour,
// and under which tag.
//
// Two profiles: print looks at the sheet, the address (NF Z 10-011) and what
// shows in the window of a DL or C5 envelope at every slide; accessible looks
// for what PDF/UA-1 (ISO 14289-1) and WCAG 2.2 ask for and a machine can see.
// A finding tells the place and the rule, never the text that stands there.
package proof

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"vigie/internal/breach"
)

// Finding is one thing to put right.
type Finding struct {
	Rule    string `json:"rule"`
	Where   string `json:"where"` // file, page 1, page 1 address line 3, a path of the description
	Message string `json:"message"`
}

// Profile is what a letter is read for.
type Profile string

// The profiles.
const (
	Print      Profile = "print"
	Accessible Profile = "accessible"
)

// Check reads a PDF. No finding means that it may be printed, or handed to
// somebody who reads with a screen reader. An error means that the profile is
// unknown; a file that cannot be read is a finding.
func Check(data []byte, p Profile) ([]Finding, error) {
	c := &checker{data: data, found: []Finding{}}
	if p != Print && p != Accessible {
		return nil, fmt.Errorf("profile %q: want print or accessible: %w", p, breach.ErrInvalid)
	}
	if c.f, _ = open(data); c.f == nil { // why does not matter to who has the file
		c.add("unreadable", "file", "this is no PDF that can be read")
		return c.found, nil
	}
	c.active()
	for nr := 1; nr <= min(c.f.pages, readPages); nr++ {
		c.pages = append(c.pages, c.f.page(nr))
	}
	c.fonts()
	if p == Print {
		c.print()
	} else {
		c.accessible()
	}
	return c.found, nil
}

type checker struct {
	data  []byte
	f     *file
	pages []*page
	found []Finding
}

func (c *checker) add(rule, where, format string, args ...any) {
	f := Finding{rule, where, fmt.Sprintf(format, args...)}
	if !slices.Contains(c.found, f) {
		c.found = append(c.found, f)
	}
}

func (c *checker) fonts() {
	for i, p := range c.pages {
		for _, t := range p.faces {
			if !t.embedded {
				c.add("font-embedded", at(i), "a font is not embedded: another may stand in for it")
			}
		}
	}
}

func at(i int) string { return fmt.Sprintf("page %d", i+1) }

// line is what stands on one baseline of a page, left to right.
type line struct {
	box
	pieces []piece
	text   string
	size   float64
	base   float64
}

// lines gathers the pieces of a page by baseline, parted where there is a gap
// as wide as a column's.
func lines(pieces []piece) []line {
	sorted := slices.Clone(pieces)
	slices.SortStableFunc(sorted, func(a, b piece) int {
		if math.Abs(a.base-b.base) > 0.7 {
			return cmpFloat(a.base, b.base)
		}
		return cmpFloat(a.x0, b.x0)
	})
	var out []line
	for _, p := range sorted {
		if strings.TrimSpace(p.text) == "" && p.unmapped == 0 {
			continue
		}
		if n := len(out); n > 0 {
			last := &out[n-1]
			gap := p.x0 - last.x1
			if math.Abs(p.base-last.base) <= 0.7 && gap < 2.5*p.size*pointMM && gap > -2*p.size*pointMM {
				if gap > 0.18*p.size*pointMM && !strings.HasSuffix(last.text, " ") && !strings.HasPrefix(p.text, " ") {
					last.text += " "
				}
				last.text += p.text
				last.pieces = append(last.pieces, p)
				last.box = last.join(p.box)
				last.size = math.Max(last.size, p.size)
				continue
			}
		}
		out = append(out, line{p.box, []piece{p}, p.text, p.size, p.base})
	}
	for i := range out {
		out[i].text = strings.Join(strings.Fields(out[i].text), " ")
	}
	return out
}

func cmpFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
