package linkage

import "testing"

// FuzzLevels: what is read of a pair's levels is written again as it was.
func FuzzLevels(f *testing.F) {
	f.Add("name=exact given_names=first birth_date=typo")
	f.Add("name=exact name=typo")
	f.Add("=  birth_date")
	f.Fuzz(func(t *testing.T, s string) {
		v, err := parseLevels(s)
		if err != nil {
			return
		}
		again, err := parseLevels(v.text())
		if err != nil || again != v {
			t.Errorf("%q is read as %q, and that as another: %v", s, v.text(), err)
		}
	})
}
