package blob_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"vigie/internal/blob"
	"vigie/internal/blob/blobtest"
	"vigie/internal/breach"
)

// TestFaults: what passes is tried again, what does not has its kind, and a
// hand-over whose answer was lost is known when it is repeated.
func TestFaults(t *testing.T) {
	t.Parallel()
	real := blobtest.Serve(t).Bucket(t, "objects", true)
	for _, c := range []struct {
		name  string
		fault blobtest.Fault
		times int32 // how many requests it hits
		made  bool
		want  error
	}{
		{"one 500", blobtest.Broken, 1, true, nil},
		{"two slow downs", blobtest.SlowDown, 2, true, nil},
		{"a cut connection", blobtest.Cut, 1, true, nil},
		{"a lost answer", blobtest.Lost, 1, false, nil},
		{"500 for good", blobtest.Broken, 99, false, breach.ErrTemporary},
		{"cut for good", blobtest.Cut, 99, false, breach.ErrTemporary},
		{"denied", blobtest.Denied, 99, false, breach.ErrForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int32
			s := blobtest.Open(t, blobtest.Faulty(t, real, func(*http.Request) blobtest.Fault {
				if n.Add(1) <= c.times {
					return c.fault
				}
				return blobtest.None
			}))
			key := strings.ReplaceAll(c.name, " ", "-")
			made, err := s.Put(t.Context(), key, strings.NewReader("text"), 4, blob.Options{})
			if !errors.Is(err, c.want) || made != c.made {
				t.Fatalf("made %v, %v; want %v, %v", made, err, c.made, c.want)
			}
			if err != nil && (strings.Contains(err.Error(), real.Secret) || strings.Contains(err.Error(), "127.0.0.1")) {
				t.Errorf("an error tells a secret or an address: %v", err)
			}
			if err == nil {
				if info, err := blobtest.Open(t, real).Stat(t.Context(), key); err != nil || info.Size != 4 {
					t.Errorf("the service holds %+v, %v", info, err)
				}
			}
		})
	}
}

func TestShortAnswer(t *testing.T) {
	t.Parallel()
	real := blobtest.Serve(t).Bucket(t, "objects", false)
	s := blobtest.Open(t, blobtest.Faulty(t, real, func(r *http.Request) blobtest.Fault {
		if r.Method == http.MethodGet {
			return blobtest.Short
		}
		return blobtest.None
	}))
	text := strings.Repeat("0123456789", 1<<16)
	if _, err := s.Put(t.Context(), "whole", strings.NewReader(text), int64(len(text)), blob.Options{}); err != nil {
		t.Fatal(err)
	}
	rc, err := s.Open(t.Context(), "whole")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rc.Close() }()
	if _, err := io.ReadAll(rc); !errors.Is(err, breach.ErrTemporary) {
		t.Errorf("half an object: got %v, want ErrTemporary", err)
	}
}

// TestPartsLost cuts a large object off in the middle: nothing may be there.
func TestPartsLost(t *testing.T) {
	t.Parallel()
	real := blobtest.Serve(t).Bucket(t, "objects", false)
	s := blobtest.Open(t, blobtest.Faulty(t, real, func(r *http.Request) blobtest.Fault {
		if r.URL.Query().Get("partNumber") == "2" {
			return blobtest.Denied
		}
		return blobtest.None
	}))
	size := int64(17 << 20)
	if _, err := s.Put(t.Context(), "large", strings.NewReader(strings.Repeat("x", int(size))), size, blob.Options{}); !errors.Is(err, breach.ErrForbidden) {
		t.Errorf("got %v, want ErrForbidden", err)
	}
	if _, err := blobtest.Open(t, real).Stat(t.Context(), "large"); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("half an object is there: %v", err)
	}
}

// TestNoObjectLock: a bucket without object lock refuses to pretend.
func TestNoObjectLock(t *testing.T) {
	t.Parallel()
	server := blobtest.Serve(t)
	for name, want := range map[string]bool{"plain": false, "locked": true} {
		s := blobtest.Open(t, server.Bucket(t, name, want))
		if got, err := s.Locks(t.Context()); err != nil || got != want {
			t.Errorf("%s: locks %v, %v; want %v", name, got, err, want)
		}
	}
}

func TestWrongSecret(t *testing.T) {
	t.Parallel()
	cfg := blobtest.Serve(t).Bucket(t, "objects", false)
	cfg.Secret = "not-the-secret-of-anybody"
	_, err := blobtest.Open(t, cfg).Put(t.Context(), "key", strings.NewReader("x"), 1, blob.Options{})
	if !errors.Is(err, breach.ErrForbidden) || strings.Contains(err.Error(), cfg.Secret) || strings.Contains(err.Error(), cfg.KeyID) {
		t.Errorf("got %v, want ErrForbidden without a credential", err)
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	sound := blob.S3Config{Endpoint: "https://s3.example.org", Region: "fr-1", Bucket: "b"}
	if _, err := blob.OpenS3(t.Context(), sound); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*blob.S3Config){
		"no bucket":          func(c *blob.S3Config) { c.Bucket = "" },
		"no region":          func(c *blob.S3Config) { c.Region = "" },
		"plain http":         func(c *blob.S3Config) { c.Endpoint = "http://s3.example.org" },
		"name that looks so": func(c *blob.S3Config) { c.Endpoint = "http://127.0.0.1.example.org" },
		"secret in address":  func(c *blob.S3Config) { c.Endpoint = "https://a:b@s3.example.org" },
		"path":               func(c *blob.S3Config) { c.Endpoint = "https://s3.example.org/b" },
		"prefix":             func(c *blob.S3Config) { c.Prefix = "../x" },
		"half credentials":   func(c *blob.S3Config) { c.KeyID = "k" },
		"encryption":         func(c *blob.S3Config) { c.Encryption = "rot13" },
		"kms key alone":      func(c *blob.S3Config) { c.KMSKey = "k" },
		"mode":               func(c *blob.S3Config) { c.Mode = "SOFT" },
	} {
		cfg := sound
		change(&cfg)
		if _, err := blob.OpenS3(t.Context(), cfg); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

// TestStaysHere: a client whose context has ended sends nothing.
func TestStaysHere(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	cfg := blobtest.Faulty(t, blob.S3Config{Endpoint: "http://127.0.0.1:1", Region: "r", Bucket: "b", KeyID: "k", Secret: "s", PathStyle: true},
		func(*http.Request) blobtest.Fault { asked.Add(1); return blobtest.Broken })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := blobtest.Open(t, cfg).Open(ctx, "key"); !errors.Is(err, context.Canceled) || asked.Load() != 0 {
		t.Errorf("%v after %d requests", err, asked.Load())
	}
}
