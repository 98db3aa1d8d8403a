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

// RelayInput names the hook that tells another system of alerts.
type RelayInput struct {
	Hook string `json:"hook"`
}

// RelayState says what a delivery came to.
type RelayState struct {
	Gone bool `json:"gone"` // the hook is not configured any more, or its receiver wants nothing more
	More bool `json:"more"` // more is waiting
}

// relayPoll is how long a relay sleeps: what a change of an alert waits at
// most before it is told.
const relayPoll = 15 * time.Second

// Relay tells another system what happens to alerts, in order, each at least
// once. An activity keeps in the store how far it came; a receiver that fails
// is tried again after one second, then two, four, up to an hour.
func Relay(ctx workflow.Context, in RelayInput) error {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 2 * time.Minute,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: time.Hour,
			NonRetryableErrorTypes: []string{typePayloadSize, TypeInvalid, TypeForbidden},
		},
	})
	for {
		var state RelayState
		if err := workflow.ExecuteActivity(ctx, ActivityRelay, in).Get(ctx, &state); err != nil {
			return fmt.Errorf("relay %s: %w", in.Hook, err)
		}
		if state.Gone {
			return nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, WorkflowRelay, in)
		}
		if !state.More {
			if err := workflow.Sleep(ctx, relayPoll); err != nil {
				return err
			}
		}
	}
}

// StartRelay starts the relay of a hook, or leaves it when it runs.
func StartRelay(ctx context.Context, c client.Client, hook string) error {
	_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       "relay-" + hook,
		TaskQueue:                Queue,
		WorkflowTaskTimeout:      taskTimeout,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
	}, WorkflowRelay, RelayInput{Hook: hook})
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	if err != nil && !errors.As(err, &already) {
		return fmt.Errorf("starting relay %s: %w", hook, kind(err))
	}
	return nil
}
