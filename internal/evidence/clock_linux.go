package evidence

import (
	"fmt"
	"syscall"
	"time"
)

// clockError is what adjtimex returns for a clock that nothing keeps right
// (TIME_ERROR in adjtimex(2)).
const clockError = 5

// clockSource says which clock dates captures, and what the kernel thinks of it.
func clockSource() string {
	var t syscall.Timex
	state, err := syscall.Adjtimex(&t)
	switch {
	case err != nil:
		return "system clock, state unknown"
	case state == clockError:
		return "system clock, not synchronised"
	}
	return fmt.Sprintf("system clock, synchronised, estimated error %v", time.Duration(t.Esterror)*time.Microsecond)
}
