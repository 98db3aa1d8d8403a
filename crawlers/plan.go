package crawlers

import (
	"math"
	"time"

	"vigie/internal/breach"
)

// Known is a source and what is remembered of it.
type Known struct {
	Source breach.Source
	Memory *Memory
}

// Bounds of what a plan makes of Source.Every: at most so many times as often,
// and so many times as rarely.
const (
	mostOften, mostRarely = 16, 4
	// askAgain is the chance of an outage's end worth a visit.
	askAgain = 0.15
	// nightAtMost is the longest wait for a site that is down: new ones come
	// back after weeks, and a visit a day costs nothing.
	nightAtMost = 24 * time.Hour
)

// Plan sets when each source is due (Memory.DueAt) so that all together make
// the visits their Every asks for, and posts wait as little as possible on the
// average. A source that publishes r posts a second and is visited f times a
// second makes them wait r/2f in all; for a given sum of f that is least with
// f in proportion to the root of r. What sources that are down do not use goes
// to the others.
func Plan(all []Known) {
	frequencies(all)
	for _, k := range all {
		m := k.Memory
		switch {
		case m.Visits == 0:
			m.DueAt = time.Time{}
		case !m.DownSince.IsZero():
			wait := min(m.recovery(m.Outcome.At, askAgain), nightAtMost)
			if m.DownSince.Equal(m.Outcome.At) {
				wait = min(wait, k.Source.Every) // the first failure may be a circuit's
			}
			m.DueAt = m.Outcome.At.Add(max(wait, k.Source.Every/mostOften))
		default:
			m.DueAt = m.Outcome.At.Add(m.rhythm)
		}
		if m.NotBefore.After(m.DueAt) {
			m.DueAt = m.NotBefore
		}
	}
}

// frequencies gives each source that is up its rhythm. Those that meet a bound
// leave the sharing with what the bound gives them, until none does.
func frequencies(all []Known) {
	budget := 0.0
	open := map[int]float64{} // index -> wish
	for i, k := range all {
		base := 1 / k.Source.Every.Seconds()
		budget += base
		if m := k.Memory; m.Visits > 0 && !m.DownSince.IsZero() {
			wait := min(m.recovery(m.Outcome.At, askAgain), nightAtMost)
			budget -= min(1/wait.Seconds(), base)
			continue
		}
		open[i] = base * math.Sqrt(k.Memory.Rate())
	}
	for len(open) > 0 {
		wishes := 0.0
		for _, w := range open {
			wishes += w
		}
		met := false
		for i := range all { // in order: sums of floats must not depend on it
			w, is := open[i]
			if !is {
				continue
			}
			base := 1 / all[i].Source.Every.Seconds()
			f := max(budget, 0) * w / wishes
			if f <= base*mostOften && f >= base/mostRarely {
				continue
			}
			f = min(max(f, base/mostRarely), base*mostOften)
			all[i].Memory.rhythm = time.Duration(float64(time.Second) / f)
			budget -= f
			delete(open, i)
			met = true
			break
		}
		if met {
			continue
		}
		for i, w := range open {
			all[i].Memory.rhythm = time.Duration(float64(time.Second) * wishes / (budget * w))
		}
		return
	}
}

// Due is how long a source still has to wait; 0 when it is due. A clock that
// was set back does not keep a source waiting beyond what any plan asks for.
func (m *Memory) Due(every time.Duration, now time.Time) time.Duration {
	wait := m.DueAt.Sub(now)
	if m.Visits == 0 || wait > max(mostRarely*every, nightAtMost) || now.Before(m.Outcome.At) {
		return 0
	}
	return max(wait, 0)
}

// LateAt tells whether a source is past due by more than half its interval:
// nobody works, or there is too much to do.
func (m *Memory) LateAt(every time.Duration, now time.Time) bool {
	return m.Visits > 0 && now.Sub(m.DueAt) > max(every/2, 2*time.Minute)
}

// Gated tells whether a queue, a captcha or a log-in stood before the source.
func (m *Memory) Gated() bool {
	switch m.Outcome.State {
	case StateGate, StateCaptcha, StateLogin:
		return true
	}
	return false
}
