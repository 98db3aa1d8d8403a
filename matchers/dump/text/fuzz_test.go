package text

import (
	"context"
	"strings"
	"testing"

	"vigie/matchers/dump/dumptest"
)

// Whatever the bytes, reading ends, with a reason or with rows in UTF-8.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "a", "nom;age\nLina;3\n", "+--+\n|a|\n+--+\n|1|\n", " a | b\n---+---\n 1 | 2\n", "id  nom\n--- ----\n1   x\n",
		"k: v\nl: w\n\nk: x\nl: y\n", "a@example.org:p\nb@example.org:q:r\n", "https://a.example.org:l:p\n", "sep=;\na;b\n", "\xff\xfea\x00;\x00b\x00\n\x00",
		"a,b\n1,2\n\nc,d,e\n1,2,3\n4,5,6\n7,8,9\n", "“a”,“b”\n", "a\u2028b\u2028c\u2028", "\x00\x00", "# x\n# y\na,b\n", strings.Repeat("aa  bb\n", 5), "-[ RECORD 1 ]-\na | b\n", "Y\x80BBA” \xe2\x9c0"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		New().Sniff(dumptest.File("x", data))
		s := dumptest.Read(context.Background(), New(), "x", data)
		if s.Err != nil && refusal(s.Err) == "" {
			t.Fatal(s.Err)
		}
		names := map[string]bool{}
		for _, x := range s.Tables {
			if names[x.Info.Name] {
				t.Errorf("two tables %q", x.Info.Name)
			}
			names[x.Info.Name] = true
			for _, row := range x.Rows {
				for _, v := range row {
					if strings.ToValidUTF8(v, "") != v {
						t.Fatalf("not UTF-8: %q", v)
					}
				}
			}
		}
	})
}
