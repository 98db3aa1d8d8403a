package app

import (
	"context"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/workflows/activity"
)

// RecallLetters takes back what has not left yet of a controller's letters; see
// activity.Steps.RecallLetters. It works beside a running server.
func (a *App) RecallLetters(ctx context.Context, incident breach.IncidentID, c breach.ControllerID, by breach.UserID, reason string) (activity.Recalled, error) {
	shelf, err := Letters(ctx, a.Config)
	if err != nil {
		return activity.Recalled{}, err
	}
	return a.ledger().RecallLetters(ctx, shelf, incident, c, by, reason)
}

// TakeReturned takes letters in that came back; see activity.Steps.TakeReturned.
func (a *App) TakeReturned(ctx context.Context, list []notify.Outcome) ([]error, error) {
	return a.ledger().TakeReturned(ctx, list)
}

// ledger are the steps that need nothing but the ledger.
func (a *App) ledger() *activity.Steps {
	if a.Steps != nil {
		return a.Steps
	}
	return &activity.Steps{Store: a.Store, Keys: a.Keys, Now: now, Log: a.Log}
}
