package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"vigie/internal/breach"
)

type caseDecider interface {
	DecideCase(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, d breach.Decision, reason, exemption string, by breach.UserID, at time.Time) error
}

// exemptions are the three conditions of GDPR Art. 34(3), and low risk, when
// Art. 34(1) does not ask for a communication at all.
var exemptions = []string{"34(1)", "34(3)(a)", "34(3)(b)", "34(3)(c)"}

// caseDecide records the controller's reasoned decision under Art. 34. Not to
// tell needs the ground as well.
func (c *console) caseDecide(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	decision, exemption := breach.Decision(r.PostForm.Get("decision")), r.PostForm.Get("exemption")
	reason, ok := field(r, "reason")
	switch {
	case !ok:
		return back(w, r, here, "err", "reason")
	case decision == breach.DecisionTell:
		exemption = ""
	case decision != breach.DecisionRefuse || !slices.Contains(exemptions, exemption):
		return back(w, r, here, "err", "decision")
	}
	if err := c.Store.DecideCase(r.Context(), id, controller, decision, reason, exemption, who(r).ID, c.Now().UTC()); err != nil {
		return answer(w, r, here, "", err)
	}
	c.nudge(r.Context(), id)
	return back(w, r, here, "done", "decision")
}
