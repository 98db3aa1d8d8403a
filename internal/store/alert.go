package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// RaiseAlert keeps an alert unless the same post has already raised one for
// the same entity.
func (s *Store) RaiseAlert(ctx context.Context, a breach.Alert) (added bool, err error) {
	if a.State == "" {
		a.State = breach.AlertNew
	}
	err = s.change(ctx, actor(ctx), "alert.raise", string(a.ID), func(u *unit) error {
		n, err := exec(ctx, u, `
			INSERT INTO alerts (id, post, source, entity, kind, code, confidence, why, raised_at, state, decided_by, decided_at, reason, incident)
			VALUES ? ON CONFLICT DO NOTHING`, tuples{{
			a.ID, a.Post, a.Source, a.Entity, a.Kind, a.Code, finite(a.Confidence), a.Why, nanos(a.RaisedAt), a.State,
			a.DecidedBy, nanos(a.DecidedAt), a.Reason, a.Incident,
		}})
		u.did("post=%s", a.Post)
		added, u.quiet = n == 1, n == 0
		return err
	})
	return added && err == nil, err
}

const selectAlerts = `SELECT id, post, source, entity, kind, code, confidence, why, raised_at, state, decided_by, decided_at, reason, incident FROM alerts `

func scanAlert(r scanner) (a breach.Alert, err error) {
	err = r.Scan(&a.ID, &a.Post, &a.Source, &a.Entity, &a.Kind, &a.Code, &a.Confidence, &a.Why, (*instant)(&a.RaisedAt), &a.State,
		&a.DecidedBy, (*instant)(&a.DecidedAt), &a.Reason, &a.Incident)
	return a, err
}

// Alert returns one alert.
func (s *Store) Alert(ctx context.Context, id breach.AlertID) (breach.Alert, error) {
	a, err := one(ctx, s.r, scanAlert, selectAlerts+`WHERE id = ?`, id)
	if err != nil {
		return a, fmt.Errorf("reading alert %s: %w", id, err)
	}
	return a, nil
}

// Alerts lists alerts in a state, or all when it is "", newest first.
func (s *Store) Alerts(ctx context.Context, state breach.AlertState) ([]breach.Alert, error) {
	list, err := all(ctx, s.r, scanAlert, selectAlerts+`WHERE state = ? OR ? = '' ORDER BY raised_at DESC, id DESC LIMIT ?`, state, state, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing alerts: %w", err)
	}
	return list, nil
}

// DismissAlert closes a new alert with a reason.
func (s *Store) DismissAlert(ctx context.Context, id breach.AlertID, by breach.UserID, reason string, at time.Time) error {
	return s.change(ctx, string(by), "alert.dismiss", string(id), func(u *unit) error {
		if by == "" || reason == "" {
			return fmt.Errorf("a person and a reason are needed: %w", breach.ErrInvalid)
		}
		return decideAlert(ctx, u, id, breach.AlertDismissed, by, reason, at, "")
	})
}

// ConfirmAlert turns a new alert into an incident: the decision to acquire,
// with its purpose and legal basis, and the incident with the registries to
// compare are kept together with the alert's new state, or not at all.
func (s *Store) ConfirmAlert(ctx context.Context, acq breach.Acquisition, inc breach.Incident, registries []breach.RegistryID) error {
	if inc.Stage == "" {
		inc.Stage = breach.StageAcquire
	}
	return s.change(ctx, string(acq.By), "alert.confirm", string(acq.Alert), func(u *unit) error {
		if acq.By == "" || acq.Purpose == "" || acq.LegalBasis == "" || acq.Alert != inc.Alert {
			return fmt.Errorf("an acquisition needs a person, a purpose, a legal basis and the incident's alert: %w", breach.ErrInvalid)
		}
		if err := decideAlert(ctx, u, acq.Alert, breach.AlertConfirmed, acq.By, "", acq.At, inc.ID); err != nil {
			return err
		}
		if _, err := exec(ctx, u, `INSERT INTO acquisitions (alert, link, by_user, purpose, legal_basis, at) VALUES ?`,
			tuples{{acq.Alert, acq.Link, acq.By, acq.Purpose, acq.LegalBasis, nanos(acq.At)}}); err != nil {
			return err
		}
		u.did("incident=%s registries=%d", inc.ID, len(registries))
		return insertIncident(ctx, u, inc, registries)
	})
}

func decideAlert(ctx context.Context, u *unit, id breach.AlertID, state breach.AlertState, by breach.UserID, reason string, at time.Time, inc breach.IncidentID) error {
	n, err := exec(ctx, u, `
		UPDATE alerts SET state = ?, decided_by = ?, decided_at = ?, reason = ?, incident = ? WHERE id = ? AND state = 'new'`,
		state, by, nanos(at), reason, inc, id)
	if err != nil || n == 1 {
		return err
	}
	if _, err := one(ctx, u, scanString, `SELECT id FROM alerts WHERE id = ?`, id); err != nil {
		return err
	}
	return fmt.Errorf("the alert has been decided already: %w", breach.ErrConflict)
}

// Acquisition returns the decision taken on a confirmed alert.
func (s *Store) Acquisition(ctx context.Context, alert breach.AlertID) (breach.Acquisition, error) {
	a, err := one(ctx, s.r, func(r scanner) (a breach.Acquisition, err error) {
		err = r.Scan(&a.Alert, &a.Link, &a.By, &a.Purpose, &a.LegalBasis, (*instant)(&a.At))
		return a, err
	}, `SELECT alert, link, by_user, purpose, legal_basis, at FROM acquisitions WHERE alert = ?`, alert)
	if err != nil {
		return a, fmt.Errorf("reading the acquisition of alert %s: %w", alert, err)
	}
	return a, nil
}
