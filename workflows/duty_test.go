package workflows_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	. "vigie/workflows"
	"vigie/workflows/workflowstest"
)

// A day of the test environment's clock, by which duties are due.
func inMinutes(n int) int64 { return time.Now().Add(time.Duration(n) * time.Minute).Unix() }

func TestDutyWakesUntilSomebodyAnswers(t *testing.T) {
	w := &workflowstest.World{Duty: []DutyState{{Rung: 0}, {Rung: 1, DueUnix: inMinutes(15)}, {Rung: 1, DueUnix: inMinutes(-1)}, {Closed: true}}}
	env := run(t, w, WorkflowDuty, DutyInput{Alert: "alr_1"})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"wake alr_1 0", "wake alr_1 1"}, only(w.Record(), "wake")); d != "" {
		t.Error(d)
	}
}

// Somebody answers: the duty ends at the nudge, not at its next look.
func TestDutyEndsAtTheAnswer(t *testing.T) {
	w := &workflowstest.World{Duty: []DutyState{{Rung: 1, DueUnix: inMinutes(600)}, {Closed: true}}}
	env := environment(w)
	began := env.Now()
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(SignalNudge, nil) }, 30*time.Second)
	env.ExecuteWorkflow(WorkflowDuty, DutyInput{Alert: "alr_1"})
	if took := env.Now().Sub(began); env.GetWorkflowError() != nil || took > time.Minute {
		t.Errorf("ended after %v: %v", took, env.GetWorkflowError())
	}
	if n := len(only(w.Record(), "wake")); n != 0 {
		t.Errorf("%d people were woken", n)
	}
}

// A nudge that is lost costs minutes: the store is asked again.
func TestDutySurvivesALostNudge(t *testing.T) {
	w := &workflowstest.World{Duty: []DutyState{{Rung: 1, DueUnix: inMinutes(600)}, {Closed: true}}}
	env := environment(w)
	began := env.Now()
	env.ExecuteWorkflow(WorkflowDuty, DutyInput{Alert: "alr_1"})
	if took := env.Now().Sub(began); env.GetWorkflowError() != nil || took > 6*time.Minute {
		t.Errorf("ended after %v: %v", took, env.GetWorkflowError())
	}
}

// A carrier that fails does not keep the next person from being woken.
func TestDutyGoesOnAfterAFailingCarrier(t *testing.T) {
	w := &workflowstest.World{Duty: []DutyState{{Rung: 0}, {Rung: 1}, {Closed: true}},
		Fault: func(line string, _ int) error {
			if line == "wake alr_1 0" {
				return errors.New("the gateway is down")
			}
			return nil
		}}
	env := run(t, w, WorkflowDuty, DutyInput{Alert: "alr_1"})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(only(w.Record(), "wake"), ", "); got != "wake alr_1 1" {
		t.Errorf("woken: %s", got)
	}
}

// The watch over the danger lanes looks every minute and outlives a fault.
func TestLaneKeepsLooking(t *testing.T) {
	w := &workflowstest.World{Fault: func(line string, attempt int) error {
		if line == "lane" && attempt == 1 {
			return breach.ErrTemporary
		}
		return nil
	}}
	env := environment(w)
	env.RegisterDelayedCallback(env.CancelWorkflow, 150*time.Second)
	env.ExecuteWorkflow(WorkflowLane)
	if n := len(only(w.Record(), "lane")); n != 3 {
		t.Errorf("looked %d times in two minutes and a half, want three", n)
	}
}

func TestRelay(t *testing.T) {
	w := &workflowstest.World{Relay: []RelayState{{More: true}, {}, {Gone: true}},
		Fault: func(line string, attempt int) error {
			if line == "relay cert" && attempt < 3 {
				return breach.ErrTemporary // the receiver is away: it is tried again
			}
			return nil
		}}
	env := environment(w)
	began := env.Now()
	env.ExecuteWorkflow(WorkflowRelay, RelayInput{Hook: "cert"})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if took := env.Now().Sub(began); took < 7*time.Second { // 1, 2 and 4 seconds of back-off
		t.Errorf("ended after %v: no back-off", took)
	}
	if n := len(only(w.Record(), "relay")); n != 3 {
		t.Errorf("%d deliveries", n)
	}
}
