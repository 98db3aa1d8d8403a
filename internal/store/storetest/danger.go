package storetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
)

func aDanger(n int, person breach.PersonID, e breach.Exposed) breach.Danger {
	id := breach.DangerID(fmt.Sprintf("dng_%d", n))
	return breach.Danger{ID: id, Incident: incidentID, Registry: "youth", Person: person, Controller: town, Human: id, Why: []string{breach.DangerProtected, breach.DangerOrder},
		Exposed: map[string]breach.Exposed{breach.FieldAddress: e}, Household: []string{"k1", "k2"}, OpenedAt: later(time.Duration(n) * time.Minute)}
}

func names(list []breach.Danger) string {
	var out []string
	for _, d := range list {
		out = append(out, string(d.Person))
	}
	return strings.Join(out, " ")
}

// dangerLane: its order, who takes, who settles, what an override covers.
func dangerLane(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	a, b, c := aDanger(1, "p1", breach.ExposedAbsent), aDanger(2, "p2", breach.ExposedPresent), aDanger(3, "p3", breach.ExposedOlder)
	c.Human = b.ID
	must(t, s.OpenDangers(ctx, []breach.Danger{a, b, c}))
	must(t, s.OpenDangers(ctx, []breach.Danger{a, b}))
	lane := got(s.Dangers(ctx, incidentID, 0))(t)
	if names(lane) != "p2 p3 p1" {
		t.Fatalf("order %q, want the present address first", names(lane))
	}
	wantSame(t, b, lane[0])
	worse := aDanger(9, "p1", breach.ExposedOther)
	must(t, s.OpenDangers(ctx, []breach.Danger{worse, aDanger(9, "p2", breach.ExposedAbsent)}))
	if lane = got(s.Dangers(ctx, incidentID, 0))(t); names(lane) != "p2 p1 p3" || lane[0].Exposed[breach.FieldAddress] != breach.ExposedPresent {
		t.Errorf("another row: %q, first %v", names(lane), lane[0].Exposed)
	}
	wantSame(t, []breach.IncidentID{incidentID}, got(s.InDanger(ctx))(t))

	try := func(by breach.UserID, o breach.DangerOutcome, at time.Time) error {
		return s.TryDanger(ctx, incidentID, breach.Attempt{Danger: b.ID, At: at, By: by, Means: "call", Outcome: o, Note: "n"})
	}
	wantKind(t, try("ana", breach.DangerReached, noon), breach.ErrConflict) // nobody took it
	wantKind(t, s.TakeDanger(ctx, "inc_other", b.ID, "ana", noon), breach.ErrNotFound)
	must(t, s.TakeDanger(ctx, incidentID, b.ID, "bob", noon))
	must(t, s.TakeDanger(ctx, incidentID, b.ID, "ana", later(time.Hour)))
	wantKind(t, try("bob", breach.DangerReached, noon), breach.ErrConflict)
	wantKind(t, s.TryDanger(ctx, incidentID, breach.Attempt{Danger: b.ID, At: noon, By: "ana", Means: "call", Outcome: breach.DangerReached}), breach.ErrInvalid)
	must(t, try("ana", breach.DangerNoAnswer, noon))
	d := got(s.Danger(ctx, b.ID))(t)
	if !d.Open() || d.TakenBy != "ana" || !d.TakenAt.Equal(noon) {
		t.Errorf("after an attempt: %+v", d)
	}
	m := aMessage(1, "p2", "p2", breach.ChannelHuman)
	m.State, m.Why = breach.MessageListed, "protected"
	must(t, s.PlanMessages(ctx, []breach.Message{m}))
	must(t, try("ana", breach.DangerDomicile, later(time.Minute)))
	for _, id := range []breach.DangerID{b.ID, c.ID} { // one human
		if d := got(s.Danger(ctx, id))(t); d.Open() || d.SettledBy != "ana" || d.Outcome != breach.DangerDomicile {
			t.Errorf("%s: %+v", id, d)
		}
	}
	if x := got(s.Messages(ctx, incidentID, town, 1, 1))(t)[0]; x.State != breach.MessageHandedOver || x.Provider != store.ByHand {
		t.Errorf("the ledger says %s by %q", x.State, x.Provider)
	}
	wantKind(t, try("ana", breach.DangerReached, later(2*time.Minute)), breach.ErrConflict)
	if n := len(got(s.Attempts(ctx, b.ID))(t)); n != 2 {
		t.Errorf("%d attempts logged, want 2", n)
	}

	if w := got(s.Waiting(ctx, incidentID))(t); names(w) != "p1" {
		t.Errorf("waiting %q", names(w))
	}
	wantKind(t, s.OverrideDanger(ctx, breach.Override{Incident: incidentID, By: "paul", At: noon}), breach.ErrInvalid)
	must(t, s.OverrideDanger(ctx, breach.Override{Incident: incidentID, By: "paul", At: later(time.Hour), Reason: "r"}))
	if w := got(s.Waiting(ctx, incidentID))(t); len(w) != 0 {
		t.Errorf("overridden, and %q wait", names(w))
	}
	afterwards := aDanger(70, "p7", breach.ExposedPresent)
	must(t, s.OpenDangers(ctx, []breach.Danger{afterwards}))
	if w := got(s.Waiting(ctx, incidentID))(t); names(w) != "p7" {
		t.Errorf("who came after the override: %q", names(w))
	}
	// What is exposed since, and what must be corrected, no former word covers.
	worst := aDanger(71, "p1", breach.ExposedAbsent)
	worst.Exposed, worst.OpenedAt = map[string]breach.Exposed{breach.FieldPhone: breach.ExposedPresent}, later(2*time.Hour)
	must(t, s.OpenDangers(ctx, []breach.Danger{worst}))
	again := aDanger(72, "p2", breach.ExposedAbsent)
	again.Exposed, again.OpenedAt = worst.Exposed, worst.OpenedAt
	must(t, s.OpenDangers(ctx, []breach.Danger{again}))
	must(t, s.ReopenDangers(ctx, incidentID, c.Registry, []breach.PersonID{c.Person}, later(2*time.Hour)))
	waiting := map[breach.PersonID]bool{}
	for _, d := range got(s.Waiting(ctx, incidentID))(t) {
		waiting[d.Person] = true
	}
	wantSame(t, map[breach.PersonID]bool{"p1": true, "p2": true, "p3": true, "p7": true}, waiting)
	wantSame(t, []breach.Override{{Incident: incidentID, By: "paul", At: later(time.Hour), Reason: "r"}}, got(s.Overrides(ctx, incidentID))(t))
}

// requests: taken in, due, extended once, answered; a wrong person's addresses
// are used again only when a human says so.
func requests(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	email, letter, other := aMessage(1, "p1", "h1", breach.ChannelEmail), aMessage(2, "p1", "h1", breach.ChannelLetter), aMessage(3, "p1", "h2", breach.ChannelEmail)
	email.AddressKey, letter.AddressKey, other.AddressKey = "ka", "kb", "kc"
	email.State, other.State = breach.MessageDelivered, breach.MessageHandedOver
	must(t, s.PlanMessages(ctx, []breach.Message{email, letter, other}))
	q := breach.Request{ID: "req_1", Kind: breach.RequestWrong, Message: email.ID, ReceivedAt: noon, DueAt: later(time.Hour), TakenBy: "ana"}
	must(t, s.AddRequest(ctx, q, []byte("box")))
	wantKind(t, s.AddRequest(ctx, breach.Request{ID: "req_2", Kind: breach.RequestWrong, Message: "msg_none", ReceivedAt: noon, DueAt: noon, TakenBy: "ana"}, nil), breach.ErrNotFound)
	wantSame(t, map[string]bool{"ka": true, "kb": true}, got(s.Suspended(ctx))(t))
	r, box, err := s.Request(ctx, "req_1")
	if err != nil || string(box) != "box" || r.Registry != "youth" || r.Person != "p1" || r.Controller != town || r.State != breach.RequestOpen {
		t.Errorf("%+v %q %v", r, box, err)
	}
	wantSame(t, breach.Precision{Told: 2, Pending: 1}, got(s.Precision(ctx, incidentID, ""))(t))
	wantSame(t, breach.Precision{}, got(s.Precision(ctx, incidentID, "another"))(t))
	wantSame(t, breach.Precision{Told: 2, Pending: 1}, got(s.Precision(ctx, incidentID, town))(t))
	wantKind(t, s.ExtendRequest(ctx, "req_1", later(2*time.Hour), "", "ana"), breach.ErrInvalid)
	must(t, s.ExtendRequest(ctx, "req_1", later(2*time.Hour), "complex", "ana"))
	wantKind(t, s.ExtendRequest(ctx, "req_1", later(3*time.Hour), "more", "ana"), breach.ErrInvalid)
	wantKind(t, s.AnswerRequest(ctx, "req_1", breach.RequestAnswered, breach.OutcomeNone, "ana", noon), breach.ErrInvalid)
	must(t, s.AnswerRequest(ctx, "req_1", breach.RequestAnswered, breach.OutcomeConfirmed, "ana", noon))
	wantKind(t, s.AnswerRequest(ctx, "req_1", breach.RequestAnswered, breach.OutcomeRight, "ana", noon), breach.ErrConflict)
	p := got(s.Precision(ctx, incidentID, ""))(t)
	if wantSame(t, breach.Precision{Told: 2, Wrong: 1}, p); p.Share() != .5 {
		t.Errorf("precision %v", p.Share())
	}
	if len(got(s.Suspended(ctx))(t)) != 2 {
		t.Error("a confirmed wrong address is used again")
	}
	must(t, s.AddRequest(ctx, breach.Request{ID: "req_3", Kind: breach.RequestPartner, Message: other.ID, ReceivedAt: noon, DueAt: later(time.Hour), TakenBy: "ana"}, []byte("x")))
	must(t, s.AnswerRequest(ctx, "req_3", breach.RequestAnswered, breach.OutcomeRight, "ana", noon))
	wantSame(t, map[string]bool{"ka": true, "kb": true}, got(s.Suspended(ctx))(t))

	// What was confirmed once is not lifted by the answer to another about the same
	// address, nor what is not looked into yet.
	for _, id := range []breach.RequestID{"req_5", "req_6", "req_7"} {
		m := email.ID
		if id != "req_5" {
			m = other.ID
		}
		must(t, s.AddRequest(ctx, breach.Request{ID: id, Kind: breach.RequestWrong, Message: m, ReceivedAt: noon, DueAt: later(time.Hour), TakenBy: "ana"}, nil))
	}
	must(t, s.AnswerRequest(ctx, "req_5", breach.RequestAnswered, breach.OutcomeRight, "ana", later(time.Hour)))
	must(t, s.AnswerRequest(ctx, "req_6", breach.RequestAnswered, breach.OutcomeRight, "ana", later(time.Hour)))
	wantSame(t, map[string]bool{"ka": true, "kb": true, "kc": true}, got(s.Suspended(ctx))(t))
	must(t, s.AnswerRequest(ctx, "req_7", breach.RequestAnswered, breach.OutcomeRight, "ana", later(time.Hour)))
	wantSame(t, map[string]bool{"ka": true, "kb": true}, got(s.Suspended(ctx))(t))

	must(t, s.AddRequest(ctx, breach.Request{ID: "req_4", Kind: breach.RequestAccess, ReceivedAt: noon, DueAt: later(time.Hour), TakenBy: "ana"}, []byte("y")))
	must(t, s.IdentifyRequest(ctx, "req_4", incidentID, "youth", "p1", "bob"))
	if n := got(s.EraseRequests(ctx, later(time.Hour)))(t); n != 2 {
		t.Errorf("%d requests erased, want the two answered", n)
	}
	if _, box, _ := s.Request(ctx, "req_1"); len(box) != 0 {
		t.Error("the words are still there")
	}
	list := got(s.Requests(ctx, 0))(t)
	if len(list) != 6 || list[0].ID != "req_4" {
		t.Errorf("%d requests, the first %s", len(list), list[0].ID)
	}
}

// commitments: every name of an incident is replaced, counts stay, and what has
// a retention of its own ends on its own.
func commitments(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	a, b := aMessage(1, "p1", "p1", breach.ChannelEmail), aMessage(2, "p1", "h1", breach.ChannelLetter)
	a.State, b.State = breach.MessageDelivered, breach.MessageHandedOver
	must(t, s.PlanMessages(ctx, []breach.Message{a, b}))
	must(t, s.OpenDangers(ctx, []breach.Danger{aDanger(1, "p1", breach.ExposedPresent)}))
	cand := store.CandidateRow{Candidate: breach.Candidate{ID: "cnd_held", Incident: incidentID, Registry: "youth", Row: 900, Person: "p1", Probability: 1,
		Band: breach.BandLink, State: breach.CandidateLinked, Version: 1, Held: []string{"email", "name"}}}
	must(t, s.SaveCandidates(ctx, []store.CandidateRow{cand}))
	told := got(s.Told(ctx, incidentID, ""))(t)
	must(t, s.SaveSalt(ctx, incidentID, []byte("box")))
	wantKind(t, s.SaveSalt(ctx, incidentID, []byte("other")), breach.ErrConflict)
	name := func(reg breach.RegistryID, key string) string {
		if strings.HasPrefix(key, "x_") {
			return key
		}
		return "x_" + string(reg) + key
	}
	for range 2 {
		must(t, s.Commit(ctx, incidentID, name))
		list := got(s.Messages(ctx, incidentID, town, 1, 9))(t)
		if list[0].Subject != "x_youthp1" || list[1].Recipient != "x_youthh1" || list[0].AddressKey != "" {
			t.Fatalf("the ledger says %+v", list)
		}
	}
	wantSame(t, told, got(s.Told(ctx, incidentID, ""))(t))
	wantSame(t, map[breach.PersonID][]string{"x_youthp1": {"email", "name"}}, got(s.HeldOf(ctx, incidentID, "youth", []breach.PersonID{"p1", "x_youthp1"}))(t))
	to, _, err := s.ToldTo(ctx, incidentID, "youth", []breach.PersonID{"x_youthp1"})
	must(t, err)
	wantSame(t, map[breach.PersonID][]string{"x_youthp1": {"x_youthh1", "x_youthp1"}}, to)
	if !got(s.DangerFor(ctx, incidentID, "youth", "x_youthp1"))(t) {
		t.Error("the lane forgot")
	}
	must(t, s.AddAccess(ctx, store.Access{At: noon, Who: "ana", Incident: incidentID, Action: "candidate.open", Object: "cnd_1", Why: "to decide"}))
	if n := len(got(s.Accesses(ctx, incidentID, 0))(t)); n != 1 {
		t.Errorf("%d looks kept", n)
	}
	for _, what := range []string{store.KeepAccess, store.KeepCategories, store.KeepProof} {
		must(t, s.Retire(ctx, incidentID, what, noon))
		must(t, s.Retire(ctx, incidentID, what, later(time.Hour)))
	}
	wantKind(t, s.Retire(ctx, incidentID, "all", noon), breach.ErrInvalid)
	if len(got(s.Accesses(ctx, incidentID, 0))(t)) != 0 || len(got(s.HeldOf(ctx, incidentID, "youth", []breach.PersonID{"x_youthp1"}))(t)) != 0 {
		t.Error("what was retired is there")
	}
	if box := got(s.Salt(ctx, incidentID))(t); len(box) != 0 || !got(s.SaltErased(ctx, incidentID))(t) {
		t.Errorf("the salt is there: %q", box)
	}
	if at := got(s.Retired(ctx, incidentID))(t); len(at) != 3 || !at[store.KeepProof].Equal(noon) {
		t.Errorf("retired %v", at)
	}
	if r := got(s.VerifyAudit(ctx, nil))(t); !r.OK {
		t.Errorf("the audit log: %+v", r)
	}
}
