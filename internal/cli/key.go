package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"vigie/internal/app"
	"vigie/internal/seal/kms"
	"vigie/matchers/registry"
)

// keyCmd looks after keys.
type keyCmd struct {
	Rotate keyRotateCmd `cmd:"" help:"Add new keys: everything is written with them from now on, what is there still opens."`
}

type keyRotateCmd struct {
	From string `help:"KMS key that wraps the keyring until now, when kms.key names another." placeholder:"KEY"`
}

// Help shows examples.
func (keyRotateCmd) Help() string {
	return "With kms.key in the configuration the keyring is wrapped by a key of AWS KMS and opened at the start alone; keys that lay in files until then are wrapped, and the files removed. Region, credentials and endpoint are the AWS SDK's own (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL_KMS). Nothing is imported again: registries' data keys are wrapped anew.\n\nExamples:\n  vigie key rotate --config vigie.yaml\n  vigie key rotate --config vigie.yaml --from alias/vigie-2030"
}

// Run rotates the keys.
func (c keyRotateCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	src, err := app.KeySource(s, cfg)
	if err != nil {
		return err
	}
	if c.From != "" {
		if src.Wrapper == nil {
			return usage("--from: kms.key names no key to move to")
		}
		if src.Former, err = kms.Open(s, c.From); err != nil {
			return err
		}
	}
	if err := src.Rotate(s); err != nil {
		return noKeys(cfg, err)
	}
	if err := rewrap(s, cfg); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.std.Out, "new keys are in use; restart vigie serve, and back the key directory up apart from the data")
	return err
}

// rewrap wraps the registries' data keys with the new keys: some hundred bytes
// each, whatever their size.
func rewrap(ctx context.Context, cfg app.Config) error {
	keys, err := app.OpenKeys(ctx, cfg)
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
