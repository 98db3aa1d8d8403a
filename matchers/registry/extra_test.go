package registry

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vigie/internal/breach"
)

func TestSealedExtrasAreReadAtRandom(t *testing.T) {
	_, _, r := imported(t)
	want := make([]byte, 300_000)
	for i := range want {
		want[i] = byte(i * i >> 7)
	}
	if err := r.Seal("index", func(w io.Writer) error { _, err := w.Write(want); return err }); err != nil {
		t.Fatal(err)
	}
	at, file, err := r.UnsealAt("index")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	got := make([]byte, 1000)
	for _, off := range []int64{0, 65_000, 131_072, 298_000} {
		if _, err := at.ReadAt(got, off); err != nil || !bytes.Equal(got, want[off:off+1000]) {
			t.Errorf("read at %d: %v", off, err)
		}
	}
	if at.Size() != int64(len(want)) {
		t.Errorf("size = %d, want %d", at.Size(), len(want))
	}
	if _, _, err := r.UnsealAt("none"); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("nothing sealed: %v", err)
	}
	if _, _, err := r.UnsealAt("../x"); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a name that leaves the directory: %v", err)
	}
}

// Damage is found where it lies: the rest of the file goes on opening.
func TestDamagedExtrasAreNotRead(t *testing.T) {
	_, _, r := imported(t)
	if err := r.Seal("index", func(w io.Writer) error { _, err := w.Write(make([]byte, 200_000)); return err }); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(r.dir, extraPrefix+"index")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read := func(damaged []byte) error {
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		at, file, err := r.UnsealAt("index")
		if err != nil {
			return err
		}
		defer func() { _ = file.Close() }()
		_, err = io.Copy(io.Discard, at)
		return err
	}
	for n := 0; n < len(whole); n += 1 + len(whole)/50 {
		if read(whole[:n]) == nil {
			t.Errorf("cut to %d bytes: read whole", n)
		}
		flipped := bytes.Clone(whole)
		flipped[n] ^= 4
		if read(flipped) == nil {
			t.Errorf("byte %d flipped: read whole", n)
		}
	}
	if err := read(whole); err != nil {
		t.Errorf("restored: %v", err)
	}
}

// TestAKilledSealLeavesNothingForever removes what a killed writer left a day
// ago, and not what somebody may be writing now.
func TestAKilledSealLeavesNothingForever(t *testing.T) {
	_, _, r := imported(t)
	old, fresh := filepath.Join(r.dir, newFile+"1"), filepath.Join(r.dir, newFile+"2")
	for _, name := range []string{old, fresh} {
		if err := os.WriteFile(name, []byte("sealed by halves"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	long := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, long, long); err != nil {
		t.Fatal(err)
	}
	if err := r.Seal("index", func(io.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was left a day ago: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("what is being written: %v", err)
	}
}
