package email

import (
	"fmt"
	"sync"

	"vigie/internal/breach"
)

// Thresholds say from which share of bounces and complaints a sender's name
// suffers. Least is how many messages must have gone before a share means
// anything.
type Thresholds struct {
	Least                             int64
	ReviewBounces, PauseBounces       float64
	ReviewComplaints, PauseComplaints float64
}

// Usual are the thresholds of Amazon SES (developer guide, "Sending review
// process", read 2026-11-21): review at 5 % bounces and 0.1 % complaints, pause
// at 10 % and 0.5 %. GC Notify uses the same 5 and 10 %.
func Usual() Thresholds {
	return Thresholds{Least: 500, ReviewBounces: 0.05, PauseBounces: 0.10, ReviewComplaints: 0.001, PauseComplaints: 0.005}
}

// Level is what the shares of bounces and complaints ask for.
type Level int

// The levels, from good to bad.
const (
	Fine   Level = iota
	Review       // somebody should look at the addresses
	Paused       // nothing more goes out through this channel
)

func (l Level) String() string { return [...]string{"fine", "review", "paused"}[l] }

// Quality counts what became of a channel's messages since the process began,
// and says when to stop. A pause stays until the process is started again by
// somebody who has looked; meanwhile messages are held back, and after a day
// their readers go on to the next channel. It may be used by many goroutines.
type Quality struct {
	Thresholds
	mu                        sync.Mutex
	sent, bounced, complained int64
	paused                    bool
}

// Sent counts a message on which there is a verdict: taken, or refused for good.
func (q *Quality) Sent() { q.count(&q.sent) }

// Bounced counts an address that does not work.
func (q *Quality) Bounced() { q.count(&q.bounced) }

// Complained counts a reader who called a message spam.
func (q *Quality) Complained() { q.count(&q.complained) }

// Count counts a reason of this package: why a message came back.
func (q *Quality) Count(reason string) {
	switch {
	case reason == Complaint:
		q.Complained()
	case reason != "" && unreachable(reason):
		q.Bounced()
	}
}

func (q *Quality) count(n *int64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	*n++
	if q.level() == Paused {
		q.paused = true
	}
}

// Level says where the channel stands.
func (q *Quality) Level() Level {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.paused {
		return Paused
	}
	return q.level()
}

// Open is nil unless the channel is paused; then it is ErrTemporary.
func (q *Quality) Open() error {
	if q.Level() == Paused {
		return fmt.Errorf("too many bounces or complaints: paused until somebody has looked: %w", breach.ErrTemporary)
	}
	return nil
}

func (q *Quality) level() Level {
	all, bounces, complaints := float64(q.sent), float64(q.bounced), float64(q.complained)
	switch {
	case q.sent < q.Least || q.sent == 0:
		return Fine
	case bounces >= q.PauseBounces*all || complaints >= q.PauseComplaints*all:
		return Paused
	case bounces >= q.ReviewBounces*all || complaints >= q.ReviewComplaints*all:
		return Review
	}
	return Fine
}
