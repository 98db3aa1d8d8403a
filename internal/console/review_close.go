package console

import (
	"context"
	"net/http"
	"time"

	"vigie/internal/breach"
)

type reviewCloser interface {
	CloseReview(ctx context.Context, incident breach.IncidentID, by breach.UserID, at time.Time) error
}

// reviewClose ends the review when nothing is open; nothing is decided or
// undone after it.
func (c *console) reviewClose(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), breach.IncidentID(r.PathValue("incident"))
	if err := c.Store.CloseReview(ctx, id, who(r).ID, c.Now().UTC()); err != nil {
		return answer(w, r, reviewURL(id, "", ""), "", err)
	}
	c.nudge(ctx, id)
	return back(w, r, reviewURL(id, "", ""), "done", "closed")
}
