package text

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/matchers/dump/dumptest"
)

func TestPairs(t *testing.T) {
	tests := []struct {
		name, in      string
		columns, want string
		rows          int
	}{
		{"logfmt", strings.Repeat("ts=2024-02-06T07:00:12+01:00 user=\"Ana \\\"L\\\" Léo\" tel=+33639980525 ip=192.0.2.1\n", 12), "ts,user,tel,ip", `2024-02-06T07:00:12+01:00|Ana "L" Léo|+33639980525|192.0.2.1`, 12},
		{"objects", strings.Repeat("2024-02-06 07:00:12,539 ERROR [exec-2] save : User[name=DE ALMEIDA, born=Wed Sep 11 00:00:00 CET 1991, mail=null, rights=AME]\njava.lang.Error: x\n", 12), "name,born,mail,rights", "DE ALMEIDA|Wed Sep 11 00:00:00 CET 1991|null|AME|2024-02-06 07:00:12,539|ERROR [exec-2] save : User", 12},
		{"form", strings.Repeat("[2024-03-25 19:16:53] POST /form body=nom=Sala%C3%BCn&rue=12+bd+Foch&mail=ana%40example.org\n", 12), "nom,rue,mail", "Salaün|12 bd Foch|ana@example.org|2024-03-25 19:16:53|POST /form body", 12},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := dumptest.Read(t.Context(), New(), "x.log", []byte(tt.in))
			if len(got.Tables) != 1 || len(got.Tables[0].Rows) != tt.rows {
				t.Fatalf("%d tables, %v", len(got.Tables), got.Tables[0].Rows)
			}
			if d := cmp.Diff(tt.want, strings.Join(got.Tables[0].Rows[1], "|")); d != "" {
				t.Error(d)
			}
			if got := strings.Join(got.Tables[0].Info.Columns, ","); !strings.HasPrefix(got, tt.columns) {
				t.Error(got)
			}
		})
	}
}

// A column of URLs with their queries is no log of pairs.
func TestNoPairs(t *testing.T) {
	in := "id;url\n" + strings.Repeat("12;https://www.example.org/a?x=1&y=2&z=3\n", 12)
	got := dumptest.Read(t.Context(), New(), "x.csv", []byte(in))
	if n := len(got.Tables[0].Rows[1]); n != 2 {
		t.Errorf("%d columns", n)
	}
}

// Sections of settings are records that their names tell apart.
func TestSections(t *testing.T) {
	in := "; pbx\n[2000]\nname=\"Ana\"\nsecret=abc\nhost=192.0.2.1\n\n[2003]\nname=Bob\nsecret=def\nhost=192.0.2.2\n\n[2006]\nname=Zoé\nsecret=ghi\nhost=192.0.2.3\n"
	got := dumptest.Read(t.Context(), New(), "sip.conf", []byte(in))
	if d := cmp.Diff([][]string{{"2000", "Ana", "abc", "192.0.2.1"}, {"2003", "Bob", "def", "192.0.2.2"}, {"2006", "Zoé", "ghi", "192.0.2.3"}}, got.Tables[0].Rows); d != "" {
		t.Error(d)
	}
}
