package activity

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	sdk "go.temporal.io/sdk/activity"
	"golang.org/x/sync/errgroup"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
)

// flush settles what needs no hand-over, reserves the due rows in one commit and
// hands them over.
func (b *batch) flush(ctx context.Context) error {
	settled, group := b.other, b.due
	b.other, b.due = nil, nil
	if err := b.steps.Store.Settle(ctx, settled); err != nil {
		return err
	}
	if err := b.steps.saveMarks(ctx, group); err != nil {
		return err
	}
	group, err := b.reserve(ctx, group)
	if err != nil {
		return err
	}
	err = b.handOver(ctx, group)
	b.saw(group)
	sdk.RecordHeartbeat(ctx)
	return errors.Join(err, ctx.Err())
}

// reserve marks the rows that are about to go out. Once one is marked, the
// controller cannot change its decision any more: one that has done so between
// the first look and the mark is heard here.
func (b *batch) reserve(ctx context.Context, group []due) ([]due, error) {
	reserved, err := b.reserveEach(ctx, group)
	if err != nil {
		return nil, err
	}
	of := map[breach.MessageID]store.Hold{}
	for _, h := range reserved {
		of[h.ID] = h
	}
	// And facts that have changed meanwhile are not told any more.
	refused := b.steps.mustTell(ctx, b.in.Incident, b.in.Controller)
	if version, _, err := b.steps.Store.Facts(ctx, b.in.Incident, b.in.Controller); refused == nil && (err != nil || version != b.facts.Version) {
		refused = errors.Join(err, fmt.Errorf("the facts have changed: %w", breach.ErrTemporary))
	}
	if refused != nil {
		return nil, errors.Join(refused, b.steps.Store.Release(context.WithoutCancel(ctx), reserved, b.steps.Now()))
	}
	// A row that somebody else reserved meanwhile is theirs, and a letter of which
	// one row was held meanwhile is written anew.
	var free []store.Hold
	kept := group[:0]
	for _, d := range group {
		if !d.reservable() {
			kept = append(kept, d)
			continue
		}
		for _, id := range d.rows() {
			if h, mine := of[id]; mine {
				d.held = append(d.held, h)
			}
		}
		switch len(d.held) {
		case len(d.rows()):
			kept = append(kept, d)
		case 0:
		default:
			free = append(free, d.held...)
			b.again(fmt.Errorf("a row of the letter %s is not planned any more: %w", d.row.Key(), breach.ErrTemporary))
		}
	}
	if err := b.steps.Store.Release(ctx, free, b.steps.Now()); err != nil {
		return nil, err
	}
	return b.elsewhere(ctx, kept)
}

// reserveEach names the provider of each planned row and marks the rows of one
// provider in one commit.
func (b *batch) reserveEach(ctx context.Context, group []due) (reserved []store.Hold, err error) {
	ids, via := map[string][]breach.MessageID{}, map[string]notify.Channel{}
	full := false // nobody may take more now: planned rows stay so
	for i := range group {
		d := &group[i]
		if !d.reservable() {
			d.via, d.held = b.via(d.row), d.found()
			continue
		}
		if full {
			continue
		}
		name, ch, err := b.choose(ctx, d.row)
		if err != nil {
			b.notYet(err)
			full = true
			continue
		}
		d.via = ch
		ids[name], via[name] = append(ids[name], d.rows()...), ch
	}
	for _, name := range slices.Sorted(maps.Keys(ids)) {
		part, err := b.steps.Store.Reserve(ctx, ids[name], name, blind(via[name]), b.steps.Now())
		if err != nil {
			return nil, err
		}
		reserved = append(reserved, part...)
	}
	return reserved, nil
}

// handed is how some hand-overs ended. A row in none of the lists stays
// reserved: nobody knows yet.
type handed struct {
	done []store.Settlement
	free []store.Hold // the provider is known not to have them
	same []store.Hold // it may have them, and takes each once
}

// ended is how one hand-over ended, with the reason why the batch must be tried
// again.
type ended struct {
	due due
	set store.Settlement
	err error
}

// handOver hands a group over, several at once, and settles what has ended
// while the others go on: a row that nobody has settled is a doubt when the
// process dies.
func (b *batch) handOver(ctx context.Context, group []due) error {
	results := make(chan ended, len(group))
	var g errgroup.Group
	g.SetLimit(sendParallel)
	go func() {
		for _, d := range group {
			g.Go(func() error {
				set, err := b.one(ctx, d)
				results <- ended{d, set, err}
				return nil
			})
		}
		_ = g.Wait() // no hand-over stops another
		close(results)
	}()
	var failed, later error
	for e := range results {
		var h handed
		for ok := true; ok; {
			h.add(e)
			if later == nil {
				later = e.err
			}
			select {
			case e, ok = <-results:
			default:
				ok = false
			}
		}
		failed = errors.Join(failed, b.keep(ctx, h))
	}
	if later != nil {
		b.notYet(later)
	}
	return failed
}

func (h *handed) add(e ended) {
	switch {
	case e.set.State == "":
	case e.set.State != breach.MessagePlanned:
		for _, e.set.ID = range e.due.rows() {
			h.done = append(h.done, e.set)
		}
	case errors.Is(e.err, notify.ErrSame):
		h.same = append(h.same, e.due.held...)
	default:
		h.free = append(h.free, e.due.held...)
	}
}

// keep writes down how hand-overs ended. What the provider has accepted is
// settled even when the run is being cancelled, so that the doubt never lasts
// longer than it must.
func (b *batch) keep(ctx context.Context, h handed) error {
	for _, x := range h.done {
		b.count(x.State)
	}
	b.moved = b.moved || len(h.done) > 0
	calm, s, now := context.WithoutCancel(ctx), b.steps.Store, b.steps.Now()
	return errors.Join(s.Settle(calm, h.done), s.Release(calm, h.free, now), s.Postpone(calm, h.same, now))
}

func (b *batch) count(s breach.MessageState) {
	switch s {
	case breach.MessageHandedOver:
		b.out.Sent++
	case breach.MessageBounced, breach.MessageFailed:
		b.out.Bounced++
	case breach.MessageDoubt:
		b.out.Doubt++
	}
}

// one hands one message over and says how it ended: planned again when the
// provider is known not to have it, no state when nobody can say yet. Both
// come with the reason why the batch must be tried again.
func (b *batch) one(ctx context.Context, d due) (store.Settlement, error) {
	set := store.Settlement{ID: d.row.ID, State: breach.MessageHandedOver, At: b.steps.Now()}
	if err := ctx.Err(); err != nil {
		set.State = breach.MessagePlanned
		return set, err
	}
	if blind(d.via) {
		d.env.Leave = func(ctx context.Context) error { return b.steps.leaving.mark(ctx, b.steps.Store, d.held) }
	}
	ref, err := d.via.Send(ctx, d.env)
	set.At = b.steps.Now()
	switch {
	case err == nil:
		set.Ref = ref
		return set, nil
	case errors.Is(err, breach.ErrInvalid):
		set.State, set.Why = breach.MessageBounced, refusal(err)
		return set, nil
	case errors.Is(err, breach.ErrTemporary):
		return b.notNow(set, err)
	}
	// The connection broke at an unknown moment.
	ref, accepted, aerr := d.via.Ask(context.WithoutCancel(ctx), d.row.Key())
	switch {
	case errors.Is(aerr, notify.ErrUnknown):
		set.State, set.Why = breach.MessageDoubt, "provider-cannot-say"
		return set, nil
	case aerr != nil:
		return store.Settlement{}, fmt.Errorf("asking about %s: %w", d.row.ID, aerr)
	case accepted:
		set.Ref = ref
		return set, nil
	case settled(d.via) > 0: // reserved until its "no" can be believed
		return store.Settlement{}, fmt.Errorf("asking about %s: the provider may not show yet what it accepted: %w", d.row.ID, breach.ErrTemporary)
	}
	return b.notNow(set, fmt.Errorf("%w: %w", breach.ErrTemporary, err))
}

// refusal is the reason of a final refusal, as the channel names it.
func refusal(err error) string {
	var refused *breach.RefusedError
	if errors.As(err, &refused) && refused.Code != "" {
		return refused.Code
	}
	return "refused-by-provider"
}

// notNow plans a message again, or gives the channel up after a day; a quota
// is no lack of an answer.
func (b *batch) notNow(set store.Settlement, err error) (store.Settlement, error) {
	var busy *notify.BusyError
	if quota := errors.As(err, &busy) && busy.Quota; !quota && !b.patient() {
		set.State, set.Why = breach.MessageFailed, "provider-gave-no-answer"
		return set, nil
	}
	set.State = breach.MessagePlanned
	return set, fmt.Errorf("handing over %s: %w", set.ID, err)
}
