package console

import (
	"net/http"
	"net/url"
	"slices"

	"vigie/internal/breach"
)

type alertView struct {
	page
	Attestable bool // an incident may be opened without a file
	Alert      breach.Alert
	Post       breach.Post // title and text masked
	Capture    breach.Capture
	Registries []breach.RegistryID
	Kin        breach.IncidentID   // open on the same leak, for another body
	Compared   []breach.RegistryID // by that incident
	Sightings  []breach.Sighting
	Steps      []Event  // who did what with it, the last first
	Codes      []string // of a dismissal
	Open       bool     // nobody has decided
	HasDuty    bool
	Duty       breach.Duty
	Pages      []breach.Page
	Wakes      []Wake
	Concerned  []Concerned
	Reports    []breach.Report
}

func (c *console) alertShow(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	v := alertView{page: c.page(r, "alert.title")}
	var err error
	if v.Alert, err = c.Store.Alert(ctx, breach.AlertID(r.PathValue("alert"))); err != nil {
		return err
	}
	if v.Post, err = c.Store.Post(ctx, v.Alert.Post); err != nil {
		return err
	}
	v.Attestable = c.Extractions != nil
	v.Post.Links = fetchable(v.Post.Links)
	v.Post.Title, v.Post.Text, v.Alert.Why = maskPost(v.Post.Title), maskPost(v.Post.Text), MaskText(v.Alert.Why)
	if v.Capture, err = c.captureOf(r, v.Post); err != nil {
		return err
	}
	if v.Sightings, err = c.Store.Sightings(ctx, v.Alert.ID); err != nil {
		return err
	}
	if v.Steps, err = c.Store.AuditEvents(ctx, string(v.Alert.ID), 50); err != nil {
		return err
	}
	v.Codes, v.Open = breach.DismissCodes, v.Alert.State == breach.AlertNew || v.Alert.State == breach.AlertSeen
	if err := c.dutyOf(ctx, &v); err != nil {
		return err
	}
	if v.Registries, err = c.Registries(ctx); err != nil {
		return err
	}
	if v.Kin, err = c.Store.Kin(ctx, v.Alert.ID); err != nil {
		return err
	}
	if v.Kin != "" {
		if v.Compared, err = c.Store.Registries(ctx, v.Kin); err != nil {
			return err
		}
	}
	v.Title = v.T("alert.of", v.Alert.Entity)
	return c.show(w, http.StatusOK, "alert", v)
}

// fetchable keeps the links that name a file over HTTP: posts also hold
// onion forums, messenger handles and worse.
func fetchable(links []string) []string {
	return slices.DeleteFunc(slices.Clone(links), func(l string) bool {
		u, err := url.Parse(l)
		return err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https")
	})
}

// captureOf finds the exchange that first brought a post; one that is gone is
// named by its ID alone.
func (c *console) captureOf(r *http.Request, post breach.Post) (breach.Capture, error) {
	k, err := c.Store.Capture(r.Context(), post.Capture)
	if isKind(err, breach.ErrNotFound) {
		return breach.Capture{ID: post.Capture}, nil
	}
	return k, err
}
