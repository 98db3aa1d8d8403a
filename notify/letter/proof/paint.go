package proof

import (
	"math"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

// Limits on what painting a page may cost.
const (
	maxOperators = 1_000_000
	maxPieces    = 100_000
	maxForms     = 8 // forms within forms
)

// box is a rectangle in millimetres from the top left corner of the page.
type box struct{ x0, y0, x1, y1 float64 }

func (b box) meets(o box) bool  { return b.x0 < o.x1 && o.x0 < b.x1 && b.y0 < o.y1 && o.y0 < b.y1 }
func (b box) within(o box) bool { return b.x0 >= o.x0 && b.x1 <= o.x1 && b.y0 >= o.y0 && b.y1 <= o.y1 }
func (b box) grow(by float64) box {
	return box{b.x0 - by, b.y0 - by, b.x1 + by, b.y1 + by}
}
func (b box) join(o box) box {
	return box{math.Min(b.x0, o.x0), math.Min(b.y0, o.y0), math.Max(b.x1, o.x1), math.Max(b.y1, o.y1)}
}

// piece is a run of text.
type piece struct {
	box      // of the ink, from the height of capitals to below the baseline
	text     string
	unmapped int     // characters the file gives no text for
	base     float64 // of the line, in mm from the top
	size     float64 // in points, as printed
	face     *face
	color    rgb
	paper    rgb // what lies under it
	hidden   bool
	turned   bool
	mcid     int // -1: none
	artifact bool
	mark     string // innermost tag of the content
}

// shape is a picture or a path that was painted.
type shape struct {
	box
	picture  bool
	color    rgb
	curved   bool
	artifact bool
	mcid     int
	form     int // object number of the form it stands in, for its tag
}

// page is what one page shows.
type page struct {
	width, height float64 // in mm, after rotation
	rotate        int
	unit          float64
	pieces        []piece
	shapes        []shape
	faces         []*face
}

type rgb [3]float64

type matrix [6]float64

func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m matrix) point(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// around returns the box that a rectangle of a space covers in another.
func (m matrix) around(x0, y0, x1, y1 float64) box {
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, p := range [][2]float64{{x0, y0}, {x0, y1}, {x1, y0}, {x1, y1}} {
		x, y := m.point(p[0], p[1])
		b = b.join(box{x, y, x, y})
	}
	return b
}

// state is the graphics state that matters here.
type state struct {
	ctm                                 matrix
	fill, stroke                        rgb
	alpha                               float64
	face                                *face
	size, char, word, scale, lead, rise float64
	mode                                int
}

type tag struct {
	name     string
	mcid     int
	artifact bool
}

type painter struct {
	f        *file
	p        *page
	faces    map[string]*face
	state    state
	stack    []state
	tm, tlm  matrix
	tags     []tag
	path     box
	curved   bool
	started  bool
	fills    []shape // painted areas, for what lies under the text
	left     int
	depth    int
	resource types.Dict
}

var identity = matrix{1, 0, 0, 1, 0, 0}

const pointMM = 25.4 / 72

// page paints a page, counted from 1.
func (f *file) page(nr int) *page {
	d, _, attrs, err := f.x.PageDict(nr, false)
	if err != nil || d == nil || attrs == nil {
		return &page{}
	}
	p := &page{rotate: ((attrs.Rotate % 360) + 360) % 360, unit: 1}
	if u, ok := f.number(d["UserUnit"]); ok && u > 0 {
		p.unit = u
	}
	media := attrs.MediaBox
	if attrs.CropBox != nil {
		media = attrs.CropBox
	}
	if media == nil {
		return p
	}
	k := pointMM * p.unit
	w, h := media.Width(), media.Height()
	base := matrix{k, 0, 0, -k, -media.LL.X * k, (media.LL.Y + h) * k}
	switch p.rotate {
	case 90:
		base = base.times(matrix{0, 1, -1, 0, h * k, 0})
	case 180:
		base = base.times(matrix{-1, 0, 0, -1, w * k, h * k})
	case 270:
		base = base.times(matrix{0, -1, 1, 0, 0, w * k})
	}
	p.width, p.height = w*k, h*k
	if p.rotate%180 == 90 {
		p.width, p.height = p.height, p.width
	}
	content, err := f.x.PageContent(d, nr)
	if err != nil {
		return p
	}
	g := &painter{f: f, p: p, faces: map[string]*face{}, left: maxOperators, resource: attrs.Resources}
	if g.resource == nil {
		g.resource = f.dict(d["Resources"])
	}
	g.state = state{ctm: base, alpha: 1, scale: 1}
	g.run(content)
	return p
}

func (g *painter) run(content []byte) {
	l := lexer{b: content}
	for g.left > 0 && len(g.p.pieces) < maxPieces {
		op, args, ok := l.next()
		if !ok {
			return
		}
		g.left--
		g.do(op, args)
	}
}

func (g *painter) do(op string, args []any) {
	n := floats(args)
	switch op {
	case "q":
		if len(g.stack) < 1000 {
			g.stack = append(g.stack, g.state)
		}
	case "Q":
		if k := len(g.stack); k > 0 {
			g.state, g.stack = g.stack[k-1], g.stack[:k-1]
		}
	case "cm":
		if len(n) == 6 {
			g.state.ctm = matrix(n).times(g.state.ctm)
		}
	case "gs":
		gs := g.f.dict(g.f.in(g.lookup("ExtGState"), nameOf(args)))
		if a, ok := g.f.number(gs["ca"]); ok {
			g.state.alpha = a
		}
	case "BDC", "BMC":
		g.begin(args)
	case "EMC":
		if k := len(g.tags); k > 0 {
			g.tags = g.tags[:k-1]
		}
	case "Do":
		g.object(nameOf(args))
	case "BI":
		g.image(0)
	default:
		if !g.color(op, n, args) && !g.write(op, n, args) {
			g.draw(op, n)
		}
	}
}

func (g *painter) lookup(kind string) types.Dict { return g.f.dict(g.f.in(g.resource, kind)) }

func (g *painter) begin(args []any) {
	t := tag{mcid: -1}
	if k := len(g.tags); k > 0 {
		t = g.tags[k-1]
	}
	if len(args) > 0 {
		if s, ok := args[0].(name); ok {
			t.name = string(s)
			t.artifact = t.artifact || s == "Artifact"
		}
	}
	if len(args) > 1 {
		switch v := args[1].(type) {
		case dict:
			if id, ok := v["MCID"].(float64); ok {
				t.mcid = int(id)
			}
		case name:
			if id, ok := g.f.number(g.f.in(g.f.dict(g.f.in(g.lookup("Properties"), string(v))), "MCID")); ok {
				t.mcid = int(id)
			}
		}
	}
	if len(g.tags) < 1000 {
		g.tags = append(g.tags, t)
	}
}

func (g *painter) tag() tag {
	if k := len(g.tags); k > 0 {
		return g.tags[k-1]
	}
	return tag{mcid: -1}
}

// object paints a picture or a form.
func (g *painter) object(key string) {
	ref, ok := g.lookup("XObject").Find(key)
	if !ok {
		return
	}
	d := g.f.dict(ref)
	if g.f.name(d["Subtype"]) == "Image" {
		g.image(objectNumber(ref))
		return
	}
	if g.f.name(d["Subtype"]) != "Form" || g.depth >= maxForms {
		return
	}
	_, content := g.f.stream(ref)
	saved, tags, resource := g.state, g.tags, g.resource
	if m := g.f.numbers(d["Matrix"]); len(m) == 6 {
		g.state.ctm = matrix(m).times(g.state.ctm)
	}
	if r := g.f.dict(d["Resources"]); r != nil {
		g.resource = r
	}
	g.depth++
	g.run(content)
	g.depth--
	g.state, g.tags, g.resource = saved, tags, resource
}

func (g *painter) image(object int) {
	t := g.tag()
	g.p.shapes = append(g.p.shapes, shape{box: g.state.ctm.around(0, 0, 1, 1), picture: true, artifact: t.artifact, mcid: t.mcid, form: object})
}

// draw follows paths: only the box that they cover matters.
func (g *painter) draw(op string, n []float64) {
	switch op {
	case "m", "l":
		if len(n) >= 2 {
			g.extend(n[0], n[1])
		}
	case "c", "v", "y":
		for i := 0; i+1 < len(n); i += 2 {
			g.extend(n[i], n[i+1])
		}
		g.curved = true
	case "re":
		if len(n) == 4 {
			g.extend(n[0], n[1])
			g.extend(n[0]+n[2], n[1]+n[3])
		}
	case "f", "F", "f*", "b", "b*", "B", "B*":
		g.paint(g.state.fill, true)
	case "S", "s":
		g.paint(g.state.stroke, false)
	case "n":
		g.started, g.curved = false, false
	case "sh":
		g.paint(rgb{0.5, 0.5, 0.5}, true)
	}
}

func (g *painter) extend(x, y float64) {
	x, y = g.state.ctm.point(x, y)
	at := box{x, y, x, y}
	if g.started {
		at = g.path.join(at)
	}
	g.path, g.started = at, true
}

func (g *painter) paint(c rgb, filled bool) {
	if g.started && len(g.p.shapes) < maxPieces {
		t := g.tag()
		s := shape{box: g.path, color: c, curved: g.curved, artifact: t.artifact, mcid: t.mcid}
		g.p.shapes = append(g.p.shapes, s)
		if filled && g.state.alpha > 0.5 && len(g.fills) < 1000 {
			g.fills = append(g.fills, s)
		}
	}
	g.started, g.curved = false, false
}

// under tells the colour on which a text is written.
func (g *painter) under(b box) rgb {
	x, y := (b.x0+b.x1)/2, (b.y0+b.y1)/2
	for i := len(g.fills) - 1; i >= 0; i-- {
		if s := g.fills[i]; x >= s.x0 && x <= s.x1 && y >= s.y0 && y <= s.y1 {
			return s.color
		}
	}
	return rgb{1, 1, 1}
}

func (g *painter) color(op string, n []float64, args []any) bool {
	to := &g.state.fill
	if op != "" && strings.ToUpper(op) == op {
		to = &g.state.stroke
	}
	switch op {
	case "g", "G", "rg", "RG", "k", "K", "sc", "SC", "scn", "SCN":
		switch len(n) {
		case 1:
			*to = rgb{n[0], n[0], n[0]}
		case 3:
			*to = rgb(n)
		case 4:
			*to = rgb{(1 - n[0]) * (1 - n[3]), (1 - n[1]) * (1 - n[3]), (1 - n[2]) * (1 - n[3])}
		}
	case "cs", "CS":
		*to = rgb{}
	default:
		return false
	}
	return true
}

func floats(args []any) []float64 {
	var list []float64
	for _, a := range args {
		if f, ok := a.(float64); ok {
			list = append(list, f)
		}
	}
	return list
}

func nameOf(args []any) string {
	if len(args) > 0 {
		if s, ok := args[0].(name); ok {
			return string(s)
		}
	}
	return ""
}
