package proof

import (
	"math"
	"strconv"
	"strings"
)

// Heights of the ink, as a share of the size: capitals of common fonts, and
// what hangs below the line.
const (
	capital = 0.72
	below   = 0.21
)

// write follows the operators of text (ISO 32000-1, 9.3 and 9.4).
func (g *painter) write(op string, n []float64, args []any) bool {
	s := &g.state
	switch op {
	case "BT":
		g.tm, g.tlm = identity, identity
	case "ET":
	case "Tc":
		set(&s.char, n, 1)
	case "Tw":
		set(&s.word, n, 1)
	case "Tz":
		set(&s.scale, n, 0.01)
	case "TL":
		set(&s.lead, n, 1)
	case "Ts":
		set(&s.rise, n, 1)
	case "Tr":
		if len(n) == 1 {
			s.mode = int(n[0])
		}
	case "Tf":
		set(&s.size, n, 1)
		s.face = g.font(nameOf(args))
	case "Td":
		g.move(n)
	case "TD":
		if len(n) == 2 {
			s.lead = -n[1]
		}
		g.move(n)
	case "Tm":
		if len(n) == 6 {
			g.tm, g.tlm = matrix(n), matrix(n)
		}
	case "T*":
		g.move([]float64{0, -s.lead})
	case "Tj", "TJ":
		g.show(args)
	case "'":
		g.move([]float64{0, -s.lead})
		g.show(args)
	case `"`:
		if len(n) >= 2 {
			s.word, s.char = n[0], n[1]
		}
		g.move([]float64{0, -s.lead})
		g.show(args)
	default:
		return false
	}
	return true
}

func set(to *float64, n []float64, by float64) {
	if len(n) > 0 {
		*to = n[len(n)-1] * by
	}
}

func (g *painter) move(n []float64) {
	if len(n) == 2 {
		g.tlm = matrix{1, 0, 0, 1, n[0], n[1]}.times(g.tlm)
		g.tm = g.tlm
	}
}

func (g *painter) font(key string) *face {
	ref, ok := g.lookup("Font").Find(key)
	if !ok {
		return nil
	}
	id := key
	if n := objectNumber(ref); n > 0 {
		id = strconv.Itoa(n)
	}
	if t, ok := g.faces[id]; ok {
		return t
	}
	t := g.f.face(ref)
	g.faces[id] = t
	g.p.faces = append(g.p.faces, t)
	return t
}

// show writes a string, or an array of strings and shifts. A wide shift parts
// two words, a very wide one two pieces.
func (g *painter) show(args []any) {
	s := &g.state
	if s.face == nil || len(args) == 0 {
		return
	}
	items, isArray := args[len(args)-1].([]any)
	if !isArray {
		items = args[len(args)-1:]
	}
	r := run{g: g, from: g.tm}
	for _, it := range items {
		switch v := it.(type) {
		case float64:
			r.shift(-v / 1000 * s.size * s.scale)
		case text:
			for _, c := range s.face.decode(v) {
				r.add(c)
			}
		}
	}
	r.end()
}

// run gathers a piece while the text matrix moves on.
type run struct {
	g        *painter
	from     matrix
	text     strings.Builder
	width    float64 // up to the last glyph, in text space
	advance  float64
	unmapped int
	glyphs   int
}

func (r *run) shift(by float64) {
	em := math.Abs(r.g.state.size)
	switch {
	case math.Abs(by) > 1.5*em:
		r.end()
		r.forward(by)
		r.from = r.g.tm
		return
	case by > 0.18*em && r.glyphs > 0 && !strings.HasSuffix(r.text.String(), " "):
		r.text.WriteByte(' ')
	}
	r.advance += by
	r.forward(by)
}

func (r *run) forward(by float64) {
	r.g.tm = matrix{1, 0, 0, 1, by, 0}.times(r.g.tm)
}

func (r *run) add(c glyph) {
	s := &r.g.state
	w := (c.width*s.size + s.char) * s.scale
	if c.space {
		w += s.word * s.scale
	}
	if c.text == "" || strings.ContainsRune(c.text, 0xFFFD) {
		r.unmapped++
	}
	r.text.WriteString(c.text)
	r.glyphs++
	r.advance += w
	if strings.TrimSpace(c.text) != "" || c.text == "" {
		r.width = r.advance
	}
	r.forward(w)
}

func (r *run) end() {
	g := r.g
	s := &g.state
	if r.glyphs > 0 && len(g.p.pieces) < maxPieces {
		m := matrix{1, 0, 0, 1, 0, s.rise}.times(r.from).times(s.ctm)
		_, up := m[2], m[3]
		size := s.size * math.Hypot(m[2], m[3]) / pointMM
		_, base := m.point(0, 0)
		t := g.tag()
		b := m.around(0, -below*s.size, r.width, capital*s.size)
		g.p.pieces = append(g.p.pieces, piece{
			box: b, text: r.text.String(), unmapped: r.unmapped, base: base, size: math.Abs(size), face: s.face, color: s.fill, paper: g.under(b),
			hidden: s.mode == 3 || s.mode == 7 || s.alpha < 0.05, turned: up*s.size >= 0 || math.Abs(m[1]) > 0.01*math.Abs(m[0]),
			mcid: t.mcid, artifact: t.artifact, mark: t.name,
		})
	}
	*r = run{g: g, from: g.tm}
}
