package email

import (
	"context"
	"fmt"
	"sync"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// Pacing says how fast messages may go. Rates are messages per second; 0 is as
// fast as the other side takes them.
type Pacing struct {
	Domain  float64            // to each destination domain
	Domains map[string]float64 // to named domains, instead of Domain
}

// What a refusal "for now" costs: a pause that begins short, grows by half with
// each refusal that follows it, and ends with the first message that is taken.
// Pauses that double would grow without bound on average at a domain that
// refuses every second message whatever the pace, and a large campaign would
// not end; by half, such a message waits four first pauses on average.
const (
	firstPause = 100 * time.Millisecond
	longPause  = 15 * time.Minute
	// probeWait is how long the others wait for the verdict on the one message
	// that goes first after a pause.
	probeWait = time.Second
	// A message is held here for its turn no longer than this; then it is handed
	// back, so that a slow domain never holds the others. Where everybody waits
	// there is nobody to hold.
	holdDomain    = 250 * time.Millisecond
	holdEverybody = 5 * time.Second
	// wake is how often a held message looks whether its turn has come.
	wake = 20 * time.Millisecond
	// depth is how many seconds' worth a silent lane saves up.
	depth = 2.0
	// maxLanes bounds the memory of a campaign to invented domains.
	maxLanes = 10_000
)

// Pace holds one lane for the relay or provider and one for each domain that
// has a rate or has asked to wait. It may be used by many goroutines.
type Pace struct {
	Pacing
	now   func() time.Time
	mu    sync.Mutex
	lanes map[string]*lane // by domain
}

// Everybody stands for all domains: the relay or provider itself.
const Everybody = ""

// lane is a token bucket with a pause.
type lane struct {
	tokens float64
	filled time.Time
	until  time.Time // nothing before
	pause  time.Duration
	probe  bool // after a pause one message goes first
}

// NewPace starts with full buckets and no pause.
func NewPace(p Pacing, now func() time.Time) *Pace {
	return &Pace{Pacing: p, now: now, lanes: map[string]*lane{}}
}

// Turn waits for a message's turn when it is near; when it is not, or ctx ends,
// the error is ErrTemporary and nothing was used up. It says whose turn has not
// come: a relay that is paused gives way to another one, a domain does not.
func (p *Pace) Turn(ctx context.Context, domain string) error {
	for held := time.Duration(0); ; held += wake {
		wait, who := p.ask(domain)
		if wait <= 0 {
			return nil
		}
		hold := holdDomain
		if who == Everybody {
			hold = holdEverybody
		}
		if held+wait > hold {
			if who == Everybody {
				return &notify.BusyError{After: wait}
			}
			return fmt.Errorf("its turn comes in %v: %w", wait.Round(time.Millisecond), notify.ErrElsewhere)
		}
		select {
		case <-time.After(min(wait, wake)):
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", breach.ErrTemporary, ctx.Err())
		}
	}
}

func (p *Pace) rate(domain string) float64 {
	if domain == Everybody {
		return 0 // notify/route keeps to the provider's
	}
	if r, ok := p.Domains[domain]; ok {
		return r
	}
	return p.Domain
}

// lane returns a domain's lane, making it when make is set.
func (p *Pace) lane(domain string, create bool) *lane {
	l := p.lanes[domain]
	if l == nil && create {
		if len(p.lanes) >= maxLanes {
			p.forget()
		}
		l = &lane{filled: p.now(), tokens: max(1, depth*p.rate(domain))}
		p.lanes[domain] = l
	}
	return l
}

// forget makes room: the lanes that would be made anew just as they are go, and
// when that is not enough, half of the others, so that it is seldom done.
func (p *Pace) forget() {
	now := p.now()
	for domain, l := range p.lanes {
		if domain != Everybody && l.pause == 0 && now.Sub(l.filled) > depth*time.Second {
			delete(p.lanes, domain)
		}
	}
	for domain := range p.lanes {
		if len(p.lanes) <= maxLanes/2 {
			return
		}
		if domain != Everybody {
			delete(p.lanes, domain)
		}
	}
}

// ask takes a token of the domain and of the relay, or says how long to wait,
// and for whom: then none was taken.
func (p *Pace) ask(domain string) (wait time.Duration, who string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	var lanes [2]*lane
	for i, name := range [...]string{Everybody, domain} {
		rate := p.rate(name)
		l := p.lane(name, rate > 0)
		if l == nil {
			continue
		}
		if wait := l.due(rate, now); wait > 0 {
			return wait, name
		}
		lanes[i] = l
	}
	for _, l := range lanes {
		if l == nil {
			continue
		}
		l.tokens--
		if l.probe { // the next ones wait for the verdict on this one
			l.probe, l.until = false, now.Add(probeWait)
		}
	}
	return 0, ""
}

// due fills the bucket and says when the next token is there.
func (l *lane) due(rate float64, now time.Time) time.Duration {
	if wait := l.until.Sub(now); wait > 0 {
		return wait
	}
	if rate <= 0 {
		l.tokens = 1
		return 0
	}
	l.tokens = min(max(1, depth*rate), l.tokens+rate*now.Sub(l.filled).Seconds())
	l.filled = now
	if l.tokens >= 1 {
		return 0
	}
	return time.Duration((1 - l.tokens) / rate * float64(time.Second))
}

// Slow pauses a domain, or Everybody, after a refusal for now, and returns how
// long the pause is.
func (p *Pace) Slow(domain string) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	l, now := p.lane(domain, true), p.now()
	if now.Before(l.until) && !l.probing(now) {
		return l.until.Sub(now) // refusals of one moment count once
	}
	l.pause = min(max(firstPause, l.pause+l.pause/2), longPause)
	l.until, l.probe = now.Add(l.pause), true
	return l.pause
}

// probing tells whether the pause that runs is only that for a probe's verdict.
func (l *lane) probing(now time.Time) bool { return !l.probe && l.pause > 0 && now.Before(l.until) }

// Took ends the pauses of a domain and of the relay: a message went through. A
// pause that still runs is not ended by a message from before it.
func (p *Pace) Took(domain string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	for _, name := range [...]string{domain, Everybody} {
		if l := p.lanes[name]; l != nil && l.pause > 0 && (l.probing(now) || !now.Before(l.until)) {
			l.pause, l.probe, l.until = 0, false, time.Time{}
		}
	}
}
