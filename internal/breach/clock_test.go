package breach

import (
	"testing"
	"time"
)

// TestDeadline counts three years of hours in Paris one by one, week-ends,
// holidays, the nights on which the clocks change and 29 February included, and
// compares with the deadline.
func TestDeadline(t *testing.T) {
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
