// Package route hands the messages of one channel to several providers: by
// weight, at the pace and within the quota of each, away from one that fails
// or dawdles, and gently back. The policy (Balance) is pure: times are given,
// nothing is random, and the tests drive it by a clock of their own.
//
// Which provider has a message stands in the ledger: Pick names one before the
// row is reserved, and Via speaks to the one that is named there. After a
// crash that one is asked; nothing is handed to another as long as it may have
// the message.
package route

import (
	"time"
)

// The policy. GOV.UK Notify moves ten points of a hundred when 15 % of texts
// took five minutes, or fifty errors came in a minute, and back every quarter
// of an hour; whole seconds are enough to tell a provider that is down.
const (
	look     = 5 * time.Second  // between two looks at what providers did
	enough   = 3.0              // hand-overs before anything is concluded
	badShare = 0.25             // of failed or slow ones, above which traffic moves
	deadFrom = 5.0              // hand-overs, nearly all of them bad: down
	dead     = 0.9              // share of them
	cut      = 0.3              // what is left of a provider's share after a bad look
	out      = 0.05             // below this share: probed only
	probe    = 15 * time.Second // between two probes of one that is out
	hold     = time.Minute      // without a fault before traffic comes back; doubled by each relapse
	longest  = 10 * time.Minute // of hold, and after it a fault is no relapse
	climb    = 15 * time.Second // between two steps back
	step     = 0.1              // of the share
)

// Limits of pauses after "not now" without a time.
const (
	firstPause = 200 * time.Millisecond
	mostPause  = 30 * time.Second
	quotaPause = time.Hour
)

// Balance decides which provider gets the next message. It is not safe for
// concurrent use; Route guards it.
type Balance struct {
	all  []*standing
	next time.Time // look
}

// standing is what is known of one provider.
type standing struct {
	weight float64
	share  float64 // of its weight: 1 well, 0 out
	n, bad float64 // recent hand-overs and those that went wrong; less at each look
	flying map[uint64]time.Time
	slow   time.Duration

	badAt  time.Time // last bad look
	hold   time.Duration
	stepAt time.Time
	probed time.Time
	tested int // good hand-overs since the last bad one

	until  time.Time // paused
	pauses int       // "not now" in a row
	pace   pace

	turn float64 // of the smooth weighted round
}

func newStanding(p Provider) *standing {
	return &standing{
		weight: float64(max(p.Weight, 1)), share: 1, hold: hold, flying: map[uint64]time.Time{},
		slow: p.Slow, pace: pace{every: every(p.PerSecond), quota: p.PerDay},
	}
}

// choose names the provider of the next message. When none may take it, wait
// is how long that lasts, and quota tells that it is not a matter of seconds.
func (b *Balance) choose(now time.Time) (at int, wait time.Duration, quota bool) {
	b.update(now)
	at = -1
	var total float64
	soonest, limited := time.Time{}, true
	behind := b.behind(now)
	for i, s := range b.all {
		free, byQuota := s.free(now)
		if free.After(now) {
			if soonest.IsZero() || free.Before(soonest) {
				soonest = free
			}
			limited = limited && byQuota
			continue
		}
		if s.share < out { // its probe
			s.probed = now
			return i, 0, false
		}
		if !behind && s.pace.lag(now) > time.Second { // its rate is used up, others have room
			continue
		}
		s.turn += s.weight * s.share
		total += s.weight * s.share
		if at < 0 || s.turn > b.all[at].turn {
			at = i
		}
	}
	if at < 0 {
		return -1, max(soonest.Sub(now), firstPause), limited
	}
	b.all[at].turn -= total
	return at, 0, false
}

// behind tells whether every provider that may be used is behind its pace.
func (b *Balance) behind(now time.Time) bool {
	for _, s := range b.all {
		if free, _ := s.free(now); !free.After(now) && s.share >= out && s.pace.lag(now) <= time.Second {
			return false
		}
	}
	return true
}

// free is when a provider may be tried next.
func (s *standing) free(now time.Time) (at time.Time, quota bool) {
	if until := s.pace.full(now); until.After(now) {
		return until, true
	}
	at = s.until
	if s.share < out {
		if next := s.probed.Add(probe); next.After(at) {
			at = next
		}
	}
	return at, false
}

// update looks at what happened, every few seconds.
func (b *Balance) update(now time.Time) {
	if b.next.IsZero() {
		b.next = now.Add(look)
	}
	if now.Before(b.next) {
		return
	}
	b.next = now.Add(look)
	ratio := make([]float64, len(b.all)) // of bad ones; below 0: nothing to tell
	for i, s := range b.all {
		n, bad := s.n, s.bad
		for _, began := range s.flying {
			if now.Sub(began) > s.slow {
				n, bad = n+1, bad+1
			}
		}
		ratio[i] = -1
		if n >= enough || s.share < out && n > 0 {
			ratio[i] = bad / n
		}
		if n >= deadFrom && bad/n >= dead {
			s.fault(now, 0)
		}
		s.forget()
	}
	for i, s := range b.all {
		switch {
		case ratio[i] >= badShare && b.better(i, ratio):
			s.fault(now, cut)
		case ratio[i] >= badShare && s.share < out:
			s.fault(now, 0)
		default:
			b.heal(s, now)
		}
	}
}

// forget lets what is old weigh less: the less there was, the longer it counts.
func (s *standing) forget() {
	keep := 0.85
	if s.n >= 8 {
		keep = 0.5
	}
	s.n, s.bad = s.n*keep, s.bad*keep
}

// better tells whether another does clearly better: where all fail alike, as
// when our own network does, nothing is gained by moving.
func (b *Balance) better(i int, ratio []float64) bool {
	for k, s := range b.all {
		if k != i && s.share >= out && (ratio[k] < 0 || ratio[k] < ratio[i]/2) {
			return true
		}
	}
	return false
}

// fault takes share away. One that relapses soon after it came back stays away
// for longer.
func (s *standing) fault(now time.Time, left float64) {
	if now.Equal(s.badAt) {
		return // at the same look
	}
	if !s.badAt.IsZero() {
		switch quiet := now.Sub(s.badAt); {
		case quiet > s.hold+longest:
			s.hold = hold
		case quiet > s.hold:
			s.hold = min(2*s.hold, longest)
		}
	}
	s.badAt, s.tested = now, 0
	if s.share *= left; s.share < out {
		s.share = 0
	}
}

// heal gives share back, step by step, once a provider was good for long
// enough: one that is out must have answered probes. Where nobody else can
// take the messages, answering is enough.
func (b *Balance) heal(s *standing, now time.Time) {
	if s.share >= 1 || s.tested < 3 || now.Sub(s.stepAt) < climb || now.Sub(s.badAt) < s.hold && b.used(s) {
		return
	}
	s.stepAt = now
	s.share = min(1, s.share+step)
}

// used tells whether another provider is in use.
func (b *Balance) used(but *standing) bool {
	for _, s := range b.all {
		if s != but && s.share >= out {
			return true
		}
	}
	return false
}

// begin notes a hand-over.
func (b *Balance) begin(i int, token uint64, now time.Time) {
	b.all[i].flying[token] = now
}

// end notes how it went. A hand-over that was cancelled says nothing.
func (b *Balance) end(i int, token uint64, now time.Time, v verdict, after time.Duration) {
	s := b.all[i]
	began := s.flying[token]
	delete(s.flying, token)
	switch v {
	case well, bad:
		s.n++
		s.pauses = 0
		if v == bad || now.Sub(began) > s.slow {
			s.bad++
			s.tested = 0
		} else {
			s.tested++
		}
	case busy, used:
		if after <= 0 && now.Before(s.until) {
			return // one of those that were under way when it began to pause
		}
		if after <= 0 {
			after = min(firstPause<<min(s.pauses, 10), mostPause)
			if v == used {
				after = quotaPause
			}
			s.pauses++
		}
		if until := now.Add(after); until.After(s.until) {
			s.until = until
		}
	}
	b.update(now)
}

// verdict is how a hand-over went, as far as the provider is concerned: to
// refuse a recipient for good is an answer as well as any.
type verdict int

const (
	nothing verdict = iota
	well
	bad
	busy // "not now"
	used // a quota of theirs
)
