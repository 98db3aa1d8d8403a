package registry

import (
	"bufio"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"vigie/internal/breach"
)

// A sealed file is a salt and then chunks of 64 KiB, each sealed on its own:
// the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015),
// as age uses it. The nonce counts the chunks and marks the last one, so chunks
// cannot be cut off, dropped, swapped or repeated. The salt gives each writing
// of a file a key of its own.
const (
	saltSize   = 32
	chunkSize  = 64 << 10
	sealedSize = chunkSize + tagSize
)

type nonce [12]byte

func chunkNonce(n uint64, last bool) (out nonce) {
	binary.BigEndian.PutUint64(out[3:], n)
	if last {
		out[11] = 1
	}
	return out
}

// ErrDamaged means that a sealed file is not what was written in its place. It
// is breach.ErrInvalid.
var ErrDamaged = fmt.Errorf("it is damaged, cut short or from another place: %w", breach.ErrInvalid)

// streamWriter seals what is written to it.
type streamWriter struct {
	dst   io.Writer
	aead  cipher.AEAD
	plain []byte // of the chunk in the making
	out   []byte
	n     uint64
}

// writer seals a file of the vault; the name binds it to its place.
func (v *vault) writer(dst io.Writer, name string) (*streamWriter, error) {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program first
	aead, err := v.derive(salt, name)
	if err != nil {
		return nil, err
	}
	if _, err := dst.Write(salt); err != nil {
		return nil, err
	}
	return &streamWriter{dst: dst, aead: aead, plain: make([]byte, 0, chunkSize), out: make([]byte, 0, sealedSize)}, nil
}

// Write never leaves the last chunk empty: a full one waits for more.
func (w *streamWriter) Write(p []byte) (int, error) {
	for done := 0; ; {
		n := copy(w.plain[len(w.plain):chunkSize], p[done:])
		w.plain = w.plain[:len(w.plain)+n]
		if done += n; done == len(p) {
			return done, nil
		}
		if err := w.chunk(false); err != nil {
			return done, err
		}
	}
}

// Close writes the last chunk; it does not close what lies beneath.
func (w *streamWriter) Close() error { return w.chunk(true) }

func (w *streamWriter) chunk(last bool) error {
	at := chunkNonce(w.n, last)
	w.out = w.aead.Seal(w.out[:0], at[:], w.plain, nil)
	w.plain = w.plain[:0]
	w.n++
	_, err := w.dst.Write(w.out)
	return err
}

// streamReader opens a sealed file in order.
type streamReader struct {
	src   *bufio.Reader
	aead  cipher.AEAD
	buf   []byte
	plain []byte // what is left of the chunk
	n     uint64
	last  bool
}

func (v *vault) reader(src io.Reader, name string) (io.Reader, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(src, salt); err != nil {
		return nil, ErrDamaged
	}
	aead, err := v.derive(salt, name)
	if err != nil {
		return nil, err
	}
	return &streamReader{src: bufio.NewReaderSize(src, 2*sealedSize), aead: aead, buf: make([]byte, sealedSize)}, nil
}

// Read never gives a byte that was not authenticated, and io.EOF only after
// the chunk that says it is the last.
func (r *streamReader) Read(p []byte) (int, error) {
	for len(r.plain) == 0 {
		if r.last {
			return 0, io.EOF
		}
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.plain)
	r.plain = r.plain[n:]
	return n, nil
}

func (r *streamReader) next() error {
	n, err := io.ReadFull(r.src, r.buf)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		if errors.Is(err, io.EOF) {
			err = ErrDamaged // the last chunk is never missing
		}
		return err
	}
	if _, err := r.src.Peek(1); err != nil {
		if !errors.Is(err, io.EOF) {
			return err
		}
		r.last = true
	}
	at := chunkNonce(r.n, r.last)
	if r.plain, err = r.aead.Open(r.buf[:0], at[:], r.buf[:n], nil); err != nil {
		return ErrDamaged
	}
	r.n++
	return nil
}

// keptChunks is how many chunks a streamAt keeps open, 1 MiB of them: those
// that were read last, as far as they do not fall on each other's place.
const keptChunks = 16

// streamAt opens a sealed file at random. It is safe for concurrent use.
type streamAt struct {
	src  io.ReaderAt
	aead cipher.AEAD
	size int64 // of the plain text
	last int64 // number of the last chunk
	kept [keptChunks]atomic.Pointer[keptChunk]
}

type keptChunk struct {
	n     int64
	plain []byte
}

// readerAt opens a sealed file of so many bytes; its last chunk is
// authenticated here, and with it the size.
func (v *vault) readerAt(src io.ReaderAt, size int64, name string) (*io.SectionReader, error) {
	salt := make([]byte, saltSize)
	if _, err := src.ReadAt(salt, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	chunks := (size - saltSize + sealedSize - 1) / sealedSize
	if size < saltSize+tagSize || size-saltSize-(chunks-1)*sealedSize < tagSize {
		return nil, ErrDamaged
	}
	aead, err := v.derive(salt, name)
	if err != nil {
		return nil, err
	}
	s := &streamAt{src: src, aead: aead, size: size - saltSize - chunks*tagSize, last: chunks - 1}
	if _, err := s.chunk(s.last); err != nil {
		return nil, err
	}
	return io.NewSectionReader(s, 0, s.size), nil
}

func (s *streamAt) chunk(n int64) ([]byte, error) {
	if k := s.kept[n%keptChunks].Load(); k != nil && k.n == n {
		return k.plain, nil
	}
	buf := make([]byte, min(chunkSize, s.size-n*chunkSize)+tagSize)
	if _, err := s.src.ReadAt(buf, saltSize+n*sealedSize); err != nil {
		return nil, err
	}
	at := chunkNonce(uint64(n), n == s.last)
	plain, err := s.aead.Open(buf[:0], at[:], buf, nil)
	if err != nil {
		return nil, ErrDamaged
	}
	s.kept[n%keptChunks].Store(&keptChunk{n, plain})
	return plain, nil
}

// ReadAt reads as io.ReaderAt asks.
func (s *streamAt) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("reading before the beginning: %w", breach.ErrInvalid)
	}
	for done := 0; ; {
		if done == len(p) {
			return done, nil
		}
		at := off + int64(done)
		if at >= s.size {
			return done, io.EOF
		}
		plain, err := s.chunk(at / chunkSize)
		if err != nil {
			return done, err
		}
		done += copy(p[done:], plain[at%chunkSize:])
	}
}
