package storetest

import (
	"context"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
)

// extractions: half a declaration never counts, the latest replaces the others,
// and whoever is in it waits for no reviewer.
func extractions(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	e := breach.Extraction{Incident: incidentID, Registry: "youth", AsOf: noon, Departed: breach.DepartedTell, Categories: []string{"name", "contact"}, By: "La directrice",
		AttestedAt: noon.Add(time.Hour), Reference: "lettre 12", Words: "tout le registre", RecordedBy: "ana", RecordedAt: noon.Add(2 * time.Hour), Version: 3, Persons: 3, Gone: 1, Unknown: 2}
	declare := func(e breach.Extraction, people ...breach.PersonID) error {
		var err error
		if e.Seq, err = s.BeginExtraction(ctx, e.Incident, e.Registry); err != nil {
			return err
		}
		must(t, s.AddExtracted(ctx, e.Incident, e.Registry, e.Seq, people))
		return s.SaveExtraction(ctx, e)
	}
	candidateOf := func(id breach.CandidateID, person breach.PersonID, row int64, state breach.CandidateState) store.CandidateRow {
		c := aCandidate(int(row), .9)
		c.ID, c.Person, c.State, c.Version = id, person, state, 1
		return c
	}
	must(t, s.SaveCandidates(ctx, []store.CandidateRow{
		candidateOf("cnd_a", "a", 1, breach.CandidateLinked), candidateOf("cnd_b", "b", 2, breach.CandidateOpen),
		candidateOf("cnd_x", "x", 3, breach.CandidateLinked), candidateOf("cnd_o", "o", 4, breach.CandidateOpen),
	}))
	must(t, s.SaveSummary(ctx, incidentID, breach.MatchSummary{Registry: "youth", Rows: 10}))

	wantKind(t, declare(e, "a", "b"), breach.ErrConflict) // three are declared
	if list := got(s.Extractions(ctx, incidentID, true))(t); len(list) != 0 {
		t.Errorf("half a declaration counts: %v", list)
	}
	must(t, declare(e, "a", "b", "c"))
	e.Seq = 1
	wantSame(t, []breach.Extraction{e}, got(s.Extractions(ctx, incidentID, false))(t))
	wantSame(t, breach.Extent{Taken: 3, Seen: 1, Perhaps: 1, NotSeen: 1, Outside: 1, Nobody: 6, Rows: 10}, got(s.Extent(ctx, e))(t))
	wantSame(t, []store.Linked{{Person: "a", Rows: []int64{1}, Probability: .9, Taken: true}, {Person: "b", Taken: true}}, got(s.Affected(ctx, incidentID, "youth", 1, "", 2))(t))
	wantSame(t, []store.Linked{{Person: "c", Taken: true}, {Person: "x", Rows: []int64{3}, Probability: .9}}, got(s.Affected(ctx, incidentID, "youth", 1, "b", 9))(t))

	// b is told anyway: the pair waits for nobody, o's does.
	wantSame(t, map[breach.CandidateState]int64{breach.CandidateLinked: 2, breach.CandidateOpen: 1}, got(s.CountCandidates(ctx, incidentID))(t))
	if queue := got(s.NextOpen(ctx, incidentID, "", 9))(t); len(queue) != 1 || queue[0].ID != "cnd_o" {
		t.Errorf("the queue is %v", queue)
	}
	wantKind(t, s.CloseReview(ctx, incidentID, "rose", noon), breach.ErrConflict)
	must(t, s.DecideCandidate(ctx, "cnd_o", 1, breach.CandidateRejected, "rose", "", noon))

	second := e
	second.Persons, second.Seq = 1, 2
	must(t, declare(second, "x"))
	wantSame(t, []breach.Extraction{second}, got(s.Extractions(ctx, incidentID, false))(t))
	if list := got(s.Extractions(ctx, incidentID, true))(t); len(list) != 2 {
		t.Errorf("%d versions are kept, want two", len(list))
	}
	wantSame(t, breach.Extent{Taken: 1, Seen: 1, Outside: 1, Nobody: 7, Rows: 10}, got(s.Extent(ctx, second))(t))
	other := e
	other.Registry = "nowhere"
	wantKind(t, declare(other, "a", "b", "c"), breach.ErrInvalid)
	must(t, s.SetStage(ctx, incidentID, breach.StagePlan, noon))
	wantKind(t, declare(e, "a", "b", "c"), breach.ErrConflict) // who is told is planned
}
