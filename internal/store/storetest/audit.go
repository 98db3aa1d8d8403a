package storetest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"vigie/internal/breach"
	"vigie/internal/store"
)

func audit(t *testing.T, open Open) {
	now := noon
	ctx, s := context.Background(), open(t, store.WithClock(func() time.Time { now = now.Add(time.Second); return now }))
	must(t, s.Audit(ctx, store.Event{Who: "amina", Action: "page.open", Object: "inc_1", Detail: "n=1", OK: true}))
	must(t, s.Audit(ctx, store.Event{Who: "forged\nline", Action: strings.Repeat("x", 1000), Object: "inc_1\x00", Detail: "\xff\u2028", OK: false}))
	must(t, s.SaveCaptures(store.As(ctx, "system:crawl"), []breach.Capture{{ID: "cap_1", Source: "corsaires", At: noon}}))
	events := got(s.AuditEvents(ctx, "", 10))(t)
	wantSame(t, []store.Event{
		{Seq: 3, At: later(3 * time.Second), Who: "system:crawl", Action: "captures.save", Object: "corsaires", Detail: "new=1 given=1", OK: true},
		{Seq: 2, At: later(2 * time.Second), Who: "forged\uFFFDline", Action: strings.Repeat("x", 64), Object: "inc_1", Detail: "\uFFFD\uFFFD"},
		{Seq: 1, At: later(1 * time.Second), Who: "amina", Action: "page.open", Object: "inc_1", Detail: "n=1", OK: true},
	}, events)
	wantSame(t, events[1:], got(s.AuditEvents(ctx, "inc_1", 10))(t))

	checkpoint := got(s.Checkpoint(ctx))(t)
	v, err := note.NewVerifier(s.VerifierKey())
	must(t, err)
	n, err := note.Open(checkpoint, note.VerifierList(v))
	must(t, err)
	if !strings.HasPrefix(n.Text, "vigie/audit\n3\n") {
		t.Fatalf("the checkpoint reads %q", n.Text)
	}
	for range 20 {
		must(t, s.Audit(ctx, store.Event{Who: "amina", Action: "page.open", OK: true}))
	}
	if r := got(s.VerifyAudit(ctx, checkpoint))(t); !r.OK || r.Entries != 23 {
		t.Fatalf("an untouched log: %+v", r)
	}
	if r := got(s.VerifyAudit(ctx, got(s.Checkpoint(ctx))(t)))(t); !r.OK {
		t.Fatalf("an untouched log: %+v", r)
	}
	if r := got(s.VerifyAudit(ctx, []byte(strings.Replace(string(checkpoint), "\n3\n", "\n4\n", 1))))(t); r.OK || r.Faults[0].Kind != store.FaultCheckpoint {
		t.Fatalf("a forged checkpoint: %+v", r)
	}
}

// auditEverything: each method that changes something writes an entry, and one
// that changes nothing writes none.
func auditEverything(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	count := func() int64 { return got(s.VerifyAudit(ctx, nil))(t).Entries }
	m, c := aMessage(1, "p", "r", breach.ChannelEmail), aCandidate(1, 0.5)
	d := breach.Dump{ID: "dmp_1", Incident: incidentID, Digest: "sha256:aa", AcquiredAt: noon}
	user := breach.User{ID: "bruno", Roles: []breach.Role{breach.RoleReviewer}}
	none := func(error) error { return nil }
	for _, x := range []struct {
		name   string
		do     func() error
		repeat int64 // entries that doing it again writes
	}{
		{"SaveCaptures", func() error { return s.SaveCaptures(ctx, []breach.Capture{{ID: "c", Source: "x", At: noon}}) }, 0},
		{"PlaceHold", func() error {
			return none(s.PlaceHold(ctx, breach.Hold{Subject: "x", Reason: "r", By: "amina", At: noon, Until: later(time.Hour)}))
		}, 1},
		{"SavePosts", func() error { _, err := s.SavePosts(ctx, []breach.Post{aPost("p")}); return err }, 0},
		{"RaiseAlert", func() error { _, err := s.RaiseAlert(ctx, anAlert(7)); return err }, 0},
		{"MoveAlert", func() error {
			return none(s.MoveAlert(ctx, "alr_7", breach.AlertMove{To: breach.AlertDismissed, By: "amina", Code: breach.DismissOld, At: noon}))
		}, 1},
		{"SetStage", func() error { return s.SetStage(ctx, incidentID, breach.StageReview, noon) }, 0},
		{"SaveDump", func() error { return s.SaveDump(ctx, d, nil) }, 0},
		{"SaveProfile", func() error { return s.SaveProfile(ctx, "dmp_1", breach.Profile{}, nil) }, 1},
		{"SaveSummary", func() error { return s.SaveSummary(ctx, incidentID, breach.MatchSummary{Registry: "youth"}) }, 1},
		{"SaveCandidates", func() error { return s.SaveCandidates(ctx, []store.CandidateRow{c}) }, 0},
		{"DecideCandidate", func() error {
			return none(s.DecideCandidate(ctx, c.ID, 0, breach.CandidateLinked, "bruno", "", noon))
		}, 1},
		{"UndoDecision", func() error { return none(s.UndoDecision(ctx, c.ID, "bruno", noon)) }, 1},
		{"DecideCandidate again", func() error {
			return none(s.DecideCandidate(ctx, c.ID, 2, breach.CandidateLinked, "bruno", "", noon))
		}, 1},
		{"CloseReview", func() error { return s.CloseReview(ctx, incidentID, "bruno", noon) }, 0},
		{"OpenCase", func() error { return s.OpenCase(ctx, breach.Case{Incident: incidentID, Controller: mission}) }, 0},
		{"SetAware", func() error { return s.SetAware(ctx, incidentID, town, noon, "amina", "r") }, 1},
		{"DecideCase", func() error {
			return s.DecideCase(ctx, incidentID, town, breach.DecisionTell, "r", "", "maire", noon)
		}, 1},
		{"SavePlan", func() error { return s.SavePlan(ctx, incidentID, town, "hash-9", 1, 1) }, 0},
		{"SaveFacts", func() error { return s.SaveFacts(ctx, incidentID, town, 1, []byte("{}")) }, 0},
		{"AddApproval", func() error {
			a := anApproval(1, breach.ApprovalRequest, "amina")
			a.Hash = "hash-9"
			return none(s.AddApproval(ctx, a))
		}, 1},
		{"SetNotified", func() error { return s.SetNotified(ctx, incidentID, town, noon, "amina", "r") }, 1},
		{"AddReminder", func() error { return s.AddReminder(ctx, incidentID, town, 24, noon) }, 0},
		{"PlanMessages", func() error { return s.PlanMessages(ctx, []breach.Message{m}) }, 0},
		{"Reserve", func() error { _, err := s.Reserve(ctx, []breach.MessageID{m.ID}, "smtp", false, noon); return err }, 0},
		{"Settle", func() error {
			return s.Settle(ctx, []store.Settlement{{ID: m.ID, State: breach.MessageDelivered, At: noon}})
		}, 0},
		{"SettleByHand", func() error { return none(s.SettleByHand(ctx, incidentID, "msg_none", "amina", "n", noon)) }, 1},
		{"AddCustody", func() error {
			return s.AddCustody(ctx, breach.Custody{Subject: "dmp_1", Event: "opened", Who: "amina", At: noon})
		}, 1},
		{"AddUser", func() error { return none(s.AddUser(ctx, user)) }, 1},
		{"UseTOTP", func() error { return none(s.UseTOTP(ctx, "bruno", 7)) }, 1},
		{"RecordLogin", func() error { return s.RecordLogin(ctx, "bruno", false, noon) }, 1},
		{"DisableUser", func() error { return s.DisableUser(ctx, "bruno") }, 1},
		{"Purge", func() error { return s.Purge(ctx, incidentID, noon) }, 1},
	} {
		before := count()
		must(t, x.do())
		first := count()
		must(t, x.do())
		if n := first - before; n != 1 {
			t.Errorf("%s wrote %d audit entries, want 1", x.name, n)
		}
		if n := count() - first; n != x.repeat {
			t.Errorf("%s again wrote %d audit entries, want %d", x.name, n, x.repeat)
		}
	}
}

// concurrentAudit: writers of all kinds at once leave one unbroken log.
func concurrentAudit(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 10 {
				id := breach.CaptureID(fmt.Sprintf("cap_%d_%d", i, j))
				if err := s.SaveCaptures(ctx, []breach.Capture{{ID: id, Source: "x", At: noon}}); err != nil {
					t.Error(err)
				}
				if _, err := s.Checkpoint(ctx); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if r := got(s.VerifyAudit(ctx, got(s.Checkpoint(ctx))(t)))(t); !r.OK || r.Entries != 80 {
		t.Fatalf("%+v, want 80 entries and no fault", r)
	}
}

// appendOnly: the tables refuse changes, whoever asks.
func appendOnly(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	must(t, s.AddCustody(ctx, breach.Custody{Subject: "dmp_1", Event: "acquired", Who: "amina", At: noon}))
	db := s.Raw
	for _, table := range []string{"audit", "custody"} {
		for _, statement := range []string{
			`UPDATE ` + table + ` SET who = 'nobody'`,
			`UPDATE ` + table + ` SET who = 'nobody' WHERE seq = 1`,
			`DELETE FROM ` + table + ` WHERE seq = 1`,
			`DELETE FROM ` + table,
		} {
			if _, err := db.ExecContext(ctx, statement); err == nil {
				t.Errorf("%s: it was done", statement)
			}
		}
	}
	if r := got(s.VerifyAudit(ctx, nil))(t); !r.OK || r.Entries != 1 {
		t.Fatalf("%+v", r)
	}
	if c := got(s.Custody(ctx, "dmp_1"))(t); len(c) != 1 || c[0].Who != "amina" {
		t.Fatalf("%+v", c)
	}
}
