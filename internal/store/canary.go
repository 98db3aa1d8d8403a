package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// ReserveCanary makes a copy durable before it is handed over, and returns it
// as it stands: a repeat after a crash meets the first.
func (s *Store) ReserveCanary(ctx context.Context, m breach.CanaryMessage) (now breach.CanaryMessage, added bool, err error) {
	err = s.change(ctx, actor(ctx), "canary.reserve", string(m.Incident), func(u *unit) error {
		n, err := exec(ctx, u, `INSERT INTO canary_messages (id, incident, controller, channel, batch, state, ref, at) VALUES ? ON CONFLICT DO NOTHING`,
			tuples{{m.ID, m.Incident, m.Controller, m.Channel, m.Batch, breach.MessageReserved, "", nanos(m.At)}})
		if err != nil {
			return err
		}
		added, u.quiet = n == 1, n == 0
		u.did("canary=%s channel=%s batch=%s", m.ID, m.Channel, m.Batch)
		now, err = one(ctx, u, scanCanary, `SELECT id, incident, controller, channel, batch, state, ref, at FROM canary_messages WHERE id = ?`, m.ID)
		return err
	})
	return now, added && err == nil, err
}

func scanCanary(r scanner) (m breach.CanaryMessage, err error) {
	err = r.Scan(&m.ID, &m.Incident, &m.Controller, &m.Channel, &m.Batch, &m.State, &m.Ref, (*instant)(&m.At))
	return m, err
}

// SettleCanary keeps what became of a copy. One that is settled stays so.
func (s *Store) SettleCanary(ctx context.Context, id string, state breach.MessageState, ref string, at time.Time) error {
	return s.change(ctx, actor(ctx), "canary.settle", id, func(u *unit) error {
		n, err := exec(ctx, u, `UPDATE canary_messages SET state = ?, ref = ?, at = ? WHERE id = ? AND state = 'reserved'`, state, ref, nanos(at), id)
		u.did("state=%s", state)
		u.quiet = n == 0
		return err
	})
}

// CanaryTotals counts an incident's copies, which no other total does.
func (s *Store) CanaryTotals(ctx context.Context, incident breach.IncidentID) ([]breach.CanaryTotal, error) {
	list, err := all(ctx, s.r, func(r scanner) (t breach.CanaryTotal, err error) {
		err = r.Scan(&t.Controller, &t.Channel, &t.State, &t.N)
		return t, err
	}, `SELECT controller, channel, state, count(id) FROM canary_messages WHERE incident = ? GROUP BY controller, channel, state ORDER BY controller, channel, state`, incident)
	if err != nil {
		return nil, fmt.Errorf("counting the canaries of %s: %w", incident, err)
	}
	return list, nil
}
