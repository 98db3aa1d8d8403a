package seal

import (
	"bytes"
	"errors"
	"io"
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
