package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"vigie/internal/breach"
)

// maxMaildir is how many messages one pass takes.
const maxMaildir = 1000

// Maildir gives each new message of a maildir to do, the oldest first, and
// moves it to cur when do took it or refused it for good; another error leaves
// it where it is and ends the pass. Nothing but regular files is opened.
func Maildir(dir string, do func(Filing, error) error) (taken int, err error) {
	entries, err := os.ReadDir(filepath.Join(dir, "new"))
	if err != nil {
		return 0, fmt.Errorf("reading maildir: %w", err)
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int {
		if a.Name() < b.Name() {
			return -1
		}
		return 1
	})
	for _, e := range entries[:min(len(entries), maxMaildir)] {
		if !e.Type().IsRegular() {
			continue
		}
		path := filepath.Join(dir, "new", e.Name())
		in, err := os.Open(path)
		if err != nil {
			return taken, fmt.Errorf("reading maildir: %w", err)
		}
		f, merr := Mail(in)
		_ = in.Close()
		if err := do(f, merr); err != nil && !errors.Is(err, breach.ErrInvalid) {
			return taken, err
		}
		if err := os.Rename(path, filepath.Join(dir, "cur", e.Name()+":2,S")); err != nil {
			return taken, fmt.Errorf("reading maildir: %w", err)
		}
		taken++
	}
	return taken, nil
}
