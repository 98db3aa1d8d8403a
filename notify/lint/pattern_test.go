package lint

import (
	"regexp"
	"testing"
)

// FuzzPattern: what an expression matches is never refused for want of one of
// its pieces.
func FuzzPattern(f *testing.F) {
	for _, e := range []string{`a+b`, `(?:de|du)? vol[eé]`, `x{2,3}y`, `\b\d\d? mai\b`, `^$`, `(?i)vol`, `[0-9]{4}`, `a|`, `(ab|cd)*e`, `p{0}q`} {
		f.Add(e, "aab xxy 12 mai vole VOL 2026 abcde q")
	}
	f.Fuzz(func(t *testing.T, expression, text string) {
		if len(expression) > 100 || len(text) > 200 {
			return
		}
		whole, err := regexp.Compile(expression)
		if err != nil {
			return
		}
		if found := whole.FindString(text); whole.MatchString(text) && !re(expression).may(text) {
			t.Errorf("%q holds %q, which %q is said not to find", text, found, expression)
		}
	})
}

// TestPatternPieces: the phrases' own expressions as well, on what they are for.
func TestPatternPieces(t *testing.T) {
	chosen := 0
	for _, p := range append(phrases, faults...) {
		if p.match.needs() != nil {
			chosen++
		}
		for _, a := range added {
			if s := fold(a.text); p.match.get().MatchString(s) && !p.match.may(s) {
				t.Errorf("%s is not asked of %q", p.rule, s)
			}
		}
	}
	if all := len(phrases) + len(faults); chosen < all-2 {
		t.Errorf("%d of %d phrases have pieces to look for", chosen, all)
	}
}
