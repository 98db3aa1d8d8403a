package jail

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"unicode"

	"vigie/internal/breach"
)

// toldError is an error of the handler on its way to the parent. It keeps the
// rule of the house that errors hold no leaked value; a child taken over by
// its input may break it, so the texts are cut and stripped of all that is not
// printable before anybody sees them.
type toldError struct {
	Code, What, Hint string // of a breach.RefusedError
	Kind             string // of breach.Err...
	Text             string
}

func (e *toldError) Error() string { return e.Text }

const (
	maxCode = 64  // bytes
	maxText = 512 // bytes
)

// kinds are the errors callers decide by.
var kinds = map[string]error{
	"invalid": breach.ErrInvalid, "not found": breach.ErrNotFound, "conflict": breach.ErrConflict,
	"forbidden": breach.ErrForbidden, "temporary": breach.ErrTemporary,
}

// tell writes the handler's error for the parent.
func tell(err error) []byte {
	told := toldError{Text: clean(err.Error())}
	var refused *breach.RefusedError
	if errors.As(err, &refused) {
		told.Code, told.What, told.Hint = refused.Code, clean(refused.What), clean(refused.Hint)
	}
	for name, kind := range kinds {
		if errors.Is(err, kind) {
			told.Kind = name
		}
	}
	b, err := json.Marshal(told) // at most 6 bytes for each of the texts
	if err != nil {
		return []byte("{}")
	}
	return b
}

// parseTold reads what tell wrote, or what a hostile child wrote instead.
func parseTold(b []byte) error {
	told := &toldError{}
	if err := json.Unmarshal(b, told); err != nil || !validCode(told.Code) {
		return errGarbled
	}
	told.What, told.Hint, told.Text = clean(told.What), clean(told.Hint), clean(told.Text)
	return told
}

// rebuilt is the handler's error as the caller of Run sees it.
func (e *toldError) rebuilt() error {
	if e.Code != "" {
		return &breach.RefusedError{Code: e.Code, What: e.What, Hint: e.Hint}
	}
	if kind := kinds[e.Kind]; kind != nil {
		return &kindError{text: e.Text, kind: kind}
	}
	return errors.New(e.Text)
}

// kindError has the words of the child and a kind of ours.
type kindError struct {
	text string
	kind error
}

func (e *kindError) Error() string { return e.text }
func (e *kindError) Unwrap() error { return e.kind }

func validCode(s string) bool {
	return len(s) <= maxCode && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// clean keeps at most maxText bytes of printable text.
func clean(s string) string {
	if len(s) > maxText {
		s = s[:maxText]
	}
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}

// tail keeps the beginning of what a child writes on its standard error, and
// takes the rest without keeping it. No byte of it leaves this package: the
// message of a panic may hold a leaked value.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const maxStderr = 4 << 10

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p[:min(len(p), maxStderr-len(t.buf))]...)
	return len(p), nil
}

func (t *tail) head() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.buf
}

// The words a Go program ends with. Only the ones found here are ever
// repeated, so that what a child wrote is never printed.
var (
	deathsOfMemory = []string{"out of memory", "cannot allocate memory", "pthread_create failed", "failed to create new OS thread"}
	deaths         = []string{
		"index out of range", "slice bounds out of range", "nil pointer dereference", "integer divide by zero",
		"makeslice: len out of range", "makeslice: cap out of range", "growslice: len out of range",
		"assignment to entry in nil map", "all goroutines are asleep - deadlock", "stack overflow",
		"concurrent map writes", "concurrent map read and map write", "concurrent map iteration and map write",
		"interface conversion", "send on closed channel", "close of closed channel", "negative WaitGroup counter",
		"hash of unhashable type", "comparing uncomparable type", "negative shift amount", "negative Repeat count",
		"bytes.Buffer: too large", "unexpected signal during runtime execution", "file size limit exceeded",
		"SIGSEGV", "SIGBUS", "SIGILL", "SIGABRT",
	}
)

// advice ends the hint of a crash.
const advice = "; the file holds what its parser did not expect"

// autopsy says in words of ours why a child died.
func autopsy(stderr []byte, state *os.ProcessState) (code, hint string) {
	for _, w := range deathsOfMemory {
		if bytes.Contains(stderr, []byte(w)) {
			return CodeMemory, "the parsing process got no more memory"
		}
	}
	for _, w := range deaths {
		if bytes.Contains(stderr, []byte(w)) {
			return CodeCrashed, "the parsing process ended with: " + w + advice
		}
	}
	if ws, ok := state.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		if ws.Signal() == syscall.SIGKILL {
			return CodeMemory, "the system killed the parsing process, most likely because the machine ran out of memory"
		}
		return CodeCrashed, fmt.Sprintf("the parsing process was ended by signal %d", int(ws.Signal())) + advice
	}
	return CodeCrashed, fmt.Sprintf("the parsing process ended with status %d", state.ExitCode()) + advice
}
