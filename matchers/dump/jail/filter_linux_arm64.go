package jail

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_AARCH64

// own are the calls of this machine alone: none.
var own []rule
