package console

import (
	"context"
	"net/http"
	"time"

	"vigie/internal/breach"
)

// approvalLife is how long a signature may start a campaign.
const approvalLife = 24 * time.Hour

type approvalAdder interface {
	AddApproval(ctx context.Context, a breach.Approval) error
}

// counts tells whether a signature is under the plan as it stands and has not
// expired.
func counts(a breach.Approval, k breach.Case, now time.Time) bool {
	return k.PlanHash != "" && a.Hash == k.PlanHash && now.Before(a.ExpiresAt)
}

// nextSignature says what an account may sign now, or why it may not: no plan
// yet, too many persons, what the linter found, one's own signature is there, the other pair of eyes must be an
// approver, the controller has not decided to tell.
func nextSignature(u breach.User, k breach.Case, list []breach.Approval, usual int64, passed bool, now time.Time) (breach.ApprovalRole, string) {
	valid := map[breach.ApprovalRole]breach.UserID{}
	for _, a := range list {
		if counts(a, k, now) {
			valid[a.Role] = a.By
		}
	}
	requested, team := valid[breach.ApprovalRequest], valid[breach.ApprovalTeam]
	switch {
	case k.PlanHash == "":
		return "", "no-plan"
	case k.Decision == breach.DecisionRefuse:
		return "", "refused"
	case !k.Mandate.Complete():
		return "", "no-mandate"
	case k.Over(usual):
		return "", "over-ceiling"
	case !passed:
		return "", "lint"
	case u.Has(breach.RoleController):
		return controllerSignature(u, k, valid[breach.ApprovalController])
	case requested != "" && team != "":
		return "", "complete"
	case requested == u.ID || team == u.ID:
		return "", "same-person"
	case requested == "":
		return breach.ApprovalRequest, ""
	case team != "":
		return "", "complete"
	case !u.Has(breach.RoleApprover):
		return "", "not-approver"
	}
	return breach.ApprovalTeam, ""
}

func controllerSignature(u breach.User, k breach.Case, signed breach.UserID) (breach.ApprovalRole, string) {
	switch {
	case u.Controller != k.Controller:
		return "", "not-yours"
	case signed != "":
		return "", "complete"
	case k.Decision != breach.DecisionTell:
		return "", "undecided"
	}
	return breach.ApprovalController, ""
}

// caseApprove signs the plan that the person saw: the form carries its hash,
// so a plan that changed meanwhile is refused. The password is asked again
// (ASVS 5.0, 7.5.3).
func (c *console) caseApprove(w http.ResponseWriter, r *http.Request) error {
	ctx, u := r.Context(), who(r)
	id, controller, here := casePath(r)
	right, locked, err := c.passwordOf(ctx, u, r.PostForm.Get("password"))
	if err != nil {
		return err
	}
	if !right || locked {
		if err := c.Store.RecordLogin(ctx, u.ID, false, c.Now()); err != nil {
			return err
		}
		return back(w, r, here, "err", "password")
	}
	k, err := c.Store.Case(ctx, id, controller)
	if err != nil {
		return err
	}
	list, err := c.Store.Approvals(ctx, id, controller)
	if err != nil {
		return err
	}
	read, err := c.proofread(ctx, k)
	if err != nil {
		return err
	}
	now := c.Now().UTC()
	role, why := nextSignature(u, k, list, c.Ceiling, read.Passed(), now)
	switch {
	case role == "":
		return back(w, r, here, "err", "approve-"+why)
	case r.PostForm.Get("hash") != k.PlanHash:
		return back(w, r, here, "err", "plan-changed")
	}
	err = c.Store.AddApproval(ctx, breach.Approval{ID: breach.ApprovalID(breach.NewID("app")), Incident: id, Controller: controller,
		Role: role, By: u.ID, Hash: k.PlanHash, At: now, ExpiresAt: now.Add(approvalLife)})
	if err != nil {
		return answer(w, r, here, "", err)
	}
	c.nudge(ctx, id)
	return back(w, r, here, "done", "approved")
}
