package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// PlanMessages adds rows to the ledger. A communication that is there already
// (same incident, controller, person, recipient, channel and notice) stays as
// it is. Rows without a Seq get the next ones of their controller, in order; a
// Seq or an ID that belongs to another communication is a conflict, so that no
// row is dropped in silence.
func (s *Store) PlanMessages(ctx context.Context, list []breach.Message) error {
	if len(list) == 0 {
		return nil
	}
	added := 0
	err := s.change(ctx, actor(ctx), "messages.plan", string(list[0].Incident), func(u *unit) error {
		next := map[identity]int64{}
		err := chunks(list, func(part []breach.Message) error {
			n, err := planMessages(ctx, u, part, next)
			added += n
			return err
		})
		u.did("new=%d given=%d", added, len(list))
		u.quiet = added == 0
		return err
	})
	if err != nil {
		return err
	}
	return s.learn(ctx, "messages", added)
}

// identity is what a communication is unique by.
type identity struct {
	incident   breach.IncidentID
	controller breach.ControllerID
	registry   breach.RegistryID
	subject    breach.PersonID
	recipient  string
	channel    breach.Channel
	notice     int
}

func identityOf(m breach.Message) identity {
	return identity{m.Incident, m.Controller, m.Registry, m.Subject, m.Recipient, m.Channel, m.Notice}
}

// planMessages adds a part; next holds the last seq given out per controller.
func planMessages(ctx context.Context, u *unit, part []breach.Message, next map[identity]int64) (int, error) {
	known, err := knownMessages(ctx, u, part)
	if err != nil {
		return 0, err
	}
	var rows tuples
	for _, m := range part {
		if known[identityOf(m)] {
			continue
		}
		known[identityOf(m)] = true
		if m.Seq == 0 {
			ledger := identity{incident: m.Incident, controller: m.Controller}
			if next[ledger] == 0 {
				last, err := one(ctx, u, scanInt, `SELECT seq FROM messages WHERE incident = ? AND controller = ? ORDER BY seq DESC LIMIT 1`, m.Incident, m.Controller)
				if err != nil && !notFound(err) {
					return 0, err
				}
				next[ledger] = last
			}
			next[ledger]++
			m.Seq = next[ledger]
		}
		if m.State == "" {
			m.State = breach.MessagePlanned
		}
		rows = append(rows, []any{m.ID, m.Seq, m.Incident, m.Controller, m.Registry, m.Subject, m.Recipient, m.Role, m.Notice, m.Variant,
			m.Channel, m.Rank, m.State, m.Why, m.AddressKey, m.Provider, m.Ref, m.Attempts, nanos(m.UpdatedAt), m.Former, m.Joined})
	}
	if len(rows) == 0 {
		return 0, nil
	}
	n, err := exec(ctx, u, `
		INSERT INTO messages (id, seq, incident, controller, registry, subject, recipient, role, notice, variant,
			channel, rank, state, why, address_key, provider, ref, attempts, updated_at, former, joined) VALUES ?`, rows)
	return int(n), err
}

// knownMessages finds the communications of the same persons that are in the
// ledger. Lists of values per column, and not rows of them, so that both
// engines walk the unique index.
func knownMessages(ctx context.Context, u *unit, part []breach.Message) (map[identity]bool, error) {
	var of [4][]string
	for _, m := range part {
		for i, v := range [4]string{string(m.Incident), string(m.Controller), string(m.Registry), string(m.Subject)} {
			if v = cleanText(v); !slices.Contains(of[i], v) {
				of[i] = append(of[i], v)
			}
		}
	}
	known := map[identity]bool{}
	_, err := all(ctx, u, func(r scanner) (k identity, err error) {
		err = r.Scan(&k.incident, &k.controller, &k.registry, &k.subject, &k.recipient, &k.channel, &k.notice)
		known[k] = true
		return k, err
	}, `SELECT incident, controller, registry, subject, recipient, channel, notice FROM messages
		WHERE incident IN (?) AND controller IN (?) AND registry IN (?) AND subject IN (?)`,
		bun.List(of[0]), bun.List(of[1]), bun.List(of[2]), bun.List(of[3]))
	return known, err
}

const selectMessages = `SELECT id, seq, incident, controller, registry, subject, recipient, role, notice, variant,
	channel, rank, state, why, address_key, provider, ref, attempts, updated_at, former, joined, waits FROM messages `

func scanMessage(r scanner) (m breach.Message, err error) {
	err = r.Scan(&m.ID, &m.Seq, &m.Incident, &m.Controller, &m.Registry, &m.Subject, &m.Recipient, &m.Role, &m.Notice, &m.Variant,
		&m.Channel, &m.Rank, &m.State, &m.Why, &m.AddressKey, &m.Provider, &m.Ref, &m.Attempts, (*instant)(&m.UpdatedAt), &m.Former, &m.Joined, &m.Waits)
	return m, err
}

// Messages lists the ledger rows from one seq to another, both included.
func (s *Store) Messages(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, from, to int64) ([]breach.Message, error) {
	list, err := all(ctx, s.r, scanMessage, selectMessages+`WHERE incident = ? AND controller = ? AND seq BETWEEN ? AND ? ORDER BY seq`,
		incident, controller, from, to)
	if err != nil {
		return nil, fmt.Errorf("reading the ledger of incident %s: %w", incident, err)
	}
	return list, nil
}

// MessageFilter selects messages; zero fields select all. After is the last
// seq of the page before and needs a Controller: each counts on its own.
type MessageFilter struct {
	Controller breach.ControllerID
	Channel    breach.Channel
	State      breach.MessageState
	Limit      int
	After      int64
}

// MessagesOf lists messages by controller and seq.
func (s *Store) MessagesOf(ctx context.Context, incident breach.IncidentID, f MessageFilter) ([]breach.Message, error) {
	if f.After != 0 && f.Controller == "" {
		return nil, fmt.Errorf("listing messages: a page after seq %d of no controller: %w", f.After, breach.ErrInvalid)
	}
	query, args := selectMessages+`WHERE incident = ?`, []any{incident}
	for _, c := range []struct {
		column string
		value  string
	}{{"controller", string(f.Controller)}, {"channel", string(f.Channel)}, {"state", string(f.State)}} {
		if c.value != "" {
			query += ` AND ` + c.column + ` = ?`
			args = append(args, c.value)
		}
	}
	list, err := all(ctx, s.r, scanMessage, query+` AND seq > ? ORDER BY controller, seq LIMIT ?`, append(args, f.After, bounded(f.Limit, mostRows))...)
	if err != nil {
		return nil, fmt.Errorf("listing messages of incident %s: %w", incident, err)
	}
	return list, nil
}

// Total counts messages.
type Total struct {
	Controller breach.ControllerID
	Channel    breach.Channel
	State      breach.MessageState
	N          int64
}

// ledgerOf is the condition of one controller's messages in an incident, "" for
// all: with several hundred controllers, a page about one reads its part alone.
func ledgerOf(incident breach.IncidentID, c breach.ControllerID) (where string, args []any) {
	if c == "" {
		return `incident = ?`, []any{incident}
	}
	return `incident = ? AND controller = ?`, []any{incident, c}
}

// MessageTotals counts the messages of an incident, or of one controller's part
// of it ("" for all), by controller, channel and state.
func (s *Store) MessageTotals(ctx context.Context, incident breach.IncidentID, c breach.ControllerID) ([]Total, error) {
	where, args := ledgerOf(incident, c)
	list, err := all(ctx, s.r, func(r scanner) (t Total, err error) {
		err = r.Scan(&t.Controller, &t.Channel, &t.State, &t.N)
		return t, err
	}, `SELECT controller, channel, state, count(id) FROM messages WHERE `+where+`
		GROUP BY controller, channel, state ORDER BY controller, channel, state`, args...)
	if err != nil {
		return nil, fmt.Errorf("counting messages of incident %s: %w", incident, err)
	}
	return list, nil
}

// ToldTotal counts the persons of a controller's ledger. A person is told when
// every recipient for them was handed an e-mail or a letter that did not come
// back; an SMS never counts. Reached, Elsewhere, Partly, Listed and the rest, who still
// wait, make up Persons with Told.
type ToldTotal struct {
	Controller breach.ControllerID
	Persons    int64
	Told       int64
	Reached    int64 // told but for at least one recipient whom the team reached by hand
	Elsewhere  int64 // some recipients told of the same facts in another incident, all others here
	Partly     int64 // some recipients told or reached, not all
	Listed     int64 // nobody yet, and at least one row waits for a human
}

// Told counts who was told, by controller, or by one alone ("" for all).
func (s *Store) Told(ctx context.Context, incident breach.IncidentID, c breach.ControllerID) ([]ToldTotal, error) {
	where, args := ledgerOf(incident, c)
	list, err := all(ctx, s.r, func(r scanner) (t ToldTotal, err error) {
		err = r.Scan(&t.Controller, &t.Persons, &t.Told, &t.Reached, &t.Elsewhere, &t.Partly, &t.Listed)
		return t, err
	}, `
		SELECT controller, count(persons.subject), sum(told), sum(least_done - told), sum(known - least_done),
			sum(CASE WHEN known = 0 THEN most_done ELSE 0 END), sum(CASE WHEN most_done = 0 AND known = 0 THEN listed ELSE 0 END)
		FROM (
			SELECT controller, registry, subject, min(told) AS told, min(done) AS least_done, max(done) AS most_done, max(listed) AS listed,
				min(CASE WHEN done = 1 OR elsewhere = 1 THEN 1 ELSE 0 END) AS known
			FROM (
				SELECT controller, registry, subject, recipient,
					max(CASE WHEN state IN ('handed_over', 'delivered') AND channel IN ('email', 'letter') AND provider <> 'hand' THEN 1 ELSE 0 END) AS told,
					max(CASE WHEN state IN ('handed_over', 'delivered') AND (channel IN ('email', 'letter') OR provider = 'hand') THEN 1 ELSE 0 END) AS done,
					max(CASE WHEN state = 'listed' OR channel = 'human' THEN 1 ELSE 0 END) AS listed,
					max(CASE WHEN state = 'skipped' AND why LIKE '%told-elsewhere%' THEN 1 ELSE 0 END) AS elsewhere
				FROM messages WHERE `+where+` GROUP BY controller, registry, subject, recipient
			) AS recipients GROUP BY controller, registry, subject
		) AS persons GROUP BY controller ORDER BY controller`, args...)
	if err != nil {
		return nil, fmt.Errorf("counting who was told in incident %s: %w", incident, err)
	}
	return list, nil
}
