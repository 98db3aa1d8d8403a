package linkage

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"sync"
	"sync/atomic"

	"vigie/internal/breach"
)

// An index is a sequence of pages of 64 KiB, each closed by a checksum, so that
// what is read of it is what was written whatever lies between. Sealing is the
// caller's: 64 KiB is also the chunk in which sealed files are authenticated.
const (
	pageSize = 64 << 10
	pageData = pageSize - crc32.Size // bytes of a page that carry something
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// DefaultMemory bounds the pages of an index that are kept in memory.
const DefaultMemory = 4 << 30

// pages reads pages once each while memory lasts. It is safe for concurrent use.
type pages struct {
	src   io.ReaderAt
	slots []atomic.Pointer[[pageSize]byte]
	used  []atomic.Bool // since the hand of the clock passed
	limit int           // most pages held

	mu   sync.Mutex
	held int
	hand int               // of the clock that chooses which page goes
	room [][pageSize]byte  // made sideBySide, for the pages of an index of which none ever goes
	back []*[pageSize]byte // of pages that two goroutines read at once
}

// sideBySide is how many pages are made at once: what lies side by side takes
// fewer of the processor's larger pages.
const sideBySide = 8 << 20 / pageSize

func newPages(src io.ReaderAt, size, memory int64) (*pages, error) {
	if size <= 0 || size%pageSize != 0 {
		return nil, damaged("%d bytes are not whole pages", size)
	}
	if memory <= 0 {
		memory = DefaultMemory
	}
	n := size / pageSize
	return &pages{src: src, slots: make([]atomic.Pointer[[pageSize]byte], n), used: make([]atomic.Bool, n), limit: int(max(memory/pageSize, 16))}, nil
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("linkage index: "+format+": %w", append(args, breach.ErrInvalid)...)
}

// page returns the data of page n, which nobody changes.
func (p *pages) page(n uint64) ([]byte, error) {
	if n >= uint64(len(p.slots)) {
		return nil, damaged("page %d of %d", n, len(p.slots))
	}
	if got := p.slots[n].Load(); got != nil {
		if !p.used[n].Load() {
			p.used[n].Store(true)
		}
		return got[:pageData], nil
	}
	return p.load(n)
}

func (p *pages) load(n uint64) ([]byte, error) {
	buf := p.make()
	if k, err := p.src.ReadAt(buf[:], int64(n)*pageSize); k < pageSize {
		return nil, fmt.Errorf("reading linkage index: %w", err)
	}
	if binary.LittleEndian.Uint32(buf[pageData:]) != crc32.Checksum(buf[:pageData], castagnoli) {
		return nil, damaged("page %d is not what was written", n)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if got := p.slots[n].Load(); got != nil {
		p.back = append(p.back, buf)
		return got[:pageData], nil // another goroutine was faster
	}
	for p.held >= p.limit {
		p.drop()
	}
	p.used[n].Store(true)
	p.slots[n].Store(buf)
	p.held++
	return buf[:pageData], nil
}

// make returns room for a page. One that may go again is made by itself, since
// whoever still reads it keeps alive what was made with it.
func (p *pages) make() *[pageSize]byte {
	if len(p.slots) > p.limit {
		return new([pageSize]byte)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.back); n > 0 {
		buf := p.back[n-1]
		p.back = p.back[:n-1]
		return buf
	}
	if len(p.room) == 0 {
		p.room = make([][pageSize]byte, min(sideBySide, len(p.slots)))
		nearby(p.room)
	}
	buf := &p.room[0]
	p.room = p.room[1:]
	return buf
}

// drop lets go of a page that was not used since the hand last passed. Who
// still reads it keeps it alive.
func (p *pages) drop() {
	for {
		p.hand = (p.hand + 1) % len(p.slots)
		got := p.slots[p.hand].Load()
		if got == nil || p.used[p.hand].Swap(false) {
			continue
		}
		p.slots[p.hand].Store(nil)
		p.held--
		return
	}
}

// unit returns what was written at an offset: a length, then so many bytes.
// It is a view of the page, copied only where it runs over the page's end.
func (p *pages) unit(at uint64) ([]byte, error) {
	data, err := p.page(at / pageSize)
	if err != nil {
		return nil, err
	}
	in := at % pageSize
	if in >= pageData {
		return nil, damaged("offset %d", at)
	}
	n, k := binary.Uvarint(data[in:])
	if k <= 0 {
		return nil, damaged("length at offset %d", at)
	}
	data = data[in+uint64(k):]
	if n <= uint64(len(data)) {
		return data[:n:n], nil
	}
	return p.long(at/pageSize, n, data)
}

// maxUnit bounds what one unit may hold.
const maxUnit = 64 << 20

func (p *pages) long(n, size uint64, head []byte) ([]byte, error) {
	if size > maxUnit {
		return nil, damaged("a unit of %d bytes", size)
	}
	out := append(make([]byte, 0, size), head...)
	for uint64(len(out)) < size {
		n++
		data, err := p.page(n)
		if err != nil {
			return nil, err
		}
		out = append(out, data[:min(uint64(len(data)), size-uint64(len(out)))]...)
	}
	return out, nil
}

// pageWriter writes pages one after the other.
type pageWriter struct {
	w    io.Writer
	buf  []byte
	done uint64 // pages written
	head [binary.MaxVarintLen64]byte
	err  error
}

func newPageWriter(w io.Writer) *pageWriter {
	return &pageWriter{w: w, buf: make([]byte, 0, pageSize)}
}

// at is where the next byte goes.
func (p *pageWriter) at() uint64 { return p.done*pageSize + uint64(len(p.buf)) }

// unit writes a unit and returns its offset. Units that fit in a page do not
// run over its end.
func (p *pageWriter) unit(data []byte) uint64 {
	head := binary.PutUvarint(p.head[:], uint64(len(data)))
	if need := head + len(data); len(p.buf)+need > pageData && (need <= pageData || len(p.buf)+head > pageData) {
		p.flush()
	}
	at := p.at()
	p.raw(p.head[:head])
	p.raw(data)
	return at
}

func (p *pageWriter) raw(data []byte) {
	for len(data) > 0 {
		if len(p.buf) == pageData {
			p.flush()
		}
		n := min(pageData-len(p.buf), len(data))
		p.buf = append(p.buf, data[:n]...)
		data = data[n:]
	}
}

// flush ends the page, if there is anything in it.
func (p *pageWriter) flush() {
	if len(p.buf) == 0 {
		return
	}
	used := len(p.buf)
	p.buf = p.buf[:pageSize]
	clear(p.buf[used:])
	binary.LittleEndian.PutUint32(p.buf[pageData:], crc32.Checksum(p.buf[:pageData], castagnoli))
	if p.err == nil {
		_, p.err = p.w.Write(p.buf)
	}
	p.buf = p.buf[:0]
	p.done++
}
