package dump

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"vigie/internal/breach"
)

// smallMember is what a member may weigh to be put to rest in memory.
const smallMember = 16 << 20

// handler is what a walk is for: surveying, reading Records, converting.
type handler interface {
	begin(f *File, format string)
	end(f *File)
	table(f *File, t TableInfo) (Rows, error)
	text(f *File, where string, text []byte) error
	unread(path, code, hint string)
	warn(f *File, code string)
	rows() int64
	first() *Report // an answer from what was seen so far, nil when there is none
}

// walk drives the formats over a dump and all that is in it.
type walk struct {
	e        *Engine
	h        handler
	src      *counted
	members  int
	paths    map[string]int
	unpacked int64  // bytes out of all containers
	full     error  // a limit of the whole was reached: nothing more is opened
	now      string // path being read
	began    time.Time
	told     time.Time
	early    bool // the first answer was given
}

// counted is the dump's Source: it counts what is read and remembers the error
// that is its own and not the file's.
type counted struct {
	Source
	n   atomic.Int64
	err atomic.Pointer[error]
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.Source.ReadAt(p, off)
	c.n.Add(int64(n))
	if err != nil && !errors.Is(err, io.EOF) {
		c.err.CompareAndSwap(nil, &err)
	}
	return n, err
}

func (c *counted) failure() error {
	if p := c.err.Load(); p != nil {
		return *p
	}
	return nil
}

// run walks a dump. Refusals go to the handler; what comes back is the end of
// the context or a Source that cannot be read.
func (e *Engine) run(ctx context.Context, src Source, h handler) error {
	now := time.Now()
	w := &walk{e: e, h: h, src: &counted{Source: src}, paths: map[string]int{}, began: now, told: now}
	return w.file(ctx, NewFile("", w.src, e.Passwords...))
}

// file reads one file with the format that knows it best.
func (w *walk) file(ctx context.Context, f *File) error {
	before := w.now
	w.now = f.Path
	defer func() { w.now = before }()
	w.tell(true)
	if code, ok := w.e.Skip[f.Path]; ok {
		w.h.unread(f.Path, code, "reading it ended the reader before")
		return nil
	}
	err := w.read(ctx, f)
	w.h.end(f)
	var refused *breach.RefusedError
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("reading dump: %w", ctx.Err())
	case w.src.failure() != nil:
		return fmt.Errorf("reading dump: %w", w.src.failure())
	case err == nil:
	case errors.Is(err, errStop):
		return err
	case w.full != nil:
		if f.Depth > 0 {
			return w.full
		}
		errors.As(w.full, &refused)
		w.h.unread(f.Path, refused.Code, refused.Hint)
	case errors.As(err, &refused):
		w.h.unread(f.Path, refused.Code, refused.Hint)
	default:
		w.h.unread(f.Path, CodeDamaged, "it cannot be read to its end")
	}
	return nil
}

// errStop ends a walk whose handler wants no more.
var errStop = errors.New("dump: enough")

// read picks the format and reads. A panic of a reader is the file's fault and
// does not end the others; what it says may hold values and is dropped.
func (w *walk) read(ctx context.Context, f *File) (err error) {
	format, err := w.pick(f)
	if err != nil {
		w.h.begin(f, "")
		return err
	}
	w.h.begin(f, format.Name())
	defer func() {
		if recover() != nil {
			err = Refuse("crashed", "its reader failed on it: please report the file's format")
		}
	}()
	return format.Read(ctx, f, &visit{w: w, f: f})
}

func (w *walk) pick(f *File) (Format, error) {
	if len(bytes.TrimSpace(f.Head)) == 0 && f.Whole {
		return nil, Refuse(CodeEmpty, "the file holds nothing: fetch it again")
	}
	var best Format
	sure := 0.0
	for _, x := range w.e.Formats {
		if s := x.Sniff(f); s > sure {
			best, sure = x, s
		}
	}
	if best == nil {
		return nil, unknown(f.Head)
	}
	return best, nil
}

// tell reports progress a few times a second.
func (w *walk) tell(always bool) {
	if w.e.Progress == nil {
		return
	}
	now := time.Now()
	p := Progress{Bytes: w.src.n.Load(), Size: w.src.Size(), Rows: w.h.rows(), Member: w.now}
	due := !w.early && p.Rows > 0 && (p.Bytes >= w.e.firstAt() || now.Sub(w.began) > firstAfter)
	if !always && !due && now.Sub(w.told) < 200*time.Millisecond {
		return
	}
	w.told = now
	if due {
		w.early = true
		p.Report = w.h.first()
	}
	w.e.Progress(p)
}

// The first answer comes after so many bytes, or so long, whichever is first.
const (
	firstBytes = 64 << 20
	firstAfter = 1200 * time.Millisecond
)

func (e *Engine) firstAt() int64 {
	if e.early > 0 {
		return e.early
	}
	return firstBytes
}

// visit is what a format sees of a walk.
type visit struct {
	w *walk
	f *File
}

// Member reads a file of a container.
func (v *visit) Member(ctx context.Context, name string, size int64, r io.Reader) error {
	w := v.w
	if v.f.Depth+1 > MaxDepth {
		return Refuse(CodeTooDeep, fmt.Sprintf("containers are opened %d deep: unpack the outer ones", MaxDepth))
	}
	// Limits of one container are its format's; these are of all together.
	if w.members++; w.members > MaxEntries {
		w.full = Refuse(CodeTooMany, fmt.Sprintf("more than %d files in all: unpack it and read its parts", MaxEntries))
	}
	if w.unpacked > RatioFrom && w.unpacked/MaxRatio > w.src.Size() {
		w.full = Refuse(CodeBomb, fmt.Sprintf("it unpacks to more than %d times its size", MaxRatio))
	}
	if w.full != nil {
		return w.full
	}
	path := w.path(v.f.Path, name)
	r = &metered{r, w}
	head, err := io.ReadAll(io.LimitReader(r, HeadSize))
	if err != nil && len(head) == 0 {
		w.h.unread(path, CodeDamaged, "it cannot be unpacked")
		return ctx.Err()
	}
	f := &File{Path: path, Size: size, Head: head, Whole: len(head) < HeadSize, Depth: v.f.Depth + 1,
		Passwords: v.f.Passwords, stream: r, spool: w.spool}
	return w.file(ctx, f)
}

// metered counts what comes out of containers.
type metered struct {
	io.Reader
	w *walk
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	m.w.unpacked += int64(n)
	return n, err
}

// path joins a member's name to its container's, apart from its namesakes.
func (w *walk) path(container, name string) string {
	name = join(container, strings.TrimLeft(name, "/"))
	w.paths[name]++
	if n := w.paths[name]; n > 1 {
		return fmt.Sprintf("%s#%d", name, n)
	}
	return name
}

func join(container, part string) string {
	if container == "" || part == "" {
		return container + part
	}
	return container + "/" + part
}

// spool puts a member to rest.
func (w *walk) spool(r io.Reader) (Source, error) {
	b, err := io.ReadAll(io.LimitReader(r, smallMember+1))
	if err != nil {
		return nil, err
	}
	if len(b) <= smallMember {
		return Bytes(b), nil
	}
	if w.e.Spool == nil {
		return nil, Refuse(CodeTooLarge, "unpack it: inside a container this format is read up to 16 MiB")
	}
	return w.e.Spool(io.MultiReader(bytes.NewReader(b), r))
}

// Table begins or continues a table.
func (v *visit) Table(t TableInfo) (Rows, error) {
	rows, err := v.w.h.table(v.f, t)
	if err != nil || v.w.e.Progress == nil {
		return rows, err
	}
	ticks := ticking{Rows: rows, w: v.w}
	if lines, ok := rows.(Lines); ok {
		return &tickingLines{ticks, lines}, nil
	}
	return &ticks, nil
}

// Text takes running text.
func (v *visit) Text(where string, text []byte) error {
	v.w.tell(false)
	return v.w.h.text(v.f, where, text)
}

// Unread notes a part that cannot be read.
func (v *visit) Unread(part, code, hint string) {
	v.w.h.unread(join(v.f.Path, part), code, hint)
}

// Warn notes a warning about the file.
func (v *visit) Warn(code string) { v.w.h.warn(v.f, code) }

// ticking looks at the clock every few thousand rows.
type ticking struct {
	Rows
	w *walk
	n uint
}

func (t *ticking) Row(cells [][]byte) error {
	if t.n++; t.n%2048 == 0 {
		t.w.tell(false)
	}
	return t.Rows.Row(cells)
}

// tickingLines is ticking for rows that are taken as they stand, too.
type tickingLines struct {
	ticking
	lines Lines
}

func (t *tickingLines) Lines(block []byte, delim byte) (rows, n int, err error) {
	rows, n, err = t.lines.Lines(block, delim)
	if before := t.n; before/2048 != (before+uint(rows))/2048 {
		t.w.tell(false)
	}
	t.n += uint(rows)
	return rows, n, err
}
