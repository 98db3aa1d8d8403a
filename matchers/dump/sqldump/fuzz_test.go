package sqldump

import (
	"context"
	"testing"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
	"vigie/matchers/dump/window"
)

// FuzzSQL reads any bytes: reading ends, no row breaks a limit, and a value is
// never invented out of nothing.
func FuzzSQL(f *testing.F) {
	for _, c := range cases {
		f.Add([]byte(c.sql))
	}
	f.Add(utf16le("INSERT [t] ([a]) VALUES (N'x')\r\nGO\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if New().Sniff(dumptest.File("x.sql", b)) > 1 {
			t.Error("surer than sure")
		}
		s := dumptest.Read(context.Background(), New(), "x.sql", b)
		if s.Err != nil {
			t.Fatal(s.Err)
		}
		for _, x := range s.Tables {
			for _, r := range x.Rows {
				if len(r) > maxColumns {
					t.Errorf("%d columns", len(r))
				}
			}
		}
		again(t, b, s)
	})
}

// again reads the bytes through a window so small that rows lie across its
// edges at every place, which must change nothing.
func again(t testing.TB, b []byte, want *dumptest.Seen) {
	got := &dumptest.Seen{Texts: map[string]string{}, Reasons: map[string]string{}}
	f := dumptest.File("x.sql", b)
	name, r, decoder := decoding(f)
	w := window.New(context.Background(), r, windowStart, maxRecord)
	w.Read()
	esc := vote(w.Rest())
	_, r, _ = decoding(dump.NewFile("x.sql", dump.Bytes(b)))
	w = window.New(context.Background(), r, 16, maxRecord)
	p := newParser(w, got, name, decoder)
	p.dialect(esc)
	if err := p.run(); err != nil {
		t.Fatal(err)
	}
	if a, b := brief(want), brief(got); !equal(a, b) {
		t.Errorf("whole: %q\nin pieces: %q", a, b)
	}
}

func equal(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
