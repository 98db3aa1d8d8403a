package breach

import (
	"testing"
	"time"
)

func TestUrgencyOf(t *testing.T) {
	now := time.Date(2031, 3, 29, 12, 0, 0, 0, time.UTC)
	soon, late := now.Add(24*time.Hour), now.Add(72*time.Hour)
	for _, tt := range []struct {
		name       string
		kind       string
		confidence float64
		files      int
		deadline   time.Time
		want       Urgency
	}{
		{"a doubt", "commune", .5, 0, time.Time{}, UrgencyLow},
		{"a name", "commune", .9, 0, time.Time{}, UrgencyNormal},
		{"a name and a file", "commune", .9, 1, time.Time{}, UrgencyHigh},
		{"a doubt and a file", "commune", .5, 1, time.Time{}, UrgencyNormal},
		{"a hospital", "hospital", .9, 0, time.Time{}, UrgencyHigh},
		{"a hospital in doubt", "hospital", .75, 0, time.Time{}, UrgencyNormal},
		{"software and a file", "software", .9, 2, time.Time{}, UrgencyCritical},
		{"a deadline tomorrow", "school", .9, 0, soon, UrgencyCritical},
		{"a deadline in three days", "school", .9, 0, late, UrgencyHigh},
		{"a file and a deadline are one reason", "commune", .9, 1, soon, UrgencyHigh},
	} {
		if got := UrgencyOf(Alert{Kind: tt.kind, Confidence: tt.confidence}, tt.files, tt.deadline, now); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestAtLeast(t *testing.T) {
	for _, tt := range []struct {
		u, least Urgency
		want     bool
	}{{UrgencyCritical, UrgencyHigh, true}, {UrgencyHigh, UrgencyHigh, true}, {UrgencyLow, UrgencyHigh, false}, {"", UrgencyLow, false}, {UrgencyHigh, "", false}} {
		if got := tt.u.AtLeast(tt.least); got != tt.want {
			t.Errorf("%q at least %q: %t", tt.u, tt.least, got)
		}
	}
}
