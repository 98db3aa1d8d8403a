package console

import (
	"net/http"

	"vigie/internal/breach"
)

// caseRecall takes back the controller's letters that have not left yet.
func (c *console) caseRecall(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	reason, ok := field(r, "reason")
	if !ok {
		return back(w, r, here, "err", "reason")
	}
	if c.Recall == nil {
		return breach.ErrNotFound
	}
	gone, service, err := c.Recall(r.Context(), id, controller, who(r).ID, reason)
	done := "recalled"
	switch {
	case service > 0:
		done = "recalled_service"
	case gone > 0:
		done = "recalled_some"
	}
	if err == nil {
		c.nudge(r.Context(), id)
	}
	return answer(w, r, here, done, err)
}

// Recallable tells whether there are letters that may be taken back.
func (v caseView) Recallable() bool {
	for _, t := range v.Totals {
		if t.Channel == breach.ChannelLetter && (t.State == breach.MessagePlanned || t.State == breach.MessageHandedOver) && t.N > 0 {
			return v.Case.PlanHash != ""
		}
	}
	return false
}
