package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
)

// campaign: what was not taken is free again, and whom no channel told comes
// out, once.
func campaign(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	var list []breach.Message
	add := func(subject breach.PersonID, channel breach.Channel, states ...breach.MessageState) {
		m := aMessage(int64(len(list)+1), subject, string(subject), channel)
		must(t, s.PlanMessages(ctx, []breach.Message{m}))
		list = append(list, m)
		for _, st := range states {
			if st == breach.MessageReserved {
				got(s.Reserve(ctx, []breach.MessageID{m.ID}, "smtp", false, noon))(t)
			} else {
				must(t, s.Settle(ctx, []store.Settlement{{ID: m.ID, State: st, At: noon}}))
			}
		}
	}
	const reserved = breach.MessageReserved
	add("told", breach.ChannelEmail, reserved, breach.MessageHandedOver)
	add("told", breach.ChannelLetter, breach.MessageSkipped)
	add("pointed", breach.ChannelSMS, reserved, breach.MessageHandedOver)
	add("pointed", breach.ChannelLetter, reserved, breach.MessageBounced)
	add("waits", breach.ChannelEmail, reserved, breach.MessageBounced)
	add("waits", breach.ChannelLetter)
	add("out", breach.ChannelEmail, reserved, breach.MessageHandedOver, breach.MessageBounced)
	add("out", breach.ChannelLetter, breach.MessageSkipped)
	add("doubt", breach.ChannelEmail, reserved, breach.MessageDoubt)
	add("flying", breach.ChannelEmail, reserved)

	names := func() (out []string) {
		for _, m := range got(s.Exhausted(ctx, incidentID, town, 10))(t) {
			if m.Channel != breach.ChannelHuman || m.State != breach.MessageListed || m.Recipient != string(m.Subject) || m.Notice != 1 {
				t.Errorf("%+v is no row of the lane", m)
			}
			out = append(out, string(m.Subject))
		}
		return out
	}
	wantSame(t, []string{"pointed", "out", "doubt"}, names())
	lane := got(s.Exhausted(ctx, incidentID, town, 1))(t)
	lane[0].ID = "msg_lane"
	must(t, s.PlanMessages(ctx, lane))
	wantSame(t, []string{"out", "doubt"}, names())
	wantSame(t, int64(len(list)+1), got(s.LedgerEnd(ctx, incidentID, town))(t))
	wantSame(t, int64(0), got(s.LedgerEnd(ctx, incidentID, mission))(t))

	// One letter about several: known by its key, taken apart while it is here.
	a, b, c := list[0].ID, list[5].ID, list[9].ID // handed over, planned, reserved
	must(t, s.Join(ctx, []breach.MessageID{a, b, c}, c))
	wantSame(t, map[breach.MessageID][]breach.MessageID{c: {c}}, got(s.Joined(ctx, []breach.MessageID{a, b, c}))(t)) // b is not on its way
	wantSame(t, string(c), got(s.MessagesByID(ctx, []breach.MessageID{b}))(t)[b].Key())
	must(t, s.Join(ctx, []breach.MessageID{c}, ""))
	wantSame(t, 0, len(got(s.Joined(ctx, []breach.MessageID{c}))(t))) // c goes alone, whatever b says
	must(t, s.Join(ctx, []breach.MessageID{b}, ""))
	must(t, s.Join(ctx, nil, c))

	// Only what is reserved is released, and it can be reserved again.
	must(t, s.Release(ctx, []store.Hold{{ID: list[9].ID, Attempt: 2}}, later(time.Hour))) // of somebody else
	wantSame(t, breach.MessageReserved, got(s.Messages(ctx, incidentID, town, 10, 10))(t)[0].State)
	must(t, s.Release(ctx, []store.Hold{{ID: list[0].ID, Attempt: 1}, {ID: list[9].ID, Attempt: 1}, {ID: "msg_none", Attempt: 1}}, later(time.Hour)))
	for i, want := range map[int]breach.MessageState{0: breach.MessageHandedOver, 9: breach.MessagePlanned} {
		if m := got(s.Messages(ctx, incidentID, town, int64(i+1), int64(i+1)))(t)[0]; m.State != want {
			t.Errorf("%s is %s after a release, want %s", m.Subject, m.State, want)
		}
	}
	provider := func() string { return got(s.Messages(ctx, incidentID, town, 10, 10))(t)[0].Provider }
	wantSame(t, "", provider()) // any may take it now
	got(s.Reserve(ctx, []breach.MessageID{list[9].ID}, "smtp", false, noon))(t)
	must(t, s.Postpone(ctx, []store.Hold{{ID: list[9].ID, Attempt: 2}}, later(time.Hour)))
	wantSame(t, "smtp", provider()) // nobody else may
	wantSame(t, []store.Hold{{ID: list[9].ID, Attempt: 3}}, got(s.Reserve(ctx, []breach.MessageID{list[0].ID, list[9].ID}, "smtp", false, noon))(t))
	wantSame(t, map[breach.MessageID]bool{list[3].ID: true}, got(s.KnownMessages(ctx, []breach.MessageID{list[3].ID, "msg_none"}))(t))
}

// comeBack: the letter that an e-mail had made needless follows once that has
// come back, unless a human has taken over or a later plan has.
func comeBack(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	must(t, s.OpenCase(ctx, breach.Case{Incident: incidentID, Controller: town}))
	must(t, s.Replan(ctx, breach.Case{Incident: incidentID, Controller: town, PlanHash: "hash", Persons: 2, Recipients: 2, Notice: 1, FirstRow: 1}))
	must(t, s.DecideCase(ctx, incidentID, town, breach.DecisionTell, "r", "", "dpo", noon))
	var mails []breach.MessageID
	for i, who := range []breach.PersonID{"p1", "p2", "p3"} {
		mail, letter := aMessage(int64(2*i+1), who, string(who), breach.ChannelEmail), aMessage(int64(2*i+2), who, string(who), breach.ChannelLetter)
		must(t, s.PlanMessages(ctx, []breach.Message{mail, letter}))
		got(s.Reserve(ctx, []breach.MessageID{mail.ID}, "smtp", false, noon))(t)
		must(t, s.Settle(ctx, []store.Settlement{{ID: mail.ID, State: breach.MessageHandedOver, At: noon}, {ID: letter.ID, State: breach.MessageSkipped, Why: "told-before", At: noon}}))
		mails = append(mails, mail.ID)
	}
	human := aMessage(7, "p2", "p2", breach.ChannelHuman)
	human.State = breach.MessageListed
	must(t, s.PlanMessages(ctx, []breach.Message{human}))
	wantSame(t, int64(0), got(s.Revive(ctx, mails, noon))(t)) // nothing has come back
	must(t, s.Settle(ctx, []store.Settlement{{ID: mails[0], State: breach.MessageBounced, At: noon}, {ID: mails[1], State: breach.MessageBounced, At: noon}}))
	wantSame(t, int64(1), got(s.Revive(ctx, mails, later(time.Hour)))(t))
	wantSame(t, int64(0), got(s.Revive(ctx, mails, later(time.Hour)))(t))
	wantSame(t, []store.CameBack{{Incident: incidentID, Controller: town, First: 2, Last: 2}}, got(s.CameBack(ctx))(t))
	if tried := got(s.PlanTotals(ctx, incidentID))(t); len(tried) == 0 || tried[0].Tried == 0 {
		t.Errorf("e-mails that were handed over were never tried: %+v", tried)
	}
	must(t, s.Settle(ctx, []store.Settlement{{ID: mails[2], State: breach.MessageBounced, At: noon}}))
	must(t, s.Replan(ctx, breach.Case{Incident: incidentID, Controller: town, PlanHash: "hash-2", Persons: 2, Recipients: 2, Notice: 2, FirstRow: 8}))
	wantSame(t, int64(0), got(s.Revive(ctx, mails, later(time.Hour)))(t)) // another plan tells them
}

// cutPlan: a plan that was cut is dropped, one that is finished is not, and
// nobody is reached by hand under the first.
func cutPlan(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	planned(t, s)
	must(t, s.OpenCase(ctx, breach.Case{Incident: incidentID, Controller: town}))
	must(t, s.SavePlan(ctx, incidentID, town, "", 0, 0))
	must(t, s.OpenCase(ctx, breach.Case{Incident: incidentID, Controller: mission}))
	m := aMessage(1, "p1", "p1", breach.ChannelHuman)
	m.State = breach.MessageListed
	must(t, s.PlanMessages(ctx, []breach.Message{m}))
	wantKind(t, s.SettleByHand(ctx, incidentID, m.ID, "ana", "met", noon), breach.ErrConflict)
	must(t, s.DropPlan(ctx, incidentID, town))
	wantSame(t, 0, len(got(s.Messages(ctx, incidentID, town, 1, 9))(t)))

	must(t, s.PlanMessages(ctx, []breach.Message{m}))
	must(t, s.SavePlan(ctx, incidentID, town, "hash", 1, 1))
	wantKind(t, s.DropPlan(ctx, incidentID, town), breach.ErrConflict)
	must(t, s.SettleByHand(ctx, incidentID, m.ID, "ana", "met", noon))
}

func everyPost(t *testing.T, open Open) {
	ctx, s := context.Background(), open(t)
	var list []breach.Post
	for i := range 1203 { // three pages; many posts of one instant
		at := later(time.Duration(i/700) * time.Hour)
		list = append(list, breach.Post{ID: breach.PostID(fmt.Sprintf("pst_%04d", i)), Source: "site", FirstSeenAt: at, LastSeenAt: at})
	}
	got(s.SavePosts(ctx, list))(t)
	seen := map[breach.PostID]int{}
	must(t, s.EachPost(ctx, func(page []breach.Post) error {
		for _, p := range page {
			seen[p.ID]++
		}
		return nil
	}))
	for _, p := range list {
		if seen[p.ID] != 1 {
			t.Fatalf("%s was given %d times", p.ID, seen[p.ID])
		}
	}
	wantSame(t, uint64(len(list)), got(s.CountPosts(ctx))(t))
}
