package workflows_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vigie/internal/breach"
	. "vigie/workflows"
	"vigie/workflows/workflowstest"
)

const (
	ana = breach.ControllerID("ml-ana")
	bor = breach.ControllerID("ml-bor")
	cor = breach.ControllerID("ml-cor")
)

var input = IncidentInput{Incident: "inc_1", Registries: []breach.RegistryID{"civil", "youth"}}

// calm is a world where everybody has decided before being asked.
func calm(plan ...ControllerPlan) *workflowstest.World {
	w := &workflowstest.World{
		Review: []ReviewState{{Closed: true}},
		Plan:   plan,
		Clock:  []ClockState{{Notified: true}},
	}
	var ready []breach.ControllerID
	for _, p := range plan {
		ready = append(ready, p.Controller)
	}
	w.Approval = []ApprovalState{{Ready: ready}}
	return w
}

func environment(w *workflowstest.World) *testsuite.TestWorkflowEnvironment {
	var suite testsuite.WorkflowTestSuite
	suite.SetDisableRegistrationAliasing(true)
	suite.SetLogger(sdklog.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	env.SetWorkerOptions(worker.Options{DeadlockDetectionTimeout: time.Minute}) // a busy machine is no deadlock
	Register(env)
	w.Register(env)
	return env
}

func run(t *testing.T, w *workflowstest.World, name string, in any) *testsuite.TestWorkflowEnvironment {
	t.Helper()
	env := environment(w)
	env.ExecuteWorkflow(name, in)
	if !env.IsWorkflowCompleted() {
		t.Fatal("the workflow did not end")
	}
	return env
}

// only returns the lines that begin with one of the words.
func only(lines []string, words ...string) (out []string) {
	for _, l := range lines {
		if slices.Contains(words, strings.Fields(l)[0]) {
			out = append(out, l)
		}
	}
	return out
}

func TestIncidentFromAcquisitionToPublication(t *testing.T) {
	w := calm(ControllerPlan{ana, 3, 5})
	if err := run(t, w, WorkflowIncident, input).GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	got := w.Record()
	slices.Sort(got[5:7]) // the registries are compared at the same time
	got = slices.DeleteFunc(got, func(l string) bool { return l == "clock ml-ana" })
	want := []string{
		"stage acquire", "acquire", "stage read", "read",
		"stage match", "match civil", "match youth",
		"stage review", "review", "stage plan", "plan",
		"stage approve", "approval", "stage send",
		"send ml-ana email 1-5", "outcomes ml-ana email",
		"send ml-ana sms 1-5", "outcomes ml-ana sms",
		"send ml-ana letter 1-5", "outcomes ml-ana letter",
		"approval", "publish", "approval",
		"stage publish", "publish", "stage done",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestMatchingApart: a registry that is set apart is compared by nobody but a
// worker of its own.
func TestMatchingApart(t *testing.T) {
	w := calm(ControllerPlan{ana, 3, 5})
	env := environment(w)
	queues := map[string]string{}
	env.SetOnActivityStartedListener(func(info *activity.Info, _ context.Context, args converter.EncodedValues) {
		if info.ActivityType.Name == ActivityMatch {
			var in MatchInput
			if err := args.Get(&in); err != nil {
				t.Error(err)
			}
			queues[string(in.Registry)] = info.TaskQueue
		}
	})
	in := input
	in.Apart = []breach.RegistryID{"civil"}
	env.ExecuteWorkflow(WorkflowIncident, in)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if queues["civil"] != QueueMatch("civil") || queues["youth"] == QueueMatch("youth") || len(queues) != 2 {
		t.Errorf("matched on %v", queues)
	}
}

func TestALostNudgeCostsAMinute(t *testing.T) {
	w := calm(ControllerPlan{ana, 1, 1})
	w.Review = []ReviewState{{Open: 2}, {Open: 0}, {Closed: true}}
	env := environment(w)
	began := env.Now()
	env.ExecuteWorkflow(WorkflowIncident, input)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if took := env.Now().Sub(began); took < 2*time.Minute || took > 3*time.Minute {
		t.Errorf("three questions took %s, want two minutes", took)
	}
}

func TestANudgeWakesAtOnce(t *testing.T) {
	w := calm(ControllerPlan{ana, 1, 1})
	w.Review = []ReviewState{{Open: 2}, {Closed: true}}
	env := environment(w)
	began := env.Now()
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(SignalNudge, nil) }, 5*time.Second)
	env.ExecuteWorkflow(WorkflowIncident, input)
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if took := env.Now().Sub(began); took < 5*time.Second || took > 15*time.Second {
		t.Errorf("took %s, want five seconds", took)
	}
}

func TestOneControllerRefusesAndAnotherHesitates(t *testing.T) {
	w := calm(ControllerPlan{ana, 1, 10}, ControllerPlan{bor, 1, 10}, ControllerPlan{cor, 1, 10})
	w.Approval = []ApprovalState{
		{Waiting: []breach.ControllerID{ana, bor, cor}},
		{Ready: []breach.ControllerID{ana}, Waiting: []breach.ControllerID{bor, cor}},
		{Ready: []breach.ControllerID{ana}, Waiting: []breach.ControllerID{bor, cor}},
		{Ready: []breach.ControllerID{ana}, Waiting: []breach.ControllerID{bor, cor}},
		{Ready: []breach.ControllerID{ana, cor}, Refused: []breach.ControllerID{bor}},
	}
	if err := run(t, w, WorkflowIncident, input).GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	got := only(w.Record(), "send", "publish", "stage")[4:]
	want := []string{
		"stage plan", "stage approve", "stage send",
		"send ml-ana email 1-10", "send ml-ana sms 1-10", "send ml-ana letter 1-10", "publish",
		"send ml-cor email 1-10", "send ml-cor sms 1-10", "send ml-cor letter 1-10", "publish",
		"stage publish", "publish", "stage done",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAFailedCampaignDoesNotHoldUpTheOthers(t *testing.T) {
	w := calm(ControllerPlan{ana, 1, 10}, ControllerPlan{bor, 1, 10})
	w.Fault = func(line string, _ int) error {
		if line == "send ml-ana sms 1-10" {
			return temporal.NewApplicationError("no such template", TypeInvalid)
		}
		return nil
	}
	err := run(t, w, WorkflowIncident, input).GetWorkflowError()
	if err == nil || !strings.Contains(err.Error(), "ml-ana") || strings.Contains(err.Error(), "ml-bor") {
		t.Errorf("error %v, want one that names ml-ana alone", err)
	}
	got := w.Record()
	if !slices.Contains(got, "send ml-bor letter 1-10") {
		t.Errorf("ml-bor was held up: %q", got)
	}
	if slices.Contains(got, "send ml-ana letter 1-10") || slices.Contains(got, "stage done") {
		t.Errorf("it went on after a failure: %q", got)
	}
}

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		name  string
		line  string
		err   error
		times int
		want  string // type of the error that ends the incident
	}{
		{"a temporary fault is tried again", "acquire", breach.ErrTemporary, 4, ""},
		{"and so is one without a kind", "match youth", errors.New("disk"), 2, ""},
		{"an invalid input ends it", "read", temporal.NewApplicationError("empty", TypeInvalid), 99, TypeInvalid},
		{"a refusal ends it", "plan", temporal.NewApplicationError("no mandate", TypeForbidden), 99, TypeForbidden},
		{"a result too large is never repeated", "read", temporal.NewApplicationError("big", "payloadSizeError"), 99, "payloadSizeError"},
		{"an unknown stage ends it", "stage match", temporal.NewApplicationError("stage", TypeInvalid), 99, TypeInvalid},
		{"a page that fails once", "publish", breach.ErrTemporary, 1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := calm(ControllerPlan{ana, 1, 1})
			w.Fault = func(line string, n int) error {
				if line == tt.line && n < tt.times {
					return tt.err
				}
				return nil
			}
			err := run(t, w, WorkflowIncident, input).GetWorkflowError()
			var app *temporal.ApplicationError
			var got string
			if errors.As(err, &app) {
				for next := app; errors.As(errors.Unwrap(next), &next); {
					app = next
				}
				got = app.Type()
			}
			if got != tt.want || (err == nil) != (tt.want == "") {
				t.Errorf("error %v of type %q, want %q", err, got, tt.want)
			}
		})
	}
}

// A history that has grown long is cut while nothing runs, and the incident
// goes on where it stood.
func TestALongHistoryIsCut(t *testing.T) {
	w := calm(ControllerPlan{ana, 1, 1}, ControllerPlan{bor, 1, 1})
	w.Approval = []ApprovalState{
		{Ready: []breach.ControllerID{ana}, Waiting: []breach.ControllerID{bor}},
		{Ready: []breach.ControllerID{ana}, Waiting: []breach.ControllerID{bor}},
		{Ready: []breach.ControllerID{ana}, Waiting: []breach.ControllerID{bor}},
		{Ready: []breach.ControllerID{ana, bor}},
	}
	env := environment(w)
	env.SetContinueAsNewSuggested(true)
	env.ExecuteWorkflow(WorkflowIncident, input)
	next := continued[IncidentInput](t, env)
	want := &Resume{Stage: breach.StageApprove, Plan: w.Plan, Done: []breach.ControllerID{ana}}
	if d := cmp.Diff(want, next.Resume); d != "" {
		t.Fatal(d)
	}
	before := len(w.Record())
	if err := run(t, w, WorkflowIncident, next).GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	got := only(w.Record()[before:], "acquire", "plan", "send", "stage", "publish")
	wantLines := []string{"send ml-bor email 1-1", "send ml-bor sms 1-1", "send ml-bor letter 1-1",
		"publish", "stage publish", "publish", "stage done"}
	if d := cmp.Diff(wantLines, got); d != "" {
		t.Error(d)
	}
}

// continued returns what a workflow goes on with.
func continued[T any](t *testing.T, env *testsuite.TestWorkflowEnvironment) (in T) {
	t.Helper()
	var again *workflow.ContinueAsNewError
	if err := env.GetWorkflowError(); !errors.As(err, &again) {
		t.Fatalf("ended with %v, want a continuation", err)
	}
	if err := converter.GetDefaultDataConverter().FromPayloads(again.Input, &in); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestCrawlGivesUpUntilTheNextVisit(t *testing.T) {
	w := &workflowstest.World{Fault: func(string, int) error { return breach.ErrTemporary }}
	tries := 0
	w.Hook = func(string) { tries++ }
	if err := run(t, w, WorkflowCrawl, CrawlInput{Source: "site"}).GetWorkflowError(); err == nil || tries != 3 {
		t.Errorf("%v after %d attempts, want an error after 3", err, tries)
	}
	w = &workflowstest.World{}
	var got CrawlResult
	if err := run(t, w, WorkflowCrawl, CrawlInput{Source: "site"}).GetWorkflowResult(&got); err != nil || got.New != 1 {
		t.Errorf("result %+v, %v", got, err)
	}
}
