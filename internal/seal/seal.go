// Package seal keeps keys and encrypts what rests on disk.
//
// Blobs (dumps, WARC files, registry files) are age files: authenticated in
// 64 KiB chunks, streamed, readable with the public age tool. age has no
// associated data, so the first line inside each blob names what it is; a blob
// moved into another's place fails to open. Fields (table columns, per-person
// records) are Tink AEAD ciphertexts bound to their place by associated data.
// Digests are keyed, so that a stolen table cannot be searched by guessing.
//
// Keys live in a directory of their own, never beside the data they protect, or
// in one file there, wrapped by a key that never leaves a key management service
// (Source).
package seal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"

	"github.com/tink-crypto/tink-go/v2/tink"
	"vigie/internal/lock"
)

// ErrKey means that the keys at hand do not open a sealed thing: a wrong key
// directory, a damaged file, or a file moved from somewhere else.
var ErrKey = errors.New("cannot be opened with these keys")

// The files of a key directory.
const (
	identityFile = "identities.age" // age X25519 identities, newest last
	fieldFile    = "fields.json"    // Tink AEAD keyset
	digestFile   = "digest.json"    // Tink PRF keyset; never rotated, or digests no longer meet
)

// Keyring encrypts with its newest keys and decrypts with all of them. It is
// safe for concurrent use.
type Keyring struct {
	identities []age.Identity
	recipient  age.Recipient
	fields     tink.AEAD
	digests    *prf.Set
}

// Create makes a new key directory, readable by its owner alone, or opens the
// one that is already complete.
func Create(dir string) (*Keyring, error) {
	if k, err := Open(dir); err == nil || !errors.Is(err, os.ErrNotExist) {
		return k, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("creating key directory: %w", err)
	}
	// Of two first imports, one would seal with keys that the other replaces.
	unlock, err := lock.Dir(context.Background(), dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if k, err := Open(dir); err == nil || !errors.Is(err, os.ErrNotExist) {
		return k, err // another process was faster
	}
	fresh, err := newRing()
	if err != nil {
		return nil, err
	}
	// The identities come last: Open asks for them first, so a creation cut
	// short is simply finished. What is there already stays: it may be all that
	// is left of keys in use.
	for _, f := range []struct {
		name string
		data []byte
	}{{digestFile, fresh.Digest}, {fieldFile, fresh.Fields}, {identityFile, fresh.Identities}} {
		path := filepath.Join(dir, f.name)
		if _, err := os.Lstat(path); err == nil {
			continue
		}
		if err := writeFile(path, f.data); err != nil {
			return nil, err
		}
	}
	return Open(dir)
}

// Open reads an existing key directory.
func Open(dir string) (*Keyring, error) {
	r, err := readRing(dir)
	if err != nil {
		return nil, err
	}
	return r.open()
}

// Rotate adds a new age identity and a new field key, with which everything is
// written from now on; what was written before still opens.
func Rotate(dir string) error {
	if _, err := Open(dir); err != nil {
		return err
	}
	unlock, err := lock.Dir(context.Background(), dir)
	if err != nil {
		return err
	}
	defer unlock()
	r, err := readRing(dir)
	if err != nil {
		return err
	}
	if err := r.rotate(); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, fieldFile), r.Fields); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, identityFile), r.Identities)
}

// Writer seals what is written to dst. The name says what the blob is, such as
// "dump dmp_x inc_y"; Reader asks for the same. Close finishes the blob but
// does not close dst.
func (k *Keyring) Writer(dst io.Writer, name string) (io.WriteCloser, error) {
	if strings.ContainsAny(name, "\r\n") {
		return nil, fmt.Errorf("sealing: a blob name is one line")
	}
	w, err := age.Encrypt(dst, k.recipient)
	if err != nil {
		return nil, fmt.Errorf("sealing: %w", err)
	}
	if _, err := io.WriteString(w, "vigie 1 "+name+"\n"); err != nil {
		return nil, fmt.Errorf("sealing: %w", err)
	}
	return w, nil
}

// Reader opens a blob sealed under the same name. A flipped byte or a cut end
// is an error at the latest when that chunk is read; nothing unauthenticated
// is ever returned.
func (k *Keyring) Reader(src io.Reader, name string) (io.Reader, error) {
	r, err := age.Decrypt(src, k.identities...)
	if err != nil {
		return nil, fmt.Errorf("opening a sealed blob: %w: %w", ErrKey, err)
	}
	want := "vigie 1 " + name + "\n"
	// A reader that is large enough for the name line; it never splits a chunk.
	br := bufio.NewReaderSize(r, 64<<10)
	got, err := br.Peek(len(want))
	if err != nil || string(got) != want {
		return nil, fmt.Errorf("opening a sealed blob: it is not %q: %w", name, ErrKey)
	}
	_, _ = br.Discard(len(want))
	return br, nil
}

// ReaderAt opens a sealed blob of so many bytes at random. Each chunk is
// authenticated when it is read; the last one is at once, and with it the size.
func (k *Keyring) ReaderAt(src io.ReaderAt, size int64, name string) (*io.SectionReader, error) {
	r, n, err := age.DecryptReaderAt(src, size, k.identities...)
	if err != nil {
		return nil, fmt.Errorf("opening a sealed blob: %w: %w", ErrKey, err)
	}
	want := "vigie 1 " + name + "\n"
	got := make([]byte, min(int64(len(want)), n))
	if _, err := r.ReadAt(got, 0); err != nil && !errors.Is(err, io.EOF) || string(got) != want {
		return nil, fmt.Errorf("opening a sealed blob: it is not %q: %w", name, ErrKey)
	}
	return io.NewSectionReader(r, int64(len(want)), n-int64(len(want))), nil
}

// SealField encrypts a small value bound to its place, such as
// "candidate cnd_x row".
func (k *Keyring) SealField(plain []byte, place string) ([]byte, error) {
	box, err := k.fields.Encrypt(plain, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("sealing a field: %w", err)
	}
	return box, nil
}

// OpenField decrypts a value sealed for the same place.
func (k *Keyring) OpenField(box []byte, place string) ([]byte, error) {
	plain, err := k.fields.Decrypt(box, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("opening a sealed field: %w", ErrKey)
	}
	return plain, nil
}

// Digest returns a keyed digest (HMAC-SHA-256, 128 bits kept, hex) of the
// parts, for looking things up without storing them. The same parts give the
// same digest in one key directory, also after a rotation.
func (k *Keyring) Digest(purpose string, parts ...string) string {
	var b strings.Builder
	for _, p := range append([]string{purpose}, parts...) {
		fmt.Fprintf(&b, "%d:%s", len(p), p)
	}
	sum, err := k.digests.ComputePrimaryPRF([]byte(b.String()), 16)
	if err != nil {
		panic("seal: HMAC-SHA-256 refused 16 bytes of output") // cannot happen: the length is constant
	}
	return hex.EncodeToString(sum)
}

// Secret derives 32 bytes for another user of keys, such as the payload codec.
func (k *Keyring) Secret(purpose string) []byte {
	sum, err := k.digests.ComputePrimaryPRF([]byte("secret:"+purpose), 32)
	if err != nil {
		panic("seal: HMAC-SHA-256 refused 32 bytes of output") // cannot happen: the length is constant
	}
	return sum
}

func newKeyset(h *keyset.Handle, err error) ([]byte, error) {
	if err != nil {
		return nil, fmt.Errorf("generating a keyset: %w", err)
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, fmt.Errorf("writing a keyset: %w", err)
	}
	return b.Bytes(), nil
}

func readKeyset(name string, raw []byte) (*keyset.Handle, error) {
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(raw)))
	if err != nil {
		return nil, fmt.Errorf("parsing %s: %w: %w", name, ErrKey, err)
	}
	return h, nil
}

// writeFile replaces a key file so that a crash leaves the old or the new one.
func writeFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("writing keys: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing keys: %w", err)
	}
	return nil
}
