package document

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf16"

	"vigie/matchers/dump"
)

// pdf is the Portable Document Format (ISO 32000).
type pdf struct{}

// Name is "pdf".
func (pdf) Name() string { return "pdf" }

// Sniff wants the mark among the first bytes; viewers allow for some before it.
func (pdf) Sniff(f *dump.File) float64 {
	switch i := bytes.Index(f.Head[:min(len(f.Head), 1024)], []byte("%PDF-")); {
	case i == 0:
		return 0.99
	case i > 0:
		return 0.5
	}
	return 0
}

// Read reads the pages one after another, then what is attached.
func (pdf) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	src, err := f.Source()
	if err != nil {
		return err
	}
	if i := bytes.Index(f.Head[:min(len(f.Head), 1024)], []byte("%PDF-")); i > 0 {
		src = shifted{src, int64(i)}
	}
	out := newProse(ctx, v)
	d, err := openPDF(ctx, src, f.Passwords, out.warn)
	if err != nil {
		return err
	}
	r := &pdfReader{ctx: ctx, v: v, d: d, out: out, paint: newPainter(d, out), seen: map[int]bool{}}
	if err := r.read(); err != nil {
		return err
	}
	if err := out.flush(); err != nil {
		return say(v, "", err)
	}
	return nil
}

// shifted is a file without its first bytes.
type shifted struct {
	dump.Source
	by int64
}

func (s shifted) ReadAt(p []byte, off int64) (int, error) { return s.Source.ReadAt(p, off+s.by) }
func (s shifted) Size() int64                             { return s.Source.Size() - s.by }

// pdfReader reads the parts of a file.
type pdfReader struct {
	ctx     context.Context
	v       dump.Visitor
	d       *pdfFile
	out     *prose
	paint   *painter
	seen    map[int]bool // nodes of trees
	pages   int
	scans   pageRange
	members int
}

func (r *pdfReader) read() error {
	root := r.d.dict(r.d.trailer["Root"])
	r.out.at("metadata")
	info := r.d.dict(r.d.trailer["Info"])
	for _, key := range []string{"Title", "Author", "Subject", "Keywords", "CreationDate", "ModDate"} {
		if s, ok := r.d.resolve(info[key]).(pdfString); ok {
			r.out.string(pdfText(s))
			r.out.line()
		}
	}
	err := r.tree(root["Pages"], nil, 0)
	if err == nil && r.pages == 0 {
		err = r.strayPages()
	}
	r.scans.end(r.v)
	if err != nil {
		return say(r.v, "pages", err)
	}
	if r.pages == 0 && r.out.err == nil {
		return errDamaged
	}
	r.out.at("form")
	r.fields(r.d.dict(root["AcroForm"])["Fields"], 0)
	if err := r.out.flush(); err != nil {
		return say(r.v, "", err)
	}
	return r.attached(r.d.dict(root["Names"])["EmbeddedFiles"], 0)
}

// tree reads the pages below a node (ISO 32000-1 section 7.7.3), each once.
func (r *pdfReader) tree(v any, resources any, depth int) error {
	if ref, ok := v.(pdfRef); ok {
		if r.seen[ref.num] {
			return nil
		}
		r.seen[ref.num] = true
	}
	node := r.d.dict(v)
	if node == nil || depth > MaxXML {
		return r.ctx.Err()
	}
	if own, ok := node["Resources"]; ok {
		resources = own
	}
	kids := r.d.array(node["Kids"])
	if kids == nil {
		return r.page(node, resources)
	}
	for _, kid := range kids {
		if _, ok := kid.(pdfRef); !ok {
			continue
		}
		if err := r.tree(kid, resources, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// strayPages reads the pages of a file whose tree of pages is lost.
func (r *pdfReader) strayPages() error {
	if err := r.d.rebuild(); err != nil {
		return err
	}
	for num := range r.d.objects {
		if dict, ok := r.d.load(num).(pdfDict); ok && dict["Type"] == pdfName("Page") {
			if err := r.page(dict, dict["Resources"]); err != nil {
				return err
			}
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// page reads a page, its comments and its forms.
func (r *pdfReader) page(page pdfDict, resources any) error {
	if r.pages++; r.pages > MaxPages {
		return errMany
	}
	r.out.at("page " + itoa(r.pages))
	r.paint.begin()
	if contents := r.contents(page["Contents"]); contents != nil {
		if err := r.paint.run(contents, r.d.dict(resources)); err != nil {
			return err
		}
	}
	r.out.line()
	r.annotations(page["Annots"])
	if err := r.out.flush(); err != nil {
		return err
	}
	p := r.paint
	switch readable := p.letters - p.unknown; {
	case p.letters > 0 && p.unknown*2 > p.letters:
		r.scans.add(r.v, r.pages)
		r.out.warn(WarnFonts)
	case p.unknown > 0:
		r.out.warn(WarnFonts)
	case p.pictures && readable == 0:
		r.scans.add(r.v, r.pages)
	case p.pictures:
		r.out.warn(WarnPictures)
	}
	return nil
}

// contents are a page's streams in sequence; nil when there are none.
func (r *pdfReader) contents(v any) io.Reader {
	list, ok := r.d.resolve(v).(pdfArray)
	if !ok {
		list = pdfArray{v}
	}
	if len(list) == 0 || len(list) > MaxParts {
		return nil
	}
	return &contents{d: r.d, left: list}
}

// contents opens streams one at a time, with a line end between them.
type contents struct {
	d     *pdfFile
	left  pdfArray
	now   io.Reader
	ended bool // a stream just did
}

func (c *contents) Read(p []byte) (int, error) {
	for len(p) > 0 {
		if c.ended {
			c.ended = false
			p[0] = '\n'
			return 1, nil
		}
		if c.now != nil {
			n, err := c.now.Read(p)
			if err == io.EOF {
				c.now, c.ended, err = nil, true, nil
			}
			if n > 0 || err != nil {
				return n, err
			}
			continue
		}
		if len(c.left) == 0 {
			return 0, io.EOF
		}
		if s, ok := c.d.resolve(c.left[0]).(*pdfStream); ok {
			r, err := c.d.unpack(s)
			if err == nil {
				c.now = r
			} else if err = c.d.partly(err); err != nil {
				return 0, err
			}
		}
		c.left = c.left[1:]
	}
	return 0, nil
}

// annotations reads what is pinned to a page: comments, text typed on it, and
// files.
func (r *pdfReader) annotations(v any) {
	for i, a := range r.d.array(v) {
		if i >= MaxParts {
			return
		}
		dict := r.d.dict(a)
		for _, key := range []string{"T", "Contents"} {
			if s, ok := r.d.resolve(dict[key]).(pdfString); ok && r.d.resolve(dict["Subtype"]) != pdfName("Widget") {
				r.out.string(pdfText(s))
				r.out.line()
			}
		}
		if err := r.appearance(dict); err != nil {
			r.out.err = err
			return
		}
		if s, ok := r.d.resolve(r.d.dict(dict["A"])["URI"]).(pdfString); ok && bytes.HasPrefix(s, []byte("mailto:")) {
			r.out.string(strings.TrimPrefix(pdfText(s), "mailto:"))
			r.out.line()
		}
	}
}

// appearance reads how an annotation looks: text typed on the page, fields that
// are filled in, signatures.
func (r *pdfReader) appearance(annotation pdfDict) error {
	v := r.d.dict(annotation["AP"])["N"]
	if states, ok := r.d.resolve(v).(pdfDict); ok {
		state, _ := r.d.resolve(annotation["AS"]).(pdfName)
		v = states[string(state)]
	}
	if v == nil {
		return nil
	}
	var at [4]float64
	numbers(r.d.array(annotation["Rect"]), at[:])
	pictures := r.paint.pictures
	r.paint.g = graphics{ctm: matrix{1, 0, 0, 1, at[0], at[1]}, stretch: 1}
	r.paint.tm, r.paint.line = identity, identity
	form := r.d.dict(r.d.dict(r.d.trailer["Root"])["AcroForm"])
	err := r.paint.object(v, r.d.dict(form["DR"]))
	r.paint.pictures = pictures
	r.out.line()
	return err
}

// fields reads what was filled into a form.
func (r *pdfReader) fields(v any, depth int) {
	for _, kid := range r.d.array(v) {
		ref, ok := kid.(pdfRef)
		if !ok || r.seen[-1-ref.num] || depth > MaxXML || r.out.err != nil || r.ctx.Err() != nil {
			continue
		}
		r.seen[-1-ref.num] = true
		dict := r.d.dict(kid)
		name, _ := r.d.resolve(dict["T"]).(pdfString)
		value := ""
		switch v := r.d.resolve(dict["V"]).(type) {
		case pdfString:
			value = pdfText(v)
		case pdfName:
			value = string(v)
		}
		if value != "" {
			r.out.string(pdfText(name) + ": " + value)
			r.out.line()
		}
		r.fields(dict["Kids"], depth+1)
	}
}

// attached gives the files in a file, by the tree of their names.
func (r *pdfReader) attached(v any, depth int) error {
	if ref, ok := v.(pdfRef); ok {
		if r.seen[-1-ref.num] {
			return nil
		}
		r.seen[-1-ref.num] = true
	}
	node := r.d.dict(v)
	if node == nil || depth > MaxXML {
		return r.ctx.Err()
	}
	names := r.d.array(node["Names"])
	for i := 1; i < len(names); i += 2 {
		spec := r.d.dict(names[i])
		s, ok := r.d.resolve(r.d.dict(spec["EF"])["F"]).(*pdfStream)
		if !ok {
			continue
		}
		if r.members++; r.members > MaxParts {
			return say(r.v, "attachments", errMany)
		}
		name := "attachment"
		for _, key := range []string{"F", "UF"} {
			if n, ok := r.d.resolve(spec[key]).(pdfString); ok {
				name = path.Base(strings.ReplaceAll(pdfText(n), `\`, "/"))
			}
		}
		content, err := r.d.unpack(s)
		if err != nil {
			if err = r.d.partly(err); err != nil {
				return say(r.v, "attachments", err)
			}
			continue
		}
		if err := r.v.Member(r.ctx, name, -1, content); err != nil {
			return err
		}
	}
	for _, kid := range r.d.array(node["Kids"]) {
		if err := r.attached(kid, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// pdfText is a text string (section 7.9.2.2): UTF-16 or UTF-8 by its mark, else
// an encoding that Windows-1252 is near to.
func pdfText(s pdfString) string {
	switch {
	case bytes.HasPrefix(s, []byte("\xfe\xff")) || bytes.HasPrefix(s, []byte("\xff\xfe")):
		big := s[0] == 0xfe
		units := make([]uint16, 0, len(s)/2)
		for s = s[2:]; len(s) >= 2; s = s[2:] {
			u := uint16(s[0])<<8 | uint16(s[1])
			if !big {
				u = u>>8 | u<<8
			}
			units = append(units, u)
		}
		return string(utf16.Decode(units))
	case bytes.HasPrefix(s, []byte("\xef\xbb\xbf")):
		return strings.ToValidUTF8(string(s[3:]), "\ufffd")
	}
	var b strings.Builder
	for _, c := range s {
		b.WriteString(baseText("PDFDocEncoding", c))
	}
	return b.String()
}

// A pageRange tells of pages that cannot be read, those in sequence at once.
type pageRange struct{ first, last int }

func (p *pageRange) add(v dump.Visitor, page int) {
	if page != p.last+1 || p.first == 0 {
		p.end(v)
		p.first = page
	}
	p.last = page
}

func (p *pageRange) end(v dump.Visitor) {
	part := fmt.Sprintf("pages %d-%d", p.first, p.last)
	if p.first == p.last {
		part = fmt.Sprintf("page %d", p.first)
	}
	if p.first > 0 {
		v.Unread(part, CodeScan, "its text is a picture or has no meaning in the file: read it with text recognition")
	}
	p.first, p.last = 0, 0
}
