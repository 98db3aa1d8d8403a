package store

import (
	"context"
	"fmt"

	"vigie/internal/breach"
)

// SaveDump keeps an acquired file and makes it the incident's dump. The layout
// is the reader's own description of the file; it holds no values. Saving the
// same dump again changes nothing; other bytes under its ID are a conflict.
func (s *Store) SaveDump(ctx context.Context, d breach.Dump, layout []byte) error {
	return s.change(ctx, actor(ctx), "dump.save", string(d.ID), func(u *unit) error {
		n, err := exec(ctx, u, `
			INSERT INTO dumps (id, incident, origin, digest, bytes, acquired_at, profile, layout) VALUES ? ON CONFLICT (id) DO NOTHING`,
			tuples{{d.ID, d.Incident, d.Origin, d.Digest, d.Bytes, nanos(d.AcquiredAt), document(d.Profile), blob(layout)}})
		if err != nil {
			return err
		}
		if n == 0 {
			u.quiet = true
			digest, err := one(ctx, u, scanString, `SELECT digest FROM dumps WHERE id = ?`, d.ID)
			if err == nil && digest != d.Digest {
				err = fmt.Errorf("another file has this ID: %w", breach.ErrConflict)
			}
			return err
		}
		u.did("incident=%s bytes=%d", d.Incident, d.Bytes)
		_, err = exec(ctx, u, `UPDATE incidents SET dump = ? WHERE id = ?`, d.ID, d.Incident)
		return err
	})
}

// SaveProfile keeps what reading a dump showed.
func (s *Store) SaveProfile(ctx context.Context, id breach.DumpID, p breach.Profile, layout []byte) error {
	return s.change(ctx, actor(ctx), "dump.profile", string(id), func(u *unit) error {
		u.did("rows=%d refused=%d complete=%t", p.Rows, p.Refused, p.Complete)
		n, err := exec(ctx, u, `UPDATE dumps SET profile = ?, layout = ? WHERE id = ?`, document(p), blob(layout), id)
		if err == nil && n == 0 {
			err = breach.ErrNotFound
		}
		return err
	})
}

// Dump returns a dump and its layout.
func (s *Store) Dump(ctx context.Context, id breach.DumpID) (d breach.Dump, layout []byte, err error) {
	d, err = one(ctx, s.r, func(r scanner) (d breach.Dump, err error) {
		err = r.Scan(&d.ID, &d.Incident, &d.Origin, &d.Digest, &d.Bytes, (*instant)(&d.AcquiredAt), parsed{&d.Profile}, &layout)
		return d, err
	}, `SELECT id, incident, origin, digest, bytes, acquired_at, profile, layout FROM dumps WHERE id = ?`, id)
	if err != nil {
		return d, nil, fmt.Errorf("reading dump %s: %w", id, err)
	}
	return d, layout, nil
}

// blob is a column that is never NULL.
func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
