package index

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	bleveindex "github.com/blevesearch/bleve_index_api"
	"golang.org/x/crypto/chacha20poly1305"

	"vigie/internal/breach"
)

// errKey means that an index was written under another key, or is damaged.
var errKey = errors.New("the index does not open with this key")

// The hooks of bleve are variables of the process, set once before any index
// opens; they are told neither which index nor which key. So one key is in use
// at a time, counted by the indexes open under it.
var process struct {
	once sync.Once
	mu   sync.Mutex
	open int
	id   string // public name of the key in use, written beside what it sealed
	aead cipher.AEAD
}

// take puts a key in use, or refuses while indexes are open under another.
func take(key []byte) error {
	if len(key) != 32 {
		return fmt.Errorf("an index key has 32 bytes: %w", breach.ErrInvalid)
	}
	sub, err := hkdf.Key(sha256.New, key, nil, "vigie full-text index", 40)
	if err != nil {
		return fmt.Errorf("deriving the index key: %w", err)
	}
	aead, err := chacha20poly1305.NewX(sub[:32])
	if err != nil {
		return fmt.Errorf("deriving the index key: %w", err)
	}
	id := hex.EncodeToString(sub[32:])
	process.once.Do(func() { bleveindex.WriterHook, bleveindex.ReaderHook = writerHook, readerHook })
	process.mu.Lock()
	defer process.mu.Unlock()
	if process.open > 0 && process.id != id {
		return fmt.Errorf("an index is open under another key: %w", breach.ErrConflict)
	}
	process.open++
	process.id, process.aead = id, aead
	return nil
}

func release() {
	process.mu.Lock()
	defer process.mu.Unlock()
	process.open--
}

func inUse() (string, cipher.AEAD) {
	process.mu.Lock()
	defer process.mu.Unlock()
	return process.id, process.aead
}

// writerHook seals each piece with XChaCha20-Poly1305 under a random nonce of
// 192 bits, which never repeats (draft-irtf-cfrg-xchacha).
func writerHook([]byte) (string, func([]byte) []byte, error) {
	id, aead := inUse()
	return id, func(plain []byte) []byte {
		nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
		_, _ = rand.Read(nonce)
		return aead.Seal(nonce, nonce, plain, nil)
	}, nil
}

// readerHook opens what writerHook sealed. Without an identifier the piece
// lives in memory and was never sealed.
func readerHook(id string, _ []byte) (func([]byte) ([]byte, error), error) {
	if id == "" {
		return func(b []byte) ([]byte, error) { return b, nil }, nil
	}
	mine, aead := inUse()
	if id != mine {
		return nil, errKey
	}
	return func(sealed []byte) ([]byte, error) {
		if len(sealed) < aead.NonceSize() {
			return nil, errKey
		}
		plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], nil)
		if err != nil {
			return nil, errKey
		}
		return plain, nil
	}, nil
}
