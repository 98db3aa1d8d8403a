package letter

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"

	"vigie/internal/i18n"
	"vigie/notify"
)

// Geometry of the sheet, in millimetres. A DL envelope of 110 x 220 has a
// window of 100 x 35, 20 from the right and the bottom; the folded sheet slides
// 10 sideways and 11 up and down. So a point is always seen inside the address
// box, and may be seen anywhere inside the glimpse: nothing else stands there.
const (
	BoxLeft, BoxRight, BoxTop, BoxBottom                 = 100.0, 190.0, 55.0, 79.0
	GlimpseLeft, GlimpseRight, GlimpseTop, GlimpseBottom = 90.0, 200.0, 44.0, 90.0

	margin   = 20.0
	bodyTop  = 96.0
	nextTop  = 20.0
	bottom   = 22.0
	width    = 210 - 2*margin
	bodySize = 10.5 // points
	leading  = 5.2
	pointMM  = 25.4 / 72
	maxPages = 10
)

// Options are what a run of letters shares.
type Options struct {
	// NeutralSender stands as the sender, one line each, where nothing outside
	// may tell the service.
	NeutralSender []string
}

// Render makes the PDF of a letter. The same envelope gives the same bytes. It
// refuses an address that does not fit the norm, a character the font does not
// have, and a document of more than ten pages.
func Render(e notify.Envelope, o Options) ([]byte, error) {
	if err := notify.CheckKey(e.Key); err != nil {
		return nil, err
	}
	to, err := Address(e.To)
	if err != nil {
		return nil, fmt.Errorf("letter %s: %w", e.Key, err)
	}
	p := &page{Fpdf: fpdf.New("P", "mm", "A4", ""), e: e}
	p.western = isWestern(e, to, o)
	if err := p.prepare(); err != nil {
		return nil, fmt.Errorf("letter %s: %w", e.Key, err)
	}
	p.AddPage()
	p.sender(o)
	p.address(to)
	p.body()
	if p.missing != 0 {
		return nil, fmt.Errorf("letter %s: %w", e.Key, refuse("character", fmt.Sprintf("the font has no U+%04X", p.missing)))
	}
	if p.PageCount() > maxPages {
		return nil, fmt.Errorf("letter %s: %w", e.Key, refuse("too-long", fmt.Sprintf("%d pages, %d at most", p.PageCount(), maxPages)))
	}
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, fmt.Errorf("letter %s: writing PDF: %w", e.Key, err)
	}
	return out.Bytes(), nil
}

type page struct {
	*fpdf.Fpdf
	e       notify.Envelope
	western bool // every character is in western
	missing rune // first character without a glyph
}

// prepare sets what makes the bytes depend on the envelope alone.
func (p *page) prepare() error {
	date := p.e.Date
	if date.IsZero() {
		date = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	p.SetCatalogSort(true)
	p.SetCreationDate(date.UTC())
	p.SetModificationDate(date.UTC())
	p.SetProducer("vigie", true)
	p.SetTitle(p.e.Key, true) // a file property tells nobody's name or service
	p.SetLang(p.language())
	p.SetDisplayMode("fullpage", "single")
	p.SetMargins(margin, nextTop, margin)
	p.SetAutoPageBreak(true, bottom)
	p.SetCellMargin(0)
	if p.western {
		f, err := fonts()
		if err != nil {
			return err
		}
		p.AddFontFromBytes("go", "", f[0].def, f[0].file)
		p.AddFontFromBytes("go", "B", f[1].def, f[1].file)
	} else {
		p.AddUTF8FontFromBytes("go", "", goregular.TTF)
		p.AddUTF8FontFromBytes("go", "B", gobold.TTF)
	}
	p.AliasNbPages("{nb}")
	p.SetFooterFunc(p.mark)
	return p.Error()
}

func (p *page) language() string {
	return i18n.Choose(p.e.Language)
}

// mark bears the reference and the version on every sheet.
func (p *page) mark() {
	p.SetFont("go", "", 7.5)
	p.SetXY(margin, 297-14)
	p.CellFormat(width/2, 4, p.text(fmt.Sprintf("%s · v%d", p.e.Key, p.e.Doc.Version)), "", 0, "L", false, 0, "")
	p.CellFormat(width/2, 4, fmt.Sprintf("%d/{nb}", p.PageNo()), "", 0, "R", false, 0, "")
}

// sender stands above the glimpse. For a neutral letter it is nobody's service.
func (p *page) sender(o Options) {
	lines := append([]string{p.e.From.Name}, strings.Split(p.e.From.Address, "|")...)
	if p.e.Neutral {
		lines = o.NeutralSender
	}
	for i, s := range lines {
		if i == 6 { // 15 mm + 6 lines ends above 44 mm
			break
		}
		style := ""
		if i == 0 {
			style = "B"
		}
		p.SetFont("go", style, 9.5)
		p.SetXY(margin, 15+float64(i)*4.6)
		p.CellFormat(width, 4.6, p.text(strings.TrimSpace(s)), "", 0, "L", false, 0, "")
	}
}

// address puts six lines of 9 points into 24 mm; a seventh line, the country,
// makes them smaller. A line wider than the box is set smaller, never cut.
func (p *page) address(lines []string) {
	size, step := 9.0, 10.8*pointMM
	if len(lines) > maxLines {
		size, step = 8.0, 9.6*pointMM
	}
	for i, s := range lines {
		s = p.text(s)
		p.SetFont("go", "", size)
		if w := p.GetStringWidth(s); w > BoxRight-BoxLeft-1 {
			p.SetFont("go", "", size*(BoxRight-BoxLeft-1)/w)
		}
		p.Text(BoxLeft+0.5, BoxTop+float64(i)*step+size*pointMM*1.05, s)
	}
}

func (p *page) body() {
	p.SetY(bodyTop)
	if !p.e.Date.IsZero() {
		p.SetFont("go", "", bodySize)
		p.MultiCell(width, leading, p.text(i18n.Date(p.language(), p.e.Date)), "", "R", false)
		p.Ln(2)
	}
	p.SetFont("go", "B", 14)
	p.MultiCell(width, 6.5, p.text(p.e.Doc.Title), "", "L", false)
	p.Ln(2.5)
	for _, b := range p.e.Doc.Blocks {
		p.block(b)
	}
}

func (p *page) block(b notify.Block) {
	if b.Heading != "" {
		if _, h := p.GetPageSize(); p.GetY() > h-bottom-4*leading { // no heading alone at the foot
			p.AddPage()
		}
		p.SetFont("go", "B", 11.5)
		p.MultiCell(width, leading+0.6, p.text(b.Heading), "", "L", false)
		p.Ln(0.8)
	}
	p.SetFont("go", "", bodySize)
	for _, s := range b.Text {
		p.MultiCell(width, leading, p.text(s), "", "L", false)
		p.Ln(1.4)
	}
	for i, s := range b.List {
		p.item(i, b.Ordered, s)
	}
	p.Ln(1.8)
}

func (p *page) item(i int, ordered bool, s string) {
	label := p.text("–")
	if ordered {
		label = fmt.Sprintf("%d.", i+1)
	}
	const indent = 7
	if _, h := p.GetPageSize(); p.GetY() > h-bottom-2*leading {
		p.AddPage()
	}
	p.CellFormat(indent, leading, label, "", 0, "L", false, 0, "")
	p.SetLeftMargin(margin + indent)
	p.MultiCell(width-indent, leading, p.text(s), "", "L", false)
	p.SetLeftMargin(margin)
	p.SetX(margin)
	p.Ln(0.9)
}

// text readies a string for the font. It remembers the first character that
// cannot be printed: it would show as a box, and a letter with a hole is not
// sent.
func (p *page) text(s string) string {
	s = plain.Replace(s)
	for _, c := range s {
		if p.missing == 0 && !printable(c) {
			p.missing = c
		}
	}
	if !p.western {
		return s
	}
	out, err := western.NewEncoder().String(s)
	if err != nil { // impossible: isWestern has looked
		p.SetError(err)
	}
	return out
}

// plain makes ordinary spaces and hyphens of rare ones, and breaks up a literal
// alias of the page count.
var plain = strings.NewReplacer("\u202f", "\u00a0", "\u2009", " ", "\u2011", "-", "{nb}", "{ nb}")

// isWestern tells whether every string of a letter can be encoded.
func isWestern(e notify.Envelope, to []string, o Options) bool {
	all := append(append([]string{e.From.Name, e.From.Address, e.Doc.Title}, to...), o.NeutralSender...)
	for _, b := range e.Doc.Blocks {
		all = append(append(append(all, b.Heading), b.Text...), b.List...)
	}
	for _, s := range all {
		for _, c := range plain.Replace(s) {
			if _, ok := western.EncodeRune(c); !ok {
				return false
			}
		}
	}
	return true
}

// glyphs holds every character up to U+2FFF that both fonts have.
var glyphs = sync.OnceValue(func() map[rune]bool {
	have := map[rune]bool{}
	regular, err1 := sfnt.Parse(goregular.TTF)
	bold, err2 := sfnt.Parse(gobold.TTF)
	if err1 != nil || err2 != nil { // impossible: embedded fonts
		return have
	}
	var buf sfnt.Buffer
	for c := rune(' '); c < 0x3000; c++ {
		a, err1 := regular.GlyphIndex(&buf, c)
		b, err2 := bold.GlyphIndex(&buf, c)
		have[c] = err1 == nil && err2 == nil && a != 0 && b != 0
	}
	return have
})

func printable(c rune) bool { return glyphs()[c] }
