package store

import (
	"context"
	"fmt"
	"strings"

	"vigie/internal/breach"
)

// SaveProofread keeps what the linter said of a controller's plan, in place of
// what it said before.
func (s *Store) SaveProofread(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, p breach.Proofread) error {
	return s.change(ctx, actor(ctx), "plan.proofread", string(incident), func(u *unit) error {
		u.did("controller=%s findings=%d digest=%s", controller, len(p.Findings), p.Digest)
		_, err := exec(ctx, u, `INSERT INTO lint_findings (incident, controller, digest, findings, at) VALUES ?
			ON CONFLICT (incident, controller) DO UPDATE SET digest = excluded.digest, findings = excluded.findings, at = excluded.at`,
			tuples{{incident, controller, p.Digest, document(p.Findings), nanos(p.At)}})
		return err
	})
}

// Proofread returns what the linter said of a controller's plan, with the
// override of these very findings; breach.ErrNotFound before there is a plan.
func (s *Store) Proofread(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (breach.Proofread, error) {
	p, err := one(ctx, s.r, func(r scanner) (p breach.Proofread, err error) {
		err = r.Scan(&p.Digest, parsed{&p.Findings}, (*instant)(&p.At))
		return p, err
	}, `SELECT digest, findings, at FROM lint_findings WHERE incident = ? AND controller = ?`, incident, controller)
	if err != nil {
		return p, fmt.Errorf("reading the findings on %s in incident %s: %w", controller, incident, err)
	}
	o, err := one(ctx, s.r, func(r scanner) (o breach.LintOverride, err error) {
		err = r.Scan(&o.Name, &o.Function, &o.Reasons, &o.By, (*instant)(&o.At))
		return o, err
	}, `SELECT name, function, reasons, by_user, at FROM lint_overrides WHERE incident = ? AND controller = ? AND digest = ?`, incident, controller, p.Digest)
	if err != nil && !notFound(err) {
		return p, fmt.Errorf("reading the override of %s in incident %s: %w", controller, incident, err)
	}
	p.Override = o
	return p, nil
}

// OverrideLint keeps a data protection officer's written word. It must be for
// the findings as they stand: others are a conflict.
func (s *Store) OverrideLint(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, digest string, o breach.LintOverride) error {
	return s.change(ctx, string(o.By), "plan.override", string(incident), func(u *unit) error {
		for _, text := range []string{o.Name, o.Function, o.Reasons, string(o.By)} {
			if strings.TrimSpace(text) == "" {
				return fmt.Errorf("an override takes a name, a function, reasons and a person: %w", breach.ErrInvalid)
			}
		}
		now, err := one(ctx, u, scanString, `SELECT digest FROM lint_findings WHERE incident = ? AND controller = ?`, incident, controller)
		if err != nil {
			return err
		}
		if now != digest {
			return fmt.Errorf("the findings are others by now: %w", breach.ErrConflict)
		}
		u.did("controller=%s digest=%s", controller, digest)
		_, err = exec(ctx, u, `INSERT INTO lint_overrides (incident, controller, digest, name, function, reasons, by_user, at) VALUES ? ON CONFLICT DO NOTHING`,
			tuples{{incident, controller, digest, o.Name, o.Function, o.Reasons, o.By, nanos(o.At)}})
		return err
	})
}

// SaveReading records that a named person has read over the words of a
// language or of an easy version, as their digest stands.
func (s *Store) SaveReading(ctx context.Context, r breach.Reading) error {
	return s.change(ctx, string(r.By), "text.read", r.Text, func(u *unit) error {
		for _, text := range []string{r.Text, r.Digest, r.Name, r.Function, string(r.By)} {
			if strings.TrimSpace(text) == "" {
				return fmt.Errorf("a reading takes a text, a name, a function and a person: %w", breach.ErrInvalid)
			}
		}
		u.did("digest=%s", r.Digest)
		_, err := exec(ctx, u, `INSERT INTO readings (text, digest, name, function, by_user, at) VALUES ? ON CONFLICT DO NOTHING`,
			tuples{{r.Text, r.Digest, r.Name, r.Function, r.By, nanos(r.At)}})
		return err
	})
}

// Readings lists who has read over what, oldest first.
func (s *Store) Readings(ctx context.Context) ([]breach.Reading, error) {
	list, err := all(ctx, s.r, func(r scanner) (x breach.Reading, err error) {
		err = r.Scan(&x.Text, &x.Digest, &x.Name, &x.Function, &x.By, (*instant)(&x.At))
		return x, err
	}, `SELECT text, digest, name, function, by_user, at FROM readings ORDER BY at, text LIMIT ?`, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing readings: %w", err)
	}
	return list, nil
}
