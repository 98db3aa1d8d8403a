// Package jail runs a parser of untrusted bytes in a bounded child process of
// the same binary, so that a hostile dump can at worst end a process that
// holds nothing.
//
// The parent keeps the key and the file. It starts itself again with an empty
// environment and four descriptors, waits until the child has bounded and
// confined itself, and only then hands it the job. From there on the child
// can do two things: ask for bytes of the source, which the parent decrypts and
// serves, and send answers. What arrives is read as if a thief had written it:
// no length is trusted, no word of it is printed.
//
//	parent                                  child
//	start, empty environment      ───►      limits, seccomp filter on every thread
//	                              ◄───      ready
//	job                           ───►
//	                              ◄───      read (offset, length)
//	decrypted bytes               ───►      parse
//	each(kind, payload)           ◄───      answer
//	nil                           ◄───      done
//
// Whatever else happens is an end with a code of its own, always a
// breach.RefusedError: "memory", "stalled", "crashed", "garbled" and
// "confinement". The parent never goes down with the child, and the child never
// outlives the parent.
//
// A program that uses a Jail begins with one line, before it reads flags or
// files, and so do the tests (in TestMain):
//
//	if jail.Child() {
//		os.Exit(jail.Serve(handle))
//	}
package jail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"vigie/internal/breach"
)

// The limits in force where a Jail says nothing.
const (
	DefaultMemory = 512 << 20        // bytes resident, the whole process
	DefaultStall  = 60 * time.Second // without a request, an answer or a sign of progress
	MaxPayload    = 16 << 20         // bytes of one answer, or of the job
)

const (
	startTime = 30 * time.Second // for the child to be confined and ready
	leaveTime = time.Second      // for the child to go once it has closed or said that it is done
)

// The codes of breach.RefusedError that end a run.
const (
	CodeMemory      = "memory"      // the child outgrew its memory
	CodeStalled     = "stalled"     // the child made no progress
	CodeCrashed     = "crashed"     // the child panicked, or was killed
	CodeGarbled     = "garbled"     // the child broke the protocol
	CodeConfinement = "confinement" // the child could not be confined, so nothing was parsed
)

// Source is what a child may read: bytes at an offset, of a known number. It
// must not change while it is read. A Source may also have
//
//	File() *os.File
//
// to say that it is exactly the content of that file, in the clear. Then the
// child gets a read-only descriptor instead of being served, which is faster.
type Source interface {
	io.ReaderAt
	Size() int64
}

// Jail says how children are started and bounded. The zero value is ready to
// use, and one Jail serves any number of runs at the same time.
type Jail struct {
	Exe      string        // program of the child; "" is the one that runs
	Args     []string      // its arguments, for whoever reads a process list
	Memory   int64         // resident bytes allowed; 0 is DefaultMemory
	Stall    time.Duration // time allowed without progress; 0 is DefaultStall
	Procs    int           // processors the child may use at once; 0 is as many as the parent
	SpoolDir string        // where Call.Spool has its unnamed file; "" gives the child none
	What     string        // what a refusal names, an ID or a file; "" is "parsing process"

	// AllowUnconfined goes on where the system has no seccomp. The limits
	// and the watch on memory stay; the network and the disk are not closed.
	AllowUnconfined bool
}

// Run has a child do job on src, and calls each with every answer, in order,
// on the calling goroutine. The payload is valid until each returns. An error
// of each, or of src, ends the run and is returned as it is. An error of the
// child's handler comes back with its code or kind of error; every other end
// is a breach.RefusedError with one of the codes above.
//
// A child taken over by its input can answer for ever, or anything: each checks
// what it gets and how much of it, and ctx bounds the time.
func (j *Jail) Run(ctx context.Context, job []byte, src Source, each func(kind byte, payload []byte) error) error {
	if len(job) > MaxPayload {
		return fmt.Errorf("job of %d bytes, at most %d allowed: %w", len(job), MaxPayload, breach.ErrInvalid)
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	p, err := j.start(src)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, p.kill)()
	defer p.end(0) // even when each panics
	err = p.converse(ctx, job, src, each)
	p.end(patience(err))
	return j.verdict(ctx, p, err)
}

// Check starts a child, sees it confined, and lets it go: nil means that Run
// can work here. It is what a self-test of the installation asks.
func (j *Jail) Check(ctx context.Context) error {
	p, err := j.start(nothing{})
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, p.kill)()
	defer p.end(0)
	if err = p.ready(); err == nil {
		return nil
	}
	p.end(patience(err))
	return j.verdict(ctx, p, err)
}

// patience is how long to wait for a child to end by itself: one that is done
// or has closed its pipe is about to, and how it ends says why.
func patience(err error) time.Duration {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return leaveTime
	}
	return 0
}

// nothing is the empty source.
type nothing struct{}

func (nothing) ReadAt([]byte, int64) (int, error) { return 0, io.EOF }
func (nothing) Size() int64                       { return 0 }

// ours marks an error of the parent's side: of the source, or of each.
type ours struct{ error }

// verdict says how the run ended, from what the parent saw itself. What the
// child wrote on its standard error only chooses between words of ours.
func (j *Jail) verdict(ctx context.Context, p *process, err error) error {
	var own ours
	var told *toldError
	var panicked *panicError
	switch {
	case err == nil && p.state.Success():
		return nil
	case errors.As(err, &own):
		return own.error
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case p.fat.Load():
		return j.refuse(CodeMemory, fmt.Sprintf("reading it took more than %d MiB; it was built to, or needs a larger limit", j.memory()>>20))
	case errors.As(err, &told):
		return told.rebuilt()
	case errors.As(err, &panicked):
		return j.refuse(CodeCrashed, "the parsing process ended with: "+panicked.word+panicked.place+advice)
	case errors.Is(err, os.ErrDeadlineExceeded) && p.isReady:
		return j.refuse(CodeStalled, fmt.Sprintf("no progress for %v; what was read before stands", j.stall()))
	case !p.isReady:
		return j.refuse(CodeConfinement, "the parsing process cannot be confined here"+p.obstacle+"; allow unconfined parsing only on a machine that has no network")
	case errors.Is(err, errGarbled):
		return j.refuse(CodeGarbled, "the parsing process broke its protocol; keep the file, it may be an attack on the parser")
	}
	if p.shot {
		return j.refuse(CodeCrashed, "the parsing process closed its pipe and did not go")
	}
	code, hint := autopsy(p.stderr.head(), p.state)
	return j.refuse(code, hint)
}

func (j *Jail) refuse(code, hint string) error {
	what := j.What
	if what == "" {
		what = "parsing process"
	}
	return &breach.RefusedError{Code: code, What: what, Hint: hint}
}

func (j *Jail) memory() int64 {
	if j.Memory > 0 {
		return j.Memory
	}
	return DefaultMemory
}

func (j *Jail) stall() time.Duration {
	if j.Stall > 0 {
		return j.Stall
	}
	return DefaultStall
}
