package institution

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"vigie/internal/breach"
)

// Dated is where an embedded list comes from and since when it holds.
type Dated struct {
	From   time.Time `yaml:"from"`
	Source string    `yaml:"source"`
}

// words is a text per language.
type words map[string]string

// read parses an embedded list. Unknown keys and a list without date or source
// are ErrInvalid.
func read[T any](name string, origin func(T) Dated) func() (T, error) {
	return sync.OnceValues(func() (T, error) {
		var out T
		data, err := files.ReadFile("data/" + name)
		if err != nil {
			return out, err
		}
		d := yaml.NewDecoder(bytes.NewReader(data))
		d.KnownFields(true)
		if err := d.Decode(&out); err != nil && err != io.EOF {
			return out, fmt.Errorf("list %s: %w: %w", name, breach.ErrInvalid, err)
		}
		if o := origin(out); o.From.IsZero() || o.Source == "" {
			return out, fmt.Errorf("list %s has no date or no source: %w", name, breach.ErrInvalid)
		}
		return out, nil
	})
}
