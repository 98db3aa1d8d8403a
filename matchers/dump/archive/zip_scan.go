package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"

	"vigie/matchers/dump"
)

// scan reads a zip without its central directory, by the local headers from the
// first byte on: what is left of a zip that was cut. Every byte is passed over
// once; a member that breaks is left where it broke.
func (z *zipReader) scan() error {
	first := make([]byte, 4)
	if _, err := z.in.ReadAt(first, 0); err == nil && string(first) == "PK\x07\x08" { // of several parts
		return refused(dump.CodeSplit)
	}
	z.refuse("", dump.CodeCut)
	for at := int64(0); ; {
		at = z.find(at, []byte("PK\x03\x04"))
		if at < 0 {
			return nil
		}
		e, start, err := z.localHeader(at)
		if err != nil || z.seen[at] {
			at = max(at+4, start) // never the same bytes again
			continue
		}
		if err := z.entry(); err != nil {
			return err
		}
		if at, err = z.scanEntry(e, start); err != nil {
			return err
		}
	}
}

// find returns the offset of the next sig at or after at, or -1. It keeps the
// piece of the file it looks at: signatures may stand side by side.
func (z *zipReader) find(at int64, sig []byte) int64 {
	for at < z.size && z.ctx.Err() == nil {
		if at < z.pieceAt || at+int64(len(sig)) > z.pieceAt+int64(len(z.piece)) {
			n, _ := z.in.ReadAt(z.piece[:cap(z.piece)], at)
			z.piece, z.pieceAt = z.piece[:n], at
		}
		part := z.piece[at-z.pieceAt:]
		if i := bytes.Index(part, sig); i >= 0 {
			return at + int64(i)
		}
		if len(part) < len(sig) {
			return -1
		}
		at += int64(len(part) - len(sig) + 1)
	}
	return -1
}

// localHeader reads the header of a member and where its bytes start.
func (z *zipReader) localHeader(at int64) (*zipEntry, int64, error) {
	p := make([]byte, localLen)
	if _, err := z.in.ReadAt(p, at); err != nil {
		return nil, 0, io.ErrUnexpectedEOF
	}
	le := binary.LittleEndian
	e := &zipEntry{
		flags: le.Uint16(p[6:]), method: le.Uint16(p[8:]), date: le.Uint16(p[10:]), crc: le.Uint32(p[14:]),
		packed: int64(le.Uint32(p[18:])), size: int64(le.Uint32(p[22:])), offset: at,
	}
	n, extra := int(le.Uint16(p[26:])), int(le.Uint16(p[28:]))
	if p[4] > 63 || n == 0 || e.method > methodAES {
		return nil, 0, errDamaged
	}
	rest := make([]byte, n+extra)
	if _, err := z.in.ReadAt(rest, at+localLen); err != nil && (!errors.Is(err, io.EOF) || at+localLen+int64(n+extra) > z.size) {
		return nil, z.size, io.ErrUnexpectedEOF
	}
	return e, at + localLen + int64(n+extra), e.read(rest[:n], rest[n:], false)
}

// scanEntry gives one member and returns where to look for the next.
func (z *zipReader) scanEntry(e *zipEntry, start int64) (int64, error) {
	unknown := e.flags&8 != 0 && e.packed == 0
	if !unknown {
		end := min(start+e.packed, z.size)
		if e.isDir() {
			return end, nil
		}
		return end, z.readData(e, z.labels.label(e.name), z.in.section(start, end-start))
	}
	name := z.labels.label(e.name)
	switch {
	case e.flags&1 != 0:
		z.refuse(name, dump.CodeEncrypted)
	case e.method == methodDeflate:
		return z.scanDeflate(name, start)
	case e.method == methodStore:
		return z.scanStored(e, name, start)
	default:
		z.refuse(name, dump.CodeNoReader)
	}
	return start, nil
}

// scanDeflate reads a member whose size stands after it: deflate knows its end.
func (z *zipReader) scanDeflate(name string, start int64) (int64, error) {
	section := z.in.section(start, z.size-start)
	z.buffer.Reset(&exact{r: section, cut: true})
	sum := &summed{r: z.inflate(z.buffer)}
	if err := z.memberWhole(name, -1, sum); err != nil {
		return 0, err
	}
	at, err := section.Seek(0, io.SeekCurrent)
	if err != nil {
		return 0, err
	}
	at += start - int64(z.buffer.Buffered())
	if sum.ended && !z.descriptor(at, sum.sum) {
		z.refuse(name, dump.CodeDamaged)
	}
	return at, nil
}

// descriptor says whether a data descriptor with the checksum stands at at, with
// or without its signature.
func (z *zipReader) descriptor(at int64, sum uint32) bool {
	p := make([]byte, 8)
	if n, err := z.in.ReadAt(p, at); n < len(p) && (err == nil || !errors.Is(err, io.EOF) || n < 4) {
		return false
	}
	le := binary.LittleEndian
	return le.Uint32(p) == sum || le.Uint32(p) == sigDesc && le.Uint32(p[4:]) == sum
}

// scanStored reads a stored member whose size stands after it: it ends where a
// descriptor says that it is as long as it is.
func (z *zipReader) scanStored(e *zipEntry, name string, start int64) (int64, error) {
	p := make([]byte, 20)
	for at := start; ; at += 4 {
		if at = z.find(at, []byte("PK\x07\x08")); at < 0 {
			break
		}
		if n, _ := z.in.ReadAt(p, at+4); n < 12 {
			break
		}
		le := binary.LittleEndian
		if int64(le.Uint32(p[4:])) != at-start && le.Uint64(p[4:]) != uint64(at-start) {
			continue
		}
		e.crc, e.packed, e.size = le.Uint32(p), at-start, at-start
		return at, z.readData(e, name, z.in.section(start, at-start))
	}
	e.packed, e.size = z.size-start+1, z.size-start+1 // it goes to the end, at the least
	return z.size, z.readData(e, name, z.in.section(start, z.size-start))
}

// summed computes the checksum of what passes.
type summed struct {
	r     io.Reader
	sum   uint32
	ended bool
}

func (s *summed) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	s.sum = crc32.Update(s.sum, crc32.IEEETable, p[:n])
	s.ended = s.ended || errors.Is(err, io.EOF)
	return n, err
}
