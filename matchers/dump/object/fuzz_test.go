package object

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// fuzz reads any bytes with a format: reading ends without an error, no row is
// wider than its table or breaks a limit, and the same bytes give the same.
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
		if diff := cmp.Diff(brief(s), brief(dumptest.Read(context.Background(), format, "x", b))); diff != "" {
			t.Error(diff)
		}
	})
}

func FuzzJSON(f *testing.F)  { fuzz(f, jsonFormat{}, jsonCases) }
func FuzzXML(f *testing.F)   { fuzz(f, xmlFormat{}, xmlCases) }
func FuzzHTML(f *testing.F)  { fuzz(f, htmlFormat{}, htmlCases) }
func FuzzLDIF(f *testing.F)  { fuzz(f, ldifFormat{}, ldifCases) }
func FuzzVCard(f *testing.F) { fuzz(f, vcardFormat{}, vcardCases) }
