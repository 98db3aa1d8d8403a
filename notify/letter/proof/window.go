package proof

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"

	"vigie/notify/letter"
)

// What an address may be (NF Z 10-011; size and colour for optical reading).
const (
	addressLines   = 6
	addressChars   = 38
	addressSmall   = 7.9  // points
	addressLarge   = 12.3 // points
	addressDark    = 7.0  // contrast
	aligned        = 1.0  // mm
	windowSlack    = 1.0  // mm
	c5Slack        = 10.0 // mm: whoever lays a sheet into a C5 pushes it to a side
	blankLine      = 1.6  // times the usual step
	searchStep     = 3.0  // times the size: how far apart lines of a block may be
	underlineThick = 0.9  // mm
)

var (
	locality  = regexp.MustCompile(`^(?:F[- ])?\d{2} ?\d{3}(?: |$)`)
	sound     = regexp.MustCompile(`^\d{5} [^ ]`)
	numbered  = regexp.MustCompile(`^\d+ `)
	telltale  = regexp.MustCompile(`(?i)\br[ée]f\b|r[ée]f[ée]rence|dossier|\bn°|num[ée]ro|\bnir\b|\biban\b|confidentiel|urgent|violation|donn[ée]es|fuite|incident|\bn[ée]e? le\b|@|www|https?:|\d{6,}|\d{2}/\d{2}/\d{4}`)
	telephone = regexp.MustCompile(`(?:\+33|\b0)[ .]?[1-9](?:[ .]?\d\d){4}\b`)
)

func zone(z letter.Zone) box { return box{z.Left, z.Top, z.Right, z.Bottom} }

// window reads the address on the first page and what else may show in the
// window. It returns the lines of the address.
func (c *checker) window() []line {
	if len(c.pages) == 0 {
		return nil
	}
	p := c.pages[0]
	var shown []piece
	for _, t := range p.pieces {
		if !t.hidden && contrast(t.color, t.paper) >= 1.1 && t.meets(box{0, 0, p.width, p.height}) {
			shown = append(shown, t)
		}
	}
	dl, c5 := letter.Windows()[0], letter.Windows()[1]
	block := findBlock(lines(shown), zone(dl.Always))
	if len(block) == 0 {
		for _, s := range p.shapes {
			if (s.picture || s.curved) && s.meets(zone(dl.Always)) {
				c.add("address-picture", at(0), "what stands in the window is a picture: nothing reads it")
				return nil
			}
		}
		c.add("address-missing", at(0), "no address stands where the window is")
		return nil
	}
	for i, l := range block {
		if !l.within(zone(dl.Always).grow(windowSlack)) {
			c.add("window-dl", inAddress(i), "not seen in the window of a DL envelope at every slide of the sheet (%s)", place(l.box))
		}
		z := zone(c5.Always)
		if z.x0, z.y0 = z.x0-c5Slack, z.y0-2*windowSlack; !l.within(z.grow(windowSlack)) {
			c.add("window-c5", inAddress(i), "not seen in the window of a C5 envelope at every slide of the sheet (%s)", place(l.box))
		}
	}
	c.alone(p, shown, block, zone(dl.Ever).grow(-windowSlack/2))
	c.norm(block)
	c.look(p, block)
	return block
}

func inAddress(i int) string { return at(0) + ", address line " + string(rune('1'+min(i, 8))) }

// findBlock looks for the address: lines under each other that end in a
// postcode and locality, those nearest to the window; failing that, whatever
// stands in the window.
func findBlock(all []line, window box) []line {
	var best []line
	distance := 1e9
	for i, l := range all {
		if !locality.MatchString(l.text) || utf8.RuneCountInString(l.text) > 60 || l.y0 > 140 {
			continue
		}
		b := grow(all, i)
		if d := apart(surround(b), window); d < distance {
			best, distance = b, d
		}
	}
	if distance > 5 {
		var inside []line
		for i, l := range all {
			if l.meets(window) {
				inside = append(inside, all[i])
			}
		}
		if len(inside) >= 2 || len(best) == 0 {
			return inside
		}
	}
	return best
}

// apart is how far two boxes are from each other, 0 when they meet.
func apart(a, b box) float64 {
	dx := max(0, b.x0-a.x1, a.x0-b.x1)
	dy := max(0, b.y0-a.y1, a.y0-b.y1)
	return dx + dy
}

func surround(block []line) box {
	b := block[0].box
	for _, l := range block {
		b = b.join(l.box)
	}
	return b
}

// grow takes the lines above the locality, and what stands right under it.
func grow(all []line, i int) []line {
	block := []line{all[i]}
	for len(block) < 12 {
		above := neighbour(all, block[0], -1)
		if above == nil {
			break
		}
		block = append([]line{*above}, block...)
	}
	if under := neighbour(all, all[i], 1); under != nil && utf8.RuneCountInString(under.text) <= addressChars && under.base-all[i].base < 2*all[i].size*pointMM {
		block = append(block, *under)
	}
	return block
}

// neighbour is the nearest line above (-1) or under (1) that belongs to the
// same block: near, over the same columns, of about the same size.
func neighbour(all []line, of line, way float64) *line {
	var found *line
	for i := range all {
		l := &all[i]
		gap := (l.base - of.base) * way
		near := gap > 0.3*of.size*pointMM && gap < searchStep*of.size*pointMM
		same := l.x0 < of.x1 && of.x0 < l.x1 && l.size < 1.7*of.size && of.size < 1.7*l.size && l.x0 > of.x0-40
		if near && same && (found == nil || gap < (found.base-of.base)*way) {
			found = l
		}
	}
	return found
}

// alone looks for anything but the address that may show in the window.
func (c *checker) alone(p *page, shown []piece, block []line, ever box) {
	for _, t := range shown {
		in := slices.ContainsFunc(block, func(l line) bool { return slices.Contains(l.pieces, t) })
		if !in && strings.TrimSpace(t.text) != "" && t.meets(ever) {
			c.add("window-else", at(0), "other words than the address may show in the window (%s)", place(t.box))
		}
	}
	for _, s := range p.shapes {
		visible := s.picture || contrast(s.color, rgb{1, 1, 1}) > 1.2
		if visible && s.meets(ever) && s.x1-s.x0 < 0.9*p.width {
			c.add("window-else", at(0), "a picture or a line may show in the window (%s)", place(s.box))
		}
	}
}

// norm compares the lines with NF Z 10-011.
func (c *checker) norm(block []line) {
	last := len(block) - 1
	abroad := isCountry(block[last].text)
	limit, city := addressLines, last
	if abroad {
		limit, city = limit+1, last-1
	}
	if len(block) > limit {
		c.add("address-lines", at(0), "%d lines, %d at most", len(block), limit)
	}
	if len(block) < 2 {
		c.add("address-lines", at(0), "an address has two lines at least: a name and a locality")
	}
	switch {
	case abroad:
	case !locality.MatchString(block[last].text) && last > 0 && locality.MatchString(block[last-1].text):
		c.add("address-order", inAddress(last), "nothing but the country stands under the locality")
		city = last - 1
	case !sound.MatchString(block[last].text):
		c.add("address-locality", inAddress(last), "the last line is no postcode of five digits followed by a locality")
	}
	for i, l := range block {
		if n := utf8.RuneCountInString(l.text); n > addressChars {
			c.add("address-length", inAddress(i), "%d characters, %d at most", n, addressChars)
		}
		// The lines of the norm's end: street, hamlet, locality, country.
		end := i > 0 && (i >= city-1 || numbered.MatchString(l.text))
		if end {
			c.capitals(i, l.text)
		}
		if end && strings.ContainsFunc(l.text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != ' ' }) {
			c.add("address-punctuation", inAddress(i), "from the street on there are only letters, digits and spaces")
		}
		if i != city && telltale.MatchString(l.text) || nir.MatchString(l.text) || telephone.MatchString(l.text) {
			c.add("window-else", inAddress(i), "a line of the address tells something else than where the letter goes")
		}
	}
}

func (c *checker) capitals(i int, s string) {
	if strings.ContainsFunc(s, unicode.IsLower) {
		c.add("address-capitals", inAddress(i), "street, hamlet, locality and country are in capitals")
	}
	if strings.ContainsFunc(norm.NFD.String(s), func(r rune) bool { return unicode.Is(unicode.Mn, r) }) {
		c.add("address-accent", inAddress(i), "capitals are written without accents")
	}
}

// look compares the shape of the block with what sorting machines read.
func (c *checker) look(p *page, block []line) {
	step := 1e9
	for i := 1; i < len(block); i++ {
		step = min(step, block[i].base-block[i-1].base)
	}
	for i, l := range block {
		where := inAddress(i)
		if l.size < addressSmall || l.size > addressLarge {
			c.add("address-size", where, "%.1f points, want 9 to 12", l.size)
		}
		if i > 0 && block[i].base-block[i-1].base > blankLine*step {
			c.add("address-blank-line", where, "an empty line stands above it")
		}
		if l.x0-block[0].x0 > aligned || block[0].x0-l.x0 > aligned {
			c.add("address-aligned", where, "the lines do not begin under each other")
		}
		for _, t := range l.pieces {
			if t.face.bold || t.face.slanted || struck(p, t) {
				c.add("address-style", where, "bold, italic or underlined")
			}
			if contrast(t.color, t.paper) < addressDark {
				c.add("address-contrast", where, "too pale for the sorting machines")
			}
			if t.turned {
				c.add("address-turned", where, "not written from left to right")
			}
		}
	}
}

// struck tells whether a thin line runs under or through a text.
func struck(p *page, t piece) bool {
	return slices.ContainsFunc(p.shapes, func(s shape) bool {
		return !s.picture && s.y1-s.y0 < underlineThick && s.x1-s.x0 > (t.x1-t.x0)/2 && s.x0 < t.x1 && t.x0 < s.x1 &&
			s.y0 > t.y0 && s.y1 < t.base+0.4*t.size*pointMM
	})
}

// countries are the names of countries in French and in English, in capitals.
var countries = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			region, err := language.ParseRegion(string([]rune{a, b}))
			if err != nil || !region.IsCountry() {
				continue
			}
			for _, n := range []display.Namer{display.French.Regions(), display.English.Regions()} {
				if s := n.Name(region); s != "" {
					all[fold(s)] = true
				}
			}
		}
	}
	delete(all, "FRANCE")
	return all
})

func isCountry(s string) bool { return countries()[fold(s)] }

// fold writes in capitals, without accents or punctuation.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFD.String(s))
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}
