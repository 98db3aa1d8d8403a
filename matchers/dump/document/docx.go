package document

import (
	"archive/zip"
	"context"
	"fmt"
	"path"
	"sort"
	"strconv"
	"strings"

	"vigie/matchers/dump"
	"vigie/matchers/dump/parcel"
)

// docx is Word's format since 2007 (ECMA-376 part 1, section 17).
type docx struct{}

// Name is "docx".
func (docx) Name() string { return "docx" }

// Sniff looks for the parts of a text.
func (docx) Sniff(f *dump.File) float64 {
	return sniffParcel(f, "word/", "wordprocessingml", ".docx", ".docm", ".dotx", ".dotm")
}

// Read reads the text first, then what stands around it.
func (docx) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	return readOffice(ctx, f, v, "word/", wordPart)
}

// wordPart says where the text of a part stands, and its rank; "" when it has none.
func wordPart(base string) (where string, rank int) {
	for i, p := range []struct{ prefix, where string }{
		{"document", "body"}, {"header", "header"}, {"footer", "footer"}, {"footnotes", "note"},
		{"endnotes", "note"}, {"comments", "comment"},
	} {
		rest, ok := strings.CutPrefix(base, p.prefix)
		if _, err := strconv.Atoi(strings.TrimSuffix(rest, ".xml")); ok && (rest == ".xml" || err == nil) {
			return p.where, i
		}
	}
	return "", 0
}

// pptx is PowerPoint's format since 2007 (ECMA-376 part 1, section 19).
type pptx struct{}

// Name is "pptx".
func (pptx) Name() string { return "pptx" }

// Sniff looks for the parts of a presentation.
func (pptx) Sniff(f *dump.File) float64 {
	return sniffParcel(f, "ppt/", "presentationml", ".pptx", ".pptm", ".ppsx", ".potx")
}

// Read reads the slides with their notes and comments.
func (pptx) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	return readOffice(ctx, f, v, "ppt/", slidePart)
}

func slidePart(base string) (where string, rank int) {
	for i, p := range []struct{ prefix, where string }{
		{"slide", "slide %d"}, {"notesslide", "note %d"}, {"comment", "comment %d"}, {"moderncomment", "comment %d"}, {"commentauthors", "comment"}, {"authors", "comment"},
	} {
		rest, ok := strings.CutPrefix(base, p.prefix)
		rest = strings.TrimSuffix(rest, ".xml")
		n, err := strconv.Atoi(rest)
		switch {
		case ok && err == nil && n > 0 && strings.Contains(p.where, "%"):
			return fmt.Sprintf(p.where, n), i*1_000_000 + min(n, 999_999)
		case ok && rest == "" && !strings.Contains(p.where, "%"):
			return p.where, i * 1_000_000
		case ok && i == 3:
			return "comment", i * 1_000_000
		}
	}
	return "", 0
}

// readOffice reads the parts of an Office document that partOf knows, in their
// order, then its properties and what is embedded in it.
func readOffice(ctx context.Context, f *dump.File, v dump.Visitor, folder string, partOf func(string) (string, int)) error {
	p, err := openBundle(ctx, f, v)
	if err != nil {
		return err
	}
	type todo struct {
		z     *zip.File
		where string
		rank  int
	}
	var parts []todo
	var members []*zip.File
	pictures := false
	for _, z := range p.Files {
		name := parcel.Name(z)
		inside, ok := strings.CutPrefix(name, folder)
		where, rank := partOf(path.Base(inside))
		switch {
		case strings.HasSuffix(name, "/"):
		case strings.HasPrefix(name, "docprops/") && strings.HasSuffix(name, ".xml"):
			parts = append(parts, todo{z, "metadata", 1 << 40})
		case !ok:
		case strings.HasPrefix(inside, "embeddings/"):
			members = append(members, z)
		case strings.HasPrefix(inside, "media/"):
			pictures = true
		case inside == "vbaproject.bin":
			p.out.warn(WarnMacros)
		case where != "" && !strings.Contains(inside, "_rels/") && !strings.HasPrefix(inside, "slidelayouts/"):
			parts = append(parts, todo{z, where, rank})
		}
	}
	sort.SliceStable(parts, func(i, j int) bool { return parts[i].rank < parts[j].rank })
	said := false
	for _, t := range parts {
		fn := p.wordText
		if t.where == "metadata" {
			fn = p.properties
		}
		if err := p.scan(t.z, t.where, fn); err != nil {
			return say(v, "", err)
		}
		said = said || t.where != "metadata" && p.out.said > 0
	}
	for _, z := range members {
		if err := p.member(z); err != nil {
			return err
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

// wordText reads the text of a part of Word or PowerPoint: runs (t, delText),
// paragraphs, and tables, whose names differ in their prefix alone.
func (p *bundle) wordText(x *scanner) {
	g := p.grids
	text, fallback := 0, 0
	for {
		switch x.next() {
		case xmlStart:
			switch string(x.name) {
			case "Fallback": // the same again for older programs
				fallback++
			case "t", "delText", "instrText", "text":
				text = x.depth
				if string(x.name) == "instrText" {
					g.space()
				}
			case "tab", "br", "cr":
				if x.empty {
					g.space()
				}
			case "noBreakHyphen":
				g.text([]byte("-"))
			case "tbl":
				g.open()
			case "tr":
				g.startRow()
			case "tc":
				g.startCell()
			case "gridSpan":
				if n, err := strconv.Atoi(x.attr("val")); err == nil && n > 1 && g.depth == 1 {
					g.span = min(n, maxCells)
				}
			case "ins", "del", "comment", "cmAuthor", "author": // who wrote
				if a := x.attr("author") + x.attr("name"); a != "" && string(x.name) != "ins" && string(x.name) != "del" {
					g.text([]byte(a))
					g.space()
				}
			}
		case xmlText:
			if text > 0 && fallback == 0 {
				g.text(x.text)
			}
		case xmlEnd:
			if x.depth < text {
				text = 0
			}
			switch string(x.name) {
			case "Fallback":
				fallback = max(0, fallback-1)
			case "p", "cmAuthor", "author":
				g.line()
			case "tc":
				g.endCell()
			case "tr":
				g.endRow()
			case "tbl":
				g.close()
			}
		case xmlDone:
			return
		}
		if p.out.err != nil {
			return
		}
	}
}
