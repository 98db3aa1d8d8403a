package charset

import "testing"

func TestDetectMarks(t *testing.T) {
	for _, c := range []struct{ name, head, want string }{
		{"utf-8", "\ufeffnom;prénom\n", "utf-8"},
		{"utf-16le", "\xff\xfea\x00", "utf-16le"},
		{"utf-16be", "\xfe\xff\x00a", "utf-16be"},
		{"utf-32le", "\xff\xfe\x00\x00a\x00\x00\x00", "utf-32le"},
		{"utf-32be", "\x00\x00\xfe\xff\x00\x00\x00a", "utf-32be"},
	} {
		if g := Detect([]byte(c.head), true); g.Name != c.want || !g.BOM {
			t.Errorf("%s: got %+v", c.name, g)
		}
	}
}
