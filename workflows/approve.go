package workflows

import (
	"fmt"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vigie/internal/breach"
)

// approve waits for the signatures of each controller and starts its campaign
// as soon as they are there: one that refuses or hesitates does not hold up the
// others. It ends when nobody is waited for and every campaign has ended.
func (i *incident) approve(ctx workflow.Context) error {
	for {
		var state ApprovalState
		if err := i.ask(ctx, ActivityApproval, &state); err != nil {
			return err
		}
		for _, c := range state.Ready {
			if slices.Contains(i.started, c) {
				continue
			}
			if err := i.start(ctx, c); err != nil {
				return err
			}
		}
		if i.news > 0 {
			i.news = 0
			if err := i.publish(ctx); err != nil {
				// A page can be built again; the stage that follows says what is wrong.
				workflow.GetLogger(ctx).Warn("publishing after a campaign", "incident", i.in.Incident, "error", err)
			}
			continue // decisions may have come meanwhile
		}
		if len(state.Waiting) == 0 && i.running == 0 {
			break
		}
		if err := i.wait(ctx); err != nil {
			return err
		}
	}
	if len(i.at.Fault) > 0 {
		return fmt.Errorf("campaigns that did not end well: %v", i.at.Fault)
	}
	return nil
}

// start begins one controller's campaign beside the others.
func (i *incident) start(ctx workflow.Context, c breach.ControllerID) error {
	at := slices.IndexFunc(i.at.Plan, func(p ControllerPlan) bool { return p.Controller == c })
	if at < 0 {
		return temporal.NewNonRetryableApplicationError(
			fmt.Sprintf("controller %s is approved but stands in no plan", c), TypeInvalid, nil)
	}
	if err := i.enterSend(ctx); err != nil {
		return err
	}
	i.started = append(i.started, c)
	i.running++
	workflow.Go(ctx, func(ctx workflow.Context) {
		err := i.campaign(ctx, i.at.Plan[at])
		if err != nil {
			workflow.GetLogger(ctx).Error("campaign", "incident", i.in.Incident, "controller", c, "error", err)
			i.at.Fault = append(i.at.Fault, c)
		} else {
			i.at.Done = append(i.at.Done, c)
		}
		i.running--
		i.news++
	})
	return nil
}

// enterSend shows the incident as sending while it still waits for others. A
// continued run comes back to the approvals, whose stage is behind.
func (i *incident) enterSend(ctx workflow.Context) error {
	if len(i.started) > 0 {
		return nil
	}
	ctx = short(ctx)
	return workflow.ExecuteActivity(ctx, ActivityStage,
		StageInput{Incident: i.in.Incident, Stage: breach.StageSend}).Get(ctx, nil)
}

// campaign runs a Campaign to its end. If an earlier run of this incident left
// one behind, it waits for that one to close first. Running a campaign again is
// harmless: the ledger knows what was sent.
func (i *incident) campaign(ctx workflow.Context, p ControllerPlan) error {
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            CampaignWorkflowID(i.in.Incident, p.Controller),
		WorkflowTaskTimeout:   taskTimeout,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
	})
	for {
		err := workflow.ExecuteChildWorkflow(ctx, WorkflowCampaign, CampaignInput{
			Incident:   i.in.Incident,
			Controller: p.Controller,
			Messages:   p.Messages,
			Heartbeat:  i.in.Heartbeat,
		}).Get(ctx, nil)
		if !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
			return err
		}
		if err := workflow.Sleep(ctx, poll); err != nil {
			return err
		}
	}
}
