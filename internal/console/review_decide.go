package console

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"vigie/internal/breach"
)

type candidateDecider interface {
	DecideCandidate(ctx context.Context, id breach.CandidateID, version int, state breach.CandidateState, by breach.UserID, reason string, at time.Time) error
}

var decisions = map[string]breach.CandidateState{"link": breach.CandidateLinked, "reject": breach.CandidateRejected}

// reviewDecide records what a reviewer decides of a pair. The version says
// which state of the pair was seen: of two reviewers one wins, the other is
// told.
func (c *console) reviewDecide(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), breach.IncidentID(r.PathValue("incident"))
	k, err := c.candidateOf(r, breach.CandidateID(r.PathValue("candidate")))
	if err != nil {
		return err
	}
	here := reviewURL(id, breach.CandidateID(r.PostForm.Get("next")), breach.CandidateID(r.PostForm.Get("after")))
	state, ok := decisions[r.PostForm.Get("decision")]
	version, err := strconv.Atoi(r.PostForm.Get("version"))
	if !ok || err != nil {
		return back(w, r, here, "err", "invalid")
	}
	reason, _ := field(r, "reason") // optional: the evidence speaks
	if err := c.Store.DecideCandidate(ctx, k.ID, version, state, who(r).ID, reason, c.Now().UTC()); err != nil {
		return answer(w, r, here, "", err)
	}
	c.tally.move(id, breach.CandidateOpen, state)
	return back(w, r, here, "done", string(state))
}

// candidateOf finds a candidate pair of the incident that the path names.
func (c *console) candidateOf(r *http.Request, id breach.CandidateID) (breach.Candidate, error) {
	k, err := c.Store.Candidate(r.Context(), id)
	if err == nil && k.Incident != breach.IncidentID(r.PathValue("incident")) {
		err = breach.ErrNotFound
	}
	return k, err
}
