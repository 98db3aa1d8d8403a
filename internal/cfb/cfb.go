// Package cfb reads compound files ([MS-CFB]): streams in storages, as files in
// folders, which is how Office up to 2003, Outlook and encrypted documents rest.
// It holds the table of sectors and the directory and no content, and trusts no
// length or link: github.com/richardlehane/mscfb, which was weighed, takes sizes
// as they are told and walks the directory by recursion.
package cfb

import (
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
)

// File is a compound file at rest. Chains of sectors that bite their tail end at
// the number of sectors there are, and an entry is met once.
type File struct {
	src    io.ReaderAt
	length int64
	shift  uint // of a sector's size
	fat    []uint32
	mini   []uint32 // the table of small sectors
	small  *Stream
	// Entries is the directory; the first is the root. Links between them are by
	// their place.
	Entries []Entry
}

// Entry is a storage or a stream in the directory.
type Entry struct {
	Name               string
	Kind               byte // 1 storage, 2 stream, 5 root
	left, right, child uint32
	first              uint32
	size               int64
}

// Stream is a stream at rest.
type Stream struct {
	src     io.ReaderAt
	sectors []uint32
	shift   uint
	skip    int64 // bytes before sector 0
	size    int64
}

// Why a file cannot be opened.
var (
	ErrCut     = errors.New("cfb: the file ends before its end")
	ErrDamaged = errors.New("cfb: the file contradicts itself")
	ErrLarge   = errors.New("cfb: the file is larger than is read")
)

// Magic begins every compound file; EndOfChain ends a chain of sectors.
const (
	Magic      = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	EndOfChain = 0xfffffffe
	maxEntries = 200_000   // of a directory
	maxSize    = 4<<30 - 1 // bytes of a file: its table takes 32 MiB
)

// Open reads the table and the directory of a file of size bytes. Its errors are
// ErrCut, ErrDamaged and ErrLarge.
func Open(src io.ReaderAt, size int64) (*File, error) {
	var head [512]byte
	if _, err := src.ReadAt(head[:], 0); err != nil {
		return nil, ErrCut
	}
	c := &File{src: src, length: size, shift: uint(le16(head[30:]))}
	if string(head[:8]) != Magic || c.shift != 9 && c.shift != 12 {
		return nil, ErrDamaged
	}
	if size > maxSize {
		return nil, ErrLarge
	}
	c.readFAT(head[:])
	directory := c.chain(le32(head[48:]), maxEntries*128)
	entry := make([]byte, 128)
	for at := int64(0); at < directory.size; at += 128 {
		if _, err := directory.ReadAt(entry, at); err != nil {
			break
		}
		c.Entries = append(c.Entries, c.readEntry(entry))
	}
	if len(c.Entries) == 0 || c.Entries[0].Kind != 5 {
		return nil, ErrDamaged
	}
	c.small = c.chain(c.Entries[0].first, c.Entries[0].size)
	table := c.chain(le32(head[60:]), c.small.size>>6*4+4)
	buf := make([]byte, table.size)
	n, _ := table.ReadAt(buf, 0)
	for i := 0; i+4 <= n; i += 4 {
		c.mini = append(c.mini, le32(buf[i:]))
	}
	return c, nil
}

// readFAT reads the table of sectors by the list of its own sectors (DIFAT).
func (c *File) readFAT(head []byte) {
	size := 1 << c.shift
	sectors := int(c.length>>c.shift) + 1
	list := make([]uint32, 0, 109)
	for i := range 109 {
		list = append(list, le32(head[76+4*i:]))
	}
	buf := make([]byte, size)
	for next, n := le32(head[68:]), 0; next < EndOfChain-1 && n <= sectors/(size/4)+1; n++ {
		if _, err := c.src.ReadAt(buf, int64(next+1)<<c.shift); err != nil {
			break
		}
		for i := 0; i+8 <= size; i += 4 {
			list = append(list, le32(buf[i:]))
		}
		next = le32(buf[size-4:])
	}
	for _, at := range list {
		if at >= EndOfChain-1 || len(c.fat) >= sectors {
			continue
		}
		n, _ := c.src.ReadAt(buf, int64(at+1)<<c.shift)
		for i := 0; i+4 <= n; i += 4 {
			c.fat = append(c.fat, le32(buf[i:]))
		}
	}
}

func (c *File) readEntry(b []byte) Entry {
	var name []uint16
	for i := 0; i+2 < int(min(le16(b[64:]), 64)); i += 2 {
		name = append(name, le16(b[i:]))
	}
	e := Entry{Name: string(utf16.Decode(name)), Kind: b[66], left: le32(b[68:]), right: le32(b[72:]), child: le32(b[76:]), first: le32(b[116:]), size: int64(le32(b[120:]))}
	if c.shift == 12 {
		e.size |= int64(le32(b[124:])&0x7fffffff) << 32
	}
	return e
}

// chain follows a chain of sectors.
func (c *File) chain(first uint32, size int64) *Stream {
	s := &Stream{src: c.src, shift: c.shift, skip: 1 << c.shift}
	for at := first; int64(at) < int64(len(c.fat)) && len(s.sectors) < len(c.fat) && int64(len(s.sectors))<<c.shift < size; at = c.fat[at] {
		s.sectors = append(s.sectors, at)
	}
	s.size = min(size, int64(len(s.sectors))<<c.shift)
	return s
}

// Open opens the stream of an entry.
func (c *File) Open(e Entry) *Stream {
	if e.size >= 4096 {
		return c.chain(e.first, e.size)
	}
	s := &Stream{src: c.small, shift: 6}
	for at := e.first; int64(at) < int64(len(c.mini)) && len(s.sectors) < 64; at = c.mini[at] {
		s.sectors = append(s.sectors, at)
	}
	s.size = min(e.size, int64(len(s.sectors))<<6)
	return s
}

// Bytes is the content of a stream, limit bytes of it at most.
func (c *File) Bytes(e Entry, limit int64) []byte {
	s := c.Open(e)
	b := make([]byte, min(s.size, limit))
	n, _ := s.ReadAt(b, 0) // as far as it goes
	return b[:n]
}

// Children are the entries of a storage in their order, each that was not met before.
func (c *File) Children(storage uint32, met map[uint32]bool) []uint32 {
	var all []uint32
	if int64(storage) >= int64(len(c.Entries)) {
		return nil
	}
	todo := []uint32{c.Entries[storage].child}
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if int64(at) >= int64(len(c.Entries)) || met[at] {
			continue
		}
		met[at] = true
		all = append(all, at)
		todo = append(todo, c.Entries[at].right, c.Entries[at].left)
	}
	return all
}

// Find returns a stream by its name wherever it stands, nil when there is none:
// the links of the directory may be damaged.
func (c *File) Find(name string) *Stream {
	for _, e := range c.Entries {
		if e.Kind == 2 && e.Name == name {
			return c.Open(e)
		}
	}
	return nil
}

// Size is in bytes.
func (s *Stream) Size() int64 { return s.size }

// ReadAt reads from the stream.
func (s *Stream) ReadAt(p []byte, off int64) (int, error) {
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

// HoldsName says whether a compound file's beginning holds an entry of a name.
func HoldsName(head []byte, name string) bool {
	var b []byte
	for _, u := range utf16.Encode([]rune(name)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return len(head) > 512 && string(head[:8]) == Magic && indexAligned(head, append(b, 0, 0))
}

// indexAligned looks for an entry's name where entries begin.
func indexAligned(head, name []byte) bool {
	for at := 512; at+128 <= len(head); at += 128 {
		if string(head[at:at+len(name)]) == string(name) {
			return true
		}
	}
	return false
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
