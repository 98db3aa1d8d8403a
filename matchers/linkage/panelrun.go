package linkage

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"vigie/internal/breach"
	"vigie/matchers"
)

// PanelMatcher answers for all members of a panel. It may be used from many
// goroutines.
type PanelMatcher struct {
	panel    *Panel
	matchers []*Matcher // by member
	opt      Options
	spare    sync.Pool
	seen     *[saysAll + 1]atomic.Uint64 // rows of the run it is part of, by what they say; nil outside of one
}

// Matcher puts a panel and a model for each of its members, in their order, to
// work.
func (p *Panel) Matcher(models []*Model, opt Options) *PanelMatcher {
	m := &PanelMatcher{panel: p, opt: opt, spare: sync.Pool{New: func() any { return newAsking(p, opt) }}}
	for r := range p.members {
		m.matchers = append(m.matchers, NewMatcher(p.members[r].Index, models[r], p.options(r, opt)))
	}
	return m
}

// counting is the matcher for one run.
func (m *PanelMatcher) counting() *PanelMatcher {
	run := &PanelMatcher{panel: m.panel, opt: m.opt, seen: new([saysAll + 1]atomic.Uint64), spare: sync.Pool{New: func() any { return newAsking(m.panel, m.opt) }}}
	for _, one := range m.matchers {
		run.matchers = append(run.matchers, one.counting())
	}
	return run
}

// Answer is what one member of a panel has to say of a row.
type Answer struct {
	Member  int // in the order of NewPanel
	Matches []Match
}

// Match returns the answers of the members that have any, in their order.
func (m *PanelMatcher) Match(rec matchers.Record) ([]Answer, error) {
	s := m.spare.Get().(*asking)
	defer m.spare.Put(s)
	var out []Answer
	one := true
	for r := range people(&rec) {
		found, err := m.match(r, s)
		if err != nil {
			return nil, err
		}
		if !one {
			found = mergeAnswers(out, found)
		}
		out, one = found, false
	}
	return m.large(rec, out)
}

func (m *PanelMatcher) match(rec *matchers.Record, s *asking) ([]Answer, error) {
	p := m.panel
	t := s.memory.canonical(rec)
	var out []Answer
	angles := p.angles(&t)
	for i := range angles {
		a := &angles[i]
		row := newFacts(&a.texts, &visitor{known: &s.known, ask: &s.resident}, true)
		row.read = a.read
		m.note(row.says(), a.of)
		p.find(&row, a.of, s)
		var err error
		if out, err = m.judge(&row, s, out); err != nil {
			return nil, err
		}
	}
	if len(angles) > 1 {
		byMember(out)
	}
	return out, nil
}

// note counts a row for the members that look at it so, all where of is nil. Each
// large member counts for itself.
func (m *PanelMatcher) note(s said, of []bool) {
	if m.seen == nil {
		return
	}
	if of == nil {
		m.seen[s].Add(1)
		return
	}
	for r, yes := range of {
		if yes && !m.panel.large(r) {
			m.matchers[r].mass.rows[s].Add(1)
		}
	}
}

func byMember(out []Answer) {
	slices.SortFunc(out, func(a, b Answer) int { return cmp.Compare(a.Member, b.Member) })
}

// judge adds what the members say of those who were found.
func (m *PanelMatcher) judge(row *facts, s *asking, out []Answer) ([]Answer, error) {
	p := m.panel
	for hits := s.hits; len(hits) > 0; {
		var r int
		r, hits = p.take(hits, s)
		s.resident.member, s.resident.err = r, nil
		one := m.matchers[r]
		row.shares = one.w.contactShares(row, bearersOf(s.bearers, r))
		if err := first(one.w.judge(row, &s.scratch, leastKept), s.resident.err); err != nil {
			return nil, p.named(r, err)
		}
		if ms := one.answer(&s.scratch); len(ms) > 0 {
			out = append(out, Answer{r, ms})
		}
	}
	return out, nil
}

// large asks the members that are not in the tables.
func (m *PanelMatcher) large(rec matchers.Record, out []Answer) ([]Answer, error) {
	before := len(out)
	for r, one := range m.matchers {
		if !m.panel.large(r) {
			continue
		}
		ms, err := one.Match(rec)
		if err != nil {
			return nil, m.panel.named(r, err)
		}
		if len(ms) > 0 {
			out = append(out, Answer{r, ms})
		}
	}
	if len(out) > before {
		byMember(out)
	}
	return out, nil
}

// mergeAnswers joins the answers for two people of one row.
func mergeAnswers(a, b []Answer) []Answer {
	var out []Answer
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Member < b[0].Member:
			out, a = append(out, Answer{a[0].Member, merge(a[0].Matches, nil)}), a[1:]
		case len(a) == 0 || b[0].Member < a[0].Member:
			out, b = append(out, b[0]), b[1:]
		default:
			out = append(out, Answer{a[0].Member, merge(a[0].Matches, b[0].Matches)})
			a, b = a[1:], b[1:]
		}
	}
	return out
}

// batch is how many rows a worker takes at once.
const batch = 256

// Run matches every row with every member and calls emit for each in the order
// of the rows, from the calling goroutine, with the answers of the members that
// have any. It returns a summary for each member. Rows that their reader
// refused are skipped; any other error, of the rows, of emit, or of a member's
// index, ends the run: an answer that lacks a registry would pass for one that
// says nobody of it is concerned.
func (m *PanelMatcher) Run(ctx context.Context, rows iter.Seq2[matchers.Record, error], emit func(row matchers.Record, answers []Answer) error) ([]breach.MatchSummary, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	n := m.opt.workers()
	m = m.counting()
	todo, order := make(chan *work, n), make(chan *work, 2*n)
	for range n {
		go func() {
			for w := range todo {
				m.work(w)
				close(w.done)
			}
		}()
	}
	go feed(ctx, rows, batch, todo, order)
	tallies := make([]*tally, len(m.matchers))
	for r := range tallies {
		tallies[r] = newTally(m.matchers[r])
	}
	all := int64(0)
	for w := range order {
		<-w.done
		if err := takeAnswers(w, tallies, &all, emit); err != nil {
			cancel()
			for range order { // let the reader end
			}
			return m.summaries(tallies, all), err
		}
	}
	return m.summaries(tallies, all), ctx.Err()
}

func (m *PanelMatcher) work(w *work) {
	w.answers = make([][]Answer, 0, len(w.rows))
	for i := range w.rows {
		answers, err := m.Match(w.rows[i])
		if err != nil {
			w.failed = err
			return
		}
		w.answers = append(w.answers, answers)
	}
}

func takeAnswers(w *work, tallies []*tally, all *int64, emit func(matchers.Record, []Answer) error) error {
	for i, answers := range w.answers {
		*all++
		for _, a := range answers {
			tallies[a.Member].add(a.Matches)
		}
		if err := emit(w.rows[i], answers); err != nil {
			return err
		}
	}
	return first(w.failed, w.err)
}

func (m *PanelMatcher) summaries(tallies []*tally, rows int64) []breach.MatchSummary {
	out := make([]breach.MatchSummary, len(tallies))
	for r, t := range tallies {
		t.sum.Rows = rows
		if !m.panel.large(r) {
			for s := range m.seen {
				t.m.mass.rows[s].Add(m.seen[s].Load())
			}
		}
		out[r] = t.summary()
		out[r].Registry = m.panel.members[r].Registry
	}
	return out
}
