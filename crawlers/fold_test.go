package crawlers

import (
	"strings"
	"testing"
	"testing/quick"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Folding in one pass says the same as folding step by step.
func TestFold(t *testing.T) {
	slow := func(s string) string {
		return strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(s))), " ")
	}
	for _, s := range []string{"", " ", "Acme  LTD\t\r\n x ", "MAIRIE d'Été", "a\vb\fc", "\x00A\x7f"} {
		if got, want := Fold(s), slow(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	same := func(b []byte) bool {
		for i := range b {
			b[i] &= 0x7f
		}
		return Fold(string(b)) == slow(string(b))
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}
