package workflows

import (
	"errors"
	"fmt"
	"slices"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vigie/internal/breach"
)

// poll is how long an incident waits for people before it looks by itself: a
// lost nudge costs at most this.
const poll = time.Minute

// stageLimit bounds one attempt of acquiring, reading, matching or planning.
const stageLimit = 24 * time.Hour

// incident is one run of the Incident workflow.
type incident struct {
	in      IncidentInput // as activities get it, without Resume
	nudge   workflow.ReceiveChannel
	at      Resume
	started []breach.ControllerID // campaigns begun in this run or before
	running int
	news    int // campaigns ended since the last publication
}

// Incident drives one breach from acquisition to publication. A repeated start
// does no harm (StartIncident), and one that failed may be started again: it
// walks the same path, and activities find their work done.
func Incident(ctx workflow.Context, in IncidentInput) error {
	i := &incident{in: in, nudge: workflow.GetSignalChannel(ctx, SignalNudge)}
	i.in.Resume = nil
	if in.Resume != nil {
		i.at = *in.Resume
		i.started = append(slices.Clone(i.at.Done), i.at.Fault...)
	}
	for _, step := range []struct {
		stage breach.Stage
		run   func(workflow.Context) error
	}{
		{breach.StageAcquire, i.do(ActivityAcquire)},
		{breach.StageRead, i.do(ActivityRead)},
		{breach.StageMatch, i.match},
		{breach.StageReview, i.review},
		{breach.StagePlan, i.plan},
		{breach.StageApprove, i.approve}, // and send, as soon as one controller may
		{breach.StagePublish, i.publish},
		{breach.StageDone, nil},
	} {
		if step.stage.Before(i.at.Stage) {
			continue
		}
		if err := i.enter(ctx, step.stage); err != nil {
			return err
		}
		if step.run == nil {
			break
		}
		if err := step.run(ctx); err != nil {
			return fmt.Errorf("incident %s: %s: %w", in.Incident, step.stage, err)
		}
	}
	return nil
}

// enter records the stage. A run that goes on in a stage does not enter again.
func (i *incident) enter(ctx workflow.Context, s breach.Stage) error {
	if i.at.Stage == s {
		return nil
	}
	i.at.Stage = s
	ctx = short(ctx)
	return workflow.ExecuteActivity(ctx, ActivityStage, StageInput{Incident: i.in.Incident, Stage: s}).Get(ctx, nil)
}

// do is a stage that is one long activity.
func (i *incident) do(activity string) func(workflow.Context) error {
	return func(ctx workflow.Context) error {
		ctx = long(ctx, i.in.Heartbeat, stageLimit)
		return workflow.ExecuteActivity(ctx, activity, i.in).Get(ctx, nil)
	}
}

// match compares the dump with every registry at once. All of them are waited
// for, so that one that fails does not leave another half done.
func (i *incident) match(ctx workflow.Context) error {
	ctx = long(ctx, i.in.Heartbeat, stageLimit)
	var pending []workflow.Future
	for _, r := range i.in.Registries {
		on := ctx
		if slices.Contains(i.in.Apart, r) {
			on = workflow.WithTaskQueue(ctx, QueueMatch(r))
		}
		pending = append(pending, workflow.ExecuteActivity(on, ActivityMatch, MatchInput{Incident: i.in.Incident, Registry: r}))
	}
	var errs []error
	for _, f := range pending {
		errs = append(errs, f.Get(ctx, nil))
	}
	return errors.Join(errs...)
}

// review waits until people have decided every doubtful pair and one of them
// has closed the review.
func (i *incident) review(ctx workflow.Context) error {
	for {
		var state ReviewState
		if err := i.ask(ctx, ActivityReview, &state); err != nil {
			return err
		}
		if state.Open == 0 && state.Closed {
			return nil
		}
		if err := i.wait(ctx); err != nil {
			return err
		}
	}
}

// plan works out the ledger rows and starts a clock per controller. Clocks
// outlive the incident.
func (i *incident) plan(ctx workflow.Context) error {
	long := long(ctx, i.in.Heartbeat, stageLimit)
	var out PlanResult
	if err := workflow.ExecuteActivity(long, ActivityPlan, i.in).Get(long, &out); err != nil {
		return err
	}
	i.at.Plan = out.Controllers
	var clocks []workflow.ChildWorkflowFuture
	for _, p := range i.at.Plan {
		child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
			WorkflowID:            ClockWorkflowID(i.in.Incident, p.Controller),
			WorkflowTaskTimeout:   taskTimeout,
			WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
			ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
		})
		clocks = append(clocks, workflow.ExecuteChildWorkflow(child, WorkflowClock,
			ClockInput{Incident: i.in.Incident, Controller: p.Controller}))
	}
	for _, c := range clocks {
		if err := started(ctx, c, "a clock"); err != nil {
			return err
		}
	}
	return i.followup(ctx)
}

// started waits for the start of a child alone; one that runs already is as
// good.
func started(ctx workflow.Context, c workflow.ChildWorkflowFuture, what string) error {
	err := c.GetChildWorkflowExecution().Get(ctx, nil)
	if err != nil && !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		return fmt.Errorf("starting %s: %w", what, err)
	}
	return nil
}

// publish builds the public page and the dossiers from the store as it stands.
func (i *incident) publish(ctx workflow.Context) error {
	ctx = long(ctx, i.in.Heartbeat, stageLimit)
	return workflow.ExecuteActivity(ctx, ActivityPublish, PublishInput{Incident: i.in.Incident}).Get(ctx, nil)
}

// ask puts a question to the store. Nudges that came before are answered by it.
func (i *incident) ask(ctx workflow.Context, activity string, answer any) error {
	for i.nudge.ReceiveAsync(nil) {
	}
	ctx = short(ctx)
	return workflow.ExecuteActivity(ctx, activity, i.in).Get(ctx, answer)
}

// wait returns on a nudge, the end of a campaign, or after a while. When the
// history has grown long it starts a new one instead, once nothing is running.
func (i *incident) wait(ctx workflow.Context) error {
	if i.running == 0 && workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
		next := i.in
		next.Resume = &i.at
		return workflow.NewContinueAsNewError(ctx, WorkflowIncident, next)
	}
	pause := poll
	if workflow.GetInfo(ctx).GetContinueAsNewSuggested() { // a campaign that waits for Monday must not fill the history
		pause = time.Hour
	}
	_, err := workflow.AwaitWithTimeout(ctx, pause, func() bool { return i.nudge.Len() > 0 || i.news > 0 })
	return err
}
