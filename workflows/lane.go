package workflows

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// lanePoll is how long the danger lanes go without being looked at: what a late
// entry waits at most before somebody is woken.
const lanePoll = time.Minute

// Lane watches the danger lanes of all incidents and wakes people for entries
// that are late. The store says what is late and who was woken; the workflow
// only keeps looking.
func Lane(ctx workflow.Context) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Minute,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: lanePoll,
			NonRetryableErrorTypes: []string{typePayloadSize, TypeInvalid, TypeForbidden},
		},
	})
	for !workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		if err := workflow.ExecuteActivity(ctx, ActivityLane).Get(ctx, nil); err != nil {
			return fmt.Errorf("danger lane: %w", err)
		}
		if err := workflow.Sleep(ctx, lanePoll); err != nil {
			return err
		}
	}
	return workflow.NewContinueAsNewError(ctx, WorkflowLane)
}

// StartLane starts the watch over the danger lanes, or leaves it when it runs.
func StartLane(ctx context.Context, c client.Client) error {
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       "lane",
		TaskQueue:                Queue,
		WorkflowTaskTimeout:      taskTimeout,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, WorkflowLane)
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	if err != nil && !errors.As(err, &already) {
		return fmt.Errorf("starting the watch over the danger lanes: %w", kind(err))
	}
	return nil
}
