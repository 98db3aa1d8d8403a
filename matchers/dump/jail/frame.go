package jail

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync"
	"time"
)

// What a child may say. A frame is its type, the kind of an answer (zero in
// the others), the length of its body in four bytes, little-endian, and the
// body.
const (
	frameReady   = 'S' // confined; body empty
	frameUnfit   = 'C' // cannot be confined; kind says at which step
	frameRead    = 'R' // asks for bytes: offset in 8 bytes, length in 4
	frameAnswer  = 'A' // an answer
	frameTick    = 'T' // alive and advancing, though it asks for nothing
	frameDone    = 'D' // the handler returned nil
	frameErr     = 'E' // the handler returned an error: see toldError
	framePanic   = 'P' // the handler panicked: see panicError
	frameHeader  = 6
	blockSize    = 1 << 20 // the most one request may ask for
	maxTold      = 16 << 10
	requestSize  = 12
	growStep     = 1 << 20 // a claimed length is believed this much at a time
	flushEvery   = 50 * time.Millisecond
	writerBuffer = 256 << 10
)

var errGarbled = errors.New("frame out of protocol")

// frame is one message of a child. Its body is valid until the next one.
type frame struct {
	typ, kind byte
	body      []byte
}

// bound is the longest body each type may have; other types do not exist.
func bound(typ byte) (int, bool) {
	switch typ {
	case frameReady, frameUnfit, frameTick, frameDone:
		return 0, true
	case frameRead:
		return requestSize, true
	case framePanic:
		return panicSize, true
	case frameErr:
		return maxTold, true
	case frameAnswer:
		return MaxPayload, true
	}
	return 0, false
}

// decoder reads the frames of a child that may be hostile: memory grows with
// the bytes that have arrived, never with a length that was claimed.
type decoder struct {
	r   *bufio.Reader
	buf []byte
}

func newDecoder(r io.Reader) *decoder { return &decoder{r: bufio.NewReaderSize(r, 64<<10)} }

// next returns the next frame, errGarbled for what no honest child sends, or
// the error of the reader; io.EOF inside a frame is io.ErrUnexpectedEOF.
func (d *decoder) next() (frame, error) {
	var h [frameHeader]byte
	if _, err := io.ReadFull(d.r, h[:]); err != nil {
		return frame{}, err
	}
	f := frame{typ: h[0], kind: h[1]}
	size := binary.LittleEndian.Uint32(h[2:])
	most, known := bound(f.typ)
	if !known || uint64(size) > uint64(most) ||
		(f.typ == frameRead || f.typ == framePanic) && int(size) != most ||
		f.kind != 0 && f.typ != frameAnswer && f.typ != frameUnfit {
		return frame{}, errGarbled
	}
	d.buf = d.buf[:0]
	for left := int(size); left > 0; {
		n := min(left, growStep)
		at := len(d.buf)
		if cap(d.buf)-at < n {
			d.buf = append(make([]byte, 0, max(2*cap(d.buf), at+n)), d.buf...)
		}
		d.buf = d.buf[:at+n]
		if _, err := io.ReadFull(d.r, d.buf[at:]); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return frame{}, err
		}
		left -= n
	}
	f.body = d.buf
	return f, nil
}

// request is the body of a frameRead, checked against the source's size.
func (f frame) request(size int64) (off int64, n int, err error) {
	off = int64(binary.LittleEndian.Uint64(f.body))
	n = int(binary.LittleEndian.Uint32(f.body[8:]))
	if off < 0 || n < 1 || n > blockSize || off > size || int64(n) > size-off {
		return 0, 0, errGarbled
	}
	return off, n, nil
}

// encoder is the child's side. Small answers travel together; nothing waits
// longer than flushEvery once the child reads, asks, ticks or answers again.
type encoder struct {
	mu      sync.Mutex
	w       *bufio.Writer
	flushed time.Time
}

func newEncoder(f *os.File) *encoder { return &encoder{w: bufio.NewWriterSize(f, writerBuffer)} }

// send writes one frame, and pushes out all that waits when now is set or due.
func (e *encoder) send(now bool, typ, kind byte, body []byte) error {
	var h [frameHeader]byte
	h[0], h[1] = typ, kind
	binary.LittleEndian.PutUint32(h[2:], uint32(len(body)))
	e.mu.Lock()
	defer e.mu.Unlock()
	if _, err := e.w.Write(h[:]); err != nil {
		return err
	}
	if _, err := e.w.Write(body); err != nil {
		return err
	}
	if t := time.Now(); now || t.Sub(e.flushed) > flushEvery {
		e.flushed = t
		return e.w.Flush()
	}
	return nil
}

// tick tells the parent, at most every flushEvery, that work goes on.
func (e *encoder) tick() error {
	e.mu.Lock()
	due := time.Since(e.flushed) > flushEvery
	e.mu.Unlock()
	if !due {
		return nil
	}
	return e.send(true, frameTick, 0, nil)
}
