package letter

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/encoding/charmap"

	"vigie/internal/breach"
)

// western is the repertoire of nearly every letter. In it the fonts are cut
// down and compressed once for all letters, which makes a letter several times
// cheaper than cutting the fonts down for each; a letter with a character
// beyond it, such as the Ł of a name, takes the dearer way.
var western = charmap.Windows1252

// embedded is a font ready to be embedded.
type embedded struct {
	def  []byte // fpdf's description of it, in JSON
	file []byte // the font, compressed
}

// fonts are the regular and the bold font, cut down to western.
var fonts = sync.OnceValues(func() ([2]embedded, error) {
	regular, err := embed("GoRegular", "regular.z", goregular.TTF)
	if err != nil {
		return [2]embedded{}, err
	}
	bold, err := embed("GoBold", "bold.z", gobold.TTF)
	return [2]embedded{regular, bold}, err
})

// embed cuts a font down and describes it as fpdf's own tool would.
func embed(name, file string, ttf []byte) (embedded, error) {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		return embedded{}, fmt.Errorf("font %s: %w", name, err)
	}
	var buf sfnt.Buffer
	keep := []sfnt.GlyphIndex{0}
	widths := make([]int, 256)
	for code := range widths {
		g, err := f.GlyphIndex(&buf, western.DecodeByte(byte(code)))
		if err != nil {
			return embedded{}, fmt.Errorf("font %s: %w", name, err)
		}
		advance, err := f.GlyphAdvance(&buf, g, fixed.I(1000), font.HintingNone)
		if err != nil {
			return embedded{}, fmt.Errorf("font %s: %w", name, err)
		}
		keep, widths[code] = append(keep, g), advance.Round()
	}
	m, err := f.Metrics(&buf, fixed.I(1000), font.HintingNone)
	if err != nil {
		return embedded{}, fmt.Errorf("font %s: %w", name, err)
	}
	small, err := cut(ttf, keep)
	if err != nil {
		return embedded{}, fmt.Errorf("font %s: %w", name, err)
	}
	def, err := json.Marshal(map[string]any{"Tp": "TrueType", "Name": name, "Enc": "cp1252", "File": file, "OriginalSize": len(small),
		"Up": -100, "Ut": 50, "Cw": widths, "Desc": map[string]any{
			"Ascent": m.Ascent.Round(), "Descent": -m.Descent.Round(), "CapHeight": m.CapHeight.Round(), "Flags": 32, // nonsymbolic
			"FontBBox": map[string]int{"Xmin": -500, "Ymin": -300, "Xmax": 1500, "Ymax": 1100}, "StemV": 80, "MissingWidth": widths[' '],
		}})
	if err != nil {
		return embedded{}, err
	}
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, err = w.Write(small)
	if err = errors.Join(err, w.Close()); err != nil {
		return embedded{}, err
	}
	return embedded{def, z.Bytes()}, nil
}

// kept are the tables a PDF needs of an embedded TrueType font (ISO 32000-1,
// 9.9), and post, which readers of fonts ask for, in the order of their tags.
var kept = []string{"cmap", "cvt ", "fpgm", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "post", "prep"}

// cut keeps the outlines of some glyphs. Glyph numbers stay as they are, so
// that the other tables hold.
func cut(ttf []byte, keep []sfnt.GlyphIndex) ([]byte, error) {
	tables, err := split(ttf)
	if err != nil {
		return nil, err
	}
	head, loca, glyf := tables["head"], tables["loca"], tables["glyf"]
	post := slices.Clone(tables["post"])
	if len(head) < 54 || len(tables["maxp"]) < 6 || len(post) < 32 {
		return nil, fmt.Errorf("short table: %w", breach.ErrInvalid)
	}
	g := outlines{loca: loca, glyf: glyf, long: binary.BigEndian.Uint16(head[50:]) == 1, count: int(binary.BigEndian.Uint16(tables["maxp"][4:]))}
	tables["loca"], tables["glyf"] = g.only(keep)
	head = slices.Clone(head)
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	binary.BigEndian.PutUint32(head[8:], 0)
	tables["head"] = head
	binary.BigEndian.PutUint32(post, 0x00030000) // without the names of glyphs
	tables["post"] = post[:32]
	return join(tables), nil
}

func split(ttf []byte) (map[string][]byte, error) {
	tables := map[string][]byte{}
	if len(ttf) < 12 {
		return nil, fmt.Errorf("no font: %w", breach.ErrInvalid)
	}
	for i := range int(binary.BigEndian.Uint16(ttf[4:])) {
		at := 12 + 16*i
		if at+16 > len(ttf) {
			return nil, fmt.Errorf("short directory: %w", breach.ErrInvalid)
		}
		from, size := uint64(binary.BigEndian.Uint32(ttf[at+8:])), uint64(binary.BigEndian.Uint32(ttf[at+12:]))
		if from+size > uint64(len(ttf)) {
			return nil, fmt.Errorf("table beyond the end: %w", breach.ErrInvalid)
		}
		tables[string(ttf[at:at+4])] = ttf[from : from+size]
	}
	return tables, nil
}

// outlines are the tables glyf and loca.
type outlines struct {
	loca, glyf []byte
	long       bool
	count      int
}

func (o outlines) glyph(i int) []byte {
	at := func(i int) int {
		if o.long {
			return int(binary.BigEndian.Uint32(o.loca[4*i:]))
		}
		return 2 * int(binary.BigEndian.Uint16(o.loca[2*i:]))
	}
	return o.glyf[at(i):at(i+1)]
}

// only returns loca, with long offsets, and glyf with the glyphs of keep and
// those they are composed of.
func (o outlines) only(keep []sfnt.GlyphIndex) (loca, glyf []byte) {
	wanted := make([]bool, o.count)
	for todo := slices.Clone(keep); len(todo) > 0; {
		i := int(todo[len(todo)-1])
		todo = todo[:len(todo)-1]
		if !wanted[i] {
			wanted[i] = true
			todo = append(todo, components(o.glyph(i))...)
		}
	}
	for i := range o.count {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if wanted[i] {
			glyf = append(glyf, o.glyph(i)...)
			glyf = append(glyf, make([]byte, (4-len(glyf)%4)%4)...)
		}
	}
	return binary.BigEndian.AppendUint32(loca, uint32(len(glyf))), glyf
}

// components lists what a composite glyph is made of (OpenType, table glyf).
func components(glyph []byte) []sfnt.GlyphIndex {
	if len(glyph) < 10 || int16(binary.BigEndian.Uint16(glyph)) >= 0 {
		return nil
	}
	const words, scale, more, xyScale, twoByTwo = 0x1, 0x8, 0x20, 0x40, 0x80
	var list []sfnt.GlyphIndex
	for at := 10; at+4 <= len(glyph); {
		flags := binary.BigEndian.Uint16(glyph[at:])
		list = append(list, sfnt.GlyphIndex(binary.BigEndian.Uint16(glyph[at+2:])))
		at += 6
		if flags&words != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&xyScale != 0:
			at += 4
		case flags&twoByTwo != 0:
			at += 8
		}
		if flags&more == 0 {
			break
		}
	}
	return list
}

// join writes a font file with its directory and checksums.
func join(tables map[string][]byte) []byte {
	var tags []string
	for _, tag := range kept {
		if len(tables[tag]) > 0 {
			tags = append(tags, tag)
		}
	}
	n := uint16(len(tags))
	power := uint16(math.Floor(math.Log2(float64(n))))
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []uint16{n, 16 << power, power, 16*n - 16<<power} {
		out = binary.BigEndian.AppendUint16(out, v)
	}
	from := 12 + 16*len(tags)
	var body []byte
	head := 0
	for _, tag := range tags {
		t := tables[tag]
		out = append(out, tag...)
		if tag == "head" {
			head = from + len(body)
		}
		for _, v := range []uint32{checksum(t), uint32(from + len(body)), uint32(len(t))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		body = append(append(body, t...), make([]byte, (4-len(t)%4)%4)...)
	}
	out = append(out, body...)
	binary.BigEndian.PutUint32(out[head+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(b []byte) (sum uint32) {
	for len(b) >= 4 {
		sum += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	var last [4]byte
	copy(last[:], b)
	return sum + binary.BigEndian.Uint32(last[:])
}
