package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"vigie/internal/breach"
)

// Sealer encrypts blobs under a name that must be given again to open them.
type Sealer interface {
	Writer(dst io.Writer, name string) (io.WriteCloser, error)
	Reader(src io.Reader, name string) (io.Reader, error)
	ReaderAt(src io.ReaderAt, size int64, name string) (*io.SectionReader, error)
}

// Custodian keeps the chain of custody.
type Custodian interface {
	AddCustody(ctx context.Context, c breach.Custody) error
}

const (
	warcSuffix   = ".warc.gz" // of the names by which WARC files are known
	sealedSuffix = ".age"     // of files as they rest
	tempPrefix   = ".part-"
	headPrefix   = ".head-"
	// rememberMost bounds the addresses whose last payload is remembered for
	// revisits; forgetting one costs disk space, nothing else.
	rememberMost = 10_000
)

// Vault is a directory of sealed evidence: warc/ and dumps/. It is safe for
// concurrent use, by several processes too.
type Vault struct {
	dir     string
	keys    Sealer
	custody Custodian
	now     func() time.Time

	// MaxDump is the size in bytes above which an acquisition is refused.
	MaxDump int64

	open func(dir, pattern string) (file, error) // os.CreateTemp, but for tests

	remote  *remote    // nil: there are no copies
	copying sync.Mutex // one at a time

	mu   sync.Mutex
	last map[string]breach.Capture // by URL
}

// file is what a vault writes to.
type file interface {
	io.Writer
	Name() string
	Sync() error
	Close() error
	Fd() uintptr
}

// Open makes the directories if need be and removes what a crash left half
// written: temporary files that no living process holds.
func Open(dir string, keys Sealer, custody Custodian, now func() time.Time) (*Vault, error) {
	v := &Vault{dir: dir, keys: keys, custody: custody, now: now, MaxDump: 1 << 40,
		last: map[string]breach.Capture{},
		open: func(d, p string) (file, error) { return os.CreateTemp(d, p) }}
	for _, d := range []string{v.warcDir(), v.dumpDir()} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, fmt.Errorf("opening evidence: %w", err)
		}
		if err := sweep(d); err != nil {
			return nil, fmt.Errorf("opening evidence: %w", err)
		}
	}
	return v, nil
}

func (v *Vault) warcDir() string { return filepath.Join(v.dir, "warc") }
func (v *Vault) dumpDir() string { return filepath.Join(v.dir, "dumps") }

// List returns the names of the sealed WARC files and dumps, oldest name first.
func (v *Vault) List() (warcs []string, dumps []breach.DumpID, err error) {
	ws, err := filepath.Glob(filepath.Join(v.warcDir(), "*"+warcSuffix+sealedSuffix))
	if err != nil {
		return nil, nil, fmt.Errorf("listing evidence: %w", err)
	}
	ds, err := filepath.Glob(filepath.Join(v.dumpDir(), "*"+sealedSuffix))
	if err != nil {
		return nil, nil, fmt.Errorf("listing evidence: %w", err)
	}
	for _, w := range ws {
		if !strings.HasPrefix(filepath.Base(w), tempPrefix) {
			warcs = append(warcs, strings.TrimSuffix(filepath.Base(w), sealedSuffix))
		}
	}
	for _, d := range ds {
		if !strings.HasPrefix(filepath.Base(d), tempPrefix) {
			dumps = append(dumps, breach.DumpID(strings.TrimSuffix(filepath.Base(d), sealedSuffix)))
		}
	}
	return warcs, dumps, nil
}

// Renewal is after how long an unchanged body is kept once more, and not as a
// revisit of an earlier record: so retention by age never takes a body away that
// a capture within its own retention needs, if it waits so much longer. The
// copy costs next to nothing, see pack.go.
const Renewal = 24 * time.Hour

// earlier finds the record that holds the same payload of an address.
func (v *Vault) earlier(url, digest string, at time.Time) (breach.Capture, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	c, ok := v.last[url]
	return c, ok && c.Digest == digest && at.Sub(c.At).Abs() < Renewal
}

// remember notes captures whose records hold their payload and are durable now.
func (v *Vault) remember(captures []breach.Capture) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range captures {
		if len(v.last) >= rememberMost {
			clear(v.last)
		}
		v.last[c.URL] = c
	}
}

// sweep removes temporary files whose lock is free: their writer is gone.
func sweep(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, tempPrefix+"*"))
	if err != nil {
		return err
	}
	for _, name := range left {
		f, err := os.Open(name)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			err = os.Remove(name)
		}
		_ = f.Close()
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

func warcDate(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

func cutPort(address string) (host, port string, ok bool) {
	host, port, err := net.SplitHostPort(address)
	return host, port, err == nil && net.ParseIP(host) != nil
}
