package letter

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"golang.org/x/image/font/sfnt"

	"vigie/internal/breach"
)

// kept are the tables a PDF needs of an embedded TrueType font (ISO 32000-1,
// 9.9), and post, which readers of fonts ask for, in the order of their tags. The
// programs that fit outlines to coarse pixels (cvt, fpgm, prep) go: paper has
// none.
var kept = []string{"cmap", "glyf", "head", "hhea", "hmtx", "loca", "maxp", "post"}

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
			glyf = append(glyf, unhinted(o.glyph(i))...)
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

// unhinted drops the program of a glyph, a third of its size.
func unhinted(glyph []byte) []byte {
	if len(glyph) < 10 {
		return glyph
	}
	contours := int(int16(binary.BigEndian.Uint16(glyph)))
	if contours < 0 {
		return unhintedComposite(glyph)
	}
	at := 10 + 2*contours
	if at+2 > len(glyph) {
		return glyph
	}
	end := at + 2 + int(binary.BigEndian.Uint16(glyph[at:]))
	if end > len(glyph) {
		return glyph
	}
	out := append(slices.Clone(glyph[:at]), 0, 0)
	return append(out, glyph[end:]...)
}

// unhintedComposite clears the flag of a program that follows the components.
func unhintedComposite(glyph []byte) []byte {
	const words, scale, more, xyScale, twoByTwo, program = 0x1, 0x8, 0x20, 0x40, 0x80, 0x100
	out := slices.Clone(glyph)
	for at := 10; at+4 <= len(out); {
		flags := binary.BigEndian.Uint16(out[at:])
		binary.BigEndian.PutUint16(out[at:], flags&^program)
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
			return out[:min(at, len(out))]
		}
	}
	return out
}
