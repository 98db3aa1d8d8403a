package linkage

import "testing"

// Whatever a date is written like, what is read of it reads the same again.
func FuzzDay(f *testing.F) {
	for _, s := range []string{"", "1984-03-09", "1984/3/9", "19840309", "1984", "198403", "1984-03", "1984-03-09T00:00:00Z", "0000-99-99", "12345678901234567890", "1984-\xff", "9/3/1984"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d := parseDay(s)
		if d.y > 9999 || d.m > 99 || d.d > 99 {
			t.Errorf("parseDay(%q) = %v, out of range", s, d)
		}
		if again := parseDay(d.String()); again != d {
			t.Errorf("parseDay(%q) = %v, and of that %v", s, d, again)
		}
		if l := compareDays(d, d); l != dayExact {
			t.Errorf("compareDays(%v) with itself = %d", d, l)
		}
	})
}
