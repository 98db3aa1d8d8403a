package app

import (
	"context"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/letter"
	"vigie/workflows/activity"
)

// RecallLetters takes back what has not left yet of a controller's letters; see
// activity.Steps.RecallLetters. It works beside a running server.
func (a *App) RecallLetters(ctx context.Context, incident breach.IncidentID, c breach.ControllerID, by breach.UserID, reason string) (activity.Recalled, error) {
	shelves, err := Shelves(ctx, a.Config)
	if err != nil {
		return activity.Recalled{}, err
	}
	return a.ledger().RecallLetters(ctx, printers(shelves), incident, c, by, reason)
}

// printers recalls a letter from whichever of them has it.
type printers []*letter.Shelf

// Recall asks one after another.
func (list printers) Recall(ctx context.Context, key string) (bool, error) {
	for _, shelf := range list {
		if had, err := shelf.Recall(ctx, key); had || err != nil {
			return had, err
		}
	}
	return false, nil
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
