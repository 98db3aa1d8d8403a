package store

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
)

func insertIncident(ctx context.Context, u *unit, inc breach.Incident, registries []breach.RegistryID) error {
	if _, err := exec(ctx, u, `
		INSERT INTO incidents (id, alert, title, opened_at, opened_by, stage, dump, closed_at, review_closed_at, review_closed_by, purged_at)
		VALUES ?`, tuples{{inc.ID, inc.Alert, inc.Title, nanos(inc.OpenedAt), inc.OpenedBy, inc.Stage, inc.Dump, nanos(inc.ClosedAt), 0, "", 0}}); err != nil {
		return err
	}
	var rows tuples
	for i, r := range registries {
		rows = append(rows, []any{inc.ID, i, r})
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := exec(ctx, u, `INSERT INTO incident_registries (incident, place, registry) VALUES ?`, rows)
	return err
}

const selectIncidents = `SELECT id, alert, title, opened_at, opened_by, stage, dump, closed_at FROM incidents `

func scanIncident(r scanner) (i breach.Incident, err error) {
	err = r.Scan(&i.ID, &i.Alert, &i.Title, (*instant)(&i.OpenedAt), &i.OpenedBy, &i.Stage, &i.Dump, (*instant)(&i.ClosedAt))
	return i, err
}

// Incident returns one incident.
func (s *Store) Incident(ctx context.Context, id breach.IncidentID) (breach.Incident, error) {
	i, err := one(ctx, s.r, scanIncident, selectIncidents+`WHERE id = ?`, id)
	if err != nil {
		return i, fmt.Errorf("reading incident %s: %w", id, err)
	}
	return i, nil
}

// Incidents lists the newest incidents first.
func (s *Store) Incidents(ctx context.Context) ([]breach.Incident, error) {
	list, err := all(ctx, s.r, scanIncident, selectIncidents+`ORDER BY opened_at DESC, id DESC LIMIT ?`, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing incidents: %w", err)
	}
	return list, nil
}

// Registries lists the registries an incident is compared with, in the order
// they were given.
func (s *Store) Registries(ctx context.Context, id breach.IncidentID) ([]breach.RegistryID, error) {
	list, err := all(ctx, s.r, func(r scanner) (v breach.RegistryID, err error) { err = r.Scan(&v); return v, err },
		`SELECT registry FROM incident_registries WHERE incident = ? ORDER BY place`, id)
	if err != nil {
		return nil, fmt.Errorf("listing the registries of incident %s: %w", id, err)
	}
	return list, nil
}

// SetStage moves an incident forward; a stage it has reached or passed changes
// nothing. The last stage closes it.
func (s *Store) SetStage(ctx context.Context, id breach.IncidentID, stage breach.Stage, at time.Time) error {
	return s.change(ctx, actor(ctx), "incident.stage", string(id), func(u *unit) error {
		if stage.Before(breach.StageAcquire) {
			return fmt.Errorf("no such stage: %w", breach.ErrInvalid)
		}
		inc, err := one(ctx, u, scanIncident, selectIncidents+`WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if !inc.Stage.Before(stage) {
			u.quiet = true
			return nil
		}
		if stage == breach.StageDone {
			inc.ClosedAt = at
		}
		u.did("stage=%s", stage)
		_, err = exec(ctx, u, `UPDATE incidents SET stage = ?, closed_at = ? WHERE id = ?`, stage, nanos(inc.ClosedAt), id)
		return err
	})
}

// SaveSummary keeps the outcome of matching with one registry; a later one
// replaces it.
func (s *Store) SaveSummary(ctx context.Context, incident breach.IncidentID, m breach.MatchSummary) error {
	return s.change(ctx, actor(ctx), "match.summary", string(incident), func(u *unit) error {
		u.did("registry=%s candidates=%d links=%d reviews=%d", m.Registry, m.Candidates, m.Links, m.Reviews)
		_, err := exec(ctx, u, `
			INSERT INTO summaries (incident, registry, dump_rows, candidates, links, reviews, persons, low, high, model, hit, crowd) VALUES ?
			ON CONFLICT (incident, registry) DO UPDATE SET dump_rows = excluded.dump_rows, candidates = excluded.candidates,
				links = excluded.links, reviews = excluded.reviews, persons = excluded.persons,
				low = excluded.low, high = excluded.high, model = excluded.model, hit = excluded.hit, crowd = excluded.crowd`,
			tuples{{incident, m.Registry, m.Rows, m.Candidates, m.Links, m.Reviews, m.Persons, m.Low, m.High, m.Model, m.Hit, m.Crowd}})
		return err
	})
}

// Summaries lists the outcomes of matching, by registry.
func (s *Store) Summaries(ctx context.Context, incident breach.IncidentID) ([]breach.MatchSummary, error) {
	list, err := all(ctx, s.r, func(r scanner) (m breach.MatchSummary, err error) {
		err = r.Scan(&m.Registry, &m.Rows, &m.Candidates, &m.Links, &m.Reviews, &m.Persons, &m.Low, &m.High, &m.Model, &m.Hit, &m.Crowd)
		return m, err
	}, `SELECT registry, dump_rows, candidates, links, reviews, persons, low, high, model, hit, crowd FROM summaries WHERE incident = ? ORDER BY registry`, incident)
	if err != nil {
		return nil, fmt.Errorf("listing the summaries of incident %s: %w", incident, err)
	}
	return list, nil
}
