package jail

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"vigie/internal/breach"
)

// marker is the environment variable that makes a process a child, and
// carries its settings.
const marker = "VIGIE_JAIL"

// The descriptors of a child beside the standard three.
const (
	fdIn    = 3 // from the parent: the job, then what was asked for
	fdOut   = 4 // to the parent: frames
	fdPlain = 5 // the source, where it is a plain file
	fdSpool = 6 // an unnamed file, where there is a spool
)

// The exit statuses of Serve.
const (
	exitDone    = 0
	exitPanic   = 2 // the handler panicked, as any program's status says
	exitTold    = 3 // the handler returned an error, and the parent has it
	exitNoChild = 4 // this process was not started by a Jail
	exitUnfit   = 5 // it could not be confined
	exitOrphan  = 6 // the parent is gone
)

// Call is one job in the child. Send and Source may be used by many
// goroutines; answers arrive in the order of the calls to Send.
type Call struct {
	Job    []byte
	Source Source
	Spool  *Spool // nil if the parent gave none

	// Send gives the parent one answer of at most MaxPayload bytes, which
	// are copied. Few large answers are cheaper than many small ones.
	Send func(kind byte, payload []byte) error
	// SendNow does not wait for others to travel with: what it says reaches the
	// parent even if this process ends at its next step.
	SendNow func(kind byte, payload []byte) error
}

// Child reports whether this process was started by a Jail. Then the program
// has to call Serve and exit with what it returns, and do nothing else.
func Child() bool { return os.Getenv(marker) != "" }

// Serve is the life of a child: it bounds and confines the process, takes the
// job, has handle do it, and returns the exit status. The handler runs without
// network, without a way to open a file or start a program; ctx has no end,
// since a cancelled run kills the process. A breach.RefusedError that handle
// returns reaches the caller of Run as such, and other errors with their kind.
func Serve(handle func(ctx context.Context, c *Call) error) (status int) {
	var set settings
	if err := set.parse(os.Getenv(marker)); err != nil {
		return exitNoChild
	}
	in, out := os.NewFile(fdIn, "in"), newEncoder(os.NewFile(fdOut, "out"))
	runtime.GOMAXPROCS(set.Procs)
	debug.SetGCPercent(100)
	debug.SetMemoryLimit(set.Memory / 4 * 3) // collect harder before the parent kills
	debug.SetMaxStack(int(min(set.Memory/4, 1<<30)))
	if step, err := confine(set); err != nil && (!set.Unconfined || step != stepFilter) {
		_ = out.send(true, frameUnfit, step, nil)
		return exitUnfit
	}
	if err := out.send(true, frameReady, 0, nil); err != nil {
		return exitOrphan
	}
	job, err := readJob(in)
	if err != nil {
		return exitOrphan
	}
	c := &Call{Job: job, Source: set.source(in, out)}
	send := func(now bool) func(byte, []byte) error {
		return func(kind byte, payload []byte) error {
			if len(payload) > MaxPayload {
				return fmt.Errorf("answer of %d bytes, at most %d allowed: %w", len(payload), MaxPayload, breach.ErrInvalid)
			}
			return out.send(now, frameAnswer, kind, payload)
		}
	}
	c.Send, c.SendNow = send(false), send(true)
	if set.Spool {
		c.Spool = NewSpool(os.NewFile(fdSpool, "spool"))
		c.Spool.tick = out.tick
	}
	defer func() {
		if r := recover(); r != nil {
			_ = out.send(true, framePanic, 0, reportPanic(r))
			status = exitPanic
		}
	}()
	if err := handle(context.Background(), c); err != nil {
		_ = out.send(true, frameErr, 0, tell(err))
		return exitTold
	}
	if err := out.send(true, frameDone, 0, nil); err != nil {
		return exitOrphan
	}
	return exitDone
}

func readJob(in io.Reader) ([]byte, error) {
	var h [4]byte
	if _, err := io.ReadFull(in, h[:]); err != nil {
		return nil, err
	}
	job := make([]byte, binary.LittleEndian.Uint32(h[:]))
	_, err := io.ReadFull(in, job)
	return job, err
}

// source makes the child's source, and starts the goroutine that ends an
// orphan: the system kills it as well, but not on every system and not when
// the program has file capabilities.
func (s settings) source(in *os.File, out *encoder) Source {
	served := newServed(s.Size, out)
	go func() {
		served.receive(in)
		os.Exit(exitOrphan)
	}()
	if s.Plain {
		return &plainSource{f: os.NewFile(fdPlain, "source"), size: s.Size, out: out}
	}
	return served
}

// settings is what a child must know before it may read anything.
type settings struct {
	Memory     int64 // resident bytes the parent allows
	Size       int64 // of the source
	Procs      int
	Plain      bool // descriptor 5 is the source
	Spool      bool // descriptor 6 is a spool
	Unconfined bool // go on without a filter
}

const settingsForm = "%d %d %d %t %t %t"

func (s settings) String() string {
	return fmt.Sprintf(settingsForm, s.Memory, s.Size, s.Procs, s.Plain, s.Spool, s.Unconfined)
}

func (s *settings) parse(text string) error {
	_, err := fmt.Sscanf(text, settingsForm, &s.Memory, &s.Size, &s.Procs, &s.Plain, &s.Spool, &s.Unconfined)
	return err
}

// plainSource reads the parent's file through a read-only descriptor, and lets
// the parent know that it advances.
type plainSource struct {
	f      *os.File
	size   int64
	out    *encoder
	unsaid atomic.Int64 // bytes read since the last tick
}

func (s *plainSource) Size() int64 { return s.size }

func (s *plainSource) ReadAt(b []byte, off int64) (int, error) {
	if s.unsaid.Add(int64(len(b))) > blockSize {
		s.unsaid.Store(0)
		if err := s.out.tick(); err != nil {
			return 0, err
		}
	}
	return io.NewSectionReader(s.f, 0, s.size).ReadAt(b, off)
}
