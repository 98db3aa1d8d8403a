//go:build !noembed

package embedded

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"vigie/internal/breach"
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

func dial(t *testing.T, s *Server, secret []byte) client.Client {
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
	dir := filepath.Join(t.TempDir(), "a b#c%20d?e") // a path that a URI would misread
	s := startServer(t, dir)
	c := dial(t, s, secret)
	w := work(t, c)
	if _, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "nap", TaskQueue: queue}, "nap", 2*time.Second); err != nil {
		t.Fatal(err)
	}
	checkLoopback(t, s)
	checkMode(t, dir)
	w.Stop()
	c.Close()
	s.Stop()
	s.Stop() // again: nothing happens
	for _, f := range s.files {
		if info, err := os.Stat(f + "-wal"); err == nil && info.Size() > 0 {
			t.Errorf("%s-wal holds %d bytes after the stop", f, info.Size())
		}
	}

	s = startServer(t, dir)
	c = dial(t, s, secret)
	w = work(t, c)
	defer w.Stop()
	waitNap(t, c, "nap")
}

// checkLoopback reads what this process listens on from the kernel.
func checkLoopback(t *testing.T, s *Server) {
	t.Helper()
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		t.Logf("this system does not tell what listens: %v", err)
		return
	}
	mine := map[string]bool{}
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if link, err := os.Readlink(fd); err == nil && strings.HasPrefix(link, "socket:[") {
			mine[strings.Trim(link, "socket:[]")] = true
		}
	}
	six, err := os.ReadFile("/proc/net/tcp6")
	if err != nil {
		six = nil // no IPv6 here
	}
	listening := 0
	for _, line := range strings.Split(string(table)+string(six), "\n") {
		f := strings.Fields(line)
		if len(f) < 10 || f[3] != "0A" || !mine[f[9]] {
			continue
		}
		listening++
		if !strings.HasPrefix(f[1], "0100007F:") {
			t.Errorf("listens on %s, want 127.0.0.1 alone", f[1])
		}
	}
	if listening != len(services) {
		t.Errorf("%d listeners, want %d", listening, len(services))
	}
}

func checkMode(t *testing.T, dir string) {
	t.Helper()
	for _, name := range []string{"", mainFile, visibilityFile, schemaFile, lockFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%q has mode %s: others may read it", name, info.Mode())
		}
	}
}

func TestAnotherProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	startServer(t, dir)
	_, said := runChild(t, dir)
	if !strings.HasPrefix(said, "error:") || !strings.Contains(said, strconv.Itoa(os.Getpid())) {
		t.Errorf("the other process says %q, want an error that names process %d", said, os.Getpid())
	}
	if _, err := Start(t.Context(), Config{Dir: dir}); !errors.Is(err, breach.ErrConflict) {
		t.Errorf("error %v, want a conflict", err)
	}
}

func TestKilledProcessLosesNothing(t *testing.T) {
	dir := t.TempDir()
	cmd, said := runChild(t, dir)
	if said != "started" {
		t.Fatalf("the child says %q", said)
	}
	if err := cmd.Process.Kill(); err != nil { // SIGKILL
		t.Fatal(err)
	}
	_ = cmd.Wait()
	s := startServer(t, dir)
	c := dial(t, s, secret)
	w := work(t, c)
	defer w.Stop()
	for i := range naps {
		waitNap(t, c, fmt.Sprintf("nap-%d", i))
	}
}

// A port that somebody takes between its choice and its use costs a retry,
// whichever service it was meant for.
func TestTakenPorts(t *testing.T) {
	taken, err := net.Listen("tcp", loopback+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	tries := 0
	s, err := start(t.Context(), Config{Dir: t.TempDir(), Log: testLog(t)}, func() (ports, error) {
		p, err := freePorts()
		if tries < len(p) {
			p[tries] = taken.Addr().(*net.TCPAddr).Port
		}
		tries++
		return p, err
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	if tries != len(services)+1 {
		t.Errorf("%d tries, want %d", tries, len(services)+1)
	}
	c := dial(t, s, secret)
	w := work(t, c)
	defer w.Stop()
	if _, err := c.ExecuteWorkflow(t.Context(), client.StartWorkflowOptions{ID: "nap", TaskQueue: queue}, "nap", time.Millisecond); err != nil {
		t.Fatal(err)
	}
	waitNap(t, c, "nap")
}

func TestNoFreePortIsAClearError(t *testing.T) {
	taken, err := net.Listen("tcp", loopback+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	dir := t.TempDir()
	_, err = start(t.Context(), Config{Dir: dir, Log: testLog(t)}, func() (ports, error) {
		p, err := freePorts()
		p[0] = taken.Addr().(*net.TCPAddr).Port
		return p, err
	})
	if err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Fatalf("error %v", err)
	}
	unlock, err := lock(dir) // given back
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}
