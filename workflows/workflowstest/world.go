// Package workflowstest is what the workflows drive, by hand and in memory:
// activities that write down what was asked of them, people who decide on the
// nth question, and faults to order. Tests of the workflows use it, and the
// program that records histories for replay.
package workflowstest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"

	"vigie/internal/breach"
	"vigie/workflows"
)

// World answers activities. Its fields are set before it is registered; one
// registered again remembers.
type World struct {
	Review   []workflows.ReviewState   // answers in turn; the last one stays
	Approval []workflows.ApprovalState // likewise
	Plan     []workflows.ControllerPlan
	Clock    []workflows.ClockState // likewise
	Pending  []int64                // of outcomes, likewise
	Later    []int64                // NotBefore of batches, likewise
	Duty     []workflows.DutyState  // likewise
	Relay    []workflows.RelayState // likewise
	Revise   workflows.RevisionPlan
	Revision []workflows.RevisionState // likewise
	// Followup answers from the clock it is asked by; nil: there is nothing to follow up.
	Followup func(now int64) workflows.FollowupState

	// Fault gives an error for the nth attempt (from 0) at a line of the
	// record, or nil.
	Fault func(line string, attempt int) error
	// Hook runs within each activity, outside the lock.
	Hook func(line string)

	mu      sync.Mutex
	record  []string
	tries   map[string]int
	asked   map[string]int
	sending int
	widest  int
}

// Register makes the activities known to a worker or a test environment.
func (w *World) Register(r worker.ActivityRegistry) {
	w.mu.Lock()
	if w.tries == nil {
		w.tries, w.asked = map[string]int{}, map[string]int{}
	}
	w.mu.Unlock()
	for name, f := range map[string]any{
		workflows.ActivityCrawl: func(_ context.Context, in workflows.CrawlInput) (workflows.CrawlResult, error) {
			return workflows.CrawlResult{Captures: 2, Posts: 8, New: 1, Alerts: 1}, w.note("crawl " + string(in.Source))
		},
		workflows.ActivityAcquire: w.plain("acquire"),
		workflows.ActivityRead:    w.plain("read"),
		workflows.ActivityMatch: func(_ context.Context, in workflows.MatchInput) error {
			return w.note("match " + string(in.Registry))
		},
		workflows.ActivityReview: func(_ context.Context, _ workflows.IncidentInput) (workflows.ReviewState, error) {
			return next(w, "review", &w.Review), w.note("review")
		},
		workflows.ActivityPlan: func(_ context.Context, _ workflows.IncidentInput) (workflows.PlanResult, error) {
			return workflows.PlanResult{Controllers: w.Plan}, w.note("plan")
		},
		workflows.ActivityApproval: func(_ context.Context, _ workflows.IncidentInput) (workflows.ApprovalState, error) {
			return next(w, "approval", &w.Approval), w.note("approval")
		},
		workflows.ActivitySend: w.send,
		workflows.ActivityOutcomes: func(_ context.Context, in workflows.OutcomesInput) (workflows.OutcomesResult, error) {
			line := fmt.Sprintf("outcomes %s %s", in.Controller, in.Channel)
			return workflows.OutcomesResult{Pending: next(w, "outcomes", &w.Pending)}, w.note(line)
		},
		workflows.ActivityPublish: func(_ context.Context, _ workflows.PublishInput) error { return w.note("publish") },
		workflows.ActivityClock: func(_ context.Context, in workflows.ClockInput) (workflows.ClockState, error) {
			return next(w, "clock", &w.Clock), w.note("clock " + string(in.Controller))
		},
		workflows.ActivityRemind: func(_ context.Context, in workflows.RemindInput) error {
			return w.note(fmt.Sprintf("remind %s %d", in.Controller, in.Hours))
		},
		workflows.ActivityDuty: func(_ context.Context, in workflows.DutyInput) (workflows.DutyState, error) {
			return next(w, "duty", &w.Duty), w.note("duty " + string(in.Alert))
		},
		workflows.ActivityWake: func(_ context.Context, in workflows.WakeInput) error {
			return w.note(fmt.Sprintf("wake %s %d", in.Alert, in.Rung))
		},
		workflows.ActivityRelay: func(_ context.Context, in workflows.RelayInput) (workflows.RelayState, error) {
			if err := w.note("relay " + in.Hook); err != nil {
				return workflows.RelayState{}, err
			}
			return next(w, "relay", &w.Relay), nil
		},
		workflows.ActivityRevise: func(_ context.Context, in workflows.RevisionInput) (workflows.RevisionPlan, error) {
			return w.Revise, w.note(fmt.Sprintf("revise %s %d", in.Controller, in.Version))
		},
		workflows.ActivityRevision: func(_ context.Context, in workflows.RevisionInput) (workflows.RevisionState, error) {
			return next(w, "revision", &w.Revision), w.note("revision " + string(in.Controller))
		},
		workflows.ActivityLane: func(context.Context) error { return w.note("lane") },
		workflows.ActivityFollowup: func(_ context.Context, in workflows.FollowupInput) (workflows.FollowupState, error) {
			if w.Followup == nil {
				return workflows.FollowupState{Done: true}, nil
			}
			s := w.Followup(in.NowUnix)
			return s, w.note(fmt.Sprintf("followup %s %d", in.Incident, s.Asked))
		},
		workflows.ActivityStage: func(_ context.Context, in workflows.StageInput) error {
			return w.note("stage " + string(in.Stage))
		},
	} {
		r.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: name})
	}
}

func (w *World) plain(line string) any {
	return func(_ context.Context, _ workflows.IncidentInput) error { return w.note(line) }
}

func (w *World) send(_ context.Context, in workflows.BatchInput) (workflows.BatchResult, error) {
	w.mu.Lock()
	w.sending++
	w.widest = max(w.widest, w.sending)
	w.mu.Unlock()
	err := w.note(SendLine(in.Controller, in.Channel, in.From, in.To))
	w.mu.Lock()
	w.sending--
	w.mu.Unlock()
	return workflows.BatchResult{Sent: in.To - in.From + 1, NotBefore: next(w, "later", &w.Later)}, err
}

// SendLine is what a batch leaves in the record.
func SendLine(c breach.ControllerID, ch breach.Channel, from, to int64) string {
	return fmt.Sprintf("send %s %s %d-%d", c, ch, from, to)
}

// note writes a line when its work is done, and returns the fault ordered for
// this attempt otherwise.
func (w *World) note(line string) error {
	if w.Hook != nil {
		w.Hook(line)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.tries[line]
	w.tries[line]++
	if w.Fault != nil {
		if err := w.Fault(line, n); err != nil {
			return err
		}
	}
	w.record = append(w.record, line)
	return nil
}

// Record returns what was done, in order.
func (w *World) Record() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.record)
}

// Widest returns how many batches ran at once at most.
func (w *World) Widest() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.widest
}

// SetClock gives another answer to every clock from now on.
func (w *World) SetClock(state workflows.ClockState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Clock = []workflows.ClockState{state}
}

func next[T any](w *World, what string, answers *[]T) (answer T) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(*answers) == 0 {
		return answer
	}
	n := min(w.asked[what], len(*answers)-1)
	w.asked[what]++
	return (*answers)[n]
}
