package sheet

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump"
)

const odsStart = `<office:document-content><office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet>`

func odsOf(t testing.TB, tables string, more ...named) []byte {
	parts := append([]named{{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, {"content.xml", odsStart + tables + `</office:spreadsheet></office:body></office:document-content>`}}, more...)
	return zipped(t, parts...)
}

func odsText(s string) string {
	return `<table:table-cell office:value-type="string"><text:p>` + s + `</text:p></table:table-cell>`
}

const odsRows = `<table:table table:name="T" table:style-name="ta2"><table:table-column table:visibility="collapse"/>` +
	`<table:table-row><table:table-cell office:value-type="string" table:number-columns-spanned="2"><text:p>h<text:s text:c="2"/>1</text:p><text:p>2</text:p><office:annotation><text:p>note</text:p></office:annotation></table:table-cell><table:covered-table-cell office:value-type="string"><text:p>under</text:p></table:covered-table-cell><table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"><text:p>7,0</text:p></table:table-cell><table:table-cell table:number-columns-repeated="16380"/></table:table-row>` +
	`<table:table-row table:number-rows-repeated="2" table:visibility="filter"><table:table-cell office:value-type="percentage" office:value="1"/><table:table-cell office:value-type="date" office:date-value="1995-01-27"/><table:table-cell office:value-type="date" office:date-value="1995-01-27T10:00:00.500000000"/><table:table-cell office:value-type="time" office:time-value="PT30H00M05S"/><table:table-cell office:value-type="boolean" office:boolean-value="true"/><table:table-cell office:value-type="currency" office:value="12.5" office:currency="EUR"/><table:table-cell office:value-type="float" office:value="12"><text:p>00012</text:p></table:table-cell></table:table-row>` +
	`<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>` +
	`</table:table>`

func TestODS(t *testing.T) {
	for _, c := range []struct {
		name   string
		o      Options
		want   [][]string
		warned []string
	}{
		{"people", Options{}, [][]string{
			{"h  1\n2", "under", "7", "7"},
			{"100%", "1995-01-27", "1995-01-27 10:00:00.500000", "30:00:05", "true", "12.5 EUR", "00012"},
			{"100%", "1995-01-27", "1995-01-27 10:00:00.500000", "30:00:05", "true", "12.5 EUR", "00012"},
		}, []string{WarnSheet, WarnColumns, WarnRows}},
		{"notify", Options{DropHidden: true}, [][]string{
			{"h  1\n2", "7", "7"},
			{"1.0", "1995-01-27", "1995-01-27 10:00:00.500000", "1 day, 6:00:05", "True", "12.5 EUR", "12"},
			{},
		}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			zip := odsOf(t, odsRows)
			flat := []byte(`<?xml version="1.0"?><office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet">` + odsStart[strings.Index(odsStart, "<office:automatic"):] + odsRows + `</office:spreadsheet></office:body></office:document>`)
			for _, data := range [][]byte{zip, flat} {
				s := read(t, c.o, "x", data)
				got := s.Find(t, "T")
				if d := cmp.Diff(c.want, got.Rows); d != "" || s.Err != nil || len(s.Reasons) > 0 {
					t.Error(s.Err, s.Reasons, d)
				}
				if d := cmp.Diff(c.warned, got.Warned); d != "" {
					t.Error(d)
				}
			}
		})
	}
}

// Seventeen thousand million cells, blank and not.
func TestODSRepeats(t *testing.T) {
	for name, cell := range map[string]string{
		"blank": `<table:table-cell table:number-columns-repeated="16384"/>`,
		"full":  `<table:table-cell table:number-columns-repeated="2147483647" office:value-type="string"><text:p>x</text:p></table:table-cell>`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, o := range []Options{{}, {DropHidden: true}} {
				data := odsOf(t, `<table:table table:name="a">`+strings.Repeat(`<table:table-row table:number-rows-repeated="1048576">`+cell+`</table:table-row>`, 40)+`</table:table><table:table table:name="b"><table:table-row>`+odsText("after")+`</table:table-row></table:table>`)
				var f dump.Format = ods{o}
				s := limited(t, f, data)
				if s.cells > 2*maxFiller || !o.DropHidden && s.tables != 2 {
					t.Error(s)
				}
			}
		})
	}
}
