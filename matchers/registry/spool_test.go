package registry

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"testing"
)

func TestSpool(t *testing.T) {
	dir := t.TempDir()
	s, err := newSpool(dir)
	if err != nil {
		t.Fatal(err)
	}
	canary := []byte("QUELIN AMBRE 1984-03-09")
	var want [][]byte
	for i := range 50 {
		want = append(want, bytes.Repeat(fmt.Appendf(nil, "%d %s\n", i, canary), i*20))
		if err := s.Put(want[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range want {
		if got, err := s.Take(i, []byte("x")); err != nil || !bytes.Equal(got[1:], want[i]) {
			t.Fatalf("piece %d: %d bytes, %v", i, len(got), err)
		}
	}
	// Whoever kills the program now leaves no file, and on the disk lies noise.
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("files are left: %v, %v", left, err)
	}
	disk := make([]byte, s.ends[len(s.ends)-1])
	if _, err := s.file.ReadAt(disk, 0); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(disk, canary) || bytes.Contains(disk, canary[:6]) {
		t.Error("the file tells who is in it")
	}
	// A flipped bit, a piece in another's place, a file cut short.
	flip := s.start(7) + 3
	if _, err := s.file.WriteAt([]byte{disk[flip] ^ 1}, flip); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Take(7, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("a flipped bit: %v", err)
	}
	moved := disk[s.start(20):s.ends[20]]
	if _, err := s.file.WriteAt(moved, s.start(30)); err != nil {
		t.Fatal(err)
	}
	s.ends[30] = s.start(30) + int64(len(moved))
	if _, err := s.Take(30, nil); !errors.Is(err, ErrDamaged) {
		t.Errorf("a piece in another's place: %v", err)
	}
	if err := s.file.Truncate(s.start(49) + 5); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{49, 50, -1} {
		if _, err := s.Take(n, nil); !errors.Is(err, ErrDamaged) {
			t.Errorf("piece %d of a file cut short: %v", n, err)
		}
	}
	if _, err := s.Take(12, nil); err != nil {
		t.Errorf("a sound piece: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
