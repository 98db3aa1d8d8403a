package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"

	"vigie/internal/breach"
)

// FollowupInput asks which institutions of an incident are due a follow-up. Now
// is the workflow's clock.
type FollowupInput struct {
	Incident breach.IncidentID `json:"incident"`
	NowUnix  int64             `json:"now_unix"` // seconds
}

// FollowupState says when the next follow-up is due; Done when all were asked.
type FollowupState struct {
	Asked    int   `json:"asked"`
	NextUnix int64 `json:"next_unix"` // seconds; 0: not known yet
	Done     bool  `json:"done"`
}

// followupPoll is how long a follow-up sleeps at most: the hour from which
// months count may be set or moved, and a lost nudge costs at most this.
const followupPoll = 7 * 24 * time.Hour

// Followup asks each institution of an incident, three and six months on, what
// it has done since. Persons are not written to here: only new facts do that,
// and a person of the team states them. One timer an incident is enough, and it
// outlives restarts and the incident.
func Followup(ctx workflow.Context, in FollowupInput) error {
	nudge := workflow.GetSignalChannel(ctx, SignalNudge)
	long := long(ctx, 0, time.Hour)
	for {
		for nudge.ReceiveAsync(nil) {
		}
		now := workflow.Now(ctx)
		in.NowUnix = now.Unix()
		var state FollowupState
		if err := workflow.ExecuteActivity(long, ActivityFollowup, in).Get(ctx, &state); err != nil {
			return fmt.Errorf("follow-up of %s: %w", in.Incident, err)
		}
		if state.Done {
			return nil
		}
		next := followupPoll
		if state.NextUnix > 0 {
			next = max(time.Minute, min(next, time.Unix(state.NextUnix, 0).Sub(now)))
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, WorkflowFollowup, in)
		}
		if _, err := workflow.AwaitWithTimeout(ctx, next, func() bool { return nudge.Len() > 0 }); err != nil {
			return err
		}
	}
}

// followup starts the follow-ups of an incident, which outlive it.
func (i *incident) followup(ctx workflow.Context) error {
	if workflow.GetVersion(ctx, "follow-up", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return nil // the program starts them when it starts
	}
	child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            FollowupWorkflowID(i.in.Incident),
		WorkflowTaskTimeout:   taskTimeout,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
	})
	return started(ctx, workflow.ExecuteChildWorkflow(child, WorkflowFollowup, FollowupInput{Incident: i.in.Incident}), "follow-ups")
}

// StartFollowup starts the follow-ups of an incident; those that run or have
// ended are left as they are.
func StartFollowup(ctx context.Context, c client.Client, id breach.IncidentID) error {
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       FollowupWorkflowID(id),
		TaskQueue:                Queue,
		WorkflowTaskTimeout:      taskTimeout,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, WorkflowFollowup, FollowupInput{Incident: id})
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	if err != nil && !errors.As(err, &already) {
		return fmt.Errorf("starting the follow-ups of %s: %w", id, kind(err))
	}
	return nil
}
