// Package blobtest holds the suite that every store of objects passes, and
// starts a real S3 server for it.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vigie/internal/blob"
	"vigie/internal/breach"
)

// Run runs the suite. open returns a store over the same objects each time, as
// after a restart; large is a size in bytes that makes it send parts, or any.
func Run(t *testing.T, open func(t *testing.T) blob.Store, large int) {
	t.Run("put, open, stat", func(t *testing.T) { putOpen(t, open) })
	t.Run("the first wins", func(t *testing.T) { firstWins(t, open) })
	t.Run("replace", func(t *testing.T) { replaces(t, open) })
	t.Run("list", func(t *testing.T) { lists(t, open) })
	t.Run("delete", func(t *testing.T) { deletes(t, open) })
	t.Run("retention", func(t *testing.T) { retains(t, open) })
	t.Run("legal hold", func(t *testing.T) { holds(t, open) })
	t.Run("large", func(t *testing.T) { keepsLarge(t, open, large) })
	t.Run("a body cut short", func(t *testing.T) { cutShort(t, open) })
	t.Run("hostile keys", func(t *testing.T) { hostileKeys(t, open) })
	t.Run("a cancelled context", func(t *testing.T) { cancelled(t, open) })
}

func put(t *testing.T, s blob.Store, key, text string, o blob.Options) bool {
	t.Helper()
	made, err := s.Put(t.Context(), key, strings.NewReader(text), int64(len(text)), o)
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	return made
}

func read(t *testing.T, s blob.Store, key string) string {
	t.Helper()
	rc, err := s.Open(t.Context(), key)
	if err != nil {
		t.Fatalf("open %s: %v", key, err)
	}
	data, err := io.ReadAll(rc)
	if err = errors.Join(err, rc.Close()); err != nil {
		t.Fatalf("read %s: %v", key, err)
	}
	return string(data)
}

func absent(t *testing.T, s blob.Store, key string) {
	t.Helper()
	if _, err := s.Stat(t.Context(), key); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("stat %s: got %v, want ErrNotFound", key, err)
	}
	if rc, err := s.Open(t.Context(), key); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("open %s: got %v, want ErrNotFound", key, err)
		if err == nil {
			_ = rc.Close()
		}
	}
}

func keys(t *testing.T, s blob.Store, prefix, after string) []string {
	t.Helper()
	var all []string
	for info, err := range s.List(t.Context(), prefix, after) {
		if err != nil {
			t.Fatalf("list %q: %v", prefix, err)
		}
		all = append(all, info.Key)
	}
	return all
}

func putOpen(t *testing.T, open func(*testing.T) blob.Store) {
	s := open(t)
	absent(t, s, "one/of.two")
	before := time.Now().Add(-2 * time.Second)
	if !put(t, s, "one/of.two", "text", blob.Options{ContentType: "text/plain; charset=utf-8"}) || !put(t, s, "empty", "", blob.Options{}) {
		t.Error("made is false for new objects")
	}
	if got := read(t, open(t), "one/of.two"); got != "text" {
		t.Errorf("got %q", got)
	}
	if got := read(t, s, "empty"); got != "" {
		t.Errorf("empty holds %q", got)
	}
	info, err := s.Stat(t.Context(), "one/of.two")
	if err != nil || info.Key != "one/of.two" || info.Size != 4 || info.At.Before(before) || info.Hold || !info.Until.IsZero() {
		t.Errorf("stat: %+v, %v", info, err)
	}
}

func firstWins(t *testing.T, open func(*testing.T) blob.Store) {
	const n = 8
	var made atomic.Int32
	var wg sync.WaitGroup
	for i := range n {
		s := open(t)
		wg.Go(func() {
			text := fmt.Sprintf("writer %d", i)
			for { // who loses to a writer that is not done asks again
				ok, err := s.Put(t.Context(), "race", strings.NewReader(text), int64(len(text)), blob.Options{})
				if ok {
					made.Add(1)
				}
				if !errors.Is(err, breach.ErrTemporary) {
					if err != nil {
						t.Error(err)
					}
					return
				}
			}
		})
	}
	wg.Wait()
	if made.Load() != 1 {
		t.Errorf("%d writers made it, want 1", made.Load())
	}
	first := read(t, open(t), "race")
	if put(t, open(t), "race", "later", blob.Options{}) || read(t, open(t), "race") != first {
		t.Error("a later writer replaced the first")
	}
}

func replaces(t *testing.T, open func(*testing.T) blob.Store) {
	s := open(t)
	for _, text := range []string{"old and longer", "new"} {
		if !put(t, s, "page.html", text, blob.Options{Replace: true, CacheFor: time.Minute}) || read(t, s, "page.html") != text {
			t.Errorf("%q is not there", text)
		}
	}
}

func lists(t *testing.T, open func(*testing.T) blob.Store) {
	s := open(t)
	want := []string{"l/a", "l/b-1", "l/b.x", "l/b/1", "l/b/2", "l/b/2.y", "l/b0"}
	for _, key := range slices.Backward(want) {
		put(t, s, key, key, blob.Options{})
	}
	put(t, s, "lone", "", blob.Options{})
	for _, c := range []struct {
		prefix, after string
		want          []string
	}{
		{"l/", "", want},
		{"l/b", "", want[1:]},
		{"l/b/", "", want[3:6]},
		{"l/b/", "l/b/1", want[4:6]},
		{"l/", "l/b.x", want[3:]},
		{"l/", "l/b0", nil},
		{"none/", "", nil},
	} {
		if got := keys(t, s, c.prefix, c.after); !slices.Equal(got, c.want) {
			t.Errorf("list %q after %q: got %v, want %v", c.prefix, c.after, got, c.want)
		}
	}
	for _, err := range s.List(t.Context(), "l/", "") {
		if err != nil {
			t.Error(err)
		}
		break // who has seen enough may stop
	}
}

func deletes(t *testing.T, open func(*testing.T) blob.Store) {
	s := open(t)
	put(t, s, "d/1", "a", blob.Options{})
	put(t, s, "d/1", "b", blob.Options{Replace: true})
	put(t, s, "d/11", "other", blob.Options{})
	for range 2 {
		if err := s.Delete(t.Context(), "d/1"); err != nil {
			t.Fatal(err)
		}
		absent(t, s, "d/1")
	}
	if got := keys(t, s, "d/", ""); !slices.Equal(got, []string{"d/11"}) {
		t.Errorf("left: %v", got)
	}
	if !put(t, s, "d/1", "again", blob.Options{}) {
		t.Error("a key that was deleted is still taken")
	}
}

func refusedLocked(t *testing.T, s blob.Store, key string) {
	t.Helper()
	var refused *breach.RefusedError
	if err := s.Delete(t.Context(), key); !errors.As(err, &refused) || refused.Code != "locked" {
		t.Errorf("delete %s: got %v, want a refusal with code locked", key, err)
	}
	if _, err := s.Stat(t.Context(), key); err != nil {
		t.Errorf("%s is gone: %v", key, err)
	}
}

func retains(t *testing.T, open func(*testing.T) blob.Store) {
	s := open(t)
	until := time.Now().Add(3 * time.Second).UTC().Truncate(time.Second)
	put(t, s, "r/new", "x", blob.Options{Until: until})
	put(t, s, "r/old", "x", blob.Options{})
	put(t, s, "r/old", "x", blob.Options{Until: until}) // held already: the lock is added
	if err := s.Lock(t.Context(), "r/new", until.Add(-time.Second)); err != nil {
		t.Errorf("a shorter retention: %v", err)
	}
	for _, key := range []string{"r/new", "r/old"} {
		info, err := open(t).Stat(t.Context(), key)
		if err != nil || !info.Until.Equal(until) {
			t.Errorf("%s: until %v, want %v, %v", key, info.Until, until, err)
		}
		refusedLocked(t, open(t), key)
	}
	time.Sleep(time.Until(until) + 500*time.Millisecond)
	for _, key := range []string{"r/new", "r/old"} {
		if err := open(t).Delete(t.Context(), key); err != nil {
			t.Errorf("after its retention: %v", err)
		}
		absent(t, s, key)
	}
	if err := s.Lock(t.Context(), "r/none", until); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("locking nothing: %v", err)
	}
}

func holds(t *testing.T, open func(*testing.T) blob.Store) {
	s := open(t)
	put(t, s, "h/1", "x", blob.Options{})
	if err := s.Hold(t.Context(), "h/1", true); err != nil {
		t.Fatal(err)
	}
	if info, err := s.Stat(t.Context(), "h/1"); err != nil || !info.Hold {
		t.Errorf("stat: %+v, %v", info, err)
	}
	refusedLocked(t, open(t), "h/1")
	if err := errors.Join(s.Hold(t.Context(), "h/1", false), s.Delete(t.Context(), "h/1")); err != nil {
		t.Errorf("after the hold: %v", err)
	}
	absent(t, s, "h/1")
	if err := s.Hold(t.Context(), "h/none", true); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("holding nothing: %v", err)
	}
}

func keepsLarge(t *testing.T, open func(*testing.T) blob.Store, size int) {
	s := open(t)
	data := bytes.Repeat([]byte("0123456789abcdef"), size/16+1)[:size]
	for i, want := range []bool{true, false} {
		made, err := s.Put(t.Context(), "large/1", bytes.NewReader(data), int64(len(data)), blob.Options{})
		if err != nil || made != want {
			t.Fatalf("time %d: made %v, %v", i+1, made, err)
		}
	}
	if got := read(t, s, "large/1"); got != string(data) {
		t.Errorf("%d bytes came back of %d, or others", len(got), size)
	}
	_, err := s.Put(t.Context(), "large/cut", bytes.NewReader(data[:size-1]), int64(size), blob.Options{})
	if err == nil {
		t.Error("a body that ends early was kept")
	}
	absent(t, s, "large/cut")
}

func cutShort(t *testing.T, open func(*testing.T) blob.Store) {
	s := open(t)
	if _, err := s.Put(t.Context(), "cut", strings.NewReader("abc"), 4, blob.Options{}); err == nil {
		t.Error("a body that ends early was kept")
	}
	absent(t, s, "cut")
}

func hostileKeys(t *testing.T, open func(*testing.T) blob.Store) {
	s := open(t)
	for _, key := range []string{"", "/", "/a", "a/", "a//b", "..", "../x", "a/../../x", "a/./b", ".lock-x", "a/.writing-1", "a\x00", "a b", "é", "a\nb", `a\b`, strings.Repeat("k", blob.MaxKey+1)} {
		_, err := s.Put(t.Context(), key, strings.NewReader("x"), 1, blob.Options{})
		_, serr := s.Stat(t.Context(), key)
		rc, oerr := s.Open(t.Context(), key)
		if oerr == nil {
			_ = rc.Close()
		}
		for _, err := range []error{err, serr, oerr, s.Delete(t.Context(), key), s.Lock(t.Context(), key, time.Now()), s.Hold(t.Context(), key, true)} {
			if !errors.Is(err, breach.ErrInvalid) {
				t.Errorf("key %q: got %v, want ErrInvalid", key, err)
			}
		}
	}
}

func cancelled(t *testing.T, open func(*testing.T) blob.Store) {
	s := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Put(ctx, "cancelled", strings.NewReader("x"), 1, blob.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	absent(t, s, "cancelled")
	for _, err := range s.List(ctx, "", "") {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("list: %v", err)
		}
	}
}
