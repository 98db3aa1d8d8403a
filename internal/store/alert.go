package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// RaiseAlert keeps an alert unless its event has already raised one for the
// same body, or its post has: then the post is one more sighting of that one.
// A claim that was put aside as unproven is new again when another source
// repeats it. It is safe to repeat after a crash at any moment.
func (s *Store) RaiseAlert(ctx context.Context, a breach.Alert) (added bool, err error) {
	if a.State == "" {
		a.State = breach.AlertNew
	}
	err = s.change(ctx, actor(ctx), "alert.raise", string(a.ID), func(u *unit) error {
		_, added, err = raise(ctx, u, a, "")
		return err
	})
	return added && err == nil, err
}

// raise keeps an alert or the sighting. An alert that was found by other means
// is named by known.
func raise(ctx context.Context, u *unit, a breach.Alert, known breach.AlertID) (breach.AlertID, bool, error) {
	old, err := one(ctx, u, scanAlert, selectAlerts+`
		WHERE id = ? OR (event <> '' AND event = ? AND entity = ? AND code = ?) OR (post = ? AND entity = ?) ORDER BY raised_at, id`,
		known, a.Event, a.Entity, a.Code, a.Post, a.Entity)
	if err == nil {
		return old.ID, false, sight(ctx, u, old, a)
	}
	if !notFound(err) {
		return "", false, err
	}
	if _, err := exec(ctx, u, `
		INSERT INTO alerts (id, post, source, entity, kind, code, confidence, why, raised_at, state, decided_by, decided_at, reason, incident, event, urgency)
		VALUES ?`, tuples{{
		a.ID, a.Post, a.Source, a.Entity, a.Kind, a.Code, finite(a.Confidence), a.Why, nanos(a.RaisedAt), a.State,
		a.DecidedBy, nanos(a.DecidedAt), a.Reason, a.Incident, a.Event, a.Urgency,
	}}); err != nil {
		return "", false, err
	}
	u.did("post=%s", a.Post)
	if _, err := addSighting(ctx, u, a.ID, a); err != nil {
		return "", false, err
	}
	return a.ID, true, feed(ctx, u, a.ID, a.State, a.RaisedAt)
}

// sight adds a repeat to an alert, and opens one again that waited for proof.
func sight(ctx context.Context, u *unit, old, a breach.Alert) error {
	elsewhere, err := one(ctx, u, scanInt, `SELECT count(post) FROM sightings WHERE alert = ? AND source = ?`, old.ID, a.Source)
	if err != nil {
		return err
	}
	n, err := addSighting(ctx, u, old.ID, a)
	u.event.Action, u.event.Object = "alert.sight", string(old.ID)
	u.did("post=%s", a.Post)
	if u.quiet = n == 0; u.quiet || err != nil {
		return err
	}
	if old.State != breach.AlertDismissed || old.ReasonCode != breach.DismissUnproven || elsewhere > 0 {
		return nil
	}
	u.event.Action = "alert.reopen"
	if _, err := exec(ctx, u, `UPDATE alerts SET state = 'new' WHERE id = ?`, old.ID); err != nil {
		return err
	}
	return feed(ctx, u, old.ID, breach.AlertNew, a.RaisedAt)
}

func addSighting(ctx context.Context, u *unit, id breach.AlertID, a breach.Alert) (int64, error) {
	if a.Event != "" {
		if _, err := exec(ctx, u, `UPDATE posts SET event = ? WHERE id = ?`, a.Event, a.Post); err != nil {
			return 0, err
		}
	}
	return exec(ctx, u, `INSERT INTO sightings (alert, post, source, at) VALUES ? ON CONFLICT DO NOTHING`,
		tuples{{id, a.Post, a.Source, nanos(a.RaisedAt)}})
}

// feed writes what happened to an alert where exports follow it.
func feed(ctx context.Context, u *unit, id breach.AlertID, state breach.AlertState, at time.Time) error {
	last, err := one(ctx, u, scanInt, `SELECT coalesce(max(seq), 0) FROM alert_feed`)
	if err != nil {
		return err
	}
	_, err = exec(ctx, u, `INSERT INTO alert_feed (seq, alert, state, at) VALUES ?`, tuples{{last + 1, id, state, nanos(at)}})
	return err
}

const selectAlerts = `SELECT id, post, source, entity, kind, code, confidence, why, raised_at, state, decided_by, decided_at, reason, incident,
	event, reason_code, seen_by, seen_at, handed_to, handed_by, handed_at, urgency, told_at, tell_url FROM alerts `

func scanAlert(r scanner) (a breach.Alert, err error) {
	err = r.Scan(&a.ID, &a.Post, &a.Source, &a.Entity, &a.Kind, &a.Code, &a.Confidence, &a.Why, (*instant)(&a.RaisedAt), &a.State,
		&a.DecidedBy, (*instant)(&a.DecidedAt), &a.Reason, &a.Incident,
		&a.Event, &a.ReasonCode, &a.SeenBy, (*instant)(&a.SeenAt), &a.HandedTo, &a.HandedBy, (*instant)(&a.HandedAt),
		&a.Urgency, (*instant)(&a.ToldAt), &a.TellURL)
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

// MoveAlert records a person's step with an alert: seen, confirmed, dismissed
// with a reason, handed over. breach.Alert.Moved says which steps there are.
func (s *Store) MoveAlert(ctx context.Context, id breach.AlertID, m breach.AlertMove) error {
	return s.change(ctx, string(m.By), "alert."+string(m.To), string(id), func(u *unit) error {
		u.did("code=%s", m.Code)
		return moveAlert(ctx, u, id, m, "")
	})
}

// ConfirmAlert turns an alert into an incident: the decision to acquire,
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
		if err := moveAlert(ctx, u, acq.Alert, breach.AlertMove{To: breach.AlertConfirmed, By: acq.By, At: acq.At}, inc.ID); err != nil {
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

func moveAlert(ctx context.Context, u *unit, id breach.AlertID, m breach.AlertMove, inc breach.IncidentID) error {
	was, err := one(ctx, u, scanAlert, selectAlerts+`WHERE id = ?`, id)
	if err != nil {
		return err
	}
	a := was
	if inc != "" && was.State == breach.AlertConfirmed && was.Incident == "" {
		a.Incident = inc // confirmed before, acquired now
	} else if a, err = was.Moved(m); err != nil {
		return err
	} else if inc != "" {
		a.Incident = inc
	}
	if _, err = exec(ctx, u, `
		UPDATE alerts SET state = ?, decided_by = ?, decided_at = ?, reason = ?, reason_code = ?, incident = ?,
			seen_by = ?, seen_at = ?, handed_to = ?, handed_by = ?, handed_at = ? WHERE id = ?`,
		a.State, a.DecidedBy, nanos(a.DecidedAt), a.Reason, a.ReasonCode, a.Incident,
		a.SeenBy, nanos(a.SeenAt), a.HandedTo, a.HandedBy, nanos(a.HandedAt), id); err != nil {
		return err
	}
	if err := answerDuty(ctx, u, id, m.By, m.At); err != nil {
		return err
	}
	return feed(ctx, u, id, a.State, m.At)
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
