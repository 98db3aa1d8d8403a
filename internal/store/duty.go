package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// OpenDuty begins to wake people for an alert. One that was opened before is
// left as it is; opened tells which.
func (s *Store) OpenDuty(ctx context.Context, id breach.AlertID, by breach.UserID, at time.Time) (opened bool, err error) {
	err = s.change(ctx, actorOr(ctx, by), "duty.open", string(id), func(u *unit) error {
		if _, err := one(ctx, u, scanAlert, selectAlerts+`WHERE id = ?`, id); err != nil {
			return err
		}
		n, err := exec(ctx, u, `INSERT INTO duties (alert, opened_at, opened_by, acked_at, acked_by, ended_at) VALUES ? ON CONFLICT DO NOTHING`,
			tuples{{id, nanos(at), by, 0, "", 0}})
		opened, u.quiet = n == 1, n == 0
		return err
	})
	return opened && err == nil, err
}

func actorOr(ctx context.Context, by breach.UserID) string {
	if by != "" {
		return string(by)
	}
	return actor(ctx)
}

const selectDuties = `SELECT alert, opened_at, opened_by, acked_at, acked_by, ended_at FROM duties `

func scanDuty(r scanner) (d breach.Duty, err error) {
	err = r.Scan(&d.Alert, (*instant)(&d.OpenedAt), &d.OpenedBy, (*instant)(&d.AckedAt), &d.AckedBy, (*instant)(&d.EndedAt))
	return d, err
}

// Duty returns the waking for an alert; breach.ErrNotFound when nobody was to
// be woken.
func (s *Store) Duty(ctx context.Context, id breach.AlertID) (breach.Duty, error) {
	d, err := one(ctx, s.r, scanDuty, selectDuties+`WHERE alert = ?`, id)
	if err != nil {
		return d, fmt.Errorf("reading the duty of alert %s: %w", id, err)
	}
	return d, nil
}

// OpenDuties lists those that nobody has answered, the oldest first.
func (s *Store) OpenDuties(ctx context.Context) ([]breach.Duty, error) {
	list, err := all(ctx, s.r, scanDuty, selectDuties+`WHERE acked_at = 0 AND ended_at = 0 ORDER BY opened_at, alert LIMIT ?`, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing duties: %w", err)
	}
	return list, nil
}

// SavePage keeps a page before it is handed over, and settles it after: Ref
// and Fault follow. A repeat after a crash meets the first.
func (s *Store) SavePage(ctx context.Context, p breach.Page) error {
	return s.change(ctx, actor(ctx), "duty.page", string(p.Alert), func(u *unit) error {
		u.did("page=%s rung=%d role=%s channel=%s ref=%t fault=%s", p.ID, p.Rung, p.Role, p.Channel, p.Ref != "", p.Fault)
		_, err := exec(ctx, u, `INSERT INTO pages (id, alert, rung, role, channel, code, at, ref, fault, used_at) VALUES ?
			ON CONFLICT (id) DO UPDATE SET ref = excluded.ref, fault = excluded.fault`,
			tuples{{p.ID, p.Alert, p.Rung, p.Role, p.Channel, p.Code, nanos(p.At), p.Ref, p.Fault, 0}})
		return err
	})
}

const selectPages = `SELECT id, alert, rung, role, channel, code, at, ref, fault, used_at FROM pages `

func scanPage(r scanner) (p breach.Page, err error) {
	err = r.Scan(&p.ID, &p.Alert, &p.Rung, &p.Role, &p.Channel, &p.Code, (*instant)(&p.At), &p.Ref, &p.Fault, (*instant)(&p.UsedAt))
	return p, err
}

// Pages lists the pages of an alert in the order of the escalation.
func (s *Store) Pages(ctx context.Context, id breach.AlertID) ([]breach.Page, error) {
	list, err := all(ctx, s.r, scanPage, selectPages+`WHERE alert = ? ORDER BY rung, id LIMIT ?`, id, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing the pages of alert %s: %w", id, err)
	}
	return list, nil
}

// AnswerPage acknowledges by the digest of a page's one-time code. A code
// nobody was given is breach.ErrNotFound; one that was used before, or whose
// alert somebody has answered, is breach.ErrConflict and stays in the audit.
func (s *Store) AnswerPage(ctx context.Context, code string, at time.Time) (breach.AlertID, error) {
	var id breach.AlertID
	err := s.change(ctx, "page", "duty.answer", "code", func(u *unit) error {
		p, err := one(ctx, u, scanPage, selectPages+`WHERE code = ?`, code)
		if err != nil {
			return err
		}
		id = p.Alert
		u.event.Object = string(id)
		u.did("page=%s role=%s", p.ID, p.Role)
		if !p.UsedAt.IsZero() {
			return fmt.Errorf("the code of page %s was used before: %w", p.ID, breach.ErrConflict)
		}
		if _, err := exec(ctx, u, `UPDATE pages SET used_at = ? WHERE id = ?`, nanos(at), p.ID); err != nil {
			return err
		}
		return answerDuty(ctx, u, id, breach.UserID("page:"+p.Role), at)
	})
	return id, err
}

// answerDuty notes who answered first; a decision on the alert answers too.
func answerDuty(ctx context.Context, u *unit, id breach.AlertID, by breach.UserID, at time.Time) error {
	_, err := exec(ctx, u, `UPDATE duties SET acked_at = ?, acked_by = ? WHERE alert = ? AND acked_at = 0`, nanos(at), by, id)
	return err
}

// EndDuty notes that nobody answered and nobody is left to wake.
func (s *Store) EndDuty(ctx context.Context, id breach.AlertID, at time.Time) error {
	return s.change(ctx, actor(ctx), "duty.unanswered", string(id), func(u *unit) error {
		n, err := exec(ctx, u, `UPDATE duties SET ended_at = ? WHERE alert = ? AND acked_at = 0 AND ended_at = 0`, nanos(at), id)
		u.quiet = n == 0
		return err
	})
}
