package watch

import (
	"testing"
	"unicode/utf8"
)

func TestRevealed(t *testing.T) {
	for title, want := range map[string]string{
		"v1lle de M0rbecque":      "ville de Morbecque",
		"V I L L E  D E  L A O N": " VILLE DE LAON ",
		"SDIS12 – 40gb, part 2/3": "SDIS12 – 40gb, part 2/3",
		"Мэрия Laon":              "Мэрия Laon",
		"a b c":                   "a b c",
		"mаirie (Laon)":           "mairie (Laon)",
	} {
		if got := revealed(title); got != want {
			t.Errorf("%q: got %q, want %q", title, got, want)
		}
	}
}

// What is written plainly is plain, whatever was read.
func FuzzRevealed(f *testing.F) {
	for _, s := range []string{"m4irie d3 Laon", "V I L L E  D E  L A O N", "mаirie", "1a0b\xff", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, title string) {
		if got := revealed(title); utf8.ValidString(title) && !utf8.ValidString(got) {
			t.Errorf("%q: %q is no text", title, got)
		}
	})
}
