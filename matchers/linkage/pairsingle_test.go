package linkage

import (
	"math"
	"testing"
)

// The odds of a pair between files that match one to one, against values of
// K/((n-K)(m-K)) computed by hand.
func TestSinglePrior(t *testing.T) {
	for _, c := range []struct {
		name     string
		left     int
		right    int
		expected uint64
		want     float64
	}{
		{"one in ten", 1000, 1000, 100, 100. / (900 * 900)},
		{"nine in ten", 1000, 1000, 900, 900. / (100 * 100)},
		{"most of the smaller file", 100, 10_000, 90, 90. / (10 * 9910)},
		{"all: two in a hundred are believed to have none", 1000, 1000, 1000, 1000. / (20 * 20)},
		{"more than there are", 1000, 1000, 5000, 5000. / (20 * 20)},
		{"never below what the files as a whole say", 1000, 1000, 0, 1. / (1 << 16)},
	} {
		m := &pairModel{f: &pairFile{left: c.left, ids: make([]string, c.left+c.right)}, prior: -16 * oneBit}
		if got := m.singlePrior(c.expected).float(); math.Abs(got-math.Log2(c.want)) > .02 {
			t.Errorf("%s: %.3f bits, want %.3f", c.name, got, math.Log2(c.want))
		}
	}
}
