package document

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	wordTypes = `<Types><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	wordHead  = `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>`
	wordTail  = `</w:body></w:document>`
)

func wordFile(t testing.TB, body string, more ...string) []byte {
	return zipped(t, append([]string{"[Content_Types].xml", wordTypes, "word/document.xml", wordHead + body + wordTail}, more...)...)
}

func row(cells ...string) string {
	return "<w:tr><w:tc><w:p><w:r><w:t>" + strings.Join(cells, "</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>") + "</w:t></w:r></w:p></w:tc></w:tr>"
}

func TestDocx(t *testing.T) {
	body := `<w:p><w:r><w:t>Madame Zo&#xE9; </w:t></w:r><w:r><w:t xml:space="preserve">Lef&#232;vre &amp; fils</w:t></w:r></w:p>
<w:p><w:r><w:t>avant</w:t><w:tab/><w:t>après</w:t></w:r><w:del w:author="x"><w:r><w:delText> effacé</w:delText></w:r></w:del></w:p>
<w:tbl>` + row("Nom", "Ville") + row("Zoé", "Orbé") + row("Léo", "Sète") + `</w:tbl>
<w:tbl>` + row("seule") + `</w:tbl><!-- <w:t>rien</w:t> -->
<mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>cadre</w:t></w:r></w:p></w:txbxContent></mc:Choice><mc:Fallback><w:t>cadre</w:t></mc:Fallback></mc:AlternateContent>`
	s := read(t, "lettre.docx", wordFile(t, body,
		"word/header1.xml", `<w:hdr><w:p><w:t>Mairie d'Orbé</w:t></w:p></w:hdr>`,
		"word/footnotes.xml", `<w:footnotes><w:p><w:t>une note</w:t></w:p></w:footnotes>`,
		"word/comments.xml", `<w:comments><w:comment w:author="Ada Martin"><w:p><w:t>à revoir</w:t></w:p></w:comment></w:comments>`,
		"word/embeddings/Feuille.xlsx", "PK",
		"word/media/image1.png", "x",
		"word/styles.xml", `<w:styles><w:t>style</w:t></w:styles>`,
		"docProps/core.xml", `<cp:coreProperties><dc:creator>Ada Martin</dc:creator><cp:revision>7</cp:revision></cp:coreProperties>`))
	if s.Err != nil {
		t.Fatal(s.Err)
	}
	want := map[string]string{
		"body":     "Madame Zoé Lefèvre & fils\navant après effacé\nNom\tVille\nZoé\tOrbé\nLéo\tSète\nseule\ncadre\n",
		"header":   "Mairie d'Orbé\n",
		"note":     "une note\n",
		"comment":  "Ada Martin à revoir\n",
		"metadata": "Ada Martin\n",
	}
	if d := cmp.Diff(want, s.Texts); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([][]string{{"Nom", "Ville"}, {"Zoé", "Orbé"}, {"Léo", "Sète"}}, s.Find(t, "table_1").Rows); d != "" {
		t.Error(d)
	}
	if len(s.Tables) != 1 || len(s.Members) != 1 || s.Members[0].Name != "Feuille.xlsx" || !cmp.Equal(s.Warned, []string{WarnPictures}) {
		t.Errorf("%d tables, %d members, warned %v", len(s.Tables), len(s.Members), s.Warned)
	}
}

func TestPptx(t *testing.T) {
	s := read(t, "x", zipped(t, "[Content_Types].xml", `<Types PartName="/ppt/presentation.xml" ContentType="presentationml"/>`,
		"ppt/slides/slide10.xml", `<p:sld><a:p><a:r><a:t>dix</a:t></a:r></a:p></p:sld>`,
		"ppt/slides/slide2.xml", `<p:sld><a:p><a:r><a:t>deux</a:t></a:r></a:p></p:sld>`,
		"ppt/slides/_rels/slide2.xml.rels", `<a:t>non</a:t>`,
		"ppt/notesSlides/notesSlide2.xml", `<p:n><a:p><a:r><a:t>dire bonjour</a:t></a:r></a:p></p:n>`,
		"ppt/slideLayouts/slideLayout1.xml", `<a:t>non</a:t>`))
	if d := cmp.Diff(map[string]string{"slide 10": "dix\n", "slide 2": "deux\n", "note 2": "dire bonjour\n"}, s.Texts); d != "" || s.Err != nil {
		t.Error(d, s.Err)
	}
}
