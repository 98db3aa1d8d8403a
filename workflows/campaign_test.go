package workflows_test

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"vigie/internal/breach"
	. "vigie/workflows"
	"vigie/workflows/workflowstest"
)

// Every row is offered to every channel exactly once, in order of channels,
// whatever the number of runs that it takes.
func TestCampaignCoversEveryRowOnce(t *testing.T) {
	for _, tt := range []struct {
		messages int64
		runs     int
	}{{0, 1}, {1, 1}, {200, 1}, {201, 1}, {1999, 1}, {200 * 100, 2}, {200*250 + 7, 4}} {
		t.Run(fmt.Sprint(tt.messages), func(t *testing.T) {
			w := &workflowstest.World{}
			in := CampaignInput{Incident: "inc_1", Controller: ana, Messages: tt.messages}
			runs := 0
			for again := true; again; runs++ {
				env := environment(w)
				env.ExecuteWorkflow(WorkflowCampaign, in)
				var next *workflow.ContinueAsNewError
				if again = errors.As(env.GetWorkflowError(), &next); again {
					in = continued[CampaignInput](t, env)
				} else if err := env.GetWorkflowError(); err != nil {
					t.Fatal(err)
				}
			}
			if runs != tt.runs {
				t.Errorf("%d runs, want %d", runs, tt.runs)
			}
			checkRounds(t, w.Record(), tt.messages)
		})
	}
}

func checkRounds(t *testing.T, record []string, messages int64) {
	t.Helper()
	at := 0
	for _, ch := range CampaignChannels {
		want := map[string]bool{}
		for from := int64(1); from <= messages; from += 200 {
			want[workflowstest.SendLine(ana, ch, from, min(from+199, messages))] = true
		}
		for n := len(want); n > 0; n, at = n-1, at+1 {
			if !want[record[at]] {
				t.Fatalf("line %d: %q is a repetition, out of range or in another channel's round", at, record[at])
			}
			delete(want, record[at])
		}
		if line := fmt.Sprintf("outcomes ml-ana %s", ch); record[at] != line {
			t.Fatalf("line %d: %q, want %q after the round", at, record[at], line)
		}
		at++
	}
	if at != len(record) {
		t.Errorf("%d lines too many", len(record)-at)
	}
}

func TestCampaignKeepsItsWindow(t *testing.T) {
	w := &workflowstest.World{Hook: func(string) { runtime.Gosched(); time.Sleep(time.Millisecond) }}
	in := CampaignInput{Incident: "inc_1", Controller: ana, Messages: 200 * 60}
	if err := run(t, w, WorkflowCampaign, in).GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if w.Widest() > 8 || w.Widest() < 2 {
		t.Errorf("%d batches at once, want 2 to 8", w.Widest())
	}
}

// The batches in flight at a fault end well; none begins after it.
func TestCampaignStopsAtAFault(t *testing.T) {
	const bad = "send ml-ana email 201-400"
	over := make(chan struct{})
	w := &workflowstest.World{
		Fault: func(line string, _ int) error {
			if line == bad {
				return temporal.NewApplicationError("plan changed", TypeInvalid)
			}
			return nil
		},
		Hook: func(line string) {
			if line != bad {
				<-over
			}
		},
	}
	env := environment(w)
	env.SetOnActivityCompletedListener(func(_ *activity.Info, _ converter.EncodedValue, err error) {
		if err != nil {
			close(over) // the workflow hears of the fault before anything else ends
		}
	})
	env.ExecuteWorkflow(WorkflowCampaign, CampaignInput{Incident: "inc_1", Controller: ana, Messages: 200 * 100})
	if env.GetWorkflowError() == nil {
		t.Fatal("no error")
	}
	if n := len(w.Record()); n != 7 {
		t.Errorf("%d batches ended, want the seven beside the bad one", n)
	}
}

func TestCampaignWaitsForVerdictsButNotForEver(t *testing.T) {
	for _, tt := range []struct {
		name     string
		pending  []int64
		min, max time.Duration
	}{
		{"they come", []int64{9, 3, 0}, 2 * time.Second, time.Minute},
		{"they never come", []int64{9}, 45 * time.Minute, 75 * time.Minute}, // three channels
	} {
		t.Run(tt.name, func(t *testing.T) {
			env := environment(&workflowstest.World{Pending: tt.pending})
			began := env.Now()
			env.ExecuteWorkflow(WorkflowCampaign, CampaignInput{Incident: "inc_1", Controller: ana, Messages: 5})
			if err := env.GetWorkflowError(); err != nil {
				t.Fatal(err)
			}
			if took := env.Now().Sub(began); took < tt.min || took > tt.max {
				t.Errorf("took %s, want %s to %s", took, tt.min, tt.max)
			}
		})
	}
}

// Rows that are left for a decent hour do not hold the letters or the page up:
// the campaign sleeps until the first of them may go, and walks all rows again.
func TestCampaignSleepsUntilADecentHour(t *testing.T) {
	friday := time.Date(2026, 11, 20, 20, 30, 0, 0, time.UTC)
	saturday, monday := friday.Add(11*time.Hour), friday.Add(59*time.Hour)
	w := &workflowstest.World{Later: []int64{0, monday.Unix(), saturday.Unix(), 0}} // e-mail, SMS, letter, and from then on
	env := environment(w)
	env.SetStartTime(friday)
	env.ExecuteWorkflow(WorkflowCampaign, CampaignInput{Incident: "inc_1", Controller: ana, Messages: 200, Next: 1})
	var next *workflow.ContinueAsNewError
	if err := env.GetWorkflowError(); !errors.As(err, &next) {
		t.Fatalf("got %v, want another walk", err)
	}
	if d := cmp.Diff(CampaignInput{Incident: "inc_1", Controller: ana, Messages: 200}, continued[CampaignInput](t, env)); d != "" {
		t.Error(d)
	}
	if now := env.Now(); now.Before(saturday) || now.After(saturday.Add(time.Minute)) {
		t.Errorf("it slept until %s, want %s", now, saturday)
	}
	if d := cmp.Diff([]string{"send ml-ana email 1-200", "outcomes ml-ana email", "send ml-ana sms 1-200", "outcomes ml-ana sms",
		"send ml-ana letter 1-200", "outcomes ml-ana letter", "publish"}, w.Record()); d != "" {
		t.Error(d)
	}
}

func TestClock(t *testing.T) {
	start := time.Date(2026, 3, 28, 9, 30, 0, 0, time.UTC) // daylight saving begins that night
	aware := func(ago time.Duration) ClockState { return ClockState{AwareUnix: start.Add(-ago).Unix()} }
	const r = "remind ml-ana "
	for _, tt := range []struct {
		name  string
		state []ClockState
		want  []string
		last  time.Duration // from the start of the clock to its end
	}{
		{"from the first hour", []ClockState{aware(0)}, []string{r + "24", r + "48", r + "66", r + "72"}, 72 * time.Hour},
		{"aware for two days and a half", []ClockState{aware(60 * time.Hour)}, []string{r + "48", r + "66", r + "72"}, 12 * time.Hour},
		{"found too late", []ClockState{aware(500 * time.Hour)}, []string{r + "72"}, 0},
		{"the hour is set after twelve", []ClockState{{}, {}, aware(0)}, []string{r + "24", r + "48", r + "66", r + "72"}, 72 * time.Hour},
		{"of 96 hours", []ClockState{{AwareUnix: start.Unix(), DeadlineUnix: start.Add(96*time.Hour + 30*time.Minute).Unix()}},
			[]string{r + "24", r + "72", r + "90", r + "96"}, 96 * time.Hour},
		{"notified already", []ClockState{{Notified: true}}, nil, 0},
		{"notified after a day", []ClockState{aware(0), aware(0), aware(0), aware(0), aware(0), {Notified: true}}, []string{r + "24"}, 30 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &workflowstest.World{Clock: tt.state}
			env := environment(w)
			env.SetStartTime(start)
			env.ExecuteWorkflow(WorkflowClock, ClockInput{Incident: "inc_1", Controller: ana})
			if err := env.GetWorkflowError(); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, only(w.Record(), "remind")); d != "" {
				t.Error(d)
			}
			if last := env.Now().Sub(start).Round(time.Minute); last != tt.last {
				t.Errorf("it ran for %s, want %s", last, tt.last)
			}
		})
	}
}

func TestAClockHearsThatTheHourMoved(t *testing.T) {
	start := time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	w := &workflowstest.World{Clock: []ClockState{{}, {AwareUnix: start.Add(-30 * time.Hour).Unix()}, {Notified: true}}}
	env := environment(w)
	env.SetStartTime(start)
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(SignalNudge, nil) }, time.Minute)
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(SignalNudge, nil) }, 2*time.Minute)
	env.ExecuteWorkflow(WorkflowClock, ClockInput{Incident: "inc_1", Controller: ana})
	if d := cmp.Diff([]string{"remind ml-ana 24"}, only(w.Record(), "remind")); d != "" {
		t.Error(d)
	}
	if took := env.Now().Sub(start); took > 3*time.Minute {
		t.Errorf("took %s, want two minutes", took)
	}
}

func TestWorkflowIDsHoldIdentifiersAlone(t *testing.T) {
	for got, want := range map[string]string{
		IncidentWorkflowID("inc_1"):         "incident-inc_1",
		CampaignWorkflowID("inc_1", ana):    "campaign-inc_1-ml-ana",
		ClockWorkflowID("inc_1", ana):       "clock-inc_1-ml-ana",
		ScheduleID(breach.SourceID("site")): "crawl-site",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
