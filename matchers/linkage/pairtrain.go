package linkage

import (
	"context"
	"slices"
)

// scoredPair is two records that share a block.
type scoredPair struct {
	i, j   int32
	how    pattern
	shared bitsFx // what agreeing on these very values is worth beyond the level
	weight bitsFx
	p      uint64 // 32 fractional bits
}

// pairModel is what EM learns: for every field and level how often it occurs
// between records of one person (m) and of two (u), in counts.
type pairModel struct {
	f      *pairFile
	all    uint64                        // pairs there are
	u      [maxFields][pairLevels]uint64 // of all
	m      [maxFields][pairLevels]uint64 // parts per billion
	weight [maxFields][pairLevels]bitsFx
	prior  bitsFx // log2 odds
	drawn  []drawnPattern
	mates  uint64 // records of one person that a record has besides itself, in thousandths
	ties   ties
	logM   [maxFields][pairLevels]bitsFx // log2 of m
	named  [maxFields]bitsFx             // log2 of the records with a value
}

const (
	pairDraws   = 1 << 18
	emRounds    = 12
	unitP       = 1 << 32
	pseudoM     = 30 // pairs that the starting m is worth
	pseudoShare = 8  // and one in so many of the matches
	shareMost   = 3 * oneBit
	startMates  = 500 // thousandths
)

func newPairModel(ctx context.Context, f *pairFile, workers int) (*pairModel, error) {
	n := uint64(len(f.ids))
	t := &pairModel{f: f, all: n * (n - 1) / 2, mates: startMates}
	if !f.alone() {
		t.all = uint64(f.left) * uint64(len(f.ids)-f.left)
	}
	t.all = max(t.all, 1)
	if err := t.draw(ctx, workers); err != nil {
		return nil, err
	}
	for k, c := range f.fields {
		var have uint64
		for _, v := range c.values {
			have += uint64(v.count)
		}
		t.named[k] = log2(have)
		start, sum := startM[c.kind], uint64(0)
		for _, s := range start {
			sum += s
		}
		for l, s := range start {
			t.m[k][l+1] = s * billion / sum
		}
	}
	t.setU(nil)
	t.setWeights()
	t.setPrior(t.all / max(1, n/2))
	return t, nil
}

// setPrior takes the odds of a pair as one in so many.
func (t *pairModel) setPrior(in uint64) { t.prior = -log2(max(in, 2)) }

// draw compares pairs drawn by content to learn how strangers compare.
func (t *pairModel) draw(ctx context.Context, workers int) error {
	n, left := uint64(len(t.f.ids)), uint64(t.f.left)
	if n < 2 || !t.f.alone() && (left == 0 || left == n) {
		return nil
	}
	drawn := make([]pattern, pairDraws)
	err := inParallel(ctx, pairDraws, workers, func(w, lo, hi int) {
		memo := new(wordMemo)
		for x := lo; x < hi; x++ {
			i, j := mix(uint64(x)*2+1), mix(uint64(x)*2+2)
			if t.f.alone() {
				i, j = i%n, j%n
			} else {
				i, j = i%left, left+j%(n-left)
			}
			if i == j {
				j = (j + 1) % n
			}
			drawn[x] = t.f.compare(int32(i), int32(j), memo)
		}
	})
	slices.Sort(drawn)
	for _, p := range drawn {
		if n := len(t.drawn); n == 0 || t.drawn[n-1].how != p {
			t.drawn = append(t.drawn, drawnPattern{how: p})
		}
		t.drawn[len(t.drawn)-1].count++
	}
	return err
}

// drawnPattern is how often pairs drawn at random compare in one way.
type drawnPattern struct {
	how   pattern
	count uint64
}

// setU counts the strangers at every level: those of the sample raised to all
// pairs, exact agreement by the values themselves, less the pairs of one person.
func (t *pairModel) setU(found *[maxFields][pairLevels]foundLevel) {
	var drawn [maxFields][pairLevels]uint64
	for _, d := range t.drawn {
		if found != nil && t.weigh(d.how)+t.prior > 0 {
			continue // one person, by chance
		}
		for k := range t.f.fields {
			drawn[k][d.how.level(k)] += d.count
		}
	}
	for k, c := range t.f.fields {
		for l := 1; l < pairLevels; l++ {
			t.u[k][l] = max(drawn[k][l]*(t.all/pairDraws+1), t.all/pairDraws/2, 1)
			if l == 1 && c.kind != kindSex {
				t.u[k][l] = max(t.f.equalPairs(c), 1)
			}
			if found == nil {
				continue
			}
			g, u := &found[k][l], t.u[k][l]
			if l == 1 && c.kind != kindSex {
				u = max(u-min(u, g.same>>32), u/50)
			}
			t.u[k][l] = max(u, g.other, 1)
		}
	}
}

// equalPairs counts the pairs with one value in a field.
func (f *pairFile) equalPairs(c *field) (n uint64) {
	if f.alone() {
		for _, v := range c.values {
			n += uint64(v.count) * uint64(max(v.count, 1)-1) / 2
		}
		return n
	}
	lefts := make([]uint64, len(c.values))
	for _, v := range c.of[:f.left] {
		lefts[v]++
	}
	for v := 1; v < len(c.values); v++ {
		n += lefts[v] * (uint64(c.values[v].count) - lefts[v])
	}
	return n
}

// setWeights makes weights of m and u. Of u, what matters is the share among
// pairs that have the field.
func (t *pairModel) setWeights() {
	for k := range t.f.fields {
		var u uint64
		for l := 1; l < pairLevels; l++ {
			u += t.u[k][l]
		}
		for l := 1; l < pairLevels; l++ {
			t.logM[k][l] = log2P(max(t.m[k][l], 1000))
			t.weight[k][l] = t.logM[k][l] - log2Ratio(t.u[k][l], max(u, 1))
		}
	}
}

// weigh sums the levels of a pattern, less what fields that go together say twice.
func (t *pairModel) weigh(p pattern) (w bitsFx) {
	agree := t.f.close(p)
	for k := range t.f.fields {
		w += t.weight[k][p.level(k)]
		if agree>>k&1 != 0 {
			w -= t.ties.off(k, agree)
		}
	}
	return w
}

// foundLevel is how many candidate pairs are at a level: of one person, with 32
// fractional bits, and more probably of two.
type foundLevel struct{ same, other uint64 }

// foundPairs is what the candidates say of the levels, and how many strangers
// agree on two fields.
type foundPairs struct {
	levels [maxFields][pairLevels]foundLevel
	both   [maxFields][maxFields]uint64
}

func (a *foundPairs) merge(b *foundPairs) {
	for k := range a.levels {
		for l := range a.levels[k] {
			a.levels[k][l].same += b.levels[k][l].same
			a.levels[k][l].other += b.levels[k][l].other
		}
		for l := range a.both[k] {
			a.both[k][l] += b.both[k][l]
		}
	}
}

// logistic turns log2 odds into a probability with 32 fractional bits.
func logistic(odds bitsFx) uint64 {
	if odds >= 0 {
		return (1 << 63) / ((unitP + exp2(-odds)) >> 1)
	}
	e := exp2(odds)
	return e << 31 / ((unitP + e) >> 1)
}

// learn runs EM over the candidates until its rounds are spent.
func (t *pairModel) learn(ctx context.Context, pairs []scoredPair, workers int) error {
	for range emRounds {
		found, matches, err := t.expect(ctx, pairs, workers)
		if err != nil {
			return err
		}
		t.setM(&found.levels)
		t.setU(&found.levels)
		t.setWeights()
		t.ties = t.tie(&found.both)
		t.setPrior(t.all / max(matches>>32, 1))
		t.mates = ratio(matches>>32*2, uint64(len(t.f.ids))) / 1_000_000
	}
	for k, c := range t.f.fields {
		print("dbg field ", k, " kind ", c.kind, ":")
		for l := range startM[c.kind] {
			print(" ", t.m[k][l+1]/1000000, "/", int(t.weight[k][l+1].float()*10))
		}
		println()
	}
	for k := range t.f.fields {
		if t.ties.bits[k] != 0 {
			println("dbg tie", k, t.ties.to[k], int(t.ties.bits[k].float()*10))
		}
	}
	println("dbg prior", int(t.prior.float()*10), "pairs", len(pairs), "mates", t.mates)
	_, _, err := t.expect(ctx, pairs, workers)
	return err
}

// expect weighs all candidates and sums what they say.
func (t *pairModel) expect(ctx context.Context, pairs []scoredPair, workers int) (*foundPairs, uint64, error) {
	sums := make([]foundPairs, workers)
	matches := make([]uint64, workers)
	shares := t.shares()
	err := inParallel(ctx, len(pairs), workers, func(w, lo, hi int) {
		for x := lo; x < hi; x++ {
			s := &pairs[x]
			s.shared = t.values(s, shares)
			s.weight = t.weigh(s.how) + s.shared
			s.p = logistic(s.weight + t.prior)
			matches[w] += s.p
			for k := range t.f.fields {
				g := &sums[w].levels[k][s.how.level(k)]
				g.same += s.p
				if s.p < unitP/2 {
					g.other++
				}
			}
			t.f.sumStrangers(&sums[w].both, s.how, 1)
		}
	})
	for w := 1; w < workers; w++ {
		matches[0] += matches[w]
		sums[0].merge(&sums[w])
	}
	return &sums[0], matches[0], err
}

func (t *pairModel) setM(found *[maxFields][pairLevels]foundLevel) {
	for k, c := range t.f.fields {
		start := startM[c.kind]
		var sum, all uint64
		for _, s := range start {
			all += s
		}
		var n [pairLevels]uint64
		matches := uint64(0)
		for l := 1; l <= len(start); l++ {
			matches += found[k][l].same
		}
		for l := 1; l <= len(start); l++ {
			n[l] = found[k][l].same>>12 + start[l-1]*(pseudoM<<20+matches>>12/pseudoShare)/all
			sum += n[l]
		}
		for l := 1; l <= len(start); l++ {
			t.m[k][l] = ratio(n[l], max(sum, 1))
		}
	}
}

// shares tells for every value by how much agreeing on it weighs more or less
// than agreeing on a value of the field in general.
func (t *pairModel) shares() [][]bitsFx {
	out := make([][]bitsFx, len(t.f.fields))
	n := uint64(len(t.f.ids))
	for k, c := range t.f.fields {
		if c.kind == kindSex {
			continue
		}
		var have, u uint64
		for _, v := range c.values {
			have += uint64(v.count)
		}
		for l := 1; l < pairLevels; l++ {
			u += t.u[k][l]
		}
		mean := log2Ratio(t.u[k][1], max(u, 1))
		own := t.mates * t.m[k][1] / billion * have / max(n, 1) // records of the same person with the value, in thousandths
		out[k] = make([]bitsFx, len(c.values))
		for v := 1; v < len(c.values); v++ {
			others := uint64(c.values[v].count-1) * 1000
			others = max(others-min(others, own), 300, others/20)
			out[k][v] = mean - log2Ratio(others, max(have*1000, 1))
		}
	}
	return out
}

// values is what agreement on values is worth beyond its level: all of it where
// they are equal, half where they are alike.
func (t *pairModel) values(s *scoredPair, shares [][]bitsFx) (w bitsFx) {
	for k, c := range t.f.fields {
		l := s.how.level(k)
		if l == 0 || shares[k] == nil {
			continue
		}
		a, b := shares[k][c.of[s.i]], shares[k][c.of[s.j]]
		switch {
		case l == 1:
			w += min(a, b)
		case c.kind == kindName && (l == wordSubset || l == wordPart):
			if n := c.rarest(c.of[s.i], c.of[s.j]); n > 0 {
				token := t.named[k] - log2(uint64(n)) // what the shared word is worth
				w += min(t.logM[k][l]+token-t.weight[k][l], shareMost)
			}
		case c.kind == kindName && l <= wordNear || c.kind != kindName && l == 2 && c.kind != kindDate:
			w += min(max(min(a, b)/2, -shareMost), shareMost)
		}
	}
	return w
}

// candidates compares all pairs that share a block and keeps those which are
// not hopeless.
func (t *pairModel) candidates(ctx context.Context, b *blocking, workers int) ([]scoredPair, error) {
	f := t.f
	kept := make([][]scoredPair, len(f.ids))
	least := -t.prior - hopeless
	seen := make([][]int32, workers)
	memos := make([]*wordMemo, workers)
	err := inParallel(ctx, f.left, workers, func(w, lo, hi int) {
		if seen[w] == nil {
			seen[w], memos[w] = make([]int32, len(f.ids)), new(wordMemo)
		}
		for i := lo; i < hi; i++ {
			from := f.left
			if f.alone() {
				from = i + 1
			}
			b.mates(i, from, seen[w], func(j int32) {
				how := f.compare(int32(i), j, memos[w])
				if t.weigh(how) >= least {
					kept[i] = append(kept[i], scoredPair{i: int32(i), j: j, how: how})
				}
			})
			slices.SortFunc(kept[i], func(a, b scoredPair) int { return int(a.j) - int(b.j) })
		}
	})
	return slices.Concat(kept...), err
}

// hopeless is how far below even odds a pair may start and still be looked at.
const hopeless = 18 * oneBit
