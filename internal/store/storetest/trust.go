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
		{Controller: town, Channel: breach.ChannelEmail, Day: day, Batches: []string{"b3"}, N: 1},
		{Controller: town, Channel: breach.ChannelLetter, Day: day, Batches: []string{"b1", "b2"}, N: 3},
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
