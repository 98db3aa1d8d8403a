package breach

import (
	"slices"
	"time"
)

// Urgency is how soon somebody must look at an alert. It decides whether a
// page may wake people, and nothing else: it says nothing of how grave a
// breach is (that is ENISA's score, from the data).
type Urgency string

// The urgencies, the least first.
const (
	UrgencyLow      Urgency = "low"      // in office hours
	UrgencyNormal   Urgency = "normal"   // today
	UrgencyHigh     Urgency = "high"     // now, outside quiet hours
	UrgencyCritical Urgency = "critical" // now, at any hour
)

// Urgencies lists them, the least first.
var Urgencies = []Urgency{UrgencyLow, UrgencyNormal, UrgencyHigh, UrgencyCritical}

// AtLeast tells whether u is as urgent as least. An unknown one is not.
func (u Urgency) AtLeast(least Urgency) bool {
	i, j := slices.Index(Urgencies, u), slices.Index(Urgencies, least)
	return i >= 0 && j >= 0 && i >= j
}

// Kinds of body whose leaks concern many bodies, or people who are easily
// hurt: patients, minors, job seekers.
var (
	manyBodies = []string{"software", "supplier", "ministry", "agency"}
	fragile    = []string{"hospital", "school", "university", "mission_locale"}
)

// UrgencyOf rates an alert by what can be told at once. It starts low under a
// confidence of 0.7 and normal above. Two things make it more urgent by one
// each: a confidence of 0.85 and more in a body whose leaks concern many bodies
// or fragile people, and a file that is offered already (files > 0) or a
// deadline within two days.
func UrgencyOf(a Alert, files int, deadline, now time.Time) Urgency {
	level := 0
	if a.Confidence >= 0.7 {
		level++
	}
	if a.Confidence >= 0.85 && (slices.Contains(fragile, a.Kind) || slices.Contains(manyBodies, a.Kind)) {
		level++
	}
	soon := !deadline.IsZero() && deadline.Sub(now) < 48*time.Hour
	if files > 0 || soon {
		level++
	}
	return Urgencies[min(level, len(Urgencies)-1)]
}
