package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// Release gives reserved messages back that the provider is known not to have
// taken: it answered "not now", or was never asked. They are planned again. A
// message that might have been taken is never released, it is a doubt. The next
// attempt may go to any provider. A hold that somebody else has by now is left.
func (s *Store) Release(ctx context.Context, holds []Hold, at time.Time) error {
	return s.release(ctx, holds, "provider = '', ", at)
}

// Postpone gives reserved messages back for another attempt with the provider
// that has them in the ledger, and no other: it may have taken them, and takes
// each once.
func (s *Store) Postpone(ctx context.Context, holds []Hold, at time.Time) error {
	return s.release(ctx, holds, "", at)
}

func (s *Store) release(ctx context.Context, holds []Hold, set string, at time.Time) error {
	if len(holds) == 0 {
		return nil
	}
	return s.change(ctx, actor(ctx), "messages.release", "", func(u *unit) error {
		n, err := exec(ctx, u, `WITH held (id, attempt) AS (VALUES ?)
			UPDATE messages SET `+set+`state = 'planned', waits = FALSE, updated_at = ?
			FROM held WHERE messages.id = held.id AND messages.attempts = held.attempt AND state = 'reserved'`, heldRows(holds), nanos(at))
		u.did("released=%d", n)
		u.quiet = n == 0
		return err
	})
}

// Join says whose letter tells these messages too, before it is handed over; ""
// takes each apart again. What is on its way keeps its letter.
func (s *Store) Join(ctx context.Context, ids []breach.MessageID, to breach.MessageID) error {
	if len(ids) == 0 {
		return nil
	}
	return s.change(ctx, actor(ctx), "messages.join", "", func(u *unit) error {
		n, err := exec(ctx, u, `UPDATE messages SET joined = ? WHERE id IN (?) AND state IN ('planned', 'reserved') AND joined <> ?`, to, bun.List(ids), to)
		u.did("joined=%d", n)
		u.quiet = n == 0
		return err
	})
}

// Joined lists the messages that the letters with these keys tell, by key, without
// those that left the letter before it was handed over, skipped or held: none
// for one that tells a single one.
func (s *Store) Joined(ctx context.Context, keys []breach.MessageID) (map[breach.MessageID][]breach.MessageID, error) {
	found := map[breach.MessageID][]breach.MessageID{}
	err := chunks(keys, func(part []breach.MessageID) error {
		_, err := all(ctx, s.r, func(r scanner) (v [2]breach.MessageID, err error) {
			err = r.Scan(&v[0], &v[1])
			found[v[1]] = append(found[v[1]], v[0])
			return v, err
		}, `SELECT id, joined FROM messages WHERE joined IN (?) AND joined <> '' AND state NOT IN ('planned', 'held', 'skipped')
			AND EXISTS (SELECT 1 FROM messages AS head WHERE head.id = messages.joined AND head.joined = head.id) ORDER BY seq`, bun.List(part))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking up whom letters tell: %w", err)
	}
	return found, nil
}

// KnownMessages tells which of these are in the ledger.
func (s *Store) KnownMessages(ctx context.Context, ids []breach.MessageID) (map[breach.MessageID]bool, error) {
	known := map[breach.MessageID]bool{}
	err := chunks(ids, func(part []breach.MessageID) error {
		_, err := all(ctx, s.r, func(r scanner) (id breach.MessageID, err error) {
			err = r.Scan(&id)
			known[id] = true
			return id, err
		}, `SELECT id FROM messages WHERE id IN (?)`, bun.List(part))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking messages up: %w", err)
	}
	return known, nil
}

// MessagesByID finds messages; those that do not exist are left out.
func (s *Store) MessagesByID(ctx context.Context, ids []breach.MessageID) (map[breach.MessageID]breach.Message, error) {
	found := map[breach.MessageID]breach.Message{}
	err := chunks(ids, func(part []breach.MessageID) error {
		_, err := all(ctx, s.r, func(r scanner) (m breach.Message, err error) {
			m, err = scanMessage(r)
			found[m.ID] = m
			return m, err
		}, selectMessages+`WHERE id IN (?)`, bun.List(part))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking messages up: %w", err)
	}
	return found, nil
}

// lateReasons of a hold say that a human must think before anybody is reached,
// the most decisive first.
var lateReasons = [...]string{"recipient-excluded", "household-in-danger", "address-suspended", "recalled"}

// Exhausted lists the recipients of a controller for whom no channel is left
// and none told: each as the message of the human channel that has to follow.
// A recipient who has such a message already is not listed again, nor one whom
// the plan about a later version has taken over, nor one who was told the same
// elsewhere. Why is what a late check said that a human must know first: that
// the recipient is none any more, or waits with somebody in danger.
func (s *Store) Exhausted(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, limit int) ([]breach.Message, error) {
	var columns strings.Builder
	for _, why := range lateReasons {
		fmt.Fprintf(&columns, `, max(CASE WHEN ',' || why || ',' LIKE '%%,%s,%%' THEN 1 ELSE 0 END)`, why)
	}
	list, err := all(ctx, s.r, func(r scanner) (breach.Message, error) {
		m := breach.Message{Incident: incident, Controller: controller, Channel: breach.ChannelHuman, State: breach.MessageListed}
		var late [len(lateReasons)]int64
		into := []any{&m.Registry, &m.Subject, &m.Recipient, &m.Notice, &m.Role, &m.Variant, &m.Rank}
		for i := range late {
			into = append(into, &late[i])
		}
		err := r.Scan(into...)
		for i, n := range late {
			if n > 0 && m.Why == "" {
				m.Why = lateReasons[i]
			}
		}
		return m, err
	}, `
		SELECT registry, subject, recipient, notice, max(role), max(variant), max(rank) + 1`+columns.String()+`
		FROM messages WHERE incident = ? AND controller = ?
		GROUP BY registry, subject, recipient, notice
		HAVING max(CASE WHEN channel = 'human' OR provider = ? OR state IN ('planned', 'reserved', 'listed') OR why LIKE '%facts-changed%' OR why LIKE '%told-elsewhere%'
			OR channel IN ('email', 'letter') AND state IN ('handed_over', 'delivered') THEN 1 ELSE 0 END) = 0
		ORDER BY min(seq) LIMIT ?`, incident, controller, ByHand, bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("listing whom no channel told in incident %s: %w", incident, err)
	}
	return list, nil
}

// LedgerEnd is the last seq of a controller's ledger, 0 when it is empty.
func (s *Store) LedgerEnd(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (int64, error) {
	n, err := one(ctx, s.r, scanInt, `SELECT seq FROM messages WHERE incident = ? AND controller = ? ORDER BY seq DESC LIMIT 1`, incident, controller)
	if notFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading the ledger of incident %s: %w", incident, err)
	}
	return n, nil
}

// DropPlan removes what a plan that was cut has written, so that it begins
// anew: people may have come of age and registries may have changed since. A
// plan that is finished, and so may be approved, is ErrConflict.
func (s *Store) DropPlan(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) error {
	return s.change(ctx, actor(ctx), "messages.drop", string(incident), func(u *unit) error {
		c, err := caseOf(ctx, u, incident, controller)
		if err != nil {
			return err
		}
		if c.PlanHash != "" {
			return fmt.Errorf("the plan of %s is finished: %w", controller, breach.ErrConflict)
		}
		n, err := exec(ctx, u, `DELETE FROM messages WHERE incident = ? AND controller = ? AND attempts = 0`, incident, controller)
		u.did("controller=%s dropped=%d", controller, n)
		u.quiet = n == 0
		return err
	})
}

// Unreached counts, by controller, the persons with a recipient whom nothing
// reaches and nobody has reached by hand: GDPR Art. 34(3)(c) has them told in
// public.
func (s *Store) Unreached(ctx context.Context, incident breach.IncidentID) (map[breach.ControllerID]int64, error) {
	out := map[breach.ControllerID]int64{}
	_, err := all(ctx, s.r, func(r scanner) (struct{}, error) {
		var c breach.ControllerID
		var n int64
		err := r.Scan(&c, &n)
		out[c] = n
		return struct{}{}, err
	}, `SELECT controller, count(*) FROM (SELECT DISTINCT controller, registry, subject FROM messages
			WHERE incident = ? AND channel = 'human' AND state = 'listed'
			AND (',' || why || ',' LIKE '%,no-contact,%' OR ',' || why || ',' LIKE '%,channels-exhausted,%')) AS persons GROUP BY controller`, incident)
	if err != nil {
		return nil, fmt.Errorf("counting who was not reached in incident %s: %w", incident, err)
	}
	return out, nil
}
