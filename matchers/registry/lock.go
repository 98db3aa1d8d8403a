package registry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"vigie/internal/breach"
)

// lock keeps other processes from changing a registry until unlock: of two
// imports, one would sweep away what the other is about to put in force, and a
// purge beside an import would be undone by it. It goes with the process,
// however that ends. Readers need none.
func lock(dir string) (unlock func(), err error) {
	d, err := os.Open(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, fmt.Errorf("registry %s: %w", filepath.Base(dir), breach.ErrNotFound)
	case err != nil:
		return nil, fmt.Errorf("locking a registry: %w", err)
	}
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = d.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("registry %s is being changed by another process: %w", filepath.Base(dir), breach.ErrTemporary)
		}
		return nil, fmt.Errorf("locking a registry: %w", err)
	}
	return func() { _ = d.Close() }, nil
}

// untilDone is a reader that ends with its context.
type untilDone struct {
	context.Context
	r io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if err := u.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
