package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// Sightings lists the posts of an alert's event, the first first.
func (s *Store) Sightings(ctx context.Context, id breach.AlertID) ([]breach.Sighting, error) {
	list, err := all(ctx, s.r, func(r scanner) (x breach.Sighting, err error) {
		err = r.Scan(&x.Post, &x.Source, (*instant)(&x.At))
		return x, err
	}, `SELECT post, source, at FROM sightings WHERE alert = ? ORDER BY at, post LIMIT ?`, id, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing the sightings of alert %s: %w", id, err)
	}
	return list, nil
}

// AlertsSince lists the alerts raised since a moment, newest first.
func (s *Store) AlertsSince(ctx context.Context, since time.Time) ([]breach.Alert, error) {
	list, err := all(ctx, s.r, scanAlert, selectAlerts+`WHERE raised_at >= ? ORDER BY raised_at DESC, id DESC LIMIT ?`, nanos(since), mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing alerts: %w", err)
	}
	return list, nil
}

// FalseAlarms counts the alerts decided since a moment, by kind of body.
func (s *Store) FalseAlarms(ctx context.Context, since time.Time) ([]breach.AlarmCount, error) {
	type row struct {
		kind, code string
		n          int64
	}
	rows, err := all(ctx, s.r, func(r scanner) (x row, err error) {
		err = r.Scan(&x.kind, &x.code, &x.n)
		return x, err
	}, `SELECT kind, reason_code, count(id) FROM alerts WHERE decided_at >= ? AND decided_by <> '' AND state NOT IN ('new', 'seen') GROUP BY kind, reason_code ORDER BY kind, reason_code`, nanos(since))
	if err != nil {
		return nil, fmt.Errorf("counting false alarms: %w", err)
	}
	var out []breach.AlarmCount
	for _, x := range rows {
		if len(out) == 0 || out[len(out)-1].Kind != x.kind {
			out = append(out, breach.AlarmCount{Kind: x.kind})
		}
		c := &out[len(out)-1]
		c.Decided += x.n
		if breach.FalseAlarm(x.code) {
			c.False += x.n
		}
	}
	return out, nil
}

// RecordTold keeps that the body itself told the public of a confirmed leak,
// when and where. Before that nothing public names it (decisions.md 9).
func (s *Store) RecordTold(ctx context.Context, id breach.AlertID, by breach.UserID, at time.Time, url string) error {
	return s.change(ctx, string(by), "alert.told", string(id), func(u *unit) error {
		if by == "" || url == "" || at.IsZero() {
			return fmt.Errorf("a person, a time and an address are needed: %w", breach.ErrInvalid)
		}
		a, err := one(ctx, u, scanAlert, selectAlerts+`WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if a.DecidedBy == "" || a.ReasonCode != "" {
			return fmt.Errorf("the leak has not been confirmed: %w", breach.ErrConflict)
		}
		_, err = exec(ctx, u, `UPDATE alerts SET told_at = ?, tell_url = ? WHERE id = ?`, nanos(at), url, id)
		return err
	})
}

// Public lists the alerts whose body told the public at or after a moment and
// whose protected people have been reached: nothing is public before that
// (decisions.md 3). An incident whose plan is not approved yet does not know
// who they are.
func (s *Store) Public(ctx context.Context, since time.Time) ([]breach.Alert, error) {
	list, err := all(ctx, s.r, scanAlert, selectAlerts+`
		WHERE told_at >= ? AND told_at > 0 AND (incident = '' OR EXISTS (
			SELECT 1 FROM incidents i WHERE i.id = alerts.incident AND i.stage IN ('send', 'publish', 'done')))
		AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.incident = alerts.incident AND m.incident <> ''
			AND m.channel = 'human' AND m.state IN ('planned', 'reserved', 'listed', 'doubt'))
		ORDER BY told_at, id LIMIT ?`, nanos(since), mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing what is public: %w", err)
	}
	return list, nil
}

// Looks lists, by source, the hours (Unix time / 3600) since a moment in which
// a visit read the site: it answered with posts or files.
func (s *Store) Looks(ctx context.Context, since time.Time) (map[breach.SourceID][]int64, error) {
	type look struct {
		source breach.SourceID
		hour   int64
	}
	list, err := all(ctx, s.r, func(r scanner) (x look, err error) {
		err = r.Scan(&x.source, &x.hour)
		return x, err
	}, `SELECT DISTINCT source, at / 3600000000000 AS hour FROM captures
		WHERE at >= ? AND status BETWEEN 200 AND 299 AND state IN ('listing', 'index', 'market') ORDER BY 1, 2`, nanos(since))
	if err != nil {
		return nil, fmt.Errorf("listing looks: %w", err)
	}
	out := map[breach.SourceID][]int64{}
	for _, x := range list {
		out[x.source] = append(out[x.source], x.hour)
	}
	return out, nil
}
