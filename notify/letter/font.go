package letter

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Repertoire: characters up to lastRune may be printed. Nearly every letter is
// western: Latin, with the letters of the European languages, and punctuation.
// Fonts are cut down and compressed once for all letters.
const (
	lastRune   = 0x2fff
	westernEnd = 0x17f // Latin Extended-A
)

// face is a font of the house, regular or bold.
type face struct {
	name    string
	glyph   [lastRune + 1]uint16 // 0: none
	advance []uint16             // by glyph, in thousandths of the size
	western embedded
	whole   embedded
}

// embedded holds the streams of a font, compressed.
type embedded struct {
	file      []byte
	size      int // of the file before compression
	toUnicode []byte
	widths    string // the W array
}

const (
	regular = 0
	bold    = 1
)

// faces are the fonts, made once.
var faces = sync.OnceValues(func() ([2]*face, error) {
	r, err1 := newFace("GoRegular", goregular.TTF)
	b, err2 := newFace("GoBold", gobold.TTF)
	return [2]*face{r, b}, errors.Join(err1, err2)
})

func newFace(name string, ttf []byte) (*face, error) {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("font %s: %w", name, err)
	}
	t := &face{name: name, advance: make([]uint16, f.NumGlyphs())}
	var buf sfnt.Buffer
	for c := rune(' '); c <= lastRune; c++ {
		g, err := f.GlyphIndex(&buf, c)
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", name, err)
		}
		t.glyph[c] = uint16(g)
	}
	for g := range t.advance {
		a, err := f.GlyphAdvance(&buf, sfnt.GlyphIndex(g), fixed.I(1000), font.HintingNone)
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", name, err)
		}
		t.advance[g] = uint16(a.Round())
	}
	if t.western, err = t.embed(ttf, isWestern); err != nil {
		return nil, err
	}
	t.whole, err = t.embed(ttf, func(rune) bool { return true })
	return t, err
}

// isWestern tells whether a character is in the small cut of the fonts: Latin
// to Extended-A, and the punctuation of letters.
func isWestern(c rune) bool { return c <= westernEnd || c >= 0x2010 && c <= 0x20ac }

// embed cuts a font down to some characters.
func (t *face) embed(ttf []byte, want func(rune) bool) (embedded, error) {
	keep := []sfnt.GlyphIndex{0}
	var widths, lines strings.Builder
	n, last := 0, -1
	text := map[uint16]rune{}
	for c := rune(' '); c <= lastRune; c++ {
		if g := t.glyph[c]; g != 0 && want(c) {
			if _, ok := text[g]; !ok {
				keep, text[g] = append(keep, sfnt.GlyphIndex(g)), c
			}
		}
	}
	for g := range t.advance {
		c, ok := text[uint16(g)]
		if !ok {
			continue
		}
		switch { // runs of glyphs: first [w w w]
		case last < 0:
			fmt.Fprintf(&widths, "%d[%d", g, t.advance[g])
		case g == last+1:
			fmt.Fprintf(&widths, " %d", t.advance[g])
		default:
			fmt.Fprintf(&widths, "]%d[%d", g, t.advance[g])
		}
		last = g
		if n%100 == 0 { // blocks of 100 at most (ISO 32000-1, 9.10.3)
			if n > 0 {
				lines.WriteString("endbfchar\n")
			}
			fmt.Fprintf(&lines, "%d beginbfchar\n", min(100, len(text)-n))
		}
		fmt.Fprintf(&lines, "<%04x><%04x>\n", g, c)
		n++
	}
	small, err := cut(ttf, keep)
	if err != nil {
		return embedded{}, fmt.Errorf("font %s: %w", t.name, err)
	}
	cmap := "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n1 begincodespacerange\n<0000><ffff>\nendcodespacerange\n" +
		lines.String() + "endbfchar\nendcmap CMapName currentdict /CMap defineresource pop end end\n"
	file, err1 := pack(small)
	unicode, err2 := pack([]byte(cmap))
	return embedded{file, len(small), unicode, widths.String() + "]"}, errors.Join(err1, err2)
}

// width of a text in thousandths of the size.
func (t *face) width(s string) int {
	w := 0
	for _, c := range s {
		if c <= lastRune {
			w += int(t.advance[t.glyph[c]])
		}
	}
	return w
}

func pack(data []byte) ([]byte, error) {
	var z bytes.Buffer
	w, err := zlib.NewWriterLevel(&z, zlib.BestCompression)
	if err != nil {
		return nil, err
	}
	_, err = w.Write(data)
	err = errors.Join(err, w.Close())
	return z.Bytes(), err
}

// printable tells whether both fonts have a character.
func printable(c rune) bool {
	f, err := faces()
	return err == nil && c >= ' ' && c <= lastRune && f[regular].glyph[c] != 0 && f[bold].glyph[c] != 0
}
