package console

import (
	"context"
	"net/http"
	"time"

	"vigie/internal/breach"
)

type alertDismisser interface {
	DismissAlert(ctx context.Context, id breach.AlertID, by breach.UserID, reason string, at time.Time) error
}

func (c *console) alertDismiss(w http.ResponseWriter, r *http.Request) error {
	id := breach.AlertID(r.PathValue("alert"))
	here := "/alerts/" + string(id)
	reason, ok := field(r, "reason")
	if !ok {
		return back(w, r, here, "err", "reason")
	}
	err := c.Store.DismissAlert(r.Context(), id, who(r).ID, reason, c.Now().UTC())
	return answer(w, r, here, "dismissed", err)
}
