package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// crawlLimit ends a visit that never ends; crawlAttempts gives up a visit that
// keeps failing, since the Schedule brings the next one.
const (
	crawlLimit    = time.Hour
	crawlAttempts = 3
)

// Crawl visits one source once. A Schedule starts it (EnsureSchedule).
func Crawl(ctx workflow.Context, in CrawlInput) (CrawlResult, error) {
	ctx = long(ctx, in.Heartbeat, crawlLimit)
	ctx = workflow.WithRetryPolicy(ctx, *retries(crawlAttempts))
	var out CrawlResult
	err := workflow.ExecuteActivity(ctx, ActivityCrawl, in).Get(ctx, &out)
	return out, err
}
