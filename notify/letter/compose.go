package letter

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	pointMM   = 25.4 / 72
	pageWide  = 210.0
	pageHigh  = 297.0
	capHeight = 0.723 // of the size, in the fonts of the house
)

// style is how a letter is laid out: lengths in millimetres, sizes in points.
type style struct {
	left, right, top, bottom float64
	body, heading, title     float64
	spacing                  float64 // of lines, in sizes
	gap                      float64 // after a paragraph
	indent                   float64 // of list items
}

// ink is a grey or a colour of text, as operators of a content stream.
const (
	black = "0 g\n"
	blue  = "0.05 0.15 0.4 rg\n" // contrast 14 on white
)

// composer lays text out on pages and builds the structure beside it.
type composer struct {
	style
	paper   paper
	faces   [2]*face
	page    *bytes.Buffer
	buffers []*bytes.Buffer
	y       float64 // mm from the top: where the next line's box begins
	marks   int     // marked contents on this page
	open    int     // element whose marked content is open, -1: none
	accent  string  // ink of headings
	missing rune    // first character without a glyph
}

func newComposer(s style) (*composer, error) {
	f, err := faces()
	if err != nil {
		return nil, err
	}
	c := &composer{style: s, faces: f, open: -1, accent: black}
	c.turn()
	return c, nil
}

// turn begins a page.
func (c *composer) turn() {
	c.close()
	c.page = &bytes.Buffer{}
	c.page.Grow(8 << 10)
	c.buffers = append(c.buffers, c.page)
	c.y, c.marks = c.top, 0
}

// element adds a node to the structure and returns its index.
func (c *composer) element(role string, parent int) int {
	c.paper.elements = append(c.paper.elements, element{role: role, parent: parent})
	return len(c.paper.elements) - 1
}

// mark makes what is painted next part of an element.
func (c *composer) mark(el int) {
	if c.open == el {
		return
	}
	c.close()
	e := &c.paper.elements[el]
	fmt.Fprintf(c.page, "/%s<</MCID %d>>BDC\n", e.role, c.marks)
	e.marks = append(e.marks, mark{len(c.buffers) - 1, c.marks})
	c.marks++
	c.open = el
}

func (c *composer) close() {
	if c.open >= 0 {
		c.page.WriteString("EMC\n")
		c.open = -1
	}
}

// artifact paints what is no content: page numbers and machine marks.
func (c *composer) artifact(to *bytes.Buffer, paint func()) {
	page := c.page
	c.close()
	c.page = to
	c.page.WriteString("/Artifact<</Type/Pagination>>BDC\n")
	paint()
	c.page.WriteString("EMC\n")
	c.page = page
}

// write paints one line of text with its baseline at y, squeezed to a share of
// its width.
func (c *composer) write(face int, size, x, y float64, squeeze float64, s string) {
	b := c.page
	b.WriteString("BT/")
	b.WriteByte("RB"[face])
	b.WriteByte(' ')
	b.Write(number(size))
	b.WriteString(" Tf ")
	if squeeze < 1 {
		b.Write(number(100 * squeeze))
		b.WriteString(" Tz ")
	}
	b.WriteString("1 0 0 1 ")
	b.Write(number(x / pointMM))
	b.WriteByte(' ')
	b.Write(number((pageHigh - y) / pointMM))
	b.WriteString(" Tm<")
	f := c.faces[face]
	for _, r := range s {
		if !isWestern(r) {
			c.paper.whole = true
		}
		if !printable(r) {
			if c.missing == 0 {
				c.missing = r
			}
			continue
		}
		const digits = "0123456789abcdef"
		g := f.glyph[r]
		b.Write([]byte{digits[g>>12], digits[g>>8&15], digits[g>>4&15], digits[g&15]})
	}
	// A space ends each line, so that whoever reads the text and not the page
	// does not run two words together.
	fmt.Fprintf(b, "%04x>Tj ", f.glyph[' '])
	if squeeze < 1 {
		b.WriteString("100 Tz ")
	}
	b.WriteString("ET\n")
}

// number writes with two decimals at most.
func number(v float64) []byte {
	b := strconv.AppendFloat(make([]byte, 0, 16), v, 'f', 2, 64)
	return bytes.TrimSuffix(bytes.TrimRight(b, "0"), []byte("."))
}

// flow writes a text over as many lines and pages as it takes.
func (c *composer) flow(el, face int, size, x, width float64, s string) {
	step := size * pointMM * c.spacing
	for _, l := range c.wrap(face, size, width, s) {
		if c.y+step > pageHigh-c.bottom {
			c.turn()
		}
		c.mark(el)
		c.write(face, size, x, c.y+(step+capHeight*size*pointMM)/2, 1, l)
		c.y += step
	}
}

// room turns the page unless there is place for so many lines of body text.
func (c *composer) room(lines float64) {
	if c.y+lines*c.body*pointMM*c.spacing > pageHigh-c.bottom {
		c.turn()
	}
}

// wrap cuts a text into lines at its spaces. No word is split (RLS 1.8), but
// what is longer than a line, such as an address of the web, is.
func (c *composer) wrap(face int, size, width float64, s string) []string {
	limit := int(width / pointMM / size * 1000)
	f := c.faces[face]
	var lines []string
	var line strings.Builder
	used, space := 0, int(f.advance[f.glyph[' ']])
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' || r == '\t' || r == '\r' }) {
		w := f.width(word)
		if used > 0 && used+space+w > limit {
			lines = append(lines, line.String())
			line.Reset()
			used = 0
		}
		for w > limit && utf8.RuneCountInString(word) > 1 {
			head := fits(f, word, limit)
			lines = append(lines, word[:head])
			word = word[head:]
			w = f.width(word)
		}
		if used > 0 {
			line.WriteByte(' ')
			used += space
		}
		line.WriteString(word)
		used += w
	}
	if line.Len() > 0 || len(lines) == 0 {
		lines = append(lines, line.String())
	}
	return lines
}

// fits is how many bytes of a word fit a line, one character at least.
func fits(f *face, word string, limit int) int {
	used := 0
	for i, r := range word {
		w := f.width(string(r))
		if i > 0 && used+w > limit {
			return i
		}
		used += w
	}
	return len(word)
}

// finish takes the pages.
func (c *composer) finish() *paper {
	c.close()
	for _, b := range c.buffers {
		c.paper.pages = append(c.paper.pages, b.Bytes())
	}
	return &c.paper
}
