// Package setting reads the YAML files that people write for Vigie:
// configuration, manifests, lists, recipes, specifications. What is misspelt,
// too long or left over would be silently without effect, and is refused.
package setting

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"vigie/internal/breach"
)

// Read reads one YAML document of at most limit bytes into a value. A key that
// the value does not know, a second document and a file that is longer are
// breach.ErrInvalid, in words for whoever wrote the file; nothing at all is
// io.EOF, and the value is left alone.
func Read(r io.Reader, limit int64, into any) error {
	in := &io.LimitedReader{R: r, N: limit + 1}
	d := yaml.NewDecoder(in)
	d.KnownFields(true)
	err := d.Decode(into)
	switch {
	case in.N <= 0: // cut, whatever the parser made of it
		return fmt.Errorf("more than %d bytes: %w", limit, breach.ErrInvalid)
	case errors.Is(err, io.EOF):
		return io.EOF
	case err != nil:
		return plain(err)
	}
	var rest yaml.Node
	err = d.Decode(&rest)
	switch {
	case in.N <= 0:
		return fmt.Errorf("more than %d bytes: %w", limit, breach.ErrInvalid)
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return plain(err)
	}
	return fmt.Errorf("line %d begins a second document: keep one to a file: %w", rest.Line, breach.ErrInvalid)
}

var goType = regexp.MustCompile(` (not found) in type \S+`)

// plain drops the names of our types from what the parser says.
func plain(err error) error {
	said := strings.ReplaceAll(err.Error(), "\n ", "")
	return fmt.Errorf("%s: %w", goType.ReplaceAllString(said, " is not known here: check its spelling"), breach.ErrInvalid)
}
