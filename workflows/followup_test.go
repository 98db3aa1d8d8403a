package workflows_test

import (
	"fmt"
	"testing"
	"time"

	. "vigie/workflows"
	"vigie/workflows/workflowstest"
)

// TestFollowup sleeps for six months of skipped time, and asks at three and at
// six; the hour from which they count is set a fortnight late, and moved.
func TestFollowup(t *testing.T) {
	w := &workflowstest.World{}
	var asked []time.Time
	var began time.Time
	w.Followup = func(unix int64) FollowupState {
		now := time.Unix(unix, 0)
		if began.IsZero() {
			began = now
		}
		if now.Before(began.AddDate(0, 0, 14)) {
			return FollowupState{} // nobody has said when the institution became aware
		}
		base := began
		if now.After(began.AddDate(0, 1, 0)) {
			base = began.AddDate(0, 0, 1) // a person moves it by a day
		}
		due := []time.Time{base.AddDate(0, 3, 0), base.AddDate(0, 6, 0)}
		s := FollowupState{}
		for i, at := range due {
			if !at.After(now) && len(asked) == i {
				asked = append(asked, now)
				s.Asked++
			}
		}
		if s.Done = len(asked) == 2; !s.Done {
			s.NextUnix = due[len(asked)].Unix()
		}
		return s
	}
	env := run(t, w, WorkflowFollowup, FollowupInput{Incident: "inc_1"})
	if err := env.GetWorkflowError(); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 2 {
		t.Fatalf("asked %d times", len(asked))
	}
	for i, months := range []int{3, 6} {
		want := began.AddDate(0, 0, 1).AddDate(0, months, 0)
		if late := asked[i].Sub(want); late < 0 || late > time.Minute {
			t.Errorf("the follow-up at %d months comes %v late", months, late)
		}
	}
	if n := len(only(w.Record(), "followup")); n > 40 {
		t.Errorf("%d looks in six months", n)
	}
}

// An outage of the store delays a follow-up and loses none.
func TestFollowupSurvivesAnOutage(t *testing.T) {
	calls := 0
	w := &workflowstest.World{Followup: func(int64) FollowupState { calls++; return FollowupState{Asked: 1, Done: true} }}
	w.Fault = func(_ string, attempt int) error {
		if attempt < 5 {
			return fmt.Errorf("the store is away")
		}
		return nil
	}
	if err := run(t, w, WorkflowFollowup, FollowupInput{Incident: "inc_1"}).GetWorkflowError(); err != nil || calls != 6 {
		t.Errorf("%d calls, %v", calls, err)
	}
}

// A nudge brings the question forward.
func TestFollowupIsNudged(t *testing.T) {
	w := &workflowstest.World{}
	looks := 0
	w.Followup = func(now int64) FollowupState { looks++; return FollowupState{NextUnix: now + 1<<24, Done: looks == 2} }
	env := environment(w)
	began := env.Now()
	env.RegisterDelayedCallback(func() { env.SignalWorkflow(SignalNudge, nil) }, time.Hour)
	env.ExecuteWorkflow(WorkflowFollowup, FollowupInput{Incident: "inc_1"})
	if took := env.Now().Sub(began); env.GetWorkflowError() != nil || took > 2*time.Hour {
		t.Errorf("ended after %v: %v", took, env.GetWorkflowError())
	}
}
