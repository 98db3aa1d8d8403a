//go:build !noembed

package embedded

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vigie/internal/breach"
)

func TestPrepare(t *testing.T) {
	for _, tt := range []struct {
		name  string
		spoil func(t *testing.T, dir string)
		want  string // in the error; "" for none
	}{
		{"an empty directory", func(*testing.T, string) {}, ""},
		{"a start that was cut before the rename", func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, mainFile+".new"), "half a file")
		}, ""},
		{"a start that was cut between the files", func(t *testing.T, dir string) {
			remove(t, filepath.Join(prepared(t, dir), visibilityFile))
		}, ""},
		{"files of another version", func(t *testing.T, dir string) {
			write(t, filepath.Join(prepared(t, dir), schemaFile), strings.Repeat("0", 64)+"\n")
		}, "have workflow schema 000000000000"},
		{"files of unknown version", func(t *testing.T, dir string) {
			remove(t, filepath.Join(prepared(t, dir), schemaFile))
		}, "is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			tt.spoil(t, dir)
			paths, err := prepare(t.Context(), dir)
			if tt.want != "" {
				if !errors.Is(err, breach.ErrInvalid) || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("error %v, want %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			_, want, err := blueprint(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range paths {
				db, err := sql.Open("sqlite", path)
				if err != nil {
					t.Fatal(err)
				}
				got, err := schemaHash(t.Context(), db)
				if err != nil || got != want {
					t.Errorf("%s has schema %.12s, want %.12s: %v", filepath.Base(path), got, want, err)
				}
				_ = db.Close()
			}
		})
	}
}

func prepared(t *testing.T, dir string) string {
	t.Helper()
	if _, err := prepare(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}
