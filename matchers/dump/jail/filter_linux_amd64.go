package jail

import "golang.org/x/sys/unix"

const (
	auditArch = unix.AUDIT_ARCH_X86_64
	archSetFS = 0x1002 // ARCH_SET_FS, asm/prctl.h
)

// own are the calls of this machine: a thread sets its local storage.
var own = []rule{
	{unix.SYS_ARCH_PRCTL, []test{{0, equal, archSetFS}}},
	{unix.SYS_EPOLL_WAIT, nil},
	{unix.SYS_TIME, nil},
}
