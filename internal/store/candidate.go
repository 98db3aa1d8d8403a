package store

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// CandidateRow is a candidate with its dump row, sealed by the caller for the
// place "candidate <id>". Sealed is empty once the incident was purged.
type CandidateRow struct {
	breach.Candidate
	Sealed []byte
}

// SaveCandidates keeps the outcome of matching. A pair that is there already,
// by ID or by row and person, stays as it is: decisions survive another run.
// Nothing is added once the review is closed.
func (s *Store) SaveCandidates(ctx context.Context, list []CandidateRow) error {
	if len(list) == 0 {
		return nil
	}
	incident := list[0].Incident
	added := 0
	err := s.change(ctx, actor(ctx), "candidates.save", string(incident), func(u *unit) error {
		err := chunks(list, func(part []CandidateRow) error {
			n, err := insertCandidates(ctx, u, incident, part)
			added += n
			return err
		})
		if err != nil {
			return err
		}
		u.did("new=%d given=%d", added, len(list))
		u.quiet = added == 0
		if added > 0 {
			return reviewOpen(ctx, u, incident)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.learn(ctx, "candidates", added)
}

func insertCandidates(ctx context.Context, u *unit, incident breach.IncidentID, part []CandidateRow) (int, error) {
	var rows tuples
	sealed := make(map[breach.CandidateID][]byte, len(part))
	for _, c := range part {
		if math.IsNaN(c.Weight) || math.IsInf(c.Weight, 0) || !(c.Probability >= 0 && c.Probability <= 1) || c.Incident != incident {
			return 0, fmt.Errorf("candidate %s: weight, probability or incident: %w", c.ID, breach.ErrInvalid)
		}
		if c.State == "" {
			c.State = breach.CandidateOpen
		}
		sealed[c.ID] = blob(c.Sealed)
		rows = append(rows, []any{c.ID, c.Incident, c.Registry, c.Row, c.Person, c.Weight, c.Probability, doubt(c.Probability), c.Band,
			document(c.Why), c.State, c.Version, c.DecidedBy, nanos(c.DecidedAt), c.Reason, strings.Join(c.Held, ",")})
	}
	ids, err := all(ctx, u, scanString, `
		INSERT INTO candidates (id, incident, registry, dump_row, person, weight, probability, doubt, band,
			why, state, version, decided_by, decided_at, reason, held)
		VALUES ? ON CONFLICT DO NOTHING RETURNING id`, rows)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	rows = rows[:0]
	for _, id := range ids {
		rows = append(rows, []any{id, sealed[breach.CandidateID(id)]})
	}
	_, err = exec(ctx, u, `INSERT INTO candidate_rows (id, sealed) VALUES ?`, rows)
	return len(ids), err
}

// doubt orders the queue: 0 is a toss-up.
func doubt(p float64) int64 { return int64(math.Round(math.Abs(p-0.5) * 1e9)) }

// finite keeps a score storable: what is not a number is no confidence at all.
func finite(f float64) float64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	return f
}

const candidateColumns = `candidates.id, incident, registry, dump_row, person, weight, probability, band, why, state, version, decided_by, decided_at, reason`

func candidateDest(c *breach.Candidate) []any {
	return []any{&c.ID, &c.Incident, &c.Registry, &c.Row, &c.Person, &c.Weight, &c.Probability, &c.Band, parsed{&c.Why}, &c.State, &c.Version,
		&c.DecidedBy, (*instant)(&c.DecidedAt), &c.Reason}
}

func scanCandidate(r scanner) (c breach.Candidate, err error) {
	err = r.Scan(candidateDest(&c)...)
	return c, err
}

// Candidate returns one candidate with its sealed row.
func (s *Store) Candidate(ctx context.Context, id breach.CandidateID) (CandidateRow, error) {
	c, err := one(ctx, s.r, func(r scanner) (c CandidateRow, err error) {
		err = r.Scan(append(candidateDest(&c.Candidate), &c.Sealed)...)
		return c, err
	}, `SELECT `+candidateColumns+`, candidate_rows.sealed
		FROM candidates LEFT JOIN candidate_rows ON candidate_rows.id = candidates.id WHERE candidates.id = ?`, id)
	if err != nil {
		return c, fmt.Errorf("reading candidate %s: %w", id, err)
	}
	return c, nil
}

// CandidateFilter selects candidates; zero fields select all. After is the
// last ID of the page before.
type CandidateFilter struct {
	State    breach.CandidateState
	Registry breach.RegistryID
	After    breach.CandidateID
	Limit    int
}

// Candidates lists candidates by ID.
func (s *Store) Candidates(ctx context.Context, incident breach.IncidentID, f CandidateFilter) ([]breach.Candidate, error) {
	list, err := all(ctx, s.r, scanCandidate, `SELECT `+candidateColumns+` FROM candidates
		WHERE incident = ? AND id > ? AND (state = ? OR ? = '') AND (registry = ? OR ? = '') ORDER BY id LIMIT ?`,
		incident, f.After, f.State, f.State, f.Registry, f.Registry, bounded(f.Limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("listing candidates of incident %s: %w", incident, err)
	}
	return list, nil
}

// NextOpen lists the n open candidates that come next in the queue, the most
// uncertain first. after is the candidate seen last, decided or not; "" starts
// at the head. Nobody need decide about people whom an extraction has.
func (s *Store) NextOpen(ctx context.Context, incident breach.IncidentID, after breach.CandidateID, n int) ([]breach.Candidate, error) {
	from := int64(-1)
	if after != "" {
		var err error
		if from, err = one(ctx, s.r, scanInt, `SELECT doubt FROM candidates WHERE incident = ? AND id = ?`, incident, after); err != nil {
			return nil, fmt.Errorf("reading candidate %s: %w", after, err)
		}
	}
	list, err := all(ctx, s.r, scanCandidate, `SELECT `+candidateColumns+` FROM candidates
		WHERE incident = ? AND state = 'open' AND (doubt, id) > (?, ?) AND NOT `+attested+` ORDER BY doubt, id LIMIT ?`, incident, from, after, bounded(n, mostRows))
	if err != nil {
		return nil, fmt.Errorf("reading the queue of incident %s: %w", incident, err)
	}
	return list, nil
}

// CountCandidates counts an incident's candidates by state. Open ones of people
// whom an extraction has wait for nobody, and are not counted.
func (s *Store) CountCandidates(ctx context.Context, incident breach.IncidentID) (map[breach.CandidateState]int64, error) {
	counts := map[breach.CandidateState]int64{}
	_, err := all(ctx, s.r, func(r scanner) (struct{}, error) {
		var state breach.CandidateState
		var n int64
		err := r.Scan(&state, &n)
		counts[state] = n
		return struct{}{}, err
	}, `SELECT state, count(id) FROM candidates WHERE incident = ? AND NOT (state = 'open' AND `+attested+`) GROUP BY state`, incident)
	if err != nil {
		return nil, fmt.Errorf("counting candidates of incident %s: %w", incident, err)
	}
	return counts, nil
}

// Linked is a person and the dump rows linked to them.
type Linked struct {
	Person      breach.PersonID
	Rows        []int64
	Probability float64 // the highest of the rows
	Taken       bool    // an extraction has them, as a controller attests
}

// Linked lists the persons of a registry that are linked, in order, after a
// person ("" starts); limit counts persons.
func (s *Store) Linked(ctx context.Context, incident breach.IncidentID, registry breach.RegistryID, after breach.PersonID, limit int) ([]Linked, error) {
	limit = bounded(limit, mostRows)
	persons, err := all(ctx, s.r, scanString, `SELECT DISTINCT person FROM candidates
		WHERE incident = ? AND registry = ? AND state = 'linked' AND person > ? ORDER BY person LIMIT ?`, incident, registry, after, limit)
	if err != nil {
		return nil, fmt.Errorf("listing linked persons of incident %s: %w", incident, err)
	}
	var out []Linked
	err = chunks(persons, func(part []string) error {
		_, err := all(ctx, s.r, func(r scanner) (struct{}, error) {
			var person breach.PersonID
			var row int64
			var p float64
			err := r.Scan(&person, &row, &p)
			if len(out) == 0 || out[len(out)-1].Person != person {
				out = append(out, Linked{Person: person})
			}
			l := &out[len(out)-1]
			l.Rows, l.Probability = append(l.Rows, row), max(l.Probability, p)
			return struct{}{}, err
		}, `SELECT person, dump_row, probability FROM candidates
			WHERE incident = ? AND registry = ? AND state = 'linked' AND person IN (?) ORDER BY person, dump_row`, incident, registry, bun.List(part))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing linked persons of incident %s: %w", incident, err)
	}
	return out, nil
}

// Sharing lists, for persons of a registry, who of another registry is linked to
// the same rows of the dump: perhaps the same human.
func (s *Store) Sharing(ctx context.Context, incident breach.IncidentID, registry breach.RegistryID, persons []breach.PersonID, other breach.RegistryID) (map[breach.PersonID][]breach.PersonID, error) {
	out := map[breach.PersonID][]breach.PersonID{}
	err := chunks(persons, func(part []breach.PersonID) error {
		_, err := all(ctx, s.r, func(r scanner) (v [2]breach.PersonID, err error) {
			err = r.Scan(&v[0], &v[1])
			out[v[0]] = append(out[v[0]], v[1])
			return v, err
		}, `SELECT DISTINCT c.person, o.person FROM candidates c
			JOIN candidates o ON o.incident = c.incident AND o.registry = ? AND o.dump_row = c.dump_row AND o.state = 'linked'
			WHERE c.incident = ? AND c.registry = ? AND c.state = 'linked' AND c.person IN (?) ORDER BY c.person, o.person`,
			other, incident, registry, bun.List(part))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for the same people in %s: %w", other, err)
	}
	return out, nil
}
