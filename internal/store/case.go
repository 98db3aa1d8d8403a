package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// OpenCase opens a controller's part of an incident; one that is open already
// stays as it is.
func (s *Store) OpenCase(ctx context.Context, c breach.Case) error {
	return s.change(ctx, actor(ctx), "case.open", string(c.Incident), func(u *unit) error {
		n, err := exec(ctx, u, `
			INSERT INTO cases (incident, controller, aware_at, aware_by, aware_reason, decision, reason, exemption, decided_by, decided_at,
				plan_hash, persons, recipients, notified_at, notified_by, notified_ref,
				mandate, mandate_by, mandate_at, mandate_scope, mandate_set_by)
			VALUES ? ON CONFLICT (incident, controller) DO NOTHING`, tuples{{
			c.Incident, c.Controller, nanos(c.AwareAt), c.AwareBy, c.AwareReason, c.Decision, c.Reason, c.Exemption, c.DecidedBy,
			nanos(c.DecidedAt), c.PlanHash, c.Persons, c.Recipients, 0, "", "",
			c.Mandate.Reference, c.Mandate.By, nanos(c.Mandate.At), c.Mandate.Scope, c.Mandate.SetBy,
		}})
		u.did("controller=%s", c.Controller)
		u.quiet = n == 0
		return err
	})
}

const selectCases = `SELECT incident, controller, aware_at, aware_by, aware_reason, decision, reason, exemption, decided_by, decided_at, plan_hash, persons, recipients, ceiling, ceiling_by, ceiling_reason,
	notice, first_row, mandate, mandate_by, mandate_at, mandate_scope, mandate_set_by, texts FROM cases `

func scanCase(r scanner) (c breach.Case, err error) {
	err = r.Scan(&c.Incident, &c.Controller, (*instant)(&c.AwareAt), &c.AwareBy, &c.AwareReason, &c.Decision, &c.Reason, &c.Exemption,
		&c.DecidedBy, (*instant)(&c.DecidedAt), &c.PlanHash, &c.Persons, &c.Recipients, &c.Ceiling, &c.CeilingBy, &c.CeilingReason,
		&c.Notice, &c.FirstRow, &c.Mandate.Reference, &c.Mandate.By, (*instant)(&c.Mandate.At), &c.Mandate.Scope, &c.Mandate.SetBy, (*tally)(&c.Texts))
	return c, err
}

// tally is a count by name in a column: JSON, "" for none.
type tally map[string]int64

// Scan reads a column of text.
func (t *tally) Scan(v any) error {
	var raw sql.NullString
	if err := raw.Scan(v); err != nil || raw.String == "" {
		return err
	}
	return json.Unmarshal([]byte(raw.String), t)
}

func (t tally) String() string {
	if len(t) == 0 {
		return ""
	}
	raw, _ := json.Marshal(map[string]int64(t)) // keys are sorted; numbers always have a form
	return string(raw)
}

func caseOf(ctx context.Context, db bun.IDB, incident breach.IncidentID, controller breach.ControllerID) (breach.Case, error) {
	return one(ctx, db, scanCase, selectCases+`WHERE incident = ? AND controller = ?`, incident, controller)
}

// Case returns a controller's part of an incident.
func (s *Store) Case(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (breach.Case, error) {
	c, err := caseOf(ctx, s.r, incident, controller)
	if err != nil {
		return c, fmt.Errorf("reading the case of %s in incident %s: %w", controller, incident, err)
	}
	return c, nil
}

// Cases lists an incident's cases by controller.
func (s *Store) Cases(ctx context.Context, incident breach.IncidentID) ([]breach.Case, error) {
	list, err := all(ctx, s.r, scanCase, selectCases+`WHERE incident = ? ORDER BY controller`, incident)
	if err != nil {
		return nil, fmt.Errorf("listing the cases of incident %s: %w", incident, err)
	}
	return list, nil
}

// SetAware starts a controller's clock; it takes a person and a reason.
func (s *Store) SetAware(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, at time.Time, by breach.UserID, reason string) error {
	return s.change(ctx, string(by), "case.aware", string(incident), func(u *unit) error {
		if by == "" || reason == "" || at.IsZero() {
			return fmt.Errorf("an instant, a person and a reason are needed: %w", breach.ErrInvalid)
		}
		c, err := caseOf(ctx, u, incident, controller)
		if err != nil {
			return err
		}
		u.did("controller=%s aware=%d former=%d", controller, at.Unix(), max(0, c.AwareAt.Unix()))
		_, err = exec(ctx, u, `UPDATE cases SET aware_at = ?, aware_by = ?, aware_reason = ? WHERE incident = ? AND controller = ?`,
			nanos(at), by, reason, incident, controller)
		return err
	})
}

// DecideCase keeps a controller's decision under Art. 34. It may change until
// the campaign starts; the audit log tells the former ones.
func (s *Store) DecideCase(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, d breach.Decision, reason, exemption string, by breach.UserID, at time.Time) error {
	return s.change(ctx, string(by), "case.decide", string(incident), func(u *unit) error {
		if by == "" || d != breach.DecisionTell && d != breach.DecisionRefuse || d == breach.DecisionRefuse && reason == "" {
			return fmt.Errorf("a decision tells, or refuses with a reason, and is a person's: %w", breach.ErrInvalid)
		}
		c, err := caseOf(ctx, u, incident, controller)
		if err != nil {
			return err
		}
		if started, err := campaignStarted(ctx, u, incident, controller); err != nil || started {
			return first(err, fmt.Errorf("the campaign has started: %w", breach.ErrConflict))
		}
		u.did("controller=%s decision=%s exemption=%s former=%s former_by=%s", controller, d, exemption, c.Decision, c.DecidedBy)
		_, err = exec(ctx, u, `
			UPDATE cases SET decision = ?, reason = ?, exemption = ?, decided_by = ?, decided_at = ? WHERE incident = ? AND controller = ?`,
			d, reason, exemption, by, nanos(at), incident, controller)
		return err
	})
}

// LiftCeiling lets a controller tell up to so many persons; it takes a person
// and a reason.
func (s *Store) LiftCeiling(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, persons int64, by breach.UserID, reason string) error {
	return s.change(ctx, string(by), "case.ceiling", string(incident), func(u *unit) error {
		if by == "" || reason == "" || persons <= 0 {
			return fmt.Errorf("a number, a person and a reason are needed: %w", breach.ErrInvalid)
		}
		c, err := caseOf(ctx, u, incident, controller)
		if err != nil {
			return err
		}
		u.did("controller=%s persons=%d former=%d", controller, persons, c.Ceiling)
		_, err = exec(ctx, u, `UPDATE cases SET ceiling = ?, ceiling_by = ?, ceiling_reason = ? WHERE incident = ? AND controller = ?`,
			persons, by, reason, incident, controller)
		return err
	})
}

// first returns the first error there is.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// campaignStarted tells whether a message was given to a provider, or might
// have been. The danger lane does not count: people come before the campaign.
func campaignStarted(ctx context.Context, db bun.IDB, incident breach.IncidentID, controller breach.ControllerID) (bool, error) {
	n, err := all(ctx, db, scanInt, `SELECT seq FROM messages
		WHERE incident = ? AND controller = ? AND channel <> 'human'
			AND state IN ('reserved', 'handed_over', 'delivered', 'bounced', 'failed', 'doubt') LIMIT 1`,
		incident, controller)
	return len(n) > 0, err
}

// SetMandate keeps by whom, when and for what the watch team was mandated. It
// may be replaced until the campaign starts.
func (s *Store) SetMandate(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, m breach.Mandate) error {
	return s.change(ctx, string(m.SetBy), "case.mandate", string(incident), func(u *unit) error {
		if !m.Complete() || m.SetBy == "" {
			return fmt.Errorf("a mandate says who, when, for what and where it is written: %w", breach.ErrInvalid)
		}
		if _, err := caseOf(ctx, u, incident, controller); err != nil {
			return err
		}
		if started, err := campaignStarted(ctx, u, incident, controller); err != nil || started {
			return first(err, fmt.Errorf("the campaign has started: %w", breach.ErrConflict))
		}
		u.did("controller=%s reference=%s at=%d", controller, m.Reference, m.At.Unix())
		_, err := exec(ctx, u, `UPDATE cases SET mandate = ?, mandate_by = ?, mandate_at = ?, mandate_scope = ?, mandate_set_by = ? WHERE incident = ? AND controller = ?`,
			m.Reference, m.By, nanos(m.At), m.Scope, m.SetBy, incident, controller)
		return err
	})
}

// SavePlan binds the case to its first plan: the hash of facts, templates and
// recipients. Approvals name the hash they were given for, so that another
// hash leaves them behind.
func (s *Store) SavePlan(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, hash string, persons, recipients int64) error {
	return s.Replan(ctx, breach.Case{Incident: incident, Controller: controller, PlanHash: hash, Persons: persons, Recipients: recipients})
}

// Replan binds the case to a plan, with the version and the row it begins at
// where it is not the first.
func (s *Store) Replan(ctx context.Context, k breach.Case) error {
	return s.change(ctx, actor(ctx), "case.plan", string(k.Incident), func(u *unit) error {
		c, err := caseOf(ctx, u, k.Incident, k.Controller)
		if err != nil {
			return err
		}
		if k.Notice == 0 { // the version stays
			k.Notice, k.FirstRow = c.Notice, c.FirstRow
		}
		if k.PlanHash == c.PlanHash && k.Persons == c.Persons && k.Recipients == c.Recipients && k.Notice == c.Notice && k.FirstRow == c.FirstRow {
			u.quiet = true
			return nil
		}
		if k.Notice < c.Notice {
			return fmt.Errorf("a later version is planned: %w", breach.ErrConflict)
		}
		if latest, err := one(ctx, u, scanInt, `SELECT COALESCE(max(version), 0) FROM facts WHERE incident = ? AND controller = ?`, k.Incident, k.Controller); err != nil || k.Notice > 0 && int64(k.Notice) < latest {
			return first(err, fmt.Errorf("the facts have changed since: %w", breach.ErrConflict))
		}
		u.did("controller=%s hash=%s persons=%d recipients=%d notice=%d", k.Controller, k.PlanHash, k.Persons, k.Recipients, k.Notice)
		_, err = exec(ctx, u, `UPDATE cases SET plan_hash = ?, persons = ?, recipients = ?, notice = ?, first_row = ?, texts = ? WHERE incident = ? AND controller = ?`,
			k.PlanHash, k.Persons, k.Recipients, k.Notice, k.FirstRow, tally(k.Texts).String(), k.Incident, k.Controller)
		return err
	})
}

// SetNotified keeps that the controller notified the authority (Art. 33), and
// under which reference.
func (s *Store) SetNotified(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, at time.Time, by, ref string) error {
	return s.change(ctx, by, "case.notified", string(incident), func(u *unit) error {
		if by == "" || at.IsZero() {
			return fmt.Errorf("an instant and a person are needed: %w", breach.ErrInvalid)
		}
		u.did("controller=%s notified=%d", controller, at.Unix())
		n, err := exec(ctx, u, `UPDATE cases SET notified_at = ?, notified_by = ?, notified_ref = ? WHERE incident = ? AND controller = ?`,
			nanos(at), by, ref, incident, controller)
		if err == nil && n == 0 {
			err = breach.ErrNotFound
		}
		return err
	})
}

// Notified returns when the authority was notified; zero when it was not.
func (s *Store) Notified(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (time.Time, error) {
	at, err := one(ctx, s.r, func(r scanner) (t instant, err error) { err = r.Scan(&t); return t, err },
		`SELECT notified_at FROM cases WHERE incident = ? AND controller = ?`, incident, controller)
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the case of %s in incident %s: %w", controller, incident, err)
	}
	return time.Time(at), nil
}

// AllNotified tells when the authority was notified, for every case of an
// incident where it was.
func (s *Store) AllNotified(ctx context.Context, incident breach.IncidentID) (map[breach.ControllerID]time.Time, error) {
	out := map[breach.ControllerID]time.Time{}
	_, err := all(ctx, s.r, func(r scanner) (struct{}, error) {
		var c breach.ControllerID
		var at instant
		err := r.Scan(&c, &at)
		out[c] = time.Time(at)
		return struct{}{}, err
	}, `SELECT controller, notified_at FROM cases WHERE incident = ? AND notified_at <> 0`, incident)
	if err != nil {
		return nil, fmt.Errorf("listing the notifications of incident %s: %w", incident, err)
	}
	return out, nil
}

// Reminder says that a controller's clock passed so many hours.
type Reminder struct {
	Controller breach.ControllerID
	Hours      int
	At         time.Time
}

// AddReminder keeps a reminder; the same one again changes nothing.
func (s *Store) AddReminder(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, hours int, at time.Time) error {
	return s.change(ctx, actor(ctx), "case.remind", string(incident), func(u *unit) error {
		n, err := exec(ctx, u, `INSERT INTO reminders (incident, controller, hours, at) VALUES ? ON CONFLICT DO NOTHING`,
			tuples{{incident, controller, hours, nanos(at)}})
		u.did("controller=%s hours=%d", controller, hours)
		u.quiet = n == 0
		return err
	})
}

// Reminders lists an incident's reminders, by controller and hours.
func (s *Store) Reminders(ctx context.Context, incident breach.IncidentID) ([]Reminder, error) {
	list, err := all(ctx, s.r, func(r scanner) (m Reminder, err error) {
		err = r.Scan(&m.Controller, &m.Hours, (*instant)(&m.At))
		return m, err
	}, `SELECT controller, hours, at FROM reminders WHERE incident = ? ORDER BY controller, hours`, incident)
	if err != nil {
		return nil, fmt.Errorf("listing the reminders of incident %s: %w", incident, err)
	}
	return list, nil
}
