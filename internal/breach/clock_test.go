package breach

import (
	"testing"
	"time"
	_ "time/tzdata"
)

// Hours run through nights of 23 and 25 hours, week-ends, holidays and 29
// February; the hour in which the event falls is not counted.
func TestDeadline(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", s, paris)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	for _, tt := range []struct {
		name, aware, want string
		offset            int // hours of Paris at the deadline, to tell a repeated hour
	}{
		{"a working week", "2026-11-16 10:00", "2026-11-19 10:00", 1},
		{"within an hour", "2026-11-16 10:01", "2026-11-19 11:00", 1},
		{"over a week-end", "2026-11-20 18:30", "2026-11-23 19:00", 1},
		{"over Christmas", "2026-12-24 12:00", "2026-12-27 12:00", 1},
		{"the night of 23 hours", "2026-03-28 12:00", "2026-03-31 13:00", 2},
		{"into the night of 23 hours", "2026-03-26 01:30", "2026-03-29 03:00", 2},
		{"the night of 25 hours", "2026-10-24 12:00", "2026-10-27 11:00", 1},
		{"at the second 2 o'clock", "2026-10-22 03:00", "2026-10-25 02:00", 1},
		{"at the first 2 o'clock", "2026-10-22 02:00", "2026-10-25 02:00", 2},
		{"29 February", "2028-02-27 09:00", "2028-03-01 09:00", 1},
		{"no 29 February", "2027-02-26 09:00", "2027-03-01 09:00", 1},
		{"over the new year", "2026-12-30 23:59", "2027-01-03 00:00", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Deadline(at(tt.aware))
			local := got.In(paris)
			_, offset := local.Zone()
			if local.Format("2006-01-02 15:04") != tt.want || offset != tt.offset*3600 {
				t.Errorf("due %s, want %s at +%d", local, tt.want, tt.offset)
			}
			if d := got.Sub(at(tt.aware)); d < 72*time.Hour || d >= 73*time.Hour {
				t.Errorf("%s of hours", d)
			}
		})
	}
}

// The rule is the one in force when the controller became aware; one that is
// only proposed applies to nothing until it has a date.
func TestRulesAreDated(t *testing.T) {
	aware := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	if got := RuleAt(NotificationRules, aware); got.Period != 72*time.Hour {
		t.Errorf("the rule of today is %s", got.Period)
	}
	proposed := NotificationRules[len(NotificationRules)-1]
	if proposed.Period != 96*time.Hour || !proposed.From.IsZero() {
		t.Fatalf("the proposal is %+v", proposed)
	}
	proposed.From = time.Date(2027, 6, 1, 0, 0, 0, 0, time.UTC)
	adopted := []Rule{NotificationRules[0], proposed}
	for at, want := range map[time.Time]time.Duration{aware: 72 * time.Hour, proposed.From.Add(-time.Second): 72 * time.Hour, proposed.From: 96 * time.Hour} {
		if got := RuleAt(adopted, at).Period; got != want {
			t.Errorf("aware %s: %s, want %s", at, got, want)
		}
	}
	if got := DeadlineBy(adopted[1], aware); got != aware.Add(96*time.Hour) {
		t.Errorf("due %s", got)
	}
}

func TestProposeAware(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 11, 20, h, 0, 0, 0, time.UTC) }
	call := func(h int, effective bool, certainty string) Call {
		return Call{At: at(h), Effective: effective, Certainty: certainty}
	}
	for _, tt := range []struct {
		name             string
		calls            []Call
		aware, suspected time.Time
	}{
		{name: "nobody was called"},
		{name: "nobody answered", calls: []Call{call(8, false, CertaintyEstablished)}},
		{name: "a suspicion alone", calls: []Call{call(8, true, CertaintySuspected)}, suspected: at(8)},
		{name: "then evidence", calls: []Call{call(8, true, CertaintySuspected), call(11, true, CertaintyEstablished)}, aware: at(11), suspected: at(8)},
		{name: "the earliest, in any order", calls: []Call{call(12, true, CertaintyEstablished), call(9, false, CertaintyEstablished), call(10, true, CertaintyEstablished)}, aware: at(10), suspected: at(10)},
	} {
		aware, suspected := ProposeAware(tt.calls)
		if !aware.Equal(tt.aware) || !suspected.Equal(tt.suspected) {
			t.Errorf("%s: aware %s, suspected %s", tt.name, aware, suspected)
		}
	}
}

// TestDeadlineHourByHour counts three years of hours in Paris one by one, week-ends,
// holidays, the nights on which the clocks change and 29 February included, and
// compares with the deadline.
func TestDeadlineHourByHour(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	aware := time.Date(2027, 1, 1, 0, 20, 0, 0, paris)
	end := time.Date(2030, 1, 1, 0, 0, 0, 0, paris)
	for n := 0; aware.Before(end); n++ {
		// The hour of the event is not counted: the first one begins after it.
		at := aware
		for at.Minute() != 0 || at.Second() != 0 {
			at = at.Add(time.Minute)
		}
		for range 72 {
			at = at.Add(time.Hour)
		}
		if got := Deadline(aware); !got.Equal(at) {
			t.Fatalf("aware at %v: due %v, want %v", aware, got.In(paris), at)
		}
		aware = aware.Add(7*time.Hour + time.Duration(n%60)*time.Minute).Truncate(time.Minute)
	}
	for _, tt := range []struct {
		name       string
		aware, due string
	}{
		{"a Friday evening", "2026-11-20T18:05:00+01:00", "2026-11-23T19:00:00+01:00"},
		{"on the hour", "2026-11-20T18:00:00+01:00", "2026-11-23T18:00:00+01:00"},
		{"the night that has an hour twice", "2026-10-24T10:20:00+02:00", "2026-10-27T10:00:00+01:00"},
		{"the night that lacks an hour", "2027-03-27T10:20:00+01:00", "2027-03-30T12:00:00+02:00"},
		{"a leap day", "2028-02-27T23:30:00+01:00", "2028-03-02T00:00:00+01:00"},
		{"new year", "2026-12-31T23:59:59+01:00", "2027-01-04T00:00:00+01:00"},
	} {
		aware, err := time.Parse(time.RFC3339, tt.aware)
		if err != nil {
			t.Fatal(err)
		}
		want, err := time.Parse(time.RFC3339, tt.due)
		if err != nil {
			t.Fatal(err)
		}
		if got := Deadline(aware); !got.Equal(want) {
			t.Errorf("%s: due %v, want %v", tt.name, got.In(paris), want.In(paris))
		}
	}
}
