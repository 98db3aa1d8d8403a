package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"vigie/matchers/dump"
)

// Signatures and sizes of zip records (PKWARE APPNOTE 6.3.10, section 4.3).
const (
	sigLocal   = 0x04034b50
	sigCentral = 0x02014b50
	sigEnd     = 0x06054b50
	sigEnd64   = 0x06064b50
	sigLoc64   = 0x07064b50
	sigDesc    = 0x08074b50

	localLen   = 30
	centralLen = 46
	endLen     = 22
	loc64Len   = 20
	end64Len   = 56
)

// errNoDirectory is a zip whose central directory is missing or unusable: its
// members are then looked for in the file itself.
var errNoDirectory = errors.New("no central directory")

// directory is where the central directory stands, and how many entries it says
// it has.
type directory struct {
	offset, size, count int64
	base                int64 // bytes before the archive, which its offsets do not know
}

// zipEntry is an entry of the central directory, or a local header.
type zipEntry struct {
	name         string
	flags        uint16
	method       uint16
	crc          uint32
	packed, size int64
	offset       int64 // of the local header
	aes          aesExtra
	date         uint16 // MS-DOS time of day, which ZipCrypto checks a password by
	mode         uint32 // UNIX mode when it says one
}

func (e *zipEntry) isDir() bool { return strings.HasSuffix(e.name, "/") && e.size == 0 }

// special is a link by its UNIX mode, or a device or FIFO without data: zip
// writes what was piped into it as a FIFO that has some.
func (e *zipEntry) special() bool {
	switch e.mode & 0o170000 {
	case 0, 0o100000, 0o040000:
		return false
	case 0o120000:
		return true
	}
	return e.size == 0
}

// findDirectory looks for the end record in the last 64 KiB and a bit. The last
// one that fits counts.
func findDirectory(in *intake, size int64) (directory, error) {
	tail := min(size, endLen+1<<16)
	buf := make([]byte, tail)
	if _, err := in.ReadAt(buf, size-tail); err != nil && !errors.Is(err, io.EOF) {
		return directory{}, err
	}
	for i := len(buf) - endLen; i >= 0; i-- {
		if i = bytes.LastIndex(buf[:i+4], []byte("PK\x05\x06")); i < 0 {
			break
		}
		if d, err := readEnd(in, buf[i:], size-tail+int64(i)); !errors.Is(err, errNoDirectory) {
			return d, err
		}
	}
	return directory{}, errNoDirectory
}

// readEnd reads an end record, and the 64-bit one before it.
func readEnd(in *intake, p []byte, at int64) (directory, error) {
	le := binary.LittleEndian
	d := directory{count: int64(le.Uint16(p[10:])), size: int64(le.Uint32(p[12:])), offset: int64(le.Uint32(p[16:]))}
	disk, first := le.Uint16(p[4:]), le.Uint16(p[6:])
	end := at
	if q := make([]byte, loc64Len); at >= loc64Len {
		if _, err := in.ReadAt(q, at-loc64Len); err == nil && le.Uint32(q) == sigLoc64 {
			end64 := int64(le.Uint64(q[8:]))
			r := make([]byte, end64Len)
			if _, err := in.ReadAt(r, end64); err != nil || le.Uint32(r) != sigEnd64 {
				end64 = at - loc64Len - end64Len // where it stands when bytes were put before
				if end64 < 0 {
					return d, errNoDirectory
				}
				if _, err := in.ReadAt(r, end64); err != nil || le.Uint32(r) != sigEnd64 {
					return d, errNoDirectory
				}
			}
			if le.Uint32(q[16:]) > 1 || le.Uint32(r[16:]) != 0 {
				return d, refused(dump.CodeSplit)
			}
			d.count, d.size, d.offset = int64(le.Uint64(r[32:])), int64(le.Uint64(r[40:])), int64(le.Uint64(r[48:]))
			end, disk, first = end64, 0, 0
		}
	}
	if disk != first || disk != 0 && disk != 0xffff {
		return d, refused(dump.CodeSplit)
	}
	if d.size < 0 || d.size > end {
		return d, errNoDirectory
	}
	d.base = end - d.size - d.offset
	if d.offset < 0 || d.base < 0 {
		return d, errNoDirectory
	}
	return d, nil
}

// entries reads the central directory and calls each with every entry. It holds
// one entry at a time: a directory of ten million is never in memory.
func (d directory) entries(in *intake, each func(*zipEntry) error) (int64, error) {
	r := bufio.NewReaderSize(in.section(d.base+d.offset, d.size), 1<<16)
	var n int64
	for ; ; n++ {
		head := make([]byte, centralLen)
		if _, err := io.ReadFull(r, head); err != nil {
			if errors.Is(err, io.EOF) {
				return n, nil
			}
			return n, errNoDirectory
		}
		if binary.LittleEndian.Uint32(head) != sigCentral {
			return n, errNoDirectory
		}
		e, err := readCentral(head, r)
		if err != nil {
			return n, err
		}
		e.offset += d.base
		if err := each(e); err != nil {
			return n, err
		}
	}
}

func readCentral(p []byte, r io.Reader) (*zipEntry, error) {
	le := binary.LittleEndian
	e := &zipEntry{
		flags: le.Uint16(p[8:]), method: le.Uint16(p[10:]), date: le.Uint16(p[12:]), crc: le.Uint32(p[16:]),
		packed: int64(le.Uint32(p[20:])), size: int64(le.Uint32(p[24:])), offset: int64(le.Uint32(p[42:])),
	}
	if host := p[5]; host == 3 || host == 19 { // UNIX, OS X
		e.mode = le.Uint32(p[38:]) >> 16
	}
	rest := make([]byte, int(le.Uint16(p[28:]))+int(le.Uint16(p[30:]))+int(le.Uint16(p[32:])))
	if _, err := io.ReadFull(r, rest); err != nil {
		return nil, errNoDirectory
	}
	name, extra := rest[:le.Uint16(p[28:])], rest[le.Uint16(p[28:]):]
	return e, e.read(name, extra[:le.Uint16(p[30:])], true)
}

// read reads name and extra fields (APPNOTE 4.5, and Info-ZIP's Unicode path).
func (e *zipEntry) read(name, extra []byte, central bool) error {
	if e.flags&0x800 != 0 && utf8.Valid(name) {
		e.name = string(name)
	} else {
		e.name = decodeName(name)
	}
	le := binary.LittleEndian
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if n > len(extra)-4 {
			break
		}
		field := extra[4 : 4+n]
		extra = extra[4+n:]
		switch {
		case id == 1:
			e.read64(field, central)
		case id == 0x7075 && n > 5 && field[0] == 1 && le.Uint32(field[1:]) == crc32.ChecksumIEEE(name) && utf8.Valid(field[5:]):
			e.name = string(field[5:])
		case id == 0x9901 && n >= 7:
			e.aes = aesExtra{version: le.Uint16(field), strength: field[4], method: le.Uint16(field[5:])}
		}
	}
	if e.packed < 0 || e.size < 0 || e.offset < 0 {
		return errNoDirectory
	}
	return nil
}

// read64 takes the sizes that did not fit in 32 bits, in their order.
func (e *zipEntry) read64(field []byte, central bool) {
	for _, v := range []*int64{&e.size, &e.packed, &e.offset} {
		if *v != 0xffffffff || v == &e.offset && !central {
			continue
		}
		if len(field) < 8 {
			return
		}
		*v = int64(binary.LittleEndian.Uint64(field))
		field = field[8:]
	}
}

// span is what an entry takes of the file, at the least.
type span struct {
	from, to int64
	index    int
}

// overlaps finds the entries that share bytes with others, which makes a small
// zip give petabytes (D. Fifield, "A better zip bomb", 2019). It looks at max
// entries at most.
func (d directory) overlaps(in *intake, most int) (map[int]bool, error) {
	var spans []span
	errFull := errors.New("full")
	_, err := d.entries(in, func(e *zipEntry) error {
		if len(spans) == most {
			return errFull
		}
		spans = append(spans, span{e.offset, e.offset + localLen + e.packed, len(spans)})
		return nil
	})
	if err != nil && !errors.Is(err, errFull) && len(spans) == 0 {
		return nil, err
	}
	slices.SortFunc(spans, func(a, b span) int {
		if a.from != b.from {
			return int(min(max(a.from-b.from, -1), 1))
		}
		return a.index - b.index
	})
	bad := map[int]bool{}
	for i, last := 1, 0; i < len(spans); i++ {
		if spans[i].from < spans[last].to {
			bad[spans[i].index], bad[spans[last].index] = true, true
		}
		if spans[i].to > spans[last].to {
			last = i
		}
	}
	return bad, nil
}
