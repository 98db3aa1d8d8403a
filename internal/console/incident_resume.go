package console

import (
	"net/http"

	"vigie/internal/breach"
)

// incidentResume starts the workflow again after a fault; it does nothing
// when it runs.
func (c *console) incidentResume(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), breach.IncidentID(r.PathValue("incident"))
	here := "/incidents/" + string(id)
	if _, err := c.Store.Incident(ctx, id); err != nil {
		return err
	}
	registries, err := c.Store.Registries(ctx, id)
	if err != nil {
		return err
	}
	if err := c.StartIncident(ctx, id, registries); err != nil {
		c.Log.ErrorContext(ctx, "starting the workflow", "incident", id, "error", err)
		return back(w, r, here, "err", "start")
	}
	c.nudge(ctx, id)
	return back(w, r, here, "done", "resumed")
}
