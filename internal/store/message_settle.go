package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// Hold is the hold that a caller has on a message it reserved. The number of the
// attempt is what tells it from the hold of whoever reserves the message next.
type Hold struct {
	ID      breach.MessageID
	Attempt int
}

func heldRows(holds []Hold) (rows tuples) {
	for _, h := range holds {
		rows = append(rows, []any{h.ID, h.Attempt})
	}
	return rows
}

// Reserve marks planned messages as about to be handed over, and returns its
// hold on those it marked. With waits, Leave is called before any of them
// leaves: until then somebody else may reserve them too, and then the hold is
// theirs. Others are reserved by one caller, once.
func (s *Store) Reserve(ctx context.Context, ids []breach.MessageID, provider string, waits bool, at time.Time) (reserved []Hold, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	err = s.change(ctx, actor(ctx), "messages.reserve", "", func(u *unit) error {
		won := map[breach.MessageID]int{}
		_, err := all(ctx, u, func(r scanner) (h Hold, err error) {
			err = r.Scan(&h.ID, &h.Attempt, &u.event.Object)
			won[h.ID] = h.Attempt
			return h, err
		}, `
			UPDATE messages SET state = 'reserved', provider = ?, attempts = attempts + 1, waits = ?, updated_at = ?
			WHERE id IN (?) AND (state = 'planned' OR state = 'reserved' AND waits) RETURNING id, attempts, incident`,
			provider, waits, nanos(at), bun.List(ids))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if n, ok := won[id]; ok {
				reserved = append(reserved, Hold{id, n})
				delete(won, id)
			}
		}
		u.did("reserved=%d asked=%d provider=%s", len(reserved), len(ids), provider)
		u.quiet = len(reserved) == 0
		return nil
	})
	if err != nil {
		return nil, err
	}
	return reserved, nil
}

// Leave notes that messages are about to leave, and returns those of which the
// hold is still the caller's: no other may leave. From here on, one that is
// found reserved is a doubt.
func (s *Store) Leave(ctx context.Context, holds []Hold) (left []Hold, err error) {
	if len(holds) == 0 {
		return nil, nil
	}
	err = s.change(ctx, actor(ctx), "messages.leave", "", func(u *unit) error {
		u.quiet = true // the reservation is in the audit log, and what comes of it
		left, err = all(ctx, u, func(r scanner) (h Hold, err error) { err = r.Scan(&h.ID, &h.Attempt); return h, err }, `
			WITH held (id, attempt) AS (VALUES ?)
			UPDATE messages SET waits = FALSE FROM held
			WHERE messages.id = held.id AND messages.attempts = held.attempt AND state = 'reserved' AND waits
			RETURNING messages.id, messages.attempts`, heldRows(holds))
		return err
	})
	return left, err
}

// Settlement is what became of a message.
type Settlement struct {
	ID    breach.MessageID
	State breach.MessageState
	Ref   string // the provider's reference; "" keeps the one that is there
	Why   string // a reason code, added to those that are there
	At    time.Time
}

// forward lists, for each state, the states that may follow. A state that is
// not listed is final. A bounce may come after a delivery: mail systems accept
// first and return later.
var forward = map[breach.MessageState][]breach.MessageState{
	breach.MessagePlanned: {breach.MessageHeld, breach.MessageSkipped, breach.MessageListed},
	breach.MessageReserved: {breach.MessageHandedOver, breach.MessageDelivered, breach.MessageBounced, breach.MessageFailed,
		breach.MessageDoubt, breach.MessageHeld, breach.MessageSkipped, breach.MessageListed},
	breach.MessageDoubt: {breach.MessageHandedOver, breach.MessageDelivered, breach.MessageBounced, breach.MessageFailed,
		breach.MessageHeld, breach.MessageSkipped, breach.MessageListed},
	// Held after the hand-over is a letter that was recalled before it left.
	breach.MessageHandedOver: {breach.MessageDelivered, breach.MessageBounced, breach.MessageFailed, breach.MessageHeld},
	breach.MessageDelivered:  {breach.MessageBounced},
}

// Settle keeps what became of messages, in one transaction. A step backward,
// or out of a final state, changes nothing and is counted in the audit entry;
// a message that does not exist is an error.
func (s *Store) Settle(ctx context.Context, list []Settlement) error {
	if len(list) == 0 {
		return nil
	}
	return s.change(ctx, actor(ctx), "messages.settle", "", func(u *unit) error {
		counts := map[breach.MessageState]int{}
		err := chunks(list, func(part []Settlement) error { return settle(ctx, u, part, counts) })
		if err != nil {
			return err
		}
		var words []string
		moved := 0
		for state, n := range counts {
			words = append(words, fmt.Sprintf("%s=%d", state, n))
			moved += n
		}
		slices.Sort(words)
		u.did("%s ignored=%d", strings.Join(words, " "), len(list)-moved)
		u.quiet = moved == 0
		return nil
	})
}

func settle(ctx context.Context, u *unit, part []Settlement, counts map[breach.MessageState]int) error {
	ids := make([]breach.MessageID, len(part))
	for i, x := range part {
		ids[i] = x.ID
	}
	states := map[breach.MessageID]breach.MessageState{}
	if _, err := all(ctx, u, func(r scanner) (struct{}, error) {
		var id breach.MessageID
		var state breach.MessageState
		err := r.Scan(&id, &state, &u.event.Object)
		states[id] = state
		return struct{}{}, err
	}, `SELECT id, state, incident FROM messages WHERE id IN (?)`, bun.List(ids)); err != nil {
		return err
	}
	last := map[breach.MessageID]Settlement{}
	for _, x := range part {
		state, there := states[x.ID]
		if !there {
			return fmt.Errorf("message %s: %w", x.ID, breach.ErrNotFound)
		}
		if !slices.Contains(forward[state], x.State) {
			continue
		}
		counts[x.State]++
		states[x.ID] = x.State
		x.Ref = cmp.Or(x.Ref, last[x.ID].Ref) // two steps of one message in a batch
		x.Why = cmp.Or(x.Why, last[x.ID].Why)
		last[x.ID] = x
	}
	if len(last) == 0 {
		return nil
	}
	var rows tuples
	for id, x := range last {
		rows = append(rows, []any{id, x.State, x.Ref, x.Why, nanos(x.At)})
	}
	_, err := exec(ctx, u, `
		WITH news (id, state, ref, why, at) AS (VALUES ?)
		UPDATE messages SET state = news.state, updated_at = news.at,
			ref = CASE WHEN news.ref = '' THEN messages.ref ELSE news.ref END,
			why = CASE WHEN news.why = '' OR ',' || messages.why || ',' LIKE '%,' || news.why || ',%' THEN messages.why
				WHEN messages.why = '' THEN news.why ELSE messages.why || ',' || news.why END
		FROM news WHERE messages.id = news.id`, rows)
	return err
}
