package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// AddRequest takes in a request, with the words sealed by the caller for the
// place "request <id>". One about a message suspends the address it went to.
func (s *Store) AddRequest(ctx context.Context, q breach.Request, sealed []byte) error {
	return s.change(ctx, actorOr(ctx, q.TakenBy), "request.open", string(q.Incident), func(u *unit) error {
		if q.ID == "" || q.Kind == "" || q.ReceivedAt.IsZero() || q.DueAt.IsZero() {
			return fmt.Errorf("a request needs a kind and when it came: %w", breach.ErrInvalid)
		}
		u.did("request=%s kind=%s message=%s", q.ID, q.Kind, q.Message)
		_, err := exec(ctx, u, `
			INSERT INTO requests (id, kind, state, incident, controller, registry, person, message, received_at, due_at, taken_by, longer,
				answered_by, answered_at, outcome, sealed) VALUES ?`,
			tuples{{q.ID, q.Kind, breach.RequestOpen, q.Incident, q.Controller, q.Registry, q.Person, q.Message, nanos(q.ReceivedAt), nanos(q.DueAt),
				q.TakenBy, "", "", 0, "", blob(sealed)}})
		if err != nil || !q.Kind.Suspends() || q.Message == "" {
			return err
		}
		return suspend(ctx, u, q)
	})
}

// suspend stops what would go to the addresses of one recipient: a copied
// reference names one channel, and the same wrong person has the others. What
// is planned for them and their like waits for a human.
func suspend(ctx context.Context, u *unit, q breach.Request) error {
	m, err := one(ctx, u, scanMessage, selectMessages+`WHERE id = ?`, q.Message)
	if notFound(err) {
		return fmt.Errorf("message %s: %w", q.Message, breach.ErrNotFound)
	}
	if err != nil {
		return err
	}
	keys, err := all(ctx, u, scanString, `SELECT DISTINCT address_key FROM messages
		WHERE incident = ? AND registry = ? AND subject = ? AND recipient = ? AND address_key <> ''`, m.Incident, m.Registry, m.Subject, m.Recipient)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if _, err := exec(ctx, u, `INSERT INTO suspensions (address_key, request, at, by_user, lifted_at) VALUES ?
			ON CONFLICT (address_key) DO UPDATE SET request = excluded.request, at = excluded.at, by_user = excluded.by_user, lifted_at = 0
			WHERE suspensions.lifted_at <> 0`, // what stands keeps the request that it rests on
			tuples{{k, q.ID, nanos(q.ReceivedAt), q.TakenBy, 0}}); err != nil {
			return err
		}
	}
	_, err = exec(ctx, u, `UPDATE requests SET incident = ?, controller = ?, registry = ?, person = CASE WHEN person = '' THEN ? ELSE person END WHERE id = ?`,
		m.Incident, m.Controller, m.Registry, m.Subject, q.ID)
	return err
}

// Suspended lists the addresses, as keyed digests, to which nothing goes.
func (s *Store) Suspended(ctx context.Context) (map[string]bool, error) {
	out := map[string]bool{}
	_, err := all(ctx, s.r, func(r scanner) (k string, err error) { err = r.Scan(&k); out[k] = true; return k, err },
		`SELECT address_key FROM suspensions WHERE lifted_at = 0`)
	if err != nil {
		return nil, fmt.Errorf("listing suspended addresses: %w", err)
	}
	return out, nil
}

const selectRequests = `SELECT id, kind, state, incident, controller, registry, person, message, received_at, due_at, taken_by, longer,
	answered_by, answered_at, outcome FROM requests `

func requestDest(q *breach.Request) []any {
	return []any{&q.ID, &q.Kind, &q.State, &q.Incident, &q.Controller, &q.Registry, &q.Person, &q.Message, (*instant)(&q.ReceivedAt), (*instant)(&q.DueAt),
		&q.TakenBy, &q.Longer, &q.AnsweredBy, (*instant)(&q.AnsweredAt), &q.Outcome}
}

func scanRequest(r scanner) (q breach.Request, err error) {
	err = r.Scan(requestDest(&q)...)
	return q, err
}

// Requests lists requests, open ones first, the one that is due next on top.
func (s *Store) Requests(ctx context.Context, limit int) ([]breach.Request, error) {
	list, err := all(ctx, s.r, scanRequest, selectRequests+`ORDER BY CASE WHEN state = 'open' THEN 0 ELSE 1 END, due_at, id LIMIT ?`, bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("listing requests: %w", err)
	}
	return list, nil
}

// Request returns one request with its sealed words.
func (s *Store) Request(ctx context.Context, id breach.RequestID) (q breach.Request, sealed []byte, err error) {
	q, err = one(ctx, s.r, func(r scanner) (q breach.Request, err error) {
		err = r.Scan(append(requestDest(&q), &sealed)...)
		return q, err
	}, `SELECT id, kind, state, incident, controller, registry, person, message, received_at, due_at, taken_by, longer,
		answered_by, answered_at, outcome, sealed FROM requests WHERE id = ?`, id)
	if err != nil {
		return q, nil, fmt.Errorf("reading request %s: %w", id, err)
	}
	return q, sealed, nil
}

// openRequest changes a request that is open; an answered one is a conflict.
func (s *Store) openRequest(ctx context.Context, id breach.RequestID, by breach.UserID, action string, do func(u *unit, q breach.Request) error) error {
	return s.change(ctx, string(by), action, string(id), func(u *unit) error {
		q, err := one(ctx, u, scanRequest, selectRequests+`WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if by == "" || q.State != breach.RequestOpen {
			return fmt.Errorf("request %s is answered, or nobody acts: %w", id, breach.ErrConflict)
		}
		return do(u, q)
	})
}

// IdentifyRequest says who asks: a person of a registry.
func (s *Store) IdentifyRequest(ctx context.Context, id breach.RequestID, incident breach.IncidentID, registry breach.RegistryID, person breach.PersonID, by breach.UserID) error {
	return s.openRequest(ctx, id, by, "request.identify", func(u *unit, _ breach.Request) error {
		u.did("incident=%s registry=%s", incident, registry)
		_, err := exec(ctx, u, `UPDATE requests SET incident = ?, registry = ?, person = ?, taken_by = ? WHERE id = ?`, incident, registry, person, by, id)
		return err
	})
}

// ExtendRequest takes two months more, with reasons (GDPR Art. 12(3)); once.
func (s *Store) ExtendRequest(ctx context.Context, id breach.RequestID, due time.Time, reason string, by breach.UserID) error {
	return s.openRequest(ctx, id, by, "request.extend", func(u *unit, q breach.Request) error {
		if reason == "" || q.Longer != "" || !due.After(q.DueAt) {
			return fmt.Errorf("an extension needs a reason and comes once: %w", breach.ErrInvalid)
		}
		u.did("due=%d", due.Unix())
		_, err := exec(ctx, u, `UPDATE requests SET due_at = ?, longer = ? WHERE id = ?`, nanos(due), reason, id)
		return err
	})
}

// AnswerRequest closes a request. One about a message says whether that went to
// the wrong person; where it did not, the address is used again.
func (s *Store) AnswerRequest(ctx context.Context, id breach.RequestID, state breach.RequestState, outcome string, by breach.UserID, at time.Time) error {
	return s.openRequest(ctx, id, by, "request.answer", func(u *unit, q breach.Request) error {
		if state != breach.RequestAnswered && state != breach.RequestRefused || q.Kind.Suspends() && q.Message != "" && outcome == breach.OutcomeNone {
			return fmt.Errorf("an answer says how it ended: %w", breach.ErrInvalid)
		}
		u.did("state=%s outcome=%s", state, outcome)
		if _, err := exec(ctx, u, `UPDATE requests SET state = ?, outcome = ?, answered_by = ?, answered_at = ? WHERE id = ?`, state, outcome, by, nanos(at), id); err != nil {
			return err
		}
		if outcome != breach.OutcomeRight {
			return nil
		}
		lifted, err := exec(ctx, u, `UPDATE suspensions SET lifted_at = ? WHERE request = ? AND lifted_at = 0`, nanos(at), id)
		if err != nil || lifted == 0 {
			return err
		}
		return suspendAgain(ctx, u)
	})
}

// suspendAgain stops what other requests still hold: one answer says nothing of
// what somebody else said of the same address.
func suspendAgain(ctx context.Context, u *unit) error {
	others, err := all(ctx, u, scanRequest, selectRequests+`WHERE message <> '' AND kind <> ? AND (state = ? OR outcome = ?) ORDER BY received_at, id`,
		breach.RequestAccess, breach.RequestOpen, breach.OutcomeConfirmed)
	if err != nil {
		return err
	}
	for _, q := range others {
		if err := suspend(ctx, u, q); err != nil && !notFound(err) { // its incident may have been purged since
			return err
		}
	}
	return nil
}

// Precision measures an incident, or one controller's part of it; "" for all.
func (s *Store) Precision(ctx context.Context, incident breach.IncidentID, c breach.ControllerID) (p breach.Precision, err error) {
	p, err = one(ctx, s.r, func(r scanner) (p breach.Precision, err error) {
		err = r.Scan(&p.Told, &p.Wrong, &p.Pending)
		return p, err
	}, `SELECT
		(SELECT count(*) FROM (SELECT DISTINCT registry, subject, recipient FROM messages WHERE incident = ? AND (? = '' OR controller = ?)
			AND state IN ('handed_over', 'delivered') AND channel IN ('email', 'letter')) AS told),
		(SELECT count(*) FROM (SELECT DISTINCT registry, person, message FROM requests WHERE incident = ? AND (? = '' OR controller = ?) AND outcome = 'wrong') AS wrong),
		(SELECT count(*) FROM requests WHERE incident = ? AND (? = '' OR controller = ?) AND state = 'open' AND kind IN ('wrong-person', 'former-partner'))`,
		incident, c, c, incident, c, c, incident, c, c)
	if err != nil {
		return p, fmt.Errorf("measuring incident %s: %w", incident, err)
	}
	return p, nil
}

// EraseRequests forgets the words of requests that were answered before a day.
func (s *Store) EraseRequests(ctx context.Context, before time.Time) (n int64, err error) {
	err = s.change(ctx, actor(ctx), "request.erase", "", func(u *unit) error {
		n, err = exec(ctx, u, `UPDATE requests SET sealed = ?, longer = '' WHERE state <> 'open' AND answered_at < ? AND length(sealed) > 0`, []byte{}, nanos(before))
		u.did("requests=%d", n)
		u.quiet = n == 0
		return err
	})
	if err != nil || n == 0 {
		return n, err
	}
	return n, s.wipe(ctx)
}
