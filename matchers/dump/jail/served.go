package jail

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync"

	"vigie/internal/breach"
)

// A served source keeps blocks, so that small and sequential reads cost
// little, and asks for the next ones while the present one is parsed.
const (
	keepBlocks = 8 // of blockSize each
	readAhead  = 2
)

var errOffset = errors.New("negative offset")

// served is a source whose bytes the parent reads and decrypts.
type served struct {
	size int64
	out  *encoder

	mu     sync.Mutex
	came   *sync.Cond
	blocks map[int64]*block // by number
	clock  int64
	spare  [][]byte
}

// block is one block of the source, or the promise of one.
type block struct {
	data []byte
	here bool
	used int64 // when last, by clock
}

func newServed(size int64, out *encoder) *served {
	s := &served{size: size, out: out, blocks: map[int64]*block{}}
	s.came = sync.NewCond(&s.mu)
	return s
}

func (s *served) Size() int64 { return s.size }

// ReadAt copies from blocks, asking for those that are missing.
func (s *served) ReadAt(p []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, errOffset
	}
	for n < len(p) && off < s.size {
		got, err := s.read(p[n:], off)
		if err != nil {
			return n, err
		}
		n, off = n+got, off+int64(got)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// read copies what one block holds at off.
func (s *served) read(p []byte, off int64) (int, error) {
	i := off / blockSize
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		if b := s.blocks[i]; b != nil && b.here {
			if ahead := s.promiseAhead(i); ahead != nil {
				if err := s.ask(ahead); err != nil {
					return 0, err
				}
				continue // ask let go of the lock
			}
			s.clock++
			b.used = s.clock
			return copy(p, b.data[off-i*blockSize:]), nil
		} else if b == nil {
			if err := s.ask(append([]int64{s.promise(i)}, s.promiseAhead(i)...)); err != nil {
				return 0, err
			}
			continue
		}
		s.came.Wait()
	}
}

// promise makes room for block i and says that it will come.
func (s *served) promise(i int64) int64 {
	s.evict()
	size := min(blockSize, s.size-i*blockSize)
	var data []byte
	if n := len(s.spare); n > 0 {
		data, s.spare = s.spare[n-1], s.spare[:n-1]
	} else {
		data = make([]byte, blockSize)
	}
	s.clock++
	s.blocks[i] = &block{data: data[:size], used: s.clock}
	return i
}

// promiseAhead promises the blocks after i if reading seems to be sequential:
// block i-1 has been here.
func (s *served) promiseAhead(i int64) (asked []int64) {
	if i > 0 && s.blocks[i-1] == nil {
		return nil
	}
	for k := i + 1; k <= i+readAhead && k*blockSize < s.size; k++ {
		if s.blocks[k] == nil {
			asked = append(asked, s.promise(k))
		}
	}
	return asked
}

// evict drops the blocks used longest ago, never one that is still to come.
func (s *served) evict() {
	for len(s.blocks) >= keepBlocks {
		oldest, at := int64(-1), int64(0)
		for i, b := range s.blocks {
			if b.here && (oldest < 0 || b.used < at) {
				oldest, at = i, b.used
			}
		}
		if oldest < 0 {
			return
		}
		s.spare = append(s.spare, s.blocks[oldest].data[:blockSize])
		delete(s.blocks, oldest)
	}
}

// ask sends the requests without the lock: a parent that is busy sending
// blocks takes no request until they have been received, which needs it.
func (s *served) ask(blocks []int64) error {
	s.mu.Unlock()
	defer s.mu.Lock()
	for k, i := range blocks {
		body := binary.LittleEndian.AppendUint64(nil, uint64(i)*blockSize)
		body = binary.LittleEndian.AppendUint32(body, uint32(min(blockSize, s.size-i*blockSize)))
		if err := s.out.send(k == len(blocks)-1, frameRead, 0, body); err != nil {
			return err
		}
	}
	return nil
}

// receive fills promised blocks until the parent is gone.
func (s *served) receive(in *os.File) {
	var h [requestSize]byte
	for {
		if _, err := io.ReadFull(in, h[:]); err != nil {
			return
		}
		s.mu.Lock()
		b := s.blocks[int64(binary.LittleEndian.Uint64(h[:])/blockSize)]
		s.mu.Unlock()
		if b == nil || b.here || len(b.data) != int(binary.LittleEndian.Uint32(h[8:])) {
			return // not what was asked for: the parent is not ours
		}
		if _, err := io.ReadFull(in, b.data); err != nil {
			return
		}
		s.mu.Lock()
		b.here = true
		s.came.Broadcast()
		s.mu.Unlock()
	}
}

// plain opens the file that src is, for reading only and with a position of
// its own, or returns nil: then src is served.
func plain(src Source) *os.File {
	holder, ok := src.(interface{ File() *os.File })
	if !ok || holder.File() == nil {
		return nil
	}
	return reopen(holder.File())
}

// spool opens an unnamed file for the child's spool.
func (j *Jail) spool() (*os.File, error) {
	if j.SpoolDir == "" {
		return nil, nil
	}
	f, err := os.CreateTemp(j.SpoolDir, ".spool-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		_ = f.Close()
		return nil, errors.Join(err, breach.ErrConflict)
	}
	return f, nil
}
