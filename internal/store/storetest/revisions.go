package storetest

import (
	"context"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
)

// revisions plans a second version after some people were told the first.
func revisions(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	must(t, s.SaveFacts(ctx, incidentID, town, 1, []byte("{}")))
	must(t, s.Replan(ctx, breach.Case{Incident: incidentID, Controller: town, PlanHash: "hash-1", Persons: 3, Recipients: 4, Notice: 1, FirstRow: 1}))
	var rows []breach.Message
	for i, x := range []struct {
		person  breach.PersonID
		channel breach.Channel
	}{{"p1", breach.ChannelEmail}, {"p1", breach.ChannelLetter}, {"p2", breach.ChannelEmail}, {"p3", breach.ChannelSMS}, {"p4", breach.ChannelHuman}} {
		m := aMessage(int64(i+1), x.person, string(x.person), x.channel)
		if m.Notice = 1; x.channel == breach.ChannelHuman {
			m.State = breach.MessageListed
		}
		rows = append(rows, m)
	}
	must(t, s.PlanMessages(ctx, rows))
	reserved := got(s.Reserve(ctx, []breach.MessageID{rows[0].ID, rows[2].ID, rows[3].ID}, "email", false, noon))(t)
	if len(reserved) != 3 {
		t.Fatalf("reserved %v", reserved)
	}
	waiting := got(s.Reserve(ctx, []breach.MessageID{rows[1].ID}, "post", true, noon))(t)
	must(t, s.Settle(ctx, []store.Settlement{{ID: rows[0].ID, State: breach.MessageHandedOver, At: noon}, {ID: rows[3].ID, State: breach.MessageHandedOver, At: noon}}))
	if n := got(s.LastTold(ctx, incidentID, town))(t); n != 1 {
		t.Errorf("last told %d", n)
	}
	if _, err := s.SupersedePlan(ctx, incidentID, town, 2, noon, noon); err == nil {
		t.Error("a plan that stands is superseded")
	}
	if list := got(s.PendingRevisions(ctx))(t); len(list) != 0 {
		t.Errorf("pending %v", list)
	}
	must(t, s.AmendFacts(ctx, incidentID, town, store.Version{Number: 2, Facts: []byte("{}"), By: "amina", At: noon, Why: "w"}))
	wantSame(t, []store.PendingRevision{{Incident: incidentID, Controller: town, Version: 2}}, got(s.PendingRevisions(ctx))(t))
	if n := got(s.SupersedePlan(ctx, incidentID, town, 2, later(time.Minute), later(-time.Hour)))(t); n != 1 {
		t.Errorf("%d messages are in flight, want 1", n)
	}
	// What waited to leave is held at once, and does not leave.
	wantSame(t, breach.MessageHeld, got(s.Messages(ctx, incidentID, town, 2, 2))(t)[0].State)
	wantSame(t, 0, len(got(s.Leave(ctx, waiting))(t)))
	if n := got(s.SupersedePlan(ctx, incidentID, town, 2, later(48*time.Hour), later(24*time.Hour)))(t); n != 0 { // p2: nobody ever answered
		t.Errorf("%d messages are in flight after a day", n)
	}
	heard := got(s.Hearing(ctx, incidentID, town, 2, [3]string{}, 2))(t)
	heard = append(heard, got(s.Hearing(ctx, incidentID, town, 2, heard[1].After(), 10))(t)...)
	var told []int
	for _, h := range heard {
		told = append(told, h.Told)
	}
	wantSame(t, []int{1, 0, 0, 0}, told)
	if !heard[0].Mailed || heard[3].Mailed || !heard[3].Listed || !heard[1].Tried {
		t.Errorf("heard %+v", heard)
	}
	totals := got(s.HeardTotals(ctx, incidentID, town, 2))(t)
	var n int64
	for _, x := range totals {
		n += x.N
	}
	if len(totals) == 0 || n != 3 {
		t.Errorf("totals %+v", totals)
	}
	second := aMessage(6, "p1", "p1", breach.ChannelEmail)
	second.Notice, second.Former = 2, 1
	must(t, s.PlanMessages(ctx, []breach.Message{second}))
	must(t, s.Replan(ctx, breach.Case{Incident: incidentID, Controller: town, PlanHash: "hash-2", Persons: 1, Recipients: 1, Notice: 2, FirstRow: 6}))
	wantSame(t, []store.PlanTotal{{Total: store.Total{Controller: town, Channel: breach.ChannelEmail, State: breach.MessagePlanned, N: 1}}}, got(s.PlanTotals(ctx, incidentID))(t))
	wantSame(t, []store.StepTotal{{Email: true, N: 1}}, got(s.PlanSteps(ctx, incidentID, town))(t))
	if m := got(s.Messages(ctx, incidentID, town, 6, 6))(t); len(m) != 1 || m[0].Former != 1 {
		t.Errorf("row %+v", m)
	}
	for _, m := range got(s.Exhausted(ctx, incidentID, town, 10))(t) {
		if m.Subject == "p1" {
			t.Error("one whom the second version tells is listed for a human")
		}
	}
	if k := got(s.AllNotified(ctx, incidentID))(t); len(k) != 0 {
		t.Errorf("notified %v", k)
	}
	if a := got(s.IncidentApprovals(ctx, incidentID))(t); len(a) != 0 {
		t.Errorf("approvals %v", a)
	}
}
