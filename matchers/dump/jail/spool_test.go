package jail

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"vigie/internal/breach"
)

func tempFile(t testing.TB) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "spool"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func put(t *testing.T, s *Spool, b []byte) *Spooled {
	t.Helper()
	m, err := s.Put(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func content(t *testing.T, m *Spooled) []byte {
	t.Helper()
	b, err := io.ReadAll(io.NewSectionReader(m, 0, m.Size()))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSpoolKeeps(t *testing.T) {
	s := NewSpool(tempFile(t))
	for _, size := range []int{0, 1, spoolBlock - 1, spoolBlock, spoolBlock + 1, 40*spoolBlock + 3} {
		want := make([]byte, size)
		_, _ = pattern{int64(size)}.ReadAt(want, 0)
		m := put(t, s, want)
		if m.Size() != int64(size) || !bytes.Equal(content(t, m), want) {
			t.Errorf("%d bytes come back changed", size)
		}
		if n, err := m.ReadAt(make([]byte, 2), int64(size)-1); size > 0 && (n != 1 || err != io.EOF) {
			t.Errorf("%d bytes: at the end %d, %v", size, n, err)
		}
		if n, err := m.ReadAt(make([]byte, 2), int64(size)+spoolBlock); n != 0 || err != io.EOF {
			t.Errorf("%d bytes: beyond the end %d, %v", size, n, err)
		}
		if _, err := m.ReadAt(make([]byte, 2), -1); err == nil {
			t.Error("a negative offset was read")
		}
	}
}

// TestSpoolIsNoise: neither a value nor a repeated block shows on the disk,
// and writing the same member again gives other bytes.
func TestSpoolIsNoise(t *testing.T) {
	f := tempFile(t)
	s := NewSpool(f)
	text := []byte(strings.Repeat(leaked+"\n", 3*spoolBlock/8))
	put(t, s, text)
	first := disk(t, f)
	if bytes.Contains(first, []byte("durand")) {
		t.Error("a value is on the disk")
	}
	if bytes.Equal(first[:spoolBlock], first[spoolSlot:spoolSlot+spoolBlock]) {
		t.Error("equal blocks look equal")
	}
	if err := s.members[0].Close(); err != nil {
		t.Fatal(err)
	}
	put(t, s, text)
	if second := disk(t, f); bytes.Equal(first[:spoolBlock], second[:spoolBlock]) {
		t.Error("a nonce was used twice")
	}
}

func disk(t *testing.T, f *os.File) []byte {
	t.Helper()
	b, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSpoolGivesRoomBack(t *testing.T) {
	f := tempFile(t)
	s := NewSpool(f)
	big := bytes.Repeat([]byte("abc"), spoolBlock)
	a, b := put(t, s, big), put(t, s, []byte("second"))
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(content(t, b), []byte("second")) {
		t.Error("the second member has changed")
	}
	if len(disk(t, f)) == 0 {
		t.Error("room of a member in use was given back")
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(disk(t, f)); n != 0 {
		t.Errorf("%d bytes left", n)
	}
	if err := b.Close(); err != nil {
		t.Error("closing twice:", err)
	}
	for range 100 {
		m := put(t, s, big)
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(disk(t, f)); n != 0 {
		t.Errorf("%d bytes left", n)
	}
}

// TestSpoolRefusesChange: a bit changed on the disk, and two blocks swapped.
func TestSpoolRefusesChange(t *testing.T) {
	f := tempFile(t)
	s := NewSpool(f)
	m := put(t, s, make([]byte, 3*spoolBlock))
	clean := disk(t, f)
	flipped := bytes.Clone(clean)
	flipped[spoolSlot+5] ^= 1
	swapped := append(bytes.Clone(clean[spoolSlot:2*spoolSlot]), clean[:spoolSlot]...)
	for name, b := range map[string][]byte{"flipped": flipped, "swapped": swapped, "cut": clean[:spoolSlot+9]} {
		if err := os.WriteFile(f.Name(), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := m.ReadAt(make([]byte, 9), spoolBlock); err == nil {
			t.Errorf("%s: read", name)
		}
	}
	if err := os.WriteFile(f.Name(), clean, 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := m.ReadAt(make([]byte, 9), spoolBlock); n != 9 || err != nil {
		t.Error("mended:", n, err)
	}
}

func TestSpoolErrors(t *testing.T) {
	f := tempFile(t)
	s := NewSpool(f)
	kept := put(t, s, []byte("kept"))
	before := len(disk(t, f))
	for name, tc := range map[string]struct {
		r    io.Reader
		want error
	}{
		"cut archive": {io.MultiReader(bytes.NewReader(make([]byte, 3*spoolBlock)), failing{io.ErrUnexpectedEOF}), io.ErrUnexpectedEOF},
		"broken":      {failing{errBroken}, errBroken},
		"idle":        {failing{nil}, io.ErrNoProgress},
	} {
		if _, err := s.Put(tc.r); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s.slots = SpoolLimit / spoolBlock
	var full *breach.RefusedError
	if _, err := s.Put(strings.NewReader("x")); !errors.As(err, &full) || full.Code != "spool-full" {
		t.Error(err)
	}
	s.slots = 1
	if err := f.Truncate(int64(before)); err != nil {
		t.Fatal(err)
	}
	if string(content(t, kept)) != "kept" {
		t.Error("an error spoilt another member")
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// TestSpoolManyReaders reads members, each in another, from many goroutines.
func TestSpoolManyReaders(t *testing.T) {
	s := NewSpool(tempFile(t))
	want := make([]byte, 20*spoolBlock)
	_, _ = pattern{int64(len(want))}.ReadAt(want, 0)
	inner := put(t, s, want)
	for range 3 {
		next, err := s.Put(io.NewSectionReader(inner, 0, inner.Size()))
		if err != nil {
			t.Fatal(err)
		}
		inner = next
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			b, err := io.ReadAll(io.NewSectionReader(inner, 0, inner.Size()))
			if err != nil || !bytes.Equal(b, want) {
				t.Error("read by many, it differs", err)
			}
		})
	}
	wg.Wait()
}
