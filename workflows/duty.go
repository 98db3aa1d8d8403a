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

// DutyInput names the alert for which people are woken.
type DutyInput struct {
	Alert breach.AlertID `json:"alert"`
}

// DutyState says whether somebody has answered, and which rung of the
// escalation is due when. Rungs count on through the rounds.
type DutyState struct {
	Closed  bool  `json:"closed"`
	Rung    int   `json:"rung"`
	DueUnix int64 `json:"due_unix"` // seconds
}

// WakeInput is one rung of an alert's escalation.
type WakeInput struct {
	Alert breach.AlertID `json:"alert"`
	Rung  int            `json:"rung"`
}

// dutyPoll is how long a duty sleeps at most before it looks whether somebody
// has answered: a lost nudge costs at most this.
const dutyPoll = 5 * time.Minute

// wakeAttempts gives up a rung whose carrier keeps failing: the next rung is
// another person, who must not wait for it.
const wakeAttempts = 3

// Duty wakes people for an alert, one rung after the other, until somebody
// answers or nobody is left. Who they are, at which hour they may be woken and
// who has answered is asked of the store each time; a rung is woken by an
// activity that may run again.
func Duty(ctx workflow.Context, in DutyInput) error {
	nudge := workflow.GetSignalChannel(ctx, SignalNudge)
	ctx = short(ctx)
	for {
		for nudge.ReceiveAsync(nil) {
		}
		var state DutyState
		if err := workflow.ExecuteActivity(ctx, ActivityDuty, in).Get(ctx, &state); err != nil {
			return fmt.Errorf("duty %s: %w", in.Alert, err)
		}
		if state.Closed {
			return nil
		}
		wait := time.Unix(state.DueUnix, 0).Sub(workflow.Now(ctx))
		if wait <= 0 {
			wake := workflow.WithRetryPolicy(ctx, *retries(wakeAttempts))
			err := workflow.ExecuteActivity(wake, ActivityWake, WakeInput{Alert: in.Alert, Rung: state.Rung}).Get(wake, nil)
			if err != nil && ctx.Err() != nil {
				return err
			}
			wait = time.Second // a rung that could not be noted is tried again, not at once
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, WorkflowDuty, in)
		}
		if _, err := workflow.AwaitWithTimeout(ctx, min(wait, dutyPoll), func() bool { return nudge.Len() > 0 }); err != nil {
			return err
		}
	}
}

// DutyWorkflowID names the workflow that wakes people for an alert.
func DutyWorkflowID(id breach.AlertID) string { return "duty-" + string(id) }

// StartDuty starts to wake people for an alert, or nudges the workflow that
// does so already.
func StartDuty(ctx context.Context, c client.Client, id breach.AlertID) error {
	if id == "" {
		return fmt.Errorf("starting a duty without an alert: %w", breach.ErrInvalid)
	}
	_, err := c.SignalWithStartWorkflow(ctx, DutyWorkflowID(id), SignalNudge, nil, client.StartWorkflowOptions{
		TaskQueue:             Queue,
		WorkflowTaskTimeout:   taskTimeout,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
	}, WorkflowDuty, DutyInput{Alert: id})
	var already *serviceerror.WorkflowExecutionAlreadyStarted
	if err != nil && !errors.As(err, &already) {
		return fmt.Errorf("starting the duty of alert %s: %w", id, kind(err))
	}
	return nil
}

// NudgeDuty tells the waking for an alert that somebody has answered.
func NudgeDuty(ctx context.Context, c client.Client, id breach.AlertID) error {
	return signal(ctx, c, DutyWorkflowID(id))
}
