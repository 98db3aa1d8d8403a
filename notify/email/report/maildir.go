package report

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/email"
)

// Limits of one call of Outcomes.
const (
	maxFiles   = 1000    // mails looked at
	listed     = 100_000 // names read, of which the oldest are taken
	maxPending = 64      // batches that nobody has settled yet
)

// Maildir takes in the reports that a mail server delivers to a directory in
// Maildir form: files appear in new/, complete. A report that was settled is
// removed, since it holds the reader's address and the ledger holds what
// matters; everything else moves to cur/, for a person to read.
//
// It may be used by many goroutines and processes: who removes a report is who
// counts it.
type Maildir struct {
	root    *os.Root
	ret     email.Return
	quality *email.Quality

	mu      sync.Mutex
	serial  int
	pending map[string][]taken // by cursor
}

// taken is a report that was handed out and not yet settled.
type taken struct {
	name string
	code string
}

// OpenMaildir opens a directory, making it when it is not there. Bounces and
// complaints are counted in quality.
func OpenMaildir(dir string, ret email.Return, quality *email.Quality) (*Maildir, error) {
	for _, sub := range []string{"new", "cur", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("opening the reports: %w", err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the reports: %w", err)
	}
	return &Maildir{root: root, ret: ret, quality: quality, pending: map[string][]taken{}}, nil
}

// Close closes the directory.
func (m *Maildir) Close() error { return m.root.Close() }

// Outcomes returns what the next reports say and a cursor. Asking again with
// that cursor tells that they are settled: only then are they removed, so that
// a crash in between has them read again. The first cursor is "".
func (m *Maildir) Outcomes(ctx context.Context, cursor string) ([]notify.Outcome, string, error) {
	m.settled(cursor)
	for range listed / maxFiles {
		names, err := m.names()
		if err != nil {
			return nil, cursor, fmt.Errorf("reading the reports: %w: %w", breach.ErrTemporary, quietly(err))
		}
		list, done, err := m.take(ctx, names)
		if err != nil {
			return nil, cursor, err
		}
		if len(list) > 0 {
			return list, m.handOut(done), nil
		}
		if len(names) < maxFiles {
			break
		}
	}
	return nil, cursor, nil
}

// take parses files. What is no verdict on one of our messages is put aside.
func (m *Maildir) take(ctx context.Context, names []string) (list []notify.Outcome, done []taken, err error) {
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		switch r, err := m.parse(name); {
		case errors.Is(err, fs.ErrNotExist): // another process was faster
		case err != nil || r.Key == "" || r.State == "":
			_ = m.root.Rename("new/"+name, "cur/"+strings.TrimSuffix(name, ":2,")+":2,")
		default:
			list = append(list, notify.Outcome{Key: r.Key, State: r.State, Code: r.Code})
			done = append(done, taken{name, r.Code})
		}
	}
	return list, done, nil
}

// names lists up to maxFiles mails, oldest names first.
func (m *Maildir) names() ([]string, error) {
	dir, err := m.root.Open("new")
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }()
	list, err := dir.Readdirnames(listed)
	if len(list) == 0 && err != nil {
		return nil, nil // io.EOF: empty
	}
	list = slices.DeleteFunc(list, func(s string) bool { return strings.HasPrefix(s, ".") })
	slices.Sort(list)
	return list[:min(len(list), maxFiles)], nil
}

func (m *Maildir) parse(name string) (Report, error) {
	info, err := m.root.Lstat("new/" + name)
	if err != nil {
		return Report{}, err
	}
	if !info.Mode().IsRegular() {
		return Report{}, breach.ErrInvalid
	}
	f, err := m.root.Open("new/" + name)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = f.Close() }()
	return Parse(f, m.ret)
}

// handOut remembers a batch until it is settled, and names it.
func (m *Maildir) handOut(done []taken) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.pending) >= maxPending { // abandoned ones: their files are still there
		clear(m.pending)
	}
	m.serial++
	cursor := strconv.Itoa(m.serial)
	m.pending[cursor] = done
	return cursor
}

// settled removes the reports of a batch and counts them.
func (m *Maildir) settled(cursor string) {
	m.mu.Lock()
	done := m.pending[cursor]
	delete(m.pending, cursor)
	m.mu.Unlock()
	for _, t := range done {
		if m.root.Remove("new/"+t.name) != nil {
			continue
		}
		m.quality.Count(t.code)
	}
}

// quietly drops the path of an error: the name of a mail may hold an address.
func quietly(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
