package linkage

import (
	"context"
	"iter"
	"strconv"

	"vigie/matchers"
)

// Lesson is a sample of a leak against a registry, from which a model is learnt
// (Train), or to which a model that was learnt before is fitted (Settle).
type Lesson struct{ t trainer }

// Draw reads a sample of a leak. Only the rows' content counts, not their order.
func Draw(ctx context.Context, ix *Index, rows iter.Seq2[matchers.Record, error], opt Options) (*Lesson, error) {
	sample, err := draw(ctx, rows)
	if err == nil {
		err = prepare(sample, ix, opt)
	}
	if err != nil {
		return nil, err
	}
	return &Lesson{trainer{ix: ix, rows: sample, opt: opt}}, nil
}

// Train learns a model from the sample, as the function of that name does.
func (l *Lesson) Train(ctx context.Context) (*Model, error) {
	t := l.t
	return t.model(ctx)
}

// fieldShare is the part of the rows that must say something for a field to be
// one of the leak's.
const fieldShare = 20

// Fields names the fields that the leak has, and the refined model that learning
// begins with: what a model has learnt of one leak holds for another that has the
// same.
func (l *Lesson) Fields() string {
	var count [numTexts]int
	for i := range l.t.rows {
		for k, s := range l.t.rows[i].texts {
			if s != "" {
				count[k]++
			}
		}
	}
	var set uint64
	for k, n := range count {
		if n > 0 && n >= len(l.t.rows)/fieldShare {
			set |= 1 << k
		}
	}
	out := strconv.FormatUint(set, 16)
	if l.t.opt.Base != nil {
		out += "-" + l.t.opt.Base.Version
	}
	return out
}

// settleRows is how many rows of the sample are compared to fit a frozen model:
// enough for shares and thresholds, which are single numbers.
const settleRows = 5_000

// Settle fits a model that was frozen to this leak. How fields agree, of one
// person and of strangers, is what was learnt before; what share of the rows is
// about somebody registered, or about their relatives and namesakes, the years of
// birth, the contacts that many give, and where the thresholds lie are this
// leak's own. A leak of fewer than 200 rows tells of itself only how many of its
// rows are about somebody registered.
func (l *Lesson) Settle(ctx context.Context, frozen *Model) (*Model, error) {
	t := l.t
	p := t.opt.start(t.ix.people())
	t.start = p.clone()
	p.Levels, p.Rows = frozen.p.clone().Levels, len(t.rows)
	if len(t.rows) > 0 && t.ix.people() > 0 {
		describe(&p, t.ix, t.rows)
		p.Common = common(t.rows)
		t.rows = t.rows[:min(len(t.rows), settleRows)] // in the order of their hash: as good as drawn
		t.w = newWeigher(t.ix, &p, t.opt)
		if err := t.fit(ctx, &p); err != nil {
			return nil, err
		}
	}
	p.Registered = t.opt.given(p.Registered)
	return newModel(p, "trained"), nil
}

// fit learns a leak's shares under levels that are given.
func (t *trainer) fit(ctx context.Context, p *parameters) error {
	if err := t.compareAll(ctx); err != nil {
		return err
	}
	if len(t.rows) < leastRows {
		return t.apportion(ctx, p)
	}
	var s sums
	for range rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		s = t.expect(p)
		t.updateShares(p, &s)
	}
	p.Informed = s.informed(p.Registered)
	t.drawCurve(p)
	return nil
}
