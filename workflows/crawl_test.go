package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	. "vigie/workflows"
)

// A source that publishes much is visited between two starts of its Schedule;
// a history that grows long is begun anew.
func TestCrawlComesBackWhenDue(t *testing.T) {
	for _, tc := range []struct {
		name   string
		waits  []time.Duration // after each visit; the last one for all others
		visits int
		anew   bool
		slept  time.Duration
	}{
		{"due again with the Schedule", []time.Duration{0}, 1, false, 0},
		{"due before it", []time.Duration{10 * time.Minute, 20 * time.Minute, 0}, 3, false, 30 * time.Minute},
		{"for ever", []time.Duration{time.Minute}, 50, true, 50 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			Register(env)
			visits := 0
			env.RegisterActivityWithOptions(func(context.Context, CrawlInput) (CrawlResult, error) {
				wait := tc.waits[min(visits, len(tc.waits)-1)]
				visits++
				return CrawlResult{Captures: 2, New: 1, Wait: wait}, nil
			}, activity.RegisterOptions{Name: ActivityCrawl})
			started := env.Now()
			env.ExecuteWorkflow(WorkflowCrawl, CrawlInput{Source: "site"})
			err := env.GetWorkflowError()
			var again *workflow.ContinueAsNewError
			if errors.As(err, &again) != tc.anew || err != nil && !tc.anew || visits != tc.visits {
				t.Fatalf("%d visits, %v; want %d", visits, err, tc.visits)
			}
			if slept := env.Now().Sub(started).Round(time.Minute); slept != tc.slept {
				t.Errorf("slept %s, want %s", slept, tc.slept)
			}
			var out CrawlResult
			if !tc.anew && (env.GetWorkflowResult(&out) != nil || out.New != tc.visits) {
				t.Errorf("result %+v", out)
			}
		})
	}
}
