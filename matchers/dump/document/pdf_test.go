package document

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/font/gofont/goregular"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// printed is a PDF by fpdf, of a page for each text.
func printed(t testing.TB, unicode bool, password string, pages ...string) []byte {
	t.Helper()
	p := fpdf.New("P", "mm", "A4", "")
	font, text := "Helvetica", p.UnicodeTranslatorFromDescriptor("")
	if unicode {
		font, text = "go", func(s string) string { return s }
		p.AddUTF8FontFromBytes("go", "", goregular.TTF)
	}
	if password != "" {
		p.SetProtection(fpdf.CnProtectPrint, password, "owner-of-it")
	}
	p.SetTitle("Liste électorale", true)
	p.SetFont(font, "", 11)
	for _, page := range pages {
		p.AddPage()
		p.MultiCell(180, 6, text(page), "", "L", false)
	}
	p.SetAttachments([]fpdf.Attachment{{Content: []byte("nom\nLefèvre\n"), Filename: "liste.csv"}})
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const letter = "Madame Zoé Lefèvre, née à Orbé le 3 mars 1971,\ndemeurant 12 rue de l'Œuvre, a écrit à la mairie.\nMontant versé : 1 200 €."

func TestPDFPrinted(t *testing.T) {
	for _, unicode := range []bool{false, true} {
		for _, password := range []string{"", "mot"} {
			s := read(t, "x", printed(t, unicode, password, letter, "Deux"), "faux", password)
			if s.Err != nil || s.Texts["page 1"] != letter+"\n" || s.Texts["page 2"] != "Deux\n" {
				t.Errorf("unicode %v, password %q: %q, %v", unicode, password, s.Texts, s.Err)
			}
			if password == "" && !strings.Contains(s.Texts["metadata"], "Liste électorale\n") {
				t.Errorf("metadata %q", s.Texts["metadata"])
			}
			if len(s.Members) != 1 || s.Members[0].Name != "liste.csv" || string(s.Members[0].Data) != "nom\nLefèvre\n" {
				t.Errorf("members %+v", s.Members)
			}
		}
	}
	if s := read(t, "x", printed(t, false, "mot", letter), "faux"); reason(s.Err) != dump.CodeEncrypted {
		t.Errorf("wrong password: %v", s.Err)
	}
}

// assembled is a PDF of objects numbered from 1, with a table of them. The first one is
// the catalogue.
func assembled(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, x := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", x)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

func streamObject(dict, data string) string {
	return fmt.Sprintf("<<%s/Length %d>>\nstream\n%s\nendstream", dict, len(data), data)
}

func deflated(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write([]byte(s)) // to memory
	_ = w.Close()
	return b.String()
}

// onePage is a PDF of one page with a font F1 and a form X1.
func onePage(content, font, form string) []byte {
	return assembled(
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1/Resources<</Font<</F1 5 0 R>>/XObject<</X1 6 0 R>>>>>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
		streamObject("/Filter/FlateDecode", deflated(content)),
		font, form,
		streamObject("", "1 beginbfchar <41> <0142> endbfchar 2 beginbfrange <42> <44> <0061> <0045> <0046> [<00660069> <2014>] endbfrange"),
		streamObject("", "1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0001> <0003> <D83DDE00> endbfrange"))
}

func TestPDFText(t *testing.T) {
	const plainFont = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
	const image = "<</Type/XObject/Subtype/Image/Length 0>>\nstream\n\nendstream"
	tests := []struct{ name, content, font, form, want string }{
		{"kerning and gaps", "BT /F1 10 Tf 50 700 Td [(Lef) 20 (\\350) -10 (vre) -300 (Zo\\351)] TJ 200 0 Td (Orb\\351) Tj ET", plainFont, image, "Lefèvre Zoé\tOrbé\n"},
		{"lines", "BT /F1 10 Tf 12 TL 50 700 Td (un) Tj T* (deux) Tj (trois) ' 0 0 (quatre) \" 0 -12 TD (cinq) Tj 1 0 0 1 50 600 Tm (six) Tj ET", plainFont, image, "un\ndeux\ntrois\nquatre\ncinq\nsix\n"},
		{"exponent", "BT /F1 10 Tf 50 700 Td (M) Tj 6 Ts /F1 6 Tf (me) Tj 0 Ts /F1 10 Tf ( Zo\\351) Tj ET", plainFont, image, "Mme Zoé\n"},
		{"turned", "BT /F1 10 Tf 0 1 -1 0 300 100 Tm (un) Tj 0 1 -1 0 300 113.5 Tm (deux) Tj ET", plainFont, image, "un deux\n"},
		{"scaled page", "0.1 0 0 0.1 0 0 cm BT /F1 100 Tf 500 7000 Td (un) Tj 0 -120 Td (deux) Tj ET", plainFont, image, "un\ndeux\n"},
		{"differences", "BT /F1 10 Tf (\\001\\002\\003\\004 AB) Tj ET", "<</Type/Font/Subtype/Type1/BaseFont/X/Encoding<</Differences[1/eacute/f_i/uni20AC/Scaron]>>>>", image, "éfi€Š AB\n"},
		{"mac", "BT /F1 10 Tf <8E8F> Tj ET", "<</Type/Font/Subtype/TrueType/Encoding/MacRomanEncoding>>", image, "éè\n"},
		{"standard", "BT /F1 10 Tf <AE27E1> Tj ET", "<</Type/Font/Subtype/Type1>>", image, "fi’Æ\n"},
		{"to unicode", "BT /F1 10 Tf (ABCDEF) Tj ET", "<</Type/Font/Subtype/Type1/ToUnicode 7 0 R>>", image, "łabcfi—\n"},
		{"composite", "BT /F1 10 Tf <00010003> Tj ET", "<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 8 0 R>>", image, "😀😂\n"},
		{"form", "q 1 0 0 1 5 5 cm /X1 Do Q BT /F1 10 Tf 50 500 Td (apr\\350s) Tj ET", plainFont, streamObject("/Subtype/Form", "BT /F1 10 Tf 50 700 Td (dans) Tj ET /X1 Do"), "dans\naprès\n"},
		{"inline image", "BI /W 1 /H 1 ID \x00EI(x) Tj \xff EI BT /F1 10 Tf 50 700 Td (un) Tj ET", plainFont, image, "un\n"},
		{"blanks without width", "BT /F1 10 Tf 50 700 Td -2.7 Tw (fr o) Tj 0 Tw (m) Tj 0 -12 Td 3 Tc (ab) Tj ET", plainFont, image, "from\na b\n"},
		{"soft hyphen", "BT /F1 10 Tf 50 700 Td (Le\\255) Tj 0 -12 Td (f\\350vre) Tj ET", plainFont, image, "Lefèvre\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := read(t, "x", onePage(tt.content, tt.font, tt.form))
			if s.Err != nil || s.Texts["page 1"] != tt.want {
				t.Errorf("%q, want %q, error %v", s.Texts["page 1"], tt.want, s.Err)
			}
		})
	}
}

func TestPDFDamaged(t *testing.T) {
	whole := printed(t, false, "", letter, "Deux")
	for name, data := range map[string][]byte{
		"no table":      bytes.ReplaceAll(whole, []byte("startxref"), []byte("startxxxx")),
		"wrong offsets": bytes.Replace(whole, []byte("%PDF-1."), []byte("%PDF-1.3\n%xxxxxxxxxxxxxxxxx\n%1."), 1),
		"bytes before":  append([]byte("HTTP/1.1 200\r\n\r\n"), whole...),
		"no lengths":    bytes.ReplaceAll(whole, []byte("/Length "), []byte("/Lengths ")),
		"no end":        whole[:len(whole)-40],
	} {
		f := dump.NewFile("x", dump.Bytes(data))
		if (pdf{}).Sniff(f) == 0 {
			t.Fatal(name)
		}
		s := dumptest.Read(context.Background(), pdf{}, "x", data)
		if s.Err != nil || s.Texts["page 1"] != letter+"\n" || s.Texts["page 2"] != "Deux\n" {
			t.Errorf("%s: %q, error %v", name, s.Texts, s.Err)
		}
	}
}

func TestPDFScansAndForms(t *testing.T) {
	page := "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>/Font<</F 8 0 R>>>>>>"
	text := strings.Replace(page, "4 0 R", "6 0 R", 1)
	s := read(t, "x", assembled(
		"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[9 0 R 9 0 R]>>>>",
		"<</Type/Pages/Kids[3 0 R 7 0 R 10 0 R 11 0 R 2 0 R]>>",
		text, streamObject("", "/I Do"), streamObject("/Subtype/Image", ""), streamObject("", "BT /F 10 Tf <00010002> Tj ET /I Do"),
		page, "<</Subtype/Type0/Encoding/Identity-H>>",
		"<</T(nom)/V<FEFF005A006F00E9>/Kids[9 0 R]>>", page,
		"<</Type/Page/Annots[<</Subtype/Text/Contents(\xe0 revoir)>> <</Subtype/Link/A<</URI(mailto:zoe@example.org)>>>>"+
			"<</Subtype/Widget/Rect[50 50 90 60]/AP<</N<</On 12 0 R>>>>/AS/On>>]>>",
		streamObject("/Subtype/Form/Resources<</Font<</F 13 0 R>>>>", "BT /F 9 Tf (rempli) Tj ET"), "<</Subtype/Type1>>"))
	if d := cmp.Diff(map[string]string{"pages 1-3": CodeScan}, s.Reasons); d != "" || s.Err != nil {
		t.Error(d, s.Err)
	}
	if s.Texts["form"] != "nom: Zoé\n" || s.Texts["page 4"] != "à revoir\nzoe@example.org\nrempli\n" {
		t.Errorf("%q", s.Texts)
	}
	if d := cmp.Diff([]string{WarnFonts}, s.Warned); d != "" {
		t.Error(d)
	}
}

func TestPDFObjectStreams(t *testing.T) {
	font := "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
	inner := "1 0 2 31 3 80 5 160 "
	body := fmt.Sprintf("%-31s%-49s%-80s%s", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>", font)
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	at4 := b.Len()
	fmt.Fprintf(&b, "4 0 obj\n%s\nendobj\n", streamObject("/Filter[/ASCIIHexDecode/FlateDecode]", fmt.Sprintf("%x>", deflated("BT /F1 10 Tf (paquet) Tj ET"))))
	at6 := b.Len()
	fmt.Fprintf(&b, "6 0 obj\n%s\nendobj\n", streamObject(fmt.Sprintf("/Type/ObjStm/N 4/First %d", len(inner)), inner+body))
	at7 := b.Len()
	rows := [][3]int{{0, 0, 0}, {2, 6, 0}, {2, 6, 1}, {2, 6, 2}, {1, at4, 0}, {2, 6, 3}, {1, at6, 0}, {1, at7, 0}}
	var table, above []byte
	for _, r := range rows {
		row := []byte{byte(r[0]), byte(r[1] >> 8), byte(r[1]), byte(r[2])}
		table = append(table, 2) // each byte is the difference to the one above
		for i := range row {
			var up byte
			if above != nil {
				up = above[i]
			}
			table = append(table, row[i]-up)
		}
		above = row
	}
	fmt.Fprintf(&b, "7 0 obj\n%s\nendobj\nstartxref\n%d\n", streamObject("/Type/XRef/Size 8/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 4>>", deflated(string(table))), at7)
	for name, data := range map[string][]byte{"table": b.Bytes(), "rebuilt": bytes.ReplaceAll(b.Bytes(), []byte("startxref"), []byte("xxxxxxxxx"))} {
		s := read(t, "x", data)
		if s.Err != nil || s.Texts["page 1"] != "paquet\n" {
			t.Errorf("%s: %q, %v", name, s.Texts, s.Err)
		}
	}
}

func TestPDFBomb(t *testing.T) {
	zeros := deflated(strings.Repeat("q Q ", 16<<20/4))
	s := read(t, "x", assembled("<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]>>",
		"<</Type/Page/Contents["+strings.Repeat("4 0 R ", 9)+"]>>", streamObject("/Filter/FlateDecode", zeros)))
	if s.Reasons["pages"] != dump.CodeBomb {
		t.Errorf("%v, %v", s.Reasons, s.Err)
	}
	// forms that paint the next one ten times each: ten thousand million in all
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]>>", "<</Type/Page/Contents 4 0 R/Resources<</XObject<</X 4 0 R>>>>>>"}
	for i := range 12 {
		objects = append(objects, streamObject(fmt.Sprintf("/Subtype/Form/Resources<</XObject<</X %d 0 R>>>>", i+5), strings.Repeat("/X Do ", 10)))
	}
	s = read(t, "x", assembled(objects...))
	if s.Reasons["pages"] != dump.CodeBomb {
		t.Errorf("%v, %v", s.Reasons, s.Err)
	}
}

func FuzzPDF(f *testing.F) {
	f.Add(printed(f, false, "", "Zoé"))
	f.Add(printed(f, false, "mot", "Zoé"))
	f.Add(onePage("BT /F1 10 Tf 50 700 Td [(Lef) 20 <41>] TJ ET /X1 Do BI ID x EI", "<</Subtype/Type0/ToUnicode 8 0 R/DescendantFonts[<</W[1[500] 2 3 600]>>]>>", streamObject("/Subtype/Form", "(x) Tj")))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 64<<10 {
			return
		}
		s := dumptest.Read(context.Background(), pdf{}, "x", data, "mot")
		if s.Err != nil && reason(s.Err) == s.Err.Error() {
			t.Fatal(s.Err)
		}
		checkSeen(t, s)
	})
}

func BenchmarkPDF(b *testing.B) {
	pages := make([]string, 100)
	for i := range pages {
		pages[i] = strings.Repeat(letter+"\n", 12)
	}
	for _, unicode := range []bool{false, true} {
		data := printed(b, unicode, "", pages...)
		b.Run(fmt.Sprintf("unicode=%v", unicode), func(b *testing.B) {
			b.SetBytes(int64(len(pages) * len(pages[0])))
			for b.Loop() {
				if err := (pdf{}).Read(context.Background(), dumptest.File("x", data), &nothing{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(data))*float64(b.N)/1e6/b.Elapsed().Seconds(), "file-MB/s")
			b.ReportMetric(float64(len(pages))*float64(b.N)/b.Elapsed().Seconds(), "pages/s")
		})
	}
}
