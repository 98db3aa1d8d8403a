package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"
)

// The shape of a campaign. Histories depend on it: a change needs
// workflow.GetVersion.
const (
	batchRows   = 200 // ledger rows in one activity
	batchWindow = 8   // activities at once
	batchRun    = 200 // activities in one run, then continue-as-new: about 1,300 events
)

// SameBatch tells whether two ledger rows of a plan that begins with the row
// first are handed over by the same activity.
func SameBatch(first, a, b int64) bool { return (a-first)/batchRows == (b-first)/batchRows }

// batchLimit bounds one attempt at a batch: a provider may take a minute a row.
const batchLimit = 4 * time.Hour

// Outcomes are asked for again while verdicts are pending, at growing
// distances, for a quarter of an hour: silence is not evidence and the round
// goes on without (decisions.md 5).
const (
	outcomesFirst = 2 * time.Second
	outcomesMost  = 2 * time.Minute
	outcomesTotal = 15 * time.Minute
)

// Campaign hands one controller's communications over, channel after channel,
// in batches over ranges of ledger rows. Which row goes out is the ledger's
// business: the workflow never sees a person.
func Campaign(ctx workflow.Context, in CampaignInput) error {
	left := batchRun
	for ; in.Channel < len(CampaignChannels); in.Channel, in.Next = in.Channel+1, 0 {
		in.Next = max(in.Next, in.First, 1)
		if err := in.round(ctx, &left); err != nil {
			return fmt.Errorf("campaign %s %s: %s: %w", in.Incident, in.Controller, CampaignChannels[in.Channel], err)
		}
		if in.Next <= in.Messages { // the run's share is used up, nothing is in flight
			return workflow.NewContinueAsNewError(ctx, WorkflowCampaign, in)
		}
		if err := in.outcomes(ctx); err != nil {
			return fmt.Errorf("campaign %s %s: %s outcomes: %w", in.Incident, in.Controller, CampaignChannels[in.Channel], err)
		}
	}
	if in.Later > 0 {
		return in.again(ctx)
	}
	return nil
}

// again sleeps until the first of the rows that were left may go, and walks
// all channels anew: a letter need not wait for the SMS that announces it, and
// what bounced overnight moves on. The public page does not wait either.
//
// No history of before this existed has rows left for later, so that none
// comes here when it is replayed; workflow.GetVersion would change nothing.
func (in CampaignInput) again(ctx workflow.Context) error {
	page := long(ctx, in.Heartbeat, stageLimit)
	if err := workflow.ExecuteActivity(page, ActivityPublish, PublishInput{Incident: in.Incident}).Get(page, nil); err != nil {
		workflow.GetLogger(ctx).Warn("publishing before the rest of a campaign", "incident", in.Incident, "error", err)
	}
	until := time.Unix(in.Later, 0).Sub(workflow.Now(ctx))
	if err := workflow.Sleep(ctx, max(until, time.Minute)); err != nil {
		return err
	}
	in.Channel, in.Next, in.Later = 0, 0, 0
	return workflow.NewContinueAsNewError(ctx, WorkflowCampaign, in)
}

// round gives out batches from Next on, a window of them at once, until the
// rows or the batches left in this run are used up, then waits for those still
// running. After a failure nothing new begins.
func (in *CampaignInput) round(ctx workflow.Context, left *int) error {
	ctx = batch(ctx, in.Heartbeat)
	var failed error
	flying := 0
	for in.Next <= in.Messages && *left > 0 && failed == nil {
		err := workflow.Await(ctx, func() bool { return flying < batchWindow || failed != nil })
		if failed = errors.Join(failed, err); failed != nil {
			break
		}
		batch := BatchInput{
			Incident:   in.Incident,
			Controller: in.Controller,
			Channel:    CampaignChannels[in.Channel],
			From:       in.Next,
			To:         min(in.Next+batchRows-1, in.Messages),
		}
		in.Next = batch.To + 1
		*left--
		flying++
		workflow.Go(ctx, func(ctx workflow.Context) {
			var out BatchResult
			if err := workflow.ExecuteActivity(ctx, ActivitySend, batch).Get(ctx, &out); err != nil {
				failed = fmt.Errorf("rows %d to %d: %w", batch.From, batch.To, err)
			}
			if out.NotBefore > 0 && (in.Later == 0 || out.NotBefore < in.Later) {
				in.Later = out.NotBefore
			}
			flying--
		})
	}
	// Not even a cancellation leaves a batch behind that still sends.
	calm, done := workflow.NewDisconnectedContext(ctx)
	defer done()
	if err := workflow.Await(calm, func() bool { return flying == 0 }); err != nil {
		return err
	}
	return failed
}

// outcomes takes in what became of the round's messages, so that the next
// channel looks at evidence.
func (in *CampaignInput) outcomes(ctx workflow.Context) error {
	long := batch(ctx, in.Heartbeat)
	pause := outcomesFirst
	for waited := time.Duration(0); ; waited += pause {
		var out OutcomesResult
		err := workflow.ExecuteActivity(long, ActivityOutcomes, OutcomesInput{
			Incident:   in.Incident,
			Controller: in.Controller,
			Channel:    CampaignChannels[in.Channel],
		}).Get(long, &out)
		if err != nil || out.Pending == 0 || waited >= outcomesTotal {
			return err
		}
		pause = min(2*pause, outcomesMost)
		if err := workflow.Sleep(ctx, pause); err != nil {
			return err
		}
	}
}
