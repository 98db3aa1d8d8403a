package sheet

import (
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"

	"vigie/matchers/dump"
)

// Compound files ([MS-CFB]) hold streams in chains of sectors, as a file system
// does. This reader holds the chains' table (1/128 of the file) and no content;
// chains that bite their tail end at the number of sectors there are.
const (
	cfbMagic   = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	endOfChain = 0xfffffffe
	maxStreams = 4096
)

type compound struct {
	src     dump.Source
	shift   uint // of a sector's size
	fat     []uint32
	mini    []uint32 // the table of small sectors
	small   *stream  // where small sectors are
	streams map[string]*stream
}

// stream is a stream at rest.
type stream struct {
	src     io.ReaderAt
	sectors []uint32
	shift   uint
	skip    int64 // bytes before sector 0
	size    int64
}

func openCompound(src dump.Source) (*compound, error) {
	var head [512]byte
	if _, err := src.ReadAt(head[:], 0); err != nil {
		return nil, errCut
	}
	c := &compound{src: src, shift: uint(le16(head[30:])), streams: map[string]*stream{}}
	if string(head[:8]) != cfbMagic || c.shift != 9 && c.shift != 12 {
		return nil, errDamaged
	}
	if err := c.readFAT(head[:]); err != nil {
		return nil, err
	}
	directory := c.chain(le32(head[48:]), 1<<40)
	for i := range directory.count() {
		sector := make([]byte, 1<<c.shift)
		if _, err := directory.ReadAt(sector, int64(i)<<c.shift); err != nil && !errors.Is(err, io.EOF) {
			return nil, errCut
		}
		for ; len(sector) >= 128; sector = sector[128:] {
			c.entry(sector[:128], head[:])
		}
		if len(c.streams) > maxStreams {
			break
		}
	}
	return c, nil
}

// readFAT reads the table of sectors by the list of its own sectors (DIFAT).
func (c *compound) readFAT(head []byte) error {
	size := 1 << c.shift
	sectors := int(c.src.Size()>>c.shift) + 1
	list := make([]uint32, 0, 109)
	for i := range 109 {
		list = append(list, le32(head[76+4*i:]))
	}
	buf := make([]byte, size)
	for next, n := le32(head[68:]), 0; next < endOfChain-1 && n <= sectors/(size/4)+1; n++ {
		if _, err := c.src.ReadAt(buf, int64(next+1)<<c.shift); err != nil {
			return errCut
		}
		for i := 0; i+8 <= size; i += 4 {
			list = append(list, le32(buf[i:]))
		}
		next = le32(buf[size-4:])
	}
	for _, at := range list {
		if at >= endOfChain-1 || len(c.fat) >= sectors {
			continue
		}
		if n, err := c.src.ReadAt(buf, int64(at+1)<<c.shift); err != nil && (!errors.Is(err, io.EOF) || n == 0) {
			return errCut
		}
		for i := 0; i < size; i += 4 {
			c.fat = append(c.fat, le32(buf[i:]))
		}
	}
	return nil
}

// chain follows a chain of sectors.
func (c *compound) chain(first uint32, size int64) *stream {
	s := &stream{src: c.src, shift: c.shift, skip: 1 << c.shift}
	for at := first; int64(at) < int64(len(c.fat)) && len(s.sectors) < len(c.fat) && int64(len(s.sectors))<<c.shift < size; at = c.fat[at] {
		s.sectors = append(s.sectors, at)
	}
	s.size = min(size, int64(len(s.sectors))<<c.shift)
	return s
}

// entry takes a directory entry.
func (c *compound) entry(b, head []byte) {
	var name []uint16
	for i := 0; i+2 < int(min(le16(b[64:]), 64)); i += 2 {
		name = append(name, le16(b[i:]))
	}
	first, size := le32(b[116:]), int64(le32(b[120:]))
	if c.shift == 12 {
		size |= int64(le32(b[124:])&0x7fffffff) << 32
	}
	switch b[66] {
	case 5: // the root holds the small sectors
		c.small = c.chain(first, size)
		table := c.chain(le32(head[60:]), 1<<40)
		buf := make([]byte, min(table.size, c.small.size>>6*4+4))
		n, _ := table.ReadAt(buf, 0)
		for i := 0; i+4 <= n; i += 4 {
			c.mini = append(c.mini, le32(buf[i:]))
		}
	case 2:
		s := string(utf16.Decode(name))
		if _, twice := c.streams[s]; twice {
			return
		}
		if size < 4096 && c.small != nil {
			c.streams[s] = c.smallChain(first, size)
		} else {
			c.streams[s] = c.chain(first, size)
		}
	}
}

func (c *compound) smallChain(first uint32, size int64) *stream {
	s := &stream{src: c.small, shift: 6}
	for at := first; int64(at) < int64(len(c.mini)) && len(s.sectors) < 64; at = c.mini[at] {
		s.sectors = append(s.sectors, at)
	}
	s.size = min(size, int64(len(s.sectors))<<6)
	return s
}

func (s *stream) count() int { return len(s.sectors) }

// ReadAt reads from the stream.
func (s *stream) ReadAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		at := off + int64(done)
		if at >= s.size {
			return done, io.EOF
		}
		within := at & (1<<s.shift - 1)
		n := min(int64(len(p)-done), 1<<s.shift-within, s.size-at)
		got, err := s.src.ReadAt(p[done:done+int(n)], s.skip+int64(s.sectors[at>>s.shift])<<s.shift+within)
		done += got
		if got < int(n) {
			if err == nil {
				err = io.ErrUnexpectedEOF
			}
			return done, err
		}
	}
	return done, nil
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
