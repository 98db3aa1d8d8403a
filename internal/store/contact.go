package store

import (
	"context"
	"fmt"
	"slices"

	"vigie/internal/breach"
)

// AddCall keeps one attempt to reach a controller. It is never changed: a
// mistake is another call, with its note.
func (s *Store) AddCall(ctx context.Context, c breach.Call) error {
	return s.change(ctx, string(c.By), "contact.add", string(c.Incident), func(u *unit) error {
		known := slices.Contains(breach.CallChannels, c.Channel) && (c.Certainty == breach.CertaintySuspected || c.Certainty == breach.CertaintyEstablished)
		if c.ID == "" || c.By == "" || c.At.IsZero() || !known || c.Effective && c.AnsweredBy == "" {
			return fmt.Errorf("a contact says when, how, what was told and who answered: %w", breach.ErrInvalid)
		}
		if _, err := caseOf(ctx, u, c.Incident, c.Controller); err != nil {
			return err
		}
		u.did("controller=%s channel=%s effective=%t certainty=%s at=%d", c.Controller, c.Channel, c.Effective, c.Certainty, c.At.Unix())
		n, err := exec(ctx, u, `INSERT INTO contacts (id, incident, controller, at, channel, answered_by, effective, certainty, note, by_user, logged_at) VALUES ? ON CONFLICT (id) DO NOTHING`,
			tuples{{c.ID, c.Incident, c.Controller, nanos(c.At), c.Channel, c.AnsweredBy, map[bool]int{true: 1}[c.Effective], c.Certainty, c.Note, c.By, nanos(c.LoggedAt)}})
		u.quiet = n == 0
		return err
	})
}

// Calls lists the contacts of a case, oldest first.
func (s *Store) Calls(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]breach.Call, error) {
	list, err := all(ctx, s.r, func(r scanner) (c breach.Call, err error) {
		var effective int64
		err = r.Scan(&c.ID, &c.Incident, &c.Controller, (*instant)(&c.At), &c.Channel, &c.AnsweredBy, &effective, &c.Certainty, &c.Note, &c.By, (*instant)(&c.LoggedAt))
		c.Effective = effective != 0
		return c, err
	}, `SELECT id, incident, controller, at, channel, answered_by, effective, certainty, note, by_user, logged_at FROM contacts
		WHERE incident = ? AND controller = ? ORDER BY at, id LIMIT ?`, incident, controller, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing the contacts of %s in incident %s: %w", controller, incident, err)
	}
	return list, nil
}
