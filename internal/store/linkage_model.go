package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// KeepModel keeps a model that a dump was matched with, so that its matches can
// be proved again. It is not put in force.
func (s *Store) KeepModel(ctx context.Context, m breach.LinkageModel) error {
	return s.change(ctx, actor(ctx), "linkage.keep", string(m.Registry), func(u *unit) error {
		n, err := exec(ctx, u, `INSERT INTO linkage_models (registry, version, base, body, report, made_by, made_at, reason, in_force) VALUES ? ON CONFLICT DO NOTHING`,
			tuples{{m.Registry, m.Version, m.Base, m.Body, m.Report, m.MadeBy, nanos(m.MadeAt), m.Reason, 0}})
		u.did("version=%s", m.Version)
		u.quiet = n == 0
		return err
	})
}

// PutModel keeps a refined model and puts it in force, if base still is: of two
// people who refine at the same time one is told.
func (s *Store) PutModel(ctx context.Context, m breach.LinkageModel) error {
	return s.change(ctx, m.MadeBy, "linkage.refine", string(m.Registry), func(u *unit) error {
		if m.MadeBy == "" || m.Version == "" || m.Body == "" || m.MadeAt.IsZero() {
			return fmt.Errorf("a model, who made it and when are needed: %w", breach.ErrInvalid)
		}
		now, err := inForce(ctx, u, m.Registry)
		if err != nil {
			return err
		}
		if now != m.Base {
			return fmt.Errorf("model %q is in force, the refinement began with %q: %w", now, m.Base, breach.ErrConflict)
		}
		u.did("version=%s base=%s why=%s", m.Version, m.Base, m.Reason)
		if _, err := exec(ctx, u, `UPDATE linkage_models SET in_force = 0 WHERE registry = ? AND in_force = 1`, m.Registry); err != nil {
			return err
		}
		_, err = exec(ctx, u, `INSERT INTO linkage_models (registry, version, base, body, report, made_by, made_at, reason, in_force) VALUES ?
			ON CONFLICT (registry, version) DO UPDATE SET in_force = 1`,
			tuples{{m.Registry, m.Version, m.Base, m.Body, m.Report, m.MadeBy, nanos(m.MadeAt), m.Reason, 1}})
		return err
	})
}

func inForce(ctx context.Context, u *unit, registry breach.RegistryID) (string, error) {
	v, err := one(ctx, u, scanString, `SELECT version FROM linkage_models WHERE registry = ? AND in_force = 1`, registry)
	if notFound(err) {
		return "", nil
	}
	return v, err
}

// ReturnToModel puts an earlier refined model in force again, or none for "":
// the next match then begins with what is generally known.
func (s *Store) ReturnToModel(ctx context.Context, registry breach.RegistryID, version, by, reason string, at time.Time) error {
	return s.change(ctx, by, "linkage.return", string(registry), func(u *unit) error {
		if by == "" || reason == "" || at.IsZero() {
			return fmt.Errorf("a person and a reason are needed: %w", breach.ErrInvalid)
		}
		now, err := inForce(ctx, u, registry)
		if err != nil {
			return err
		}
		if now == version {
			return fmt.Errorf("model %q is in force: %w", version, breach.ErrConflict)
		}
		u.did("version=%s was=%s why=%s", version, now, reason)
		if _, err := exec(ctx, u, `UPDATE linkage_models SET in_force = 0 WHERE registry = ? AND in_force = 1`, registry); err != nil || version == "" {
			return err
		}
		n, err := exec(ctx, u, `UPDATE linkage_models SET in_force = 1 WHERE registry = ? AND version = ?`, registry, version)
		if err == nil && n == 0 {
			err = fmt.Errorf("model %q: %w", version, breach.ErrNotFound)
		}
		return err
	})
}

const modelColumns = `registry, version, base, body, report, made_by, made_at, reason, in_force`

func scanModel(r scanner) (m breach.LinkageModel, err error) {
	var now int
	err = r.Scan(&m.Registry, &m.Version, &m.Base, &m.Body, &m.Report, &m.MadeBy, (*instant)(&m.MadeAt), &m.Reason, &now)
	m.InForce = now == 1
	return m, err
}

// LinkageModel returns the model of a registry in one version; "" is the one in
// force, breach.ErrNotFound where none was refined.
func (s *Store) LinkageModel(ctx context.Context, registry breach.RegistryID, version string) (breach.LinkageModel, error) {
	m, err := one(ctx, s.r, scanModel, `SELECT `+modelColumns+` FROM linkage_models
		WHERE registry = ? AND (version = ? OR ? = '' AND in_force = 1)`, registry, version, version)
	if err != nil {
		return m, fmt.Errorf("reading the model of registry %s: %w", registry, err)
	}
	return m, nil
}

// RefinedModels lists the refined models of a registry, the oldest first.
func (s *Store) RefinedModels(ctx context.Context, registry breach.RegistryID) ([]breach.LinkageModel, error) {
	list, err := all(ctx, s.r, scanModel, `SELECT `+modelColumns+` FROM linkage_models
		WHERE registry = ? AND report <> '' ORDER BY made_at, version`, registry)
	if err != nil {
		return nil, fmt.Errorf("listing the models of registry %s: %w", registry, err)
	}
	return list, nil
}
