package console

import (
	"context"
	"net/http"
	"time"

	"vigie/internal/breach"
)

type decisionUndoer interface {
	UndoDecision(ctx context.Context, id breach.CandidateID, by breach.UserID, at time.Time) error
}

// reviewUndo opens a pair again that the same person decided, and shows it.
func (c *console) reviewUndo(w http.ResponseWriter, r *http.Request) error {
	k, err := c.candidateOf(r, breach.CandidateID(r.PostForm.Get("candidate")))
	if err != nil {
		return err
	}
	if err = c.Store.UndoDecision(r.Context(), k.ID, who(r).ID, c.Now().UTC()); err == nil {
		c.tally.move(k.Incident, k.State, breach.CandidateOpen)
	}
	return answer(w, r, reviewURL(k.Incident, k.ID, ""), "undone", err)
}
