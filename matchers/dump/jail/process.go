package jail

import (
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
		Env:         []string{marker + "=" + set.String(), "GOGC=off"}, // nothing is garbage before Serve, which collects again
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
