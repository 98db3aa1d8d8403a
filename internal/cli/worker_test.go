package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vigie/internal/cli"
)

// What a worker cannot serve is said before it connects to anything.
func TestWorkerQueues(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "vigie.yaml")
	if err := os.WriteFile(config, []byte("data: "+filepath.Join(dir, "data")+"\ntemporal: {address: \"127.0.0.1:1\"}\nlinkage: {apart: [civil]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"--queue", "vigie-sned"}, 2, "vigie-crawl, vigie-send"},
		{[]string{"--registry", "youth"}, 2, "linkage.apart"},
		{[]string{"--registry", "civil", "--queue", "vigie-send"}, 1, "127.0.0.1:1"}, // nobody is there
	} {
		var out, errs bytes.Buffer
		args := append([]string{"worker", "--config", config}, tt.args...)
		if code := cli.Main(args, cli.IO{In: strings.NewReader(""), Out: &out, Err: &errs}, nil); code != tt.code || !strings.Contains(errs.String(), tt.want) {
			t.Errorf("%v: exit status %d, %s", tt.args, code, errs.String())
		}
	}
}
