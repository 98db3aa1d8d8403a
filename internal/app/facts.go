package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console"
	"vigie/notify"
	"vigie/notify/facts"
	"vigie/notify/forecast"
	"vigie/notify/letter"
	"vigie/notify/wording"
	"vigie/workflows"
	"vigie/workflows/activity"
)

// factsDesk lets people edit facts, and starts what follows from an edit.
type factsDesk struct {
	*activity.Steps
	app  *App
	work *Work
}

// Amend keeps a version and, after the first plan, has it carried out.
func (d factsDesk) Amend(ctx context.Context, id breach.IncidentID, c breach.ControllerID, seen int, e facts.Edit, tell facts.Tell, by breach.UserID, why string) (int, error) {
	version, planned, err := d.Steps.Amend(ctx, id, c, seen, e, tell, by, why)
	if err != nil || !planned {
		return version, err
	}
	if err := workflows.StartRevision(ctx, d.work.Client, workflows.RevisionInput{Incident: id, Controller: c, Version: version}); err != nil {
		d.app.Log.Error("starting a revision; the next start of the program does", "incident", id, "controller", c, "version", version, "error", err)
	}
	return version, nil
}

// Choices lists the codes of a field in words.
func (factsDesk) Choices(lang, field string) []console.Choice {
	var out []console.Choice
	for _, code := range wording.Codes(field) {
		out = append(out, console.Choice{Code: code, Words: wording.Words(lang, field, code)})
	}
	return out
}

// EquipFacts opens what editing facts and forecasting need, beside a process
// that serves.
func (a *App) EquipFacts() error {
	a.EquipDesk()
	a.Steps.Registries = &activity.Registries{Dir: filepath.Join(a.Config.Data, "registries"), Keys: a.Keys, Seen: a.Store, Models: a.Store}
	a.Steps.PageURL = a.Config.Page.URL
	return a.openTariffs()
}

// takeUp is how often versions are looked for that a command has saved, or
// whose workflow could not be started.
const takeUp = time.Minute

// Revise starts what follows from every version of the facts whose plan is not
// made: a crash between keeping a version and starting its workflow is mended
// here, and what a command imports is taken up. So are letters that follow
// e-mails that came back after their campaign.
func (a *App) Revise(ctx context.Context, w *Work) error {
	list, err := a.Store.PendingRevisions(ctx)
	if err != nil {
		return err
	}
	for _, p := range list {
		in := workflows.RevisionInput{Incident: p.Incident, Controller: p.Controller, Version: p.Version}
		if err := workflows.StartRevision(ctx, w.Client, in); err != nil {
			return err
		}
	}
	back, err := a.Steps.CameBack(ctx) // letters that follow e-mails that came back
	if err != nil {
		return err
	}
	for _, b := range back {
		if err := workflows.StartCampaign(ctx, w.Client, workflows.CampaignInput{Incident: b.Incident, Controller: b.Controller, First: b.First, Messages: b.Last}); err != nil {
			return err
		}
	}
	return nil
}

// keepRevising does so while the program runs.
func (a *App) keepRevising(ctx context.Context, w *Work) {
	t := time.NewTicker(takeUp)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if err := a.Revise(ctx, w); err != nil && ctx.Err() == nil {
				a.Log.Error("taking up versions of facts", "error", err)
			}
		}
	}
}

// nudge wakes an incident's workflow and the revisions that wait for people.
// What is not running needs no waking.
func (a *App) nudge(ctx context.Context, w *Work, id breach.IncidentID) error {
	first := workflows.Nudge(ctx, w.Client, id)
	cases, err := a.Store.Cases(ctx, id)
	if err != nil {
		return err
	}
	for _, k := range cases {
		if k.FirstRow <= 1 {
			continue
		}
		err := workflows.NudgeRevision(ctx, w.Client, id, k.Controller, k.Notice)
		if err == nil {
			first = nil
		} else if !errors.Is(err, breach.ErrNotFound) {
			return err
		}
	}
	return first
}

// forecast says what a plan costs, if its campaign starts now.
func (a *App) forecast(ctx context.Context, id breach.IncidentID, c breach.ControllerID) (forecast.Forecast, error) {
	return a.Steps.Forecast(ctx, id, c, now(), a.prospect())
}

// Forecast is a plan's cost and calendar if its campaign starts at an instant.
func (a *App) Forecast(ctx context.Context, id breach.IncidentID, c breach.ControllerID, start time.Time) (forecast.Forecast, error) {
	return a.Steps.Forecast(ctx, id, c, start, a.prospect())
}

func (a *App) prospect() activity.Prospect {
	return activity.Prospect{Tariffs: a.tariffs, Limits: a.Config.Forecast.limits(), Calendar: letter.Calendar{}, Sheets: sheets}
}

// sheets counts the sheets of a letter, printed on both sides, to an invented
// reader.
func sheets(doc notify.Document) int {
	n, err := letter.Sheets(notify.Envelope{Key: "forecast", Language: "fr", Date: now(), Doc: doc,
		From: breach.Controller{Name: "Organisme", Address: "1 rue du Port|00001 ORBEVILLE"},
		To:   breach.Contact{Given: "Camille", Name: "Exemple", Address: breach.Address{Street: "1 RUE DU PORT", Postcode: "00001", City: "ORBEVILLE"}}}, letter.Options{})
	if err != nil {
		return 2
	}
	return n
}

// ForecastConfig replaces what Vigie assumes of providers.
type ForecastConfig struct {
	Tariffs string          `yaml:"tariffs"` // file of tariffs; "" those of Vigie
	Limits  forecast.Limits `yaml:"limits"`  // zero fields keep what is usual
}

func (c ForecastConfig) limits() forecast.Limits {
	m, usual := c.Limits, forecast.Usual()
	for _, x := range []struct {
		to   *float64
		from float64
	}{{&m.EmailRate, usual.EmailRate}, {&m.SMSRate, usual.SMSRate}, {&m.LetterRate, usual.LetterRate}} {
		if *x.to == 0 {
			*x.to = x.from
		}
	}
	if m.LettersDay == 0 {
		m.LettersDay = usual.LettersDay
	}
	if m.SMSTo == 0 {
		m.SMSFrom, m.SMSTo = usual.SMSFrom, usual.SMSTo
	}
	if m.Returned == 0 {
		m.Returned = usual.Returned
	}
	if m.Verdicts == 0 {
		m.Verdicts = usual.Verdicts
	}
	return m
}

// openTariffs reads the file that the configuration names.
func (a *App) openTariffs() (err error) {
	if a.Config.Forecast.Tariffs == "" {
		a.tariffs, err = forecast.Tariffs()
		return err
	}
	f, err := os.Open(a.Config.Forecast.Tariffs)
	if err != nil {
		return fmt.Errorf("opening tariffs: %w", err)
	}
	defer func() { _ = f.Close() }()
	a.tariffs, err = forecast.ParseTariffs(f)
	return err
}
