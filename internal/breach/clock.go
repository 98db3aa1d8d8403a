package breach

import "time"

// Rule is a legal period with its dates of validity: thresholds and deadlines
// are dated data, not constants (decisions.md 8).
type Rule struct {
	From   time.Time     // first instant at which the rule holds
	Period time.Duration // from AwareAt to the deadline
	Source string        // the text it comes from
}

// NotificationRules are the periods for the Art. 33 notification, oldest first.
var NotificationRules = []Rule{{
	From:   time.Date(2018, 5, 25, 0, 0, 0, 0, time.UTC),
	Period: 72 * time.Hour,
	Source: "GDPR Art. 33(1); Regulation 1182/71 Art. 3(1)",
}}

// Deadline returns when the Art. 33 notification is due at the latest for a
// controller aware at a given instant. The hour of the event is not counted,
// hours run through week-ends and holidays, and daylight saving does not bend
// them (Regulation 1182/71 Art. 3).
func Deadline(awareAt time.Time) time.Time {
	rule := NotificationRules[0]
	for _, r := range NotificationRules {
		if !awareAt.Before(r.From) {
			rule = r
		}
	}
	start := awareAt.UTC().Truncate(time.Hour)
	if !start.Equal(awareAt.UTC()) {
		start = start.Add(time.Hour)
	}
	return start.Add(rule.Period)
}
