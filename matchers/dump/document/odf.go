package document

import (
	"archive/zip"
	"bytes"
	"context"
	"path"
	"strconv"
	"strings"

	"vigie/matchers/dump"
	"vigie/matchers/dump/parcel"
)

// odf is a text or a presentation of OpenDocument (OASIS ODF 1.3 part 3), in a
// zip or as one XML file (fodt, fodp).
type odf struct{}

// Name is "odt"; presentations are read alike.
func (odf) Name() string { return "odt" }

// kinds of documents whose text is running text.
var odfKinds = []string{"text", "text-master", "text-template", "text-web", "presentation", "presentation-template", "graphics", "graphics-template"}

// Sniff wants the type that stands at the beginning, unpacked for that purpose.
func (odf) Sniff(f *dump.File) float64 {
	const mark = "application/vnd.oasis.opendocument."
	if bytes.HasPrefix(bytes.TrimSpace(f.Head[:min(len(f.Head), 64)]), []byte("<?xml")) {
		head := f.Head[:min(len(f.Head), 4<<10)]
		if i := bytes.Index(head, []byte(`:mimetype="`+mark)); i >= 0 && odfKind(head[i+len(`:mimetype="`+mark):]) {
			return sure
		}
		return 0
	}
	name, content := firstPart(f.Head)
	kind, ok := bytes.CutPrefix(content, []byte(mark))
	if name == "mimetype" && ok && odfKind(kind) {
		return sure
	}
	return 0
}

func odfKind(b []byte) bool {
	for _, k := range odfKinds {
		rest, ok := bytes.CutPrefix(b, []byte(k))
		if ok && (len(rest) == 0 || rest[0] != '-' && (rest[0] < 'a' || rest[0] > 'z')) {
			return true
		}
	}
	return false
}

// Read reads the text, then headers and footers, which are styles here, then the
// rest.
func (odf) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	if !bytes.HasPrefix(f.Head, []byte("PK")) {
		p := &bundle{ctx: ctx, v: v, out: newProse(ctx, v)}
		p.grids = newGrids(p.out)
		x := newScanner(f.Stream())
		p.out.at("body")
		p.odfText(x)
		p.grids.abandon()
		if err := p.out.flush(); err != nil {
			return say(v, "", err)
		}
		return x.err
	}
	p, err := openBundle(ctx, f, v)
	if err != nil {
		return err
	}
	pictures, said := false, false
	for _, t := range []struct {
		name, where string
		fn          func(*scanner)
	}{{"content.xml", "body", p.odfText}, {"styles.xml", "header", p.odfText}, {"meta.xml", "metadata", p.properties}} {
		for _, z := range p.Files {
			name := parcel.Name(z)
			if name != t.name && (!strings.HasPrefix(name, "object ") || path.Base(name) != t.name || t.where != "body") {
				continue
			}
			if err := p.odfPart(z, t.where, t.fn); err != nil {
				return say(v, "", err)
			}
			said = said || t.where == "body" && p.out.said > 0
		}
	}
	for _, z := range p.Files {
		name := parcel.Name(z)
		pictures = pictures || strings.HasPrefix(name, "pictures/") && !strings.HasSuffix(name, "/")
		if strings.HasPrefix(name, "basic/") {
			p.out.warn(WarnMacros)
		}
	}
	switch {
	case pictures && !said:
		v.Unread("", CodeScan, "it holds pictures only: read them with text recognition")
	case pictures:
		p.out.warn(WarnPictures)
	}
	return nil
}

// odfPart reads a part. One that is encrypted is no XML: its manifest would say so,
// and its first bytes do.
func (p *bundle) odfPart(z *zip.File, where string, fn func(*scanner)) error {
	r, err := p.Part(z)
	if err != nil {
		return say(p.v, where, err)
	}
	var head [64]byte
	n, _ := r.Read(head[:])
	_ = r.Close() // only read from
	if n > 0 && bytes.IndexByte(head[:n], '<') < 0 {
		return say(p.v, where, errLocked)
	}
	return p.scan(z, where, fn)
}

// odfText reads paragraphs and headings, of tables and notes as well.
func (p *bundle) odfText(x *scanner) {
	g := p.grids
	paragraphs, repeat := 0, 1
	for p.out.err == nil {
		switch x.next() {
		case xmlStart:
			switch string(x.name) {
			case "p", "h":
				paragraphs++
			case "s":
				n, err := strconv.Atoi(x.attr("c"))
				if err != nil || n < 1 {
					n = 1
				}
				g.text(bytes.Repeat([]byte(" "), min(n, 100)))
			case "tab", "line-break":
				g.space()
			case "note", "annotation":
				g.space()
			case "creator", "author":
				paragraphs++
			case "table":
				g.open()
			case "table-row":
				g.startRow()
				repeat = repeated(x.attr("number-rows-repeated"))
			case "table-cell", "covered-table-cell":
				g.startCell()
				if g.depth == 1 {
					g.span = repeated(x.attr("number-columns-repeated"))
				}
			}
		case xmlText:
			if paragraphs > 0 {
				g.text(x.text)
			}
		case xmlEnd:
			switch string(x.name) {
			case "p", "h":
				paragraphs = max(0, paragraphs-1)
				if paragraphs == 0 {
					g.line()
				} else {
					g.space()
				}
			case "creator", "author":
				paragraphs = max(0, paragraphs-1)
				g.space()
			case "note-citation":
				g.space()
			case "table-cell", "covered-table-cell":
				g.endCell()
			case "table-row":
				for ; repeat > 1 && len(g.cells) > 0 && g.depth == 1; repeat-- {
					cells := append([][]byte{}, g.cells...)
					g.endRow()
					g.startRow()
					g.cells = append(g.cells, cells...)
				}
				g.endRow()
			case "table":
				g.close()
			}
		case xmlDone:
			return
		}
	}
}

// repeated is a count of like cells or rows; texts repeat few.
func repeated(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		return 1
	}
	return min(n, 100)
}
