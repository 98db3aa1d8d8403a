package archive

import (
	"bufio"
	"compress/bzip2"
	"encoding/binary"
	"errors"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"

	"vigie/matchers/dump"
)

// Compression methods of zip (APPNOTE 4.4.5).
const (
	methodStore   = 0
	methodDeflate = 8
	methodDefl64  = 9
	methodBzip2   = 12
	methodLZMA    = 14
	methodZstdOld = 20
	methodZstd    = 93
	methodXZ      = 95
	methodAES     = 99
)

// unpack makes the reader of a member's plain bytes.
func (z *zipReader) unpack(method uint16, e *zipEntry, r io.Reader) (io.Reader, error) {
	switch method {
	case methodStore:
		return r, nil
	case methodDeflate:
		return z.inflate(r), nil
	case methodDefl64:
		return newInflate64(bufio.NewReaderSize(r, 1<<16)), nil
	case methodBzip2:
		return bzip2.NewReader(bufio.NewReaderSize(r, 1<<16)), nil
	case methodZstd, methodZstdOld:
		return z.zstd(r)
	case methodXZ:
		return newXZReader(z.box, bufio.NewReaderSize(r, 1<<16), nil), nil
	case methodLZMA:
		return z.zipLZMA(e, bufio.NewReaderSize(r, 1<<16))
	}
	return nil, refused(dump.CodeNoReader)
}

// zipLZMA reads the header of method 14 (APPNOTE 5.8.8): version, length and
// the five bytes of properties.
func (z *zipReader) zipLZMA(e *zipEntry, r *bufio.Reader) (io.Reader, error) {
	head := make([]byte, 9)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	if binary.LittleEndian.Uint16(head[2:]) != 5 {
		return nil, errDamaged
	}
	size := e.size
	if e.flags&2 != 0 { // ends with a marker
		size = -1
	}
	return z.lzma(r, head[4:], size)
}

// inflate returns the container's one decoder of deflate, set to r.
func (z *zipReader) inflate(r io.Reader) io.Reader {
	br, ok := r.(io.ByteReader)
	if !ok {
		z.buffer.Reset(r)
		br = z.buffer
	}
	if z.flate == nil {
		z.flate = flate.NewReader(br.(io.Reader))
	} else if err := z.flate.(flate.Resetter).Reset(br.(io.Reader), nil); err != nil {
		return &failed{err}
	}
	return z.flate
}

// failed is a reader that could not be made.
type failed struct{ err error }

func (f *failed) Read([]byte) (int, error) { return 0, f.err }

// zstd makes a decoder that refuses frames with larger windows than allowed
// before it makes room for them. The first frame says how large a window it
// takes; the frames after it may take no more, or 8 MiB.
func (b *box) zstd(r io.Reader) (io.Reader, error) {
	br := bufio.NewReaderSize(r, 1<<16)
	window := int64(maxZstdWindow)
	head, _ := br.Peek(zstd.HeaderMaxSize)
	var h zstd.Header
	if err := h.Decode(head); err == nil && !h.Skippable {
		window = int64(min(h.WindowSize, 1<<62))
		if h.SingleSegment {
			window = int64(min(h.FrameContentSize, 1<<62))
		}
		window = max(window, 8<<20)
	}
	if err := b.take(window); err != nil || window > maxZstdWindow {
		return nil, refused(dump.CodeTooLarge)
	}
	d, err := zstd.NewReader(br, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
		zstd.WithDecoderMaxWindow(uint64(window)), zstd.WithDecoderMaxMemory(1<<62))
	if err != nil {
		return nil, err
	}
	return &zstdReader{d}, nil
}

type zstdReader struct{ d *zstd.Decoder }

func (z *zstdReader) Read(p []byte) (int, error) {
	n, err := z.d.Read(p)
	return n, zstdError(err)
}

func zstdError(err error) error {
	switch {
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return refused(dump.CodeTooLarge)
	case errors.Is(err, zstd.ErrUnknownDictionary):
		return dump.Refuse(dump.CodeNoReader, "it was packed with a dictionary of its own: unpack it apart")
	}
	return err
}
