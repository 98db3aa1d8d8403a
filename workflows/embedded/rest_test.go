//go:build !noembed

package embedded

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vigie/workflows/codec"
)

const canary = "canary-Zoe-Muster"

// spill passes a text through every place where Temporal keeps one: input,
// result, heartbeat, failure, retry, signal, memo of a failed workflow.
func spill(ctx workflow.Context, text string) (string, error) {
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: 10e9,
		RetryPolicy:         &temporal.RetryPolicy{InitialInterval: 1e6, MaximumAttempts: 2},
	})
	var heard string
	workflow.GetSignalChannel(ctx, "hear").Receive(ctx, &heard)
	var out string
	if err := workflow.ExecuteActivity(ctx, "echo", text).Get(ctx, &out); err != nil {
		return "", err
	}
	err := workflow.ExecuteActivity(ctx, "fail", out).Get(ctx, nil)
	return "", fmt.Errorf("heard %s: %w", heard, err)
}

func echo(ctx context.Context, text string) (string, error) {
	activity.RecordHeartbeat(ctx, text)
	return text, nil
}

func fail(_ context.Context, text string) error {
	return temporal.NewApplicationErrorWithCause("about "+text, "invalid", fmt.Errorf("and %s", text), text)
}

// TestAtRest counts a text in the files: none with the codec, many without,
// which shows that the count can see it.
func TestAtRest(t *testing.T) {
	sealed, err := codec.ClientOptions("", Namespace, secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		opts client.Options
		some bool
	}{
		{"sealed", sealed, false},
		{"in clear", client.Options{Namespace: Namespace, Logger: sealed.Logger}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			s := startServer(t, dir)
			tt.opts.HostPort = s.Address()
			spillOnce(t, tt.opts)
			n := count(t, dir) // before the stop: write-ahead logs as well
			s.Stop()
			n += count(t, dir)
			if (n > 0) != tt.some {
				t.Errorf("%d copies of the text in the files", n)
			}
		})
	}
}

func spillOnce(t *testing.T, opts client.Options) {
	t.Helper()
	c, err := client.DialContext(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflow(spill)
	w.RegisterActivity(echo)
	w.RegisterActivity(fail)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	run, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "spill", TaskQueue: queue,
		Memo: map[string]any{"note": canary}}, spill, canary)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SignalWorkflow(t.Context(), "spill", "", "hear", canary); err != nil {
		t.Fatal(err)
	}
	if err := run.Get(t.Context(), nil); err == nil || !bytes.Contains([]byte(err.Error()), []byte(canary)) {
		t.Errorf("our own side reads %v, want the text", err)
	}
}

func count(t *testing.T, dir string) (n int) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		n += bytes.Count(data, []byte(canary))
	}
	return n
}
