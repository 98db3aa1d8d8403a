package workflows

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"vigie/internal/breach"
)

// StartIncident starts the workflow of an incident. One that is open or has
// ended well is left as it is; one that failed is started again.
func StartIncident(ctx context.Context, c client.Client, in IncidentInput) error {
	if in.Incident == "" || len(in.Registries) == 0 {
		return fmt.Errorf("starting incident %q with %d registries: %w", in.Incident, len(in.Registries), breach.ErrInvalid)
	}
	in.Resume = nil
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       IncidentWorkflowID(in.Incident),
		TaskQueue:                Queue,
		WorkflowTaskTimeout:      taskTimeout,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, WorkflowIncident, in)
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	if err != nil && !errors.As(err, &already) {
		return fmt.Errorf("starting incident %s: %w", in.Incident, kind(err))
	}
	return nil
}

// StartRevision starts the workflow of a later version of a controller's facts;
// one that is open or has ended well is left as it is.
func StartRevision(ctx context.Context, c client.Client, in RevisionInput) error {
	if in.Incident == "" || in.Controller == "" || in.Version < 1 {
		return fmt.Errorf("starting revision %d of %q: %w", in.Version, in.Incident, breach.ErrInvalid)
	}
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       RevisionWorkflowID(in.Incident, in.Controller, in.Version),
		TaskQueue:                Queue,
		WorkflowTaskTimeout:      taskTimeout,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, WorkflowRevision, in)
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	if err != nil && !errors.As(err, &already) {
		return fmt.Errorf("starting revision %d of %s: %w", in.Version, in.Incident, kind(err))
	}
	return nil
}

// StartCampaign walks the rows of a controller that were planned again after its
// campaign; one that runs is left as it is.
func StartCampaign(ctx context.Context, c client.Client, in CampaignInput) error {
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       CampaignWorkflowID(in.Incident, in.Controller),
		TaskQueue:                Queue,
		WorkflowTaskTimeout:      taskTimeout,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, WorkflowCampaign, in)
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	if err != nil && !errors.As(err, &already) {
		return fmt.Errorf("starting campaign %s %s: %w", in.Incident, in.Controller, kind(err))
	}
	return nil
}

// NudgeRevision tells a revision to look again at what people have decided.
func NudgeRevision(ctx context.Context, c client.Client, id breach.IncidentID, who breach.ControllerID, version int) error {
	return signal(ctx, c, RevisionWorkflowID(id, who, version))
}

// Nudge tells an incident to look again at what people have decided. It is
// breach.ErrNotFound when the incident is not running.
func Nudge(ctx context.Context, c client.Client, id breach.IncidentID) error {
	return signal(ctx, c, IncidentWorkflowID(id))
}

// NudgeClock tells a controller's clock that the hour of awareness was set or
// moved, or that the authority has been notified.
func NudgeClock(ctx context.Context, c client.Client, id breach.IncidentID, who breach.ControllerID) error {
	return signal(ctx, c, ClockWorkflowID(id, who))
}

func signal(ctx context.Context, c client.Client, workflowID string) error {
	if err := c.SignalWorkflow(ctx, workflowID, "", SignalNudge, nil); err != nil {
		return fmt.Errorf("nudging %s: %w", workflowID, kind(err))
	}
	return nil
}

// kind wraps a server's answer in the kind of error that callers know.
func kind(err error) error {
	var missing *serviceerror.NotFound
	var away *serviceerror.Unavailable
	switch {
	case errors.As(err, &missing):
		return fmt.Errorf("%w: %w", breach.ErrNotFound, err)
	case errors.As(err, &away), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", breach.ErrTemporary, err)
	}
	return err
}
