//go:build !noembed

package embedded

import (
	"context"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"google.golang.org/protobuf/encoding/protojson"

	"vigie/internal/breach"
	"vigie/workflows"
	"vigie/workflows/workflowstest"
)

// go test ./workflows/embedded -run TestPipeline -update records the histories
// that workflows replays in its tests. Keep the old files under another name
// when workflow code changes: runs of theirs may still be open somewhere.
var update = flag.Bool("update", false, "record histories into ../testdata")

// The real server drives an incident whose people decide in between; histories
// are recorded while it waits and at the end.
func TestPipeline(t *testing.T) {
	const refused, told = breach.ControllerID("ml-bor"), breach.ControllerID("ml-ana")
	held := newHold("ml-held")
	world := &workflowstest.World{
		Review: []workflows.ReviewState{{Open: 3}, {Closed: true}},
		Plan:   []workflows.ControllerPlan{{Controller: told, Persons: 300, Messages: 450}, {Controller: refused, Persons: 1, Messages: 2}},
		Approval: []workflows.ApprovalState{
			{Waiting: []breach.ControllerID{told, refused}},
			{Ready: []breach.ControllerID{told}, Refused: []breach.ControllerID{refused}},
		},
		Clock:    []workflows.ClockState{{Notified: true}},
		Duty:     []workflows.DutyState{{Rung: 0}, {Rung: 1, DueUnix: 1 << 32}, {Closed: true}},
		Relay:    []workflows.RelayState{{More: true}, {}},
		Revise:   workflows.RevisionPlan{From: 451, To: 460},
		Revision: []workflows.RevisionState{{}, {Ready: true}},
		Followup: func(now int64) workflows.FollowupState { return workflows.FollowupState{NextUnix: now + 1<<20} },
		Hook:     held.hook,
		Fault: func(line string, attempt int) error {
			switch {
			case line == "read" && attempt == 0:
				return breach.ErrTemporary
			case line == "read" && attempt == 2: // the second incident's first
				return temporal.NewApplicationError("empty", workflows.TypeInvalid)
			}
			return nil
		},
	}
	s := startServer(t, t.TempDir())
	c := dial(t, s, workflowstest.Secret())
	w := worker.New(c, workflows.Queue, workflows.WorkerOptions())
	workflows.Register(w)
	world.Register(w)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	for queue, options := range map[string]worker.Options{workflows.QueueCrawl: workflows.CrawlerOptions(), workflows.QueueSend: workflows.SenderOptions()} {
		other := worker.New(c, queue, options)
		world.Register(other)
		if err := other.Start(); err != nil {
			t.Fatal(err)
		}
		defer other.Stop()
	}

	if err := workflows.EnsureSchedule(t.Context(), c, "site", time.Second); err != nil {
		t.Fatal(err)
	}
	in := workflows.IncidentInput{Incident: "inc_test", Registries: []breach.RegistryID{"civil_status", "youth"}}
	for range 2 { // a repeated start is harmless
		if err := workflows.StartIncident(t.Context(), c, in); err != nil {
			t.Fatal(err)
		}
	}
	incident := workflows.IncidentWorkflowID(in.Incident)
	waitLine(t, world, "review", 1)
	record(t, c, incident, "incident_reviewing")
	nudge(t, c, in.Incident)
	waitLine(t, world, "approval", 1)
	record(t, c, incident, "incident_approving")
	nudge(t, c, in.Incident)

	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := c.GetWorkflow(ctx, incident, "").Get(ctx, nil); err != nil {
		t.Fatal(err)
	}
	record(t, c, incident, "incident")
	record(t, c, workflows.CampaignWorkflowID(in.Incident, told), "campaign")
	record(t, c, workflows.ClockWorkflowID(in.Incident, refused), "clock_notified")
	checkPipeline(t, world.Record())

	// What is over stays over.
	if err := workflows.StartIncident(t.Context(), c, in); err != nil {
		t.Error(err)
	}
	if err := workflows.Nudge(t.Context(), c, in.Incident); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("nudging what is over: %v", err)
	}
	checkRestart(t, c)
	checkCancel(t, c, world, held)
	checkDuty(t, c, world)
	checkClock(t, c, world)
	checkLater(t, c, world)
	checkSchedule(t, c, world)
}

// checkLater runs what outlives an incident: a correction, which waits for its
// signatures, the follow-ups, and the watch over people in danger.
func checkLater(t *testing.T, c client.Client, world *workflowstest.World) {
	t.Helper()
	in := workflows.RevisionInput{Incident: "inc_test", Controller: "ml-ana", Version: 2}
	for range 2 { // a repeated start is harmless
		if err := workflows.StartRevision(t.Context(), c, in); err != nil {
			t.Fatal(err)
		}
	}
	id := workflows.RevisionWorkflowID(in.Incident, in.Controller, in.Version)
	waitLine(t, world, "revision ml-ana", 1)
	record(t, c, id, "revision_waiting")
	if err := workflows.NudgeRevision(t.Context(), c, in.Incident, in.Controller, in.Version); err != nil {
		t.Fatal(err)
	}
	if err := c.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	record(t, c, id, "revision")
	if !slices.Contains(world.Record(), workflowstest.SendLine("ml-ana", breach.ChannelLetter, 451, 460)) {
		t.Errorf("no correction left: %q", world.Record())
	}
	record(t, c, workflows.FollowupWorkflowID("inc_test"), "followup_waiting")
	if err := workflows.StartLane(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	waitLine(t, world, "lane", 1)
	record(t, c, "lane", "lane_waiting")
}

// checkDuty wakes people on the real server until somebody answers, and tells
// another system until it wants nothing more.
func checkDuty(t *testing.T, c client.Client, world *workflowstest.World) {
	t.Helper()
	for range 2 { // a repeated start is harmless
		if err := workflows.StartDuty(t.Context(), c, "alr_test"); err != nil {
			t.Fatal(err)
		}
	}
	waitLine(t, world, "wake alr_test 0", 1)
	id := workflows.DutyWorkflowID("alr_test")
	time.Sleep(1500 * time.Millisecond) // it looks again, and sleeps
	record(t, c, id, "duty_waiting")
	if err := workflows.NudgeDuty(t.Context(), c, "alr_test"); err != nil {
		t.Fatal(err)
	}
	if err := c.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	record(t, c, id, "duty")
	if err := workflows.StartRelay(t.Context(), c, "cert"); err != nil {
		t.Fatal(err)
	}
	waitLine(t, world, "relay cert", 2)
	record(t, c, "relay-cert", "relay_waiting")
}

// checkRestart starts an incident again that failed: it comes to its end.
func checkRestart(t *testing.T, c client.Client) {
	t.Helper()
	in := workflows.IncidentInput{Incident: "inc_again", Registries: []breach.RegistryID{"youth"}}
	for _, wantErr := range []bool{true, false} {
		if err := workflows.StartIncident(t.Context(), c, in); err != nil {
			t.Fatal(err)
		}
		err := c.GetWorkflow(t.Context(), workflows.IncidentWorkflowID(in.Incident), "").Get(t.Context(), nil)
		if (err != nil) != wantErr {
			t.Fatalf("it ends with %v, want an error: %t", err, wantErr)
		}
		if wantErr && !strings.Contains(err.Error(), "empty") {
			t.Errorf("error %v, want its cause", err)
		}
	}
}

func checkPipeline(t *testing.T, lines []string) {
	t.Helper()
	sends := 0
	for _, l := range lines {
		if strings.HasPrefix(l, "send ") {
			sends++
		}
		if strings.HasPrefix(l, "send ml-bor") {
			t.Errorf("%q although the controller refused", l)
		}
	}
	if sends != 9 {
		t.Errorf("%d batches, want three rounds of three", sends)
	}
	if !slices.Contains(lines, "stage done") {
		t.Errorf("the incident is not done: %q", lines)
	}
}

// hold keeps a controller's batches back until it is lifted.
type hold struct {
	controller string
	began      chan struct{}
	lifted     chan struct{}
}

func newHold(controller string) hold {
	return hold{controller, make(chan struct{}, 1000), make(chan struct{})}
}

func (h hold) hook(line string) {
	if strings.HasPrefix(line, "send "+h.controller) {
		h.began <- struct{}{}
		<-h.lifted
	}
}

// checkCancel cancels a campaign: it gives no more out, and waits for what is
// out. (The test environment of the SDK does not wait.)
func checkCancel(t *testing.T, c client.Client, world *workflowstest.World, held hold) {
	t.Helper()
	id := workflows.CampaignWorkflowID("inc_test", breach.ControllerID(held.controller))
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: workflows.Queue},
		workflows.WorkflowCampaign, workflows.CampaignInput{Incident: "inc_test", Controller: breach.ControllerID(held.controller), Messages: 20_000})
	if err != nil {
		t.Fatal(err)
	}
	const window = 8
	for range window {
		<-held.began
	}
	if err := c.CancelWorkflow(t.Context(), id, ""); err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	d, err := c.DescribeWorkflowExecution(t.Context(), id, "")
	if err != nil || d.WorkflowExecutionInfo.Status != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		t.Errorf("it did not wait for its batches: %v, %v", d.GetWorkflowExecutionInfo().GetStatus(), err)
	}
	close(held.lifted)
	if err := c.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil); !temporal.IsCanceledError(err) {
		t.Errorf("error %v, want a cancellation", err)
	}
	ended := 0
	for _, line := range world.Record() {
		if strings.HasPrefix(line, "send "+held.controller) {
			ended++
		}
	}
	if ended != window {
		t.Errorf("%d batches ended, want %d", ended, window)
	}
}

// checkClock lets a clock wait for its hour and records it while it waits.
func checkClock(t *testing.T, c client.Client, world *workflowstest.World) {
	t.Helper()
	const late = breach.ControllerID("ml-cor")
	world.SetClock(workflows.ClockState{AwareUnix: time.Now().Add(-25 * time.Hour).Unix()})
	id := workflows.ClockWorkflowID("inc_test", late)
	_, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: workflows.Queue},
		workflows.WorkflowClock, workflows.ClockInput{Incident: "inc_test", Controller: late})
	if err != nil {
		t.Fatal(err)
	}
	waitLine(t, world, "remind ml-cor 24", 1)
	time.Sleep(200 * time.Millisecond) // it falls asleep again
	record(t, c, id, "clock_waiting")
	world.SetClock(workflows.ClockState{Notified: true})
	if err := workflows.NudgeClock(t.Context(), c, "inc_test", late); err != nil {
		t.Fatal(err)
	}
	if err := c.GetWorkflow(t.Context(), id, "").Get(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

func checkSchedule(t *testing.T, c client.Client, world *workflowstest.World) {
	t.Helper()
	waitLine(t, world, "crawl site", 2)
	id := workflows.ScheduleID("site")
	every := func() time.Duration {
		d, err := c.ScheduleClient().GetHandle(t.Context(), id).Describe(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return d.Schedule.Spec.Intervals[0].Every
	}
	for _, want := range []time.Duration{time.Second, time.Hour} {
		if err := workflows.EnsureSchedule(t.Context(), c, "site", want); err != nil {
			t.Fatal(err)
		}
		if got := every(); got != want {
			t.Errorf("every %s, want %s", got, want)
		}
	}
	d, err := c.ScheduleClient().GetHandle(t.Context(), id).Describe(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := d.Info.RecentActions[0].StartWorkflowResult.WorkflowID
	record(t, c, first, "crawl")
	for range 2 { // once more is fine
		if err := workflows.PruneSchedules(t.Context(), c, []breach.SourceID{"another"}); err != nil {
			t.Error(err)
		}
		if err := workflows.RemoveSchedule(t.Context(), c, "site"); err != nil {
			t.Error(err)
		}
	}
}

func nudge(t *testing.T, c client.Client, id breach.IncidentID) {
	t.Helper()
	time.Sleep(200 * time.Millisecond) // so that the record shows it asleep first
	if err := workflows.Nudge(t.Context(), c, id); err != nil {
		t.Fatal(err)
	}
}

func waitLine(t *testing.T, w *workflowstest.World, line string, times int) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		n := 0
		for _, l := range w.Record() {
			if l == line {
				n++
			}
		}
		if n >= times {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%q %d times, want %d; %q", line, n, times, w.Record())
		}
	}
}

// record replays the history of a workflow of the real server, and keeps it
// with -update.
func record(t *testing.T, c client.Client, id, name string) {
	t.Helper()
	time.Sleep(100 * time.Millisecond) // the workflow task that follows an answer
	h := &historypb.History{}
	events := c.GetWorkflowHistory(t.Context(), id, "", false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for events.HasNext() {
		e, err := events.Next()
		if err != nil {
			t.Fatal(err)
		}
		h.Events = append(h.Events, e)
	}
	if err := workflowstest.Replay(h, workflows.Register); err != nil {
		t.Errorf("replaying %s: %v", name, err)
	}
	if !*update {
		return
	}
	data, err := protojson.Marshal(h)
	if err == nil {
		err = os.WriteFile(filepath.Join("..", "testdata", name+".json"), data, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}
