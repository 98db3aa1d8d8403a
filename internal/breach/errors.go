package breach

import "errors"

// The kinds of error. Wrap one of them with what was being done and to which
// thing, named by its ID: callers decide by kind, people read the words.
var (
	ErrInvalid   = errors.New("invalid")   // the input is wrong and will stay wrong
	ErrNotFound  = errors.New("not found") // no such thing
	ErrConflict  = errors.New("conflict")  // somebody else was first, or the state has moved on
	ErrForbidden = errors.New("forbidden") // this person may not do this
	ErrTemporary = errors.New("temporary") // the same call may succeed later
)

// RefusedError is an input that was read and refused. The rest of the batch
// goes on; Code is stable, for scripts, and Hint says what to do.
type RefusedError struct {
	Code string // such as "empty", "not-text", "duplicate-id"
	What string // which thing, by name or ID, never a value of a person
	Hint string
}

func (e *RefusedError) Error() string { return e.What + ": refused: " + e.Code }

// Unwrap makes a refusal an ErrInvalid.
func (e *RefusedError) Unwrap() error { return ErrInvalid }
