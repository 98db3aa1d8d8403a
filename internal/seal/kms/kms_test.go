package kms_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/internal/seal"
	"vigie/internal/seal/kms"
	"vigie/internal/seal/kms/kmstest"
)

func open(t *testing.T, id string) *kms.Key {
	t.Helper()
	k, err := kms.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A ring made, opened and rotated under KMS: what was sealed before still opens,
// KMS is asked once at a start, and no key lies in the clear.
func TestRingUnderKMS(t *testing.T) {
	s := kmstest.Start(t)
	src := seal.Source{Dir: filepath.Join(t.TempDir(), "keys"), Wrapper: open(t, kmstest.KeyARN)}
	first, err := src.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	box, err := first.SealField([]byte("a value"), "here")
	if err != nil {
		t.Fatal(err)
	}
	digest := first.Digest("person", "42")
	if err := src.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Calls()
	again, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if calls := s.Calls(); !slices.Equal(calls, []string{"Decrypt"}) {
		t.Errorf("opening asks KMS %v, want one Decrypt", calls)
	}
	if plain, err := again.OpenField(box, "here"); err != nil || string(plain) != "a value" {
		t.Errorf("after a rotation: %q, %v", plain, err)
	}
	if again.Digest("person", "42") != digest {
		t.Error("digests no longer meet after a rotation")
	}
	if src.WrappedBy() != kmstest.KeyARN {
		t.Errorf("wrapped by %q", src.WrappedBy())
	}
	holdsNoKey(t, src.Dir)
	// Without KMS the directory opens nothing.
	if _, err := (seal.Source{Dir: src.Dir}).Open(t.Context()); !errors.Is(err, seal.ErrKey) {
		t.Errorf("without KMS: %v, want ErrKey", err)
	}
	if _, err := (seal.Source{Dir: src.Dir}).Create(t.Context()); !errors.Is(err, seal.ErrKey) {
		t.Errorf("new keys are made beside wrapped ones: %v", err)
	}
}

func holdsNoKey(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("AGE-SECRET-KEY")) || bytes.Contains(raw, []byte("primaryKeyId")) {
			t.Errorf("%s holds a key in the clear", f.Name())
		}
	}
}

// Keys that lay in files are wrapped by a rotation, and everything they sealed
// still opens: nothing is imported again.
func TestFilesBecomeWrapped(t *testing.T) {
	kmstest.Start(t)
	dir := filepath.Join(t.TempDir(), "keys")
	local, err := seal.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	box, err := local.SealField([]byte("a value"), "here")
	if err != nil {
		t.Fatal(err)
	}
	src := seal.Source{Dir: dir, Wrapper: open(t, kmstest.KeyARN)}
	if _, err := src.Open(t.Context()); !errors.Is(err, seal.ErrInClear) {
		t.Fatalf("files in the clear: %v, want ErrInClear", err)
	}
	if err := src.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	holdsNoKey(t, dir)
	ring, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := ring.OpenField(box, "here"); err != nil || string(plain) != "a value" {
		t.Errorf("after wrapping: %q, %v", plain, err)
	}
}

// A rotation that KMS does not let end leaves the old ring as it was; one that
// was cut before the files in the clear were removed is ended by the next.
func TestRotationIsCut(t *testing.T) {
	s := kmstest.Start(t)
	src := seal.Source{Dir: filepath.Join(t.TempDir(), "keys"), Wrapper: open(t, kmstest.KeyARN)}
	ring, err := src.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	box, err := ring.SealField([]byte("a value"), "here")
	if err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(filepath.Join(src.Dir, "keyring.kms"))
	if err != nil {
		t.Fatal(err)
	}
	s.Fail("GenerateDataKey", "DisabledException")
	if err := src.Rotate(t.Context()); code(err) != "kms-disabled" {
		t.Fatalf("rotation with a disabled key: %v", err)
	}
	after, err := os.ReadFile(filepath.Join(src.Dir, "keyring.kms"))
	if err != nil || !bytes.Equal(before, after) {
		t.Error("a rotation that was refused changed the ring")
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if err := src.Rotate(stopped); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	// Cut between the new ring and the removal of the files: both are there.
	if _, err := seal.Create(src.Dir); err != nil {
		t.Fatal(err)
	}
	if ring, err = src.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if plain, err := ring.OpenField(box, "here"); err != nil || string(plain) != "a value" {
		t.Errorf("with files beside it the wrapped ring gives %q, %v", plain, err)
	}
	if !src.InClear() {
		t.Error("nobody says that keys lie in the clear")
	}
	if err := src.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	holdsNoKey(t, src.Dir)
}

// Moving to another key of KMS needs the former one named, once.
func TestMoveToAnotherKey(t *testing.T) {
	kmstest.Start(t)
	dir := filepath.Join(t.TempDir(), "keys")
	if _, err := (seal.Source{Dir: dir, Wrapper: open(t, kmstest.KeyARN)}).Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	moved := seal.Source{Dir: dir, Wrapper: open(t, kmstest.OtherARN)}
	if _, err := moved.Open(t.Context()); code(err) != "kms-other-key" {
		t.Fatalf("another key: %v, want kms-other-key", err)
	}
	if err := moved.Rotate(t.Context()); code(err) != "kms-other-key" {
		t.Fatalf("another key: %v, want kms-other-key", err)
	}
	moved.Former = open(t, kmstest.KeyARN)
	if err := moved.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	moved.Former = nil
	if _, err := moved.Open(t.Context()); err != nil {
		t.Errorf("after moving: %v", err)
	}
}

func TestAnswersOfKMS(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		answers    []string
		calls      int // with the SDK's own attempts
	}{
		{"no permission", "kms-denied", []string{"AccessDeniedException"}, 1},
		{"disabled", "kms-disabled", []string{"DisabledException"}, 1},
		{"pending deletion", "kms-state", []string{"KMSInvalidStateException"}, 1},
		{"another region", "kms-not-found", []string{"NotFoundException"}, 1},
		{"stale session", "kms-credentials", []string{"ExpiredTokenException"}, 1},
		{"unknown", "kms-refused", []string{"DryRunOperationException"}, 1},
		{"throttled for a while", "", []string{"ThrottlingException", "ThrottlingException 429"}, 3},
		{"down for a moment", "", []string{"KMSInternalException 500"}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := kmstest.Start(t)
			s.Fail("GenerateDataKey", tt.answers...)
			key, wrapped, by, err := open(t, kmstest.KeyARN).Wrap(t.Context(), "keyring")
			if code(err) != tt.want || tt.want == "" && (err != nil || len(key) != 32 || len(wrapped) == 0 || by != kmstest.KeyARN) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if n := len(s.Calls()); n != tt.calls {
				t.Errorf("%d calls, want %d", n, tt.calls)
			}
			if err != nil && strings.Contains(err.Error(), "said by the test") {
				t.Error("the error passes KMS's own words on")
			}
		})
	}
}

// The encryption context is bound to the key.
func TestWrongEncryptionContext(t *testing.T) {
	kmstest.Start(t)
	k := open(t, kmstest.KeyARN)
	_, wrapped, _, err := k.Wrap(t.Context(), "keyring")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Unwrap(t.Context(), wrapped, "something else"); code(err) != "kms-changed" {
		t.Errorf("another purpose: %v, want kms-changed", err)
	}
	if _, err := k.Unwrap(t.Context(), wrapped[1:], "keyring"); code(err) != "kms-changed" {
		t.Errorf("a changed key: %v, want kms-changed", err)
	}
}

func TestChangedFile(t *testing.T) {
	kmstest.Start(t)
	src := seal.Source{Dir: filepath.Join(t.TempDir(), "keys"), Wrapper: open(t, kmstest.KeyARN)}
	if _, err := src.Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(src.Dir, "keyring.kms")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"cut":            good[:len(good)/2],
		"empty":          nil,
		"another format": bytes.Replace(good, []byte(`"format": 1`), []byte(`"format": 2`), 1),
		"another key":    bytes.Replace(good, []byte("000000000001"), []byte("000000000009"), 1),
		"a short nonce":  bytes.Replace(good, []byte(`"nonce": "`), []byte(`"nonce": "AAAA`), 1),
	} {
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := src.Open(t.Context()); !errors.Is(err, seal.ErrKey) {
			t.Errorf("%s: %v, want ErrKey", name, err)
		}
	}
}

func TestOpenWithoutARegion(t *testing.T) {
	kmstest.Start(t)
	if _, err := kms.Open(t.Context(), "alias/vigie"); code(err) != "kms-region" {
		t.Errorf("got %v, want kms-region", err)
	}
	t.Setenv("AWS_REGION", "eu-west-3")
	if _, _, _, err := open(t, "alias/vigie").Wrap(t.Context(), "keyring"); err != nil {
		t.Errorf("an alias in a region: %v", err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if _, _, _, err := open(t, "alias/vigie").Wrap(t.Context(), "keyring"); code(err) != "kms-credentials" {
		t.Errorf("without credentials: %v, want kms-credentials", err)
	}
}

func code(err error) string {
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		return refused.Code
	}
	return ""
}
