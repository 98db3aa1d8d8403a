package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
)

func aPair(n int) breach.SampledPair {
	return breach.SampledPair{
		ID: breach.PairID(fmt.Sprintf("smp_%d", n)), Incident: incidentID, Registry: "youth", Person: breach.PersonID(fmt.Sprintf("p%03d", n)), Table: "people",
		Row: int64(n), Stratum: n % 3, Place: n / 3, Rank: 1<<63 + uint64(n), Inclusion: 0.25, Of: 40, Weight: 12.5, Probability: 0.5,
		Band: breach.BandReview, Levels: "name=exact birth_date=typo", Model: "trained-1", State: breach.PairOpen,
	}
}

// sample: two people who agree settle a pair, a third decides; who decided in the
// review may not judge; what was settled forgets its row.
func sample(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	must(t, s.SaveCandidates(ctx, []store.CandidateRow{aCandidate(1, 0.9)}))
	must(t, s.DecideCandidate(ctx, "cnd_001", 0, breach.CandidateLinked, "rose", "", noon))
	must(t, s.SaveSample(ctx, incidentID, []breach.SampledPair{aPair(1), aPair(2), aPair(3)}))
	must(t, s.SaveSample(ctx, incidentID, []breach.SampledPair{aPair(1), aPair(2), aPair(3), aPair(4)}))
	bad := aPair(9)
	bad.Inclusion = 0
	wantKind(t, s.SaveSample(ctx, incidentID, []breach.SampledPair{bad}), breach.ErrInvalid)

	judge := func(by breach.UserID, n int, says breach.PairState) (breach.PairState, error) {
		return s.JudgePair(ctx, breach.Verdict{Pair: aPair(n).ID, By: by, Says: says, At: later(time.Duration(n) * time.Second)})
	}
	next := func(by breach.UserID) breach.PairID { return got(s.NextSampled(ctx, incidentID, by))(t).ID }
	wantSame(t, breach.PairID("smp_2"), next("rose")) // she decided pair 1 in the review
	wantSame(t, breach.PairID("smp_1"), next("ana"))
	_, err := judge("rose", 1, breach.PairSame)
	wantKind(t, err, breach.ErrForbidden)
	wantSame(t, breach.PairOpen, got(judge("ana", 1, breach.PairSame))(t))
	_, err = judge("ana", 1, breach.PairOther)
	wantKind(t, err, breach.ErrConflict)
	wantSame(t, breach.PairID("smp_2"), next("ana"))
	wantSame(t, breach.PairSame, got(judge("paul", 1, breach.PairSame))(t))
	_, err = judge("lys", 1, breach.PairSame)
	wantKind(t, err, breach.ErrConflict)
	_, err = judge("ana", 2, "maybe")
	wantKind(t, err, breach.ErrInvalid)
	_, err = judge("ana", 99, breach.PairSame)
	wantKind(t, err, breach.ErrNotFound)

	wantSame(t, breach.PairOpen, got(judge("ana", 2, breach.PairSame))(t))
	wantSame(t, breach.PairOpen, got(judge("rose", 2, breach.PairOther))(t))
	wantSame(t, breach.PairOther, got(judge("paul", 2, breach.PairOther))(t))
	wantSame(t, 2, len(got(s.OpenPairs(ctx, incidentID))(t)))

	all := got(s.Sample(ctx, "youth"))(t)
	wantSame(t, 4, len(all))
	same, other := aPair(1), aPair(2)
	same.State, same.Table, same.Row = breach.PairSame, "", 0
	other.State, other.Table, other.Row, other.Person = breach.PairOther, "", 0, ""
	wantSame(t, same, all[0].SampledPair)
	wantSame(t, other, all[1].SampledPair)
	wantSame(t, []breach.Verdict{{Pair: "smp_2", By: "ana", Says: breach.PairSame, At: later(2 * time.Second)}, {Pair: "smp_2", By: "paul", Says: breach.PairOther, At: later(2 * time.Second)},
		{Pair: "smp_2", By: "rose", Says: breach.PairOther, At: later(2 * time.Second)}}, all[1].Verdicts)
	for _, e := range got(s.AuditEvents(ctx, "", 1000))(t) {
		if e.Action == "sample.judge" && (strings.Contains(e.Detail, "same") || strings.Contains(e.Detail, "other")) {
			t.Errorf("the audit log tells the next reviewer what was said: %s", e.Detail)
		}
	}

	must(t, s.Purge(ctx, incidentID, later(time.Hour)))
	for _, p := range got(s.Sample(ctx, "youth"))(t) {
		if p.Person != "" || p.Row != 0 || p.Table != "" || p.State == breach.PairOpen {
			t.Errorf("after a purge pair %s points to a row or a person", p.ID)
		}
	}
	wantSame(t, map[breach.PairState]int64{breach.PairSame: 1, breach.PairOther: 1, breach.PairLost: 2}, got(s.CountSample(ctx, incidentID))(t))
	_, err = s.NextSampled(ctx, incidentID, "ana")
	wantKind(t, err, breach.ErrNotFound)
}

// linkageModels: versions stand side by side, one is in force, and one command
// goes back.
func linkageModels(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	_, err := s.LinkageModel(ctx, "youth", "")
	wantKind(t, err, breach.ErrNotFound)
	must(t, s.KeepModel(ctx, breach.LinkageModel{Registry: "youth", Version: "trained-1", Body: "{}", MadeBy: "system", MadeAt: noon}))
	must(t, s.KeepModel(ctx, breach.LinkageModel{Registry: "youth", Version: "trained-1", Body: "{}", MadeBy: "system", MadeAt: noon}))
	a := breach.LinkageModel{Registry: "youth", Version: "refined-a", Body: `{"a":1}`, Report: `{"pairs":120}`, MadeBy: "root", MadeAt: noon, Reason: "first"}
	b := breach.LinkageModel{Registry: "youth", Version: "refined-b", Base: "refined-a", Body: `{"b":1}`, Report: `{"pairs":240}`, MadeBy: "root", MadeAt: later(time.Hour)}
	must(t, s.PutModel(ctx, a))
	late := b
	late.Base = ""
	wantKind(t, s.PutModel(ctx, late), breach.ErrConflict)
	must(t, s.PutModel(ctx, b))
	a.InForce, b.InForce = false, true
	wantSame(t, []breach.LinkageModel{a, b}, got(s.RefinedModels(ctx, "youth"))(t))
	wantSame(t, b, got(s.LinkageModel(ctx, "youth", ""))(t))
	wantSame(t, "trained-1", got(s.LinkageModel(ctx, "youth", "trained-1"))(t).Version)

	wantKind(t, s.ReturnToModel(ctx, "youth", "refined-a", "root", "", noon), breach.ErrInvalid)
	wantKind(t, s.ReturnToModel(ctx, "youth", "refined-x", "root", "why", noon), breach.ErrNotFound)
	wantSame(t, "refined-b", got(s.LinkageModel(ctx, "youth", ""))(t).Version) // the refusal changed nothing
	must(t, s.ReturnToModel(ctx, "youth", "refined-a", "root", "links were lost", noon))
	wantSame(t, "refined-a", got(s.LinkageModel(ctx, "youth", ""))(t).Version)
	must(t, s.ReturnToModel(ctx, "youth", "", "root", "begin anew", noon))
	_, err = s.LinkageModel(ctx, "youth", "")
	wantKind(t, err, breach.ErrNotFound)
	if err := s.ReturnToModel(ctx, "youth", "", "root", "again", noon); !errors.Is(err, breach.ErrConflict) {
		t.Error("going back to what is in force is no conflict")
	}
}
