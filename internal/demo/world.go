package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"vigie/internal/breach"
	"vigie/internal/seal"
	"vigie/internal/synth"
	"vigie/matchers/registry"
)

// world is the invented country on disk: two registries, a stolen extract and
// the truth, which only the summary reads.
type world struct {
	dir    string
	people int
	seed   uint64
}

// registries are the two that the demo protects, as directories of the world.
var registries = []string{"youth", "civil"}

func (w world) path(parts ...string) string {
	return filepath.Join(append([]string{w.dir}, parts...)...)
}
func (w world) leak() string  { return w.path("leak", "leak.csv") }
func (w world) truth() string { return w.path("leak", "truth.csv") }

// strangers is the share of dump rows that are in no registry.
const strangers = 0.35

// make invents the country. A directory appears whole or not at all, so a
// crash half-way is simply done again.
func (w world) make(ctx context.Context) error {
	if _, err := os.Stat(w.dir); err == nil {
		return nil
	}
	tmp := w.dir + ".new"
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	if err := os.MkdirAll(tmp, 0o700); err != nil {
		return err
	}
	if _, err := (synth.Population{People: w.people, Seed: w.seed}).Write(ctx, tmp); err != nil {
		return fmt.Errorf("inventing people: %w", err)
	}
	leak := synth.Leak{Registry: tmp, Rows: w.rows(), Strangers: strangers, Seed: w.seed + 1}
	if _, err := leak.Write(ctx, filepath.Join(tmp, "leak")); err != nil {
		return fmt.Errorf("inventing the stolen extract: %w", err)
	}
	return os.Rename(tmp, w.dir)
}

// rows is the size of the stolen extract: a fifth of the people.
func (w world) rows() int { return max(60, w.people/5) }

// protect imports the registries that are not there yet and returns the
// bodies that answer for them.
func (w world) protect(ctx context.Context, data string, keys *seal.Keyring) ([]breach.Controller, error) {
	var owns []breach.Controller
	for _, name := range registries {
		dir := filepath.Join(data, "registries", name)
		reg, err := registry.Open(dir, keys)
		if errors.Is(err, breach.ErrNotFound) {
			if err = w.importOne(ctx, name, dir, keys); err == nil {
				reg, err = registry.Open(dir, keys)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("protecting registry %s: %w", name, err)
		}
		owns = append(owns, reg.Manifest().Controllers...)
		_ = reg.Close()
	}
	return owns, nil
}

func (w world) importOne(ctx context.Context, name, dir string, keys *seal.Keyring) error {
	var files [3]*os.File
	for i, f := range []string{"manifest.yaml", "persons.csv", "relations.csv"} {
		var err error
		if files[i], err = os.Open(w.path(name, f)); err != nil {
			return err
		}
		defer func() { _ = files[i].Close() }()
	}
	m, err := registry.ReadManifest(files[0])
	if err != nil {
		return err
	}
	_, _, err = registry.Import(ctx, registry.Options{
		Dir: dir, Manifest: m, Persons: files[1], Relations: files[2], Keys: keys, Now: time.Now().UTC(),
	})
	return err
}
