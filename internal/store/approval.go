package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"vigie/internal/breach"
)

// AddApproval signs a plan. One live signature per role and hash is taken, by
// a person who gave none of the others (ErrForbidden); the hash must be the
// plan's current one, the team's second pair of eyes comes after the request,
// and a controller's person signs only what the controller decided to tell
// (ErrConflict).
func (s *Store) AddApproval(ctx context.Context, a breach.Approval) error {
	return s.change(ctx, string(a.By), "approval.add", string(a.Incident), func(u *unit) error {
		switch a.Role {
		case breach.ApprovalRequest, breach.ApprovalTeam, breach.ApprovalController:
		default:
			return fmt.Errorf("no such role: %w", breach.ErrInvalid)
		}
		if a.By == "" || a.Hash == "" || !a.ExpiresAt.After(a.At) {
			return fmt.Errorf("a person, a hash and an end are needed: %w", breach.ErrInvalid)
		}
		c, err := caseOf(ctx, u, a.Incident, a.Controller)
		if err != nil {
			return err
		}
		given, err := approvals(ctx, u, a.Incident, a.Controller)
		if err != nil {
			return err
		}
		attempt, err := mayApprove(c, given, a)
		if err != nil {
			return err
		}
		u.did("approval=%s controller=%s role=%s hash=%s", a.ID, a.Controller, a.Role, a.Hash)
		_, err = exec(ctx, u, `INSERT INTO approvals (id, incident, controller, role, by_user, hash, at, expires_at, attempt) VALUES ?`,
			tuples{{a.ID, a.Incident, a.Controller, a.Role, a.By, a.Hash, nanos(a.At), nanos(a.ExpiresAt), attempt}})
		return err
	})
}

// mayApprove is the rule alone: it returns how many signatures of this role
// expired before, or why this one is not taken.
func mayApprove(c breach.Case, given []breach.Approval, a breach.Approval) (attempt int, err error) {
	if a.Hash != c.PlanHash {
		return 0, fmt.Errorf("the plan has changed: %w", breach.ErrConflict)
	}
	if a.Role == breach.ApprovalController && c.Decision != breach.DecisionTell {
		return 0, fmt.Errorf("the controller has not decided to tell: %w", breach.ErrConflict)
	}
	requested := false
	for _, g := range given {
		if g.Hash != a.Hash {
			continue
		}
		live := g.ExpiresAt.After(a.At)
		switch {
		case g.Role == a.Role && live:
			return 0, fmt.Errorf("this signature is given already: %w", breach.ErrConflict)
		case g.Role == a.Role:
			attempt++
		case g.By == a.By && live:
			return 0, fmt.Errorf("one person signs once: %w", breach.ErrForbidden)
		}
		requested = requested || g.Role == breach.ApprovalRequest && live
	}
	if a.Role == breach.ApprovalTeam && !requested {
		return 0, fmt.Errorf("nobody has asked for approval: %w", breach.ErrConflict)
	}
	return attempt, nil
}

func approvals(ctx context.Context, db bun.IDB, incident breach.IncidentID, controller breach.ControllerID) ([]breach.Approval, error) {
	return all(ctx, db, scanApproval, selectApprovals+`WHERE incident = ? AND controller = ? ORDER BY at, id`, incident, controller)
}

const selectApprovals = `SELECT id, incident, controller, role, by_user, hash, at, expires_at FROM approvals `

func scanApproval(r scanner) (a breach.Approval, err error) {
	err = r.Scan(&a.ID, &a.Incident, &a.Controller, &a.Role, &a.By, &a.Hash, (*instant)(&a.At), (*instant)(&a.ExpiresAt))
	return a, err
}

// IncidentApprovals lists the signatures of every case of an incident, oldest
// first.
func (s *Store) IncidentApprovals(ctx context.Context, incident breach.IncidentID) ([]breach.Approval, error) {
	list, err := all(ctx, s.r, scanApproval, selectApprovals+`WHERE incident = ? ORDER BY at, id LIMIT ?`, incident, mostRows)
	if err != nil {
		return nil, fmt.Errorf("listing the approvals of incident %s: %w", incident, err)
	}
	return list, nil
}

// Approvals lists every signature given in a case, oldest first: also those
// for former plans, which count for nothing.
func (s *Store) Approvals(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]breach.Approval, error) {
	list, err := approvals(ctx, s.r, incident, controller)
	if err != nil {
		return nil, fmt.Errorf("listing the approvals of %s in incident %s: %w", controller, incident, err)
	}
	return list, nil
}
