package blob

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestSweep: what a writer that died has left goes, what is being written stays.
func TestSweep(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	if _, err := OpenDir(path); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"old": 2 * abandoned, "new": 0} {
		file := filepath.Join(path, tempDir, name)
		if err := os.WriteFile(file, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(file, time.Time{}, time.Now().Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	d, err := OpenDir(path)
	if err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(filepath.Join(path, tempDir))
	if err != nil || len(left) != 1 || left[0].Name() != "new" {
		t.Errorf("left: %v, %v", left, err)
	}
	for info, err := range d.List(t.Context(), "", "") {
		t.Errorf("a half-written file is listed: %v, %v", info.Key, err)
	}
}
