package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// DefaultHeartbeat is how long a long activity may stay silent before it is
// taken for dead and started again: what a kill -9 costs at most. Activities
// report at every item or every second; a report waits for the server's disk, and
// after 5 s batches that were well were broken off, with what they were handing
// over: a doubt is worse than five seconds.
const DefaultHeartbeat = 10 * time.Second

// taskTimeout is how long a worker may take for one step of a workflow: what a
// kill in the middle of one costs. The server's default is ten seconds.
const taskTimeout = 5 * time.Second

// Types of activity errors that end the workflow: the same call would fail
// again. All others are tried again for as long as it takes.
const (
	TypeInvalid   = "invalid"
	TypeForbidden = "forbidden"
)

// typePayloadSize is what the SDK calls an activity result above the server's
// limit. It says "retryable" and would repeat the activity, the sending, for
// ever.
const typePayloadSize = "payloadSizeError"

// retries tries until it works, unless the input is to blame. Zero attempts
// means no limit.
func retries(attempts int32) *temporal.RetryPolicy {
	return &temporal.RetryPolicy{
		InitialInterval:        time.Second,
		BackoffCoefficient:     2,
		MaximumInterval:        30 * time.Second,
		MaximumAttempts:        attempts,
		NonRetryableErrorTypes: []string{typePayloadSize, TypeInvalid, TypeForbidden},
	}
}

// long is for work that takes minutes or hours and reports while it runs. When
// it is cancelled it hears so with its next report, and is waited for.
func long(ctx workflow.Context, heartbeat int, limit time.Duration) workflow.Context {
	silence := DefaultHeartbeat
	if heartbeat > 0 {
		silence = time.Duration(heartbeat) * time.Second
	}
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: limit,
		HeartbeatTimeout:    silence,
		WaitForCancellation: true,
		RetryPolicy:         retries(0),
	})
}

// batch is for hand-overs. The activity waits for providers by itself and says
// when it wants to be called again, so that the policy is for crashes alone: it
// stays short, however often a batch has been killed.
func batch(ctx workflow.Context, heartbeat int) workflow.Context {
	often := retries(0)
	often.MaximumInterval = 2 * time.Second
	ctx = workflow.WithTaskQueue(long(ctx, heartbeat, batchLimit), QueueSend)
	return workflow.WithRetryPolicy(ctx, *often)
}

// short is for a question to the store. It does not report, so its time limit
// is what a kill costs.
func short(ctx workflow.Context) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Second,
		RetryPolicy:         retries(0),
	})
}
