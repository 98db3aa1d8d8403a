package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"vigie/internal/breach"
)

// maxTitle bounds the title of an incident, in bytes.
const maxTitle = 300

const kin = `SELECT i.id FROM alerts a JOIN alerts o ON o.id <> a.id AND (o.post = a.post OR a.event <> '' AND o.event = a.event)
	JOIN incidents i ON i.id = o.incident AND i.stage <> 'done' WHERE a.id = ? `

// Kin is the incident that the alert of another body has opened on the same
// leak: by the same post, or by one of the same event. It is "" when none has, or it
// is done.
func (s *Store) Kin(ctx context.Context, id breach.AlertID) (breach.IncidentID, error) {
	inc, err := one(ctx, s.r, scanID, kin+`ORDER BY o.decided_at, o.id LIMIT 1`, id)
	if notFound(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("finding the incident of the leak of alert %s: %w", id, err)
	}
	return inc, nil
}

func scanID(r scanner) (id breach.IncidentID, err error) {
	err = r.Scan(&id)
	return id, err
}

// JoinIncident confirms an alert as that of one more body of an incident that
// is open on the same leak: one leak is read, matched and closed once, whoever
// it concerns. The title of the incident names that body as well.
func (s *Store) JoinIncident(ctx context.Context, id breach.AlertID, incident breach.IncidentID, by breach.UserID, at time.Time) error {
	return s.change(ctx, string(by), "alert.join", string(id), func(u *unit) error {
		u.did("incident=%s", incident)
		_, err := one(ctx, u, scanID, kin+`AND i.id = ? LIMIT 1`, id, incident)
		if notFound(err) {
			return fmt.Errorf("incident %s is not open on the leak of alert %s: %w", incident, id, breach.ErrConflict)
		}
		if err != nil {
			return err
		}
		inc, err := one(ctx, u, scanIncident, selectIncidents+`WHERE id = ?`, incident)
		if err != nil {
			return err
		}
		if err := moveAlert(ctx, u, id, breach.AlertMove{To: breach.AlertConfirmed, By: by, At: at}, incident); err != nil {
			return err
		}
		a, err := one(ctx, u, scanAlert, selectAlerts+`WHERE id = ?`, id)
		if err != nil {
			return err
		}
		title := inc.Title + " · " + a.Entity
		if strings.Contains(inc.Title, a.Entity) || len(title) > maxTitle {
			return nil
		}
		_, err = exec(ctx, u, `UPDATE incidents SET title = ? WHERE id = ?`, title, incident)
		return err
	})
}
