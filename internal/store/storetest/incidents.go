package storetest

import (
	"context"
	"testing"
	"time"

	"vigie/internal/breach"
)

func stages(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	inc := incident(t, s)
	for _, step := range []struct{ set, want breach.Stage }{
		{breach.StageRead, breach.StageRead},
		{breach.StageAcquire, breach.StageRead}, // backward: nothing
		{breach.StageRead, breach.StageRead},
		{breach.StageSend, breach.StageSend},
		{breach.StageReview, breach.StageSend},
	} {
		must(t, s.SetStage(ctx, inc.ID, step.set, later(time.Minute)))
		if now := got(s.Incident(ctx, inc.ID))(t); now.Stage != step.want || !now.ClosedAt.IsZero() {
			t.Fatalf("after %s: stage %s closed %v, want %s and open", step.set, now.Stage, now.ClosedAt, step.want)
		}
	}
	must(t, s.SetStage(ctx, inc.ID, breach.StageDone, later(time.Hour)))
	must(t, s.SetStage(ctx, inc.ID, breach.StageDone, later(2*time.Hour)))
	if now := got(s.Incident(ctx, inc.ID))(t); !now.ClosedAt.Equal(later(time.Hour)) {
		t.Fatalf("closed at %v, want %v", now.ClosedAt, later(time.Hour))
	}
	wantKind(t, s.SetStage(ctx, inc.ID, "nowhere", noon), breach.ErrInvalid)
	wantKind(t, s.SetStage(ctx, "inc_none", breach.StageRead, noon), breach.ErrNotFound)
}

func dumps(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	inc := incident(t, s)
	d := breach.Dump{ID: "dmp_1", Incident: inc.ID, Origin: "https://files.example.org/extract.csv", Digest: "sha256:aa", Bytes: 1 << 40, AcquiredAt: noon}
	must(t, s.SaveDump(ctx, d, nil))
	must(t, s.SaveDump(ctx, d, []byte("ignored")))
	other := d
	other.Digest = "sha256:bb"
	wantKind(t, s.SaveDump(ctx, other, nil), breach.ErrConflict)
	if now := got(s.Incident(ctx, inc.ID))(t); now.Dump != d.ID {
		t.Fatalf("the incident's dump is %q", now.Dump)
	}
	d.Profile = breach.Profile{Format: "csv", Encoding: "windows-1252", Rows: 3, Refused: 1, Complete: true,
		Columns: []breach.Column{{Name: "NOM", Meaning: "birth_name", Confidence: 0.1 + 0.2, Filled: 3}},
		Present: []breach.Category{{Code: "contact", Count: 2}},
		Absent:  []breach.Absence{{Code: "nir", LookedFor: "key 97", Rows: 3, Recall: 0.999}}}
	must(t, s.SaveProfile(ctx, d.ID, d.Profile, []byte(`{"comma":";"}`)))
	now, layout, err := s.Dump(ctx, d.ID)
	must(t, err)
	wantSame(t, d, now)
	wantSame(t, `{"comma":";"}`, string(layout))
	wantKind(t, s.SaveProfile(ctx, "dmp_none", d.Profile, nil), breach.ErrNotFound)
	_, _, err = s.Dump(ctx, "dmp_none")
	wantKind(t, err, breach.ErrNotFound)
	other.ID, other.Incident = "dmp_2", "inc_none"
	wantKind(t, s.SaveDump(ctx, other, nil), breach.ErrConflict) // of no incident
}

func summaries(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	inc := incident(t, s)
	m := breach.MatchSummary{Registry: "youth", Rows: 10, Candidates: 9, Links: 4, Reviews: 2, Persons: 4, Hit: 5, Crowd: 3, Low: 3, High: 6, Model: "em-1"}
	must(t, s.SaveSummary(ctx, inc.ID, m))
	m.Links = 5
	must(t, s.SaveSummary(ctx, inc.ID, m))
	civil := breach.MatchSummary{Registry: "civil"}
	must(t, s.SaveSummary(ctx, inc.ID, civil))
	wantSame(t, []breach.MatchSummary{civil, m}, got(s.Summaries(ctx, inc.ID))(t))
}
