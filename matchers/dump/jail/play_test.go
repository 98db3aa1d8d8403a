package jail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"vigie/internal/breach"
)

// leaked stands for a value of a dump: no error may hold it.
const leaked = "marie.durand@example.org"

// play is what the child does in these tests: the job is its name.
func play(_ context.Context, c *Call) error {
	name, arg, _ := strings.Cut(string(c.Job), ":")
	part, ok := parts[name]
	if !ok {
		return fmt.Errorf("no part %q", name)
	}
	return part(c, arg)
}

var sink []byte

var parts = map[string]func(c *Call, arg string) error{
	"nothing": func(*Call, string) error { return nil },
	"digest":  digest,
	"random":  readRandom,
	"rescan":  rescan,
	"escape":  escape,
	"storm":   storm,
	"spool":   useSpool,
	"answers": func(c *Call, _ string) error {
		for i := range 1000 {
			if err := c.Send(byte(i), bytes.Repeat([]byte{byte(i)}, i*i%70000)); err != nil {
				return err
			}
		}
		return nil
	},
	"pour": func(c *Call, _ string) error {
		b := make([]byte, 64<<10)
		for range 256 << 20 / len(b) {
			if err := c.Send(1, b); err != nil {
				return err
			}
		}
		return nil
	},
	"large": func(c *Call, _ string) error {
		if err := c.Send(9, make([]byte, MaxPayload+1)); err == nil {
			return errors.New("an answer above the limit was sent")
		}
		return c.Send(9, make([]byte, MaxPayload))
	},
	"environ": func(c *Call, _ string) error {
		return c.Send(0, []byte(strings.Join(os.Environ(), "\n")))
	},
	"files": func(c *Call, _ string) error {
		var open []string
		for fd := range 2 * maxFiles {
			var st unix.Stat_t
			if unix.Fstat(fd, &st) == nil {
				open = append(open, nameOf(st))
			}
		}
		return c.Send(0, []byte(strings.Join(open, " ")))
	},
	"pid": func(c *Call, _ string) error {
		if err := c.Send(0, []byte(fmt.Sprint(os.Getpid()))); err != nil {
			return err
		}
		time.Sleep(100 * time.Millisecond)
		if err := c.Send(1, nil); err != nil { // pushes the first one out
			return err
		}
		_, err := c.Source.ReadAt(make([]byte, 1), 0)
		return err
	},

	// Ends that are not good.
	"hog": func(*Call, string) error {
		var held [][]byte
		for {
			b := make([]byte, 4<<20)
			for i := 0; i < len(b); i += 512 {
				b[i] = 1
			}
			held = append(held, b)
			sink = held[len(held)/2]
		}
	},
	"map": func(*Call, string) error { // without the Go heap
		for {
			b, err := unix.Mmap(-1, 0, 16<<20, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
			if err != nil {
				return err
			}
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
		}
	},
	"giant": func(*Call, string) error {
		sink = make([]byte, 64<<30)
		return nil
	},
	"spin": func(*Call, string) error {
		for i := 0; ; i++ {
			sink = sink[:0]
		}
	},
	"sleep": func(c *Call, _ string) error {
		time.Sleep(time.Hour)
		return nil
	},
	"panic": func(*Call, string) error { panic(leaked) },
	"panic-later": func(*Call, string) error {
		go func() { panic(fmt.Errorf("cannot read %q", leaked)) }()
		select {}
	},
	"index":   func(_ *Call, arg string) error { _ = arg[len(arg)+7]; return nil },
	"nil":     func(*Call, string) error { var c *Call; return c.Send(0, nil) },
	"library": func(_ *Call, arg string) error { _ = strings.Repeat("x", len(arg)-1); return nil },
	"repanic": func(c *Call, _ string) error {
		defer func() {
			r := recover()
			panic(r)
		}()
		var a any = c
		return a.(interface {
			Error() string
			error
		})
	},
	"stack": func(*Call, string) error { return deep(0) },
	"exit":  func(*Call, string) error { os.Exit(0); return nil },
	"exit9": func(*Call, string) error { os.Exit(9); return nil },
	"abort": func(*Call, string) error { return unix.Kill(os.Getpid(), unix.SIGABRT) },
	"signal": func(*Call, string) error {
		_ = unix.Kill(os.Getpid(), unix.SIGKILL)
		select {}
	},
	"chatter": func(*Call, string) error {
		for { // a flood on the standard error, and nothing else
			_, _ = os.Stderr.WriteString(strings.Repeat(leaked+" out of memory\n", 1000))
		}
	},
	"raw": func(_ *Call, arg string) error { // bytes of the test, as they are
		_, _ = os.NewFile(fdOut, "out").WriteString(arg)
		select {}
	},
	"noise": func(*Call, string) error {
		b := make([]byte, 4096)
		for r := rand.NewChaCha8([32]byte{7}); ; {
			_, _ = r.Read(b)
			if _, err := os.NewFile(fdOut, "out").Write(b); err != nil {
				select {}
			}
		}
	},
	"mute": func(*Call, string) error {
		_ = unix.Close(fdOut)
		select {}
	},

	// Errors of a handler.
	"refused": func(*Call, string) error {
		return fmt.Errorf("reading: %w", &breach.RefusedError{Code: "zip-bomb", What: "a.zip", Hint: "unpack it\x1b[31m by hand\u202e"})
	},
	"temporary": func(*Call, string) error { return fmt.Errorf("line 3: %w", breach.ErrTemporary) },
	"plain":     func(*Call, string) error { return errors.New("line 4: odd\nsecond line") },
	"long":      func(*Call, string) error { return errors.New(strings.Repeat("\x00é", 1<<20)) },
}

// nameOf tells files apart.
func nameOf(st unix.Stat_t) string { return fmt.Sprintf("<%d:%d>", st.Dev, st.Ino) }

func deep(n int) error {
	var b [1024]byte
	b[n%1024] = 1
	if n < 0 {
		return nil
	}
	if err := deep(n + 1); err != nil {
		return err
	}
	return fmt.Errorf("%d", b[0])
}

// digest reads the source from end to end in pieces of arg bytes.
func digest(c *Call, arg string) error {
	var piece int
	if _, err := fmt.Sscan(arg, &piece); err != nil {
		return err
	}
	h := sha256.New()
	if piece < 0 { // only read
		piece = -piece
		b, n := make([]byte, piece), int64(0)
		for off := int64(0); off < c.Source.Size(); off += int64(piece) {
			got, err := c.Source.ReadAt(b, off)
			if err != nil && !errors.Is(err, io.EOF) {
				return err
			}
			n += int64(got)
		}
		return c.Send(1, binary.LittleEndian.AppendUint64(nil, uint64(n)))
	}
	r := io.NewSectionReader(c.Source, 0, c.Source.Size())
	if _, err := io.CopyBuffer(struct{ io.Writer }{h}, struct{ io.Reader }{r}, make([]byte, piece)); err != nil {
		return err
	}
	return c.Send(1, h.Sum(nil))
}

// readRandom reads at random from many goroutines, and checks every byte.
func readRandom(c *Call, _ string) error {
	size := c.Source.Size()
	errs := make(chan error, 8)
	for g := range cap(errs) {
		go func() {
			r := rand.New(rand.NewPCG(uint64(g), 1))
			b, want := make([]byte, 100_000), make([]byte, 100_000)
			for range 60 {
				off := r.Int64N(size + 10)
				n := r.IntN(len(b))
				got, err := c.Source.ReadAt(b[:n], off)
				whole := int64(n) <= size-off
				if whole != (err == nil) || !whole && (!errors.Is(err, io.EOF) || got != int(max(0, size-off))) {
					errs <- fmt.Errorf("%d bytes at %d of %d: got %d, %v", n, off, size, got, err)
					return
				}
				_, _ = pattern{size: size}.ReadAt(want[:got], off)
				if !bytes.Equal(b[:got], want[:got]) {
					errs <- fmt.Errorf("%d bytes at %d differ", n, off)
					return
				}
			}
			errs <- nil
		}()
	}
	var err error
	for range cap(errs) {
		err = errors.Join(err, <-errs)
	}
	if _, neg := c.Source.ReadAt(make([]byte, 1), -1); neg == nil {
		err = errors.Join(err, errors.New("a negative offset was read"))
	}
	return err
}

// rescan reads for arg without an answer: work that asks the parent nothing.
func rescan(c *Call, arg string) error {
	for d, err := time.ParseDuration(arg); time.Now().Before(begun.Add(d)); {
		if err != nil {
			return err
		}
		if err := digest(&Call{Source: c.Source, Send: func(byte, []byte) error { return nil }}, "65536"); err != nil {
			return err
		}
	}
	return nil
}

var begun = time.Now()

// storm has the runtime do all it does: many threads, timers, collections, a
// heap that grows and shrinks, panics that are caught, signals, crypto.
func storm(c *Call, _ string) error {
	var wg sync.WaitGroup
	for range 40 { // threads of their own
		wg.Go(func() {
			runtime.LockOSThread()
			for range 20 {
				time.Sleep(time.Millisecond)
				runtime.Gosched()
			}
		})
	}
	for g := range 2000 {
		wg.Go(func() {
			m := map[int][]byte{}
			for i := range 20 {
				m[i] = make([]byte, 1+g%3000)
			}
			<-time.After(time.Duration(g%50) * time.Millisecond)
			func() {
				defer func() { _ = recover() }()
				var none []int
				_ = none[g]
			}()
		})
	}
	for round := range 5 {
		held := make([][]byte, 0, 40)
		for range 40 {
			held = append(held, bytes.Repeat([]byte{byte(round)}, 2<<20))
		}
		sink = held[3]
		runtime.GC()
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for range 50 {
		<-tick.C
	}
	wg.Wait()
	_ = time.Now().Local().String()
	return c.Send(1, []byte("calm"))
}

// escape tries what a parser never does, and answers each try that was not
// refused as it must be.
func escape(c *Call, parent string) error {
	tried := 0
	ppid, err := strconv.Atoi(parent)
	if err != nil {
		return err
	}
	for name, try := range escapes(ppid) {
		tried++
		if got := try(); got != nil {
			if err := c.Send(0, []byte(name+": "+got.Error())); err != nil {
				return err
			}
		}
	}
	return c.Send(1, []byte(fmt.Sprint(tried)))
}

// escapes are the tries; each returns nil if it was refused.
func escapes(ppid int) map[string]func() error {
	refusedWith := func(want unix.Errno, nr uintptr, args ...uintptr) func() error {
		return func() error {
			var a [6]uintptr
			copy(a[:], args)
			r, _, errno := unix.Syscall6(nr, a[0], a[1], a[2], a[3], a[4], a[5])
			if errno == 0 && r == 0 && nr == unix.SYS_CLONE {
				unix.Exit(0) // the process that must not be
			}
			if errno == want {
				return nil
			}
			return fmt.Errorf("got %d, %v", r, errno)
		}
	}
	tries := map[string]func() error{
		"os.Open":        func() error { _, err := os.Open("/etc/passwd"); return isEPERM(err) },
		"os.Create":      func() error { _, err := os.Create("/tmp/vigie-jail-escape"); return isEPERM(err) },
		"os.ReadDir":     func() error { _, err := os.ReadDir("/"); return isEPERM(err) },
		"os.Stat":        func() error { _, err := os.Stat("/"); return isEPERM(err) },
		"os.MkdirTemp":   func() error { _, err := os.MkdirTemp("", "x"); return isEPERM(err) },
		"net.Dial":       func() error { _, err := net.DialTimeout("tcp", "127.0.0.1:9", time.Second); return isEPERM(err) },
		"net.Listen":     func() error { _, err := net.Listen("tcp", "127.0.0.1:0"); return isEPERM(err) },
		"unix socket":    func() error { _, err := net.Dial("unix", "/run/x.sock"); return isEPERM(err) },
		"exec":           func() error { return isEPERM(exec.Command("/bin/true").Run()) },
		"write source":   func() error { _, err := unix.Pwrite(fdPlain, []byte("x"), 0); return isBad(err) },
		"shorten source": func() error { return isBad(unix.Ftruncate(fdPlain, 0)) },
		"shared memory": func() error {
			_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ, unix.MAP_ANON|unix.MAP_SHARED)
			return isEPERM(err)
		},
		"executable memory": func() error {
			_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_ANON|unix.MAP_PRIVATE)
			return isEPERM(err)
		},
		"memory made executable": func() error {
			b, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
			if err != nil {
				return err
			}
			return isEPERM(unix.Mprotect(b, unix.PROT_READ|unix.PROT_EXEC))
		},
		"every thread": func() error { // the filter is on threads older than it
			errs := make(chan error, 30)
			for range cap(errs) {
				go func() {
					runtime.LockOSThread()
					_, err := os.Open("/etc/passwd")
					errs <- isEPERM(err)
				}()
			}
			var all error
			for range cap(errs) {
				all = errors.Join(all, <-errs)
			}
			return all
		},
		"clone3":   refusedWith(unix.ENOSYS, unix.SYS_CLONE3),
		"fork":     refusedWith(unix.EPERM, unix.SYS_CLONE, uintptr(unix.SIGCHLD)),
		"new net":  refusedWith(unix.EPERM, unix.SYS_CLONE, unix.CLONE_THREAD|unix.CLONE_NEWNET),
		"set own":  refusedWith(unix.EPERM, unix.SYS_FCNTL, fdOut, unix.F_SETOWN, 1),
		"dup":      refusedWith(unix.EPERM, unix.SYS_FCNTL, fdOut, unix.F_DUPFD, 0),
		"dumpable": refusedWith(unix.EPERM, unix.SYS_PRCTL, unix.PR_SET_DUMPABLE, 1),
		"parent":   refusedWith(unix.EPERM, unix.SYS_KILL, uintptr(ppid), 0),
		"everyone": refusedWith(unix.EPERM, unix.SYS_KILL, ^uintptr(0), 0),
	}
	for name, nr := range closed {
		tries[name] = refusedWith(unix.EPERM, nr)
	}
	return tries
}

// closed are calls that no argument opens.
var closed = map[string]uintptr{
	"socket": unix.SYS_SOCKET, "socketpair": unix.SYS_SOCKETPAIR, "connect": unix.SYS_CONNECT, "bind": unix.SYS_BIND,
	"listen": unix.SYS_LISTEN, "accept4": unix.SYS_ACCEPT4, "sendto": unix.SYS_SENDTO, "sendmsg": unix.SYS_SENDMSG,
	"recvmsg": unix.SYS_RECVMSG, "execve": unix.SYS_EXECVE, "execveat": unix.SYS_EXECVEAT, "openat": unix.SYS_OPENAT,
	"openat2": unix.SYS_OPENAT2, "open_by_handle_at": unix.SYS_OPEN_BY_HANDLE_AT, "unlinkat": unix.SYS_UNLINKAT,
	"renameat2": unix.SYS_RENAMEAT2, "mkdirat": unix.SYS_MKDIRAT, "linkat": unix.SYS_LINKAT, "symlinkat": unix.SYS_SYMLINKAT,
	"mknodat": unix.SYS_MKNODAT, "fchmodat": unix.SYS_FCHMODAT, "fchmod": unix.SYS_FCHMOD, "fchownat": unix.SYS_FCHOWNAT,
	"statx": unix.SYS_STATX, "getdents64": unix.SYS_GETDENTS64, "readlinkat": unix.SYS_READLINKAT, "chdir": unix.SYS_CHDIR,
	"chroot": unix.SYS_CHROOT, "mount": unix.SYS_MOUNT, "pivot_root": unix.SYS_PIVOT_ROOT, "unshare": unix.SYS_UNSHARE,
	"setns": unix.SYS_SETNS, "ptrace": unix.SYS_PTRACE, "process_vm_readv": unix.SYS_PROCESS_VM_READV,
	"process_vm_writev": unix.SYS_PROCESS_VM_WRITEV, "pidfd_open": unix.SYS_PIDFD_OPEN, "pidfd_getfd": unix.SYS_PIDFD_GETFD,
	"pidfd_send_signal": unix.SYS_PIDFD_SEND_SIGNAL, "tkill": unix.SYS_TKILL, "tgkill": unix.SYS_TGKILL, "bpf": unix.SYS_BPF,
	"io_uring_setup": unix.SYS_IO_URING_SETUP, "keyctl": unix.SYS_KEYCTL, "add_key": unix.SYS_ADD_KEY,
	"perf_event_open": unix.SYS_PERF_EVENT_OPEN, "userfaultfd": unix.SYS_USERFAULTFD, "memfd_create": unix.SYS_MEMFD_CREATE,
	"shmget": unix.SYS_SHMGET, "ioctl": unix.SYS_IOCTL, "prlimit64": unix.SYS_PRLIMIT64, "setuid": unix.SYS_SETUID,
	"capset": unix.SYS_CAPSET, "personality": unix.SYS_PERSONALITY, "init_module": unix.SYS_INIT_MODULE,
	"kexec_load": unix.SYS_KEXEC_LOAD, "reboot": unix.SYS_REBOOT, "seccomp": unix.SYS_SECCOMP, "splice": unix.SYS_SPLICE,
	"vmsplice": unix.SYS_VMSPLICE, "setsid": unix.SYS_SETSID, "setpgid": unix.SYS_SETPGID, "dup3": unix.SYS_DUP3,
	"pipe2": unix.SYS_PIPE2, "inotify_init1": unix.SYS_INOTIFY_INIT1, "sched_setaffinity": unix.SYS_SCHED_SETAFFINITY,
	"no such call": 4000, "x32 getpid": 0x40000000 + 39,
}

func isEPERM(err error) error {
	if errors.Is(err, unix.EPERM) {
		return nil
	}
	return fmt.Errorf("got %w", orNothing(err))
}

// isBad accepts the errors of a descriptor that is closed, read-only or no file.
func isBad(err error) error {
	if errors.Is(err, unix.EBADF) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ESPIPE) {
		return nil
	}
	return fmt.Errorf("got %w", orNothing(err))
}

func orNothing(err error) error {
	if err == nil {
		return errors.New("no error")
	}
	return err
}

// useSpool puts members into the spool, one of them read out of another, and
// reads them at random.
func useSpool(c *Call, _ string) error {
	if c.Spool == nil {
		return errors.New("no spool")
	}
	first, err := c.Spool.Put(io.NewSectionReader(c.Source, 0, c.Source.Size()))
	if err != nil {
		return err
	}
	if err := readRandom(&Call{Source: first}, ""); err != nil {
		return err
	}
	second, err := c.Spool.Put(io.NewSectionReader(first, 0, first.Size()/2))
	if err != nil {
		return err
	}
	if err := digest(&Call{Source: second, Send: c.Send}, "4096"); err != nil {
		return err
	}
	return errors.Join(first.Close(), second.Close())
}
