package jail

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The steps of confinement, for the one byte that reports a failure.
const (
	stepFiles = 1 + iota
	stepLimits
	stepPrivileges
	stepFilter
)

func obstacle(step byte) string {
	switch step {
	case stepFiles:
		return " (open files)"
	case stepLimits:
		return " (resource limits)"
	case stepPrivileges:
		return " (prctl)"
	case stepFilter:
		return " (seccomp)"
	}
	return ""
}

// maxFiles is what a child needs: seven of ours, the poller's two, and some.
const maxFiles = 16

// dataSlack is what address space may exceed resident memory by: Go keeps the
// addresses of freed memory, and every thread of a C library maps 8 MiB.
const dataSlack = 256 << 20

// confine bounds this process and closes the system to it, for good.
func confine(set settings) (step byte, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := closeInherited(set); err != nil {
		return stepFiles, err
	}
	if err := limit(set); err != nil {
		return stepLimits, err
	}
	for _, p := range [][2]uintptr{
		{unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL)},
		{unix.PR_SET_DUMPABLE, 0},     // no core, no ptrace
		{unix.PR_SET_NO_NEW_PRIVS, 1}, // and seccomp asks for it
	} {
		if err := unix.Prctl(int(p[0]), p[1], 0, 0, 0); err != nil {
			return stepPrivileges, err
		}
	}
	return stepFilter, filter()
}

// closeInherited closes what whoever started our parent left open for
// everybody. What Go itself has opened is closed on exec, which tells it apart.
func closeInherited(set settings) error {
	names, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	for _, n := range names {
		fd, err := strconv.Atoi(n.Name())
		if err != nil || fd <= fdOut || fd == fdPlain && set.Plain || fd == fdSpool && set.Spool {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			if err := unix.Close(fd); err != nil {
				return err
			}
		}
	}
	return nil
}

// limit sets the resource limits. RLIMIT_AS is not among them: Go reserves
// more addresses than it uses and would not start. RLIMIT_DATA counts what may
// be written, on top of what the program has mapped so far.
func limit(set settings) error {
	data, err := mappedData()
	if err != nil {
		return err
	}
	size := uint64(0)
	if set.Spool {
		size = spoolFileLimit
	}
	for _, l := range []struct {
		what int
		max  uint64
	}{
		{unix.RLIMIT_DATA, data + 2*uint64(set.Memory) + dataSlack},
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_FSIZE, size},
		{unix.RLIMIT_NOFILE, maxFiles},
	} {
		if err := syscall.Setrlimit(l.what, &syscall.Rlimit{Cur: l.max, Max: l.max}); err != nil {
			return fmt.Errorf("limit %d: %w", l.what, err)
		}
	}
	return nil
}

// mappedData is how many bytes are mapped for writing: field 6 of statm.
func mappedData() (uint64, error) {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	fields := bytes.Fields(b)
	if len(fields) < 6 {
		return 0, unix.EINVAL
	}
	pages, err := strconv.ParseUint(string(fields[5]), 10, 64)
	return pages * uint64(os.Getpagesize()), err
}

// filter puts the seccomp program on every thread of the process.
func filter() error {
	prog, err := program(os.Getpid())
	if err != nil {
		return err
	}
	return install(prog)
}

func install(prog []unix.SockFilter) error {
	fprog := unix.SockFprog{Len: uint16(len(prog)), Filter: &prog[0]}
	// 0 is success, another number the thread that could not follow.
	r, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog)))
	if errno != 0 {
		return errno
	}
	if r != 0 {
		return unix.EBUSY
	}
	return nil
}

// dieWithParent has the system kill the child when the thread that started it
// ends, and keeps the keyboard's signals from it: its parent decides.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}

// widen gives pipes room for a whole block, if the system allows it.
func widen(files ...*os.File) {
	for _, f := range files {
		if c, err := f.SyscallConn(); err == nil {
			_ = c.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, blockSize) })
		}
	}
}

// reopen opens a regular file again for reading only, with its own position.
func reopen(f *os.File) *os.File {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	c, err := f.SyscallConn()
	if err != nil {
		return nil
	}
	var again *os.File
	_ = c.Control(func(fd uintptr) {
		again, err = os.Open("/proc/self/fd/" + strconv.Itoa(int(fd)))
	})
	if err != nil {
		return nil
	}
	return again
}

// freeSpace is how many bytes the file system of f has left for us.
func freeSpace(f *os.File) (uint64, error) {
	var st unix.Statfs_t
	err := unix.Fstatfs(int(f.Fd()), &st)
	return st.Bavail * uint64(st.Bsize), err
}
