package jail

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"vigie/internal/breach"
)

// watchEvery is how often the child's resident memory is looked at. A child
// can touch some 2 GiB a second, so it overshoots by up to 20 MiB: it is killed
// at 15/16 of its limit, to stay below.
const watchEvery = 10 * time.Millisecond

// process is one child, from the parent's side.
type process struct {
	cmd    *exec.Cmd
	in     *os.File // to the child
	out    *os.File // from the child
	frames *decoder
	stall  time.Duration
	memory int64

	same     bool // the child is this program
	isReady  bool
	left     bool   // takes nothing any more
	obstacle string // why it is not, in words of ours

	stderr tail
	fat    atomic.Bool   // killed for its memory
	shot   bool          // killed because it did not go
	gone   chan struct{} // closed once reaped
	state  *os.ProcessState
	watch  sync.WaitGroup
	ended  sync.Once
}

// start starts a child that waits, confined, for its job.
func (j *Jail) start(src Source) (*process, error) {
	p := &process{stall: j.stall(), memory: j.memory(), gone: make(chan struct{})}
	var mine []io.Closer // the child's ends, closed here once it has them
	defer func() {
		for _, c := range mine {
			_ = c.Close()
		}
	}()
	childIn, in, err := os.Pipe()
	if err != nil {
		return nil, j.notStarted(err)
	}
	mine = append(mine, childIn)
	out, childOut, err := os.Pipe()
	if err != nil {
		_ = in.Close()
		return nil, j.notStarted(err)
	}
	mine = append(mine, childOut)
	p.in, p.out, p.frames = in, out, newDecoder(out)
	widen(in, out)

	set := settings{Memory: j.memory(), Size: src.Size(), Procs: j.Procs, Unconfined: j.AllowUnconfined}
	if set.Procs <= 0 {
		set.Procs = runtime.GOMAXPROCS(0)
	}
	file := plain(src)
	if file != nil {
		set.Plain = true
		mine = append(mine, file)
	}
	spool, err := j.spool()
	if err != nil {
		p.closePipes()
		return nil, fmt.Errorf("opening the spool: %w", err)
	}
	if spool != nil {
		set.Spool = true
		mine = append(mine, spool)
	}

	exe := j.Exe
	if exe == "" {
		p.same = true
		exe = "/proc/self/exe" // the running program even when an upgrade has replaced its file
	}
	p.cmd = &exec.Cmd{
		Path:        exe,
		Args:        append([]string{"vigie-jail"}, j.Args...),
		Env:         []string{marker + "=" + set.String()},
		Dir:         "/",
		Stderr:      &p.stderr,
		ExtraFiles:  []*os.File{childIn, childOut, file, spool}, // descriptors 3, 4, 5, 6
		SysProcAttr: dieWithParent(),
		WaitDelay:   time.Second,
	}
	if err := p.launch(); err != nil {
		p.closePipes()
		return nil, j.notStarted(err)
	}
	return p, nil
}

// launch starts the child from a thread that lives as long as it does: the
// system ties "die with your parent" to the thread that forked.
func (p *process) launch() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		_ = p.cmd.Wait() // how it ended stands in ProcessState
		p.state = p.cmd.ProcessState
		close(p.gone)
	}()
	if err := <-started; err != nil {
		return err
	}
	// Opened before the child makes itself undumpable, which can hide it.
	statm, err := os.Open("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/statm")
	if err != nil {
		p.end(0)
		return err
	}
	p.watch.Go(func() { p.watchMemory(statm) })
	return nil
}

// watchMemory kills the child once it is resident above its limit.
func (p *process) watchMemory(statm *os.File) {
	defer func() { _ = statm.Close() }()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	page := int64(os.Getpagesize())
	buf := make([]byte, 256)
	for {
		select {
		case <-p.gone:
			return
		case <-tick.C:
		}
		n, _ := statm.ReadAt(buf, 0)
		fields := strings.Fields(string(buf[:n]))
		if len(fields) < 2 {
			continue // it has just gone
		}
		if pages, err := strconv.ParseInt(fields[1], 10, 64); err == nil && pages*page > p.memory/16*15 {
			p.fat.Store(true)
			p.kill()
			return
		}
	}
}

// ready waits for the child to say that it is confined.
func (p *process) ready() error {
	if err := p.out.SetReadDeadline(time.Now().Add(max(startTime, p.stall))); err != nil {
		return err
	}
	f, err := p.frames.next()
	switch {
	case err != nil:
		return err
	case f.typ == frameUnfit:
		p.obstacle = obstacle(f.kind)
		return errUnfit
	case f.typ != frameReady:
		return errGarbled
	}
	p.isReady = true
	return nil
}

// errUnfit ends a run whose child said that it cannot be confined.
var errUnfit = errors.New("not confined")

// converse hands over the job, then serves reads and forwards answers until
// the child is done. Only the child's time counts towards a stall, not the
// time of src and each.
func (p *process) converse(ctx context.Context, job []byte, src Source, each func(byte, []byte) error) error {
	if err := p.ready(); err != nil {
		return err
	}
	if err := p.write(binary.LittleEndian.AppendUint32(nil, uint32(len(job))), job); err != nil {
		return err
	}
	size, block := src.Size(), []byte(nil)
	for ctx.Err() == nil { // frames of a killed child may still be in the pipe
		if err := p.out.SetReadDeadline(time.Now().Add(p.stall)); err != nil {
			return err
		}
		f, err := p.frames.next()
		if err != nil {
			return err
		}
		switch f.typ {
		case frameAnswer:
			if err := each(f.kind, f.body); err != nil {
				return ours{err}
			}
		case frameRead:
			if block == nil {
				block = make([]byte, requestSize+blockSize)
			}
			if err := p.serve(f, src, size, block); err != nil {
				return err
			}
		case frameTick:
		case frameDone:
			return nil
		case frameErr:
			return parseTold(f.body)
		case framePanic:
			return parsePanic(f.body, p.same)
		default:
			return errGarbled
		}
	}
	return context.Cause(ctx)
}

// serve answers one request: the request again, then the bytes.
func (p *process) serve(f frame, src Source, size int64, block []byte) error {
	off, n, err := f.request(size)
	if err != nil {
		return err
	}
	if p.left {
		return nil
	}
	copy(block, f.body)
	got, err := src.ReadAt(block[requestSize:requestSize+n], off)
	if got < n {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return ours{fmt.Errorf("reading the source at %d: %w", off, err)}
	}
	return p.write(block[:requestSize+n])
}

// write sends parts to the child, which must take them within the stall time.
// A child that has left without taking what it asked for may be done all the
// same: its frames tell.
func (p *process) write(parts ...[]byte) error {
	if err := p.in.SetWriteDeadline(time.Now().Add(p.stall)); err != nil {
		return err
	}
	for _, b := range parts {
		if _, err := p.in.Write(b); errors.Is(err, syscall.EPIPE) {
			p.left = true
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (p *process) kill() { _ = p.cmd.Process.Kill() }

// end gives the child some time to go, kills it, and leaves nothing of it
// behind: no process, no descriptor, no goroutine. Only the first call counts.
func (p *process) end(patience time.Duration) {
	p.ended.Do(func() {
		if patience > 0 {
			late := time.NewTimer(patience)
			defer late.Stop()
			select {
			case <-p.gone:
			case <-late.C:
				p.shot = true
			}
		}
		p.kill()
		<-p.gone
		p.watch.Wait()
		p.closePipes()
	})
}

func (p *process) closePipes() {
	_ = p.in.Close()
	_ = p.out.Close()
}

// notStarted tells a machine that is short of something for the moment from
// one where children cannot be started.
func (j *Jail) notStarted(err error) error {
	for _, e := range []error{syscall.EAGAIN, syscall.ENOMEM, syscall.EMFILE, syscall.ENFILE} {
		if errors.Is(err, e) {
			return fmt.Errorf("starting the parsing process: %w: %w", err, breach.ErrTemporary)
		}
	}
	return j.refuse(CodeConfinement, "the parsing process cannot be started or watched; /proc must be mounted and this program executable")
}
