package seal_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"vigie/internal/seal"
)

// plainWrapper wraps nothing: it gives the key back that it is handed.
type plainWrapper struct{}

func (plainWrapper) Wrap(context.Context, string) (key, wrapped []byte, by string, err error) {
	key = bytes.Repeat([]byte{7}, 32)
	return key, bytes.Clone(key), "key-1", nil
}

func (plainWrapper) Unwrap(_ context.Context, wrapped []byte, _ string) ([]byte, error) {
	return bytes.Clone(wrapped), nil
}

// FuzzWrapped: whatever stands in the wrapped ring's file opens or is ErrKey.
func FuzzWrapped(f *testing.F) {
	dir := f.TempDir()
	src := seal.Source{Dir: dir, Wrapper: plainWrapper{}}
	if _, err := src.Create(context.Background()); err != nil {
		f.Fatal(err)
	}
	path := filepath.Join(dir, "keyring.kms")
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"format":1,"key":"","nonce":"","box":""}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := src.Open(t.Context()); err != nil && !errors.Is(err, seal.ErrKey) {
			t.Errorf("got %v, want ErrKey", err)
		}
	})
}
