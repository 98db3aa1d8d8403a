package sheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"vigie/internal/breach"
	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

const workbook2003 = `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="s1"><NumberFormat ss:Format="00000"/></Style></Styles>
<Worksheet ss:Name="A"><Table><Column ss:Index="3" ss:Hidden="1"/>
<Row><Cell><Data ss:Type="String">nom</Data></Cell><Cell ss:MergeAcross="1"><Data ss:Type="String">x &lt; <B>y</B></Data><Comment><ss:Data>note</ss:Data></Comment></Cell><Cell><Data ss:Type="String">d</Data></Cell></Row>
<Row ss:Index="3" ss:Hidden="1"><Cell ss:StyleID="s1"><Data ss:Type="Number">750</Data></Cell><Cell ss:Index="3"><Data ss:Type="DateTime">1995-01-27T00:00:00.000</Data></Cell><Cell><Data ss:Type="Boolean">1</Data></Cell></Row>
</Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>`

func TestXML2003(t *testing.T) {
	s := read(t, Options{}, "a.xls", []byte(workbook2003))
	got := s.Find(t, "A")
	want := [][]string{{"nom", "x < y", "", "d"}, {"", "", "", ""}, {"00750", "", "1995-01-27", "true"}}
	if d := cmp.Diff(want, got.Rows); d != "" || s.Err != nil {
		t.Error(s.Err, d)
	}
	if d := cmp.Diff([]string{WarnColumns, WarnRows, WarnSheet}, got.Warned); d != "" {
		t.Error(d)
	}
	s = read(t, Options{DropHidden: true}, "a.xls", []byte(workbook2003))
	if d := cmp.Diff([][]string{{"nom", "x < y", "d"}, {"", "", ""}}, s.Find(t, "A").Rows); d != "" {
		t.Error(d)
	}
}

func TestHTML(t *testing.T) {
	page := "<html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><script>var a = '<table><tr><td>no</td></tr></table>'</script><body><p>title</p><table><thead><tr><th>nom<th> e-mail </tr>" +
		"<tr style='display: none'><td>L\xe9a<td>lea@example.org</tr><tr><td colspan=2>two<br>lines &amp;\n  more<td>third<tr><td>outer<table><tr><td>inner</td></tr></table></td></tr><tr><td>last</table><table><tr></tr></table>"
	s := read(t, Options{}, "a.xls", []byte(page))
	want := [][]string{{"nom", "e-mail"}, {"Léa", "lea@example.org"}, {"two\nlines & more", "", "third"}, {"outer", ""}, {"last", ""}}
	if d := cmp.Diff(want, s.Find(t, "table 1").Rows); d != "" || s.Err != nil {
		t.Error(s.Err, d)
	}
	if d := cmp.Diff([][]string{{"inner"}}, s.Find(t, "table 2").Rows); d != "" || len(s.Tables) != 2 {
		t.Error(len(s.Tables), d)
	}
}

// bigBook writes a workbook by another hand than ours.
func bigBook(t testing.TB, rows int) []byte {
	t.Helper()
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	for r := 1; r <= rows; r++ {
		if err := w.SetRow(fmt.Sprintf("A%d", r), []any{r, fmt.Sprintf("Nom %d", r), "Prénom", fmt.Sprintf("p%d@example.org", r), "+33199000001", 12.5, true, nil}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestExcelize(t *testing.T) {
	s := read(t, Options{}, "x.xlsx", bigBook(t, 3))
	want := []string{"3", "Nom 3", "Prénom", "p3@example.org", "+33199000001", "12.5", "true"}
	if d := cmp.Diff(want, s.Find(t, "Sheet1").Rows[2]); d != "" {
		t.Error(d)
	}
}

// Strings beyond the budget are not held: rows that need them are refused, the
// others read.
func TestStringBudget(t *testing.T) {
	b := &book{v: &dumptest.Seen{Reasons: map[string]string{}}}
	table := &stringTable{}
	long := bytes.Repeat([]byte("x"), 1<<20)
	n := 0
	for table.add(long) {
		n++
	}
	if n != MaxStrings>>20-1 || !table.full || b.dropped {
		t.Error(n)
	}
	if s, ok := table.get(n - 1); !ok || !bytes.Equal(s, long) {
		t.Error("the last one held is lost")
	}
	if _, ok := table.get(n); ok {
		t.Error("one that is not held is found")
	}
}

// Ten million strings and a million rows stay within the memory that the whole
// process may take.
func TestMemory(t *testing.T) {
	table := &stringTable{}
	for i := range 2_000_000 {
		if !table.add(fmt.Appendf(nil, "p%d", i)) {
			t.Fatal(i)
		}
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 100<<20 {
		t.Errorf("%d MiB for two million strings", m.HeapAlloc>>20)
	}
	runtime.KeepAlive(table)
}

func fuzzed(t *testing.T, data []byte, formats ...dump.Format) {
	for _, f := range formats {
		f.Sniff(dumptest.File("x.xls", data))
		c := &counted{Seen: &dumptest.Seen{Texts: map[string]string{}, Reasons: map[string]string{}, Keep: 1}}
		err := f.Read(context.Background(), dumptest.File("x", data), c)
		var refused *breach.RefusedError
		if err != nil && !errors.As(err, &refused) {
			t.Fatal(err)
		}
	}
}

// FuzzXLSX reads a sheet, then the string table and the relations, of the fuzzer's
// XML; a zip's checksums would keep it out.
func FuzzXLSX(f *testing.F) {
	f.Add([]byte("<worksheet><sheetData>" + cellsXML + "</sheetData></worksheet>"))
	f.Add([]byte(hiddenXML))
	f.Add([]byte("<sst>" + sharedXML + "</sst>"))
	f.Add([]byte(`<workbook><sheets><sheet name="a" r:id="s0"/></sheets></workbook>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		xml := string(data)
		for _, o := range []Options{{}, {DropHidden: true}} {
			fuzzed(t, bookOf(t, xml, named{"s", "<" + strings.TrimPrefix(xml, "<")}, named{"t", cellsXML}), xlsx{o})
			fuzzed(t, data, xml2003{o}, htmlTable{o})
		}
	})
}

func FuzzODS(f *testing.F) {
	f.Add([]byte(odsStart + odsRows))
	f.Add([]byte(odsStart + `<table:table><table:table-row table:number-rows-repeated="3">` + odsText("a") + `</table:table-row>`))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzed(t, data, ods{}, ods{Options{DropHidden: true}}) })
}

func FuzzXLS(f *testing.F) {
	f.Add([]byte(biff8()))
	f.Add(compoundOf(named{"Workbook", biff8()}))
	f.Add(compoundOf(named{"Book", biffOf(0x500, record(recCodePage, 1251), record(recLabel, 0, 0, 0, 3, "\xcf\xf0\xe8"))}))
	f.Fuzz(func(t *testing.T, data []byte) { fuzzed(t, data, xls{}, xls{Options{DropHidden: true}}) })
}

// BenchmarkXLSX reads 100,000 rows of 8 cells; MB are those of the file.
func BenchmarkXLSX(b *testing.B) {
	data := bigBook(b, 100_000)
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			limited(b, xlsx{}, data)
		}
		b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
	b.Run("excelize", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			f, err := excelize.OpenReader(bytes.NewReader(data))
			if err != nil {
				b.Fatal(err)
			}
			rows, err := f.Rows("Sheet1")
			if err != nil {
				b.Fatal(err)
			}
			for rows.Next() {
				if _, err := rows.Columns(); err != nil {
					b.Fatal(err)
				}
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(100_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	})
}
