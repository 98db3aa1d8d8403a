package linkage

import (
	"context"
	"slices"
)

// scoredPair is two records that share a block.
type scoredPair struct {
	i, j   int32
	how    pattern
	weight bitsFx
	copies uint32 // how many pairs it stands for in learning
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
	draws  uint64
	copies [maxFields][]uint64 // pairs of one person that have a value, with 32 fractional bits
	ties   ties
	homes  homes
	moves  moves
	met    [maxFields]*met
	found  uint64                        // pairs of one person, as learnt
	single bool                          // a record has at most one equal
	logM   [maxFields][pairLevels]bitsFx // log2 of m
	named  [maxFields]uint64             // records with a value
	equal  [maxFields]uint64             // pairs with one value
}

const (
	drawsEach   = 8 // pairs drawn for every record,
	leastDraws  = 1 << 16
	mostDraws   = 1 << 18
	emRounds    = 12
	countRounds = 3 // rounds after which copies are counted again
	unitP       = 1 << 32
	pseudoM     = 30 // pairs that the starting m is worth
	shareMost   = 3 * oneBit
)

func newPairModel(ctx context.Context, f *pairFile, workers int) (*pairModel, error) {
	n := uint64(len(f.ids))
	t := &pairModel{f: f, all: n * (n - 1) / 2}
	if !f.alone() {
		t.all = uint64(f.left) * uint64(len(f.ids)-f.left)
	}
	t.all, t.draws = max(t.all, 1), 1
	if err := t.draw(ctx, workers); err != nil {
		return nil, err
	}
	for k, c := range f.fields {
		var have uint64
		for _, v := range c.values {
			have += uint64(v.count)
		}
		t.named[k], t.equal[k] = max(have, 1), f.equalPairs(c)
		start, sum := startM[c.kind], uint64(0)
		for _, s := range start {
			sum += s
		}
		for l, s := range start {
			t.m[k][l+1] = s * billion / sum
		}
	}
	for k, c := range f.fields {
		t.copies[k] = make([]uint64, len(c.values))
	}
	t.setU(nil)
	t.setWeights()
	t.setMoves(startMoves)
	t.setPrior(t.all / max(1, n/2))
	t.settle()
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
	t.draws = min(max(drawsEach*n, leastDraws), mostDraws)
	drawn := make([]pattern, t.draws)
	memos := make([]*wordMemo, workers)
	err := inParallel(ctx, int(t.draws), workers, func(w, lo, hi int) {
		if memos[w] == nil {
			memos[w] = new(wordMemo)
		}
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
			drawn[x] = t.f.compare(int32(i), int32(j), memos[w])
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
			t.u[k][l] = max(drawn[k][l]*(t.all/t.draws+1), t.all/t.draws/2, 1)
			if l == 1 && c.kind != kindSex {
				t.u[k][l] = max(t.equal[k], 1)
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
	return w + t.eased(p)
}

// foundLevel is how many candidate pairs are at a level: of one person, with 32
// fractional bits, and more probably of two.
type foundLevel struct{ same, other uint64 }

// foundPairs is what the candidates say of the levels, and how many strangers
// agree on two fields.
type foundPairs struct {
	matches uint64
	sure    uint64 // of them, those that hardly disagree
	levels  [maxFields][pairLevels]foundLevel
	homes   uint64 // pairs of homes, of twins, and their levels
	twins   uint64
	moved   uint64 // pairs that moved, of those that tell
	homed   uint64
	home    [maxFields][pairLevels]uint64
	both    [maxFields][maxFields]uint64
}

func (a *foundPairs) merge(b *foundPairs) {
	a.matches += b.matches
	a.sure += b.sure
	a.homes += b.homes
	a.twins += b.twins
	a.moved += b.moved
	a.homed += b.homed
	for k := range a.levels {
		for l := range a.levels[k] {
			a.home[k][l] += b.home[k][l]
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

// learn runs EM until its rounds are spent, then weighs all candidates. It
// learns from the pairs that are not lost from the start and from some that are.
func (t *pairModel) learn(ctx context.Context, pairs []scoredPair, workers int) error {
	taught := t.lessons(pairs)
	hot := t.hot(pairs)
	all := len(hot) <= mostLessons
	if all {
		hot = taught // has them all, weighed in every round
	}
	first, err := t.expect(ctx, taught, workers) // to know the ties before families are taken for persons
	if err != nil {
		return err
	}
	t.lean(first)
	t.count(hot)
	for round := range emRounds {
		found, err := t.expect(ctx, taught, workers)
		if err != nil {
			return err
		}
		t.m = t.smoothed(&found.levels)
		t.setU(&found.levels)
		t.setWeights()
		anew := t.lean(found)
		t.setPrior(t.all / max(found.matches>>32, 1))
		t.found = found.matches >> 32
		t.learnHomes(found)
		t.learnMoves(found)
		again := round%countRounds == 0
		if again && !all {
			if err := t.weighAll(ctx, hot, make([]weightMemo, workers)); err != nil {
				return err
			}
		}
		if again || anew {
			t.count(hot)
		}
	}
	return t.weighAll(ctx, pairs, make([]weightMemo, workers))
}

// hot is the pairs that may be of one person.
func (t *pairModel) hot(pairs []scoredPair) (out []scoredPair) {
	for x := range pairs {
		if pairs[x].weight+t.prior >= coldOdds {
			out = append(out, pairs[x])
		}
	}
	return out
}

// lessons draws the pairs to learn from, by content. Each stands for as many as
// its copies say.
func (t *pairModel) lessons(pairs []scoredPair) []scoredPair {
	hot := 0
	for x := range pairs {
		if pairs[x].weight+t.prior >= coldOdds {
			hot++
		}
	}
	some := uint32(hot/mostLessons + 1)
	var out []scoredPair
	for x := range pairs {
		s := pairs[x]
		s.copies = some
		if s.weight+t.prior < coldOdds {
			s.copies *= coldShare
		}
		if s.copies == 1 || mix(uint64(s.i)<<32|uint64(s.j))%uint64(s.copies) == 0 {
			out = append(out, s)
		}
	}
	return out
}

const (
	mostLessons = 200_000
	coldShare   = 16 // one in so many of the pairs that look lost is kept
	coldOdds    = -8 * oneBit
)

// weightMemo remembers what patterns weigh. It is of no use once the model learns more.
type weightMemo [1 << 12]patternWeight

// patternWeight is what a pattern says against strangers, and as log2 odds against
// a home, against twins and against either.
type patternWeight struct {
	how                            pattern
	weight, home, twins, relatives bitsFx
}

func (m *weightMemo) of(t *pairModel, p pattern) *patternWeight {
	at := &m[mix(uint64(p))&uint64(len(m)-1)]
	if at.how != p || p == 0 {
		*at = t.weighPattern(p)
	}
	return at
}

func (t *pairModel) weighPattern(p pattern) patternWeight {
	out := patternWeight{how: p, weight: t.weigh(p)}
	if t.homes.on {
		out.home, out.twins = t.against(p)
		out.relatives = lesser(out.home, out.twins)
	}
	return out
}

// expect weighs pairs and sums what they say.
func (t *pairModel) expect(ctx context.Context, pairs []scoredPair, workers int) (*foundPairs, error) {
	memos := make([]weightMemo, workers)
	if err := t.weighAll(ctx, pairs, memos); err != nil {
		return nil, err
	}
	sums := make([]foundPairs, workers)
	err := inParallel(ctx, len(pairs), workers, func(w, lo, hi int) {
		sum := &sums[w]
		for x := lo; x < hi; x++ {
			s := &pairs[x]
			n := uint64(s.copies)
			sum.matches += s.p * n
			home := uint64(0)
			if t.homes.on {
				family, twins := memos[w].of(t, s.how).atHome(s.weight + t.prior)
				sum.homes, sum.twins = sum.homes+family*n, sum.twins+twins*n
				home = (family + twins) * n
			}
			stay := uint64(unitP)
			if t.moves.on && s.p > unitP>>20 {
				var told bool
				if stay, told = t.stayed(s.how); told {
					sum.homed += s.p * n
					sum.moved += s.p * ((unitP - stay) >> 12) >> 20 * n
				}
			}
			for k, c := range t.f.fields {
				g := &sum.levels[k][s.how.level(k)]
				if c.home {
					g.same += s.p * (stay >> 12) >> 20 * n
				} else {
					g.same += s.p * n
				}
				sum.home[k][s.how.level(k)] += home
				if s.p < unitP/2 {
					g.other += n
				}
			}
			if apart, _ := t.f.apart(s.how); apart&(apart-1) == 0 {
				sum.sure += s.p * n
			}
			if !t.homes.told || home < n*unitP/2 {
				t.f.sumStrangers(&sum.both, s.how, n)
			}
		}
	})
	for w := range sums[1:] {
		sums[0].merge(&sums[w+1])
	}
	return &sums[0], err
}

// weighAll gives every pair its weight and probability, with an empty memo for each
// worker.
func (t *pairModel) weighAll(ctx context.Context, pairs []scoredPair, memos []weightMemo) error {
	worth := t.worths()
	err := inParallel(ctx, len(pairs), len(memos), func(w, lo, hi int) {
		for x := lo; x < hi; x++ {
			s := &pairs[x]
			s.weight = t.total(memos[w].of(t, s.how), t.values(s, worth))
			s.p = logistic(s.weight + t.prior)
		}
	})
	if t.single {
		t.rival(pairs, t.singlePrior(t.found))
	}
	return err
}

// smoothed is how often levels occur among what was found, in parts per billion,
// with a belief in what is generally known.
func (t *pairModel) smoothed(found *[maxFields][pairLevels]foundLevel) (m [maxFields][pairLevels]uint64) {
	for k, c := range t.f.fields {
		start := startM[c.kind]
		var sum, all uint64
		for _, s := range start {
			all += s
		}
		var n [pairLevels]uint64
		for l := 1; l <= len(start); l++ {
			n[l] = found[k][l].same>>12 + start[l-1]*(pseudoM<<20)/all
			sum += n[l]
		}
		for l := 1; l <= len(start); l++ {
			m[k][l] = ratio(n[l], max(sum, 1))
		}
	}
	return m
}

// candidates compares all pairs that share a block and keeps those which are
// not hopeless.
func (t *pairModel) candidates(ctx context.Context, b *blocking, workers int) ([]scoredPair, error) {
	f := t.f
	kept := make([][]scoredPair, f.left) // by the first record of a piece
	least, h := -t.prior-hopeless, t.hopes()
	seen := make([][]int32, workers)
	memos := make([]*wordMemo, workers)
	err := inParallel(ctx, f.left, workers, func(w, lo, hi int) {
		if seen[w] == nil {
			seen[w], memos[w] = make([]int32, len(f.ids)), new(wordMemo)
		}
		var mates []int32
		var out []scoredPair
		for i := lo; i < hi; i++ {
			from := f.left
			if f.alone() {
				from = i + 1
			}
			mates = b.mates(mates[:0], i, from, seen[w])
			first := len(out)
			for _, j := range mates {
				if how, weight, ok := t.compareHopeful(int32(i), j, h, least, memos[w]); ok {
					out = append(out, scoredPair{i: int32(i), j: j, how: how, weight: weight})
				}
			}
			slices.SortFunc(out[first:], func(a, b scoredPair) int { return int(a.j) - int(b.j) })
		}
		if lo < hi {
			kept[lo] = out
		}
	})
	return slices.Concat(kept...), err
}

// hopeless is how far below even odds a pair may start and still be looked at.
const hopeless = 12 * oneBit
