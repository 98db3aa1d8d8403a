package cli

import "testing"

func TestVisible(t *testing.T) {
	for in, want := range map[string]string{
		"Mairie d'Orbe – 120 Go":          "Mairie d'Orbe – 120 Go",
		"Mairie\u202egpj.exe\u200b":       "Mairiegpj.exe",
		"a\x1b[31mb\x07\u009b2Jc\r\nd\te": "a[31mb2Jc d e",
	} {
		if got := visible(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
