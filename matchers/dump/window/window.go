// Package window slides over a file that is too large to hold: records are
// parsed where they lie in it, so that a value is copied only when it holds an
// escape. A record that is not all there is parsed again once more has been
// read; the window grows for it by doubling, hence in linear time, up to a bound.
package window

import (
	"context"
	"errors"
	"io"
)

// Window is the part of a file that is looked at. Parsers read Buf and move Pos.
type Window struct {
	Buf   []byte
	Pos   int   // of the next byte to parse
	Total int64 // bytes read so far
	Last  bool  // nothing follows Buf
	Err   error // of the reader or the context, but io.EOF

	ctx   context.Context
	r     io.Reader
	start int
	most  int
}

// New begins with room for start bytes, nothing read. A record is no longer
// than most bytes.
func New(ctx context.Context, r io.Reader, start, most int) *Window {
	return &Window{ctx: ctx, r: r, Buf: make([]byte, 0, start), start: start, most: most}
}

// Rest is what is there of the file from Pos on.
func (w *Window) Rest() []byte { return w.Buf[w.Pos:] }

// More reads on. It says no when there is nothing more, or when what is not
// parsed yet has reached the bound.
func (w *Window) More() bool {
	if w.Last {
		return false
	}
	if w.Err = w.ctx.Err(); w.Err != nil {
		w.Last = true
		return false
	}
	kept := len(w.Buf) - w.Pos
	switch {
	case kept >= w.most:
		return false
	case kept > cap(w.Buf)/2:
		grown := make([]byte, kept, min(2*cap(w.Buf), w.most+w.start))
		copy(grown, w.Buf[w.Pos:])
		w.Buf = grown
	default:
		w.Buf = w.Buf[:copy(w.Buf[:cap(w.Buf)], w.Buf[w.Pos:])]
	}
	w.Pos = 0
	return w.Read()
}

// Read fills the free end of the window: to its end, since a record cut there
// is parsed again after every read.
func (w *Window) Read() bool {
	n, err := io.ReadFull(w.r, w.Buf[len(w.Buf):cap(w.Buf)])
	w.Buf = w.Buf[:len(w.Buf)+n]
	w.Total += int64(n)
	if err != nil {
		w.Last = true
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			w.Err = err
		}
	}
	return n > 0
}

// Ahead sees to it that n bytes are there to look at, if the file has them.
func (w *Window) Ahead(n int) []byte {
	for len(w.Buf)-w.Pos < n && w.More() {
	}
	return w.Rest()
}

// Next forgets the window and reads on.
func (w *Window) Next() bool {
	w.Pos = len(w.Buf)
	return w.More()
}
