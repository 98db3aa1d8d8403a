package registry

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
)

// Spool is a temporary file for what is derived from the records and does not
// fit in memory. Its pieces are sealed one by one with a key that is kept
// nowhere, and the file has no name while it is written: who kills the program
// leaves nothing, and who reads the disk finds noise.
type Spool struct {
	file *os.File
	seal cipher.AEAD
	ends []int64 // of each piece
	box  []byte
}

// Spool opens a temporary file beside this version. Whoever asks for it closes it.
func (r *Registry) Spool() (*Spool, error) { return newSpool(r.dir) }

func newSpool(dir string) (*Spool, error) {
	key := make([]byte, keySize)
	_, _ = rand.Read(key) // never fails: crypto/rand ends the program first
	seal, err := aesGCM(key)
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, newFile+"*")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(filepath.Clean(f.Name())) // where a file in use keeps its name, Close removes it
	return &Spool{file: f, seal: seal}, nil
}

// Put keeps a copy of a piece; the first is number 0.
func (s *Spool) Put(piece []byte) error {
	s.box = s.seal.Seal(s.box[:0], pieceNonce(len(s.ends)), piece, nil)
	n, err := s.file.Write(s.box)
	if err != nil {
		return fmt.Errorf("setting aside: %w", err)
	}
	s.ends = append(s.ends, s.start(len(s.ends))+int64(n))
	return nil
}

// Take appends piece n to dst. A piece cut short, changed, or put in another's
// place is ErrDamaged. It is safe for concurrent use, but not with Put.
func (s *Spool) Take(n int, dst []byte) ([]byte, error) {
	if n < 0 || n >= len(s.ends) {
		return nil, fmt.Errorf("taking piece %d of %d: %w", n, len(s.ends), ErrDamaged)
	}
	box := make([]byte, s.ends[n]-s.start(n))
	if _, err := s.file.ReadAt(box, s.start(n)); err != nil {
		return nil, fmt.Errorf("taking piece %d: %w: %w", n, ErrDamaged, err)
	}
	dst, err := s.seal.Open(dst, pieceNonce(n), box, nil)
	if err != nil {
		return nil, fmt.Errorf("taking piece %d: %w", n, ErrDamaged)
	}
	return dst, nil
}

func (s *Spool) start(n int) int64 {
	if n == 0 {
		return 0
	}
	return s.ends[n-1]
}

// pieceNonce is the number of a piece: a key seals one file.
func pieceNonce(n int) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 4, 12), uint64(n))
}

// Close lets go of everything.
func (s *Spool) Close() error {
	_ = os.Remove(filepath.Clean(s.file.Name())) // it has none any more, as a rule
	return s.file.Close()
}
