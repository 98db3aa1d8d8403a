package linkage

import (
	"cmp"
	"context"
	"slices"
)

// Clustering. Chains of pairs would join strangers through one damaged record
// between them. Records are therefore joined by all that stands between two
// clusters, the pairs that disagree included: from the likeliest pair down, two
// clusters become one where the best pairs and the average pair together speak
// for it. What the clusters say goes back to the pairs.
const (
	clusterSample = 8              // members of a cluster that speak for it
	clusterWays   = 32             // members, the surest first, by way of which two others are one
	clusterPairs  = 300            // members up to which all pairs of a cluster are told
	oddsMost      = 16 * oneBit    // a single pair counts no more, for or against
	leastEdge     = -7 * oneBit    // log2 odds of pairs worth a look
	hairline      = oneBit / 1_024 // what lifts a pair over even odds
)

type clusters struct {
	t       *pairModel
	worth   *worths
	memo    *pairMemo
	root    []int32
	members [][]int32 // of roots
	refused map[uint64]refusal
}

// pairMemo remembers how names compare and what patterns weigh.
type pairMemo struct {
	words   wordMemo
	weights weightMemo
}

// refusal remembers what two clusters had between them, and how big they were.
type refusal struct {
	size     int
	evidence bitsFx
}

// cluster joins the records of one file and gives back pairs that agree with
// the clusters, each with the smaller record first.
func (t *pairModel) cluster(ctx context.Context, pairs []scoredPair, workers int) ([]scoredPair, error) {
	n := len(t.f.ids)
	c := &clusters{t: t, worth: t.worths(), memo: new(pairMemo), root: make([]int32, n), members: make([][]int32, n),
		refused: map[uint64]refusal{}}
	for i := range n {
		c.root[i], c.members[i] = int32(i), []int32{int32(i)}
	}
	pairs = slices.DeleteFunc(pairs, func(s scoredPair) bool { return s.weight+t.prior < leastEdge })
	slices.SortFunc(pairs, func(a, b scoredPair) int {
		if a.weight != b.weight {
			return cmp.Compare(b.weight, a.weight)
		}
		if a.i != b.i {
			return int(a.i) - int(b.i)
		}
		return int(a.j) - int(b.j)
	})
	for x := range pairs {
		if x%4096 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		c.consider(pairs[x].i, pairs[x].j)
	}
	return c.agree(ctx, pairs, workers)
}

// consider joins the clusters of two records if what stands between them says so.
func (c *clusters) consider(i, j int32) {
	a, b := c.root[i], c.root[j]
	if a == b {
		return
	}
	if len(c.members[a]) < len(c.members[b]) || len(c.members[a]) == len(c.members[b]) && b < a {
		a, b = b, a
	}
	k, size := uint64(min(a, b))<<32|uint64(max(a, b)), len(c.members[a])+len(c.members[b])
	if r, ok := c.refused[k]; ok && size < r.size+max(1, r.size/4) {
		return
	}
	e := c.evidence(a, b)
	if e <= 0 {
		c.refused[k] = refusal{size, e}
		return
	}
	for _, m := range c.members[b] {
		c.root[m] = a
	}
	c.members[a] = append(c.members[a], c.members[b]...)
	c.members[b] = nil
}

// odds are the log2 odds that two records are of one person, seen alone.
func (c *clusters) odds(i, j int32, memo *pairMemo) bitsFx {
	s := scoredPair{i: min(i, j), j: max(i, j)}
	s.how = c.t.f.compare(s.i, s.j, &memo.words)
	return c.t.total(memo.weights.of(c.t, s.how), c.t.values(&s, c.worth)) + c.t.prior
}

// evidence is what stands between two clusters, in bits: the mean of their
// pairs, and of the pairs that speak for it most.
func (c *clusters) evidence(a, b int32) bitsFx {
	one, two := c.members[a], c.members[b]
	one, two = one[:min(len(one), clusterSample)], two[:min(len(two), clusterSample)]
	var all [clusterSample * clusterSample]bitsFx
	n, sum := 0, int64(0)
	for _, i := range one {
		for _, j := range two {
			all[n] = min(max(c.odds(i, j, c.memo), -oddsMost), oddsMost)
			sum += int64(all[n])
			n++
		}
	}
	best := all[:n]
	slices.SortFunc(best, func(x, y bitsFx) int { return cmp.Compare(y, x) })
	top := max(1, n/topShare)
	var most int64
	for _, w := range best[:top] {
		most += int64(w)
	}
	return bitsFx(sum/int64(n)*meanParts+most/int64(top)*topParts) / (meanParts + topParts)
}

// How much the mean and the best pairs count.
const (
	topShare  = 4
	meanParts = 1
	topParts  = 1
)

// agree gives the pairs within clusters and between them probabilities that
// agree with the clusters.
func (c *clusters) agree(ctx context.Context, pairs []scoredPair, workers int) ([]scoredPair, error) {
	told := make([][]scoredPair, len(c.members))
	memos := make([]*pairMemo, workers)
	err := inParallel(ctx, len(c.members), workers, func(w, lo, hi int) {
		if memos[w] == nil {
			memos[w] = new(pairMemo)
		}
		for a := lo; a < hi; a++ {
			if len(c.members[a]) <= clusterPairs {
				told[a] = c.within(c.members[a], memos[w])
			}
		}
	})
	out := slices.Concat(told...)
	between := map[uint64]bitsFx{}
	for x := range pairs {
		s := &pairs[x]
		a, b := c.root[s.i], c.root[s.j]
		switch odds := s.weight + c.t.prior; {
		case a != b:
			k := uint64(min(a, b))<<32 | uint64(max(a, b))
			e, ok := between[k]
			if !ok {
				e = c.evidence(min(a, b), max(a, b))
				between[k] = e
			}
			out = append(out, c.tell(s.i, s.j, min(odds, e, -hairline)))
		case len(c.members[a]) > clusterPairs:
			out = append(out, c.tell(s.i, s.j, max(odds, hairline)))
		}
	}
	return out, err
}

// within tells all pairs of a cluster. Two records are of one person as surely as
// both are of a third one's. The best of those ways counts as much as what the two
// say themselves, since one false record between them would lend its certainty to all.
func (c *clusters) within(ms []int32, memo *pairMemo) (out []scoredPair) {
	n := len(ms)
	odds, p := make([]bitsFx, n*n), make([]uint64, n*n)
	for x := range n {
		for y := range x {
			o := c.odds(ms[x], ms[y], memo)
			odds[x*n+y], p[x*n+y] = o, logistic(o)
			p[y*n+x] = p[x*n+y]
		}
	}
	for x := range n {
		for y := range x {
			var way uint64
			for k := range min(n, clusterWays) {
				if k != x && k != y {
					way = max(way, (p[x*n+k]>>1)*(p[k*n+y]>>1)>>30)
				}
			}
			way = min(way, unitP-1)
			out = append(out, c.tell(ms[x], ms[y], max(odds[x*n+y], (odds[x*n+y]+log2(max(way, 1))-log2(unitP-way))/2, hairline)))
		}
	}
	return out
}

func (c *clusters) tell(i, j int32, odds bitsFx) scoredPair {
	return scoredPair{i: min(i, j), j: max(i, j), weight: odds - c.t.prior, p: logistic(odds)}
}
