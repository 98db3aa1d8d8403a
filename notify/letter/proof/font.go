package proof

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	pdffont "github.com/pdfcpu/pdfcpu/pkg/font"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// face is a font as the page uses it.
type face struct {
	name     string
	embedded bool
	type3    bool
	composed bool // codes of two bytes
	unicode  cmap
	codes    [256]string
	widths   map[uint32]float64
	missing  float64
	bold     bool
	slanted  bool
	scale    float64 // glyph space to text space
}

func (f *file) face(o types.Object) *face {
	d := f.dict(o)
	t := &face{name: f.name(d["BaseFont"]), widths: map[uint32]float64{}, scale: 0.001, missing: 500}
	if _, data := f.stream(d["ToUnicode"]); len(data) > 0 {
		t.unicode = parseCMap(data)
	}
	var descriptor types.Dict
	switch f.name(d["Subtype"]) {
	case "Type0":
		t.composed = true
		if kids := f.array(d["DescendantFonts"]); len(kids) > 0 {
			kid := f.dict(kids[0])
			descriptor = f.dict(f.in(kid, "FontDescriptor"))
			f.cidWidths(t, kid)
		}
	case "Type3":
		t.type3, t.embedded = true, true
		if m := f.numbers(d["FontMatrix"]); len(m) == 6 && m[0] != 0 {
			t.scale = m[0]
		}
		fallthrough
	default:
		descriptor = f.dict(f.in(d, "FontDescriptor"))
		f.simple(t, d, descriptor)
	}
	for _, key := range []string{"FontFile", "FontFile2", "FontFile3"} {
		t.embedded = t.embedded || f.in(descriptor, key) != nil
	}
	f.style(t, descriptor)
	return t
}

func (f *file) style(t *face, descriptor types.Dict) {
	lower := strings.ToLower(t.name)
	flags, _ := f.number(f.in(descriptor, "Flags"))
	angle, _ := f.number(f.in(descriptor, "ItalicAngle"))
	weight, _ := f.number(f.in(descriptor, "FontWeight"))
	t.bold = strings.Contains(lower, "bold") || strings.Contains(lower, "black") || int(flags)&(1<<18) != 0 || weight >= 600
	t.slanted = strings.Contains(lower, "italic") || strings.Contains(lower, "oblique") || int(flags)&(1<<6) != 0 || angle != 0
}

// cidWidths reads the W array: c [w1 w2 ...] or c1 c2 w.
func (f *file) cidWidths(t *face, kid types.Dict) {
	t.missing = 1000
	if dw, ok := f.number(kid["DW"]); ok {
		t.missing = dw
	}
	w := f.array(kid["W"])
	for i := 0; i+1 < len(w) && len(t.widths) < maxMapped; {
		from, _ := f.number(w[i])
		if list, ok := f.get(w[i+1]).(types.Array); ok {
			for j, v := range f.numbers(list) {
				t.widths[uint32(from)+uint32(j)] = v
			}
			i += 2
			continue
		}
		if i+2 >= len(w) {
			return
		}
		to, _ := f.number(w[i+1])
		v, _ := f.number(w[i+2])
		for c := from; c <= to && len(t.widths) < maxMapped; c++ {
			t.widths[uint32(c)] = v
		}
		i += 3
	}
}

// simple reads the encoding and the widths of a font of one-byte codes.
func (f *file) simple(t *face, d, descriptor types.Dict) {
	base := charmap.Windows1252
	encoding := f.in(d, "Encoding")
	baseName := f.name(encoding)
	var differences types.Array
	if e := f.dict(encoding); e != nil {
		baseName, differences = f.name(e["BaseEncoding"]), f.array(e["Differences"])
	}
	if baseName == "MacRomanEncoding" {
		base = charmap.Macintosh
	}
	for c := 0x20; c < 256; c++ {
		if r := base.DecodeByte(byte(c)); r != unicode.ReplacementChar && !unicode.IsControl(r) {
			t.codes[c] = string(r)
		}
	}
	at := 0
	for _, v := range differences {
		switch v := f.get(v).(type) {
		case types.Integer:
			at = int(v)
		case types.Name:
			if at >= 0 && at < 256 {
				t.codes[at] = glyphText(string(v))
			}
			at++
		}
	}
	first, _ := f.number(d["FirstChar"])
	for i, w := range f.numbers(d["Widths"]) {
		t.widths[uint32(first)+uint32(i)] = w
	}
	if mw, ok := f.number(f.in(descriptor, "MissingWidth")); ok {
		t.missing = mw
	}
	if plain := strings.TrimSpace(t.name); len(t.widths) == 0 && pdffont.IsCoreFont(plain) {
		for c := range t.codes {
			r, _ := utf8.DecodeRuneInString(t.codes[c])
			if w, err := pdffont.CharWidth(plain, r); err == nil {
				t.widths[uint32(c)] = float64(w)
			}
		}
	}
}

// glyph is one code of a string: its text ("" when the file does not say), its
// advance in text space for a size of 1, and whether it is the single-byte
// space to which word spacing applies.
type glyph struct {
	text  string
	width float64
	space bool
}

func (t *face) decode(s text) []glyph {
	list := make([]glyph, 0, len(s))
	step := 1
	if t.composed {
		step = 2
	}
	for i := 0; i+step <= len(s); i += step {
		c := code(s[i : i+step])
		g := glyph{text: t.unicode.one[c], width: t.missing * t.scale, space: step == 1 && c == ' '}
		if w, ok := t.widths[c]; ok {
			g.width = w * t.scale
		}
		if _, ok := t.unicode.one[c]; !ok && !t.composed {
			g.text = t.codes[c]
		}
		list = append(list, g)
	}
	return list
}

// accents are the endings of the glyph names of accented letters.
var accents = map[string]rune{
	"acute": 0x301, "grave": 0x300, "circumflex": 0x302, "dieresis": 0x308, "tilde": 0x303, "cedilla": 0x327, "ring": 0x30a, "caron": 0x30c,
}

// glyphNames are those of the Adobe glyph list that a letter meets beyond
// single characters and accented letters.
var glyphNames = map[string]string{
	"space": " ", "nbspace": " ", "exclam": "!", "quotedbl": `"`, "numbersign": "#", "dollar": "$", "percent": "%", "ampersand": "&", "quotesingle": "'",
	"parenleft": "(", "parenright": ")", "asterisk": "*", "plus": "+", "comma": ",", "hyphen": "-", "minus": "-", "period": ".", "slash": "/",
	"zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
	"colon": ":", "semicolon": ";", "less": "<", "equal": "=", "greater": ">", "question": "?", "at": "@", "bracketleft": "[", "backslash": `\`,
	"bracketright": "]", "underscore": "_", "quoteleft": "‘", "quoteright": "’", "quotedblleft": "“", "quotedblright": "”", "guillemotleft": "«",
	"guillemotright": "»", "endash": "–", "emdash": "—", "bullet": "•", "ellipsis": "…", "Euro": "€", "degree": "°", "section": "§", "oe": "œ", "OE": "Œ",
	"ae": "æ", "AE": "Æ", "germandbls": "ß", "periodcentered": "·", "fi": "fi", "fl": "fl", "ff": "ff", "ffi": "ffi", "onesuperior": "¹", "ordmasculine": "º",
}

func glyphText(n string) string {
	if s, ok := glyphNames[n]; ok {
		return s
	}
	if r := []rune(n); len(r) == 1 {
		return n
	}
	for _, prefix := range []string{"uni", "u"} {
		if hex, ok := strings.CutPrefix(n, prefix); ok {
			if c, err := strconv.ParseUint(hex, 16, 21); err == nil && len(hex) >= 4 {
				return string(rune(c))
			}
		}
	}
	if mark, ok := accents[n[min(1, len(n)):]]; ok {
		return norm.NFC.String(n[:1] + string(mark))
	}
	return ""
}
