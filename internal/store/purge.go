package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// Purge deletes the sealed dump rows of an incident's candidates; the pairs,
// the decisions, the counts and the audit log stay. On SQLite the pages are
// overwritten (secure_delete) and the log is emptied, on PostgreSQL the table
// is rewritten; an error after the deletion says that this last step remains,
// and the same call does it.
func (s *Store) Purge(ctx context.Context, incident breach.IncidentID, at time.Time) error {
	err := s.change(ctx, actor(ctx), "incident.purge", string(incident), func(u *unit) error {
		n, err := exec(ctx, u, `UPDATE incidents SET purged_at = ? WHERE id = ?`, nanos(at), incident)
		if err != nil || n == 0 {
			return first(err, breach.ErrNotFound)
		}
		n, err = exec(ctx, u, `DELETE FROM candidate_rows WHERE id IN (SELECT id FROM candidates WHERE incident = ?)`, incident)
		u.did("rows=%d", n)
		return first(err, forgetSample(ctx, u, incident, at))
	})
	if err != nil {
		return err
	}
	if err := s.wipe(ctx); err != nil {
		return fmt.Errorf("purging incident %s: rows are deleted, their former images not yet: %w", incident, err)
	}
	return nil
}

// wipe takes the former images of deleted and changed rows off the disk.
func (s *Store) wipe(ctx context.Context) error {
	for _, statement := range s.shred {
		busy, err := all(ctx, s.w, func(r scanner) (n int64, err error) {
			var log, moved int64
			err = r.Scan(&n, &log, &moved)
			return n, err
		}, statement)
		if err == nil && len(busy) > 0 && busy[0] != 0 {
			err = fmt.Errorf("readers keep the log busy: %w", breach.ErrTemporary)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
