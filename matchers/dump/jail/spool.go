package jail

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"

	"vigie/internal/breach"
)

// The limits of a spool.
const (
	SpoolLimit = 50 << 30 // bytes held at once
	keepFree   = 1 << 30  // bytes left to the rest of the machine
)

const (
	spoolBlock     = 64 << 10
	spoolTag       = 16
	spoolSlot      = spoolBlock + spoolTag
	spoolFileLimit = SpoolLimit / spoolBlock * spoolSlot
	spoolKept      = 16                    // opened blocks kept for each member
	freeEvery      = 64 << 20 / spoolBlock // blocks between two looks at the free space
)

// Spool keeps members of a container that must be read at random, such as a
// spreadsheet inside a zip inside a tar, without plaintext on the disk: blocks
// of 64 KiB under AES-256-GCM, with a key that is made here and never leaves
// the memory of this process. Once that has ended, the bytes are noise. A nonce
// counts the blocks ever written, so that none is used twice.
type Spool struct {
	f    *os.File
	aead cipher.AEAD
	tick func() error

	mu      sync.Mutex
	sealed  uint64     // blocks ever sealed
	slots   int64      // blocks in use in the file
	members []*Spooled // in the order of the file
}

// NewSpool makes a spool in f, an empty file that nobody else uses.
func NewSpool(f *os.File) *Spool {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key has 32 bytes
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err) // AES has blocks of 16 bytes
	}
	return &Spool{f: f, aead: aead, tick: func() error { return nil }}
}

// Put copies all of r into the spool. Close the member to use its room again.
// A member that does not fit is refused with the code "spool-full".
func (s *Spool) Put(r io.Reader) (*Spooled, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := &Spooled{spool: s, slot: s.slots, nonce: s.sealed}
	if err := s.fill(m, r); err != nil {
		return nil, errors.Join(err, s.f.Truncate(m.slot*spoolSlot))
	}
	s.slots += m.slots()
	s.members = append(s.members, m)
	return m, nil
}

// fill seals r block by block after the members there are.
func (s *Spool) fill(m *Spooled, r io.Reader) error {
	buf := make([]byte, spoolSlot)
	for i := int64(0); ; i++ {
		n, end := readBlock(r, buf[:spoolBlock])
		if n > 0 {
			if err := s.room(m.slot+i, i); err != nil {
				return err
			}
			sealed := s.aead.Seal(buf[:0], nonce(s.sealed), buf[:n], nil)
			s.sealed++
			if _, err := s.f.WriteAt(sealed, (m.slot+i)*spoolSlot); errors.Is(err, syscall.ENOSPC) {
				return fullSpool()
			} else if err != nil {
				return fmt.Errorf("writing the spool: %w", err)
			}
			m.size += int64(n)
		}
		if errors.Is(end, io.EOF) {
			return nil
		} else if end != nil {
			return end
		}
		if err := s.tick(); err != nil {
			return err
		}
	}
}

// readBlock fills b. Unlike io.ReadFull it returns the reader's own error, so
// that a member that was cut is not taken for one that ends.
func readBlock(r io.Reader, b []byte) (n int, err error) {
	for idle := 0; n < len(b) && err == nil; {
		var got int
		got, err = r.Read(b[n:])
		if n += got; got > 0 {
			idle = 0
		} else if idle++; idle > 100 && err == nil {
			return n, io.ErrNoProgress
		}
	}
	return n, err
}

// room reports whether slot may be filled; it is the i-th of its member.
func (s *Spool) room(slot, i int64) error {
	if slot >= SpoolLimit/spoolBlock {
		return fullSpool()
	}
	if i%freeEvery == 0 {
		if free, err := freeSpace(s.f); err == nil && free < keepFree {
			return fullSpool()
		}
	}
	return nil
}

func fullSpool() error {
	return &breach.RefusedError{Code: "spool-full", What: "archive member",
		Hint: fmt.Sprintf("it needs more room to be read than the spool has; a spool holds %d GiB and leaves %d GiB free on its disk", SpoolLimit>>30, keepFree>>30)}
}

func nonce(n uint64) []byte {
	var b [12]byte
	binary.LittleEndian.PutUint64(b[:], n)
	return b[:]
}

// Spooled is one member in a spool, a Source. Many goroutines may read it.
type Spooled struct {
	spool *Spool
	slot  int64  // of its first block
	nonce uint64 // of its first block
	size  int64
	freed bool

	mu   sync.Mutex
	kept [spoolKept]opened
}

// opened is a block in the clear; number counts from one, so that zero is none.
type opened struct {
	number int64
	data   []byte
}

// Size is the member's length in bytes.
func (m *Spooled) Size() int64 { return m.size }

func (m *Spooled) slots() int64 { return (m.size + spoolBlock - 1) / spoolBlock }

// ReadAt reads at random. Bytes that somebody changed on the disk are an error.
func (m *Spooled) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errOffset
	}
	if err := m.spool.tick(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for n < len(p) && off < m.size {
		b, err := m.open(off / spoolBlock)
		if err != nil {
			return n, err
		}
		got := copy(p[n:], b[off%spoolBlock:])
		n, off = n+got, off+int64(got)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// open returns block i in the clear.
func (m *Spooled) open(i int64) ([]byte, error) {
	k := &m.kept[i%spoolKept]
	if k.number == i+1 {
		return k.data, nil
	}
	if k.data == nil {
		k.data = make([]byte, spoolSlot)
	}
	k.number = 0
	sealed := k.data[:min(spoolBlock, m.size-i*spoolBlock)+spoolTag]
	if _, err := m.spool.f.ReadAt(sealed, (m.slot+i)*spoolSlot); err != nil {
		return nil, fmt.Errorf("reading the spool: %w", err)
	}
	data, err := m.spool.aead.Open(sealed[:0], nonce(m.nonce+uint64(i)), sealed, nil)
	if err != nil {
		return nil, fmt.Errorf("reading the spool: %w", err)
	}
	k.number, k.data = i+1, data
	return data, nil
}

// Close gives the member's room back, as soon as no later member stands
// behind it. It must not be read any more.
func (m *Spooled) Close() error {
	s := m.spool
	s.mu.Lock()
	defer s.mu.Unlock()
	m.freed = true
	n := len(s.members)
	for n > 0 && s.members[n-1].freed {
		n--
		s.slots = s.members[n].slot
	}
	if n == len(s.members) {
		return nil
	}
	clear(s.members[n:])
	s.members = s.members[:n]
	return s.f.Truncate(s.slots * spoolSlot)
}
