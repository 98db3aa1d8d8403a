package activity

import (
	"context"
	"errors"
	"time"

	sdk "go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"vigie/internal/breach"
	"vigie/notify"
)

// router is a channel of several providers (notify/route). Which of them has a
// row stands in the ledger from its reservation on.
type router interface {
	Pick() (string, error)
	Via(name string) (notify.Channel, bool)
}

// turnWait is how long a batch waits by itself until a provider may be used;
// what takes longer is tried again by the workflow.
const turnWait = 5 * time.Second

// A batch of which rows are left is walked again at once while that gets on: an
// attempt that ended each time would wait longer after each, for no provider's
// sake, and a crash would count as one. What does not get on, or is asked to
// wait, leaves its place to others.
const (
	walkFirst = 250 * time.Millisecond // doubled with each walk in which nothing got on
	walkMost  = 2 * time.Second
	backLeast = 5 * time.Second
	backMost  = 30 * time.Second
	typeLater = "later" // of the error
)

// walk waits before another walk over the batch. It is false when the batch
// should leave its place.
func (b *batch) walk(ctx context.Context, pause time.Duration) bool {
	var busy *notify.BusyError
	if errors.As(b.later, &busy) {
		pause = max(pause, busy.After)
	}
	if pause > walkMost {
		return false
	}
	select {
	case <-time.After(pause):
		return true
	case <-ctx.Done():
	case <-sdk.GetWorkerStopChannel(ctx):
	}
	return false
}

// giveBack asks for another attempt, when the provider wants it.
func (b *batch) giveBack() error {
	after := backLeast
	var busy *notify.BusyError
	if errors.As(b.later, &busy) {
		after = min(max(busy.After, backLeast), backMost)
	}
	return temporal.NewApplicationErrorWithOptions(b.later.Error(), typeLater, temporal.ApplicationErrorOptions{
		Cause: b.later, NextRetryDelay: after,
	})
}

// choose says which provider takes a row: the one that may have it already, if
// any, else the next.
func (b *batch) choose(ctx context.Context, m breach.Message) (string, notify.Channel, error) {
	r, ok := b.ch.(router)
	if !ok {
		return string(b.ch.Channel()), b.ch, nil
	}
	if ch, ok := r.Via(m.Provider); ok {
		return m.Provider, ch, nil
	}
	for {
		name, err := r.Pick()
		if err == nil {
			ch, _ := r.Via(name)
			return name, ch, nil
		}
		var busy *notify.BusyError
		if !errors.As(err, &busy) || busy.Quota || busy.After > turnWait {
			return "", nil, err
		}
		select {
		case <-time.After(busy.After):
		case <-ctx.Done():
			return "", nil, ctx.Err()
		}
	}
}

// via is the provider that has a reserved row. Where the configuration does
// not know it any more, all are asked.
func (b *batch) via(m breach.Message) notify.Channel {
	if r, ok := b.ch.(router); ok {
		if ch, ok := r.Via(m.Provider); ok {
			return ch
		}
	}
	return b.ch
}

// notBefore leaves rows for a later walk of the campaign, which sleeps until
// the first of them may go.
func (b *batch) notBefore(at time.Time) {
	if unix := at.Unix(); b.out.NotBefore == 0 || unix < b.out.NotBefore {
		b.out.NotBefore = unix
	}
}

// notYet says why rows were given back: a quota opens at a known hour and is
// waited for by the campaign, anything else is tried again.
func (b *batch) notYet(err error) {
	var busy *notify.BusyError
	if !errors.As(err, &busy) || !busy.Quota {
		b.again(err)
		return
	}
	after := max(busy.After, time.Minute)
	b.steps.Log.Warn("a quota is used up", "channel", b.in.Channel, "incident", b.in.Incident, "for", after)
	b.notBefore(b.steps.Now().Add(after))
}

// quiet tells whether a row must wait for a decent hour of where its recipient
// lives, and for when.
func (b *batch) quiet(e notify.Envelope) bool {
	hours := b.steps.Hours[b.in.Channel]
	if hours == nil {
		return false
	}
	now := b.steps.Now()
	at := hours(e, now)
	if at.After(now) {
		b.notBefore(at)
	}
	return at.After(now)
}

// pending tells whether an earlier channel that could tell this recipient is
// still waiting its turn: nobody is told twice.
func pending(m breach.Message, rows []breach.Message) bool {
	for _, o := range rows {
		if o.Notice == m.Notice && o.Subject == m.Subject && o.Registry == m.Registry && o.Recipient == m.Recipient && o.Rank < m.Rank && o.Channel != breach.ChannelSMS &&
			(o.State == breach.MessagePlanned || o.State == breach.MessageReserved) {
			return true
		}
	}
	return false
}
