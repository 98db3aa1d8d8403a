package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vigie/internal/blob"
	"vigie/internal/blob/blobtest"
	"vigie/internal/breach"
)

// remotes runs a test with copies in a directory and in a bucket with object
// lock.
func remotes(t *testing.T, run func(t *testing.T, store func(t *testing.T) blob.Store)) {
	t.Run("directory", func(t *testing.T) {
		run(t, func(t *testing.T) blob.Store {
			d, err := blob.OpenDir(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			return d
		})
	})
	t.Run("s3", func(t *testing.T) {
		server := blobtest.Serve(t)
		var n int
		run(t, func(t *testing.T) blob.Store {
			n++
			return blobtest.Open(t, server.Bucket(t, fmt.Sprintf("evidence-%d", n), true))
		})
	})
}

// visits keeps so many visits and returns their files and bytes.
func visits(t *testing.T, v *Vault, n int) (names []string, all [][]byte) {
	t.Helper()
	for i := range n {
		names = append(names, record(t, v, exchange("https://example.org/", page(i)))[0].File)
		all = append(all, bytesOf(t, v, names[i]))
	}
	return names, all
}

func copies(t *testing.T, v *Vault) int {
	t.Helper()
	n, err := v.Copy(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestReadBack: what is lost here is read back from there, bit for bit, and
// what is changed there is found out.
func TestReadBack(t *testing.T) {
	remotes(t, func(t *testing.T, open func(*testing.T) blob.Store) {
		v, l := vault(t)
		v.now = time.Now
		store := open(t)
		v.CopyTo(store, time.Hour)
		names, before := visits(t, v, 3)
		if _, err := v.Anchor(t.Context(), &notary{size: 3}, nil); err != nil {
			t.Fatal(err)
		}
		if n := copies(t, v); n != 3 {
			t.Errorf("%d copied, want 3", n)
		}
		if n := copies(t, v); n != 0 {
			t.Errorf("%d copied again", n)
		}
		v.CopyTo(store, time.Hour) // another process
		if n := copies(t, v); n != 0 {
			t.Errorf("%d copied again by another process", n)
		}
		if err := os.RemoveAll(v.warcDir()); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(v.warcDir(), 0o700); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytesOf(t, v, names[2]), before[2]) { // its base comes along
			t.Error("a file came back other than it was")
		}
		if rep, err := v.Verify(t.Context(), l); err != nil || !rep.OK {
			t.Errorf("%+v, %v", rep, err)
		}
		if there, _, err := v.List(); err != nil || len(there) != 3 {
			t.Errorf("%d files are back, %v", len(there), err)
		}
		err := store.Delete(t.Context(), remotePack(names[0], noBase))
		var refused *breach.RefusedError
		if !errors.As(err, &refused) || refused.Code != "locked" {
			t.Errorf("a copy under retention is deleted: %v", err)
		}
		info, err := store.Stat(t.Context(), "checkpoints/000000000003.checkpoint")
		if err != nil || time.Until(info.Until) < 50*time.Minute {
			t.Errorf("the checkpoint: %+v, %v", info, err)
		}
	})
}

// TestForgedCopy: who can write at the remote cannot make us believe it.
func TestForgedCopy(t *testing.T) {
	v, l := vault(t)
	store, err := blob.OpenDir(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	v.CopyTo(store, 0)
	names, _ := visits(t, v, 2)
	copies(t, v)
	other, err := store.Open(t.Context(), remotePack(names[1], names[0]))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(other)
	if err = errors.Join(err, other.Close(), os.Remove(v.warcPath(names[0]))); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Put(t.Context(), remotePack(names[0], noBase), bytes.NewReader(data), int64(len(data)), blob.Options{Replace: true}); err != nil {
		t.Fatal(err)
	}
	rep, err := v.Verify(t.Context(), l)
	if err != nil || rep.OK || !slices.ContainsFunc(rep.Faults, func(f Fault) bool { return f.File == names[0] && f.Kind == "sealed" }) {
		t.Errorf("%+v, %v", rep, err)
	}
}

// TestCheckpointOfAnotherLog: a log that was rewritten after it was anchored.
func TestCheckpointOfAnotherLog(t *testing.T) {
	remotes(t, func(t *testing.T, open func(*testing.T) blob.Store) {
		store := open(t)
		for i, word := range []string{"A", "B"} {
			v, _ := vault(t)
			v.CopyTo(store, 0)
			_, err := v.Anchor(t.Context(), &notary{size: 3, word: word}, nil)
			if want := []error{nil, breach.ErrConflict}[i]; !errors.Is(err, want) {
				t.Errorf("log %s: got %v, want %v", word, err, want)
			}
		}
	})
}

// TestDestroyedEverywhere: what retention takes away is gone there as well, and
// what rested on it is not.
func TestDestroyedEverywhere(t *testing.T) {
	remotes(t, func(t *testing.T, open func(*testing.T) blob.Store) {
		v, l := vault(t)
		store := open(t)
		v.CopyTo(store, 0)
		names, before := visits(t, v, 4)
		copies(t, v)
		for _, name := range names[:2] { // here they are lost
			if err := os.Remove(v.warcPath(name)); err != nil {
				t.Fatal(err)
			}
		}
		if err := v.DestroyWARCs(t.Context(), names[:1], "system:purge", "kept for 30 days"); err != nil {
			t.Fatal(err)
		}
		for info, err := range store.List(t.Context(), remoteWARC, "") {
			if err != nil || strings.Contains(info.Key, names[0]) {
				t.Errorf("a copy is left that is, or rests on, what was destroyed: %s, %v", info.Key, err)
			}
		}
		if err := os.RemoveAll(v.warcDir()); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(v.warcDir(), 0o700); err != nil {
			t.Fatal(err)
		}
		for i, name := range names[1:] {
			if !bytes.Equal(bytesOf(t, v, name), before[i+1]) {
				t.Errorf("file %d changed", i+1)
			}
		}
		if last := l.events[len(l.events)-1]; last.Event != "purged" || last.Subject != names[0] {
			t.Errorf("custody: %+v", last)
		}
		if _, err := v.OpenWARC(names[0]); !errors.Is(err, breach.ErrNotFound) {
			t.Errorf("the file is still there: %v", err)
		}
	})
}

// TestLockedIsNotDestroyed: while a copy is under retention nothing goes, here
// neither.
func TestLockedIsNotDestroyed(t *testing.T) {
	remotes(t, func(t *testing.T, open func(*testing.T) blob.Store) {
		v, l := vault(t)
		v.now = time.Now
		v.CopyTo(open(t), time.Hour)
		names, _ := visits(t, v, 2)
		copies(t, v)
		var refused *breach.RefusedError
		if err := v.DestroyWARCs(t.Context(), names[:1], "system:purge", "too early"); !errors.As(err, &refused) || refused.Code != "locked" {
			t.Errorf("got %v, want a refusal with code locked", err)
		}
		if rep, err := v.Verify(t.Context(), l); err != nil || !rep.OK || !v.has(names[0]) {
			t.Errorf("%+v, %v", rep, err)
		}
	})
}

// TestRemoteRefuses: captures go on while the service refuses, and are copied
// when it is back.
func TestRemoteRefuses(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	cfg := blobtest.Faulty(t, blobtest.Serve(t).Bucket(t, "evidence", true), func(*http.Request) blobtest.Fault {
		if down.Load() {
			return blobtest.Denied
		}
		return blobtest.None
	})
	v, l := vault(t)
	v.CopyTo(blobtest.Open(t, cfg), 0)
	visits(t, v, 2)
	if n, err := v.Copy(t.Context()); n != 0 || !errors.Is(err, breach.ErrForbidden) {
		t.Errorf("%d copied, %v", n, err)
	}
	if _, err := v.Anchor(t.Context(), &notary{size: 3}, nil); !errors.Is(err, breach.ErrForbidden) {
		t.Errorf("anchoring: %v", err)
	}
	if rep, err := v.Verify(context.WithoutCancel(t.Context()), l); err != nil || !rep.OK {
		t.Errorf("%+v, %v", rep, err)
	}
	down.Store(false)
	if n := copies(t, v); n != 2 {
		t.Errorf("%d copied, want 2", n)
	}
	if list, err := filepath.Glob(filepath.Join(v.anchorDir(), "*")); err != nil || len(list) != 1 {
		t.Errorf("checkpoints here: %v, %v", list, err)
	}
}
