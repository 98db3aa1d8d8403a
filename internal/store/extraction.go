package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// BeginExtraction gives the number under which the people of a registry's next
// extraction are written, and drops those of one that was cut. From the plan on
// it is refused: who is told is what people are about to sign.
func (s *Store) BeginExtraction(ctx context.Context, incident breach.IncidentID, registry breach.RegistryID) (seq int, err error) {
	err = s.change(ctx, actor(ctx), "extraction.begin", string(incident), func(u *unit) error {
		if err := declarable(ctx, u, incident, registry); err != nil {
			return err
		}
		last, err := one(ctx, u, scanInt, `SELECT COALESCE(max(seq), 0) FROM extractions WHERE incident = ? AND registry = ?`, incident, registry)
		if err != nil {
			return err
		}
		seq, u.quiet = int(last)+1, true
		_, err = exec(ctx, u, `DELETE FROM extracted WHERE incident = ? AND registry = ? AND seq > ?`, incident, registry, last)
		return err
	})
	return seq, err
}

// declarable refuses what no plan could take up any more.
func declarable(ctx context.Context, u *unit, incident breach.IncidentID, registry breach.RegistryID) error {
	stage, err := one(ctx, u, scanString, `SELECT stage FROM incidents WHERE id = ?`, incident)
	if err != nil {
		return err
	}
	if breach.StageReview.Before(breach.Stage(stage)) {
		return fmt.Errorf("the people to be told are planned already: %w", breach.ErrConflict)
	}
	n, err := one(ctx, u, scanInt, `SELECT count(*) FROM incident_registries WHERE incident = ? AND registry = ?`, incident, registry)
	if err == nil && n == 0 {
		err = fmt.Errorf("registry %s is none of the incident's: %w", registry, breach.ErrInvalid)
	}
	return err
}

// AddExtracted writes people of an extraction that is not declared yet.
func (s *Store) AddExtracted(ctx context.Context, incident breach.IncidentID, registry breach.RegistryID, seq int, people []breach.PersonID) error {
	return s.change(ctx, actor(ctx), "extraction.people", string(incident), func(u *unit) error {
		u.quiet = true
		return chunks(people, func(part []breach.PersonID) error {
			rows := make(tuples, len(part))
			for i, p := range part {
				rows[i] = []any{incident, registry, seq, p}
			}
			_, err := exec(ctx, u, `INSERT INTO extracted (incident, registry, seq, person) VALUES ? ON CONFLICT DO NOTHING`, rows)
			return err
		})
	})
}

// SaveExtraction declares an extraction whose people are written. It replaces
// the one before it.
func (s *Store) SaveExtraction(ctx context.Context, e breach.Extraction) error {
	err := s.change(ctx, string(e.RecordedBy), "extraction.declare", string(e.Incident), func(u *unit) error {
		if e.RecordedBy == "" || e.By == "" || e.Words == "" || e.AsOf.IsZero() || e.AttestedAt.IsZero() || e.RecordedAt.IsZero() {
			return fmt.Errorf("who attests, when, what, and who records it are needed: %w", breach.ErrInvalid)
		}
		if err := declarable(ctx, u, e.Incident, e.Registry); err != nil {
			return err
		}
		written, err := one(ctx, u, scanInt, `SELECT count(*) FROM extracted WHERE incident = ? AND registry = ? AND seq = ?`, e.Incident, e.Registry, e.Seq)
		if err != nil {
			return err
		}
		if written != e.Persons {
			return fmt.Errorf("%d people are written, %d declared: somebody else declares at the same time: %w", written, e.Persons, breach.ErrConflict)
		}
		if _, err := exec(ctx, u, `UPDATE extractions SET replaced_at = ? WHERE incident = ? AND registry = ? AND replaced_at = 0`, nanos(e.RecordedAt), e.Incident, e.Registry); err != nil {
			return err
		}
		if _, err := exec(ctx, u, `DELETE FROM extracted WHERE incident = ? AND registry = ? AND seq < ?`, e.Incident, e.Registry, e.Seq); err != nil {
			return err
		}
		u.did("registry=%s seq=%d version=%d as_of=%s controller=%s listed=%t persons=%d gone=%d unknown=%d departed=%s", e.Registry, e.Seq, e.Version,
			e.AsOf.UTC().Format(time.RFC3339), e.Controller, e.Listed, e.Persons, e.Gone, e.Unknown, e.Departed)
		_, err = exec(ctx, u, `INSERT INTO extractions (incident, registry, seq, as_of, controller, listed, departed, categories, attested_by, attested_at,
				reference, words, by_user, at, version, persons, gone, unknown, replaced_at) VALUES ?`,
			tuples{{e.Incident, e.Registry, e.Seq, nanos(e.AsOf), e.Controller, map[bool]int{true: 1}[e.Listed], e.Departed, strings.Join(e.Categories, ","), e.By, nanos(e.AttestedAt),
				e.Reference, e.Words, e.RecordedBy, nanos(e.RecordedAt), e.Version, e.Persons, e.Gone, e.Unknown, 0}})
		return err
	})
	if err != nil {
		return err
	}
	return s.learn(ctx, "extracted", int(e.Persons))
}

// Extractions lists what is attested in an incident, by registry: the ones in
// force, or every version.
func (s *Store) Extractions(ctx context.Context, incident breach.IncidentID, replaced bool) ([]breach.Extraction, error) {
	list, err := all(ctx, s.r, scanExtraction, `SELECT incident, registry, seq, as_of, controller, listed, departed, categories, attested_by, attested_at,
			reference, words, by_user, at, version, persons, gone, unknown
		FROM extractions WHERE incident = ? AND (replaced_at = 0 OR ?) ORDER BY registry, seq LIMIT ?`, incident, replaced, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing the extractions of incident %s: %w", incident, err)
	}
	return list, nil
}

func scanExtraction(r scanner) (e breach.Extraction, err error) {
	var categories string
	var listed int64
	err = r.Scan(&e.Incident, &e.Registry, &e.Seq, (*instant)(&e.AsOf), &e.Controller, &listed, &e.Departed, &categories, &e.By, (*instant)(&e.AttestedAt),
		&e.Reference, &e.Words, &e.RecordedBy, (*instant)(&e.RecordedAt), &e.Version, &e.Persons, &e.Gone, &e.Unknown)
	if e.Listed = listed != 0; categories != "" {
		e.Categories = strings.Split(categories, ",")
	}
	return e, err
}

// attested is true of a candidate whose person an extraction in force has.
const attested = `EXISTS (SELECT 1 FROM extracted JOIN extractions ON extractions.incident = extracted.incident AND extractions.registry = extracted.registry
	AND extractions.seq = extracted.seq AND extractions.replaced_at = 0
	WHERE extracted.incident = candidates.incident AND extracted.registry = candidates.registry AND extracted.person = candidates.person)`

// Extent counts how the dump bears out what is attested of a registry.
func (s *Store) Extent(ctx context.Context, e breach.Extraction) (breach.Extent, error) {
	x := breach.Extent{Taken: e.Persons}
	for _, q := range []struct {
		into *int64
		sql  string
		args []any
	}{
		{&x.Seen, `SELECT count(DISTINCT person) FROM candidates WHERE incident = ? AND registry = ? AND state = 'linked' AND ` + attested, []any{e.Incident, e.Registry}},
		{&x.Perhaps, `SELECT count(DISTINCT person) FROM candidates WHERE incident = ? AND registry = ? AND state = 'open' AND ` + attested + `
			AND NOT EXISTS (SELECT 1 FROM candidates AS o WHERE o.incident = candidates.incident AND o.registry = candidates.registry
				AND o.person = candidates.person AND o.state = 'linked')`, []any{e.Incident, e.Registry}},
		{&x.Outside, `SELECT count(DISTINCT person) FROM candidates WHERE incident = ? AND registry = ? AND state = 'linked' AND NOT ` + attested, []any{e.Incident, e.Registry}},
		{&x.Rows, `SELECT COALESCE(max(dump_rows), 0) FROM summaries WHERE incident = ?`, []any{e.Incident}},
		{&x.Nobody, `SELECT count(DISTINCT dump_row) FROM candidates WHERE incident = ? AND state IN ('linked', 'open')`, []any{e.Incident}},
	} {
		n, err := one(ctx, s.r, scanInt, q.sql, q.args...)
		if err != nil {
			return x, fmt.Errorf("counting the extent of incident %s in registry %s: %w", e.Incident, e.Registry, err)
		}
		*q.into = n
	}
	x.NotSeen = x.Taken - x.Seen - x.Perhaps
	x.Nobody = max(0, x.Rows-x.Nobody)
	return x, nil
}

// Extracted tells which of a few people the extraction with this number has.
func (s *Store) Extracted(ctx context.Context, incident breach.IncidentID, registry breach.RegistryID, seq int, people []breach.PersonID) (map[breach.PersonID]bool, error) {
	out := map[breach.PersonID]bool{}
	err := chunks(people, func(part []breach.PersonID) error {
		list, err := all(ctx, s.r, scanString, `SELECT person FROM extracted WHERE incident = ? AND registry = ? AND seq = ? AND person IN (?)`, incident, registry, seq, bun.List(part))
		for _, p := range list {
			out[breach.PersonID(p)] = true
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking people up whom incident %s took from %s: %w", incident, registry, err)
	}
	return out, nil
}

// Affected lists the persons of a registry who are concerned, in order, after
// one ("" starts): those linked to the dump and those whom the extraction with
// this number has (0: there is none). limit counts persons.
func (s *Store) Affected(ctx context.Context, incident breach.IncidentID, registry breach.RegistryID, seq int, after breach.PersonID, limit int) ([]Linked, error) {
	limit = bounded(limit, mostRows)
	linked, err := s.Linked(ctx, incident, registry, after, limit)
	if err != nil || seq == 0 {
		return linked, err
	}
	people, err := all(ctx, s.r, scanString, `SELECT person FROM extracted WHERE incident = ? AND registry = ? AND seq = ? AND person > ? ORDER BY person LIMIT ?`,
		incident, registry, seq, after, limit)
	if err != nil {
		return nil, fmt.Errorf("listing the people whom incident %s took from %s: %w", incident, registry, err)
	}
	var out []Linked
	for len(out) < limit && len(linked)+len(people) > 0 {
		switch {
		case len(people) == 0 || len(linked) > 0 && string(linked[0].Person) < people[0]:
			out, linked = append(out, linked[0]), linked[1:]
		case len(linked) == 0 || people[0] < string(linked[0].Person):
			out, people = append(out, Linked{Person: breach.PersonID(people[0]), Taken: true}), people[1:]
		default:
			linked[0].Taken = true
			out, linked, people = append(out, linked[0]), linked[1:], people[1:]
		}
	}
	return out, nil
}
