package object

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// fuzz reads any bytes with a format: reading ends without an error, no row is
// wider than its table or breaks a limit, and the same bytes in pieces
// give the same.
func fuzz(f *testing.F, format dump.Format, seeds []sample) {
	for _, c := range seeds {
		f.Add([]byte(c.in))
		f.Add([]byte(c.in[:len(c.in)*2/3]))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if sure := format.Sniff(dumptest.File("x", b)); sure < 0 || sure > 1 {
			t.Errorf("%v sure", sure)
		}
		s := dumptest.Read(context.Background(), format, "x", b)
		if s.Err != nil && len(b) < 64<<10 {
			if code := s.Err.Error(); code == "" {
				t.Error("an error that says nothing")
			}
		}
		for _, x := range s.Tables {
			for _, r := range x.Rows {
				if n := len(x.Info.Columns); len(r) > maxColumns || n > 0 && len(r) > n {
					t.Errorf("%d values in %d columns", len(r), n)
				}
			}
		}
		again(t, format, b, s)
	})
}

// again reads the bytes through a window so small that records lie across its
// edges at every place, which must change nothing.
func again(t testing.TB, format dump.Format, b []byte, want *dumptest.Seen) {
	t.Helper()
	got := &dumptest.Seen{Texts: map[string]string{}, Reasons: map[string]string{}}
	w, o := open(context.Background(), dumptest.File("x", b), got, 16)
	switch format.Name() {
	case "json":
		got.Err = readJSON(w, o)
	case "xml":
		got.Err = readXML(w, o)
	case "ldif":
		got.Err = readLDIF(w, o)
	case "vcard":
		got.Err = readVCard(w, o)
	case "icalendar", "ofx", "gedcom", "print_r":
		got.Err = format.(nestedFormat).read(w, o)
	default:
		return
	}
	if diff := cmp.Diff(brief(want), brief(got)); diff != "" {
		t.Errorf("in pieces: %s", diff)
	}
}

func TestPieces(t *testing.T) {
	for _, c := range []struct {
		format dump.Format
		cases  []sample
	}{{jsonFormat{}, jsonCases}, {xmlFormat{}, xmlCases}, {ldifFormat{}, ldifCases}, {vcardFormat{}, vcardCases}, {literalFormat{}, literalCases}} {
		for _, x := range c.cases {
			t.Run(x.name, func(t *testing.T) {
				again(t, c.format, []byte(x.in), dumptest.Read(context.Background(), c.format, "x", []byte(x.in)))
			})
		}
	}
}

func FuzzJSON(f *testing.F)    { fuzz(f, jsonFormat{}, jsonCases) }
func FuzzLiteral(f *testing.F) { fuzz(f, literalFormat{}, literalCases) }
func FuzzXML(f *testing.F)     { fuzz(f, xmlFormat{}, xmlCases) }
func FuzzHTML(f *testing.F)    { fuzz(f, htmlFormat{}, htmlCases) }
func FuzzLDIF(f *testing.F)    { fuzz(f, ldifFormat{}, ldifCases) }
func FuzzVCard(f *testing.F)   { fuzz(f, vcardFormat{}, vcardCases) }
func FuzzRubric(f *testing.F)  { fuzz(f, rubricFormat{}, rubricCases) }
func FuzzHL7(f *testing.F)     { fuzz(f, segmentFormat{hl7: true}, hl7Cases) }
func FuzzEDIFACT(f *testing.F) { fuzz(f, segmentFormat{}, edifactCases) }
