package breach

import "time"

// Rule is a legal period with its dates of validity: thresholds and deadlines
// are dated data, not constants (decisions.md 8).
type Rule struct {
	From   time.Time     // first instant at which the rule holds; zero: proposed, not in force
	Period time.Duration // from AwareAt to the deadline
	Risk   string        // from which risk the authority is told: any, high
	Source string        // the text it comes from
}

// NotificationRules are the periods for the Art. 33 notification, oldest
// first; those without a date of force come last and apply to nothing. A
// breach keeps the rule that held when the controller became aware.
var NotificationRules = []Rule{{
	From:   time.Date(2018, 5, 25, 0, 0, 0, 0, time.UTC),
	Period: 72 * time.Hour, Risk: "any",
	Source: "GDPR Art. 33(1); Regulation 1182/71 Art. 3(1)",
}, {
	Period: 96 * time.Hour, Risk: "high",
	Source: "proposal of 19 November 2025 (Digital Omnibus), Art. 33(1) as amended; not adopted",
}}

// RuleAt is the rule that holds at an instant, of a list in which those in
// force come oldest first.
func RuleAt(rules []Rule, t time.Time) Rule {
	rule := rules[0]
	for _, r := range rules {
		if !r.From.IsZero() && !t.Before(r.From) {
			rule = r
		}
	}
	return rule
}

// Deadline returns when the Art. 33 notification is due at the latest for a
// controller aware at a given instant. The hour of the event is not counted,
// hours run through week-ends and holidays, and daylight saving does not bend
// them (Regulation 1182/71 Art. 3).
func Deadline(awareAt time.Time) time.Time {
	return DeadlineBy(RuleAt(NotificationRules, awareAt), awareAt)
}

// DeadlineBy is Deadline under one rule.
func DeadlineBy(rule Rule, awareAt time.Time) time.Time {
	start := awareAt.UTC().Truncate(time.Hour)
	if !start.Equal(awareAt.UTC()) {
		start = start.Add(time.Hour)
	}
	return start.Add(rule.Period)
}
