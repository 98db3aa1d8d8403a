package activity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
)

// blind tells whether a provider cannot say what it has: its messages say when
// they are about to leave, so that a crash leaves no doubt about the others.
func blind(ch notify.Channel) bool {
	p, ok := ch.(interface{ Blind() bool })
	return ok && p.Blind()
}

// reservable tells whether a row must be reserved before it goes: it is planned,
// or waits in the hold of an attempt that was cut.
func (d due) reservable() bool { return d.row.State == breach.MessagePlanned || d.row.Waits }

// found is the hold that rows stand in which were found reserved.
func (d due) found() []store.Hold {
	held := []store.Hold{{ID: d.row.ID, Attempt: d.row.Attempts}}
	for _, m := range d.with {
		held = append(held, store.Hold{ID: m.ID, Attempt: m.Attempts})
	}
	return held
}

// leaving notes which messages are about to leave. Those that come while a
// commit waits for the disk go into the next one together. The zero value is
// ready.
type leaving struct {
	mu      sync.Mutex
	waiting []departure
	busy    bool
}

// departure is the rows of one message, and where to say whether it may leave.
type departure struct {
	held []store.Hold
	may  chan error
}

// mark returns once the rows are durably noted as about to leave. An error says
// that they may not: somebody else has them, or nobody knows.
func (l *leaving) mark(ctx context.Context, s *store.Store, held []store.Hold) error {
	d := departure{held, make(chan error, 1)}
	l.mu.Lock()
	l.waiting = append(l.waiting, d)
	if !l.busy {
		l.busy = true
		go l.run(context.WithoutCancel(ctx), s)
	}
	l.mu.Unlock()
	return <-d.may
}

func (l *leaving) run(ctx context.Context, s *store.Store) {
	for {
		l.mu.Lock()
		list := l.waiting
		l.waiting = nil
		l.busy = len(list) > 0
		l.mu.Unlock()
		if len(list) == 0 {
			return
		}
		var held []store.Hold
		for _, d := range list {
			held = append(held, d.held...)
		}
		left, err := s.Leave(ctx, held)
		for _, d := range list {
			d.may <- errors.Join(err, d.check(left))
		}
	}
}

// check tells whether all rows of a message are still ours.
func (d departure) check(left []store.Hold) error {
	for _, h := range d.held {
		if !slices.Contains(left, h) {
			return fmt.Errorf("%s is in other hands: %w", h.ID, breach.ErrConflict)
		}
	}
	return nil
}
