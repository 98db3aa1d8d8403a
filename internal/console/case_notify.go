package console

import (
	"context"
	"net/http"
	"time"

	"vigie/internal/breach"
)

type notificationRecorder interface {
	SetNotified(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, at time.Time, by, ref string) error
}

// caseNotified records that the authority was notified (Art. 33), with the
// reference it gave. It stops the clock's alarms, not the clock.
func (c *console) caseNotified(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	at, ok1 := instant(r, "at")
	reference, ok2 := field(r, "reference")
	if !ok1 || !ok2 || at.After(c.Now()) || len(reference) > 200 {
		return back(w, r, here, "err", "notified")
	}
	if err := c.notify(r.Context(), id, controller, at, who(r).ID, reference); err != nil {
		return answer(w, r, here, "", err)
	}
	c.nudge(r.Context(), id)
	return back(w, r, here, "done", "notified")
}

// notify freezes the form that was sent, where the assembly knows forms.
func (c *console) notify(ctx context.Context, id breach.IncidentID, controller breach.ControllerID, at time.Time, by breach.UserID, reference string) error {
	if c.Bodies != nil {
		return c.Bodies.Notify(ctx, id, controller, at, reference, by)
	}
	return c.Store.SetNotified(ctx, id, controller, at, string(by), reference)
}
