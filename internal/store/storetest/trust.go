package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"vigie/internal/breach"
)

// Codes are kept once; questions are counted alike for those that stand for
// something and those that do not.
func marks(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	day := time.Date(2031, 3, 29, 0, 0, 0, 0, time.UTC)
	issued := func(n int, ch breach.Channel, batch string) breach.IssuedMark {
		return breach.IssuedMark{Code: fmt.Sprintf("digest %d", n), Incident: incidentID, Controller: town, Channel: ch, Batch: batch, Day: day}
	}
	list := []breach.IssuedMark{issued(1, breach.ChannelLetter, "b1"), issued(2, breach.ChannelLetter, "b1"), issued(3, breach.ChannelLetter, "b2"), issued(4, breach.ChannelEmail, "b3")}
	for range 2 { // a retry after a crash
		must(t, s.SaveMarks(ctx, list))
	}
	wantSame(t, []breach.SentDay{
		{Controller: town, Channel: breach.ChannelEmail, Day: day, Batches: []string{"b3"}},
		{Controller: town, Channel: breach.ChannelLetter, Day: day, Batches: []string{"b1", "b2"}},
	}, got(s.SentDays(ctx, incidentID))(t))

	for i, tt := range []struct {
		code, client string
		times, from  int64
	}{{"digest 1", "x", 1, 1}, {"digest 1", "x", 2, 1}, {"digest 1", "y", 3, 2}, {"nothing", "x", 1, 1}, {"nothing", "z", 2, 2}} {
		a := got(s.AskMark(ctx, tt.code, tt.client, later(time.Duration(i)*time.Minute)))(t)
		if a.Times != tt.times || a.Clients != tt.from || a.Known != (tt.code == "digest 1") || a.Known && a.Mark != list[0] {
			t.Errorf("question %d: %+v", i, a)
		}
	}
	before := len(got(s.AuditEvents(ctx, "", 100))(t))
	must(t, func() error { _, err := s.AskMark(ctx, "nothing", "x", noon); return err }())
	if after := len(got(s.AuditEvents(ctx, "", 100))(t)); after != before {
		t.Error("strangers write to the audit log")
	}
	wantSame(t, int64(2), got(s.ForgetAsks(ctx, later(2*time.Minute)))(t))
	wantSame(t, int64(1), got(s.AskMark(ctx, "digest 1", "x", noon))(t).Times-1)
}

// Copies to the team's own are durable before hand-over and counted apart.
func canaries(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	m := breach.CanaryMessage{ID: "canary_1", Incident: incidentID, Controller: town, Channel: breach.ChannelEmail, Batch: "b1", At: noon}
	for i := range 2 {
		now, added, err := s.ReserveCanary(ctx, m)
		must(t, err)
		if added != (i == 0) || now.State != breach.MessageReserved {
			t.Fatalf("reserving %d: %+v, added %t", i, now, added)
		}
	}
	must(t, s.SettleCanary(ctx, m.ID, breach.MessageHandedOver, "ref", noon))
	must(t, s.SettleCanary(ctx, m.ID, breach.MessageFailed, "", noon)) // settled already
	wantSame(t, []breach.CanaryTotal{{Controller: town, Channel: breach.ChannelEmail, State: breach.MessageHandedOver, N: 1}}, got(s.CanaryTotals(ctx, incidentID))(t))
	wantSame(t, 0, len(got(s.MessageTotals(ctx, incidentID, ""))(t)))
}

// An override is for the findings that were read, and for no others.
func findings(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	_, err := s.Proofread(ctx, incidentID, town)
	wantKind(t, err, breach.ErrNotFound)
	p := breach.Proofread{Digest: "d1", At: noon, Findings: []breach.Finding{{Text: "adult, letter, fr", Rule: "hedge", Where: "title", Message: "m"}}}
	must(t, s.SaveProofread(ctx, incidentID, town, p))
	wantSame(t, p, got(s.Proofread(ctx, incidentID, town))(t))
	o := breach.LintOverride{Name: "N", Function: "F", Reasons: "R", By: "dpo", At: noon}
	wantKind(t, s.OverrideLint(ctx, incidentID, town, "d0", o), breach.ErrConflict)
	wantKind(t, s.OverrideLint(ctx, incidentID, town, "d1", breach.LintOverride{Name: "N", By: "dpo"}), breach.ErrInvalid)
	must(t, s.OverrideLint(ctx, incidentID, town, "d1", o))
	p.Override = o
	wantSame(t, p, got(s.Proofread(ctx, incidentID, town))(t))
	p.Digest = "d2"
	must(t, s.SaveProofread(ctx, incidentID, town, p))
	if got(s.Proofread(ctx, incidentID, town))(t).Passed() {
		t.Fatal("an override outlives its findings")
	}
}

// Who read over what is kept; other words are another digest.
func readings(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	r := breach.Reading{Text: "ar", Digest: "d1", Name: "N", Function: "F", By: "ana", At: noon}
	must(t, s.SaveReading(ctx, r))
	must(t, s.SaveReading(ctx, r))
	wantKind(t, s.SaveReading(ctx, breach.Reading{Text: "ar", Digest: "d1", By: "ana"}), breach.ErrInvalid)
	wantSame(t, []breach.Reading{r}, got(s.Readings(ctx))(t))
}
