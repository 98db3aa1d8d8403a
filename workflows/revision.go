package workflows

import (
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// Revision carries a new version of a controller's facts out, after the first
// plan: it works out who must be told what, waits for the same signatures as
// the first time, shows the new page and hands the corrections over. A later
// version takes its place. It stands beside the incident's own workflow, which
// may have ended long ago.
func Revision(ctx workflow.Context, in RevisionInput) error {
	nudge := workflow.GetSignalChannel(ctx, SignalNudge)
	long := long(ctx, in.Heartbeat, stageLimit)
	var plan RevisionPlan
	if err := workflow.ExecuteActivity(long, ActivityRevise, in).Get(long, &plan); err != nil {
		return fmt.Errorf("revision %s %s %d: %w", in.Incident, in.Controller, in.Version, err)
	}
	short := short(ctx)
	for !plan.Superseded {
		for nudge.ReceiveAsync(nil) {
		}
		var state RevisionState
		if err := workflow.ExecuteActivity(short, ActivityRevision, in).Get(short, &state); err != nil {
			return fmt.Errorf("revision %s %s %d: %w", in.Incident, in.Controller, in.Version, err)
		}
		if state.Ready {
			return in.tell(ctx, plan)
		}
		if plan.Superseded = state.Superseded; plan.Superseded {
			return nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			return workflow.NewContinueAsNewError(ctx, WorkflowRevision, in)
		}
		if _, err := workflow.AwaitWithTimeout(ctx, poll, func() bool { return nudge.Len() > 0 }); err != nil {
			return err
		}
	}
	return nil
}

// tell shows what was approved and hands it over: the page first, so that
// whoever reads the correction finds it there.
func (in RevisionInput) tell(ctx workflow.Context, plan RevisionPlan) error {
	long := long(ctx, in.Heartbeat, stageLimit)
	publish := func() error {
		return workflow.ExecuteActivity(long, ActivityPublish, PublishInput{Incident: in.Incident}).Get(long, nil)
	}
	if err := publish(); err != nil {
		return err
	}
	if plan.To < plan.From {
		return nil
	}
	child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            RevisionWorkflowID(in.Incident, in.Controller, in.Version) + "-campaign",
		WorkflowTaskTimeout:   taskTimeout,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
	})
	for {
		err := workflow.ExecuteChildWorkflow(child, WorkflowCampaign, CampaignInput{
			Incident: in.Incident, Controller: in.Controller, First: plan.From, Messages: plan.To, Heartbeat: in.Heartbeat,
		}).Get(child, nil)
		switch {
		case err == nil:
			return publish()
		case !temporal.IsWorkflowExecutionAlreadyStartedError(err):
			return err
		}
		if err := workflow.Sleep(ctx, poll); err != nil {
			return err
		}
	}
}
