package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// Change is one step of an alert as exports follow it.
type Change struct {
	Seq   int64
	Alert breach.AlertID
	State breach.AlertState
	At    time.Time
}

// Feed lists what happened to alerts after a step, in order.
func (s *Store) Feed(ctx context.Context, after int64, limit int) ([]Change, error) {
	list, err := all(ctx, s.r, func(r scanner) (c Change, err error) {
		err = r.Scan(&c.Seq, &c.Alert, &c.State, (*instant)(&c.At))
		return c, err
	}, `SELECT seq, alert, state, at FROM alert_feed WHERE seq > ? ORDER BY seq LIMIT ?`, after, bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("reading the feed of alerts: %w", err)
	}
	return list, nil
}

// Hook is how far another system has been told.
type Hook struct {
	Name     string
	Seq      int64     // last step that was taken
	Failures int64     // since the last success
	Since    time.Time // of the first of them
	Fault    string    // reason code of the last
}

// Hooks lists where the hooks stand that have begun.
func (s *Store) Hooks(ctx context.Context) ([]Hook, error) {
	list, err := all(ctx, s.r, func(r scanner) (h Hook, err error) {
		err = r.Scan(&h.Name, &h.Seq, &h.Failures, (*instant)(&h.Since), &h.Fault)
		return h, err
	}, `SELECT name, seq, failures, since, fault FROM hooks ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("listing hooks: %w", err)
	}
	return list, nil
}

// Hook returns where a hook stands; a new one begins at the end of the feed:
// it asks for what comes, not for the past.
func (s *Store) Hook(ctx context.Context, name string) (Hook, error) {
	read := func() (Hook, error) {
		return one(ctx, s.r, func(r scanner) (h Hook, err error) {
			err = r.Scan(&h.Name, &h.Seq, &h.Failures, (*instant)(&h.Since), &h.Fault)
			return h, err
		}, `SELECT name, seq, failures, since, fault FROM hooks WHERE name = ?`, name)
	}
	h, err := read()
	if notFound(err) {
		if _, err := exec(ctx, s.w, `INSERT INTO hooks (name, seq, failures, since, fault)
			SELECT ?, coalesce(max(seq), 0), 0, 0, '' FROM alert_feed WHERE true ON CONFLICT DO NOTHING`, name); err != nil {
			return h, fmt.Errorf("beginning hook %s: %w", name, err)
		}
		h, err = read()
	}
	if err != nil {
		return h, fmt.Errorf("reading hook %s: %w", name, err)
	}
	return h, nil
}

// SaveHook keeps how far a hook has come. A step backwards is not one.
func (s *Store) SaveHook(ctx context.Context, h Hook) error {
	_, err := exec(ctx, s.w, `UPDATE hooks SET seq = ?, failures = ?, since = ?, fault = ? WHERE name = ? AND seq <= ?`,
		h.Seq, h.Failures, nanos(h.Since), h.Fault, h.Name, h.Seq)
	if err != nil {
		return fmt.Errorf("keeping hook %s: %w", h.Name, err)
	}
	return nil
}
