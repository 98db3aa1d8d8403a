package letter

import (
	"fmt"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
)

const maxPages = 10 // of a print file; an accessible copy may have four times as many

// The layouts. The body of a letter to print begins below what a window may
// show. The accessible copy follows the State's reference for simple wording:
// wide margins (RLS 1.11), lines and paragraphs apart (1.13), left-aligned
// (1.14), and so does a letter in easy words, in 14 points; none is justified or
// hyphenated (1.8).
var (
	printed    = style{left: 20, right: 20, top: 20, bottom: 22, body: 10.5, heading: 11.5, title: 14, spacing: 1.4, gap: 1.6, indent: 7}
	large      = style{left: 20, right: 20, top: 20, bottom: 22, body: 16, heading: 18, title: 20, spacing: 1.4, gap: 3, indent: 11}
	easy       = style{left: 30, right: 30, top: 30, bottom: 30, body: 14, heading: 16, title: 18, spacing: 1.5, gap: 4, indent: 9}
	accessible = style{left: 30, right: 30, top: 30, bottom: 30, body: 12, heading: 14, title: 18, spacing: 1.5, gap: 4, indent: 8}
)

// Options are what a run of letters shares.
type Options struct {
	// NeutralSender stands as the sender, one line each, where nothing outside
	// may tell the service.
	NeutralSender []string
	// Accessible makes the copy to read on a screen instead of the print file:
	// the same words and tags, without window, address block and marks.
	Accessible bool
	// Large sets the body in 16 points.
	Large bool
	// Color sets headings in dark blue; else everything is black.
	Color bool
	// Duplex tells that sheets are printed on both sides: marks stand on the
	// fronts alone.
	Duplex bool
	// Marks are read by the machine that gathers and inserts sheets.
	Marks Marks
}

// Render makes the PDF of a letter. The same envelope gives the same bytes. It
// refuses an address that does not fit the norm, a character the font does not
// have, and a document of more than ten pages.
func Render(e notify.Envelope, o Options) ([]byte, error) {
	p, err := compose(e, o)
	if err != nil {
		return nil, err
	}
	return p.file()
}

// file writes a letter alone.
func (p *paper) file() ([]byte, error) {
	return encode(p.title, p.language, p.key, p.date, []*paper{p})
}

// compose lays a letter out.
func compose(e notify.Envelope, o Options) (*paper, error) {
	if err := notify.CheckKey(e.Key); err != nil {
		return nil, err
	}
	to, err := Address(e.To)
	if err != nil {
		return nil, fmt.Errorf("letter %s: %w", e.Key, err)
	}
	l, err := newSheet(e, o)
	if err != nil {
		return nil, fmt.Errorf("letter %s: %w", e.Key, err)
	}
	l.head(to)
	l.message()
	if err := l.seal(); err != nil {
		return nil, fmt.Errorf("letter %s: %w", e.Key, err)
	}
	limit := maxPages
	if o.Accessible {
		limit *= 4
	}
	if n := len(l.buffers); n > limit {
		return nil, fmt.Errorf("letter %s: %w", e.Key, &breach.RefusedError{Code: "too-long", What: "letter", Hint: fmt.Sprintf("%d pages, %d at most", n, limit)})
	}
	if err := l.foot(); err != nil {
		return nil, fmt.Errorf("letter %s: %w", e.Key, err)
	}
	if l.missing != 0 {
		return nil, fmt.Errorf("letter %s: %w", e.Key, &breach.RefusedError{Code: "character", What: "letter", Hint: fmt.Sprintf("the font has no U+%04X", l.missing)})
	}
	return l.finish(), nil
}

// sheet is a letter being laid out.
type sheet struct {
	*composer
	e notify.Envelope
	o Options
}

func newSheet(e notify.Envelope, o Options) (*sheet, error) {
	s := printed
	switch {
	case o.Accessible:
		s = accessible
		if o.Large {
			s.body, s.heading, s.title = large.body, large.heading, large.title
		}
	case o.Large:
		s = large
	case e.Easy:
		s = easy
	}
	c, err := newComposer(s)
	if err != nil {
		return nil, err
	}
	if o.Color {
		c.accent = blue
	}
	lang := i18n.Choose(e.Language)
	date := e.Date
	if date.IsZero() {
		date = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	c.paper.key, c.paper.language, c.paper.date = e.Key, lang, date
	c.paper.title = plain.Replace(e.Doc.Title)
	if e.Neutral || strings.TrimSpace(c.paper.title) == "" { // a file property tells nobody's service
		c.paper.title = map[string]string{i18n.French: "Courrier personnel", i18n.English: "Personal letter"}[lang]
	}
	return &sheet{c, e, o}, nil
}

// head writes the sender, the address and the date. For a neutral letter the
// sender is nobody's service.
func (l *sheet) head(to []string) {
	lines := append([]string{l.e.From.Name}, strings.Split(l.e.From.Address, "|")...)
	if l.e.Neutral {
		lines = l.o.NeutralSender
	}
	if l.o.Accessible {
		l.lines(lines)
		l.lines(to)
	} else {
		l.sender(lines)
		l.address(to)
		l.y = bodyTop
	}
	if !l.e.Date.IsZero() {
		l.flow(l.element("P", -1), regular, l.body, l.left, l.measure(), i18n.Date(l.paper.language, l.e.Date))
		l.y += l.gap
	}
}

func (l *sheet) measure() float64 { return pageWide - l.left - l.right }

// lines writes short lines as one paragraph.
func (l *sheet) lines(list []string) {
	el := l.element("P", -1)
	for _, s := range list {
		if s = text(s); s != "" {
			l.flow(el, regular, l.body, l.left, l.measure(), s)
		}
	}
	l.y += l.gap
}

// sender stands above what a window may show: six lines at most.
func (l *sheet) sender(list []string) {
	el := l.element("P", -1)
	const size, step, first = 9.5, 4.5, 17.5
	for i, s := range list[:min(len(list), 6)] {
		f := regular
		if i == 0 {
			f = bold
		}
		if s = text(s); s != "" {
			l.mark(el)
			l.write1(f, size, l.left, first+float64(i)*step, l.measure(), s)
		}
	}
}

// write1 writes one line, squeezed if it is wider than a width.
func (l *sheet) write1(face int, size, x, y, width float64, s string) {
	squeeze := 1.0
	if w := float64(l.faces[face].width(s)) / 1000 * size * pointMM; w > width {
		squeeze = width / w
	}
	l.write(face, size, x, y, squeeze, s)
}

// address puts six lines of 9 points where every window shows them; a seventh
// line, the country, makes them smaller. A line wider than the window is
// squeezed, never cut.
func (l *sheet) address(list []string) {
	el := l.element("P", -1)
	size, step := 9.0, 3.7
	if len(list) > maxLines {
		size, step = 8.0, 3.15
	}
	for i, s := range list {
		l.mark(el)
		l.write1(regular, size, BoxLeft, BoxTop+0.3+capHeight*size*pointMM+float64(i)*step, BoxRight-BoxLeft-0.2, text(s))
	}
}

func (l *sheet) message() {
	l.page.WriteString(l.accent)
	title := l.element("H1", -1)
	l.flow(title, bold, l.title, l.left, l.measure(), text(l.e.Doc.Title))
	if said := i18n.Base(l.e.Language); i18n.Known(said) && said != l.paper.language {
		l.paper.elements[title].lang = said
	}
	l.y += 1.5 * l.gap
	for _, b := range l.e.Doc.Blocks {
		l.block(b)
	}
}

func (l *sheet) block(b notify.Block) {
	from := len(l.paper.elements)
	defer func() {
		if i18n.Known(b.Lang) && b.Lang != l.paper.language {
			for i := from; i < len(l.paper.elements); i++ {
				l.paper.elements[i].lang = b.Lang
			}
		}
	}()
	if b.Heading != "" {
		l.room(4) // no heading alone at the foot
		l.ink(l.accent)
		l.flow(l.element("H2", -1), bold, l.heading, l.left, l.measure(), text(b.Heading))
		l.y += l.gap / 2
	}
	l.ink(black)
	for _, s := range b.Text {
		l.flow(l.element("P", -1), regular, l.body, l.left, l.measure(), text(s))
		l.y += l.gap
	}
	l.list(b)
	l.y += l.gap
}

// ink changes the colour of what follows, on this page and the next.
func (l *sheet) ink(op string) {
	l.close()
	l.page.WriteString(op)
}

func (l *sheet) list(b notify.Block) {
	if len(b.List) == 0 {
		return
	}
	list := l.element("L", -1)
	l.paper.elements[list].ordered = b.Ordered
	for i, s := range b.List {
		l.room(2)
		label := "–"
		if b.Ordered {
			label = fmt.Sprintf("%d.", i+1)
		}
		item := l.element("LI", list)
		y := l.y
		l.flow(l.element("Lbl", item), regular, l.body, l.left, l.indent, label)
		l.y = y
		l.flow(l.element("LBody", item), regular, l.body, l.left+l.indent, l.measure()-l.indent, text(s))
		l.y += l.gap / 2
	}
}

// foot writes the reference and the page's number on every page, and the marks
// of the inserting machine.
func (l *sheet) foot() error {
	l.close()
	n := len(l.buffers)
	for i, b := range l.buffers {
		l.artifact(b, func() {
			b.WriteString(black)
			y := pageHigh - 11.5
			l.write(regular, 7.5, l.left, y, 1, text(fmt.Sprintf("%s · v%d", l.e.Key, l.e.Doc.Version)))
			number := fmt.Sprintf("%d/%d", i+1, n)
			w := float64(l.faces[regular].width(number)) / 1000 * 7.5 * pointMM
			l.write(regular, 7.5, pageWide-l.right-w, y, 1, number)
		})
		if !l.o.Accessible {
			if err := l.sheetMarks(b, i, n); err != nil {
				return err
			}
		}
	}
	return nil
}

// text readies a string for the font.
func text(s string) string { return plain.Replace(strings.TrimSpace(s)) }

// plain makes ordinary spaces and hyphens of rare ones.
var plain = strings.NewReplacer("\u202f", "\u00a0", "\u2009", " ", "\u2011", "-", "\u00ad", "")
