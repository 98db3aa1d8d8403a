package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// OpenDangers puts protected persons into the danger lane. One who stands there
// stays as they are, but that what another row exposes is added: an override
// was given for less and does not cover it, and one who was settled is reached
// again.
func (s *Store) OpenDangers(ctx context.Context, list []breach.Danger) error {
	if len(list) == 0 {
		return nil
	}
	return s.change(ctx, actor(ctx), "danger.open", string(list[0].Incident), func(u *unit) error {
		added, more := 0, 0
		for _, d := range list {
			old, err := one(ctx, u, scanDanger, selectDangers+`WHERE incident = ? AND registry = ? AND person = ?`, d.Incident, d.Registry, d.Person)
			switch {
			case notFound(err):
				added++
				err = insertDanger(ctx, u, d)
			case err == nil && d.Worsen(old):
				more++
				_, err = exec(ctx, u, `UPDATE dangers SET exposed = ?, rank = ?,
					opened_at = CASE WHEN settled_at <> 0 OR opened_at <= coalesce((SELECT max(at) FROM overrides WHERE overrides.incident = dangers.incident), 0)
						THEN ? ELSE opened_at END WHERE id = ?`, document(d.Exposed), d.Rank(), nanos(d.OpenedAt), old.ID)
				if err == nil {
					_, err = reopen(ctx, u, `id = ? AND settled_at <> 0`, old.ID)
				}
			}
			if err != nil {
				return err
			}
		}
		u.did("new=%d more=%d given=%d", added, more, len(list))
		u.quiet = added+more == 0
		return nil
	})
}

func insertDanger(ctx context.Context, u *unit, d breach.Danger) error {
	if d.Human == "" {
		d.Human = d.ID
	}
	_, err := exec(ctx, u, `
		INSERT INTO dangers (id, incident, registry, person, controller, human, why, exposed, household, rank, opened_at,
			taken_by, taken_at, settled_by, settled_at, outcome) VALUES ?`,
		tuples{{d.ID, d.Incident, d.Registry, d.Person, d.Controller, d.Human, strings.Join(d.Why, ","), document(d.Exposed),
			document(d.Household), d.Rank(), nanos(d.OpenedAt), "", 0, "", 0, ""}})
	return err
}

// The pair is the best of the person's candidates: linked comes before open and
// rejected.
const selectDangers = `SELECT id, incident, registry, person, controller, human, why, exposed, household, opened_at,
	taken_by, taken_at, settled_by, settled_at, outcome,
	coalesce((SELECT max(CASE state WHEN 'linked' THEN '3linked' WHEN 'open' THEN '2open' ELSE '1rejected' END)
		FROM candidates WHERE candidates.incident = dangers.incident AND candidates.registry = dangers.registry
			AND candidates.person = dangers.person), '0') FROM dangers `

func scanDanger(r scanner) (d breach.Danger, err error) {
	var why, pair string
	err = r.Scan(&d.ID, &d.Incident, &d.Registry, &d.Person, &d.Controller, &d.Human, &why, parsed{&d.Exposed}, parsed{&d.Household},
		(*instant)(&d.OpenedAt), &d.TakenBy, (*instant)(&d.TakenAt), &d.SettledBy, (*instant)(&d.SettledAt), &d.Outcome, &pair)
	if why != "" {
		d.Why = strings.Split(why, ",")
	}
	if len(pair) > 1 {
		d.Pair = pair[1:]
	}
	return d, err
}

// Dangers lists an incident's danger lane: open entries first, in the order of
// danger, then of age.
func (s *Store) Dangers(ctx context.Context, incident breach.IncidentID, limit int) ([]breach.Danger, error) {
	list, err := all(ctx, s.r, scanDanger, selectDangers+`WHERE incident = ?
		ORDER BY CASE WHEN settled_at = 0 THEN 0 ELSE 1 END, rank, opened_at, id LIMIT ?`, incident, bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("listing the danger lane of incident %s: %w", incident, err)
	}
	return list, nil
}

// Danger returns one entry.
func (s *Store) Danger(ctx context.Context, id breach.DangerID) (breach.Danger, error) {
	d, err := one(ctx, s.r, scanDanger, selectDangers+`WHERE id = ?`, id)
	if err != nil {
		return d, fmt.Errorf("reading entry %s of the danger lane: %w", id, err)
	}
	return d, nil
}

// Waiting lists the entries of an incident that keep it from the public: not
// settled, and not covered by an override.
func (s *Store) Waiting(ctx context.Context, incident breach.IncidentID) ([]breach.Danger, error) {
	list, err := all(ctx, s.r, scanDanger, selectDangers+`WHERE incident = ? AND settled_at = 0
		AND opened_at > coalesce((SELECT max(at) FROM overrides WHERE overrides.incident = dangers.incident), 0)
		ORDER BY rank, opened_at, id`, incident)
	if err != nil {
		return nil, fmt.Errorf("reading the danger lane of incident %s: %w", incident, err)
	}
	return list, nil
}

// InDanger lists the incidents whose lane is not empty, override or not.
func (s *Store) InDanger(ctx context.Context) ([]breach.IncidentID, error) {
	list, err := all(ctx, s.r, scanString, `SELECT DISTINCT incident FROM dangers WHERE settled_at = 0 ORDER BY incident`)
	if err != nil {
		return nil, fmt.Errorf("listing incidents with somebody in danger: %w", err)
	}
	out := make([]breach.IncidentID, len(list))
	for i, id := range list {
		out[i] = breach.IncidentID(id)
	}
	return out, nil
}

// TakeDanger gives an entry to a person of the team, by name. Another may take
// it over; a settled one is a conflict.
func (s *Store) TakeDanger(ctx context.Context, incident breach.IncidentID, id breach.DangerID, by breach.UserID, at time.Time) error {
	return s.change(ctx, string(by), "danger.take", string(incident), func(u *unit) error {
		if by == "" {
			return fmt.Errorf("a person is needed: %w", breach.ErrInvalid)
		}
		d, err := dangerOf(ctx, u, incident, id)
		if err != nil {
			return err
		}
		u.did("danger=%s former=%s", id, d.TakenBy)
		_, err = exec(ctx, u, `UPDATE dangers SET taken_by = ?, taken_at = CASE WHEN taken_at = 0 THEN ? ELSE taken_at END WHERE id = ?`, by, nanos(at), id)
		return err
	})
}

// dangerOf returns an open entry of an incident.
func dangerOf(ctx context.Context, u *unit, incident breach.IncidentID, id breach.DangerID) (breach.Danger, error) {
	d, err := one(ctx, u, scanDanger, selectDangers+`WHERE id = ? AND incident = ?`, id, incident)
	if err == nil && !d.Open() {
		err = fmt.Errorf("entry %s is settled: %w", id, breach.ErrConflict)
	}
	return d, err
}

// TryDanger writes an attempt into the lane's log. One whose outcome settles
// closes the entry and those of the same human, on the word of the person who
// took it; where the person was told, their rows of the ledger are settled too.
func (s *Store) TryDanger(ctx context.Context, incident breach.IncidentID, a breach.Attempt) error {
	return s.change(ctx, string(a.By), "danger.attempt", string(incident), func(u *unit) error {
		if a.By == "" || a.Note == "" || a.Means == "" || a.Outcome == "" {
			return fmt.Errorf("an attempt needs a person, a means, an outcome and a note: %w", breach.ErrInvalid)
		}
		d, err := dangerOf(ctx, u, incident, a.Danger)
		if err != nil {
			return err
		}
		if d.TakenBy != a.By {
			return fmt.Errorf("entry %s is somebody else's: %w", a.Danger, breach.ErrConflict)
		}
		u.did("danger=%s means=%s domicile=%t outcome=%s", a.Danger, a.Means, a.Domicile, a.Outcome)
		if _, err := exec(ctx, u, `INSERT INTO attempts (danger, at, by_user, means, domicile, outcome, note) VALUES ?`,
			tuples{{a.Danger, nanos(a.At), a.By, a.Means, number(a.Domicile), a.Outcome, a.Note}}); err != nil {
			return err
		}
		if !a.Outcome.Settles() {
			return nil
		}
		return settleDanger(ctx, u, d, a)
	})
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// settleDanger closes the entries of one human.
func settleDanger(ctx context.Context, u *unit, d breach.Danger, a breach.Attempt) error {
	if _, err := exec(ctx, u, `UPDATE dangers SET settled_by = ?, settled_at = ?, outcome = ? WHERE incident = ? AND human = ? AND settled_at = 0`,
		a.By, nanos(a.At), a.Outcome, d.Incident, d.Human); err != nil || !a.Outcome.Told() {
		return err
	}
	_, err := exec(ctx, u, `
		UPDATE messages SET state = 'handed_over', provider = ?, ref = ?, attempts = attempts + 1, updated_at = ?
		WHERE incident = ? AND channel = 'human' AND state = 'listed' AND role = 'self'
			AND EXISTS (SELECT 1 FROM dangers WHERE dangers.incident = messages.incident AND dangers.registry = messages.registry
				AND dangers.person = messages.subject AND dangers.human = ?)`,
		ByHand, string(a.Danger), nanos(a.At), d.Incident, d.Human)
	return err
}

// Attempts lists the log of an entry, the oldest first.
func (s *Store) Attempts(ctx context.Context, ids ...breach.DangerID) ([]breach.Attempt, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := all(ctx, s.r, func(r scanner) (a breach.Attempt, err error) {
		var domicile int64
		err = r.Scan(&a.Danger, (*instant)(&a.At), &a.By, &a.Means, &domicile, &a.Outcome, &a.Note)
		a.Domicile = domicile != 0
		return a, err
	}, `SELECT danger, at, by_user, means, domicile, outcome, note FROM attempts WHERE danger IN (?) ORDER BY at, danger LIMIT ?`, bun.List(ids), mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing attempts: %w", err)
	}
	return list, nil
}

// OverrideDanger lets the incident go out in public although somebody was not
// reached: an approver's word, in writing. It covers the entries of now.
func (s *Store) OverrideDanger(ctx context.Context, o breach.Override) error {
	return s.change(ctx, string(o.By), "danger.override", string(o.Incident), func(u *unit) error {
		if o.By == "" || o.Reason == "" || o.At.IsZero() {
			return fmt.Errorf("an override needs a person and a reason: %w", breach.ErrInvalid)
		}
		open, err := one(ctx, u, scanInt, `SELECT count(id) FROM dangers WHERE incident = ? AND settled_at = 0`, o.Incident)
		if err != nil {
			return err
		}
		if open == 0 {
			return fmt.Errorf("nobody waits in the danger lane: %w", breach.ErrConflict)
		}
		u.did("open=%d", open)
		_, err = exec(ctx, u, `INSERT INTO overrides (incident, at, by_user, reason) VALUES ?`, tuples{{o.Incident, nanos(o.At), o.By, o.Reason}})
		return err
	})
}

// Overrides lists what was overridden, the oldest first.
func (s *Store) Overrides(ctx context.Context, incident breach.IncidentID) ([]breach.Override, error) {
	list, err := all(ctx, s.r, func(r scanner) (o breach.Override, err error) {
		err = r.Scan(&o.Incident, &o.By, (*instant)(&o.At), &o.Reason)
		return o, err
	}, `SELECT incident, by_user, at, reason FROM overrides WHERE incident = ? ORDER BY at`, incident)
	if err != nil {
		return nil, fmt.Errorf("listing overrides of incident %s: %w", incident, err)
	}
	return list, nil
}

// GuardDangers puts those of a plan into the lane who are not in it. An entry
// that is there learns only whose entry of another registry is the same human.
func (s *Store) GuardDangers(ctx context.Context, list []breach.Danger) error {
	if len(list) == 0 {
		return nil
	}
	return s.change(ctx, actor(ctx), "danger.guard", string(list[0].Incident), func(u *unit) error {
		added, tied := 0, int64(0)
		for _, d := range list {
			_, err := one(ctx, u, scanString, `SELECT id FROM dangers WHERE incident = ? AND registry = ? AND person = ?`, d.Incident, d.Registry, d.Person)
			n := int64(0)
			switch {
			case notFound(err):
				added++
				err = insertDanger(ctx, u, d)
			case err == nil && d.Human != "":
				n, err = exec(ctx, u, `UPDATE dangers SET human = ? WHERE incident = ? AND registry = ? AND person = ? AND settled_at = 0 AND human <> ?`,
					d.Human, d.Incident, d.Registry, d.Person, d.Human)
			}
			if err != nil {
				return err
			}
			tied += n
		}
		u.did("new=%d tied=%d given=%d", added, tied, len(list))
		u.quiet = added == 0 && tied == 0
		return nil
	})
}

// Unguarded tells whether the ledger lists a protected person without an entry
// of the danger lane, as plans made by earlier releases do; controller "" means
// any. An override covers them too.
func (s *Store) Unguarded(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (bool, error) {
	list, err := all(ctx, s.r, scanInt, `SELECT seq FROM messages
		WHERE incident = ? AND (controller = ? OR ? = '') AND channel = 'human' AND state = 'listed' AND ',' || why || ',' LIKE '%,protected,%'
			AND NOT EXISTS (SELECT 1 FROM dangers WHERE dangers.incident = messages.incident
				AND dangers.registry = messages.registry AND dangers.person = messages.subject)
			AND NOT EXISTS (SELECT 1 FROM overrides WHERE overrides.incident = messages.incident) LIMIT 1`, incident, controller, controller)
	if err != nil {
		return false, fmt.Errorf("reading the lane of incident %s: %w", incident, err)
	}
	return len(list) > 0, nil
}

// SaveLanePage keeps a page before it is handed over and settles it after.
func (s *Store) SaveLanePage(ctx context.Context, p breach.LanePage) error {
	return s.change(ctx, actor(ctx), "danger.page", string(p.Incident), func(u *unit) error {
		u.did("page=%s rung=%d channel=%s ref=%t fault=%s", p.ID, p.Rung, p.Channel, p.Ref != "", p.Fault)
		_, err := exec(ctx, u, `INSERT INTO lane_pages (id, incident, rung, channel, at, ref, fault) VALUES ?
			ON CONFLICT (id) DO UPDATE SET ref = excluded.ref, fault = excluded.fault`,
			tuples{{p.ID, p.Incident, p.Rung, p.Channel, nanos(p.At), p.Ref, p.Fault}})
		return err
	})
}

// LanePages lists who was woken since a moment, in the order of the escalation.
func (s *Store) LanePages(ctx context.Context, incident breach.IncidentID, since time.Time) ([]breach.LanePage, error) {
	list, err := all(ctx, s.r, func(r scanner) (p breach.LanePage, err error) {
		err = r.Scan(&p.ID, &p.Incident, &p.Rung, &p.Channel, (*instant)(&p.At), &p.Ref, &p.Fault)
		return p, err
	}, `SELECT id, incident, rung, channel, at, ref, fault FROM lane_pages WHERE incident = ? AND at >= ? ORDER BY rung, at, id LIMIT ?`, incident, nanos(since), mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing who was woken for incident %s: %w", incident, err)
	}
	return list, nil
}

// ReopenDangers puts persons back into the danger lane whom somebody reached
// and who must hear a correction, by somebody again. Their log stays; an
// override of before does not cover what is said now.
func (s *Store) ReopenDangers(ctx context.Context, incident breach.IncidentID, registry breach.RegistryID, persons []breach.PersonID, at time.Time) error {
	if len(persons) == 0 {
		return nil
	}
	return s.change(ctx, actor(ctx), "danger.reopen", string(incident), func(u *unit) error {
		const which = `incident = ? AND registry = ? AND person IN (?) AND settled_at <> 0`
		_, err := exec(ctx, u, `UPDATE dangers SET opened_at = ? WHERE `+which, nanos(at), incident, registry, bun.List(persons))
		if err != nil {
			return err
		}
		n, err := reopen(ctx, u, which, incident, registry, bun.List(persons))
		u.did("reopened=%d", n)
		u.quiet = n == 0
		return err
	})
}

// reopen leaves entries to somebody anew.
func reopen(ctx context.Context, u *unit, which string, args ...any) (int64, error) {
	return exec(ctx, u, `UPDATE dangers SET settled_by = '', settled_at = 0, outcome = '', taken_by = '', taken_at = 0 WHERE `+which, args...)
}
