package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"vigie/internal/breach"
	"vigie/internal/seal"
	"vigie/matchers/registry"
)

// Exit codes: scripts rely on them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitRefused     = 3
	exitInterrupted = 130
)

// errRefused makes a command end with exit status 3: the rest was done, and
// what was refused has been told.
var errRefused = errors.New("some input was refused")

// usageError is a wrong flag or a wrong configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// usage makes a usageError.
func usage(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// exit prints an error as a person wants to read it and chooses the status.
func (s *session) exit(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errRefused):
		return exitRefused
	case s.Err() != nil: // whatever else it says, it comes of being stopped
		s.log.Debug("interrupted", "error", err)
		s.note("vigie: interrupted; what was accepted is kept, start again to go on")
		return exitInterrupted
	}
	s.tell(err)
	var bad usageError
	switch {
	case errors.As(err, &bad):
		return exitUsage
	case errors.Is(err, breach.ErrInvalid), errors.Is(err, seal.ErrKey), errors.Is(err, seal.ErrInClear):
		return exitRefused
	}
	return exitFailed
}

// tell prints an error and what to do about it.
func (s *session) tell(err error) {
	s.note("vigie: %v", err)
	if h := hint(err); h != "" {
		s.note("hint: %s", h)
	}
}

// note writes a line for people to standard error.
func (s *session) note(format string, args ...any) {
	_, _ = fmt.Fprintf(s.std.Err, format+"\n", args...)
}

// hint says what to do about an error that people meet often.
func hint(err error) string {
	var refused *breach.RefusedError
	switch {
	case errors.As(err, &refused):
		return refused.Hint
	case errors.Is(err, seal.ErrWrapped):
		return "set kms.key in the configuration to the key that wraps them"
	case errors.Is(err, seal.ErrInClear):
		return "vigie key rotate wraps them with kms.key, and removes the files"
	case errors.Is(err, seal.ErrKey):
		return "name the key directory that belongs to this data: keys in the configuration, or VIGIE_KEYS"
	case errors.Is(err, registry.ErrDamaged):
		return "vigie registry verify says what is damaged; bring the registry back from a backup; to import it again after its directory was removed loses its history"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full; nothing accepted is lost: free some space and start again"
	case errors.Is(err, syscall.EADDRINUSE):
		return "another program listens there; choose another address with --listen, or port 0 for any"
	case errors.Is(err, os.ErrPermission):
		return "the file's owner must be the user who runs vigie"
	case errors.Is(err, breach.ErrTemporary):
		return "another vigie may be at work on this data, or a service does not answer: try again later"
	case errors.Is(err, context.DeadlineExceeded):
		return "it took too long to answer; try again, --verbose tells more"
	}
	return ""
}
