package jail

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"runtime"
	"strings"
)

// A panic of the handler is reported by two numbers: which of the known words
// it is made of, and where in the program it happened. Parent and child are
// the same program, so that the parent finds the name of the place in itself,
// and nothing that the child wrote is printed.
const panicSize = 1 + 8

// panicError is such a report, in words of the parent.
type panicError struct{ word, place string }

func (e *panicError) Error() string { return "panic: " + e.word + e.place }

// origin is a place that parent and child both have, wherever the program is
// loaded.
func origin() uintptr { return reflect.ValueOf(Serve).Pointer() }

// reportPanic is the frame's body for what recover returned. It must be called
// by the deferred function itself.
func reportPanic(value any) []byte {
	body := []byte{0}
	text := fmt.Sprint(value)
	for i, w := range deaths {
		if strings.Contains(text, w) {
			body[0] = byte(i + 1)
			break
		}
	}
	return binary.LittleEndian.AppendUint64(body, uint64(panicPlace()-origin()))
}

// panicPlace is the innermost place in code of ours, or of a library if there
// is none, below the call of panic.
func panicPlace() uintptr {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs)])
	panicked, other := false, origin()
	for {
		f, more := frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicked, other = true, origin()
		case panicked && strings.HasPrefix(f.Function, "vigie/"):
			return f.PC
		case panicked && other == origin() && !strings.HasPrefix(f.Function, "runtime."):
			other = f.PC
		}
		if !more {
			return other
		}
	}
}

// parsePanic reads a report; same says that the child is this very program.
func parsePanic(body []byte, same bool) error {
	e := &panicError{word: "panic"}
	if i := int(body[0]); i > len(deaths) {
		return errGarbled
	} else if i > 0 {
		e.word = deaths[i-1]
	}
	pc := origin() + uintptr(binary.LittleEndian.Uint64(body[1:]))
	if f := runtime.FuncForPC(pc); same && f != nil {
		_, line := f.FileLine(pc)
		e.place = fmt.Sprintf(" in %s, line %d", f.Name(), line)
	}
	return e
}
