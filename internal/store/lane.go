package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// ByHand is the provider of what a person of the team handed over; Lane and its
// index spell it out.
const ByHand = "hand"

// Lane lists the ledger rows that need a person: those of the human channel,
// those listed because nothing else reaches, and what became of them. Rows
// that still wait come first.
func (s *Store) Lane(ctx context.Context, incident breach.IncidentID, limit int) ([]breach.Message, error) {
	list, err := all(ctx, s.r, scanMessage, selectMessages+`
		WHERE incident = ? AND (channel = 'human' OR state = 'listed' OR provider = 'hand')
		ORDER BY CASE WHEN state IN ('planned', 'reserved', 'listed', 'doubt') THEN 0 ELSE 1 END, controller, seq LIMIT ?`,
		incident, bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("listing the lane of incident %s: %w", incident, err)
	}
	return list, nil
}

// SettleByHand says that a person of the team reached the recipient of a row
// of the lane, and how: the note, without personal data, becomes the row's
// reference. A row that does not wait for a person is a conflict, and so is
// one of a plan that is still being written: it may begin anew.
func (s *Store) SettleByHand(ctx context.Context, incident breach.IncidentID, id breach.MessageID, by breach.UserID, note string, at time.Time) error {
	return s.change(ctx, string(by), "message.reached", string(incident), func(u *unit) error {
		if by == "" {
			return fmt.Errorf("a person is needed: %w", breach.ErrInvalid)
		}
		n, err := exec(ctx, u, `
			UPDATE messages SET state = 'handed_over', provider = ?, ref = ?, attempts = attempts + 1, updated_at = ?
			WHERE id = ? AND incident = ? AND (state = 'listed' OR channel = 'human' AND state IN ('planned', 'reserved', 'doubt'))
				AND NOT EXISTS (SELECT 1 FROM cases WHERE cases.incident = messages.incident AND cases.controller = messages.controller AND plan_hash = '')`,
			ByHand, note, nanos(at), id, incident)
		u.did("message=%s", id)
		if err == nil && n == 1 {
			return reachedByHand(ctx, u, incident, id, by, note, at)
		}
		if err != nil {
			return err
		}
		if _, err := one(ctx, u, scanString, `SELECT id FROM messages WHERE id = ? AND incident = ?`, id, incident); err != nil {
			return err
		}
		return fmt.Errorf("the message does not wait for a person: %w", breach.ErrConflict)
	})
}

// reachedByHand settles the entry of the danger lane that stands behind a row
// of the ledger, if there is one: who writes down that they reached the person
// has taken it.
func reachedByHand(ctx context.Context, u *unit, incident breach.IncidentID, id breach.MessageID, by breach.UserID, note string, at time.Time) error {
	d, err := one(ctx, u, scanDanger, selectDangers+`WHERE incident = ? AND settled_at = 0 AND EXISTS (SELECT 1 FROM messages
		WHERE messages.id = ? AND messages.registry = dangers.registry AND messages.subject = dangers.person AND messages.role = 'self')`, incident, id)
	if notFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	a := breach.Attempt{Danger: d.ID, At: at, By: by, Means: "call", Outcome: breach.DangerReached, Note: note}
	if _, err := exec(ctx, u, `INSERT INTO attempts (danger, at, by_user, means, domicile, outcome, note) VALUES ?`,
		tuples{{a.Danger, nanos(a.At), a.By, a.Means, 0, a.Outcome, a.Note}}); err != nil {
		return err
	}
	if _, err := exec(ctx, u, `UPDATE dangers SET taken_by = ?, taken_at = ? WHERE id = ? AND taken_at = 0`, by, nanos(at), d.ID); err != nil {
		return err
	}
	return settleDanger(ctx, u, d, a)
}
