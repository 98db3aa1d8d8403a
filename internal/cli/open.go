package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/seal"
	"vigie/matchers/registry"
	"vigie/workflows/activity"
)

// load reads the configuration.
func (s *session) load() (app.Config, error) {
	cfg, err := app.Load(s.globals.Config, s.globals.Data)
	if err != nil {
		return cfg, usageError{err}
	}
	return cfg, nil
}

// open opens what every command shares, making it when it is not there.
func (s *session) open() (*app.App, error) {
	cfg, err := s.load()
	if err != nil {
		return nil, err
	}
	return app.Open(s, cfg, s.log)
}

// existing opens what is there already. A command that only looks must not
// make a data directory where a name was mistyped.
func (s *session) existing() (*app.App, error) {
	cfg, err := s.load()
	if err != nil {
		return nil, err
	}
	if cfg.Database == "" && !exists(filepath.Join(cfg.Data, "vigie.db")) {
		return nil, usage("nothing is kept in %s: --data names another directory; vigie serve, vigie demo or vigie user add makes one", cfg.Data)
	}
	return app.Open(s, cfg, s.log)
}

// withRegistries opens what is there already, also where registries are all
// there is.
func (s *session) withRegistries() (*app.App, error) {
	cfg, err := s.load()
	if err != nil {
		return nil, err
	}
	if exists(registriesDir(cfg)) {
		return app.Open(s, cfg, s.log)
	}
	return s.existing()
}

// equip opens everything but the engine. make allows what is not there yet.
func (s *session) equip(make bool) (*app.App, error) {
	open := s.existing
	if make {
		open = s.open
	}
	a, err := open()
	if err != nil {
		return nil, err
	}
	if err := a.Equip(s); err != nil {
		_ = a.Close()
		return nil, err
	}
	return a, nil
}

// registries opens the named registries of the data directory, in order.
func (s *session) registries(cfg app.Config, names ...string) ([]*activity.Protected, error) {
	dir := registriesDir(cfg)
	known, err := registry.List(dir)
	if err != nil {
		return nil, err
	}
	have := make([]string, len(known))
	for i, n := range known {
		have[i] = string(n)
	}
	for _, n := range names {
		if !slices.Contains(have, n) {
			return nil, usage("no registry %q in %s: there is %s; vigie registry import makes one", n, cfg.Data, listed(have))
		}
	}
	keys, err := openKeys(s, cfg)
	if err != nil {
		return nil, err
	}
	regs, done, err := s.watched(cfg, keys)
	if err != nil {
		return nil, err
	}
	defer done()
	out := make([]*activity.Protected, len(names))
	for i, n := range names {
		if out[i], err = regs.Open(breach.RegistryID(n)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// watched opens registries under the eyes of the database that knows which
// versions were in force, where there is one.
func (s *session) watched(cfg app.Config, keys *seal.Keyring) (regs *activity.Registries, done func(), err error) {
	regs = &activity.Registries{Dir: registriesDir(cfg), Keys: keys}
	if cfg.Database == "" && !exists(filepath.Join(cfg.Data, "vigie.db")) {
		return regs, func() {}, nil
	}
	a, err := app.Open(s, cfg, s.log)
	if err != nil {
		return nil, nil, err
	}
	regs.Seen, regs.Models = a.Store, a.Store
	return regs, func() { _ = a.Close() }, nil
}

func registriesDir(cfg app.Config) string { return filepath.Join(cfg.Data, "registries") }

// openKeys opens keys that must be there already.
func openKeys(ctx context.Context, cfg app.Config) (*seal.Keyring, error) {
	keys, err := app.OpenKeys(ctx, cfg)
	return keys, noKeys(cfg, err)
}

// noKeys says where keys were looked for and were not.
func noKeys(cfg app.Config, err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("no keys in %s: %w", cfg.Keys, seal.ErrKey)
	}
	return err
}

// input opens a file that was named to be read, and says what is wrong with it
// in a reason code.
func input(path string) (*os.File, error) {
	refuse := func(code, hint string) error {
		return &breach.RefusedError{Code: code, What: path, Hint: hint}
	}
	f, err := os.Open(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, refuse("missing", "there is no such file: check the name")
	case errors.Is(err, os.ErrPermission):
		return nil, refuse("unreadable", "this user may not read it: check its owner and mode")
	case err != nil:
		return nil, refuse("unreadable", "the system says: "+reason(err))
	}
	st, err := f.Stat()
	if err != nil || st.IsDir() {
		_ = f.Close()
		return nil, refuse("not-a-file", "a file was expected; this is a directory")
	}
	return f, nil
}

// reason is the system's words without the path.
func reason(err error) string {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// document prints one JSON document.
func (s *session) document(v any) error {
	enc := json.NewEncoder(s.std.Out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// lines encodes one JSON object a line.
func lines(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

// stdin reads standard input, and stops when the command is interrupted: a
// terminal would keep it waiting for ever.
func (s *session) stdin() io.Reader { return &interruptible{Context: s, in: s.std.In} }

type interruptible struct {
	context.Context
	in   io.Reader
	buf  [64 << 10]byte
	rest []byte
	done chan result
}

type result struct {
	n   int
	err error
}

// Read reads into a buffer of its own, which an abandoned read may still fill.
func (r *interruptible) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.done == nil {
			r.done = make(chan result, 1)
		}
		go func() {
			n, err := r.in.Read(r.buf[:])
			r.done <- result{n, err}
		}()
		select {
		case <-r.Done():
			return 0, r.Err()
		case got := <-r.done:
			if got.n == 0 {
				return 0, got.err
			}
			r.rest = r.buf[:got.n] // an error comes again
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// now is the clock of the command line, in UTC.
func now() time.Time { return time.Now().UTC() }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
