package archive

import (
	"context"
	"testing"

	"vigie/matchers/dump"
	"vigie/matchers/dump/dumptest"
)

// sniffed returns the format that is surest of a file.
func sniffed(t testing.TB, path string, data []byte) dump.Format {
	t.Helper()
	var best dump.Format
	sure := 0.0
	for _, f := range Formats() {
		if s := f.Sniff(dumptest.File(path, data)); s > sure {
			best, sure = f, s
		}
	}
	if best == nil {
		t.Fatalf("no format knows %s", path)
	}
	return best
}

// readAny reads a file with the format that is surest of it.
func readAny(t testing.TB, path string, data []byte, passwords ...string) *dumptest.Seen {
	t.Helper()
	return dumptest.Read(context.Background(), sniffed(t, path, data), path, data, passwords...)
}
