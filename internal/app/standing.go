package app

import (
	"context"

	"vigie/crawlers"
	"vigie/internal/console"
	"vigie/workflows/activity"
)

// standings tells the console where each source stands.
func (a *App) standings(ctx context.Context) ([]console.Standing, error) {
	known, err := activity.Known(ctx, a.Store, a.Config.Sources)
	if err != nil {
		return nil, err
	}
	out := make([]console.Standing, len(known))
	for i, k := range known {
		m := k.Memory
		out[i] = console.Standing{Source: k.Source.ID, State: m.Outcome.State, Fault: m.Outcome.Fault, Alarm: m.Alarm,
			Proposed: proposed(m.Proposals(k.Source)), VisitedAt: m.Outcome.At, GoodAt: m.GoodAt, NextAt: m.DueAt, Late: m.LateAt(k.Source.Every, now())}
	}
	return out, nil
}

func proposed(list []crawlers.Proposal) (out []string) {
	for _, p := range list {
		out = append(out, p.Address)
	}
	return out
}
