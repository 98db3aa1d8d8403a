package storetest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
)

// wantConflict is wantKind for goroutines.
func wantConflict(t testing.TB, err error) {
	t.Helper()
	if !errors.Is(err, breach.ErrConflict) {
		t.Errorf("got error %v, want a conflict", err)
	}
}

// planned opens an incident with one case of the town, decided and planned.
func planned(t testing.TB, s *DB) {
	t.Helper()
	ctx := context.Background()
	incident(t, s)
	must(t, s.OpenCase(ctx, breach.Case{Incident: incidentID, Controller: town}))
	must(t, s.DecideCase(ctx, incidentID, town, breach.DecisionTell, "high risk", "", "maire", noon))
	must(t, s.SavePlan(ctx, incidentID, town, "hash-1", 3, 5))
}

func cases(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	incident(t, s)
	c := breach.Case{Incident: incidentID, Controller: town}
	must(t, s.OpenCase(ctx, c))
	must(t, s.OpenCase(ctx, breach.Case{Incident: incidentID, Controller: mission}))
	must(t, s.SetAware(ctx, incidentID, town, noon, "amina", "call received"))
	must(t, s.OpenCase(ctx, c)) // again: stays as it is
	must(t, s.DecideCase(ctx, incidentID, town, breach.DecisionRefuse, "encrypted", "34(3)(a)", "maire", noon))
	must(t, s.DecideCase(ctx, incidentID, town, breach.DecisionTell, "it was not", "", "maire", later(time.Hour)))
	must(t, s.SavePlan(ctx, incidentID, town, "hash-1", 3, 5))
	wantKind(t, s.LiftCeiling(ctx, incidentID, town, 3, "bruno", ""), breach.ErrInvalid)
	wantKind(t, s.LiftCeiling(ctx, incidentID, town, 0, "bruno", "checked"), breach.ErrInvalid)
	wantKind(t, s.LiftCeiling(ctx, incidentID, "nobody", 3, "bruno", "checked"), breach.ErrNotFound)
	must(t, s.LiftCeiling(ctx, incidentID, town, 3, "bruno", "checked with the owner"))
	want := breach.Case{Incident: incidentID, Controller: town, AwareAt: noon, AwareBy: "amina", AwareReason: "call received",
		Decision: breach.DecisionTell, Reason: "it was not", DecidedBy: "maire", DecidedAt: later(time.Hour), PlanHash: "hash-1", Persons: 3, Recipients: 5,
		Ceiling: 3, CeilingBy: "bruno", CeilingReason: "checked with the owner"}
	wantSame(t, want, got(s.Case(ctx, incidentID, town))(t))
	wantSame(t, []breach.Case{want, {Incident: incidentID, Controller: mission}}, func() []breach.Case {
		list := got(s.Cases(ctx, incidentID))(t)
		if len(list) == 2 && list[0].Controller == town {
			return list
		}
		return []breach.Case{list[1], list[0]}
	}())

	wantKind(t, s.DecideCase(ctx, incidentID, town, breach.DecisionRefuse, "", "34(3)(a)", "maire", noon), breach.ErrInvalid)
	wantKind(t, s.DecideCase(ctx, incidentID, town, breach.DecisionNone, "r", "", "maire", noon), breach.ErrInvalid)
	wantKind(t, s.DecideCase(ctx, incidentID, "nobody", breach.DecisionTell, "r", "", "maire", noon), breach.ErrNotFound)
	wantKind(t, s.SetAware(ctx, incidentID, town, noon, "amina", ""), breach.ErrInvalid)
	wantKind(t, s.SetAware(ctx, incidentID, "nobody", noon, "amina", "r"), breach.ErrNotFound)
	wantKind(t, s.SavePlan(ctx, incidentID, "nobody", "h", 1, 1), breach.ErrNotFound)

	if at := got(s.Notified(ctx, incidentID, town))(t); !at.IsZero() {
		t.Fatalf("notified at %v", at)
	}
	must(t, s.SetNotified(ctx, incidentID, town, later(time.Hour), "amina", "ref-1"))
	if at := got(s.Notified(ctx, incidentID, town))(t); !at.Equal(later(time.Hour)) {
		t.Fatalf("notified at %v", at)
	}
	wantKind(t, s.SetNotified(ctx, incidentID, "nobody", noon, "amina", ""), breach.ErrNotFound)

	// The decision stands once a message may have left.
	must(t, s.PlanMessages(ctx, []breach.Message{aMessage(1, "p1", "p1", breach.ChannelEmail)}))
	must(t, s.DecideCase(ctx, incidentID, town, breach.DecisionTell, "still", "", "maire", noon))
	got(s.Reserve(ctx, []breach.MessageID{"msg_001"}, "smtp", false, noon))(t)
	wantKind(t, s.DecideCase(ctx, incidentID, town, breach.DecisionRefuse, "too late", "", "maire", noon), breach.ErrConflict)
}

func facts(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	_, _, err := s.Facts(ctx, incidentID, town)
	wantKind(t, err, breach.ErrNotFound)
	must(t, s.SaveFacts(ctx, incidentID, town, 1, []byte(`{"v":1}`)))
	must(t, s.SaveFacts(ctx, incidentID, town, 1, []byte(`{"v":1}`)))
	wantKind(t, s.SaveFacts(ctx, incidentID, town, 1, []byte(`{"v":"other"}`)), breach.ErrConflict)
	must(t, s.SaveFacts(ctx, incidentID, town, 2, []byte(`{"v":2}`)))
	must(t, s.SaveFacts(ctx, incidentID, town, 1, []byte(`{"v":1}`)))
	wantKind(t, s.SaveFacts(ctx, incidentID, town, 0, []byte(`{}`)), breach.ErrConflict)
	version, raw, err := s.Facts(ctx, incidentID, town)
	must(t, err)
	if version != 2 || string(raw) != `{"v":2}` {
		t.Fatalf("version %d: %s", version, raw)
	}
	must(t, s.SaveFacts(ctx, incidentID, "", 1, []byte(`{"of":"all"}`))) // of the incident as a whole
	_, raw, err = s.Facts(ctx, incidentID, "")
	must(t, err)
	wantSame(t, `{"of":"all"}`, string(raw))
	wantKind(t, s.SaveFacts(ctx, "inc_none", "", 1, nil), breach.ErrConflict)

	// A person's version follows the latest and voids the plan.
	amend := store.Version{Number: 3, Facts: []byte(`{"v":3}`), By: "amina", At: noon, Why: "the operator wrote again", Tell: "news"}
	wantKind(t, s.AmendFacts(ctx, incidentID, town, store.Version{Number: 3, By: "amina", At: noon}), breach.ErrInvalid)
	must(t, s.AmendFacts(ctx, incidentID, town, amend))
	wantKind(t, s.AmendFacts(ctx, incidentID, town, amend), breach.ErrConflict) // of two who edit at once, one
	versions := got(s.FactsVersions(ctx, incidentID, town))(t)
	if len(versions) != 3 || versions[0].By != "" {
		t.Fatalf("versions %+v", versions)
	}
	wantSame(t, amend, versions[2])
	if k := got(s.Case(ctx, incidentID, town))(t); k.PlanHash != "" {
		t.Errorf("the plan %s outlives the facts it rested on", k.PlanHash)
	}
	must(t, s.Replan(ctx, breach.Case{Incident: incidentID, Controller: town, PlanHash: "hash-3", Persons: 3, Recipients: 1, Notice: 3, FirstRow: 9, Texts: map[string]int64{"FR": 12, "RE": 3, "": 1}}))
	wantKind(t, s.Replan(ctx, breach.Case{Incident: incidentID, Controller: town, PlanHash: "hash-2", Notice: 2}), breach.ErrConflict)
	if k := got(s.Case(ctx, incidentID, town))(t); k.Notice != 3 || k.FirstRow != 9 || k.PlanHash != "hash-3" || !maps.Equal(k.Texts, map[string]int64{"FR": 12, "RE": 3, "": 1}) {
		t.Errorf("the case is %+v", k)
	}
}

func mandates(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	m := breach.Mandate{Reference: "CONV-1", By: "la directrice", At: noon, Scope: "informer les personnes", SetBy: "amina"}
	wantKind(t, s.SetMandate(ctx, incidentID, town, breach.Mandate{Reference: "CONV-1", SetBy: "amina"}), breach.ErrInvalid)
	wantKind(t, s.SetMandate(ctx, incidentID, "nobody", m), breach.ErrNotFound)
	must(t, s.SetMandate(ctx, incidentID, town, m))
	wantSame(t, m, got(s.Case(ctx, incidentID, town))(t).Mandate)

	call := breach.Call{ID: "call_1", Incident: incidentID, Controller: town, At: noon, Channel: "phone", AnsweredBy: "standard", Certainty: breach.CertaintySuspected, By: "amina", LoggedAt: later(time.Hour)}
	wantKind(t, s.AddCall(ctx, breach.Call{ID: "call_0", Incident: incidentID, Controller: town, At: noon, Channel: "pigeon", Certainty: "suspected", By: "amina"}), breach.ErrInvalid)
	nobody := call
	nobody.AnsweredBy, nobody.Effective = "", true
	wantKind(t, s.AddCall(ctx, nobody), breach.ErrInvalid)
	later2 := call
	later2.ID, later2.At, later2.Effective, later2.Certainty = "call_2", later(2*time.Hour), true, breach.CertaintyEstablished
	must(t, s.AddCall(ctx, later2))
	must(t, s.AddCall(ctx, call))
	must(t, s.AddCall(ctx, call))
	wantSame(t, []breach.Call{call, later2}, got(s.Calls(ctx, incidentID, town))(t))
}

func anApproval(n int, role breach.ApprovalRole, by breach.UserID) breach.Approval {
	return breach.Approval{ID: breach.ApprovalID(fmt.Sprintf("apr_%d", n)), Incident: incidentID, Controller: town, Role: role, By: by,
		Hash: "hash-1", At: noon, ExpiresAt: later(24 * time.Hour)}
}

func approvals(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	wantKind(t, s.AddApproval(ctx, anApproval(1, breach.ApprovalTeam, "bruno")), breach.ErrConflict) // nobody asked
	must(t, s.AddApproval(ctx, anApproval(1, breach.ApprovalRequest, "amina")))
	wantKind(t, s.AddApproval(ctx, anApproval(2, breach.ApprovalRequest, "amina")), breach.ErrConflict)
	wantKind(t, s.AddApproval(ctx, anApproval(2, breach.ApprovalTeam, "amina")), breach.ErrForbidden)
	wantKind(t, s.AddApproval(ctx, anApproval(2, breach.ApprovalController, "amina")), breach.ErrForbidden)
	other := anApproval(2, breach.ApprovalTeam, "bruno")
	other.Hash = "hash-0"
	wantKind(t, s.AddApproval(ctx, other), breach.ErrConflict)
	must(t, s.AddApproval(ctx, anApproval(2, breach.ApprovalTeam, "bruno")))
	must(t, s.AddApproval(ctx, anApproval(3, breach.ApprovalController, "maire")))
	want := []breach.Approval{anApproval(1, breach.ApprovalRequest, "amina"), anApproval(2, breach.ApprovalTeam, "bruno"), anApproval(3, breach.ApprovalController, "maire")}
	wantSame(t, want, got(s.Approvals(ctx, incidentID, town))(t))

	// An expired signature may be given again, once.
	again := anApproval(4, breach.ApprovalRequest, "amina")
	again.At, again.ExpiresAt = later(25*time.Hour), later(49*time.Hour)
	must(t, s.AddApproval(ctx, again))
	again.ID = "apr_5"
	wantKind(t, s.AddApproval(ctx, again), breach.ErrConflict)

	// Another plan leaves every signature behind.
	must(t, s.SavePlan(ctx, incidentID, town, "hash-2", 3, 5))
	wantKind(t, s.AddApproval(ctx, anApproval(6, breach.ApprovalTeam, "bruno")), breach.ErrConflict)
	fresh := anApproval(6, breach.ApprovalRequest, "bruno")
	fresh.Hash = "hash-2"
	must(t, s.AddApproval(ctx, fresh))

	// No controller signs what it has not decided to tell.
	must(t, s.DecideCase(ctx, incidentID, town, breach.DecisionRefuse, "no high risk", "", "maire", noon))
	refused := anApproval(7, breach.ApprovalController, "maire")
	refused.Hash = "hash-2"
	wantKind(t, s.AddApproval(ctx, refused), breach.ErrConflict)

	bad := anApproval(8, "owner", "maire")
	wantKind(t, s.AddApproval(ctx, bad), breach.ErrInvalid)
	bad = anApproval(8, breach.ApprovalTeam, "maire")
	bad.ExpiresAt = bad.At
	wantKind(t, s.AddApproval(ctx, bad), breach.ErrInvalid)
	bad = anApproval(8, breach.ApprovalTeam, "maire")
	bad.Controller = "nobody"
	wantKind(t, s.AddApproval(ctx, bad), breach.ErrNotFound)
}

// twentyApprovals press the same button at once: one signature is kept.
func twentyApprovals(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	must(t, s.AddApproval(ctx, anApproval(0, breach.ApprovalRequest, "amina")))
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			a := anApproval(i+1, breach.ApprovalTeam, breach.UserID(fmt.Sprintf("user-%d", i)))
			if err := s.AddApproval(ctx, a); err == nil {
				won.Add(1)
			} else {
				wantConflict(t, err)
			}
		})
	}
	wg.Wait()
	if n := len(got(s.Approvals(ctx, incidentID, town))(t)); won.Load() != 1 || n != 2 {
		t.Fatalf("%d of 20 won, %d signatures kept; want 1 and 2", won.Load(), n)
	}
	refused := 0
	for _, e := range got(s.AuditEvents(ctx, string(incidentID), 100))(t) {
		if e.Action == "approval.add" && !e.OK {
			refused++
		}
	}
	if refused != 19 {
		t.Fatalf("%d refusals in the audit log, want 19", refused)
	}
}

func reminders(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	for _, hours := range []int{48, 24, 24} {
		must(t, s.AddReminder(ctx, incidentID, town, hours, later(time.Duration(hours)*time.Hour)))
	}
	wantSame(t, []store.Reminder{
		{Controller: town, Hours: 24, At: later(24 * time.Hour)}, {Controller: town, Hours: 48, At: later(48 * time.Hour)},
	}, got(s.Reminders(ctx, incidentID))(t))
}
