//go:build !noembed

package embedded

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vigie/workflows/codec"
)

// childDir tells the test binary, run again by a test, to be another process
// with a server on this directory.
const childDir = "VIGIE_TEST_CHILD_DIR"

// naps is how many workflows a child leaves open.
const naps = 20

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		if err := child(dir); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// child starts a server, a worker and workflows with timers, says so, and
// stays until it is killed.
func child(dir string) error {
	ctx := context.Background()
	s, err := Start(ctx, Config{Dir: dir})
	if err != nil {
		return err
	}
	c, err := codec.Dial(ctx, codec.Target{Address: s.Address(), Namespace: Namespace}, secret, nil)
	if err != nil {
		return err
	}
	w := worker.New(c, queue, worker.Options{})
	w.RegisterWorkflowWithOptions(nap, workflow.RegisterOptions{Name: "nap"})
	if err := w.Start(); err != nil {
		return err
	}
	for i := range naps {
		opts := client.StartWorkflowOptions{ID: fmt.Sprintf("nap-%d", i), TaskQueue: queue, WorkflowTaskTimeout: 2 * time.Second}
		if _, err := c.ExecuteWorkflow(ctx, opts, "nap", 2*time.Second); err != nil {
			return err
		}
	}
	fmt.Println("started")
	select {}
}

// runChild starts another process and returns the first line it says.
func runChild(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return cmd, strings.TrimSpace(line)
}
