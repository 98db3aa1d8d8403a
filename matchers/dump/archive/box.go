package archive

import (
	"context"
	"errors"
	"io"
	"runtime/debug"

	"vigie/internal/breach"
	"vigie/matchers/dump"
)

// errStop ends the reading of a container after the visitor was told why.
var errStop = errors.New("container stopped")

// errDamaged is a container that contradicts itself.
var errDamaged = errors.New("damaged")

// windowKey keeps, in a context, the bytes of MaxWindow that the containers
// around have left.
type windowKey struct{}

// box is one container while it is read: it counts what comes out of it and
// tells the visitor.
type box struct {
	ctx     context.Context
	v       dump.Visitor
	limits  limits
	in      *intake
	labels  labels
	entries int
	out     int64 // bytes out of the container
	window  int64 // bytes of windows its decoders may still take
	taken   int64 // bytes of windows they hold
}

func newBox(ctx context.Context, v dump.Visitor, lim limits, in *intake) *box {
	left, ok := ctx.Value(windowKey{}).(int64)
	if !ok {
		left = MaxWindow
	}
	return &box{ctx: ctx, v: v, limits: lim, in: in, window: left}
}

// finish turns the end of reading into what Format.Read returns. Nothing was
// said yet about a plain error: it becomes a reason for the rest of the file,
// or the refusal of the file when none of it was read.
func (b *box) finish(err error) error {
	if b.taken >= 32<<20 {
		debug.FreeOSMemory() // a large window is worth giving back before the next
	}
	switch {
	case b.in.err != nil:
		return b.in.err
	case b.ctx.Err() != nil:
		return b.ctx.Err()
	case err == nil && b.entries == 0:
		return dump.Refuse(dump.CodeEmpty, "there is nothing in it")
	case err == nil, errors.Is(err, errStop):
		return nil
	case foreign(err):
		return errors.Unwrap(err)
	case b.entries == 0:
		return refused(codeOf(err))
	}
	b.refuse("", codeOf(err))
	return nil
}

// visitError is an error of the visitor, which is none of the container's.
type visitError struct{ error }

func (e visitError) Unwrap() error { return e.error }

func foreign(err error) bool {
	var v visitError
	return errors.As(err, &v)
}

// entry counts an entry, and stops at the limit.
func (b *box) entry() error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	if b.entries++; b.entries > b.limits.entries {
		b.refuse("", dump.CodeTooMany)
		return errStop
	}
	return nil
}

// take reserves a window of n bytes for the container's decoder, in place of
// the one it had.
func (b *box) take(n int64) error {
	if n > b.window {
		return refused(dump.CodeTooLarge)
	}
	b.taken = max(b.taken, n)
	return nil
}

func (b *box) refuse(name, code string) { b.v.Unread(name, code, hintOf(code)) }

// member gives r to the visitor under a clean name. What goes wrong within r is
// told when the visitor is done with it. The error stops the container.
func (b *box) member(name string, size int64, r io.Reader) error {
	m := &meter{box: b, r: r}
	if err := b.give(name, size, m); err != nil {
		return err
	}
	return m.close(name)
}

// memberWhole is member for a stream that has to be read to the member's end
// before the next can be: what the visitor leaves is read and dropped.
func (b *box) memberWhole(name string, size int64, r io.Reader) error {
	m := &meter{box: b, r: r}
	if err := b.give(name, size, m); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, m) // what goes wrong is kept in the meter
	return m.close(name)
}

// give calls the visitor, unless nothing at all comes out of the member.
func (b *box) give(name string, size int64, m *meter) error {
	first := make([]byte, 512)
	n, _ := io.ReadFull(m, first) // what goes wrong is kept in the meter
	if n == 0 && (m.code != "" || b.in.err != nil || b.ctx.Err() != nil) {
		return b.in.err
	}
	m.first = first[:n]
	ctx := context.WithValue(b.ctx, windowKey{}, b.window-b.taken)
	if err := b.v.Member(ctx, name, size, m); err != nil && b.in.err == nil {
		return visitError{err}
	}
	return b.in.err
}

// meter holds a member against the limits of its container.
type meter struct {
	box  *box
	r    io.Reader
	code string // why it ended before its end
	stop bool   // the container ends too
	done bool

	first []byte // read ahead
}

// Read reads on, and ends the member at the first thing that is wrong with it.
func (m *meter) Read(p []byte) (int, error) {
	if len(m.first) > 0 {
		n := copy(p, m.first)
		m.first = m.first[n:]
		return n, nil
	}
	if m.done {
		return 0, io.EOF
	}
	if err := m.box.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := safeRead(m.r, p)
	m.box.out += int64(n)
	b, lim := m.box, m.box.limits
	switch {
	case b.in.err != nil:
		m.done = true
		return n, b.in.err
	case b.out > lim.output:
		m.end(dump.CodeTooLarge, true)
	case b.out > lim.from && b.out/lim.ratio > b.in.n:
		m.end(dump.CodeBomb, true)
	case errors.Is(err, io.EOF):
		m.done = true
	case err != nil:
		m.end(codeOf(err), false)
	}
	if m.done && n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (m *meter) end(code string, stop bool) { m.code, m.stop, m.done = code, stop, true }

// close says what was wrong with the member.
func (m *meter) close(name string) error {
	if m.code != "" {
		m.box.refuse(name, m.code)
	}
	if m.stop {
		return errStop
	}
	return nil
}

// safeRead reads from a decoder. Decoders of other people may panic on bytes
// made for it: that is damage of the file.
func safeRead(r io.Reader, p []byte) (n int, err error) {
	defer func() {
		if recover() != nil {
			n, err = 0, errDamaged
		}
	}()
	n, err = r.Read(p)
	if n < 0 || n > len(p) {
		return 0, errDamaged
	}
	return n, err
}

// safely runs a step of a decoder that may panic.
func safely(step func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errDamaged
		}
	}()
	return step()
}

// intake counts what is read of the container's own bytes, and keeps the error
// that is no fault of them: the file itself cannot be read any more.
type intake struct {
	r   io.Reader
	src dump.Source
	n   int64
	err error
}

func (in *intake) Read(p []byte) (int, error) {
	n, err := in.r.Read(p)
	return n, in.count(n, err)
}

// ReadAt reads from the file at rest.
func (in *intake) ReadAt(p []byte, off int64) (int, error) {
	n, err := in.src.ReadAt(p, off)
	return n, in.count(n, err)
}

func (in *intake) count(n int, err error) error {
	in.n += int64(n)
	if err != nil && !errors.Is(err, io.EOF) && in.err == nil {
		in.err = err
	}
	return err
}

// section is a part of the file at rest.
func (in *intake) section(off, n int64) *io.SectionReader {
	return io.NewSectionReader(in, off, n)
}

// codeOf is the reason code for an error of a decoder.
func codeOf(err error) string {
	var r *breach.RefusedError
	switch {
	case errors.As(err, &r):
		return r.Code
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return dump.CodeCut
	}
	return dump.CodeDamaged
}

// refused is the error for what a reason code says.
func refused(code string) error { return dump.Refuse(code, hintOf(code)) }

// hintOf is the way out for a reason code.
func hintOf(code string) string {
	switch code {
	case dump.CodeEncrypted:
		return "it is encrypted: give its password, or another if one was given"
	case dump.CodeSplit:
		return "it is one part of several: join all parts into one archive and read that"
	case dump.CodeCut:
		return "it ends before its end: fetch it again, or join it with its other parts if it has some"
	case dump.CodeTooLarge:
		return "it asks for more memory or gives more bytes than allowed: unpack it apart and read what is in it"
	case dump.CodeTooMany:
		return "it has more entries than are read: unpack it apart and read it in parts"
	case dump.CodeBomb:
		return "it unpacks to far more than its size: it was probably made to exhaust the reader"
	case dump.CodeNotFile:
		return "it is a link, a device or a sparse file, which holds no data of its own"
	case dump.CodeNoReader:
		return "no reader for its compression exists here: unpack it apart and pack it as zip"
	}
	return "it contradicts itself: what could be read was read, do not count on the rest"
}
