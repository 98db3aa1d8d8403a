package seal

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"vigie/internal/lock"
)

// Wrapper makes keys of 32 bytes that only it can unwrap again: a key management
// service, whose own key never leaves it. purpose is bound to the key: it must be
// the same to unwrap.
type Wrapper interface {
	// Wrap makes a new key, and says which key of the service wraps it.
	Wrap(ctx context.Context, purpose string) (key, wrapped []byte, by string, err error)
	Unwrap(ctx context.Context, wrapped []byte, purpose string) ([]byte, error)
}

// Source is where a keyring comes from: the files of a directory, or one file
// there that a Wrapper opens.
type Source struct {
	Dir     string
	Wrapper Wrapper // nil: the files of the directory
	// Former opens keys that another key of the service wrapped, for Rotate alone.
	Former Wrapper
}

// wrappedFile holds the whole ring, wrapped.
const wrappedFile = "keyring.kms"

const (
	ringPurpose   = "keyring"
	wrappedFormat = 1
	// mostWrapped bounds the file: a ring grows by some 400 bytes a rotation.
	mostWrapped = 4 << 20
)

// wrapped is the file. Its box is the ring under AES-256-GCM with a key that only
// the service can unwrap, bound to the other fields.
type wrapped struct {
	Format int    `json:"format"`
	By     string `json:"by"`  // which key of the service
	Key    []byte `json:"key"` // of the box, wrapped
	Nonce  []byte `json:"nonce"`
	Box    []byte `json:"box"`
}

// bound is what the box is bound to.
func (w *wrapped) bound() []byte { return fmt.Appendf(nil, "vigie keyring %d %q", w.Format, w.By) }

// Open reads the keys. The service is asked once, now.
func (s Source) Open(ctx context.Context) (*Keyring, error) {
	r, err := s.read(ctx, s.Wrapper)
	if err != nil {
		return nil, err
	}
	return r.open()
}

// Create makes new keys, or opens those that are there.
func (s Source) Create(ctx context.Context) (*Keyring, error) {
	if s.Wrapper == nil {
		if err := s.unwrapped(); err != nil {
			return nil, err
		}
		return Create(s.Dir)
	}
	if k, err := s.Open(ctx); err == nil || !errors.Is(err, os.ErrNotExist) {
		return k, err
	}
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("creating key directory: %w", err)
	}
	unlock, err := lock.Dir(ctx, s.Dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if k, err := s.Open(ctx); err == nil || !errors.Is(err, os.ErrNotExist) {
		return k, err // another process was faster
	}
	r, err := newRing()
	if err == nil {
		err = s.write(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	return s.Open(ctx)
}

// Rotate adds new keys and wraps the ring anew. Keys that lay there in files are
// wrapped, and the files removed once the wrapped ring is durable: a crash leaves
// the old ring or the new one, and Rotate again ends what was begun.
func (s Source) Rotate(ctx context.Context) error {
	if s.Wrapper == nil {
		if err := s.unwrapped(); err != nil {
			return err
		}
		return Rotate(s.Dir)
	}
	unlock, err := lock.Dir(ctx, s.Dir)
	if err != nil {
		return err
	}
	defer unlock()
	from := s.Wrapper
	if s.Former != nil {
		from = s.Former
	}
	r, err := s.read(ctx, from)
	if errors.Is(err, ErrInClear) {
		r, err = readRing(s.Dir)
	}
	if err == nil {
		err = r.rotate()
	}
	if err != nil {
		return err
	}
	if _, err := r.open(); err != nil {
		return err
	}
	if err := s.write(ctx, r); err != nil {
		return err
	}
	return s.removeClear()
}

// InClear tells whether keys lie in files although a wrapper is asked for.
func (s Source) InClear() bool {
	_, err := os.Lstat(filepath.Join(s.Dir, identityFile))
	return s.Wrapper != nil && err == nil
}

// WrappedBy is the key of the service that wraps the ring, "" where none does. It
// is read from the file, which does not prove it.
func (s Source) WrappedBy() string {
	w, err := s.file()
	if err != nil {
		return ""
	}
	return w.By
}

var (
	// ErrInClear says that keys lie in files where they should be wrapped.
	ErrInClear = errors.New("they lie in files, not wrapped")
	// ErrWrapped says that keys are wrapped and nobody was named who unwraps them.
	ErrWrapped = errors.New("they are wrapped by a key management service, and none is configured")
)

// unwrapped refuses a directory whose keys are wrapped.
func (s Source) unwrapped() error {
	if _, err := os.Lstat(filepath.Join(s.Dir, wrappedFile)); err == nil {
		return fmt.Errorf("keys in %s: %w: %w", s.Dir, ErrWrapped, ErrKey)
	}
	return nil
}

func (s Source) read(ctx context.Context, by Wrapper) (r ring, err error) {
	if by == nil {
		if err := s.unwrapped(); err != nil {
			return r, err
		}
		return readRing(s.Dir)
	}
	w, err := s.file()
	if errors.Is(err, os.ErrNotExist) && s.InClear() {
		return r, fmt.Errorf("keys in %s: %w", s.Dir, ErrInClear)
	}
	if err != nil {
		return r, err
	}
	key, err := by.Unwrap(ctx, w.Key, ringPurpose)
	if err != nil {
		return r, fmt.Errorf("unwrapping keys: %w", err)
	}
	defer clear(key)
	box, err := boxOf(key)
	if err != nil {
		return r, err
	}
	if len(w.Nonce) != box.NonceSize() {
		return r, fmt.Errorf("parsing %s: %w", wrappedFile, ErrKey)
	}
	plain, err := box.Open(nil, w.Nonce, w.Box, w.bound())
	if err != nil {
		return r, fmt.Errorf("opening %s: %w", wrappedFile, ErrKey)
	}
	defer clear(plain)
	if err := json.Unmarshal(plain, &r); err != nil {
		return r, fmt.Errorf("parsing %s: %w: %w", wrappedFile, ErrKey, err)
	}
	return r, nil
}

func (s Source) file() (w wrapped, err error) {
	f, err := os.Open(filepath.Join(s.Dir, wrappedFile))
	if err != nil {
		return w, fmt.Errorf("reading keys: %w", err)
	}
	defer func() { _ = f.Close() }()
	if st, err := f.Stat(); err != nil || st.Size() > mostWrapped {
		return w, fmt.Errorf("reading %s: too large: %w", wrappedFile, ErrKey)
	}
	if err := json.NewDecoder(f).Decode(&w); err != nil || w.Format != wrappedFormat {
		return w, fmt.Errorf("parsing %s: %w", wrappedFile, ErrKey)
	}
	return w, nil
}

// write wraps a ring with a new key and puts it in the place of the old one.
func (s Source) write(ctx context.Context, r ring) error {
	key, sealed, by, err := s.Wrapper.Wrap(ctx, ringPurpose)
	if err != nil {
		return fmt.Errorf("wrapping keys: %w", err)
	}
	defer clear(key)
	box, err := boxOf(key)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("wrapping keys: %w", err)
	}
	defer clear(plain)
	w := wrapped{Format: wrappedFormat, By: by, Key: sealed, Nonce: make([]byte, box.NonceSize())}
	if _, err := rand.Read(w.Nonce); err != nil {
		return fmt.Errorf("wrapping keys: %w", err)
	}
	w.Box = box.Seal(nil, w.Nonce, plain, w.bound())
	raw, err := json.MarshalIndent(w, "", "  ")
	if err != nil {
		return fmt.Errorf("wrapping keys: %w", err)
	}
	return writeFile(filepath.Join(s.Dir, wrappedFile), raw)
}

func boxOf(key []byte) (cipher.AEAD, error) {
	if len(key) != 32 {
		return nil, fmt.Errorf("a wrapping key of %d bytes, want 32: %w", len(key), ErrKey)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("opening keys: %w", err)
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("opening keys: %w", err)
	}
	return box, nil
}

// removeClear removes the files that a wrapped ring has taken the place of; the
// identities first, without which the others open nothing new.
func (s Source) removeClear() error {
	for _, name := range []string{identityFile, fieldFile, digestFile} {
		if err := os.Remove(filepath.Join(s.Dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("removing keys in the clear: %w", err)
		}
	}
	return nil
}
