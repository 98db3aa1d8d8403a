//go:build linux && (amd64 || arm64)

package jail

import "golang.org/x/sys/unix"

// The filter is an allow-list: what a Go program needs once it runs (memory,
// threads, signals to itself, timers, the poller) and reading and writing the
// descriptors it has. All else fails with EPERM: sockets, opening or naming a
// file, starting a program, memory that is shared or executable, other
// processes, io_uring, bpf, keys, tracing, and whatever a future kernel adds.
// See seccomp(2), bpf(4) and linux/seccomp.h.

// always are the calls that need no look at their arguments. What one machine
// alone has is in own.
var always = []uint32{
	unix.SYS_READ, unix.SYS_WRITE, unix.SYS_PREAD64, unix.SYS_PWRITE64, unix.SYS_LSEEK,
	unix.SYS_CLOSE, unix.SYS_FSTAT, unix.SYS_FSTATFS, unix.SYS_FTRUNCATE,

	unix.SYS_MUNMAP, unix.SYS_MADVISE, unix.SYS_MINCORE, unix.SYS_BRK, unix.SYS_MREMAP,

	unix.SYS_FUTEX, unix.SYS_NANOSLEEP, unix.SYS_CLOCK_NANOSLEEP, unix.SYS_CLOCK_GETTIME,
	unix.SYS_CLOCK_GETRES, unix.SYS_GETTIMEOFDAY, unix.SYS_RESTART_SYSCALL,
	unix.SYS_SCHED_YIELD, unix.SYS_SCHED_GETAFFINITY, unix.SYS_GETPID, unix.SYS_GETTID,
	unix.SYS_SET_ROBUST_LIST, unix.SYS_RSEQ, unix.SYS_SET_TID_ADDRESS, unix.SYS_GETRANDOM,

	unix.SYS_RT_SIGACTION, unix.SYS_RT_SIGPROCMASK, unix.SYS_RT_SIGRETURN, unix.SYS_SIGALTSTACK,

	unix.SYS_EPOLL_CREATE1, unix.SYS_EPOLL_CTL, unix.SYS_EPOLL_PWAIT, unix.SYS_EPOLL_PWAIT2,
	unix.SYS_EVENTFD2,

	unix.SYS_EXIT, unix.SYS_EXIT_GROUP,
}

// guarded are the calls allowed with some arguments only.
func guarded(pid uint32) []rule {
	return append([]rule{
		{unix.SYS_MMAP, []test{{2, unset, unix.PROT_EXEC}, {3, unset, unix.MAP_SHARED}}},
		{unix.SYS_MPROTECT, []test{{2, unset, unix.PROT_EXEC}}},
		// Threads, but neither processes nor namespaces.
		{unix.SYS_CLONE, []test{{0, isset, unix.CLONE_THREAD}, {0, unset, namespaces}}},
		// Signals to itself: the scheduler preempts with them.
		{unix.SYS_TGKILL, []test{{0, equal, pid}}},
		{unix.SYS_KILL, []test{{0, equal, pid}}},
		{unix.SYS_FCNTL, []test{{1, equal, unix.F_GETFL}}},
		{unix.SYS_FCNTL, []test{{1, equal, unix.F_SETFL}, {2, unset, unix.O_ASYNC}}},
		// Go names its mappings.
		{unix.SYS_PRCTL, []test{{0, equal, unix.PR_SET_VMA}}},
	}, own...)
}

const namespaces = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC |
	unix.CLONE_NEWUSER | unix.CLONE_NEWPID | unix.CLONE_NEWNET

// rule allows call nr if all its tests hold.
type rule struct {
	nr    uint32
	tests []test
}

// test looks at the low 32 bits of an argument: all that the kernel reads of
// those tested here.
type test struct {
	arg   uint32
	op    op
	value uint32
}

type op int

const (
	equal op = iota // the argument is the value
	isset           // the bit is set
	unset           // none of the bits is set
)

// Offsets in struct seccomp_data, on little-endian machines.
const (
	dataNr   = 0
	dataArch = 4
	dataArgs = 16
)

// program is the filter of the process pid.
func program(pid int) ([]unix.SockFilter, error) {
	const eperm = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	p := []unix.SockFilter{
		load(dataArch),
		jump(unix.BPF_JEQ, auditArch, 1, 0),
		give(unix.SECCOMP_RET_KILL_PROCESS), // calls of another machine have other numbers
		load(dataNr),
		// glibc and Go then use clone, whose flags can be seen.
		jump(unix.BPF_JEQ, unix.SYS_CLONE3, 0, 1),
		give(unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)),
	}
	for _, nr := range always {
		p = append(p, jump(unix.BPF_JEQ, nr, 0, 1), give(unix.SECCOMP_RET_ALLOW))
	}
	for _, r := range guarded(uint32(pid)) {
		p = append(p, r.code()...)
	}
	return append(p, give(eperm)), nil
}

// code is the rule as instructions; where it does not hold, the next one goes
// on with the number of the call loaded again.
func (r rule) code() []unix.SockFilter {
	n := uint8(2*len(r.tests) + 2)
	c := []unix.SockFilter{jump(unix.BPF_JEQ, r.nr, 0, n)}
	for i, t := range r.tests {
		out := uint8(2*(len(r.tests)-1-i) + 1) // past the tests that follow and the allowance
		c = append(c, load(dataArgs+8*t.arg))
		switch t.op {
		case equal:
			c = append(c, jump(unix.BPF_JEQ, t.value, 0, out))
		case isset:
			c = append(c, jump(unix.BPF_JSET, t.value, 0, out))
		case unset:
			c = append(c, jump(unix.BPF_JSET, t.value, out, 0))
		}
	}
	return append(c, give(unix.SECCOMP_RET_ALLOW), load(dataNr))
}

func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

func jump(how uint16, value uint32, yes, no uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | how | unix.BPF_K, Jt: yes, Jf: no, K: value}
}

func give(verdict uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: verdict}
}
