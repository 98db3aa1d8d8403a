package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// joinWithin is how long reports on one body join the same alert.
const joinWithin = 14 * 24 * time.Hour

func reportPlace(id string) string { return "report " + id }

// FileReport keeps a person's report with the post that holds their words, and
// raises an alert or joins the open one on the same body. A report with a
// digest that is there already changes nothing and gives the first one's ID.
func (s *Store) FileReport(ctx context.Context, r breach.Report, p breach.Post, a breach.Alert) (id string, added bool, err error) {
	err = s.change(ctx, "report:"+r.Channel, "report.file", r.ID, func(u *unit) error {
		first, err := one(ctx, u, scanString, `SELECT id FROM reports WHERE digest = ?`, r.Digest)
		if err == nil {
			id, u.quiet = first, true
			return nil
		}
		if !notFound(err) {
			return err
		}
		if _, _, err := s.savePosts(ctx, u, []breach.Post{p}); err != nil {
			return err
		}
		known, err := openOn(ctx, u, a)
		if err != nil {
			return err
		}
		if r.Alert, _, err = raise(ctx, u, a, known); err != nil {
			return err
		}
		u.event.Action, u.event.Object, u.quiet = "report.file", r.ID, false
		u.did("alert=%s files=%d", r.Alert, len(r.Files))
		box, err := s.keys.SealField([]byte(r.Contact), reportPlace(r.ID))
		if err != nil {
			return err
		}
		id, added = r.ID, true
		_, err = exec(ctx, u, `INSERT INTO reports (id, at, channel, role, digest, post, alert, files, sealed) VALUES ?`,
			tuples{{r.ID, nanos(r.At), r.Channel, r.Role, r.Digest, p.ID, r.Alert, document(r.Files), box}})
		return err
	})
	if err != nil {
		return "", false, err
	}
	return id, added, nil
}

// openOn finds an alert on the same body that is still looked at. A report
// that names no known body joins nothing.
func openOn(ctx context.Context, u *unit, a breach.Alert) (breach.AlertID, error) {
	if a.Code == "" && a.Kind == "other" {
		return "", nil
	}
	id, err := one(ctx, u, scanString, `SELECT id FROM alerts WHERE entity = ? AND code = ? AND state IN ('new', 'seen') AND raised_at >= ?
		ORDER BY raised_at DESC, id DESC LIMIT 1`, a.Entity, a.Code, nanos(a.RaisedAt.Add(-joinWithin)))
	if notFound(err) {
		return "", nil
	}
	return breach.AlertID(id), err
}

const selectReports = `SELECT id, at, channel, role, digest, post, alert, files FROM reports `

func scanReport(r scanner) (x breach.Report, err error) {
	err = r.Scan(&x.ID, (*instant)(&x.At), &x.Channel, &x.Role, &x.Digest, &x.Post, &x.Alert, parsed{&x.Files})
	return x, err
}

// Reports lists what people reported, newest first, without their contact; of
// one alert when it is named.
func (s *Store) Reports(ctx context.Context, alert breach.AlertID, limit int) ([]breach.Report, error) {
	list, err := all(ctx, s.r, scanReport, selectReports+`WHERE alert = ? OR ? = '' ORDER BY at DESC, id DESC LIMIT ?`, alert, alert, bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("listing reports: %w", err)
	}
	return list, nil
}

// ReportContact opens how to reach the person behind a report. Who and why are
// audited first; without a reason it is breach.ErrInvalid.
func (s *Store) ReportContact(ctx context.Context, id string, by breach.UserID, why string) (contact string, err error) {
	err = s.change(ctx, string(by), "report.contact", id, func(u *unit) error {
		if by == "" || why == "" {
			return fmt.Errorf("a person and a reason are needed: %w", breach.ErrInvalid)
		}
		box, err := one(ctx, u, func(r scanner) (v []byte, err error) { err = r.Scan(&v); return v, err },
			`SELECT sealed FROM reports WHERE id = ?`, id)
		if err != nil {
			return err
		}
		plain, err := s.keys.OpenField(box, reportPlace(id))
		contact = string(plain)
		return err
	})
	return contact, err
}
