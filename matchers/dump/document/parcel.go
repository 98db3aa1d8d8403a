package document

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"io"
	"path"
	"strings"

	"vigie/matchers/dump"
)

// sure is how sure a format is of a file that is its own beyond doubt: more
// than a reader of plain zips.
const sure = 0.97

// parcel is a zip with a document in it (ECMA-376 part 2, ODF part 3).
type parcel struct {
	ctx   context.Context
	v     dump.Visitor
	out   *prose
	grids *grids
	files []*zip.File
	size  int64
	read  int64 // bytes unpacked so far
}

// maxDirectory is the most bytes of a zip's directory; a reader holds several
// times as much.
const maxDirectory = 8 << 20

func openParcel(ctx context.Context, f *dump.File, v dump.Visitor) (*parcel, error) {
	src, err := f.Source()
	if err != nil {
		return nil, err
	}
	if directorySize(src) > maxDirectory {
		return nil, errMany
	}
	z, err := zip.NewReader(src, src.Size())
	if err != nil {
		return nil, errCut // the directory stands at the end
	}
	if len(z.File) > MaxParts {
		return nil, errMany
	}
	out := newProse(ctx, v)
	return &parcel{ctx: ctx, v: v, out: out, grids: newGrids(out), files: z.File, size: src.Size()}, nil
}

// directorySize is how many bytes a zip's directory takes, by its end record
// (APPNOTE 4.3.16).
func directorySize(src dump.Source) int64 {
	tail := make([]byte, min(src.Size(), 66_000))
	at := src.Size() - int64(len(tail))
	n, _ := src.ReadAt(tail, at)
	tail = tail[:n]
	i := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if i < 0 || len(tail)-i < 22 {
		return 0
	}
	first, last := int64(binary.LittleEndian.Uint32(tail[i+16:])), at+int64(i)
	if first == 0xffffffff { // zip64: its own end record stands before
		first = last - int64(binary.LittleEndian.Uint32(tail[i+12:]))
		if j := bytes.LastIndex(tail[:i], []byte("PK\x06\x06")); j >= 0 && i-j >= 56 {
			first = int64(binary.LittleEndian.Uint64(tail[j+48:]))
		}
	}
	return last - first
}

// partName is a part's name as office programs compare it.
func partName(z *zip.File) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(z.Name, `\`, "/"), "/"))
}

// open reads a part within the limits of unpacking.
func (p *parcel) open(z *zip.File) (io.ReadCloser, error) {
	if z.Flags&1 != 0 {
		return nil, errLocked
	}
	r, err := z.Open()
	if err != nil {
		return nil, errDamaged
	}
	return &part{parcel: p, r: r, in: int64(min(z.CompressedSize64, uint64(p.size)))}, nil
}

// part counts what comes out of a part.
type part struct {
	parcel  *parcel
	r       io.ReadCloser
	in, out int64
}

func (p *part) Read(b []byte) (int, error) {
	if err := p.parcel.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := p.r.Read(b)
	p.out += int64(n)
	p.parcel.read += int64(n)
	switch {
	case p.out > dump.RatioFrom && p.out/dump.MaxRatio > p.in:
		return n, errBomb
	case p.parcel.read > dump.MaxOutput:
		return n, errLarge
	case err != nil && err != io.EOF:
		return n, errDamaged
	}
	return n, err
}

func (p *part) Close() error { return p.r.Close() }

// scan reads a part's XML with fn. What is wrong with the part is told, and
// the others are read.
func (p *parcel) scan(z *zip.File, where string, fn func(*scanner)) error {
	r, err := p.open(z)
	if err != nil {
		return say(p.v, where, err)
	}
	p.out.at(where)
	x := newScanner(r)
	fn(x)
	p.grids.abandon()
	_ = r.Close() // only read from
	if err := p.out.flush(); err != nil {
		return err
	}
	return say(p.v, where, x.err)
}

// member gives an embedded file.
func (p *parcel) member(z *zip.File) error {
	r, err := p.open(z)
	if err != nil {
		return say(p.v, "embedded", err)
	}
	err = p.v.Member(p.ctx, path.Base(strings.ReplaceAll(z.Name, `\`, "/")), int64(z.UncompressedSize64), r)
	_ = r.Close() // only read from
	return err
}

// properties reads what a document says of its author: docProps of Office,
// meta.xml of OpenDocument.
func (p *parcel) properties(x *scanner) {
	wanted := false
	for {
		switch x.next() {
		case xmlStart:
			switch string(x.name) {
			case "creator", "lastModifiedBy", "title", "subject", "description", "keywords", "Company", "Manager",
				"initial-creator", "printed-by", "keyword", "user-defined", "category", "lpwstr", "created", "modified", "creation-date", "date":
				wanted = true
			}
		case xmlText:
			if wanted {
				p.out.text(x.text)
			}
		case xmlEnd:
			if wanted {
				p.out.line()
			}
			wanted = false
		case xmlDone:
			return
		}
	}
}

// firstPart is the name of a zip's first part and, when it is packed in the
// usual ways, its content as far as it is at hand.
func firstPart(head []byte) (name string, content []byte) {
	name, data := localHeader(head)
	if data == nil {
		return name, nil
	}
	switch binary.LittleEndian.Uint16(head[8:]) {
	case 0:
		n := int(binary.LittleEndian.Uint32(head[22:]))
		if n == 0 { // it stands behind the content
			n = bytes.Index(data[:min(len(data), 1024)], []byte("PK"))
		}
		return name, data[:min(len(data), max(n, 0))]
	case 8:
		content, _ = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data)), 64<<10))
	}
	return name, content
}

// localHeader reads a local file header (APPNOTE 4.3.7).
func localHeader(b []byte) (name string, data []byte) {
	if len(b) < 30 || string(b[:4]) != "PK\x03\x04" {
		return "", nil
	}
	n, extra := int(binary.LittleEndian.Uint16(b[26:])), int(binary.LittleEndian.Uint16(b[28:]))
	if len(b) < 30+n || n > 1024 {
		return "", nil
	}
	name = strings.ReplaceAll(string(b[30:30+n]), `\`, "/")
	return name, b[min(len(b), 30+n+extra):]
}

// sniffParcel says whether a zip is an Office document with the parts of folder
// and the content type kind.
func sniffParcel(f *dump.File, folder, kind string, extensions ...string) float64 {
	first, content := firstPart(f.Head)
	switch {
	case first == "[Content_Types].xml":
		if bytes.Contains(content, []byte(kind)) && bytes.Contains(content, []byte("/"+folder)) {
			return sure
		}
	case strings.HasPrefix(first, folder):
		return sure
	case strings.HasPrefix(first, "_rels/"), strings.HasPrefix(first, "docProps/"), strings.HasPrefix(first, "customXml/"):
	default:
		return 0
	}
	for rest := f.Head; len(rest) > 1; {
		i := bytes.Index(rest[1:], []byte("PK\x03\x04"))
		if i < 0 {
			break
		}
		rest = rest[1+i:]
		switch name, _ := localHeader(rest); {
		case strings.HasPrefix(name, folder):
			return sure
		case strings.HasPrefix(name, "word/"), strings.HasPrefix(name, "ppt/"), strings.HasPrefix(name, "xl/"):
			return 0
		}
	}
	ext := strings.ToLower(path.Ext(f.Path))
	for _, e := range extensions {
		if ext == e {
			return 0.95
		}
	}
	return 0
}
