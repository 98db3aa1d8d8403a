package registry

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"vigie/internal/breach"
)

// A vault seals the files of one version with a data key of its own, which
// rests beside them wrapped by the keyring. Keys are changed by wrapping that
// small file again; nothing else is written anew.
type vault struct {
	secret []byte
	cipher newCipher
	boxes  cipher.AEAD
}

// newCipher makes an authenticated cipher of a key of 32 bytes. It is
// AES-256-GCM; the benchmark measures what it costs by leaving it out.
type newCipher func(key []byte) (cipher.AEAD, error)

func aesGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

const (
	keySize   = 32
	tagSize   = 16
	maxKeyBox = 4 << 10 // the wrapped data key, whatever the keyring adds to it
)

// newVault makes a vault with a fresh data key.
func newVault(place string, c newCipher) (*vault, error) {
	secret := make([]byte, keySize)
	_, _ = rand.Read(secret) // never fails: crypto/rand ends the program first
	return openVault(secret, place, c)
}

// openVault derives the keys of a vault's parts (HKDF-SHA-256, RFC 5869). The
// place, which names registry and version, is part of every derivation: what is
// moved in from another registry or version does not open.
func openVault(secret []byte, place string, c newCipher) (v *vault, err error) {
	if c == nil {
		c = aesGCM
	}
	v = &vault{secret: secret, cipher: c}
	v.boxes, err = v.derive(nil, place+" boxes")
	return v, err
}

func (v *vault) derive(salt []byte, info string) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, v.secret, salt, info, keySize)
	if err != nil {
		return nil, fmt.Errorf("deriving a key: %w", err)
	}
	return v.cipher(key)
}

// sealBox appends a sealed box to dst. The digest is the nonce: a version holds
// one box a person, and never writes another under the same key.
func (v *vault) sealBox(dst []byte, digest idDigest, plain []byte) []byte {
	return v.boxes.Seal(dst, digest[:], plain, nil)
}

func (v *vault) openBox(dst, box []byte, digest idDigest) ([]byte, error) {
	plain, err := v.boxes.Open(dst, digest[:], box, nil)
	if err != nil {
		return nil, fmt.Errorf("a box: %w", ErrDamaged)
	}
	return plain, nil
}

// writeKey wraps the data key.
func (v *vault) writeKey(dir string, cur current, keys Sealer) error {
	box, err := keys.SealField(v.secret, cur.blob(keyFile))
	if err != nil {
		return err
	}
	_, err = replaceFile(filepath.Join(dir, keyFile), func(w io.Writer) error {
		_, err := w.Write(box)
		return err
	})
	return err
}

// readKey unwraps the data key of a version.
func readKey(dir string, cur current, keys Sealer, c newCipher) (*vault, error) {
	f, err := os.Open(filepath.Join(dir, keyFile))
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	box, err := io.ReadAll(io.LimitReader(f, maxKeyBox))
	if err != nil {
		return nil, err
	}
	secret, err := keys.OpenField(box, cur.blob(keyFile))
	if err != nil {
		return nil, err
	}
	if len(secret) != keySize {
		return nil, fmt.Errorf("%s holds no key: %w", keyFile, breach.ErrInvalid)
	}
	return openVault(secret, cur.blob(""), c)
}

// Rewrap wraps the data key of a registry's versions with the keyring's newest
// key, after a rotation. It writes some hundred bytes whatever the size of the
// registry, and readers go on.
func Rewrap(dir string, keys Sealer) error {
	unlock, err := lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	cur, err := readCurrent(dir)
	if err != nil {
		return err
	}
	for _, version := range []int{cur.Version - 1, cur.Version} {
		at := current{Schema: cur.Schema, Name: cur.Name, Version: version}
		place := filepath.Join(dir, at.dir())
		if _, err := os.Stat(filepath.Join(place, keyFile)); err != nil && version != cur.Version {
			continue // there is no version before, or it is gone
		}
		v, err := readKey(place, at, keys, nil)
		if err == nil {
			err = v.writeKey(place, at, keys)
		}
		if err != nil {
			return fmt.Errorf("wrapping the key of registry %s again: %w", cur.Name, err)
		}
	}
	return nil
}
