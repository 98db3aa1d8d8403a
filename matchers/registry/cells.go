package registry

import (
	"encoding/binary"
	"fmt"

	"vigie/internal/breach"
)

// cells are the values of one row, by meaning; "" is a value that is missing.
type cells [numColumns]string

// append writes a row: a bit for each column that has a value, and the values
// with their lengths, as uvarints.
func (c *cells) append(b []byte) []byte {
	var present uint64
	for i := range c {
		if c[i] != "" {
			present |= 1 << i
		}
	}
	b = binary.AppendUvarint(b, present)
	for i := range c {
		if c[i] != "" {
			b = appendValue(b, c[i])
		}
	}
	return b
}

// parse reads a row and returns what follows it.
func (c *cells) parse(s string) (rest string, err error) {
	present, s, ok := cutUvarint(s)
	if !ok {
		return "", errCells
	}
	for i := range c {
		c[i] = ""
		if present&(1<<i) == 0 {
			continue
		}
		if c[i], s, ok = cutValue(s); !ok {
			return "", errCells
		}
	}
	if present>>numColumns != 0 {
		return "", errCells
	}
	return s, nil
}

var errCells = fmt.Errorf("the box does not hold a person: %w", breach.ErrInvalid)

// A box is a byte that numbers its form, the person's row, the number of
// relations and their rows; then zeros up to its size.
const boxForm = 1

// Boxes are padded, so that their sizes tell as little as they can of who has a
// family: people alone differ by steps of boxStep up to boxSteps, larger boxes
// double.
const (
	boxStep  = 64
	boxSteps = 256
)

// padded appends zeros up to the next size of a box.
func padded(b []byte) []byte {
	size := (len(b) + boxStep - 1) / boxStep * boxStep
	if size > boxSteps {
		for size = boxSteps; size < len(b); size *= 2 {
		}
	}
	return append(b, make([]byte, size-len(b))...)
}
