package activity

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"vigie/internal/breach"
)

// Old files copied back over a registry, whole and intact, are not opened: those
// who came since would be nobody.
func TestPutBackIsRefused(t *testing.T) {
	t.Parallel()
	w := openWorld(t, t.TempDir())
	w.Registries.Seen = w.Store
	w.importYouth(youth, mother)
	dir := filepath.Join(w.Registries.Dir, "youth")
	backup := filepath.Join(t.TempDir(), "backup")
	w.must(os.CopyFS(backup, os.DirFS(dir)))
	if _, err := w.Registries.Open("youth"); err != nil {
		t.Fatal(err)
	}
	w.importYouth(clone(youth), mother)
	if _, err := w.Registries.Open("youth"); err != nil {
		t.Fatal(err)
	}
	w.must(os.RemoveAll(dir))
	w.must(os.CopyFS(dir, os.DirFS(backup)))
	for _, regs := range []*Registries{w.Registries, {Dir: w.Registries.Dir, Keys: w.Keys, Seen: w.Store}} { // running, and started anew
		_, err := regs.Open("youth")
		var refused *breach.RefusedError
		if !errors.As(err, &refused) || refused.Code != "put-back" {
			t.Errorf("%v, want refused as put-back", err)
		}
	}
	reg, err := (&Registries{Dir: w.Registries.Dir, Keys: w.Keys}).Open("youth")
	w.must(err)
	mark, err := reg.Mark()
	w.must(err)
	w.must(w.Store.RestoreRegistry(t.Context(), "youth", 1, mark, "root", "disk lost", w.Now()))
	if _, err := w.Registries.Open("youth"); err != nil {
		t.Errorf("after a restore: %v", err)
	}
	w.importYouth(clone(youth), mother) // version 2 again, another one
	if _, err := w.Registries.Open("youth"); err != nil {
		t.Errorf("an import after a restore: %v", err)
	}
}
