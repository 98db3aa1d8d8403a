package store

import (
	"bytes"
	"context"
	"fmt"

	"vigie/internal/breach"
)

// SaveFacts keeps a version of the facts as the controller's documents render
// them; under controller "" stands what people state of the incident as a
// whole. A version is written once: the same bytes again change nothing, other
// bytes are a conflict, and so is a version older than the latest.
func (s *Store) SaveFacts(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, version int, facts []byte) error {
	return s.change(ctx, actor(ctx), "facts.save", string(incident), func(u *unit) error {
		versions, err := all(ctx, u, scanFacts, `SELECT version, facts FROM facts WHERE incident = ? AND controller = ? AND version >= ? ORDER BY version`,
			incident, controller, version)
		if err != nil {
			return err
		}
		if len(versions) > 0 {
			u.quiet = true
			if f := versions[0]; f.version != version || !bytes.Equal(f.facts, facts) {
				return fmt.Errorf("facts version %d is written already, or a later one is: %w", version, breach.ErrConflict)
			}
			return nil
		}
		u.did("controller=%s version=%d", controller, version)
		_, err = exec(ctx, u, `INSERT INTO facts (incident, controller, version, facts) VALUES ?`, tuples{{incident, controller, version, blob(facts)}})
		return err
	})
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
