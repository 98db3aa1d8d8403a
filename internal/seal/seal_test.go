package seal

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

func sealed(t *testing.T, k *Keyring, name, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := k.Writer(&b, name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func opened(k *Keyring, name string, box []byte) (string, error) {
	r, err := k.Reader(bytes.NewReader(box), name)
	if err != nil {
		return "", err
	}
	got, err := io.ReadAll(r)
	return string(got), err
}

func TestBlob(t *testing.T) {
	dir := t.TempDir()
	k, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	box := sealed(t, k, "dump a", "canary-4711")
	if bytes.Contains(box, []byte("canary")) {
		t.Error("the sealed blob shows its content")
	}
	if got, err := opened(k, "dump a", box); err != nil || got != "canary-4711" {
		t.Errorf("opened %q, %v", got, err)
	}
	if _, err := opened(k, "dump b", box); !errors.Is(err, ErrKey) {
		t.Errorf("a blob opened under another name: %v", err)
	}
	for i := range box {
		bad := bytes.Clone(box)
		bad[i] ^= 1
		if got, err := opened(k, "dump a", bad); err == nil {
			t.Fatalf("byte %d flipped: opened as %q", i, got)
		}
	}
	for n := range len(box) {
		if _, err := opened(k, "dump a", box[:n]); err == nil {
			t.Fatalf("cut to %d bytes: opened", n)
		}
	}
	if err := Rotate(dir); err != nil {
		t.Fatal(err)
	}
	after, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := opened(after, "dump a", box); err != nil || got != "canary-4711" {
		t.Errorf("after a rotation: %q, %v", got, err)
	}
	if _, err := opened(k, "dump c", sealed(t, after, "dump c", "x")); !errors.Is(err, ErrKey) {
		t.Errorf("the old keys open a new blob: %v", err)
	}
	if k.Digest("p", "a", "b") != after.Digest("p", "a", "b") {
		t.Error("a rotation changed the digests")
	}
}

func TestField(t *testing.T) {
	k, err := Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	box, err := k.SealField([]byte("v"), "here")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.OpenField(box, "here"); err != nil || string(got) != "v" {
		t.Errorf("opened %q, %v", got, err)
	}
	if _, err := k.OpenField(box, "there"); !errors.Is(err, ErrKey) {
		t.Errorf("a field opened in another place: %v", err)
	}
	other, err := Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.OpenField(box, "here"); !errors.Is(err, ErrKey) {
		t.Errorf("another keyring opened the field: %v", err)
	}
}

func TestDigestKeepsPartsApart(t *testing.T) {
	k, err := Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if k.Digest("p", "ab", "c") == k.Digest("p", "a", "bc") {
		t.Error("two different lists of parts have one digest")
	}
}

// What is left of a key directory is never written over: it may be all that
// opens what was sealed.
func TestCreateKeepsWhatIsThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	k, err := Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	box, err := k.SealField([]byte("x"), "here")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, identityFile)); err != nil {
		t.Fatal(err)
	}
	if k, err = Create(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := k.OpenField(box, "here"); err != nil {
		t.Errorf("the field keys that were there do not open any more: %v", err)
	}
}

// Whoever makes or rotates keys at once ends with keys that open what each has
// sealed.
func TestKeysMadeAtOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	boxes := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range boxes {
		wg.Go(func() {
			k, err := Create(dir)
			if err == nil && i%2 == 1 {
				if err = Rotate(dir); err == nil {
					k, err = Open(dir)
				}
			}
			if err == nil {
				boxes[i], err = k.SealField([]byte("x"), "here")
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	k, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for i, box := range boxes {
		if _, err := k.OpenField(box, "here"); err != nil {
			t.Errorf("box %d: %v", i, err)
		}
	}
}

func TestDamagedKeysSaySo(t *testing.T) {
	for _, name := range []string{identityFile, fieldFile, digestFile} {
		dir := filepath.Join(t.TempDir(), "keys")
		if _, err := Create(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("junk"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir); !errors.Is(err, ErrKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
