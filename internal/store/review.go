package store

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// DecideCandidate keeps a person's decision on the version they saw; when the
// candidate has moved on meanwhile it is a conflict.
func (s *Store) DecideCandidate(ctx context.Context, id breach.CandidateID, version int, state breach.CandidateState, by breach.UserID, reason string, at time.Time) error {
	return s.change(ctx, string(by), "candidate.decide", string(id), func(u *unit) error {
		if by == "" || state != breach.CandidateLinked && state != breach.CandidateRejected {
			return fmt.Errorf("a decision links or rejects, and is a person's: %w", breach.ErrInvalid)
		}
		c, err := one(ctx, u, scanCandidate, `SELECT `+candidateColumns+` FROM candidates WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if err := reviewOpen(ctx, u, c.Incident); err != nil {
			return err
		}
		if c.Version != version {
			return fmt.Errorf("the candidate is at version %d, the decision saw %d: %w", c.Version, version, breach.ErrConflict)
		}
		u.did("incident=%s state=%s version=%d", c.Incident, state, version+1)
		_, err = exec(ctx, u, `UPDATE candidates SET state = ?, version = version + 1, decided_by = ?, decided_at = ?, reason = ? WHERE id = ?`,
			state, by, nanos(at), reason, id)
		return err
	})
}

// UndoDecision opens a candidate again: only who decided it may, and only
// while the review is open.
func (s *Store) UndoDecision(ctx context.Context, id breach.CandidateID, by breach.UserID, at time.Time) error {
	return s.change(ctx, string(by), "candidate.undo", string(id), func(u *unit) error {
		c, err := one(ctx, u, scanCandidate, `SELECT `+candidateColumns+` FROM candidates WHERE id = ?`, id)
		if err != nil {
			return err
		}
		if err := reviewOpen(ctx, u, c.Incident); err != nil {
			return err
		}
		if c.DecidedBy == "" || c.State == breach.CandidateOpen {
			return fmt.Errorf("there is no decision to undo: %w", breach.ErrConflict)
		}
		if c.DecidedBy != by {
			return fmt.Errorf("somebody else decided: %w", breach.ErrForbidden)
		}
		u.did("incident=%s was=%s version=%d at=%s", c.Incident, c.State, c.Version+1, at.UTC().Format(time.RFC3339))
		_, err = exec(ctx, u, `UPDATE candidates SET state = 'open', version = version + 1, decided_by = '', decided_at = 0, reason = '' WHERE id = ?`, id)
		return err
	})
}

// Decisions lists what a person decided in an incident, newest first.
func (s *Store) Decisions(ctx context.Context, incident breach.IncidentID, by breach.UserID, limit int) ([]breach.Candidate, error) {
	list, err := all(ctx, s.r, scanCandidate, `SELECT `+candidateColumns+` FROM candidates
		WHERE incident = ? AND decided_by = ? AND decided_by <> '' ORDER BY decided_at DESC, id DESC LIMIT ?`, incident, by, bounded(limit, mostRows))
	if err != nil {
		return nil, fmt.Errorf("listing decisions in incident %s: %w", incident, err)
	}
	return list, nil
}

// CloseReview ends the review: nothing may be open, and no decision or undo
// comes after. Closing again changes nothing.
func (s *Store) CloseReview(ctx context.Context, incident breach.IncidentID, by breach.UserID, at time.Time) error {
	return s.change(ctx, string(by), "review.close", string(incident), func(u *unit) error {
		closed, err := reviewClosed(ctx, u, incident)
		if err != nil || closed {
			u.quiet = true
			return err
		}
		open, err := one(ctx, u, scanInt, `SELECT count(id) FROM candidates WHERE incident = ? AND state = 'open' AND NOT `+attested, incident)
		if err != nil {
			return err
		}
		if open > 0 || at.IsZero() {
			return fmt.Errorf("%d candidates wait for a decision: %w", open, breach.ErrConflict)
		}
		_, err = exec(ctx, u, `UPDATE incidents SET review_closed_at = ?, review_closed_by = ? WHERE id = ?`, nanos(at), by, incident)
		return err
	})
}

// ReviewClosed tells whether the review has ended.
func (s *Store) ReviewClosed(ctx context.Context, incident breach.IncidentID) (bool, error) {
	closed, err := reviewClosed(ctx, s.r, incident)
	if err != nil {
		return false, fmt.Errorf("reading incident %s: %w", incident, err)
	}
	return closed, nil
}

func reviewClosed(ctx context.Context, db bun.IDB, incident breach.IncidentID) (bool, error) {
	at, err := one(ctx, db, scanInt, `SELECT review_closed_at FROM incidents WHERE id = ?`, incident)
	return at != 0, err
}

// reviewOpen is a conflict once the review has ended or was passed by.
func reviewOpen(ctx context.Context, u *unit, incident breach.IncidentID) error {
	closed, err := reviewClosed(ctx, u, incident)
	if err != nil {
		return err
	}
	stage, err := one(ctx, u, scanString, `SELECT stage FROM incidents WHERE id = ?`, incident)
	if err != nil {
		return err
	}
	if closed || breach.StageReview.Before(breach.Stage(stage)) {
		return fmt.Errorf("the review is closed: %w", breach.ErrConflict)
	}
	return nil
}
