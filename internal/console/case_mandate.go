package console

import (
	"context"
	"net/http"
	"slices"

	"vigie/internal/breach"
)

type mandateSetter interface {
	SetMandate(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID, m breach.Mandate) error
}

// caseMandate records by whom, when and for what a controller mandated the
// team, and where that is written. Nothing is sent without it.
func (c *console) caseMandate(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	at, ok1 := instant(r, "at")
	by, ok2 := field(r, "by")
	scope, ok3 := field(r, "scope")
	reference, ok4 := field(r, "reference")
	if !ok1 || !ok2 || !ok3 || !ok4 || at.After(c.Now()) || len(reference) > 200 || len(by) > 200 {
		return back(w, r, here, "err", "mandate")
	}
	err := c.Store.SetMandate(r.Context(), id, controller, breach.Mandate{Reference: reference, By: by, At: at, Scope: scope, SetBy: who(r).ID})
	if err == nil {
		c.nudge(r.Context(), id)
	}
	return answer(w, r, here, "mandate", err)
}

type callStore interface {
	AddCall(ctx context.Context, c breach.Call) error
	Calls(ctx context.Context, incident breach.IncidentID, controller breach.ControllerID) ([]breach.Call, error)
}

// caseContact keeps one attempt to reach a controller. AwareAt is proposed from
// them and set by a person alone.
func (c *console) caseContact(w http.ResponseWriter, r *http.Request) error {
	id, controller, here := casePath(r)
	at, ok := instant(r, "at")
	x := breach.Call{ID: breach.NewID("call"), Incident: id, Controller: controller, At: at, Channel: r.PostForm.Get("channel"),
		Effective: r.PostForm.Get("effective") != "", Certainty: r.PostForm.Get("certainty"), By: who(r).ID, LoggedAt: c.Now().UTC()}
	x.AnsweredBy, _ = field(r, "answered_by")
	x.Note, _ = field(r, "note")
	if !ok || at.After(c.Now()) || !slices.Contains(breach.CallChannels, x.Channel) || x.Effective && x.AnsweredBy == "" || len(x.AnsweredBy) > 200 {
		return back(w, r, here, "err", "contact_log")
	}
	return answer(w, r, here, "contact_log", c.Store.AddCall(r.Context(), x))
}
