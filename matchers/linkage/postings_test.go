package linkage

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestSkipReadsAsNext passes over what is below a key in buckets of one posting
// a key, of many, and of none, and must then be where reading key by key is.
func TestSkipReadsAsNext(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	h := blocksHead{Bits: 34, Buckets: 12, Values: 20}
	for n := range uint64(400) {
		var ps []posting
		for range r.IntN(3 * bucketKeys) {
			key := h.floor(n) + r.Uint64N(1<<h.span())
			for v := range uint32(1 + r.IntN(1+r.IntN(70))) {
				ps = append(ps, posting{key, v*7 + uint32(r.IntN(7))})
			}
		}
		slices.SortFunc(ps, func(a, b posting) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.value, b.value)) })
		w := bucketWriter{head: &h}
		cell := w.bucket(nil, n, ps, nil)
		for _, least := range []uint64{0, h.floor(n), h.floor(n + 1), h.floor(n) + r.Uint64N(1<<h.span())} {
			if len(ps) > 0 && n%2 == 0 {
				least = ps[r.IntN(len(ps))].key
			}
			want, got := h.reader(n, cell), h.reader(n, cell)
			more := want.next()
			for more && want.stored < least {
				want.values(nil, false)
				more = want.next()
			}
			if got.skip(least) != more || more && (got.stored != want.stored || got.all != want.all || got.at != want.at) {
				t.Fatalf("bucket %d from %d: %d of %d at %d, want %d of %d at %d", n, least, got.stored, got.all, got.at, want.stored, want.all, want.at)
			}
			if more && !slices.Equal(got.values(nil, true), want.values(nil, true)) {
				t.Fatalf("bucket %d from %d: other people", n, least)
			}
		}
	}
}
