package console

import (
	"context"
	"net/http"
	"slices"
	"time"

	"vigie/internal/breach"
)

type alertConfirmer interface {
	Kin(ctx context.Context, id breach.AlertID) (breach.IncidentID, error)
	JoinIncident(ctx context.Context, id breach.AlertID, incident breach.IncidentID, by breach.UserID, at time.Time) error
	ConfirmAlert(ctx context.Context, acq breach.Acquisition, inc breach.Incident, registries []breach.RegistryID) error
}

// noFile in the place of a link says that nobody has a file: the controller knows
// what was taken, and attests it.
const noFile = "no-file"

// alertConfirm records the decision to fetch a stolen file, which opens the
// incident. The link must be one that the post itself gives: a form is no way
// to make the system fetch something else.
func (c *console) alertConfirm(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), breach.AlertID(r.PathValue("alert"))
	here := "/alerts/" + string(id)
	alert, err := c.Store.Alert(ctx, id)
	if err != nil {
		return err
	}
	post, err := c.Store.Post(ctx, alert.Post)
	if err != nil {
		return err
	}
	purpose, ok1 := field(r, "purpose")
	basis, ok2 := field(r, "legal_basis")
	link := r.PostForm.Get("link")
	attested := link == noFile && c.Extractions != nil
	if !ok1 || !ok2 || !attested && !slices.Contains(fetchable(post.Links), link) {
		return back(w, r, here, "err", "confirm")
	}
	if attested {
		link = ""
	}
	registries, err := c.chosenRegistries(r)
	if err != nil {
		return answer(w, r, here, "", err)
	}
	if kin, err := c.sameFile(ctx, id, link); err != nil || kin != "" {
		if err != nil {
			return answer(w, r, here, "", err)
		}
		return c.join(w, r, kin)
	}
	now := c.Now().UTC()
	acq := breach.Acquisition{Alert: id, Link: link, By: who(r).ID, Purpose: purpose, LegalBasis: basis, At: now}
	inc := breach.Incident{ID: breach.IncidentID(breach.NewID("inc")), Alert: id, Title: alert.Entity,
		OpenedAt: now, OpenedBy: who(r).ID, Stage: breach.StageAcquire}
	if err := c.Store.ConfirmAlert(ctx, acq, inc, registries); err != nil {
		return answer(w, r, here, "", err)
	}
	there := "/incidents/" + string(inc.ID)
	if err := c.StartIncident(ctx, inc.ID, registries); err != nil {
		c.Log.ErrorContext(ctx, "starting the workflow", "incident", inc.ID, "error", err)
		return back(w, r, there, "err", "start")
	}
	return back(w, r, there, "done", "confirmed")
}

// sameFile is the incident that another body's alert has opened on the same
// leak by the same file; "" when there is none.
func (c *console) sameFile(ctx context.Context, id breach.AlertID, link string) (breach.IncidentID, error) {
	kin, err := c.Store.Kin(ctx, id)
	if err != nil || kin == "" {
		return "", err
	}
	inc, err := c.Store.Incident(ctx, kin)
	if err != nil {
		return "", err
	}
	acq, err := c.Store.Acquisition(ctx, inc.Alert)
	if err != nil || acq.Link != link {
		return "", err
	}
	return kin, nil
}

// alertJoin confirms an alert as that of one more body of the incident that is
// open on the same leak.
func (c *console) alertJoin(w http.ResponseWriter, r *http.Request) error {
	id, here := alertPath(r)
	kin, err := c.Store.Kin(r.Context(), id)
	if err == nil && kin == "" {
		err = breach.ErrConflict
	}
	if err != nil {
		return answer(w, r, here, "", err)
	}
	return c.join(w, r, kin)
}

func (c *console) join(w http.ResponseWriter, r *http.Request, incident breach.IncidentID) error {
	id, here := alertPath(r)
	if err := c.Store.JoinIncident(r.Context(), id, incident, who(r).ID, c.Now().UTC()); err != nil {
		return answer(w, r, here, "", err)
	}
	c.nudgeDuty(r.Context(), id)
	return back(w, r, "/incidents/"+string(incident), "done", "joined")
}

// chosenRegistries are those ticked, or all when none is.
func (c *console) chosenRegistries(r *http.Request) ([]breach.RegistryID, error) {
	all, err := c.Registries(r.Context())
	if err != nil {
		return nil, err
	}
	var chosen []breach.RegistryID
	for _, x := range r.PostForm["registry"] {
		if !slices.Contains(all, breach.RegistryID(x)) {
			return nil, breach.ErrInvalid
		}
		chosen = append(chosen, breach.RegistryID(x))
	}
	if len(chosen) == 0 {
		chosen = all
	}
	return chosen, nil
}
