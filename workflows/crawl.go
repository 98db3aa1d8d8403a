package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// crawlLimit ends a visit that never ends; crawlAttempts gives up a visit that
// keeps failing, since the Schedule brings the next one; crawlVisits are in one
// history.
const (
	crawlLimit    = time.Hour
	crawlAttempts = 3
	crawlVisits   = 50
)

// Crawl visits a source, and again for as long as the next visit is due before
// the Schedule that starts it (EnsureSchedule) would bring one. It returns the
// sum of what the visits brought.
func Crawl(ctx workflow.Context, in CrawlInput) (CrawlResult, error) {
	act := long(ctx, in.Heartbeat, crawlLimit)
	act = workflow.WithRetryPolicy(act, *retries(crawlAttempts))
	act = workflow.WithTaskQueue(act, QueueCrawl)
	var sum CrawlResult
	for range crawlVisits {
		var out CrawlResult
		if err := workflow.ExecuteActivity(act, ActivityCrawl, in).Get(ctx, &out); err != nil {
			return sum, err
		}
		sum.Captures, sum.Posts, sum.New, sum.Alerts = sum.Captures+out.Captures, out.Posts, sum.New+out.New, sum.Alerts+out.Alerts
		sum.Edited, sum.Removed = sum.Edited+out.Edited, sum.Removed+out.Removed
		if out.Wait <= 0 {
			return sum, nil
		}
		if err := workflow.Sleep(ctx, out.Wait); err != nil {
			return sum, err
		}
	}
	return sum, workflow.NewContinueAsNewError(ctx, WorkflowCrawl, in)
}
