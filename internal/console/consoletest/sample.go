package consoletest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"vigie/internal/breach"
	"vigie/matchers"
)

// Drawn is a sample of three pairs, in memory.
type Drawn struct {
	mu       sync.Mutex
	Pairs    []breach.SampledPair
	Verdicts []breach.Verdict
	Busy     bool // the dump is being read
	Gone     bool // the dump is no more
}

func newDrawn() *Drawn {
	d := new(Drawn)
	for i := range 3 {
		d.Pairs = append(d.Pairs, breach.SampledPair{ID: breach.PairID(fmt.Sprintf("smp_%d", i+1)), Incident: "inc_1", Registry: "jeunes", Person: "J0042", Row: int64(40 + i),
			Inclusion: .5, Weight: 31.4159, Probability: .9375, Band: breach.BandReview, Levels: "name=typo given_names=exact birth_date=exact email=different", State: breach.PairOpen})
	}
	return d
}

func (d *Drawn) said(id breach.PairID) (list []breach.Verdict) {
	for _, v := range d.Verdicts {
		if v.Pair == id {
			list = append(list, v)
		}
	}
	return list
}

// NextSampled is the first open pair that somebody has not judged.
func (d *Drawn) NextSampled(_ context.Context, incident breach.IncidentID, by breach.UserID) (breach.SampledPair, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.Pairs {
		if p.Incident == incident && p.State == breach.PairOpen && !slices.ContainsFunc(d.said(p.ID), func(v breach.Verdict) bool { return v.By == by }) {
			return p, nil
		}
	}
	return breach.SampledPair{}, breach.ErrNotFound
}

// SampledPair finds a pair.
func (d *Drawn) SampledPair(_ context.Context, id breach.PairID) (breach.SampledPair, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range d.Pairs {
		if p.ID == id {
			return p, nil
		}
	}
	return breach.SampledPair{}, breach.ErrNotFound
}

// CountSample counts pairs by state.
func (d *Drawn) CountSample(_ context.Context, incident breach.IncidentID) (map[breach.PairState]int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	counts := map[breach.PairState]int64{}
	for _, p := range d.Pairs {
		if p.Incident == incident {
			counts[p.State]++
		}
	}
	return counts, nil
}

// JudgePair keeps a verdict, one a person.
func (d *Drawn) JudgePair(_ context.Context, v breach.Verdict) (breach.PairState, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.Pairs {
		p := &d.Pairs[i]
		if p.ID != v.Pair {
			continue
		}
		if p.State != breach.PairOpen || slices.ContainsFunc(d.said(p.ID), func(x breach.Verdict) bool { return x.By == v.By }) {
			return p.State, breach.ErrConflict
		}
		d.Verdicts = append(d.Verdicts, v)
		p.State = breach.Settle(d.said(p.ID))
		return p.State, nil
	}
	return "", breach.ErrNotFound
}

// SampledRow is the dump's side of a pair.
func (d *Drawn) SampledRow(ctx context.Context, _ breach.PairID) (matchers.Record, error) {
	switch {
	case d.Busy:
		return matchers.Record{}, breach.ErrTemporary
	case d.Gone:
		return matchers.Record{}, breach.ErrNotFound
	}
	return new(World).Row(ctx, "")
}
