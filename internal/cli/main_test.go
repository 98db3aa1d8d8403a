package cli_test

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"vigie/internal/cli"
)

// Every command explains itself with an example.
func TestHelp(t *testing.T) {
	for _, command := range []string{
		"demo", "serve", "worker", "source list", "source check", "source run", "extract", "extract diff", "watch match", "watch past", "watch concerned",
		"search", "evidence list", "evidence verify", "evidence rebuild-index", "dump inspect", "dump convert",
		"registry import", "registry info", "registry verify", "registry restore", "registry refine", "private offer", "private ask", "private answer", "private open", "match", "link", "sms count", "letter render", "letter recall", "letter release", "letter returned", "lint", "mark check", "mark key", "text list", "text read", "page build", "severity", "audit verify", "audit checkpoint", "synth population", "synth leak", "purge", "facts export", "extraction declare", "extraction show", "extraction nobody", "facts import", "forecast",
		"dossier", "register export", "register import", "institution papers", "institution people", "key rotate", "user add", "user list", "user disable", "doctor",
	} {
		t.Run(command, func(t *testing.T) {
			var out, errs bytes.Buffer
			args := append(strings.Fields(command), "--help")
			if code := cli.Main(args, cli.IO{In: strings.NewReader(""), Out: &out, Err: &errs}, nil); code != 0 {
				t.Fatalf("exit status %d: %s", code, errs.String())
			}
			if !strings.Contains(out.String(), "Example") || !strings.Contains(out.String(), "vigie "+command) {
				t.Errorf("no example of %q in:\n%s", command, out.String())
			}
		})
	}
}

// Ctrl-C ends a command that waits for input, with its own exit status.
func TestInterrupt(t *testing.T) {
	cmd := exec.Command("vigie", "sms", "count")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Write([]byte("Un courrier vous attend\n")); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.Contains(line, `"segments":1`) {
		t.Fatalf("answer %q, %v", line, err)
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 130 {
		t.Fatalf("%v, want exit status 130; %s", err, errs.String())
	}
	if !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("standard error says %q", errs.String())
	}
}
