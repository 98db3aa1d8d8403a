package notify

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"vigie/internal/breach"
)

func TestOutboxPutsOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	boxes := make([]*Outbox, 2) // as two processes
	for i := range boxes {
		var err error
		if boxes[i], err = NewOutbox(dir, ".txt"); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if ref, err := boxes[i%2].Put(t.Context(), "msg_1", fmt.Appendf(nil, "%d", i)); err != nil || ref != "msg_1.txt" {
				t.Errorf("ref %q, %v", ref, err)
			}
		})
	}
	wg.Wait()
	first, err := os.ReadFile(filepath.Join(dir, "msg_1.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := boxes[0].Put(t.Context(), "msg_1", []byte("other")); err != nil {
		t.Fatal(err)
	}
	if after, err := os.ReadFile(filepath.Join(dir, "msg_1.txt")); err != nil || string(after) != string(first) {
		t.Errorf("overwritten: %q then %q, %v", first, after, err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

// TestOutboxAfterACut finds half a file, as a kill leaves it, and is not misled.
func TestOutboxAfterACut(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".writing-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := NewOutbox(dir, ".txt")
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := o.Has(t.Context(), "msg_1"); ok || err != nil {
		t.Errorf("half a file counts as handed over: %v", err)
	}
}

func TestOutboxWithoutItsDirectory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	o, err := NewOutbox(dir, ".txt")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Put(t.Context(), "msg_1", nil); !errors.Is(err, breach.ErrTemporary) || errors.Is(err, breach.ErrInvalid) {
		t.Errorf("got %v, want ErrTemporary", err)
	}
}

func TestWriteFileReplaces(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"one", "two"} {
		if err := WriteFile(dir, "a", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "a")); err != nil || string(got) != text {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if list, err := os.ReadDir(dir); err != nil || len(list) != 1 {
		t.Errorf("%d files, %v", len(list), err)
	}
}

func TestCategories(t *testing.T) {
	for _, code := range CategoryCodes() {
		class, ok := CategoryClass(code)
		if again, known := CategoryClass(class); !ok || !known || again != class {
			t.Errorf("%s belongs to %q, which is no class", code, class)
		}
	}
}

func FuzzReceipt(f *testing.F) {
	f.Add(`{"key":"msg_1","state":"bounced","code":"x"}`)
	f.Add(`{"key":"../x","state":"bounced"}`)
	f.Fuzz(func(t *testing.T, line string) {
		out, ok := parseReceipt([]byte(line))
		if ok && (CheckKey(out.Key) != nil || CheckKey(out.Code) != nil || strings.ContainsAny(out.Code, "@ +")) {
			t.Fatal("a receipt brings in something that is no code")
		}
	})
}
