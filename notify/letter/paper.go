package letter

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf16"
)

// paper is a letter before it is written as a file: what its pages paint, and
// its structure. A file of one letter and a batch of thousands are written from
// the same papers, so that a batch can be split back into the same files.
type paper struct {
	key      string
	title    string
	language string
	date     time.Time
	whole    bool     // needs more than the western fonts
	pages    [][]byte // content streams
	elements []element
}

// element is a node of the structure tree (ISO 32000-1, 14.7); parents come
// before their children.
type element struct {
	role   string
	alt    string // words for what is no text
	parent int    // index, -1: the document
	marks  []mark
	// ordered tells that the items of a list are numbered.
	ordered bool
	lang    string // where it is not the document's (WCAG 3.1.2); ""
}

// mark is a marked content: the page, and its number on it.
type mark struct{ page, id int }

// encoder writes objects and remembers where they stand.
type encoder struct {
	bytes.Buffer
	offsets []int // of object n at n-1
}

func (e *encoder) reserve() int {
	e.offsets = append(e.offsets, 0)
	return len(e.offsets)
}

func (e *encoder) object(n int, format string, args ...any) {
	e.offsets[n-1] = e.Len()
	fmt.Fprintf(e, "%d 0 obj\n", n)
	fmt.Fprintf(e, format, args...)
	e.WriteString("\nendobj\n")
}

func (e *encoder) stream(n int, extra string, data []byte) {
	e.offsets[n-1] = e.Len()
	fmt.Fprintf(e, "%d 0 obj\n<<%s/Length %d>>\nstream\n", n, extra, len(data))
	e.Write(data)
	e.WriteString("\nendstream\nendobj\n")
}

// encode writes a PDF 1.7 file that follows PDF/UA-1 (ISO 14289-1): tagged,
// with title and language, every font embedded and mapped to Unicode.
func encode(title, language, id string, date time.Time, papers []*paper) ([]byte, error) {
	e := &encoder{}
	e.Grow(64 << 10)
	e.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	catalog, pages, info, meta, root := e.reserve(), e.reserve(), e.reserve(), e.reserve(), e.reserve()
	whole := false
	for _, p := range papers {
		whole = whole || p.whole
	}
	fonts, err := e.fonts(whole)
	if err != nil {
		return nil, err
	}
	t := treeWriter{e: e, root: root, parents: e.reserve()}
	var kids []string
	for _, p := range papers {
		numbers, err := e.pages(p, pages, fonts, t.page)
		if err != nil {
			return nil, err
		}
		t.paper(p, numbers)
		for _, n := range numbers {
			kids = append(kids, fmt.Sprintf("%d 0 R", n))
		}
	}
	t.close()
	e.object(pages, "<</Type/Pages/Count %d/Kids[%s]>>", len(kids), strings.Join(kids, " "))
	e.object(catalog, "<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R/StructTreeRoot %d 0 R/MarkInfo<</Marked true>>/Lang(%s)/ViewerPreferences<</DisplayDocTitle true>>>>",
		pages, meta, root, language)
	stamp := date.UTC().Format("20060102150405") + "+00'00'"
	e.object(info, "<</Title%s/Producer(vigie)/CreationDate(D:%s)/ModDate(D:%s)>>", textString(title), stamp, stamp)
	e.stream(meta, "/Type/Metadata/Subtype/XML", xmp(title, language, date))
	return e.finish(catalog, info, id), nil
}

// fonts writes both fonts and returns the resources of a page.
func (e *encoder) fonts(whole bool) (string, error) {
	f, err := faces()
	if err != nil {
		return "", err
	}
	var refs [2]int
	for i, t := range f {
		cut := t.western
		if whole {
			cut = t.whole
		}
		composed, cid, descriptor, file, unicode := e.reserve(), e.reserve(), e.reserve(), e.reserve(), e.reserve()
		name := "VIGIEA+" + t.name
		e.object(composed, "<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R>>", name, cid, unicode)
		e.object(cid, "<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity/DW 600/W[%s]>>",
			name, descriptor, cut.widths)
		e.object(descriptor, "<</Type/FontDescriptor/FontName/%s/Flags 32/FontBBox[-500 -300 1500 1100]/ItalicAngle 0/Ascent 945/Descent -211/CapHeight 723/StemV %d/FontFile2 %d 0 R>>",
			name, 80+60*i, file)
		e.stream(file, fmt.Sprintf("/Filter/FlateDecode/Length1 %d", cut.size), cut.file)
		e.stream(unicode, "/Filter/FlateDecode", cut.toUnicode)
		refs[i] = composed
	}
	return fmt.Sprintf("<</Font<</R %d 0 R/B %d 0 R>>>>", refs[regular], refs[bold]), nil
}

var deflaters = sync.Pool{New: func() any {
	w, _ := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed) // the level is a sound one
	return w
}}

// pages writes the pages of a paper and returns their numbers.
func (e *encoder) pages(p *paper, parent int, resources string, next func() int) ([]int, error) {
	var numbers []int
	for _, content := range p.pages {
		var z bytes.Buffer
		w := deflaters.Get().(*zlib.Writer)
		w.Reset(&z)
		_, err := w.Write(content)
		if err == nil {
			err = w.Close()
		}
		deflaters.Put(w)
		if err != nil {
			return nil, err
		}
		page, stream := e.reserve(), e.reserve()
		e.object(page, "<</Type/Page/Parent %d 0 R/MediaBox[0 0 595.276 841.89]/Resources%s/Contents %d 0 R/StructParents %d/Tabs/S>>", parent, resources, stream, next())
		e.stream(stream, "/Filter/FlateDecode", z.Bytes())
		numbers = append(numbers, page)
	}
	return numbers, nil
}

// treeWriter writes the structure tree and its parent tree.
type treeWriter struct {
	e             *encoder
	root, parents int
	count         int // pages so far
	documents     []string
	nums          strings.Builder
}

func (t *treeWriter) page() int {
	t.count++
	return t.count - 1
}

// paper writes the elements of a letter under a Document of its own.
func (t *treeWriter) paper(p *paper, pages []int) {
	document := t.e.reserve()
	t.documents = append(t.documents, fmt.Sprintf("%d 0 R", document))
	numbers := make([]int, len(p.elements))
	kids := make([][]int, len(p.elements)+1) // the last are the document's
	owner := make([][]int, len(pages))
	for i, el := range p.elements {
		numbers[i] = t.e.reserve()
		at := el.parent
		if at < 0 {
			at = len(p.elements)
		}
		kids[at] = append(kids[at], numbers[i])
		for _, m := range el.marks {
			for len(owner[m.page]) <= m.id {
				owner[m.page] = append(owner[m.page], 0)
			}
			owner[m.page][m.id] = numbers[i]
		}
	}
	for i, el := range p.elements {
		parent := document
		if el.parent >= 0 {
			parent = numbers[el.parent]
		}
		var k strings.Builder
		for _, m := range el.marks {
			fmt.Fprintf(&k, "<</Type/MCR/Pg %d 0 R/MCID %d>>", pages[m.page], m.id)
		}
		references(&k, kids[i])
		alt := ""
		if el.alt != "" {
			alt = "/Alt" + textString(el.alt)
		}
		if el.role == "L" && el.ordered {
			alt = "/A<</O/List/ListNumbering/Decimal>>"
		}
		if el.lang != "" {
			alt += "/Lang(" + el.lang + ")"
		}
		t.e.object(numbers[i], "<</Type/StructElem/S/%s/P %d 0 R%s/K[%s]>>", el.role, parent, alt, k.String())
	}
	var k strings.Builder
	references(&k, kids[len(p.elements)])
	t.e.object(document, "<</Type/StructElem/S/Document/P %d 0 R/ID(%s)/T%s/Lang(%s)/K[%s]>>", t.root, p.key, textString(p.title), p.language, k.String())
	for i, list := range owner {
		fmt.Fprintf(&t.nums, "%d[", t.count-len(pages)+i)
		references(&t.nums, list)
		t.nums.WriteString("]")
	}
}

func references(b *strings.Builder, numbers []int) {
	for _, n := range numbers {
		fmt.Fprintf(b, "%d 0 R ", n)
	}
}

func (t *treeWriter) close() {
	t.e.object(t.parents, "<</Nums[%s]>>", t.nums.String())
	t.e.object(t.root, "<</Type/StructTreeRoot/K[%s]/ParentTree %d 0 R/ParentTreeNextKey %d>>", strings.Join(t.documents, " "), t.parents, t.count)
}

func (e *encoder) finish(catalog, info int, id string) []byte {
	at := e.Len()
	fmt.Fprintf(e, "xref\n0 %d\n0000000000 65535 f \n", len(e.offsets)+1)
	for _, o := range e.offsets {
		fmt.Fprintf(e, "%010d 00000 n \n", o)
	}
	sum := sha256.Sum256([]byte(id))
	fmt.Fprintf(e, "trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%x><%x>]>>\nstartxref\n%d\n%%%%EOF\n", len(e.offsets)+1, catalog, info, sum[:16], sum[:16], at)
	return e.Bytes()
}

// textString writes a text in UTF-16 (ISO 32000-1, 7.9.2.2).
func textString(s string) string {
	var b strings.Builder
	b.WriteString("<feff")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04x", u)
	}
	return b.String() + ">"
}

// xmp is the metadata packet of PDF/UA-1 (ISO 14289-1, 5).
func xmp(title, language string, date time.Time) []byte {
	var t bytes.Buffer
	_ = xml.EscapeText(&t, []byte(title)) // a buffer takes everything
	stamp := date.UTC().Format(time.RFC3339)
	return []byte(`<?xpacket begin="` + "\ufeff" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part><dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + t.String() + `</rdf:li></rdf:Alt></dc:title><dc:language><rdf:Bag><rdf:li>` + language + `</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>vigie</pdf:Producer><xmp:CreateDate>` + stamp + `</xmp:CreateDate><xmp:ModifyDate>` + stamp + `</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`)
}
