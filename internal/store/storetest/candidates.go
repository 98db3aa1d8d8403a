package storetest

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
)

func aCandidate(n int, probability float64) store.CandidateRow {
	id := breach.CandidateID(fmt.Sprintf("cnd_%03d", n))
	return store.CandidateRow{Sealed: []byte("sealed " + id), Candidate: breach.Candidate{
		ID: id, Incident: incidentID, Registry: "youth", Row: int64(n), Person: breach.PersonID(fmt.Sprintf("p%03d", n)),
		Weight: 12.5, Probability: probability, Band: breach.BandReview, State: breach.CandidateOpen,
		Why: []breach.Evidence{{Field: "birth_name", Level: "close", Weight: 3.25}},
	}}
}

func candidates(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	a, b, c := aCandidate(1, 0.9), aCandidate(2, 0.5), aCandidate(3, 0.7)
	b.State, b.Band, b.Why = breach.CandidateLinked, breach.BandLink, nil
	c.Registry = "civil"
	must(t, s.SaveCandidates(ctx, []store.CandidateRow{a, b, c}))
	wantSame(t, a, got(s.Candidate(ctx, a.ID))(t))
	for _, x := range []struct {
		name   string
		filter store.CandidateFilter
		want   []breach.Candidate
	}{
		{"all", store.CandidateFilter{}, []breach.Candidate{a.Candidate, b.Candidate, c.Candidate}},
		{"open", store.CandidateFilter{State: breach.CandidateOpen}, []breach.Candidate{a.Candidate, c.Candidate}},
		{"registry", store.CandidateFilter{Registry: "civil"}, []breach.Candidate{c.Candidate}},
		{"page", store.CandidateFilter{After: a.ID, Limit: 1}, []breach.Candidate{b.Candidate}},
	} {
		t.Run(x.name, func(t *testing.T) { wantSame(t, x.want, got(s.Candidates(ctx, incidentID, x.filter))(t)) })
	}
	wantSame(t, map[breach.CandidateState]int64{breach.CandidateOpen: 2, breach.CandidateLinked: 1}, got(s.CountCandidates(ctx, incidentID))(t))
	_, err := s.Candidate(ctx, "cnd_none")
	wantKind(t, err, breach.ErrNotFound)

	for name, spoil := range map[string]func(*store.CandidateRow){
		"weight is no number":  func(c *store.CandidateRow) { c.Weight = math.NaN() },
		"probability above 1":  func(c *store.CandidateRow) { c.Probability = 1.1 },
		"probability infinite": func(c *store.CandidateRow) { c.Probability = math.Inf(-1) },
		"another incident":     func(c *store.CandidateRow) { c.Incident = "inc_other" },
	} {
		t.Run(name, func(t *testing.T) {
			good, bad := aCandidate(8, 0.5), aCandidate(9, 0.5)
			spoil(&bad)
			wantKind(t, s.SaveCandidates(ctx, []store.CandidateRow{good, bad}), breach.ErrInvalid)
			if n := len(got(s.Candidates(ctx, incidentID, store.CandidateFilter{}))(t)); n != 3 {
				t.Fatalf("%d candidates after a refused batch, want 3", n)
			}
		})
	}
}

// floats come back bit by bit: thresholds and orders depend on them.
func floats(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	r := rand.New(rand.NewPCG(1, 2))
	var list []store.CandidateRow
	for i := range 2000 {
		c := aCandidate(i, r.Float64())
		c.Weight = (r.Float64() - 0.5) * math.Pow(10, float64(r.IntN(12)-6))
		list = append(list, c)
	}
	list[0].Probability, list[1].Probability, list[2].Probability = 0, 1, math.Nextafter(1, 0)
	list[3].Probability, list[4].Weight = 5e-324, -math.MaxFloat64
	must(t, s.SaveCandidates(ctx, list))
	for _, c := range got(s.Candidates(ctx, incidentID, store.CandidateFilter{}))(t) {
		want := list[c.Row]
		if c.Weight != want.Weight || c.Probability != want.Probability {
			t.Fatalf("weight %v probability %v came back as %v and %v", want.Weight, want.Probability, c.Weight, c.Probability)
		}
	}
}

func queue(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	probabilities := map[int]float64{1: 0.95, 2: 0.5, 3: 0.45, 4: 0.55, 5: 0.1, 6: 0.5, 7: 0.51}
	var list []store.CandidateRow
	for n, p := range probabilities {
		list = append(list, aCandidate(n, p))
	}
	list[0].Why = nil
	closed := aCandidate(8, 0.5)
	closed.State = breach.CandidateRejected
	must(t, s.SaveCandidates(ctx, append(list, closed)))

	want := []breach.CandidateID{"cnd_002", "cnd_006", "cnd_007", "cnd_003", "cnd_004", "cnd_005", "cnd_001"}
	ids := func(after breach.CandidateID, n int) (out []breach.CandidateID) {
		for _, c := range got(s.NextOpen(ctx, incidentID, after, n))(t) {
			out = append(out, c.ID)
		}
		return out
	}
	wantSame(t, want, ids("", 10))
	wantSame(t, want[:2], ids("", 2))
	wantSame(t, want[2:4], ids("cnd_006", 2))
	must(t, s.DecideCandidate(ctx, "cnd_006", 0, breach.CandidateLinked, "bruno", "", noon))
	wantSame(t, want[2:4], ids("cnd_006", 2)) // the one seen last has left the queue
	wantSame(t, []breach.CandidateID{"cnd_002", "cnd_007"}, ids("", 2))
	_, err := s.NextOpen(ctx, incidentID, "cnd_none", 1)
	wantKind(t, err, breach.ErrNotFound)
}

func decisions(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	must(t, s.SaveCandidates(ctx, []store.CandidateRow{aCandidate(1, 0.5), aCandidate(2, 0.5), aCandidate(3, 0.5)}))
	must(t, s.DecideCandidate(ctx, "cnd_001", 0, breach.CandidateLinked, "bruno", "same birth date", noon))
	must(t, s.DecideCandidate(ctx, "cnd_002", 0, breach.CandidateRejected, "bruno", "twin", later(time.Second)))
	must(t, s.DecideCandidate(ctx, "cnd_003", 0, breach.CandidateRejected, "chloe", "", noon))
	one, two := got(s.Candidate(ctx, "cnd_001"))(t).Candidate, got(s.Candidate(ctx, "cnd_002"))(t).Candidate
	if one.State != breach.CandidateLinked || one.Version != 1 || one.DecidedBy != "bruno" || !one.DecidedAt.Equal(noon) || one.Reason != "same birth date" {
		t.Fatalf("decided: %+v", one)
	}
	wantSame(t, []breach.Candidate{two, one}, got(s.Decisions(ctx, incidentID, "bruno", 10))(t))

	wantKind(t, s.DecideCandidate(ctx, "cnd_001", 0, breach.CandidateRejected, "chloe", "", noon), breach.ErrConflict)
	wantKind(t, s.DecideCandidate(ctx, "cnd_001", 1, breach.CandidateOpen, "chloe", "", noon), breach.ErrInvalid)
	wantKind(t, s.DecideCandidate(ctx, "cnd_none", 0, breach.CandidateLinked, "chloe", "", noon), breach.ErrNotFound)
	wantKind(t, s.UndoDecision(ctx, "cnd_001", "chloe", noon), breach.ErrForbidden)

	must(t, s.UndoDecision(ctx, "cnd_001", "bruno", later(time.Minute)))
	want := aCandidate(1, 0.5).Candidate
	want.Version = 2
	wantSame(t, want, got(s.Candidate(ctx, "cnd_001"))(t).Candidate)
	wantKind(t, s.UndoDecision(ctx, "cnd_001", "bruno", noon), breach.ErrConflict)
	wantSame(t, []breach.Candidate{two}, got(s.Decisions(ctx, incidentID, "bruno", 10))(t))
}

// rerun: the same dump is matched again after people have decided.
func rerun(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	must(t, s.SaveCandidates(ctx, []store.CandidateRow{aCandidate(1, 0.5), aCandidate(2, 0.5)}))
	must(t, s.DecideCandidate(ctx, "cnd_001", 0, breach.CandidateRejected, "bruno", "twin", noon))
	before := got(s.Candidate(ctx, "cnd_001"))(t)

	renamed := aCandidate(2, 0.6) // the same row and person under another ID
	renamed.ID = "cnd_new"
	must(t, s.SaveCandidates(ctx, []store.CandidateRow{aCandidate(1, 0.99), renamed, aCandidate(3, 0.5)}))
	wantSame(t, before, got(s.Candidate(ctx, "cnd_001"))(t))
	wantSame(t, aCandidate(2, 0.5), got(s.Candidate(ctx, "cnd_002"))(t))
	_, err := s.Candidate(ctx, "cnd_new")
	wantKind(t, err, breach.ErrNotFound)
	wantSame(t, aCandidate(3, 0.5), got(s.Candidate(ctx, "cnd_003"))(t))
}

func reviewCloses(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	must(t, s.SaveCandidates(ctx, []store.CandidateRow{aCandidate(1, 0.5)}))
	wantKind(t, s.CloseReview(ctx, incidentID, "bruno", noon), breach.ErrConflict)
	if got(s.ReviewClosed(ctx, incidentID))(t) {
		t.Fatal("closed with an open candidate")
	}
	must(t, s.DecideCandidate(ctx, "cnd_001", 0, breach.CandidateLinked, "bruno", "", noon))
	must(t, s.CloseReview(ctx, incidentID, "bruno", noon))
	must(t, s.CloseReview(ctx, incidentID, "chloe", noon))
	if !got(s.ReviewClosed(ctx, incidentID))(t) {
		t.Fatal("not closed")
	}
	wantKind(t, s.DecideCandidate(ctx, "cnd_001", 1, breach.CandidateRejected, "bruno", "", noon), breach.ErrConflict)
	wantKind(t, s.UndoDecision(ctx, "cnd_001", "bruno", noon), breach.ErrConflict)
	wantKind(t, s.SaveCandidates(ctx, []store.CandidateRow{aCandidate(1, 0.5), aCandidate(2, 0.5)}), breach.ErrConflict)
	must(t, s.SaveCandidates(ctx, []store.CandidateRow{aCandidate(1, 0.5)})) // a repeated activity
	_, err := s.ReviewClosed(ctx, "inc_none")
	wantKind(t, err, breach.ErrNotFound)
}

// twoReviewers decide the same candidates at the same time: of each one wins.
func twoReviewers(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	const n = 10
	var list []store.CandidateRow
	for i := range n {
		list = append(list, aCandidate(i, 0.5))
	}
	must(t, s.SaveCandidates(ctx, list))
	var won atomic.Int64
	var wg sync.WaitGroup
	for _, by := range []breach.UserID{"bruno", "chloe", "dalila"} {
		wg.Go(func() {
			for _, c := range list {
				if err := s.DecideCandidate(ctx, c.ID, 0, breach.CandidateLinked, by, "", noon); err != nil {
					wantConflict(t, err)
					continue
				}
				won.Add(1)
			}
		})
	}
	wg.Wait()
	if won.Load() != n {
		t.Fatalf("%d decisions won on %d candidates", won.Load(), n)
	}
}

func linked(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	var list []store.CandidateRow
	add := func(row int, person breach.PersonID, registry breach.RegistryID, state breach.CandidateState, p float64) {
		c := aCandidate(row, p)
		c.Person, c.Registry, c.State = person, registry, state
		c.ID = breach.CandidateID(fmt.Sprintf("cnd_%d_%s_%s", row, person, registry))
		list = append(list, c)
	}
	add(9, "b", "youth", breach.CandidateLinked, 0.99)
	add(4, "b", "youth", breach.CandidateLinked, 0.999)
	add(5, "b", "youth", breach.CandidateRejected, 0.9999)
	add(6, "a", "youth", breach.CandidateLinked, 0.98)
	add(7, "c", "youth", breach.CandidateOpen, 0.5)
	add(8, "Z", "youth", breach.CandidateLinked, 0.97)
	add(8, "a", "civil", breach.CandidateLinked, 0.97)
	must(t, s.SaveCandidates(ctx, list))
	want := []store.Linked{
		{Person: "Z", Rows: []int64{8}, Probability: 0.97}, // by bytes, in both engines
		{Person: "a", Rows: []int64{6}, Probability: 0.98},
		{Person: "b", Rows: []int64{4, 9}, Probability: 0.999},
	}
	wantSame(t, want, got(s.Linked(ctx, incidentID, "youth", "", 10))(t))
	wantSame(t, want[:2], got(s.Linked(ctx, incidentID, "youth", "", 2))(t))
	wantSame(t, want[2:], got(s.Linked(ctx, incidentID, "youth", "a", 2))(t))
}

func purge(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	var list []store.CandidateRow
	for i := range 50 {
		list = append(list, aCandidate(i, 0.5))
	}
	must(t, s.SaveCandidates(ctx, list))
	before := got(s.Candidates(ctx, incidentID, store.CandidateFilter{}))(t)
	must(t, s.Purge(ctx, incidentID, noon))
	must(t, s.Purge(ctx, incidentID, noon))
	wantSame(t, before, got(s.Candidates(ctx, incidentID, store.CandidateFilter{}))(t))
	if c := got(s.Candidate(ctx, "cnd_007"))(t); len(c.Sealed) != 0 {
		t.Fatal("a sealed row is still there")
	}
	events := got(s.AuditEvents(ctx, string(incidentID), 10))(t)
	if !slices.ContainsFunc(events, func(e store.Event) bool { return e.Action == "incident.purge" && e.Detail == "rows=50" }) {
		t.Fatalf("no audit entry of the purge in %v", events)
	}
	wantKind(t, s.Purge(ctx, "inc_none", noon), breach.ErrNotFound)
}
