package console

import (
	"context"
	"net/http"
	"time"

	"vigie/internal/breach"
)

type awareSetter interface {
	SetAware(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, at time.Time, by breach.UserID, reason string) error
}

// casePath is the page of one controller's part of an incident.
func casePath(r *http.Request) (breach.IncidentID, breach.ControllerID, string) {
	id, controller := r.PathValue("incident"), r.PathValue("controller")
	return breach.IncidentID(id), breach.ControllerID(controller), "/incidents/" + id + "/controllers/" + controller
}

// caseAware sets the instant that starts the 72 hours: a person says so, with
// a reason, and never in the future.
func (c *console) caseAware(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	at, ok1 := instant(r, "aware_at")
	reason, ok2 := field(r, "reason")
	if !ok1 || !ok2 || at.After(c.Now()) {
		return back(w, r, here, "err", "aware")
	}
	if err := c.Store.SetAware(r.Context(), id, controller, at, who(r).ID, reason); err != nil {
		return answer(w, r, here, "", err)
	}
	c.nudge(r.Context(), id)
	return back(w, r, here, "done", "aware")
}
