package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"

	"vigie/matchers/dump"
)

const xzMagic = "\xfd7zXZ\x00"

// xzReader reads .xz files (L. Collin, "The .xz File Format", 1.2.1): streams of
// blocks, each checked, joined into one.
type xzReader struct {
	box     *box
	r       *counted
	warn    func()
	lz      *lzma2Reader
	check   byte
	hash    hash.Hash
	start   int64 // of the block's packed bytes
	head    int64 // length of the block's header
	size    int64 // plain bytes of the block so far
	records hash.Hash32
	blocks  uint64
	inBlock bool
	begun   bool
	err     error
}

// newXZReader reads xz from r; warn is told of bytes behind the last stream.
func newXZReader(b *box, r *bufio.Reader, warn func()) *xzReader {
	return &xzReader{box: b, r: &counted{r: r}, warn: warn}
}

// counted counts bytes read.
type counted struct {
	r *bufio.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

func (x *xzReader) Read(p []byte) (int, error) {
	for x.err == nil {
		if !x.inBlock {
			x.err = x.next()
			continue
		}
		n, err := x.lz.Read(p)
		if x.hash != nil {
			_, _ = x.hash.Write(p[:n])
		}
		x.size += int64(n)
		if errors.Is(err, io.EOF) {
			x.inBlock = false
			err = x.endBlock()
		}
		x.err = err
		if n > 0 || len(p) == 0 {
			return n, nil
		}
	}
	return 0, x.err
}

// next reads on to the next block.
func (x *xzReader) next() error {
	if !x.begun {
		return x.stream()
	}
	var size [1]byte
	if err := readPart(x.r, size[:]); err != nil {
		return err
	}
	if size[0] == 0 {
		x.begun = false
		return x.index()
	}
	return x.block(int(size[0]) * 4)
}

// stream reads the header of a stream, or finds the end of the file.
func (x *xzReader) stream() error {
	first := x.lz == nil
	for !first { // padding between streams
		p, _ := x.r.r.Peek(4)
		if len(p) < 4 || binary.LittleEndian.Uint32(p) != 0 {
			break
		}
		if _, err := x.r.r.Discard(4); err != nil {
			return err
		}
	}
	head, err := x.r.r.Peek(12)
	if !first && (len(head) < 6 || string(head[:6]) != xzMagic) {
		if len(head) > 0 && x.warn != nil {
			x.warn()
		}
		return io.EOF
	}
	switch {
	case err != nil:
		return io.ErrUnexpectedEOF
	case string(head[:6]) != xzMagic || head[6] != 0 || head[7] > 15 || crc32.ChecksumIEEE(head[6:8]) != binary.LittleEndian.Uint32(head[8:]):
		return errDamaged
	}
	x.check, x.begun, x.blocks, x.records = head[7], true, 0, crc32.NewIEEE()
	if x.lz == nil {
		x.lz = &lzma2Reader{}
	}
	_, err = x.r.r.Discard(12)
	return err
}

// block reads the header of a block, of n bytes after its first.
func (x *xzReader) block(n int) error {
	p := make([]byte, n+4)
	p[0] = byte(n / 4)
	if err := readPart(x.r, p[1:]); err != nil {
		return err
	}
	if crc32.ChecksumIEEE(p[:n]) != binary.LittleEndian.Uint32(p[n:]) {
		return errDamaged
	}
	flags, fields := p[1], bytes.NewReader(p[2:n])
	for _, bit := range []byte{0x40, 0x80} { // sizes, which the index has too
		if flags&bit != 0 {
			if _, err := binary.ReadUvarint(fields); err != nil {
				return errDamaged
			}
		}
	}
	id, err1 := binary.ReadUvarint(fields)
	length, err2 := binary.ReadUvarint(fields)
	dict, err3 := fields.ReadByte()
	switch {
	case err1 != nil || err2 != nil || err3 != nil || flags&0x3c != 0:
		return errDamaged
	case flags&3 != 0 || id != 0x21 || length != 1: // filters for programs
		return refused(dump.CodeNoReader)
	}
	window, err := lzma2Dict(dict)
	if err != nil {
		return err
	}
	if err := x.box.take(window); err != nil {
		return err
	}
	x.lz.reset(x.r, window)
	x.hash = newCheck(x.check)
	x.inBlock, x.size, x.head, x.start = true, 0, int64(n+4), x.r.n
	return nil
}

// newCheck is the checksum of a block; nil for one that is not known.
func newCheck(id byte) hash.Hash {
	switch id {
	case 1:
		return crc32.NewIEEE()
	case 4:
		return crc64.New(crc64.MakeTable(crc64.ECMA))
	case 10:
		return sha256.New()
	}
	return nil
}

// endBlock reads padding and check of a block.
func (x *xzReader) endBlock() error {
	packed := x.r.n - x.start
	checkLen := [16]int{0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64}[x.check]
	p := make([]byte, int(-packed&3)+checkLen)
	if err := readPart(x.r, p); err != nil && len(p) > 0 {
		return err
	}
	sum := p[len(p)-checkLen:]
	x.blocks++
	x.record(x.records, uint64(x.head+packed)+uint64(checkLen), uint64(x.size))
	if x.hash == nil {
		return nil
	}
	got := x.hash.Sum(nil)
	if x.check != 10 { // CRCs stand with the lowest byte first
		for i, j := 0, len(got)-1; i < j; i, j = i+1, j-1 {
			got[i], got[j] = got[j], got[i]
		}
	}
	if !bytes.Equal(got, sum) {
		return errDamaged
	}
	return nil
}

func (x *xzReader) record(h hash.Hash, unpadded, size uint64) {
	var p [16]byte
	binary.LittleEndian.PutUint64(p[:], unpadded)
	binary.LittleEndian.PutUint64(p[8:], size)
	_, _ = h.Write(p[:])
}

// index compares the index with the blocks that were read, by a hash: it may
// have as many records as the file has bytes. Then comes the footer.
func (x *xzReader) index() error {
	start := x.r.n - 1
	br := byteCounter{x.r}
	n, err := binary.ReadUvarint(br)
	if err != nil || n != x.blocks {
		return indexError(err)
	}
	h := crc32.NewIEEE()
	for range n {
		unpadded, err := binary.ReadUvarint(br)
		if err != nil {
			return indexError(err)
		}
		size, err := binary.ReadUvarint(br)
		if err != nil {
			return indexError(err)
		}
		x.record(h, unpadded, size)
	}
	p := make([]byte, int(-(x.r.n-start)&3)+4+12)
	if err := readPart(x.r, p); err != nil {
		return err
	}
	if h.Sum32() != x.records.Sum32() || string(p[len(p)-2:]) != "YZ" {
		return errDamaged
	}
	return nil
}

func indexError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return errDamaged
}

// byteCounter reads bytes of a counted stream one by one.
type byteCounter struct{ c *counted }

func (b byteCounter) ReadByte() (byte, error) {
	c, err := b.c.r.ReadByte()
	if err == nil {
		b.c.n++
	}
	return c, err
}
