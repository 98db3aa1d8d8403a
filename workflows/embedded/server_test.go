//go:build !noembed

package embedded

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vigie/workflows/codec"
)

const queue = "test"

var secret = bytes.Repeat([]byte("k"), codec.SecretBytes)

// testLog shows the server's errors as part of the test's output.
func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

func startServer(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Config{Dir: dir, Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

func dial(t *testing.T, s *Server) client.Client {
	t.Helper()
	c, err := codec.Dial(t.Context(), codec.Target{Address: s.Address(), Namespace: Namespace}, secret, testLog(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// nap waits and says so.
func nap(ctx workflow.Context, d time.Duration) (string, error) {
	return "rested", workflow.Sleep(ctx, d)
}

func work(t *testing.T, c client.Client) worker.Worker {
	t.Helper()
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(nap, workflow.RegisterOptions{Name: "nap"})
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	return w
}

func startNap(t *testing.T, c client.Client, id string, d time.Duration) {
	t.Helper()
	if _, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: id, TaskQueue: queue}, "nap", d); err != nil {
		t.Fatal(err)
	}
}

func waitNap(t *testing.T, c client.Client, id string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var got string
	if err := c.GetWorkflow(ctx, id, "").Get(ctx, &got); err != nil || got != "rested" {
		t.Fatalf("workflow %s: %q, %v", id, got, err)
	}
}

func TestAnOpenTimerOutlivesTheServer(t *testing.T) {
	dir := t.TempDir()
	s := startServer(t, dir)
	c := dial(t, s)
	w := work(t, c)
	startNap(t, c, "nap-1", 2*time.Second)
	time.Sleep(300 * time.Millisecond) // let it fall asleep
	w.Stop()
	c.Close()
	s.Stop()
	s.Stop() // again: nothing happens

	s = startServer(t, dir)
	c = dial(t, s)
	w = work(t, c)
	defer w.Stop()
	waitNap(t, c, "nap-1")
}
