package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// SeeRegistry says that a version of a registry is in force, with the digest of
// what describes it. A newer one than was seen before is remembered, with an
// audit event. An older one, or another under the same number, was put back:
// breach.RefusedError with the code "put-back".
func (s *Store) SeeRegistry(ctx context.Context, id breach.RegistryID, version int, digest string, at time.Time) error {
	seen, err := one(ctx, s.r, scanSeen, `SELECT version, digest FROM registry_marks WHERE registry = ?`, id)
	if err == nil && seen.version == version && seen.digest == digest {
		return nil // as ever: nothing is written
	}
	return s.change(ctx, actor(ctx), "registry.version", string(id), func(u *unit) error {
		seen, err := one(ctx, u, scanSeen, `SELECT version, digest FROM registry_marks WHERE registry = ?`, id)
		if err != nil && !notFound(err) {
			return err
		}
		u.did("version=%d digest=%s", version, digest)
		switch {
		case err == nil && seen.version == version && seen.digest == digest:
			u.quiet = true
			return nil
		case err == nil && version <= seen.version:
			return &breach.RefusedError{Code: "put-back", What: fmt.Sprintf("registry %s version %d", id, version),
				Hint: fmt.Sprintf("version %d was in force before: old files were copied back. If that was meant, vigie registry restore %s says so with a reason; else import it again from a directory of its own", seen.version, id)}
		}
		_, err = exec(ctx, u, `INSERT INTO registry_marks (registry, version, digest, at) VALUES ?
			ON CONFLICT (registry) DO UPDATE SET version = excluded.version, digest = excluded.digest, at = excluded.at`, tuples{{id, version, digest, nanos(at)}})
		return err
	})
}

// RestoreRegistry says that a version was put back on purpose: by whom and why
// stands in the audit log.
func (s *Store) RestoreRegistry(ctx context.Context, id breach.RegistryID, version int, digest, by, reason string, at time.Time) error {
	return s.change(ctx, by, "registry.restore", string(id), func(u *unit) error {
		if by == "" || reason == "" || version < 1 || digest == "" {
			return fmt.Errorf("a person and a reason are needed: %w", breach.ErrInvalid)
		}
		seen, err := one(ctx, u, scanSeen, `SELECT version, digest FROM registry_marks WHERE registry = ?`, id)
		if err != nil {
			return err
		}
		if seen.version == version && seen.digest == digest {
			return fmt.Errorf("version %d is the newest that was seen: nothing was put back: %w", version, breach.ErrConflict)
		}
		u.did("version=%d was=%d digest=%s why=%s", version, seen.version, digest, reason)
		_, err = exec(ctx, u, `UPDATE registry_marks SET version = ?, digest = ?, at = ? WHERE registry = ?`, version, digest, nanos(at), id)
		return err
	})
}

type registryMark struct {
	version int
	digest  string
}

func scanSeen(r scanner) (m registryMark, err error) {
	err = r.Scan(&m.version, &m.digest)
	return m, err
}
