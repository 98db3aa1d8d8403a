package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// Lane lists the ledger rows that need a person, whatever has become of them:
// open ones first.
func (s *Store) Lane(ctx context.Context, incident breach.IncidentID, limit int) ([]breach.Message, error) {
	list, err := all(ctx, s.r, scanMessage, selectMessages+`
		WHERE incident = ? AND (channel = 'human' OR state = 'listed') AND state <> 'skipped'
		ORDER BY CASE WHEN state = 'listed' THEN 0 ELSE 1 END, controller, seq LIMIT ?`, incident, bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("listing the lane of incident %s: %w", incident, err)
	}
	return list, nil
}

// SettleByHand marks a listed row as handed over by a person. The note says how
// the person was reached, never what was said, and goes to the audit log.
func (s *Store) SettleByHand(ctx context.Context, incident breach.IncidentID, id breach.MessageID, by breach.UserID, note string, at time.Time) error {
	return s.change(ctx, string(by), "message.reached", string(incident), func(u *unit) error {
		n, err := exec(ctx, u, `UPDATE messages SET state = 'handed_over', provider = 'human', updated_at = ?
			WHERE id = ? AND incident = ? AND state = 'listed'`, nanos(at), id, incident)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("message %s of incident %s is not listed: %w", id, incident, breach.ErrConflict)
		}
		u.did("message=%s note=%q", id, note)
		return nil
	})
}
