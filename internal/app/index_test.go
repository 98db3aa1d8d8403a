package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"vigie/internal/breach"
)

// What a kill may have cost the search index is there again after a start.
func TestEquipHealsTheIndex(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, a *App, dir string){
		"killed before indexing": func(*testing.T, *App, string) {},
		"killed while it was made": func(t *testing.T, _ *App, dir string) {
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := Defaults(t.TempDir())
			cfg.Keys = filepath.Join(t.TempDir(), "keys")
			a, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = a.Close() }()
			posts := []breach.Post{{ID: "pst_1", Source: "site", Title: "Kumquat", FirstSeenAt: now(), LastSeenAt: now()}}
			if _, err := a.Store.SavePosts(t.Context(), posts); err != nil {
				t.Fatal(err)
			}
			harm(t, a, filepath.Join(cfg.Data, "index"))
			if err := a.Equip(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n, err := a.Steps.Index.Count(); err != nil || n != 1 {
				t.Errorf("%d posts in the index: %v", n, err)
			}
		})
	}
}
