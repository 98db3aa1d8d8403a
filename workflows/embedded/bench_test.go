//go:build !noembed

package embedded

import "testing"

// BenchmarkStart starts and stops a server on files that are there already.
func BenchmarkStart(b *testing.B) {
	dir := b.TempDir()
	s, err := Start(b.Context(), Config{Dir: dir})
	if err != nil {
		b.Fatal(err)
	}
	s.Stop()
	for b.Loop() {
		s, err := Start(b.Context(), Config{Dir: dir})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		s.Stop()
		b.StartTimer()
	}
}
