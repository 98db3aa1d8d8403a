package linkage

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"vigie/internal/breach"
	"vigie/matchers"
)

// refused tells a row that its reader refused: the others go on.
func refused(err error) bool {
	var r *breach.RefusedError
	return errors.As(err, &r)
}

type work struct {
	rows    []matchers.Record
	matches [][]Match
	answers [][]Answer // of a panel
	err     error      // of the reader, after these rows
	failed  error      // of the index
	done    chan struct{}
}

// Run matches every row and calls emit for each in the order of the rows, from
// the calling goroutine, with no match for a row about nobody. The summary's
// Registry is left to the caller. Rows that their reader refused are skipped;
// any other error, of the rows or of emit, ends the run.
func (m *Matcher) Run(ctx context.Context, rows iter.Seq2[matchers.Record, error], emit func(row matchers.Record, ms []Match) error) (breach.MatchSummary, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m = m.counting()
	todo, order := make(chan *work), make(chan *work, 1)
	go func() {
		ss := make([]*scratch, m.opt.workers())
		for k := range ss {
			ss[k] = newScratch()
		}
		for w := range todo {
			w.failed = m.wave(ctx, w, ss)
			close(w.done)
		}
	}()
	go feed(ctx, rows, m.ix.wave(), todo, order)
	t := newTally(m)
	for w := range order {
		<-w.done
		if err := t.take(w, emit); err != nil {
			cancel()
			for range order { // let the reader end
			}
			return t.summary(), err
		}
	}
	if err := ctx.Err(); err != nil {
		return t.summary(), err
	}
	return t.summary(), nil
}

// wave answers for some rows, of which each worker takes a part.
func (m *Matcher) wave(ctx context.Context, w *work, ss []*scratch) error {
	seekers, ends := make([][]seeker, len(ss)), make([]int, len(w.rows))
	err := alongside(len(ss), func(k int) error {
		s := ss[k]
		s.asks = s.asks[:0]
		from, to := chunk(len(w.rows), k, len(ss))
		for i := from; i < to; i++ {
			seekers[k] = m.seek(&w.rows[i], seekers[k], s)
			ends[i] = len(seekers[k])
		}
		return nil
	})
	if err = first(err, m.w.wave(ss)); err != nil {
		return err
	}
	return alongside(len(ss), func(k int) (err error) {
		at := 0
		for i, to := chunk(len(w.rows), k, len(ss)); i < to && err == nil; i++ {
			w.matches[i], err = m.matches(&w.rows[i], seekers[k][at:ends[i]], ss[k])
			at = ends[i]
			err = first(err, ctx.Err())
		}
		return err
	})
}

// feed cuts the rows into batches of so many, or fewer long ones, each handed to a worker and, in
// order, to the tally. It closes both channels.
func feed(ctx context.Context, rows iter.Seq2[matchers.Record, error], batch int, todo, order chan<- *work) {
	defer close(order)
	defer close(todo)
	var cur []matchers.Record
	size := 0
	send := func(err error) bool {
		w := &work{rows: cur, matches: make([][]Match, len(cur)), err: err, done: make(chan struct{})}
		cur, size = nil, 0
		select {
		case order <- w:
		case <-ctx.Done():
			return false
		}
		todo <- w // the workers always take it
		return true
	}
	for rec, err := range rows {
		if refused(err) {
			continue
		}
		if err != nil {
			send(fmt.Errorf("reading rows: %w", err))
			return
		}
		for _, v := range rec.Values {
			size += len(v)
		}
		if cur = append(cur, rec); (len(cur) == batch || size >= mostBytes) && !send(nil) {
			return
		}
	}
	send(nil)
}

// tally adds up a run. Per person it keeps the best posterior of all rows.
type tally struct {
	m      *Matcher
	sum    breach.MatchSummary
	best   map[string]float64
	linked map[string]bool
	rows   map[string]int64 // linked or in review
}

func newTally(m *Matcher) *tally {
	return &tally{m: m, best: map[string]float64{}, linked: map[string]bool{}, rows: map[string]int64{}, sum: breach.MatchSummary{Model: m.w.p.Version}}
}

func (t *tally) take(w *work, emit func(matchers.Record, []Match) error) error {
	if err := w.failed; err != nil {
		return err
	}
	for i, ms := range w.matches {
		t.sum.Rows++
		t.add(ms)
		if err := emit(w.rows[i], ms); err != nil {
			return err
		}
	}
	return w.err
}

func (t *tally) add(ms []Match) {
	for _, x := range ms {
		if x.Band != breach.BandNonLink {
			t.rows[x.Person]++
			t.sum.Crowd = max(t.sum.Crowd, t.rows[x.Person])
		}
		t.best[x.Person] = max(t.best[x.Person], x.Probability)
		switch x.Band {
		case breach.BandLink:
			t.sum.Candidates++
			t.sum.Links++
			t.linked[x.Person] = true
		case breach.BandReview:
			t.sum.Candidates++
			t.sum.Reviews++
		}
	}
}

// summary counts. People whose rows share no field with them by which anybody is
// found are not in the interval.
func (t *tally) summary() breach.MatchSummary {
	s := t.sum
	s.Persons, s.Hit = int64(len(t.linked)), int64(len(t.rows))
	s.Low, s.High = t.interval()
	return s
}
