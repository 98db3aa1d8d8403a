package console

import (
	"context"
	"net/http"
	"slices"

	"vigie/internal/breach"
)

type alertConfirmer interface {
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
