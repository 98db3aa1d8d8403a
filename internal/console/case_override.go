package console

import (
	"context"
	"net/http"

	"vigie/internal/breach"
)

type proofreader interface {
	Proofread(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) (breach.Proofread, error)
	OverrideLint(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, digest string, o breach.LintOverride) error
}

// proofread is what the linter said of a case's communications; nothing while
// there is no plan.
func (c *console) proofread(ctx context.Context, k breach.Case) (breach.Proofread, error) {
	p, err := c.Store.Proofread(ctx, k.Incident, k.Controller)
	if isKind(err, breach.ErrNotFound) {
		return breach.Proofread{}, nil
	}
	return p, err
}

// caseOverride keeps the written word of the controller's data protection
// officer that the communications go out as they are. The form carries the
// digest of the findings that the person read.
func (c *console) caseOverride(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	o := breach.LintOverride{By: who(r).ID, At: c.Now().UTC()}
	for name, into := range map[string]*string{"name": &o.Name, "function": &o.Function, "reason": &o.Reasons} {
		text, ok := field(r, name)
		if !ok {
			return back(w, r, here, "err", "reason")
		}
		*into = text
	}
	if err := c.Store.OverrideLint(r.Context(), id, controller, r.PostForm.Get("digest"), o); err != nil {
		if isKind(err, breach.ErrConflict) {
			return back(w, r, here, "err", "plan-changed")
		}
		return answer(w, r, here, "", err)
	}
	c.nudge(r.Context(), id)
	return back(w, r, here, "done", "overridden")
}
