package letter

import (
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

// Calendar tells when a letter handed over leaves: what is there at the cut-off
// of a working day is printed on the next one.
type Calendar struct {
	// CutOff is the time of day in Paris after which a letter waits for the
	// next working day; 17 h 30 when zero.
	CutOff time.Duration
	// Closed are further days without printing, such as a bridge.
	Closed []time.Time
	// Territory adds its own holidays to those of everywhere; see holidays.yaml.
	Territory string
}

const usualCutOff = 17*time.Hour + 30*time.Minute

// NewCalendar makes the calendar of a printer: when its day ends ("17h30", empty:
// that), which territory's holidays it keeps (empty: metropole), and further
// days on which it is closed ("2026-05-15").
func NewCalendar(cutOff, territory string, closed []string) (Calendar, error) {
	wrong := func(what, hint string) (Calendar, error) {
		return Calendar{}, &breach.RefusedError{Code: "calendar", What: "printer's " + what, Hint: hint}
	}
	c := Calendar{Territory: territory}
	if cutOff != "" {
		at, err := time.Parse("15h04", cutOff)
		if err != nil {
			return wrong("cut-off", "want an hour such as 17h30")
		}
		c.CutOff = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	}
	table, err := holidays()
	if err != nil {
		return c, err
	}
	if territory != "" && !slices.Contains(table.Territories, territory) {
		return wrong("territory", "want one of "+strings.Join(table.Territories, ", "))
	}
	for _, day := range closed {
		at, err := time.ParseInLocation(time.DateOnly, day, i18n.Paris())
		if err != nil {
			return wrong("closed days", "want days such as 2026-05-15")
		}
		c.Closed = append(c.Closed, at)
	}
	return c, nil
}

// Holiday tells whether a day is a legal holiday of the territory.
func (c Calendar) Holiday(t time.Time) bool {
	t = t.In(i18n.Paris())
	table, err := holidays()
	if err != nil {
		return false // the table is part of the binary, and a test reads it
	}
	return slices.ContainsFunc(table.Days, func(h holiday) bool { return h.on(t, c.Territory) })
}

func same(a, b time.Time) bool { return a.Format("20060102") == b.In(a.Location()).Format("20060102") }

// Working tells whether letters are printed on a day.
func (c Calendar) Working(t time.Time) bool {
	t = t.In(i18n.Paris())
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday && !c.Holiday(t) &&
		!slices.ContainsFunc(c.Closed, func(d time.Time) bool { return same(t, d) })
}

// Leaves tells until when a letter handed over at t can be recalled, and the
// day on which it is printed.
func (c Calendar) Leaves(t time.Time) (cutOff, printed time.Time) {
	after := c.CutOff
	if after == 0 {
		after = usualCutOff
	}
	at := t.In(i18n.Paris())
	for {
		// Hours of the wall, so that a night of 23 or 25 hours does not count.
		cutOff = time.Date(at.Year(), at.Month(), at.Day(), int(after/time.Hour), int(after%time.Hour/time.Minute), 0, 0, at.Location())
		if c.Working(at) && t.Before(cutOff) {
			return cutOff, c.next(at)
		}
		at = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, at.Location())
	}
}

func (c Calendar) next(at time.Time) time.Time {
	for {
		at = time.Date(at.Year(), at.Month(), at.Day()+1, 0, 0, 0, 0, at.Location())
		if c.Working(at) {
			return at
		}
	}
}

// Last is the day on which the last of so many letters is printed, when the
// first are handed over at t and so many are printed a day (1 at least).
func (c Calendar) Last(t time.Time, letters, perDay int) time.Time {
	_, day := c.Leaves(t)
	for letters -= max(perDay, 1); letters > 0; letters -= max(perDay, 1) {
		day = c.next(day)
	}
	return day
}
