package activity

import (
	"context"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/forecast"
	"vigie/notify/sms"
	"vigie/notify/wording"
)

// Prospect is what the providers of a team take and cost.
type Prospect struct {
	Tariffs  []forecast.Tariff
	Limits   forecast.Limits
	Calendar forecast.Calendar
	// Sheets counts the sheets of a letter that says a document.
	Sheets func(notify.Document) int
}

// Forecast says what a controller's plan will cost and when its last letter
// leaves, if it starts at an instant. It is breach.ErrNotFound before there is
// a plan.
func (s *Steps) Forecast(ctx context.Context, id breach.IncidentID, c breach.ControllerID, start time.Time, p Prospect) (forecast.Forecast, error) {
	f, err := s.CurrentFacts(ctx, id, c)
	if err != nil {
		return forecast.Forecast{}, err
	}
	steps, err := s.Store.PlanSteps(ctx, id, c)
	if err != nil {
		return forecast.Forecast{}, err
	}
	k, err := s.Store.Case(ctx, id, c)
	if err != nil {
		return forecast.Forecast{}, err
	}
	load := forecast.Load{Segments: 1, Sheets: 2, Texts: k.Texts}
	for _, t := range steps {
		r := forecast.Recipients{N: t.N}
		for _, ch := range []struct {
			on   bool
			name breach.Channel
		}{{t.Email, breach.ChannelEmail}, {t.SMS, breach.ChannelSMS}, {t.Letter, breach.ChannelLetter}} {
			if ch.on {
				r.Steps = append(r.Steps, ch.name)
			}
		}
		if len(r.Steps) > 0 { // else another's letter tells them
			load.Recipients = append(load.Recipients, r)
		}
	}
	doc, err := wording.Render(f, notify.Recipient{Variant: notify.VariantAdult})
	if err != nil {
		return forecast.Forecast{}, err
	}
	_, _, load.Segments = sms.Count(doc.Short)
	if p.Sheets != nil {
		load.Sheets = p.Sheets(doc)
	}
	return forecast.Work(load, start, forecast.At(p.Tariffs, start), p.Limits, p.Calendar)
}
