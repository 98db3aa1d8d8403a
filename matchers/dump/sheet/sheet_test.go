package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// part is a member of a zip made for a test.
type named struct{ name, data string }

func zipped(t testing.TB, parts ...named) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(p.data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	contentTypes = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`
	topRels      = `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	styles       = `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="[h]:mm:ss"/><numFmt numFmtId="166" formatCode="&quot;day&quot;\ 0"/></numFmts>` +
		`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="21"/><xf numFmtId="164"/><xf numFmtId="10"/><xf numFmtId="165"/><xf numFmtId="166"/></cellXfs></styleSheet>`
)

// bookOf makes a workbook of the XML of its sheets' rows; a sheet's name may
// end with ":hidden" or ":veryHidden".
func bookOf(t testing.TB, shared string, sheets ...named) []byte {
	t.Helper()
	var list, rels strings.Builder
	parts := []named{{"[Content_Types].xml", contentTypes}, {"_rels/.rels", topRels}}
	for i, s := range sheets {
		name, state, _ := strings.Cut(s.name, ":")
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" state="%s" r:id="s%d"/>`, name, i+1, state, i)
		fmt.Fprintf(&rels, `<Relationship Id="s%d" Type="http://x/worksheet" Target="worksheets/sheet%d.xml"/>`, i, i)
		data := s.data
		if !strings.HasPrefix(data, "<") || strings.HasPrefix(data, "<row") || strings.HasPrefix(data, "<c ") {
			data = "<worksheet><sheetData>" + data + "</sheetData></worksheet>"
		}
		parts = append(parts, named{fmt.Sprintf("xl/worksheets/sheet%d.xml", i), data})
	}
	parts = append(parts,
		named{"xl/workbook.xml", `<workbook xmlns:r="x"><workbookPr/><sheets>` + list.String() + `</sheets></workbook>`},
		named{"xl/_rels/workbook.xml.rels", `<Relationships>` + rels.String() + `<Relationship Id="st" Type="http://x/styles" Target="/xl/styles.xml"/><Relationship Id="ss" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`},
		named{"xl/styles.xml", styles}, named{"xl/sharedStrings.xml", "<sst>" + shared + "</sst>"})
	return zipped(t, parts...)
}

// read reads with the format that is surest.
func read(t testing.TB, o Options, path string, data []byte) *dumptest.Seen {
	t.Helper()
	var best dump.Format
	sure := 0.0
	for _, f := range Formats(o) {
		if s := f.Sniff(dumptest.File(path, data)); s > sure {
			best, sure = f, s
		}
	}
	if best == nil {
		t.Fatal("no format knows it")
	}
	return dumptest.Read(context.Background(), best, path, data)
}

func code(err error) string {
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return fmt.Sprint(err)
}

const cellsXML = `<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve"> line</t></r><rPh><t>no</t></rPh></is></c><c r="E1" t="str"><f>A1</f><v>a &amp; b&#233;&lt;</v></c></row>` +
	`<row r="3"><c r="A3"><v>33199000001</v></c><c r="B3"><v>1.0</v></c><c r="C3"><v>0.30000000000000004</v></c><c r="D3" s="1"><v>34726</v></c><c r="E3" s="2"><v>34726.5</v></c></row>` +
	`<row><c><v>1E3</v></c><c s="4"><v>750</v></c><c s="5"><v>0.5</v></c><c s="6"><v>1.5</v></c><c s="3"><v>0.75</v></c></row>` +
	`<row r="5"><c r="A5" t="b"><v>1</v></c><c r="B5" t="e"><v>#N/A</v></c><c r="C5" t="d"><v>2020-01-02T03:04:05Z</v></c><c r="D5" s="7"><v>5</v></c><c r="E5" s="1"><v>59</v></c></row>`

const sharedXML = `<si><t>nom</t></si><si><r><t>_x0041_</t></r><r><t>_x005F_x000D_</t></r><rPh sb="0" eb="1"><t>no</t></rPh></si>`

func TestCells(t *testing.T) {
	for _, c := range []struct {
		name string
		o    Options
		want [][]string
	}{
		{"people", Options{}, [][]string{
			{"nom", "A_x000D_", "in line", "", "a & bé<"},
			{"", "", "", "", ""},
			{"33199000001", "1", "0.3", "1995-01-27", "1995-01-27 12:00:00"},
			{"1000", "00750", "50%", "36:00:00", "18:00:00"},
			{"true", "#N/A", "2020-01-02 03:04:05", "5", "1900-02-28"}}},
		{"notify", Options{DropHidden: true}, [][]string{
			{"nom", "_x0041__x000D_", "in line", "", "a & bé<"},
			{"", "", "", "", ""},
			{"33199000001", "1.0", "0.30000000000000004", "1995-01-27 00:00:00", "1995-01-27 12:00:00"},
			{"1000.0", "750", "0.5", "1 day, 12:00:00", "18:00:00"},
			{"True", "#N/A", "2020-01-02 03:04:05", "5", "1900-02-28 00:00:00"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := read(t, c.o, "x.xlsx", bookOf(t, sharedXML, named{"Feuille", cellsXML}))
			if d := cmp.Diff(c.want, s.Find(t, "Feuille").Rows); d != "" || s.Err != nil {
				t.Error(s.Err, d)
			}
		})
	}
}

const hiddenXML = `<worksheet><cols><col min="2" max="3" hidden="1"/></cols><sheetData>` +
	`<row r="1" hidden="true"><c r="A1" t="str"><v>top</v></c></row>` +
	`<row r="2"><c r="A2" t="str"><v>a</v></c><c r="B2" t="str"><v>b</v></c><c r="C2" t="str"><v>c</v></c><c r="D2" t="str"><v>d</v></c></row>` +
	`<row r="3" hidden="1"><c r="A3" t="str"><v>gone</v></c><c r="D3" t="str"><v>tall</v></c></row>` +
	`<row r="4"><c r="A4" t="str"><v>wide</v></c><c r="B4" t="str"><v>own</v></c></row>` +
	`</sheetData><mergeCells><mergeCell ref="A4:C4"/><mergeCell ref="D3:D4"/></mergeCells></worksheet>`

func TestHidden(t *testing.T) {
	data := bookOf(t, "", named{"no:hidden", `<row><c t="str"><v>x</v></c></row>`}, named{"yes", hiddenXML}, named{"more", `<row><c t="str"><v>y</v></c></row>`})
	s := read(t, Options{}, "x.xlsx", data)
	if s.Err != nil || len(s.Tables) != 3 || !s.Tables[0].Info.Hidden || s.Tables[1].Info.Hidden {
		t.Fatal(s.Err, s.Tables)
	}
	want := [][]string{{"top", "", "", ""}, {"a", "b", "c", "d"}, {"gone", "", "", "tall"}, {"wide", "own", "wide", "tall"}}
	if d := cmp.Diff(want, s.Tables[1].Rows); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{WarnRows, WarnColumns}, s.Tables[1].Warned); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{WarnSheet}, s.Tables[0].Warned); d != "" {
		t.Error(d)
	}
	s = read(t, Options{DropHidden: true}, "x.xlsx", data)
	if len(s.Tables) != 1 {
		t.Fatal(s.Tables)
	}
	want = [][]string{{"a", "c", "d"}, {"wide", "wide", "tall"}}
	if d := cmp.Diff(want, s.Find(t, "yes").Rows); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{WarnDropped, WarnSheets}, s.Warned); d != "" {
		t.Error(d)
	}
}

// What the converter compared with leaves out right of the header, and keeps.
func TestExtent(t *testing.T) {
	far := `<row r="1"><c r="A1" t="str"><v>h</v></c></row><row r="2"><c r="AX2" t="str"><v>in</v></c><c r="AY2" t="str"><v>out</v></c></row><row r="9"><c r="QQQ9"><v>1</v></c></row>`
	s := read(t, Options{DropHidden: true}, "x.xlsx", bookOf(t, "", named{"s", far}))
	rows := s.Find(t, "s").Rows
	if len(rows) != 2 || len(rows[0]) != 50 || rows[1][49] != "in" {
		t.Error(len(rows), rows)
	}
	s = read(t, Options{}, "x.xlsx", bookOf(t, "", named{"s", far}))
	rows = s.Find(t, "s").Rows
	if len(rows) != 9 || len(rows[1]) != 51 || len(rows[8]) != 11951-4 && rows[8][len(rows[8])-1] != "1" {
		t.Error(len(rows), len(rows[1]), len(rows[8]))
	}
}

func TestHostile(t *testing.T) {
	cell := func(ref, kind, v string) string {
		return fmt.Sprintf(`<c r="%s" t="%s"><v>%s</v></c>`, ref, kind, v)
	}
	last := `<row r="2">` + cell("A2", "str", "after") + `</row>`
	for _, c := range []struct {
		name, rows    string
		refused, want string // code of a row, warning
		n             int    // rows
	}{
		{"row beyond", `<row r="1048577">` + cell("A1", "str", "x") + `</row><row r="4294967295"/>` + last, dump.CodeDamaged, "", 2},
		{"row of no number", `<row r="-1"/><row r="99999999999999999999"/><row r="x"/>` + last, dump.CodeDamaged, "", 2},
		{"last row", last + `<row r="1048576">` + cell("A1048576", "str", "x") + `</row>`, "", WarnBlank, 2 + MaxBlank + 1},
		{"column beyond", `<row r="1">` + cell("XFE1", "str", "x") + cell("A1", "str", "y") + cell("ZZZZZZZZZZ1", "str", "z") + `</row>` + last, "", WarnCells, 2},
		{"unknown string", `<row r="1">` + cell("A1", "s", "7") + cell("B1", "s", "-1") + cell("C1", "s", "x") + `</row>` + last, "", WarnCells, 2},
		{"rows backwards", `<row r="5">` + cell("A5", "str", "x") + `</row>` + last, "", WarnOrder, 6},
		{"merged everywhere", last + `</sheetData><mergeCells>` + strings.Repeat(`<mergeCell ref="A1:XFD1048576"/>`, 20_000) + `</mergeCells><sheetData>`, "", WarnMerged, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := read(t, Options{}, "x.xlsx", bookOf(t, "", named{"s", c.rows}))
			got := s.Find(t, "s")
			if s.Err != nil || len(s.Reasons) > 0 || len(got.Rows) != c.n {
				t.Errorf("%v %v: %d rows, want %d", s.Err, s.Reasons, len(got.Rows), c.n)
			}
			if c.refused != "" && got.Refused[c.refused] == 0 {
				t.Errorf("refused %v", got.Refused)
			}
			if c.want != "" && !strings.Contains(strings.Join(got.Warned, " "), c.want) {
				t.Errorf("warned %v", got.Warned)
			}
		})
	}
}

func TestHostileXML(t *testing.T) {
	row := `<row><c t="str"><v>kept</v></c></row>`
	for _, c := range []struct{ name, data, want string }{
		{"entities", `<!DOCTYPE a [<!ENTITY a "` + strings.Repeat("x", 1000) + `"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]><worksheet><sheetData><row><c t="str"><v>&b;&f;</v></c></row></sheetData></worksheet>`, ""},
		{"deep", `<worksheet><sheetData>` + row + strings.Repeat("<a>", 1_000_000), dump.CodeTooDeep},
		{"attributes", `<worksheet><sheetData>` + row + `<row ` + strings.Repeat(`a="b" `, 1_000_000) + `/></sheetData></worksheet>`, dump.CodeTooLarge},
		{"cut", `<worksheet><sheetData>` + row + `<row><c t="str"><v>cu`, dump.CodeCut},
		{"utf-16 by name only", `<?xml version="1.0" encoding="UTF-16"?><worksheet><sheetData>` + row + `</sheetData></worksheet>`, ""},
		{"utf-8 by name only", wide(`<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData>` + row + `</sheetData></worksheet>`), ""},
		{"latin-1", `<?xml version="1.0" encoding="ISO-8859-1"?><worksheet><sheetData><row><c t="str"><v>` + "\xe9" + `</v></c></row></sheetData></worksheet>`, ""},
		{"comments", `<worksheet><!-- <row/> --><sheetData><?pi <row/> ?><row><c t="str"><v><![CDATA[<row/>&amp;]]></v></c></row></sheetData></worksheet>`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := read(t, Options{}, "x.xlsx", bookOf(t, "", named{"s", c.data}, named{"t", row}))
			if s.Err != nil || s.Reasons["s"] != c.want {
				t.Errorf("%v: got %v, want %q", s.Err, s.Reasons, c.want)
			}
			if got := s.Find(t, "t").Rows; len(got) != 1 || got[0][0] != "kept" {
				t.Error("what follows was not read")
			}
			want := map[string]string{"entities": "&b;&f;", "utf-8 by name only": "kept", "utf-16 by name only": "kept", "latin-1": "é", "comments": "<row/>&amp;"}[c.name]
			if c.want == "" && s.Find(t, "s").Rows[0][0] != want {
				t.Errorf("%q", s.Find(t, "s").Rows)
			}
		})
	}
}

func wide(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		b.WriteByte(c)
		b.WriteByte(0)
	}
	return b.String()
}

func TestBomb(t *testing.T) {
	s := read(t, Options{}, "x.xlsx", bookOf(t, "", named{"s", `<worksheet><sheetData><row>` + strings.Repeat(" ", 110<<20)}))
	if s.Reasons["s"] != dump.CodeBomb {
		t.Error(s.Err, s.Reasons)
	}
}

func TestManySheets(t *testing.T) {
	var many []named
	for i := range MaxSheets + 5 {
		many = append(many, named{fmt.Sprint(i), "<row/>"})
	}
	s := read(t, Options{}, "x.xlsx", bookOf(t, "", many...))
	if s.Err != nil || len(s.Tables) != MaxSheets || s.Reasons[""] != dump.CodeTooMany {
		t.Error(s.Err, len(s.Tables), s.Reasons)
	}
}

func TestRefused(t *testing.T) {
	good := bookOf(t, "", named{"s", "<row/>"})
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"cut", good[:len(good)-30], dump.CodeCut},
		{"no workbook", zipped(t, named{"[Content_Types].xml", contentTypes}, named{"xl/styles.xml", styles}), dump.CodeDamaged},
		{"binary workbook", zipped(t, named{"[Content_Types].xml", contentTypes}, named{"xl/workbook.bin", ""}), dump.CodeNoReader},
		{"encrypted", compoundOf(named{"EncryptedPackage", strings.Repeat("x", 5000)}, named{"EncryptionInfo", "y"}), dump.CodeEncrypted},
		{"compound that loops", loop(), dump.CodeCut},
		{"encrypted ods", odsOf(t, "", named{"META-INF/manifest.xml", `<manifest><file-entry><encryption-data/></file-entry></manifest>`}), dump.CodeEncrypted},
	} {
		t.Run(c.name, func(t *testing.T) {
			if s := read(t, Options{}, "x.xls", c.data); code(s.Err) != c.want {
				t.Errorf("got %v, want %s", s.Err, c.want)
			}
		})
	}
}

func TestSniff(t *testing.T) {
	book := bookOf(t, "", named{"s", "<row/>"})
	for _, c := range []struct {
		name, path string
		data       []byte
		want       string
	}{
		{"xlsx", "a", book, "xlsx"},
		{"zip of a workbook", "a.xlsx", zipped(t, named{"a.xlsx", string(book)}), ""},
		{"docx", "a.xlsx", zipped(t, named{"[Content_Types].xml", contentTypes}, named{"word/document.xml", "<d/>"}), ""},
		{"odt", "a.ods", zipped(t, named{"mimetype", "application/vnd.oasis.opendocument.text"}, named{"content.xml", "<d/>"}), ""},
		{"ods", "a", odsOf(t, "<table:table/>"), "ods"},
		{"html", "a.xls", []byte("\xef\xbb\xbf<table><tr><td>a</td></tr></table>"), "html-table"},
		{"text", "a.xls", []byte("a\tb\n1\t2\n"), ""},
	} {
		got, sure := "", 0.5
		for _, f := range Formats(Options{}) {
			if s := f.Sniff(dumptest.File(c.path, c.data)); s > sure {
				got, sure = f.Name(), s
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
