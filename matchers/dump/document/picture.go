package document

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"unicode/utf16"

	"vigie/matchers/dump"
)

// picture is a photograph or a scan: what its EXIF says of its author and its
// place is read, what is drawn on it is not.
type picture struct{}

// Name is "picture".
func (picture) Name() string { return "picture" }

// Sniff knows the magics of pictures.
func (picture) Sniff(f *dump.File) float64 { return sniffMagic(f.Head, pictureMagics) }

// film is sound or film.
type film struct{}

// Name is "media".
func (film) Name() string { return "media" }

// Sniff knows the magics of sound and film.
func (film) Sniff(f *dump.File) float64 { return sniffMagic(f.Head, filmMagics) }

// Read says that it is not read.
func (film) Read(_ context.Context, _ *dump.File, v dump.Visitor) error {
	v.Unread("", CodeScan, "listen to it: speech is not recognised here")
	return nil
}

// A magic is bytes at a place.
type magic struct {
	at    int
	bytes string
}

var pictureMagics = [][]magic{
	{{0, "\x89PNG\r\n\x1a\n"}}, {{0, "\xff\xd8\xff"}}, {{0, "GIF87a"}}, {{0, "GIF89a"}}, {{0, "II*\x00"}}, {{0, "MM\x00*"}},
	{{0, "RIFF"}, {8, "WEBP"}}, {{0, "BM"}, {6, "\x00\x00\x00\x00"}, {15, "\x00\x00\x00"}},
	{{4, "ftypheic"}}, {{4, "ftypheix"}}, {{4, "ftypmif1"}}, {{4, "ftypavif"}}, {{4, "ftypheim"}}, {{0, "\x00\x00\x00\x0cjP  \r\n"}},
}

var filmMagics = [][]magic{
	{{0, "RIFF"}, {8, "WAVE"}}, {{0, "RIFF"}, {8, "AVI "}}, {{0, "OggS\x00"}}, {{0, "ID3"}}, {{0, "fLaC"}}, {{0, "\x1aE\xdf\xa3"}},
	{{4, "ftypmp4"}}, {{4, "ftypisom"}}, {{4, "ftypiso"}}, {{4, "ftypM4A"}}, {{4, "ftypM4V"}}, {{4, "ftypqt"}}, {{4, "ftypavc1"}}, {{4, "ftyp3gp"}},
	{{0, "\x00\x00\x01\xba"}}, {{0, "FLV\x01"}}, {{0, "#!AMR"}}, {{0, "\x30\x26\xb2\x75\x8e\x66\xcf\x11"}},
}

func sniffMagic(head []byte, magics [][]magic) float64 {
	for _, all := range magics {
		n := 0
		for _, m := range all {
			if len(head) >= m.at && bytes.HasPrefix(head[m.at:], []byte(m.bytes)) {
				n++
			}
		}
		if n == len(all) {
			return sure
		}
	}
	return 0
}

// Read gives the EXIF of a JPEG or TIFF, and says that the rest is not read.
func (picture) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	out := newProse(ctx, v)
	out.at("metadata")
	if tiff := findExif(f.Head); tiff != nil {
		readExif(out, tiff)
	}
	if err := out.flush(); err != nil {
		return err
	}
	v.Unread("", CodeScan, "a picture: read it with text recognition and inspect the text")
	return nil
}

// findExif finds the TIFF that a picture's EXIF is (EXIF 2.32 section 4.7.2): the file
// itself, the first segment APP1 of a JPEG, a chunk eXIf of a PNG.
func findExif(head []byte) []byte {
	if bytes.HasPrefix(head, []byte("II*\x00")) || bytes.HasPrefix(head, []byte("MM\x00*")) {
		return head
	}
	if bytes.HasPrefix(head, []byte("\x89PNG")) {
		for at := 8; at+12 <= len(head); {
			n := int64(binary.BigEndian.Uint32(head[at:]))
			if string(head[at+4:at+8]) == "eXIf" {
				return head[at+8 : min(int64(at+8)+n, int64(len(head)))]
			}
			next := int64(at) + 12 + n
			if next > int64(len(head)) {
				break
			}
			at = int(next)
		}
		return nil
	}
	for at := 2; bytes.HasPrefix(head, []byte("\xff\xd8")) && at+4 <= len(head) && head[at] == 0xff; {
		n := int(binary.BigEndian.Uint16(head[at+2:]))
		segment := head[at+4 : max(at+4, min(at+2+n, len(head)))]
		if tiff, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok && head[at+1] == 0xe1 {
			return tiff
		}
		if head[at+1] == 0xda {
			break // the picture begins
		}
		at += 2 + n
	}
	return nil
}

// An exif reads the fields of a TIFF, each of its directories once.
type exif struct {
	b     []byte
	order binary.ByteOrder
	out   *prose
	gps   map[uint16]any
	dirs  int
}

func readExif(out *prose, b []byte) {
	if len(b) < 8 {
		return
	}
	e := &exif{b: b, order: binary.LittleEndian, out: out, gps: map[uint16]any{}}
	if b[0] == 'M' {
		e.order = binary.BigEndian
	}
	e.directory(e.order.Uint32(b[4:]), false)
	lat, ok1 := degrees(e.gps[2])
	lon, ok2 := degrees(e.gps[4])
	if ok1 && ok2 {
		if e.gps[1] == "S" {
			lat = -lat
		}
		if e.gps[3] == "W" {
			lon = -lon
		}
		out.string(fmt.Sprintf("GPS %.6f, %.6f", lat, lon))
		out.line()
	}
}

// directory reads an image file directory (TIFF 6.0 section 2).
func (e *exif) directory(at uint32, gps bool) {
	if e.dirs++; e.dirs > 8 || int64(at)+2 > int64(len(e.b)) {
		return
	}
	entries := e.b[at+2:]
	for n := e.order.Uint16(e.b[at:]); n > 0 && len(entries) >= 12; n-- {
		tag := e.order.Uint16(entries)
		value := e.value(entries)
		entries = entries[12:]
		if gps {
			e.gps[tag] = value
			continue
		}
		switch next, isPlace := value.(uint32); {
		case tag == 0x8769 && isPlace:
			e.directory(next, false)
		case tag == 0x8825 && isPlace:
			e.directory(next, true)
		}
		if s, ok := value.(string); ok && exifText(tag) && s != "" {
			e.out.string(s)
			e.out.line()
		}
	}
}

// exifText says whether a field tells of a person or a time: description, artist,
// copyright, date, owner of the camera, comment.
func exifText(tag uint16) bool {
	switch tag {
	case 0x010e, 0x013b, 0x8298, 0x9003, 0xa430, 0x9c9b, 0x9c9c, 0x9c9d, 0x9c9e, 0x9c9f, 0x0132, 0x013c, 0x010d:
		return true
	}
	return false
}

// value is a field's value: a string, a uint32, or fractions as []float64.
func (e *exif) value(entry []byte) any {
	kind, n := e.order.Uint16(entry[2:]), int64(e.order.Uint32(entry[4:]))
	data := entry[8:12]
	sizes := [...]int64{0, 1, 1, 2, 4, 8}
	if kind == 0 || int(kind) >= len(sizes) || n > 64<<10 {
		return nil
	}
	if size := n * sizes[kind]; size > 4 {
		at := int64(e.order.Uint32(data))
		if at+size > int64(len(e.b)) {
			return nil
		}
		data = e.b[at : at+size]
	}
	switch kind {
	case 1: // Windows writes UTF-16 so
		return utf16Text(data[:min(n, int64(len(data)))])
	case 2:
		return string(bytes.Trim(data[:min(n, int64(len(data)))], "\x00 "))
	case 4:
		return e.order.Uint32(data)
	case 5:
		var all []float64
		for ; len(data) >= 8 && len(all) < 4; data = data[8:] {
			all = append(all, float64(e.order.Uint32(data))/float64(e.order.Uint32(data[4:])))
		}
		return all
	}
	return nil
}

// degrees is a place in degrees, minutes and seconds.
func degrees(v any) (float64, bool) {
	parts, ok := v.([]float64)
	if !ok || len(parts) < 3 {
		return 0, false
	}
	d := parts[0] + parts[1]/60 + parts[2]/3600
	return d, !math.IsNaN(d) && !math.IsInf(d, 0)
}

// utf16Text is UTF-16, little endian, up to its first NUL.
func utf16Text(b []byte) string {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		u := binary.LittleEndian.Uint16(b)
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return string(utf16.Decode(units))
}
