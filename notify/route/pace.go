package route

import "time"

// burst is how many messages may go at once after a pause.
const burst = 10

// pace keeps to a provider's rate and to its quota of a day (UTC).
type pace struct {
	every time.Duration // between two messages; 0: no limit
	next  time.Time     // when the next one is due, if all before kept to it
	quota int64         // a day; 0: no limit
	day   int64
	count int64
}

// every is the time between two messages at a rate.
func every(perSecond float64) time.Duration {
	if perSecond <= 0 {
		return 0
	}
	return time.Duration(float64(time.Second) / perSecond)
}

// take reserves the next place and tells how long to wait for it.
func (p *pace) take(now time.Time) time.Duration {
	p.roll(now)
	p.count++
	if p.every == 0 {
		return 0
	}
	if early := now.Add(-burst * p.every); p.next.Before(early) {
		p.next = early
	}
	p.next = p.next.Add(p.every)
	return max(p.next.Sub(now), 0)
}

// back returns a place that was not used.
func (p *pace) back() {
	if p.count > 0 {
		p.count--
	}
}

// lag is how far behind its pace a provider is.
func (p *pace) lag(now time.Time) time.Duration { return max(p.next.Sub(now), 0) }

// full is when the quota begins anew; not after now while there is some left.
func (p *pace) full(now time.Time) time.Time {
	p.roll(now)
	if p.quota <= 0 || p.count < p.quota {
		return time.Time{}
	}
	return time.Unix((p.day+1)*86_400, 0)
}

func (p *pace) roll(now time.Time) {
	if day := now.Unix() / 86_400; day != p.day {
		p.day, p.count = day, 0
	}
}
