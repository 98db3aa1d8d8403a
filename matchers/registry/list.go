package registry

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"vigie/internal/breach"
)

// List names the registries under a directory, sorted. A directory that does
// not exist holds none.
func List(dir string) ([]breach.RegistryID, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing registries: %w", err)
	}
	var out []breach.RegistryID
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, e.Name(), currentFile)); err == nil {
			out = append(out, breach.RegistryID(e.Name()))
		}
	}
	slices.Sort(out)
	return out, nil
}

// InForce returns the version that is in force in a registry's directory: an
// import in another process shows there first.
func InForce(dir string) (int, error) {
	cur, err := readCurrent(dir)
	return cur.Version, err
}
