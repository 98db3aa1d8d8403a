package linkage

import (
	"syscall"
	"unsafe"
)

// hugePage is what the processor's larger pages hold, on all machines we know.
const hugePage = 2 << 20

// nearby asks the system to keep pages that were just made in larger ones. Rows
// ask for pages in no order, and to look up where one is takes as long as
// reading it. It is a wish: where it is refused all is slower, and right.
func nearby(made [][pageSize]byte) {
	from := uintptr(unsafe.Pointer(unsafe.SliceData(made)))
	to := (from + uintptr(len(made))*pageSize + hugePage - 1) &^ (hugePage - 1)
	from &^= hugePage - 1
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, from, to-from, syscall.MADV_HUGEPAGE)
}
