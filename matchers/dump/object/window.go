package object

import (
	"bytes"
	"context"
	"errors"
	"io"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

const windowStart = 1 << 20

// window is the part of a file that is looked at. Records are parsed where they
// lie in it. One that is not all there is parsed again once more has been read;
// the window grows for it by doubling, hence in linear time, to maxRecord.
type window struct {
	ctx   context.Context
	r     io.Reader
	buf   []byte
	pos   int // of the next byte to parse
	total int64
	last  bool
	err   error // of the reader or the context, but io.EOF
}

func newWindow(ctx context.Context, r io.Reader, size int) *window {
	w := &window{ctx: ctx, r: r, buf: make([]byte, 0, size)}
	w.read()
	return w
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

func (w *window) read() bool {
	n, err := io.ReadFull(w.r, w.buf[len(w.buf):cap(w.buf)])
	w.buf = w.buf[:len(w.buf)+n]
	w.total += int64(n)
	if err != nil {
		w.last = true
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			w.err = err
		}
	}
	return n > 0
}

// ahead sees to it that n bytes are there to look at, if the file has them.
func (w *window) ahead(n int) []byte {
	for len(w.buf)-w.pos < n && w.more() {
	}
	return w.rest()
}

// next forgets the window and reads on.
func (w *window) next() bool {
	w.pos = len(w.buf)
	return w.more()
}

// guess is charset.Detect, but for UTF-16 and UTF-32 without a mark: all formats
// here begin with ASCII, so the zeros among the first bytes tell (as RFC 4627,
// section 3, has it for JSON).
func guess(f *dump.File) charset.Guess {
	if name := wide(f.Head); name != "" {
		return charset.Guess{Name: name, Confidence: 1, Fallback: "windows-1252"}
	}
	return charset.Detect(f.Head, f.Whole)
}

// wide names the encoding of a text whose characters are of two or four bytes,
// with a mark or without; "" for all others.
func wide(b []byte) string {
	if len(b) < 4 {
		return ""
	}
	for _, m := range []struct{ mark, name string }{
		{"\xff\xfe\x00\x00", "utf-32le"}, {"\x00\x00\xfe\xff", "utf-32be"}, {"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"},
	} {
		if bytes.HasPrefix(b, []byte(m.mark)) {
			return m.name
		}
	}
	zeros := [4]bool{b[0] == 0, b[1] == 0, b[2] == 0, b[3] == 0}
	switch zeros {
	case [4]bool{true, true, true, false}:
		return "utf-32be"
	case [4]bool{false, true, true, true}:
		return "utf-32le"
	case [4]bool{true, false, true, false}:
		return "utf-16be"
	case [4]bool{false, true, false, true}:
		return "utf-16le"
	}
	return ""
}

// beginning is the first bytes of a file, in an encoding that agrees with
// ASCII, to tell its format by.
func beginning(f *dump.File) (b []byte, whole bool) {
	b, whole = f.Head, f.Whole
	if len(b) > sniffed {
		b, whole = b[:sniffed], false
	}
	if name := wide(b); name != "" {
		b, _ = io.ReadAll(charset.NewReader(bytes.NewReader(b), name)) // from memory: no error
	}
	return bytes.TrimPrefix(b, []byte("\ufeff")), whole
}

// open begins to read a file through a window of so many bytes.
func open(ctx context.Context, f *dump.File, v dump.Visitor, size int) (*window, *output) {
	g := guess(f)
	w := newWindow(ctx, charset.Rows(f.Stream(), g.Name), size)
	return w, &output{v: v, w: w, encoding: g.Name, decode: charset.NewDecoder(g), tables: map[string]*table{}, warned: map[string]bool{}}
}
