package linkage

import (
	"fmt"
	"hash/maphash"
	"testing"
)

// BenchmarkHashContacts is what Join does for one registered person with an e-mail
// and a phone, when a dump gives both by their SHA-256.
func BenchmarkHashContacts(b *testing.B) {
	seed := maphash.MakeSeed()
	sums := make([]uint64, 100_000)
	for i := range sums {
		sums[i] = maphash.String(seed, fmt.Sprint("stranger", i))
	}
	c := collector{seed: seed, sums: sums}
	c.compact()
	wanted := newSumSet(c.sums, [hashedKinds]uint8{})
	var sum [64]byte
	hits := 0
	for b.Loop() {
		for k, text := range [hashedKinds]string{"ada.quillivic@example.org", "199001234"} {
			forms(k, text, func(form []byte) {
				if wanted.has(maphash.Bytes(seed, sumInto(sum[:0], 32, form))) {
					hits++
				}
			})
		}
	}
	if hits > 0 {
		b.Fatal("a stranger's hash was found")
	}
}
