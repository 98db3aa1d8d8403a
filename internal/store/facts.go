package store

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

// SaveFacts keeps a version of the facts as the controller's documents render
// them; under controller "" stands what people state of the incident as a
// whole. A version is written once: the same bytes again change nothing, other
// bytes are a conflict, and so is a version older than the latest.
func (s *Store) SaveFacts(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, version int, facts []byte) error {
	return s.saveFacts(ctx, actor(ctx), incident, controller, Version{Number: version, Facts: facts})
}

// Version is one version of the facts, and who made it when a person did.
type Version struct {
	Number int
	Facts  []byte
	By     breach.UserID // "" where the machine gathered it
	At     time.Time
	Why    string
	Tell   string // what is done about statements that are new: "", news, wrong
}

// AmendFacts keeps a version that a person made, with the reason. It voids the
// plan that rested on the former one: nothing of it is handed over any more.
// The version must follow the latest (ErrConflict), so that two people who
// edit at once do not undo each other.
func (s *Store) AmendFacts(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, v Version) error {
	if v.By == "" || v.Why == "" || v.At.IsZero() || controller == "" {
		return fmt.Errorf("amending facts: a person, a reason and an instant are needed: %w", breach.ErrInvalid)
	}
	return s.saveFacts(ctx, string(v.By), incident, controller, v)
}

func (s *Store) saveFacts(ctx context.Context, who string, incident breach.IncidentID, controller breach.ControllerID, v Version) error {
	version, facts := v.Number, v.Facts
	return s.change(ctx, who, "facts.save", string(incident), func(u *unit) error {
		versions, err := all(ctx, u, scanFacts, `SELECT version, facts FROM facts WHERE incident = ? AND controller = ? AND version >= ? ORDER BY version`,
			incident, controller, version)
		if err != nil {
			return err
		}
		if len(versions) > 0 {
			u.quiet = true
			if f := versions[0]; f.version != version || !bytes.Equal(f.facts, facts) || v.By != "" {
				return fmt.Errorf("facts version %d is written already, or a later one is: %w", version, breach.ErrConflict)
			}
			return nil
		}
		u.did("controller=%s version=%d", controller, version)
		if _, err = exec(ctx, u, `INSERT INTO facts (incident, controller, version, facts, at, by_user, why, tell) VALUES ?`,
			tuples{{incident, controller, version, blob(facts), nanos(v.At), v.By, v.Why, v.Tell}}); err != nil || v.By == "" {
			return err
		}
		_, err = exec(ctx, u, `UPDATE cases SET plan_hash = '' WHERE incident = ? AND controller = ?`, incident, controller)
		return err
	})
}

// FactsVersions lists the versions of a controller's facts, oldest first.
func (s *Store) FactsVersions(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]Version, error) {
	list, err := all(ctx, s.r, func(r scanner) (v Version, err error) {
		err = r.Scan(&v.Number, &v.Facts, (*instant)(&v.At), &v.By, &v.Why, &v.Tell)
		return v, err
	}, `SELECT version, facts, at, by_user, why, tell FROM facts WHERE incident = ? AND controller = ? ORDER BY version LIMIT ?`, incident, controller, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing the facts of %s in incident %s: %w", controller, incident, err)
	}
	return list, nil
}

// Facts returns the latest version of the facts.
func (s *Store) Facts(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (version int, facts []byte, err error) {
	f, err := one(ctx, s.r, scanFacts, `SELECT version, facts FROM facts WHERE incident = ? AND controller = ? ORDER BY version DESC LIMIT 1`,
		incident, controller)
	if err != nil {
		return 0, nil, fmt.Errorf("reading the facts of %s in incident %s: %w", controller, incident, err)
	}
	return f.version, f.facts, nil
}

type versioned struct {
	version int
	facts   []byte
}

func scanFacts(r scanner) (f versioned, err error) { err = r.Scan(&f.version, &f.facts); return f, err }
