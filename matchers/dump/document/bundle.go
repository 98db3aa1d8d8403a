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
	"vigie/matchers/dump/parcel"
)

// sure is how sure a format is of a file that is its own beyond doubt: more
// than a reader of plain zips.
const sure = 0.97

// bundle is an office file with a document in it.
type bundle struct {
	*parcel.Parcel
	ctx   context.Context
	v     dump.Visitor
	out   *prose
	grids *grids
}

func openBundle(ctx context.Context, f *dump.File, v dump.Visitor) (*bundle, error) {
	p, err := parcel.Open(ctx, f)
	if err != nil {
		return nil, err
	}
	if len(p.Files) > MaxParts {
		return nil, parcel.ErrMany
	}
	out := newProse(ctx, v)
	return &bundle{Parcel: p, ctx: ctx, v: v, out: out, grids: newGrids(out)}, nil
}

// scan reads a part's XML with fn. What is wrong with the part is told, and
// the others are read.
func (p *bundle) scan(z *zip.File, where string, fn func(*scanner)) error {
	r, err := p.Part(z)
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
func (p *bundle) member(z *zip.File) error {
	r, err := p.Part(z)
	if err != nil {
		return say(p.v, "embedded", err)
	}
	err = p.v.Member(p.ctx, path.Base(strings.ReplaceAll(z.Name, `\`, "/")), int64(z.UncompressedSize64), r)
	_ = r.Close() // only read from
	return err
}

// properties reads what a document says of its author: docProps of Office,
// meta.xml of OpenDocument.
func (p *bundle) properties(x *scanner) {
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
