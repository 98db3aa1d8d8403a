package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"

	"vigie/matchers/dump"
)

const sevenMagic = "7z\xbc\xaf\x27\x1c"

// sevenFormat reads 7z archives. The header is read by our own parser: a library
// believes its counts, and opens a solid block anew for every file.
type sevenFormat struct{ limits limits }

// Name is "7z".
func (sevenFormat) Name() string { return "7z" }

// Sniff knows the signature.
func (sevenFormat) Sniff(f *dump.File) float64 { return magic(sevenMagic)(f.Head) }

// Read gives the files in the order of their streams, every block once.
func (s sevenFormat) Read(ctx context.Context, f *dump.File, v dump.Visitor) error {
	src, err := f.Source()
	if err != nil {
		return err
	}
	in := &intake{src: src}
	r := &sevenReader{box: newBox(ctx, v, s.limits, in), size: src.Size(), passwords: f.Passwords}
	err = r.read()
	if codeIs(err, dump.CodeCut) && strings.HasSuffix(f.Path, ".001") { // looks the same from within
		err = refused(dump.CodeSplit)
	}
	return r.finish(err)
}

func codeIs(err error, code string) bool { return err != nil && !foreign(err) && codeOf(err) == code }

type sevenReader struct {
	*box
	size      int64
	passwords []string
	keys      sevenKeys
	streams   sevenStreams
	lz        *lzma2Reader // kept for its window
}

// read finds the header at the end, and reads what it lists.
func (s *sevenReader) read() error {
	header, err := s.findHeader()
	for i := 0; err == nil && len(header) > 0 && header[0] == k7EncodedHeader; i++ {
		if i == 4 {
			return errDamaged
		}
		header, err = s.unpackHeader(header[1:])
	}
	if err != nil {
		return err
	}
	if len(header) == 0 {
		return nil // an archive of nothing
	}
	p := &sevenParser{p: header[1:], most: s.limits.entries + 1}
	streams, files, err := p.header()
	if err != nil || header[0] != k7Header {
		return errDamaged
	}
	s.streams = streams
	return s.files(&files)
}

// findHeader follows the start header, whose checksums both have to be right.
func (s *sevenReader) findHeader() ([]byte, error) {
	start := make([]byte, 32)
	if _, err := s.in.ReadAt(start, 0); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	le := binary.LittleEndian
	if crc32.ChecksumIEEE(start[12:]) != le.Uint32(start[8:]) {
		return nil, errDamaged
	}
	offset, size := le.Uint64(start[12:]), le.Uint64(start[20:])
	switch {
	case size == 0:
		return nil, nil
	case size > maxHeader:
		return nil, refused(dump.CodeTooMany)
	case offset > uint64(s.size) || offset+size+32 > uint64(s.size):
		return nil, io.ErrUnexpectedEOF
	}
	header := make([]byte, size)
	if _, err := s.in.ReadAt(header, int64(offset)+32); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if crc32.ChecksumIEEE(header) != le.Uint32(start[28:]) {
		return nil, errDamaged
	}
	return header, nil
}

// unpackHeader reads a header that is packed like a file.
func (s *sevenReader) unpackHeader(p []byte) ([]byte, error) {
	parser := &sevenParser{p: p, most: 1}
	s.streams = parser.streams()
	if parser.bad || len(s.streams.folders) != 1 {
		return nil, errDamaged
	}
	f := &s.streams.folders[0]
	if f.size() > maxHeader {
		return nil, refused(dump.CodeTooMany)
	}
	f.streams = 1
	r, err := s.openFolder(f, sevenSub{f.size(), f.crc, f.hasCRC})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer // grows with what comes, not with what was said
	if _, err := io.Copy(&out, r); err != nil {
		return nil, err
	}
	if f.hasCRC && crc32.ChecksumIEEE(out.Bytes()) != f.crc {
		return nil, errDamaged
	}
	return out.Bytes(), nil
}

// files goes through the list of files and their blocks side by side.
func (s *sevenReader) files(list *sevenFiles) error {
	var block sevenBlock
	folder, sub, empties := -1, 0, 0
	for i := range list.n {
		if err := s.entry(); err != nil {
			return err
		}
		name, attr := list.name(), list.attribute(i)
		if list.empty(i) {
			if list.emptyFile(empties) {
				if err := s.member(s.labels.label(name), 0, bytes.NewReader(nil)); err != nil {
					return err
				}
			}
			empties++
			continue
		}
		for block.left == 0 {
			if folder++; folder >= len(s.streams.folders) {
				return errDamaged // more files than streams
			}
			f := &s.streams.folders[folder]
			block = sevenBlock{left: f.streams}
			if sub < len(s.streams.subs) && f.streams > 0 {
				block.r, block.err = s.openFolder(f, s.streams.subs[sub])
			}
		}
		if sub >= len(s.streams.subs) {
			return errDamaged
		}
		if err := s.file(&block, s.streams.subs[sub], s.labels.label(name), attr); err != nil {
			return err
		}
		block.left--
		sub++
	}
	return nil
}

// sevenBlock is a folder while its files are read.
type sevenBlock struct {
	r    io.Reader
	err  error
	left int // files to come
}

// file gives one file of a block, or says why not.
func (s *sevenReader) file(b *sevenBlock, sub sevenSub, name string, attr uint32) error {
	if b.err != nil {
		s.refuse(name, codeOf(b.err))
		return nil //nolint:nilerr // told, and the other files go on
	}
	special := attr&0x400 != 0 || attr&0x8000 != 0 && (&zipEntry{mode: attr >> 16, size: sub.size}).special()
	part := &sevenPart{b: b, left: sub.size, sub: sub}
	if special {
		s.refuse(name, dump.CodeNotFile)
		m := &meter{box: s.box, r: part}
		_, _ = io.Copy(io.Discard, m)
		if m.stop {
			return m.close(name)
		}
		return s.in.err
	}
	return s.memberWhole(name, sub.size, part)
}

// sevenPart reads one file's bytes of a block and checks them.
type sevenPart struct {
	b    *sevenBlock
	sub  sevenSub
	left int64
	sum  uint32
}

func (s *sevenPart) Read(p []byte) (int, error) {
	if s.left == 0 {
		if s.sub.hasCRC && s.sum != s.sub.crc {
			return 0, errDamaged
		}
		return 0, io.EOF
	}
	n, err := safeRead(s.b.r, p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	s.sum = crc32.Update(s.sum, crc32.IEEETable, p[:n])
	if errors.Is(err, io.EOF) && s.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	if err != nil && !errors.Is(err, io.EOF) {
		s.b.err = err // the files behind it in the block are gone too
		return n, err
	}
	return n, nil
}
