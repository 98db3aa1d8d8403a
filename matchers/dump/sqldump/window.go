package sqldump

import (
	"context"
	"errors"
	"io"
)

// Sizes of the window, in bytes.
const (
	windowStart = 512 << 10
	maxRecord   = 8 << 20 // a row, a statement's head, a CREATE TABLE (the project's defences, class A)
	maxField    = 1 << 20
	maxColumns  = 4096
)

// window is the part of a file that is looked at: whole rows are parsed where
// they lie in it, so that a value is copied only when it holds an escape. A row
// that is not all there is parsed again once more has been read; the window
// grows for it by doubling, hence in linear time, to maxRecord at most.
type window struct {
	ctx  context.Context
	r    io.Reader
	buf  []byte
	pos  int // of the next byte to parse
	last bool
	err  error // of the reader or the context, but io.EOF
}

// newWindow begins with room for size bytes.
func newWindow(ctx context.Context, r io.Reader, size int) *window {
	return &window{ctx: ctx, r: r, buf: make([]byte, 0, size)}
}

// rest is what is there of the file from pos on.
func (w *window) rest() []byte { return w.buf[w.pos:] }

// more reads on. It says no when there is nothing more, or when what is not
// parsed yet has reached maxRecord.
func (w *window) more() bool {
	if w.last {
		return false
	}
	if w.err = w.ctx.Err(); w.err != nil {
		w.last = true
		return false
	}
	kept := len(w.buf) - w.pos
	switch {
	case kept >= maxRecord:
		return false
	case kept > cap(w.buf)/2:
		grown := make([]byte, kept, min(2*cap(w.buf), maxRecord+windowStart))
		copy(grown, w.buf[w.pos:])
		w.buf = grown
	default:
		w.buf = w.buf[:copy(w.buf[:cap(w.buf)], w.buf[w.pos:])]
	}
	w.pos = 0
	return w.read()
}

// read fills the free end of the window: to its end, since a row cut there is
// parsed again after every read.
func (w *window) read() bool {
	n, err := io.ReadFull(w.r, w.buf[len(w.buf):cap(w.buf)])
	w.buf = w.buf[:len(w.buf)+n]
	if err != nil {
		w.last = true
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			w.err = err
		}
	}
	return n > 0
}
