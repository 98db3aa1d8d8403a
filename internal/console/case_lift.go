package console

import (
	"context"
	"net/http"
	"strconv"

	"vigie/internal/breach"
)

type ceilingLifter interface {
	LiftCeiling(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, persons int64, by breach.UserID, reason string) error
}

// caseLift lifts the ceiling up to the number of persons that somebody saw: a
// plan that has grown since is above it again.
func (c *console) caseLift(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	reason, ok := field(r, "reason")
	if !ok {
		return back(w, r, here, "err", "reason")
	}
	k, err := c.Store.Case(r.Context(), id, controller)
	if err != nil {
		return err
	}
	persons, err := strconv.ParseInt(r.PostForm.Get("persons"), 10, 64)
	if err != nil || persons != k.Persons {
		return back(w, r, here, "err", "plan-changed")
	}
	if err := c.Store.LiftCeiling(r.Context(), id, controller, persons, who(r).ID, reason); err != nil {
		return answer(w, r, here, "", err)
	}
	c.nudge(r.Context(), id)
	return back(w, r, here, "done", "lifted")
}
