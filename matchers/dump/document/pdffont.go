package document

import (
	"strings"
	"unicode/utf8"
)

// A pdfFont turns the codes of shown strings into text and widths (ISO 32000-1
// sections 9.6 to 9.10).
type pdfFont struct {
	composite bool
	codes     *cmap // how long codes are; nil for 2 bytes
	unicode   *cmap // what they mean
	wide      bool  // codes are UTF-16 themselves
	simple    [256]string
	widths    [256]float64 // of text space, 1 is the size of the font
	cids      map[uint32]float64
	usual     float64 // width of codes that have none of their own
}

const (
	maxFonts  = 200     // fonts held
	maxWidths = 100_000 // widths of a font
)

// font reads a font.
func (d *pdfFile) font(v any) *pdfFont {
	dict := d.dict(v)
	if dict == nil {
		return nil
	}
	f := &pdfFont{usual: 0.5}
	if s, ok := d.resolve(dict["ToUnicode"]).(*pdfStream); ok {
		if r, err := d.unpack(s); err == nil {
			f.unicode = readCMap(r)
		}
	}
	if d.resolve(dict["Subtype"]) == pdfName("Type0") {
		d.compositeFont(f, dict)
		return f
	}
	d.simpleEncoding(f, dict)
	d.simpleWidths(f, dict)
	return f
}

// compositeFont reads a font of more than 256 characters.
func (d *pdfFile) compositeFont(f *pdfFont, dict pdfDict) {
	f.composite, f.usual = true, 1
	switch e := d.resolve(dict["Encoding"]).(type) {
	case pdfName:
		f.wide = strings.Contains(string(e), "UCS2") || strings.Contains(string(e), "UTF16")
	case *pdfStream:
		if r, err := d.unpack(e); err == nil {
			f.codes = readCMap(r)
		}
	}
	inner := d.array(dict["DescendantFonts"])
	if len(inner) == 0 {
		return
	}
	cid := d.dict(inner[0])
	if n, ok := d.number(cid["DW"]); ok {
		f.usual = n / 1000
	}
	f.cids = map[uint32]float64{}
	w := d.array(cid["W"])
	for len(w) >= 2 && len(f.cids) < maxWidths {
		first, _ := d.number(w[0])
		if list, ok := d.resolve(w[1]).(pdfArray); ok {
			for i, v := range list {
				n, _ := d.number(v)
				f.cids[uint32(first)+uint32(i)] = n / 1000
			}
			w = w[2:]
			continue
		}
		if len(w) < 3 {
			return
		}
		last, _ := d.number(w[1])
		n, _ := d.number(w[2])
		for c := first; c <= last && c < 65536 && len(f.cids) < maxWidths; c++ {
			f.cids[uint32(c)] = n / 1000
		}
		w = w[3:]
	}
}

// simpleEncoding finds what the 256 codes of a simple font mean.
func (d *pdfFile) simpleEncoding(f *pdfFont, dict pdfDict) {
	base := "StandardEncoding"
	if d.resolve(dict["Subtype"]) == pdfName("TrueType") || d.dict(dict["FontDescriptor"])["FontFile3"] != nil {
		base = "WinAnsiEncoding"
	}
	var differences pdfArray
	switch e := d.resolve(dict["Encoding"]).(type) {
	case pdfName:
		base = string(e)
	case pdfDict:
		if name, ok := d.resolve(e["BaseEncoding"]).(pdfName); ok {
			base = string(name)
		}
		differences = d.array(e["Differences"])
	}
	for c := range 256 {
		if c >= ' ' {
			f.simple[c] = baseText(base, byte(c))
		}
	}
	code := 0
	for _, v := range differences {
		switch v := d.resolve(v).(type) {
		case float64:
			code = int(v)
		case pdfName:
			if code >= 0 && code < 256 {
				f.simple[code] = glyph(string(v))
			}
			code++
		}
	}
}

// simpleWidths reads the widths of a simple font; the fonts that every viewer has
// may leave them out.
func (d *pdfFile) simpleWidths(f *pdfFont, dict pdfDict) {
	scale := 0.001
	if m := d.array(dict["FontMatrix"]); len(m) > 0 {
		if n, ok := d.number(m[0]); ok && n > 0 {
			scale = n
		}
	}
	name, _ := d.resolve(dict["BaseFont"]).(pdfName)
	missing, _ := d.number(d.dict(dict["FontDescriptor"])["MissingWidth"])
	widths := d.array(dict["Widths"])
	for c := range f.widths {
		f.widths[c] = missing * scale
		if len(widths) == 0 {
			f.widths[c] = builtinWidth(string(name), f.simple[c])
		}
	}
	first, _ := d.number(dict["FirstChar"])
	for i, v := range widths {
		c := int(first) + i
		if n, ok := d.number(v); ok && c >= 0 && c < 256 {
			f.widths[c] = n * scale
		}
	}
}

// Widths of the characters from space to ~ in thousandths of the font's size.
var (
	helvetica = [95]uint16{278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
		1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
		333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584}
	times = [95]uint16{250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500, 500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444,
		921, 722, 667, 667, 722, 611, 556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722, 722, 611, 333, 278, 333, 469, 500,
		333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500, 278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541}
)

// builtinWidth is the width of a character in one of the fonts that every viewer
// has (Adobe's font metrics of the core 14); accents do not count.
func builtinWidth(name, text string) float64 {
	if strings.Contains(name, "Courier") {
		return 0.6
	}
	table := &helvetica
	if strings.Contains(name, "Times") {
		table = &times
	}
	r, _ := utf8.DecodeRuneInString(text)
	if r > '~' {
		r = baseLetter(r)
	}
	if r >= ' ' && r <= '~' {
		return float64(table[r-' ']) / 1000
	}
	return 0.55
}

// each calls fn with the text and width of each code of a string; known is whether
// the font says what the code means, space whether it is the one-byte space that
// word spacing counts for.
func (f *pdfFont) each(s []byte, fn func(text string, width float64, known, space bool)) {
	if !f.composite {
		for _, c := range s {
			text, known := "", false
			if f.unicode != nil {
				text, known = f.unicode.text(uint32(c))
			}
			if !known {
				text = f.simple[c]
				known = text != ""
			}
			fn(text, f.widths[c], known, c == ' ')
		}
		return
	}
	codes := f.codes
	for len(s) > 0 {
		code, n := codes.next(s, 2)
		s = s[max(n, 1):]
		width, ok := f.cids[code]
		if !ok {
			width = f.usual
		}
		text, known := "", false
		if f.unicode != nil {
			text, known = f.unicode.text(code)
		}
		if !known && f.wide && code > 0 {
			text, known = string(rune(code)), true
		}
		fn(text, width, known, n == 1 && code == ' ')
	}
}
