package console

import (
	"context"
	"net/http"
	"slices"

	"vigie/internal/breach"
)

type alertStore interface {
	Alert(ctx context.Context, id breach.AlertID) (breach.Alert, error)
	Alerts(ctx context.Context, state breach.AlertState) ([]breach.Alert, error)
	Post(ctx context.Context, id breach.PostID) (breach.Post, error)
	Capture(ctx context.Context, id breach.CaptureID) (breach.Capture, error)
	alertConfirmer
	alertMover
	alarmCounter
	dutyStore
	Sightings(ctx context.Context, id breach.AlertID) ([]breach.Sighting, error)
}

type alertListView struct {
	page
	State  breach.AlertState // "" is all
	States []breach.AlertState
	Alerts []breach.Alert
}

func (c *console) alertList(w http.ResponseWriter, r *http.Request) error {
	v := alertListView{page: c.page(r, "alerts.title"), State: breach.AlertState(r.URL.Query().Get("state")), States: breach.AlertStates}
	if !slices.Contains(breach.AlertStates, v.State) {
		v.State = ""
	}
	var err error
	if v.Alerts, err = c.Store.Alerts(r.Context(), v.State); err != nil {
		return err
	}
	return c.show(w, http.StatusOK, "alerts", v)
}
