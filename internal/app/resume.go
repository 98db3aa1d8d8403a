package app

import (
	"context"
	"fmt"

	"vigie/internal/breach"
	"vigie/workflows"
)

// Resume starts the workflow of every incident that is not done, and the
// follow-ups of every one that has a plan. An incident
// is made in the store before its workflow: a crash between the two is mended
// here, and a workflow that runs already is left alone. Versions of the facts
// are taken up now and, until ctx ends, each minute.
func (a *App) Resume(ctx context.Context, w *Work) error {
	list, err := a.Store.Incidents(ctx)
	if err != nil {
		return err
	}
	for _, inc := range list {
		if !inc.Stage.Before(breach.StageApprove) {
			if err := workflows.StartFollowup(ctx, w.Client, inc.ID); err != nil {
				return fmt.Errorf("resuming %s: %w", inc.ID, err)
			}
		}
		if inc.Stage == breach.StageDone {
			continue
		}
		if err := a.StartIncident(ctx, w, inc.ID); err != nil {
			return fmt.Errorf("resuming %s: %w", inc.ID, err)
		}
	}
	if err := a.Revise(ctx, w); err != nil {
		return fmt.Errorf("resuming revisions: %w", err)
	}
	go a.keepRevising(ctx, w)
	return nil
}

// StartIncident starts an incident's workflow over the registries that were
// named when it was opened.
func (a *App) StartIncident(ctx context.Context, w *Work, id breach.IncidentID) error {
	regs, err := a.Store.Registries(ctx, id)
	if err != nil {
		return err
	}
	return workflows.StartIncident(ctx, w.Client, workflows.IncidentInput{Incident: id, Registries: regs, Apart: a.Config.Linkage.Apart})
}
