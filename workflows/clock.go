package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"
)

// marks are the hours since AwareAt at which a controller that has not
// notified is reminded, oldest first: after a day, a day and six hours before
// the end, and at the end of the period that holds (72 hours in 2026).
func (state ClockState) marks() [4]int {
	period := 72
	if state.DeadlineUnix > state.AwareUnix && state.AwareUnix > 0 {
		period = int((state.DeadlineUnix - state.AwareUnix) / 3600) // the hour of the event is not counted
	}
	return [4]int{24, period - 24, period - 6, period}
}

// clockPoll is how long a clock sleeps at most before it looks whether the
// hour was set or moved: a lost nudge costs at most this.
const clockPoll = 6 * time.Hour

// Clock reminds one controller of its Art. 33 notification, until that is made
// or the last reminder has gone out. AwareAt is set by a person and may move
// (decisions.md 8), so it is asked for each time. A clock that learns of the
// hour late gives the last reminder that is due, not all of them at once.
func Clock(ctx workflow.Context, in ClockInput) error {
	nudge := workflow.GetSignalChannel(ctx, SignalNudge)
	ctx = short(ctx)
	given := 0
	for {
		for nudge.ReceiveAsync(nil) {
		}
		var state ClockState
		if err := workflow.ExecuteActivity(ctx, ActivityClock, in).Get(ctx, &state); err != nil {
			return fmt.Errorf("clock %s %s: %w", in.Incident, in.Controller, err)
		}
		if state.Notified {
			return nil
		}
		due, next := reckon(state, workflow.Now(ctx))
		if due > given {
			remind := RemindInput{Incident: in.Incident, Controller: in.Controller, Hours: due}
			if err := workflow.ExecuteActivity(ctx, ActivityRemind, remind).Get(ctx, nil); err != nil {
				return fmt.Errorf("clock %s %s: reminder at %d h: %w", in.Incident, in.Controller, due, err)
			}
			given = due
		}
		if marks := state.marks(); given >= marks[len(marks)-1] {
			return nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() && given == 0 {
			return workflow.NewContinueAsNewError(ctx, WorkflowClock, in)
		}
		if _, err := workflow.AwaitWithTimeout(ctx, next, func() bool { return nudge.Len() > 0 }); err != nil {
			return err
		}
	}
}

// reckon returns the hours of the last reminder that is due, 0 for none, and
// how long to sleep.
func reckon(state ClockState, now time.Time) (due int, next time.Duration) {
	next = clockPoll
	if state.AwareUnix == 0 {
		return 0, next
	}
	aware := time.Unix(state.AwareUnix, 0)
	for _, h := range state.marks() {
		at := aware.Add(time.Duration(h) * time.Hour)
		if at.After(now) {
			return due, min(next, at.Sub(now))
		}
		due = h
	}
	return due, next
}
