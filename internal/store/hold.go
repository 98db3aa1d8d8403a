package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// lastYear is the last whole one that the database's times reach.
const lastYear = 2261

// PlaceHold orders that something is not destroyed before h.Until. It replaces
// the subject's hold, if there is one: with an end that is not after its
// beginning it lifts it. It stands in the chain of custody as well.
func (s *Store) PlaceHold(ctx context.Context, h breach.Hold) error {
	if h.Subject == "" || h.Reason == "" || h.By == "" || h.Until.IsZero() || h.Until.Year() > lastYear {
		return fmt.Errorf("a hold needs a subject, a person, a reason and an end: %w", breach.ErrInvalid)
	}
	event := "held"
	if !h.Until.After(h.At) {
		event = "released"
	}
	return s.change(ctx, h.By, "hold.place", h.Subject, func(u *unit) error {
		u.did("until=%s", h.Until.UTC().Format(time.RFC3339))
		if _, err := exec(ctx, u, `INSERT INTO holds (subject, placed_at, placed_by, reason, until) VALUES ?`,
			tuples{{h.Subject, nanos(h.At), h.By, h.Reason, nanos(h.Until)}}); err != nil {
			return err
		}
		_, err := enterCustody(ctx, u, breach.Custody{Subject: h.Subject, Event: event, Who: h.By, At: h.At,
			Why: "until " + h.Until.UTC().Format(time.RFC3339) + ": " + h.Reason})
		return err
	})
}

// Holds lists the orders in force at a time, by subject.
func (s *Store) Holds(ctx context.Context, at time.Time) (map[string]breach.Hold, error) {
	holds := map[string]breach.Hold{}
	_, err := all(ctx, s.r, func(r scanner) (struct{}, error) {
		var h breach.Hold
		err := r.Scan(&h.Subject, (*instant)(&h.At), &h.By, &h.Reason, (*instant)(&h.Until))
		if holds[h.Subject] = h; !h.Until.After(at) {
			delete(holds, h.Subject)
		}
		return struct{}{}, err
	}, `SELECT subject, placed_at, placed_by, reason, until FROM holds ORDER BY subject, placed_at`)
	if err != nil {
		return nil, fmt.Errorf("listing holds: %w", err)
	}
	return holds, nil
}
