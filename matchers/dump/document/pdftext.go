package document

import (
	"bytes"
	"errors"
	"io"
	"math"

	"golang.org/x/text/unicode/norm"
)

// baseLetter is a letter without its accents.
func baseLetter(r rune) rune {
	for _, b := range norm.NFD.String(string(r)) {
		return b
	}
	return r
}

// A matrix is [a b 0; c d 0; e f 1] (ISO 32000-1 section 8.3.3).
type matrix [6]float64

func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

var identity = matrix{1, 0, 0, 1, 0, 0}

// graphics is the part of the graphics state that text depends on.
type graphics struct {
	ctm                       matrix
	font                      *pdfFont
	size, char, word, stretch float64
	leading, rise             float64
}

// Bounds of a page.
const (
	maxSaved    = 512 // states
	maxForms    = 16  // forms within forms
	maxOperands = 1 << 16
)

// A painter runs the operators of a page that show text (section 9.4), and says
// it in the order of the file. Where letters stand says where lines and words
// end: a gap of a fifth of the letters' size is a space, a wide one a tab, and
// another height another line.
type painter struct {
	d        *pdfFile
	out      *prose
	g        graphics
	saved    []graphics
	tm, line matrix
	end      [2]float64 // where the last letter ended, on the page
	last     float64    // its size, on the page
	shown    bool       // something was, on this page
	blank    bool       // a blank was, since the last letter
	pictures bool
	letters  int
	unknown  int // letters that the font does not explain
	fonts    map[pdfRef]*pdfFont
	forms    map[pdfRef]bool // that are being painted
}

func newPainter(d *pdfFile, out *prose) *painter {
	return &painter{d: d, out: out, fonts: map[pdfRef]*pdfFont{}, forms: map[pdfRef]bool{}}
}

// begin sets everything to what a page begins with.
func (p *painter) begin() {
	p.g = graphics{ctm: identity, stretch: 1}
	p.saved, p.tm, p.line = p.saved[:0], identity, identity
	p.shown, p.blank, p.pictures, p.letters, p.unknown = false, false, false, 0, 0
}

// run runs a stream of operators with its resources.
func (p *painter) run(r io.Reader, resources pdfDict) error {
	l := newLexer(r, 16<<10)
	var args pdfArray
	for p.out.err == nil {
		switch v := l.value().(type) {
		case pdfEnd:
			if l.err != nil && !errors.Is(l.err, io.EOF) {
				return l.err
			}
			if l.nodes < 0 || l.err == nil {
				p.d.warn(WarnDamaged)
			}
			return nil
		case pdfWord:
			if v == "BI" {
				p.inlineImage(l)
			} else if err := p.do(string(v), args, resources); err != nil {
				return err
			}
			args = args[:0]
			l.nodes = maxNodes
		default:
			if len(args) < maxOperands {
				args = append(args, v)
			}
		}
	}
	return p.out.err
}

// inlineImage passes over a picture within the stream.
func (p *painter) inlineImage(l *lexer) {
	p.pictures = true
	for {
		v := l.value()
		if v == (pdfEnd{}) {
			return
		}
		if v == pdfWord("ID") {
			break
		}
	}
	var last [4]byte
	for {
		c, ok := l.next()
		if !ok {
			return
		}
		last = [4]byte{last[1], last[2], last[3], c}
		if isSpace(last[0]) && last[1] == 'E' && last[2] == 'I' && isSpace(last[3]) {
			return
		}
	}
}

func numbers(args pdfArray, out []float64) bool {
	if len(args) < len(out) {
		return false
	}
	args = args[len(args)-len(out):]
	for i := range out {
		n, ok := args[i].(float64)
		if !ok || math.IsNaN(n) || math.Abs(n) > 1e12 {
			return false
		}
		out[i] = n
	}
	return true
}

// do runs one operator.
func (p *painter) do(op string, args pdfArray, resources pdfDict) error {
	var n [6]float64
	one := func(to *float64) {
		if numbers(args, n[:1]) {
			*to = n[0]
		}
	}
	switch op {
	case "q":
		if len(p.saved) < maxSaved {
			p.saved = append(p.saved, p.g)
		}
	case "Q":
		if k := len(p.saved); k > 0 {
			p.g, p.saved = p.saved[k-1], p.saved[:k-1]
		}
	case "cm":
		if numbers(args, n[:]) {
			p.g.ctm = matrix(n).times(p.g.ctm)
		}
	case "BT":
		p.tm, p.line = identity, identity
	case "Tf":
		if len(args) >= 2 && numbers(args, n[:1]) {
			p.g.size = n[0]
			name, _ := args[len(args)-2].(pdfName)
			p.g.font = p.findFont(p.d.dict(resources["Font"])[string(name)])
		}
	case "Tc":
		one(&p.g.char)
	case "Tw":
		one(&p.g.word)
	case "TL":
		one(&p.g.leading)
	case "Ts":
		one(&p.g.rise)
	case "Tz":
		one(&p.g.stretch)
		if numbers(args, n[:1]) {
			p.g.stretch = n[0] / 100
		}
	case "Td", "TD":
		if numbers(args, n[:2]) {
			if op == "TD" {
				p.g.leading = -n[1]
			}
			p.move(n[0], n[1])
		}
	case "Tm":
		if numbers(args, n[:]) {
			p.tm, p.line = matrix(n), matrix(n)
		}
	case "T*":
		p.move(0, -p.g.leading)
	case "Tj", "'", "\"":
		if op == "\"" && len(args) >= 3 && numbers(args[:len(args)-1], n[:2]) {
			p.g.word, p.g.char = n[0], n[1]
		}
		if op != "Tj" {
			p.move(0, -p.g.leading)
		}
		if len(args) > 0 {
			p.show(args[len(args)-1])
		}
	case "TJ":
		if len(args) > 0 {
			list, _ := args[len(args)-1].(pdfArray)
			for _, v := range list {
				p.show(v)
			}
		}
	case "Do":
		if len(args) > 0 {
			name, _ := args[len(args)-1].(pdfName)
			return p.object(p.d.dict(resources["XObject"])[string(name)], resources)
		}
	}
	return nil
}

func (p *painter) move(x, y float64) {
	p.line = matrix{1, 0, 0, 1, x, y}.times(p.line)
	p.tm = p.line
}

func (p *painter) findFont(v any) *pdfFont {
	ref, ok := v.(pdfRef)
	if !ok {
		return p.d.font(v)
	}
	f, ok := p.fonts[ref]
	if !ok {
		if len(p.fonts) >= maxFonts {
			clear(p.fonts)
		}
		f = p.d.font(v)
		p.fonts[ref] = f
	}
	return f
}

// object paints a form, or notes a picture.
func (p *painter) object(v any, resources pdfDict) error {
	ref, _ := v.(pdfRef)
	s, ok := p.d.resolve(v).(*pdfStream)
	if !ok {
		return nil
	}
	if p.d.resolve(s.dict["Subtype"]) == pdfName("Image") {
		p.pictures = true
		return nil
	}
	if p.forms[ref] || len(p.forms) >= maxForms {
		return nil
	}
	p.forms[ref] = true
	defer delete(p.forms, ref)
	r, err := p.d.unpack(s)
	if err != nil {
		return p.d.partly(err)
	}
	if own := p.d.dict(s.dict["Resources"]); own != nil {
		resources = own
	}
	g, tm, line, saved := p.g, p.tm, p.line, p.saved
	p.saved = nil
	var m [6]float64
	if list := p.d.array(s.dict["Matrix"]); numbers(list, m[:]) && len(list) == 6 {
		p.g.ctm = matrix(m).times(p.g.ctm)
	}
	err = p.run(r, resources)
	p.g, p.tm, p.line, p.saved = g, tm, line, saved
	return err
}

// partly is nil for the errors of one stream that end no file.
func (d *pdfFile) partly(err error) error {
	if errors.Is(err, errBudget) || d.ctx.Err() != nil {
		return err
	}
	d.warn(WarnDamaged)
	return nil
}

// show shows a string, or moves by a number of thousandths.
func (p *painter) show(v any) {
	g := &p.g
	switch v := v.(type) {
	case float64:
		p.advance(-v / 1000 * g.size * g.stretch)
	case pdfString:
		if g.font == nil {
			p.letters += len(v)
			p.unknown += len(v)
			return
		}
		p.showString(v)
	}
}

// showString shows letters. Blanks are not said: they only move on, for how far they
// do is what a reader sees; there are files whose blanks have no width.
func (p *painter) showString(s pdfString) {
	g := &p.g
	first, gap := true, 0.0
	var end [2]float64
	g.font.each(s, func(text string, width float64, known, space bool) {
		w := width * g.size
		after := g.char
		if space {
			after += g.word
		}
		if known && (text == " " || text == "\u00a0" || text == "\t") {
			p.blank = p.blank || w <= 0 || (w+after)/g.size > 0.08
			gap += w + after
			p.advance((w + after) * g.stretch)
			return
		}
		p.letters++
		if !known {
			p.unknown++
			text = "\ufffd"
		}
		if first {
			p.separate()
			first = false
		} else {
			p.part(gap / g.size)
		}
		p.out.string(text)
		p.blank = false
		p.advance(w * g.stretch)
		end = [2]float64{p.tm[4], p.tm[5]}
		gap = after
		p.advance(after * g.stretch)
	})
	if first {
		return
	}
	m := p.tm
	m[4], m[5] = end[0], end[1]
	p.end, p.last, p.shown = p.at(m), p.height(), true
}

// part says what a gap is, in sizes of the letters.
func (p *painter) part(gap float64) {
	switch {
	case gap > 1.5:
		p.out.buf = bytes.TrimRight(p.out.buf, " ")
		p.out.string("\t")
	case gap > 0.17 || gap < -1 || p.blank:
		p.out.word()
	}
}

// height is the size of letters on the page.
func (p *painter) height() float64 {
	m := p.tm.times(p.g.ctm)
	return math.Hypot(m[0], m[1]) * math.Abs(p.g.size)
}

func (p *painter) advance(x float64) {
	p.tm[4] += x * p.tm[0]
	p.tm[5] += x * p.tm[1]
}

// at is where a text matrix stands on the page.
func (p *painter) at(tm matrix) [2]float64 {
	m := matrix{1, 0, 0, 1, 0, p.g.rise}.times(tm).times(p.g.ctm)
	return [2]float64{m[4], m[5]}
}

// separate says what lies between the last letter and the next: nothing, a word's
// end or a line's. Both are seen along the direction that the text runs in.
func (p *painter) separate() {
	if !p.shown {
		return
	}
	m := p.tm.times(p.g.ctm)
	length, height := math.Hypot(m[0], m[1]), p.height()
	size := max(height, min(p.last, 4*height))
	if size == 0 || math.IsNaN(size) || math.IsInf(size, 0) {
		p.out.word()
		return
	}
	now := p.at(p.tm)
	dx, dy := now[0]-p.end[0], now[1]-p.end[1]
	along := (dx*m[0] + dy*m[1]) / length / size
	across := math.Abs(dx*m[1]-dy*m[0]) / length / size
	if across > 0.7 || across > 0.25 && along < -0.5 { // an exponent stays on its line
		p.newLine()
		return
	}
	p.part(along)
}

// newLine ends a line, and joins a word that a soft hyphen parted.
func (p *painter) newLine() {
	if joined, ok := bytes.CutSuffix(p.out.buf, []byte("\u00ad")); ok {
		p.out.buf = joined
		return
	}
	p.out.line()
}
