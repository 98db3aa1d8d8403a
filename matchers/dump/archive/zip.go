package archive

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"vigie/matchers/dump"
)

// zipFormat reads zip archives by their central directory, and by their local
// headers when that is missing.
type zipFormat struct{ limits limits }

// Name is "zip".
func (zipFormat) Name() string { return "zip" }

// Sniff knows a zip by its first record. Office documents are zips too: their
// formats are surer of them.
func (zipFormat) Sniff(f *dump.File) float64 {
	for _, magic := range []string{"PK\x03\x04", "PK\x05\x06", "PK\x07\x08PK\x03\x04", "PK00PK\x03\x04"} {
		if bytes.HasPrefix(f.Head, []byte(magic)) {
			return 0.8
		}
	}
	end := []byte("PK\x05\x06")
	if !f.Whole || !bytes.Contains(f.Head, end) { // found much faster than the last one
		return 0
	}
	if at := bytes.LastIndex(f.Head, end); bytes.ContainsFunc(f.Head[:min(at, 512)], func(r rune) bool { return r < 8 }) {
		return 0.5 // a program that unpacks itself, or the last of several parts
	}
	return 0
}

// Read gives the members in the order of the central directory.
func (z zipFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	src, err := f.Source()
	if err != nil {
		return err
	}
	in := &intake{src: src}
	r := &zipReader{box: newBox(ctx, v, z.limits, in), size: src.Size(), passwords: f.Passwords,
		seen: map[int64]bool{}, buffer: bufio.NewReaderSize(nil, 1<<16), piece: make([]byte, 0, 1<<16)}
	dir, err := findDirectory(in, src.Size())
	if err == nil {
		err = r.readDirectory(dir)
	}
	if errors.Is(err, errNoDirectory) {
		err = r.scan()
	}
	return r.finish(err)
}

type zipReader struct {
	*box
	size      int64
	passwords []string
	seen      map[int64]bool // offsets of members read, when the directory breaks off
	buffer    *bufio.Reader
	flate     io.ReadCloser
	piece     []byte // of the file, when it is searched
	pieceAt   int64
}

// readDirectory gives every entry the directory has. When it breaks off, the
// members it did not name are looked for.
func (z *zipReader) readDirectory(dir directory) error {
	if dir.size == 0 && z.size > endLen {
		return errNoDirectory // it says there is nothing, and there is
	}
	bad, err := dir.overlaps(z.in, z.limits.entries)
	if err == nil {
		index := 0
		var n int64
		n, err = dir.entries(z.in, func(e *zipEntry) error {
			if err := z.entry(); err != nil {
				return err
			}
			index++
			z.seen[e.offset] = true
			return z.readEntry(e, bad[index-1])
		})
		if err == nil && n != dir.count && (dir.count != n&0xffff || n < 1<<16) {
			z.refuse("", dump.CodeDamaged) // the end record counts otherwise
		}
	}
	return err
}

// readEntry gives one entry, or says why not.
func (z *zipReader) readEntry(e *zipEntry, overlaps bool) error {
	if e.isDir() {
		return nil
	}
	name := z.labels.label(e.name)
	switch {
	case overlaps:
		z.refuse(name, dump.CodeBomb)
		return nil
	case e.special():
		z.refuse(name, dump.CodeNotFile)
		return nil
	}
	start, err := z.dataOffset(e)
	if err != nil {
		z.refuse(name, codeOf(err))
		return nil
	}
	return z.readData(e, name, z.in.section(start, min(e.packed, z.size-start)))
}

// dataOffset reads the local header far enough to skip it.
func (z *zipReader) dataOffset(e *zipEntry) (int64, error) {
	p := make([]byte, localLen)
	if _, err := z.in.ReadAt(p, e.offset); err != nil {
		return 0, io.ErrUnexpectedEOF
	}
	le := binary.LittleEndian
	if le.Uint32(p) != sigLocal {
		return 0, errDamaged
	}
	at := e.offset + localLen + int64(le.Uint16(p[26:])) + int64(le.Uint16(p[28:]))
	if at > z.size {
		return 0, io.ErrUnexpectedEOF
	}
	return at, nil
}

// readData decrypts, unpacks and checks a member, and gives it.
func (z *zipReader) readData(e *zipEntry, name string, packed *io.SectionReader) error {
	cut := packed.Size() < e.packed
	var r io.Reader = &exact{r: packed, cut: cut}
	method, checkCRC := e.method, true
	if e.flags&1 != 0 {
		var err error
		if r, method, checkCRC, err = z.decrypt(e, packed); err != nil {
			z.refuse(name, codeOf(err))
			return nil
		}
	}
	var plain io.Reader
	err := safely(func() (err error) { plain, err = z.unpack(method, e, r); return err })
	if err != nil {
		z.refuse(name, codeOf(err))
		return nil
	}
	return z.member(name, e.size, &checked{r: plain, e: e, crc: checkCRC})
}

// exact tells a stream that is shorter than its header says from one that ended.
type exact struct {
	r   io.Reader
	cut bool
}

func (x *exact) Read(p []byte) (int, error) {
	n, err := x.r.Read(p)
	if errors.Is(err, io.EOF) && x.cut {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// checked compares what came out with size and checksum, at the end: the bytes
// are given first.
type checked struct {
	r   io.Reader
	e   *zipEntry
	crc bool
	sum uint32
	n   int64
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	if c.crc {
		c.sum = crc32.Update(c.sum, crc32.IEEETable, p[:n])
	}
	if errors.Is(err, io.EOF) && (c.n != c.e.size || c.crc && c.sum != c.e.crc) {
		return n, errDamaged
	}
	return n, err
}
