package letter

import (
	"slices"
	"time"

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
	// Alsace adds Good Friday and 26 December, holidays in the three
	// departments of the east.
	Alsace bool
}

const usualCutOff = 17*time.Hour + 30*time.Minute

// easter is the Sunday of Easter (Meeus, Jones and Butcher's rule).
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 19*l) / 433
	month := (h + l - 7*m + 90) / 25
	return time.Date(year, time.Month(month), (h+l-7*m+33*month+19)%32, 0, 0, 0, 0, i18n.Paris())
}

// Holiday tells whether a day is one of the eleven legal holidays (code du
// travail, art. L3133-1), or of the two more of Alsace and Moselle (L3134-13).
func (c Calendar) Holiday(t time.Time) bool {
	t = t.In(i18n.Paris())
	sunday := easter(t.Year())
	moving := []int{1, 39, 50} // Easter Monday, Ascension, Whit Monday
	fixed := []string{"0101", "0501", "0508", "0714", "0815", "1101", "1111", "1225"}
	if c.Alsace {
		moving, fixed = append(moving, -2), append(fixed, "1226")
	}
	return slices.Contains(fixed, t.Format("0102")) || slices.ContainsFunc(moving, func(n int) bool { return same(sunday.AddDate(0, 0, n), t) })
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
