package storetest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
)

func aMessage(seq int64, subject breach.PersonID, recipient string, channel breach.Channel) breach.Message {
	return breach.Message{ID: breach.MessageID(fmt.Sprintf("msg_%03d", seq)), Seq: seq, Incident: incidentID, Controller: town, Registry: "youth",
		Subject: subject, Recipient: recipient, Role: "self", Notice: 1, Variant: "adult", Channel: channel, State: breach.MessagePlanned,
		Why: "adult", AddressKey: "k", UpdatedAt: noon}
}

func ledger(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	a, b, c := aMessage(1, "p1", "p1", breach.ChannelEmail), aMessage(2, "p1", "p1", breach.ChannelLetter), aMessage(3, "p2", "h1", breach.ChannelEmail)
	must(t, s.PlanMessages(ctx, []breach.Message{a, b, c}))

	again := b // planned again under another ID and seq
	again.ID, again.Seq, again.Why = "msg_other", 9, "changed"
	must(t, s.PlanMessages(ctx, []breach.Message{again, a}))
	wantSame(t, []breach.Message{a, b, c}, got(s.Messages(ctx, incidentID, town, 1, 100))(t))
	wantSame(t, []breach.Message{b}, got(s.Messages(ctx, incidentID, town, 2, 2))(t))

	// The store numbers what comes without a number; each controller on its own.
	d, e, f := aMessage(4, "p3", "p3", breach.ChannelEmail), aMessage(5, "p4", "p4", breach.ChannelEmail), aMessage(1, "p3", "p3", breach.ChannelEmail)
	f.Controller, f.ID = mission, "msg_mission"
	unnumbered := []breach.Message{d, e, f}
	for i := range unnumbered {
		unnumbered[i].Seq = 0
	}
	must(t, s.PlanMessages(ctx, unnumbered))
	wantSame(t, []breach.Message{d, e}, got(s.Messages(ctx, incidentID, town, 4, 100))(t))
	wantSame(t, []breach.Message{f}, got(s.Messages(ctx, incidentID, mission, 1, 100))(t))

	// Another communication under a number or an ID that is taken is not dropped.
	clash := aMessage(6, "p9", "p9", breach.ChannelEmail)
	clash.Seq = 2
	wantKind(t, s.PlanMessages(ctx, []breach.Message{clash}), breach.ErrConflict)
	clash = aMessage(6, "p9", "p9", breach.ChannelEmail)
	clash.ID = a.ID
	wantKind(t, s.PlanMessages(ctx, []breach.Message{clash}), breach.ErrConflict)

	for _, x := range []struct {
		name   string
		filter store.MessageFilter
		want   []breach.Message
	}{
		{"letters", store.MessageFilter{Channel: breach.ChannelLetter}, []breach.Message{b}},
		{"of one controller", store.MessageFilter{Controller: mission}, []breach.Message{f}},
		{"page", store.MessageFilter{Controller: town, After: 2, Limit: 2}, []breach.Message{c, d}},
		{"delivered", store.MessageFilter{State: breach.MessageDelivered}, nil},
	} {
		t.Run(x.name, func(t *testing.T) { wantSame(t, x.want, got(s.MessagesOf(ctx, incidentID, x.filter))(t)) })
	}
	_, err := s.MessagesOf(ctx, incidentID, store.MessageFilter{After: 1})
	wantKind(t, err, breach.ErrInvalid)
}

func settling(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	type step struct{ to, want breach.MessageState }
	const reserve = breach.MessageReserved
	for i, x := range []struct {
		name  string
		steps []step
	}{
		{"delivered", []step{{reserve, reserve}, {breach.MessageHandedOver, breach.MessageHandedOver}, {breach.MessageDelivered, breach.MessageDelivered}}},
		{"never backward", []step{{reserve, reserve}, {breach.MessageDelivered, breach.MessageDelivered}, {breach.MessageHandedOver, breach.MessageDelivered},
			{breach.MessageDoubt, breach.MessageDelivered}, {breach.MessagePlanned, breach.MessageDelivered}, {reserve, breach.MessageDelivered}}},
		{"a late bounce", []step{{reserve, reserve}, {breach.MessageDelivered, breach.MessageDelivered}, {breach.MessageBounced, breach.MessageBounced},
			{breach.MessageDelivered, breach.MessageBounced}}},
		{"a doubt resolved", []step{{reserve, reserve}, {breach.MessageDoubt, breach.MessageDoubt}, {reserve, breach.MessageDoubt},
			{breach.MessageHandedOver, breach.MessageHandedOver}}},
		{"not without a reservation", []step{{breach.MessageHandedOver, breach.MessagePlanned}, {breach.MessageDelivered, breach.MessagePlanned}}},
		{"held", []step{{breach.MessageHeld, breach.MessageHeld}, {reserve, breach.MessageHeld}, {breach.MessagePlanned, breach.MessageHeld}}},
		{"recalled", []step{{reserve, reserve}, {breach.MessageHandedOver, breach.MessageHandedOver}, {breach.MessageHeld, breach.MessageHeld},
			{breach.MessageDelivered, breach.MessageHeld}}},
		{"skipped", []step{{breach.MessageSkipped, breach.MessageSkipped}, {breach.MessageHandedOver, breach.MessageSkipped}}},
		{"reserved stays reserved", []step{{reserve, reserve}, {breach.MessagePlanned, reserve}, {reserve, reserve}}},
	} {
		t.Run(x.name, func(t *testing.T) {
			m := aMessage(int64(i+1), breach.PersonID(fmt.Sprint(i)), "r", breach.ChannelEmail)
			must(t, s.PlanMessages(ctx, []breach.Message{m}))
			for _, st := range x.steps {
				if st.to == reserve {
					got(s.Reserve(ctx, []breach.MessageID{m.ID}, "smtp", false, later(time.Second)))(t)
				} else {
					must(t, s.Settle(ctx, []store.Settlement{{ID: m.ID, State: st.to, At: later(time.Minute)}}))
				}
				if now := got(s.Messages(ctx, incidentID, town, m.Seq, m.Seq))(t)[0]; now.State != st.want || now.Attempts > 1 {
					t.Fatalf("after %s: %s with %d attempts, want %s", st.to, now.State, now.Attempts, st.want)
				}
			}
		})
	}

	m := aMessage(50, "ref", "r", breach.ChannelEmail)
	must(t, s.PlanMessages(ctx, []breach.Message{m}))
	got(s.Reserve(ctx, []breach.MessageID{m.ID}, "smtp", false, later(time.Second)))(t)
	must(t, s.Settle(ctx, []store.Settlement{
		{ID: m.ID, State: breach.MessageHandedOver, Ref: "q-1", Why: "accepted", At: later(time.Minute)},
		{ID: m.ID, State: breach.MessageDelivered, At: later(time.Hour)},
	}))
	m.State, m.Provider, m.Ref, m.Why, m.Attempts, m.UpdatedAt = breach.MessageDelivered, "smtp", "q-1", "adult,accepted", 1, later(time.Hour)
	wantSame(t, m, got(s.Messages(ctx, incidentID, town, 50, 50))(t)[0])
	wantSame(t, map[breach.MessageID]breach.Message{m.ID: m}, got(s.MessagesByID(ctx, []breach.MessageID{"msg_none", m.ID}))(t))

	// One settlement that names no message keeps the others from being lost in silence.
	wantKind(t, s.Settle(ctx, []store.Settlement{{ID: "msg_none", State: breach.MessageFailed, At: noon}}), breach.ErrNotFound)
	wantSame(t, []store.Total{
		{Controller: town, Channel: breach.ChannelEmail, State: breach.MessageBounced, N: 1},
		{Controller: town, Channel: breach.ChannelEmail, State: breach.MessageDelivered, N: 3},
		{Controller: town, Channel: breach.ChannelEmail, State: breach.MessageHandedOver, N: 1},
		{Controller: town, Channel: breach.ChannelEmail, State: breach.MessageHeld, N: 2},
		{Controller: town, Channel: breach.ChannelEmail, State: breach.MessagePlanned, N: 1},
		{Controller: town, Channel: breach.ChannelEmail, State: breach.MessageReserved, N: 1},
		{Controller: town, Channel: breach.ChannelEmail, State: breach.MessageSkipped, N: 1},
	}, got(s.MessageTotals(ctx, incidentID, ""))(t))
}

// exclusiveReserve: four senders want the same messages; each message goes to
// one of them.
func exclusiveReserve(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	var ids []breach.MessageID
	var list []breach.Message
	for i := range int64(40) {
		m := aMessage(i+1, breach.PersonID(fmt.Sprint(i)), "r", breach.ChannelEmail)
		list, ids = append(list, m), append(ids, m.ID)
	}
	must(t, s.PlanMessages(ctx, list))
	var mu sync.Mutex
	var won []breach.MessageID
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for from := 0; from < len(ids); from += 10 {
				part := ids[(from+i*10)%40 : (from+i*10)%40+10]
				r, err := s.Reserve(ctx, part, fmt.Sprint("sender ", i), false, noon)
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, h := range r {
					won = append(won, h.ID)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	slices.Sort(won)
	wantSame(t, ids, won)
}

// leave: what waits may be reserved by another, whose hold it then is; what has
// left may not.
func leave(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	a, b, c := aMessage(1, "a", "r", breach.ChannelEmail), aMessage(2, "b", "r", breach.ChannelEmail), aMessage(3, "c", "r", breach.ChannelEmail)
	must(t, s.PlanMessages(ctx, []breach.Message{a, b, c}))
	ids := []breach.MessageID{a.ID, b.ID}
	waits := func() (list []bool) {
		for _, m := range got(s.Messages(ctx, incidentID, town, 1, 3))(t) {
			list = append(list, m.Waits)
		}
		return list
	}
	first := got(s.Reserve(ctx, ids, "smtp", true, noon))(t)
	wantSame(t, []store.Hold{{ID: a.ID, Attempt: 1}, {ID: b.ID, Attempt: 1}}, first)
	got(s.Reserve(ctx, []breach.MessageID{c.ID}, "smtp", false, noon))(t)
	wantSame(t, []bool{true, true, false}, waits())
	wantSame(t, first[:1], got(s.Leave(ctx, first[:1]))(t))
	wantSame(t, []bool{false, true, false}, waits())
	wantSame(t, 0, len(got(s.Leave(ctx, first[:1]))(t))) // once

	second := got(s.Reserve(ctx, []breach.MessageID{a.ID, b.ID, c.ID}, "smtp", true, later(time.Hour)))(t)
	wantSame(t, []store.Hold{{ID: b.ID, Attempt: 2}}, second)
	wantSame(t, 0, len(got(s.Leave(ctx, first))(t))) // the first caller comes too late
	must(t, s.Release(ctx, first[1:], later(time.Hour)))
	wantSame(t, []bool{false, true, false}, waits())
	wantSame(t, second, got(s.Leave(ctx, append(first, second...)))(t))
	wantSame(t, 0, len(got(s.Reserve(ctx, ids, "smtp", true, later(time.Hour)))(t)))

	// Given back by whoever has it, it waits no more.
	must(t, s.Release(ctx, second, later(time.Hour)))
	third := got(s.Reserve(ctx, ids, "smtp", true, later(time.Hour)))(t)
	must(t, s.Release(ctx, third, later(time.Hour)))
	wantSame(t, []bool{false, false, false}, waits())
	wantSame(t, 0, len(got(s.Leave(ctx, third))(t)))
	wantSame(t, 0, len(got(s.Leave(ctx, nil))(t)))
}

func told(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	var list []breach.Message
	seq := int64(0)
	add := func(controller breach.ControllerID, subject breach.PersonID, recipient string, channel breach.Channel, state breach.MessageState) {
		seq++
		m := aMessage(seq, subject, recipient, channel)
		m.Controller, m.State = controller, state
		list = append(list, m)
	}
	add(town, "both-parents", "h1", breach.ChannelEmail, breach.MessageDelivered)
	add(town, "both-parents", "h2", breach.ChannelEmail, breach.MessageBounced)
	add(town, "both-parents", "h2", breach.ChannelLetter, breach.MessageHandedOver)
	add(town, "one-parent", "h3", breach.ChannelLetter, breach.MessageHandedOver)
	add(town, "one-parent", "h4", breach.ChannelLetter, breach.MessageBounced)
	add(town, "sms-only", "self", breach.ChannelSMS, breach.MessageDelivered)
	add(town, "sms-only", "self", breach.ChannelLetter, breach.MessagePlanned)
	add(town, "protected", "self", breach.ChannelHuman, breach.MessageListed)
	add(town, "reserved", "self", breach.ChannelEmail, breach.MessageReserved)
	add(mission, "both-parents", "self", breach.ChannelEmail, breach.MessageHandedOver)
	for _, r := range []struct {
		subject, recipient string
		state              breach.MessageState
	}{{"told-there", "self", breach.MessageSkipped}, {"told-both", "h5", breach.MessageSkipped}, {"told-both", "h6", breach.MessageHandedOver}, {"half-there", "h7", breach.MessageSkipped}, {"half-there", "h8", breach.MessagePlanned}} {
		add(town, breach.PersonID(r.subject), r.recipient, breach.ChannelLetter, r.state)
		if r.state == breach.MessageSkipped {
			list[len(list)-1].Why = "adult,told-elsewhere"
		}
	}
	must(t, s.PlanMessages(ctx, list))
	wantSame(t, []store.ToldTotal{
		{Controller: town, Persons: 8, Told: 1, Elsewhere: 2, Partly: 1, Listed: 1},
		{Controller: mission, Persons: 1, Told: 1},
	}, sortTold(got(s.Told(ctx, incidentID, ""))(t)))

	wantSame(t, []store.ToldTotal{{Controller: mission, Persons: 1, Told: 1}}, got(s.Told(ctx, incidentID, mission))(t))
	wantSame(t, []store.Total{{Controller: mission, Channel: breach.ChannelEmail, State: breach.MessageHandedOver, N: 1}}, got(s.MessageTotals(ctx, incidentID, mission))(t))

	// Somebody reaches the protected person: they no longer wait, but were not mailed.
	must(t, s.SettleByHand(ctx, incidentID, "msg_008", "amina", "called back", noon))
	wantSame(t, store.ToldTotal{Controller: town, Persons: 8, Told: 1, Reached: 1, Elsewhere: 2, Partly: 1},
		sortTold(got(s.Told(ctx, incidentID, ""))(t))[0])
}

func lane(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	human, listed, mail, held := aMessage(1, "a", "r", breach.ChannelHuman), aMessage(2, "b", "r", breach.ChannelLetter), aMessage(3, "c", "r", breach.ChannelEmail), aMessage(4, "d", "r", breach.ChannelHuman)
	human.State, listed.State, held.State = breach.MessageListed, breach.MessageListed, breach.MessageHeld
	must(t, s.PlanMessages(ctx, []breach.Message{human, listed, mail, held}))
	wantSame(t, []breach.Message{human, listed, held}, got(s.Lane(ctx, incidentID, 10))(t))

	must(t, s.SettleByHand(ctx, incidentID, human.ID, "amina", "called back", later(time.Hour)))
	human.State, human.Provider, human.Ref, human.Attempts, human.UpdatedAt = breach.MessageHandedOver, "hand", "called back", 1, later(time.Hour)
	wantSame(t, []breach.Message{listed, human, held}, got(s.Lane(ctx, incidentID, 10))(t))
	for _, x := range []struct {
		id   breach.MessageID
		by   breach.UserID
		want error
	}{{human.ID, "amina", breach.ErrConflict}, {mail.ID, "amina", breach.ErrConflict}, {held.ID, "amina", breach.ErrConflict},
		{"msg_none", "amina", breach.ErrNotFound}, {listed.ID, "", breach.ErrInvalid}} {
		wantKind(t, s.SettleByHand(ctx, incidentID, x.id, x.by, "n", noon), x.want)
	}
	wantKind(t, s.SettleByHand(ctx, "inc_other", listed.ID, "amina", "n", noon), breach.ErrNotFound)
}

func sortTold(list []store.ToldTotal) []store.ToldTotal {
	slices.SortFunc(list, func(a, b store.ToldTotal) int { return int(b.Persons - a.Persons) })
	return list
}

// largeBatches are what a real incident brings in one call.
func largeBatches(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	var rows []store.CandidateRow
	for i := range 2*500 + 1 {
		rows = append(rows, aCandidate(i, 0.5))
	}
	must(t, s.SaveCandidates(ctx, rows))
	var list []breach.Message
	var ids []breach.MessageID
	for i := range int64(2*500 + 1) {
		m := aMessage(i+1, breach.PersonID(fmt.Sprint(i)), "r", breach.ChannelEmail)
		m.Seq = 0
		list, ids = append(list, m), append(ids, m.ID)
	}
	must(t, s.PlanMessages(ctx, list))
	if n := got(s.CountCandidates(ctx, incidentID))(t)[breach.CandidateOpen]; n != 1001 {
		t.Fatalf("%d candidates", n)
	}
	wantSame(t, len(ids), len(got(s.Reserve(ctx, ids, "smtp", false, noon))(t)))
	last := got(s.Messages(ctx, incidentID, town, 1001, 1001))(t)
	if len(last) != 1 || last[0].ID != ids[1000] {
		t.Fatalf("message 1001 is %v", last)
	}
}
