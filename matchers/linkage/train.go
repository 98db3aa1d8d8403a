package linkage

import (
	"context"
	"iter"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"vigie/matchers"
)

const (
	// randomPairs is how many pairs of a row and a registered person drawn
	// blindly teach u.
	randomPairs = 300_000
	// leastRows and leastMatches are what a leak must have to teach anything.
	leastRows    = 200
	leastMatches = 50
	// richMatches at the first look leave no doubt that a sample can teach.
	richMatches = 10 * leastMatches
	// belief is how many true pairs the built-in m-probabilities weigh.
	belief = 20
	rounds = 15
	// leastKept drops pairs that no parameters would make a candidate.
	leastKept = -4 * oneBit
)

// Train learns a model from a sample of a leak against a registry, without
// labels. Only the rows' content counts, not their order. A sample that holds
// too little gives the built-in model, and its Version says so.
func Train(ctx context.Context, ix *Index, sample iter.Seq2[matchers.Record, error], opt Options) (*Model, error) {
	l, err := Draw(ctx, ix, sample, opt)
	if err != nil {
		return nil, err
	}
	return l.Train(ctx)
}

func (t *trainer) model(ctx context.Context) (*Model, error) {
	p, trained, err := t.train(ctx)
	if err != nil {
		return nil, err
	}
	p.Registered = t.opt.given(p.Registered)
	if !trained {
		return newModel(p, t.opt.untrained()), nil
	}
	t.drawCurve(&p)
	return newModel(p, "trained"), nil
}

// given is the share of registered people among all rows of a leak, from their
// share among those that are shown: a stranger who is shown resembles somebody,
// and is as likely as among all.
func (o Options) given(registered uint64) uint64 {
	if !(o.Given > 0 && o.Given < 1) {
		return registered
	}
	return max(uint64(float64(registered)*o.Given), billion/1_000_000)
}

// train learns from the rows; false means that they hold too little, and the
// parameters are the built-in ones.
func (t *trainer) train(ctx context.Context) (parameters, bool, error) {
	p := t.opt.start(t.ix.people())
	t.start = p.clone()
	p.Rows = len(t.rows)
	if len(t.rows) > 0 && t.ix.people() > 0 {
		describe(&p, t.ix, t.rows)
		if p.Common = slices.Clone(t.common); !t.counted {
			p.Common = common(t.rows)
		}
	}
	if len(t.rows) == 0 || t.ix.people() == 0 {
		return p, false, nil
	}
	before := p.clone()
	t.w = newWeigher(t.ix, &p, t.opt)
	if err := t.compareAll(ctx); err != nil {
		return p, false, err
	}
	t.households(&p)
	before.Levels = p.clone().Levels
	t.start = p.clone()
	t.w.set(&p)
	if len(t.rows) < leastRows {
		return p, false, t.apportion(ctx, &p)
	}
	// A sample that is far from teaching by what is generally known is not worth
	// the learning of u, which takes most of the time.
	if first := t.expect(&p); first.matches>>32 < richMatches {
		poor := p.clone()
		matches, err := t.maximise(ctx, &poor)
		if err != nil {
			return p, false, err
		}
		if matches < leastMatches/2 {
			return t.untaught(ctx, before, poor.Relatives)
		}
		t.w.set(&p)
	}
	if err := t.learnU(ctx, &p); err != nil {
		return p, false, err
	}
	t.w.set(&p)
	matches, err := t.maximise(ctx, &p)
	if err != nil {
		return p, false, err
	}
	if matches < leastMatches {
		return t.untaught(ctx, before, p.Relatives)
	}
	return p, true, nil
}

// untaught is what is generally known, with the share of registered people and
// how many relatives there are in what was too little to teach more.
func (t *trainer) untaught(ctx context.Context, p parameters, relatives uint64) (parameters, bool, error) {
	p.Relatives = relatives
	t.w.set(&p)
	return p, false, t.apportion(ctx, &p)
}

type trainer struct {
	ix      *Index
	rows    []sampled
	opt     Options
	w       *weigher
	pairs   [][]pair // candidates of each row
	says    []said
	start   parameters              // what was believed before
	find    func(i int, s *scratch) // who shares a key with row i; nil to ask the index
	common  []commonValue           // contacts that many rows give, if they are counted
	counted bool
}

// posterior weighs the candidates of row i.
func (t *trainer) posterior(b *prior, i int, cs []scored) ([]scored, uint64) {
	cs = cs[:0]
	for j := range t.pairs[i] {
		match, kin, twin := t.w.total(&t.pairs[i][j].v, nil)
		cs = append(cs, scored{entry: t.pairs[i][j].entry, match: match, kin: kin, twin: twin, namesake: t.w.namesake(&t.pairs[i][j].v)})
	}
	t.w.lift(cs, func(j int) *vector { return &t.pairs[i][j].v })
	return cs, b.posterior(cs, t.says[i])
}

type pair struct {
	entry *entry
	v     vector
}

// each calls f for every row from several goroutines; f owns what it is given.
func (t *trainer) each(ctx context.Context, f func(i int, s *scratch) error) error {
	workers := t.opt.workers()
	var wg sync.WaitGroup
	var failed atomic.Pointer[error]
	for k := range workers {
		wg.Go(func() {
			s := newScratch()
			for i := k; i < len(t.rows); i += workers {
				if ctx.Err() != nil || failed.Load() != nil {
					return
				}
				if err := f(i, s); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return ctx.Err()
}

func (o Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// clone is parameters whose levels may be changed apart.
func (p *parameters) clone() parameters {
	out := *p
	out.Levels = make(map[string][]levelValue, len(p.Levels))
	for name, levels := range p.Levels {
		out.Levels[name] = slices.Clone(levels)
	}
	return out
}

func (t *trainer) compareAll(ctx context.Context) error {
	t.pairs, t.says = make([][]pair, len(t.rows)), make([]said, len(t.rows))
	find, err := t.finds()
	if err != nil {
		return err
	}
	return t.each(ctx, func(i int, s *scratch) error {
		find(i, s)
		if len(s.found) > 0 {
			s.glance = newGlance(&t.rows[i].facts, s.glance)
		}
		if err := t.w.judge(&t.rows[i].facts, s, leastKept); err != nil {
			return err
		}
		ps := make([]pair, 0, len(s.scored))
		for j := range s.scored {
			if e := s.scored[j].entry; t.rows[i].id == "" || e.id() != t.rows[i].id {
				ps = append(ps, pair{e, s.vectors[j]})
			}
		}
		s.entries = slices.Delete(s.entries, 0, s.kept) // they belong to the pairs now
		t.pairs[i], t.says[i] = ps, s.says
		return nil
	})
}

// finds asks the index for the keys of all rows, unless somebody else knows who
// shares one, and tells who does.
func (t *trainer) finds() (func(i int, s *scratch), error) {
	if t.find != nil {
		return t.find, nil
	}
	ss, ends := make([]*scratch, t.opt.workers()), make([]int, len(t.rows))
	err := alongside(len(ss), func(k int) error {
		ss[k] = newScratch()
		from, to := chunk(len(t.rows), k, len(ss))
		for i := from; i < to; i++ {
			t.w.ask(&t.rows[i].facts, ss[k])
			ends[i] = len(ss[k].asks)
		}
		return nil
	})
	if err = first(err, t.w.wave(ss)); err != nil {
		return nil, err
	}
	asks := make([][]ask, len(t.rows))
	for k, s := range ss {
		at := 0
		for i, to := chunk(len(t.rows), k, len(ss)); i < to; i++ {
			asks[i], at = s.asks[at:ends[i]], ends[i]
		}
	}
	return func(i int, s *scratch) { t.w.gather(&t.rows[i].facts, asks[i], s) }, nil
}

// learnU counts levels between rows and people drawn blindly. Pairs that look
// like one person are left out: there is about one in as many as there are
// people. The built-in u counts as the one occurrence in 1/u pairs.
func (t *trainer) learnU(ctx context.Context, p *parameters) error {
	type counts [numComparisons][maxLevels]uint64
	var count counts
	var mu sync.Mutex
	n := uint64(t.ix.people())
	each := (randomPairs + len(t.rows) - 1) / len(t.rows)
	suspect := log2(n) + 3*oneBit
	drawn, err := t.blind(n)
	if err != nil {
		return err
	}
	err = t.each(ctx, func(i int, _ *scratch) error {
		var mine counts
		for k := range each {
			e := &drawn[mix(t.rows[i].hash+uint64(k)*0x9e3779b97f4a7c15)%uint64(len(drawn))]
			var v vector
			t.w.compare(&t.rows[i].facts, e, &v)
			if match, _, _ := t.w.total(&v, nil); match > suspect {
				continue
			}
			for c := range numComparisons {
				mine[c][v.level[c]]++
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for c := range count {
			for l := range count[c] {
				count[c][l] += mine[c][l]
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for c := range specs {
		var seen uint64
		for _, k := range count[c][1:] {
			seen += k
		}
		levels := make([]levelValue, len(specs[c].levels))
		for l := range levels {
			levels[l] = p.Levels[specs[c].name][l]
			u0 := specs[c].levels[l].u
			levels[l].U = (count[c][l+1] + 1) * billion / (seen + billion/u0 + 1)
		}
		p.Levels[specs[c].name] = levels
	}
	return nil
}

// blindPeople is how many people are drawn to be compared with rows blindly: each
// costs the page it lies on.
const blindPeople = 4096

// blind draws people spread over the whole index.
func (t *trainer) blind(n uint64) ([]entry, error) {
	out := make([]entry, min(n, blindPeople))
	for i := range out {
		if err := t.ix.person(uint32(uint64(i)*n/uint64(len(out))), &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// sums are what one round of expectation adds up, all with 32 fractional bits.
type sums struct {
	level   [numComparisons][maxLevels]uint64
	kinship [numComparisons][maxLevels]uint64
	matches uint64
	rows    uint64 // that say something, counted
	lost    uint64 // about registered people whom nothing found
	unsure  uint64 // variance of a row's being about somebody registered
	taught  uint64 // those compared on enough to teach
	named   uint64 // of them, those with given names on both sides
	kin     uint64
	twins   uint64
	alike   uint64 // namesakes
}

// maximise runs expectation-maximisation over whole rows: every row is about
// one of its candidates, an unregistered relative of one, or a stranger. It
// returns the number of rows that are about a registered person.
func (t *trainer) maximise(ctx context.Context, p *parameters) (uint64, error) {
	var s sums
	for range rounds {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		s = t.expect(p)
		t.update(p, &s)
		t.w.set(p)
	}
	p.Informed, p.Taught = s.informed(p.Registered), s.taught>>32
	return s.matches >> 32, nil
}

// expect weighs all rows in several goroutines; sums of integers are the same
// in any order.
func (t *trainer) expect(p *parameters) (s sums) {
	b := newPrior(p, t.ix.people(), &t.w.lost)
	parts := make([]sums, t.opt.workers())
	var wg sync.WaitGroup
	for k := range parts {
		wg.Go(func() {
			var cs []scored
			for i := k; i < len(t.pairs); i += len(parts) {
				if t.says[i].routes(t.says[i]&saysDate != 0) == 0 {
					continue // it says nothing of anybody
				}
				none := uint64(1 << 32)
				if len(t.pairs[i]) > 0 {
					cs, none = t.posterior(b, i, cs)
					parts[k].row(cs, t.pairs[i])
				}
				parts[k].share(cs[:min(len(cs), len(t.pairs[i]))], none, b.lost[t.says[i]])
			}
		})
	}
	wg.Wait()
	for k := range parts {
		s.add(&parts[k])
	}
	return s
}

// row adds the candidates of one row.
func (s *sums) row(cs []scored, pairs []pair) {
	for j := range cs {
		v := &pairs[j].v
		s.matches += cs[j].p
		if !v.teaches() {
			continue
		}
		s.taught += cs[j].p
		for c := range numComparisons {
			s.level[c][v.level[c]] += cs[j].p
		}
		if v.level[onGiven] == 0 {
			continue // nothing tells relatives from the person
		}
		s.named += cs[j].p
		s.kin += cs[j].pKin
		s.twins += cs[j].pTwin
		s.alike += cs[j].pNamesake
		for c := range numComparisons {
			s.kinship[c][v.level[c]] += cs[j].pKin
		}
	}
}

func (s *sums) add(o *sums) {
	s.matches += o.matches
	s.rows += o.rows
	s.lost += o.lost
	s.unsure += o.unsure
	s.taught += o.taught
	s.named += o.named
	s.kin += o.kin
	s.twins += o.twins
	s.alike += o.alike
	for c := range numComparisons {
		for l := range maxLevels {
			s.level[c][l] += o.level[c][l]
			s.kinship[c][l] += o.kinship[c][l]
		}
	}
}

// updateShares learns what shares of the rows are about whom.
func (t *trainer) updateShares(p *parameters, s *sums) {
	p.Registered = s.registered()
	p.Relatives = t.family(s.kin, s.named, t.start.Relatives, 20, 2*billion)
	p.Twins = t.family(s.twins, s.named, t.start.Twins, 50, billion/10)
	p.Namesakes = t.family(s.alike, s.named, t.start.Namesakes, 50, billion/4)
}

func (t *trainer) update(p *parameters, s *sums) {
	t.updateShares(p, s)
	for c := range specs {
		var seen uint64
		for l := 1; l < maxLevels; l++ {
			seen += s.level[c][l]
		}
		if comparison(c) == onDate {
			seen -= s.level[c][dateKnown]
		}
		levels := p.Levels[specs[c].name]
		all := uint64(billion)
		trust := belief + t.start.Worth[specs[c].name]
		if comparison(c) == onGiven {
			seen -= s.level[c][givenOff]
			all -= specs[c].levels[givenOff-1].m
		}
		for l := range levels {
			if unlearnt(comparison(c), l+1) {
				continue
			}
			m0 := t.start.Levels[specs[c].name][l].M
			levels[l].M = ratio(s.level[c][l+1]+trust*(m0<<32/billion), seen+trust<<32) / 1000 * (all / 1000) / 1000
		}
		if inherited(comparison(c)) {
			learnKin(levels, t.start.Levels[specs[c].name], &s.kinship[c])
		}
	}
}

// unlearnt tells the levels whose m is what is generally known. Whether a part
// of a date is known says nothing of who it is. And how often somebody's own
// row gives another first name cannot be told from how often it is their
// twin's: learning it would teach that twins are the person.
func unlearnt(c comparison, level int) bool {
	return c == onDate && level == dateKnown || c == onGiven && level == givenOff
}

// teaches tells whether a pair is compared on three things or more: with fewer,
// nothing shows whether one of them is unreliable or the person another.
func (v *vector) teaches() bool {
	n := 0
	for c := range numComparisons {
		if v.level[c] != 0 && c != onSex && c != onNationality {
			n++
		}
	}
	return n >= 3
}

// family is how many rows are about unregistered relatives for one about a
// person: what was seen, with a belief of so many pairs in what was expected,
// and never far below it.
func (t *trainer) family(seen, named, expected, belief, most uint64) uint64 {
	return min(max(ratio(seen+belief*(expected<<32/billion), named+belief<<32), expected/6), most)
}

// inherited tells what relatives share more or less depending on the leak:
// their name and contacts. How given names and birth dates run in families is
// known and must not be learnt from the pairs it has to tell apart.
func inherited(c comparison) bool {
	return c == onSurname || c == onEmail || c == onPhone || c == onAddress
}

func learnKin(levels, start []levelValue, s *[maxLevels]uint64) {
	var seen uint64
	for _, k := range s[1:] {
		seen += k
	}
	for l := range levels {
		levels[l].Kin = ratio(s[l+1]+belief*(start[l].Kin<<32/billion), seen+belief<<32)
	}
}
