package dump

import (
	"strings"
	"testing"
)

// Whatever the values, columns are understood without a panic and what is said
// of them stays within bounds.
func FuzzUnderstand(f *testing.F) {
	f.Add("nom", "MARTIN\nDURAND\n1 85 05 34 172 001 XX\n\n2026-13-45")
	f.Add("", "06 39 98 00 01\n+\n((\n$2y$10$\n{SSHA}\n12:34\n-123456789")
	f.Add("x", "3 rue\n,\n'\n=\"\"\nA+\n1Z\n99999\n2A004")
	o := dictionaries()
	f.Fuzz(func(t *testing.T, header, values string) {
		cols := newColumns(2)
		for i, v := range strings.Split(values, "\n") {
			cols[i%2].add([]byte(v), int64(i/2+1), &o)
		}
		for i, c := range understand(cols, []string{header, ""}, &o) {
			if c.Meaning == "" || c.Confidence < 0 || c.Confidence > 1 {
				t.Errorf("column %d: %+v", i, c)
			}
			cols[i].quality(int64(len(values)), c, &o)
		}
	})
}
