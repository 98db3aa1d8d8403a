package linkage

import (
	"cmp"
	"slices"
)

// oneToOne keeps the best pairs such that no record is used twice. Once the
// sure pairs are settled, fewer records are left to rival each other: what is left
// is weighed again among itself until nothing more is settled.
func (t *pairModel) oneToOne(pairs []scoredPair) []scoredPair {
	slices.SortFunc(pairs, func(a, b scoredPair) int {
		switch {
		case a.weight != b.weight:
			return cmp.Compare(b.weight, a.weight)
		case a.i != b.i:
			return int(a.i) - int(b.i)
		}
		return int(a.j) - int(b.j)
	})
	used := make([]bool, len(t.f.ids))
	var out []scoredPair
	for range settleRounds {
		for x := range pairs {
			if s := &pairs[x]; s.p >= unitP/2 && !used[s.i] && !used[s.j] {
				used[s.i], used[s.j] = true, true
				out = append(out, *s)
			}
		}
		pairs = slices.DeleteFunc(pairs, func(s scoredPair) bool { return used[s.i] || used[s.j] })
		if len(pairs) == 0 {
			break
		}
		var expected uint64
		for x := range pairs {
			expected += pairs[x].p
		}
		t.rival(pairs, t.singlePrior(expected>>32+uint64(len(out))))
	}
	for x := range pairs { // those that stay doubtful
		if s := &pairs[x]; !used[s.i] && !used[s.j] {
			used[s.i], used[s.j] = true, true
			out = append(out, *s)
		}
	}
	return out
}

// singlePrior is the log2 odds of a pair where so many pairs of one person are
// expected and a record has at most one equal: what speaks against a pair is that
// both records have none, and where most have one that is rare. With K pairs
// between n and m records the odds are K/((n-K)(m-K)), the activity of a dimer
// (Heilmann and Lieb 1972); K/(nm) would ask the last records left over for as
// much evidence as the first.
func (t *pairModel) singlePrior(expected uint64) bitsFx {
	without := func(n int) bitsFx { return log2(max(uint64(n)-min(uint64(n), expected), uint64(n)/leastWithout, 1)) }
	return max(log2(max(expected, 1))-without(t.f.left)-without(len(t.f.ids)-t.f.left), t.prior)
}

// leastWithout is one in so many records that is believed to have no equal,
// whatever is expected.
const leastWithout = 50

// settleRounds bounds how often what is left is weighed again.
const settleRounds = 12

// rival shares the probability between the pairs of one record, of which at
// most one is right.
func (t *pairModel) rival(pairs []scoredPair, prior bitsFx) {
	all := make([]uint64, len(t.f.ids)) // odds of all pairs of a record
	for x := range pairs {
		s := &pairs[x]
		o := unitOdds(s.weight + prior)
		all[s.i], all[s.j] = min(all[s.i]+o, 1<<61), min(all[s.j]+o, 1<<61)
	}
	for x := range pairs {
		s := &pairs[x]
		o := unitOdds(s.weight + prior)
		s.p = min(logistic(s.weight+prior), ratioUnit(o, 1<<20+all[s.i]+all[s.j]-o))
	}
}

// unitOdds are odds with 20 fractional bits, from log2 odds.
func unitOdds(o bitsFx) uint64 {
	switch {
	case o > 40*oneBit:
		return 1 << 60
	case o >= 0:
		return uint64(1<<62) / (max(exp2(-o), 1) << 10)
	}
	return exp2(o) >> 12
}

// ratioUnit is a/b with 32 fractional bits; a is at most b.
func ratioUnit(a, b uint64) uint64 {
	for b > 1<<31 {
		a, b = a>>1, b>>1
	}
	return a << 32 / max(b, 1)
}
