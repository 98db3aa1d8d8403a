package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// SavePaper keeps that a document was written. The same again changes nothing;
// other bytes from the same version replace the digest, and keep the day on
// which the version was first written.
func (s *Store) SavePaper(ctx context.Context, p breach.Paper) error {
	return s.change(ctx, actor(ctx), "paper.save", string(p.Incident), func(u *unit) error {
		old, err := all(ctx, u, scanPaper, selectPapers+`WHERE incident = ? AND controller = ? AND kind = ? AND language = ? AND version = ?`,
			p.Incident, p.Controller, p.Kind, p.Language, p.Version)
		if err != nil {
			return err
		}
		if len(old) == 1 && old[0].Digest == p.Digest && old[0].File == p.File {
			u.quiet = true
			return nil
		}
		u.did("controller=%s kind=%s language=%s version=%d digest=%s", p.Controller, p.Kind, p.Language, p.Version, p.Digest)
		_, err = exec(ctx, u, `INSERT INTO papers (incident, controller, kind, language, version, file, digest, at) VALUES ?
			ON CONFLICT (incident, controller, kind, language, version) DO UPDATE SET file = excluded.file, digest = excluded.digest`,
			tuples{{p.Incident, p.Controller, p.Kind, p.Language, p.Version, p.File, p.Digest, nanos(p.At)}})
		return err
	})
}

const selectPapers = `SELECT incident, controller, kind, language, version, file, digest, at FROM papers `

func scanPaper(r scanner) (p breach.Paper, err error) {
	err = r.Scan(&p.Incident, &p.Controller, &p.Kind, &p.Language, &p.Version, &p.File, &p.Digest, (*instant)(&p.At))
	return p, err
}

// Papers lists a controller's documents, the latest version first.
func (s *Store) Papers(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]breach.Paper, error) {
	list, err := all(ctx, s.r, scanPaper, selectPapers+`WHERE incident = ? AND controller = ? ORDER BY version DESC, kind, language`, incident, controller)
	if err != nil {
		return nil, fmt.Errorf("listing the documents of %s in incident %s: %w", controller, incident, err)
	}
	return list, nil
}

// AddDelivery keeps that a document was given to the institution. It is
// breach.ErrNotFound when nobody has written that version, and a conflict when
// it was delivered before.
func (s *Store) AddDelivery(ctx context.Context, d breach.Delivery) error {
	return s.change(ctx, string(d.By), "paper.deliver", string(d.Incident), func(u *unit) error {
		if d.By == "" || d.How == "" || d.At.IsZero() {
			return fmt.Errorf("a person, a way and an hour are needed: %w", breach.ErrInvalid)
		}
		written, err := all(ctx, u, scanPaper, selectPapers+`WHERE incident = ? AND controller = ? AND kind = ? AND version = ?`,
			d.Incident, d.Controller, d.Kind, d.Version)
		if err == nil && len(written) == 0 {
			err = breach.ErrNotFound
		}
		if err != nil {
			return err
		}
		u.did("controller=%s kind=%s version=%d", d.Controller, d.Kind, d.Version)
		n, err := exec(ctx, u, `INSERT INTO deliveries (incident, controller, kind, version, at, by_user, how) VALUES ? ON CONFLICT DO NOTHING`,
			tuples{{d.Incident, d.Controller, d.Kind, d.Version, nanos(d.At), d.By, d.How}})
		if err == nil && n == 0 {
			err = breach.ErrConflict
		}
		return err
	})
}

// Deliveries lists what a controller's institution was given, newest first.
func (s *Store) Deliveries(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]breach.Delivery, error) {
	list, err := all(ctx, s.r, func(r scanner) (d breach.Delivery, err error) {
		err = r.Scan(&d.Incident, &d.Controller, &d.Kind, &d.Version, (*instant)(&d.At), &d.By, &d.How)
		return d, err
	}, `SELECT incident, controller, kind, version, at, by_user, how FROM deliveries WHERE incident = ? AND controller = ? ORDER BY at DESC, kind`, incident, controller)
	if err != nil {
		return nil, fmt.Errorf("listing the deliveries to %s in incident %s: %w", controller, incident, err)
	}
	return list, nil
}

// Delivered tells whether the institution has a document of at least this
// version of the facts.
func (s *Store) Delivered(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, kind string, version int) (bool, error) {
	n, err := one(ctx, s.r, scanInt, `SELECT COUNT(*) FROM deliveries WHERE incident = ? AND controller = ? AND kind = ? AND version >= ?`,
		incident, controller, kind, version)
	if err != nil {
		return false, fmt.Errorf("reading the deliveries to %s in incident %s: %w", controller, incident, err)
	}
	return n > 0, nil
}

// SetHandoverKey keeps the key that a controller's lists are sealed for.
func (s *Store) SetHandoverKey(ctx context.Context, k breach.HandoverKey) error {
	return s.change(ctx, string(k.By), "handover.key", string(k.Controller), func(u *unit) error {
		if k.By == "" || k.How == "" || k.Recipient == "" {
			return fmt.Errorf("a key, a person and how it was checked are needed: %w", breach.ErrInvalid)
		}
		u.did("recipient=%s", k.Recipient)
		_, err := exec(ctx, u, `INSERT INTO handover_keys (controller, recipient, how, by_user, at) VALUES ?
			ON CONFLICT (controller) DO UPDATE SET recipient = excluded.recipient, how = excluded.how, by_user = excluded.by_user, at = excluded.at`,
			tuples{{k.Controller, k.Recipient, k.How, k.By, nanos(k.At)}})
		return err
	})
}

// HandoverKey returns a controller's key; breach.ErrNotFound while nobody has
// given one.
func (s *Store) HandoverKey(ctx context.Context, controller breach.ControllerID) (breach.HandoverKey, error) {
	k, err := one(ctx, s.r, func(r scanner) (k breach.HandoverKey, err error) {
		err = r.Scan(&k.Controller, &k.Recipient, &k.How, &k.By, (*instant)(&k.At))
		return k, err
	}, `SELECT controller, recipient, how, by_user, at FROM handover_keys WHERE controller = ?`, controller)
	if err != nil {
		return k, fmt.Errorf("reading the key of controller %s: %w", controller, err)
	}
	return k, nil
}

const selectFollowups = `SELECT incident, controller, months, due_at, asked_at, answered_at, by_user, measures, score, next, new_facts FROM followups `

func scanFollowup(r scanner) (f breach.Followup, err error) {
	var fresh int64
	err = r.Scan(&f.Incident, &f.Controller, &f.Months, (*instant)(&f.DueAt), (*instant)(&f.AskedAt), (*instant)(&f.AnsweredAt), &f.By,
		&f.Strategy.Measures, &f.Strategy.Score, &f.Strategy.Next, &fresh)
	f.Strategy.NewFacts = fresh != 0
	return f, err
}

// AskFollowup keeps that an institution was asked; the same again changes
// nothing.
func (s *Store) AskFollowup(ctx context.Context, f breach.Followup) error {
	return s.change(ctx, actor(ctx), "followup.ask", string(f.Incident), func(u *unit) error {
		if f.Months <= 0 || f.AskedAt.IsZero() {
			return fmt.Errorf("months and an hour are needed: %w", breach.ErrInvalid)
		}
		n, err := exec(ctx, u, `INSERT INTO followups (incident, controller, months, due_at, asked_at, answered_at, by_user, measures, score, next, new_facts)
			VALUES ? ON CONFLICT DO NOTHING`,
			tuples{{f.Incident, f.Controller, f.Months, nanos(f.DueAt), nanos(f.AskedAt), 0, "", "", 0, "", 0}})
		u.did("controller=%s months=%d", f.Controller, f.Months)
		u.quiet = n == 0
		return err
	})
}

// AnswerFollowup keeps an institution's strategy, as a person took it down. It
// may be put right later; the audit log tells how often.
func (s *Store) AnswerFollowup(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, months int, a breach.Strategy, by breach.UserID, at time.Time) error {
	return s.change(ctx, string(by), "followup.answer", string(incident), func(u *unit) error {
		if by == "" || a.Measures == "" || a.Next == "" || a.Score < 0 || a.Score > 100 || at.IsZero() {
			return fmt.Errorf("measures, next steps, a score of 0 to 100 and a person are needed: %w", breach.ErrInvalid)
		}
		fresh := 0
		if a.NewFacts {
			fresh = 1
		}
		n, err := exec(ctx, u, `UPDATE followups SET answered_at = ?, by_user = ?, measures = ?, score = ?, next = ?, new_facts = ?
			WHERE incident = ? AND controller = ? AND months = ?`, nanos(at), by, a.Measures, a.Score, a.Next, fresh, incident, controller, months)
		u.did("controller=%s months=%d score=%d new_facts=%t", controller, months, a.Score, a.NewFacts)
		if err == nil && n == 0 {
			err = breach.ErrNotFound
		}
		return err
	})
}

// Followups lists an incident's follow-ups, by controller and month.
func (s *Store) Followups(ctx context.Context, incident breach.IncidentID) ([]breach.Followup, error) {
	list, err := all(ctx, s.r, scanFollowup, selectFollowups+`WHERE incident = ? ORDER BY controller, months`, incident)
	if err != nil {
		return nil, fmt.Errorf("listing the follow-ups of incident %s: %w", incident, err)
	}
	return list, nil
}
