package cli

import (
	"errors"
	"fmt"
	"path/filepath"

	"vigie/internal/app"
	"vigie/internal/seal"
	"vigie/matchers/registry"
)

// keyCmd looks after keys.
type keyCmd struct {
	Rotate keyRotateCmd `cmd:"" help:"Add new keys: everything is written with them from now on, what is there still opens."`
}

type keyRotateCmd struct{}

// Help shows an example.
func (keyRotateCmd) Help() string { return "Example:\n  vigie key rotate --config vigie.yaml" }

// Run rotates the keys.
func (keyRotateCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	if _, err := openKeys(cfg); err != nil {
		return err
	}
	if err := seal.Rotate(cfg.Keys); err != nil {
		return err
	}
	if err := rewrap(cfg); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.std.Out, "new keys are in use; restart vigie serve, and back the key directory up apart from the data")
	return err
}

// rewrap wraps the registries' data keys with the new keys: some hundred bytes
// each, whatever their size.
func rewrap(cfg app.Config) error {
	keys, err := seal.Open(cfg.Keys)
	if err != nil {
		return err
	}
	dir := filepath.Join(cfg.Data, "registries")
	names, err := registry.List(dir)
	if err != nil {
		return err
	}
	var failed []error // one that does not open keeps no other on its old key
	for _, name := range names {
		failed = append(failed, registry.Rewrap(filepath.Join(dir, string(name)), keys))
	}
	return errors.Join(failed...)
}
