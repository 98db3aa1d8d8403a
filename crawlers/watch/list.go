package watch

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v3"

	"vigie/internal/breach"
)

// What a list of entities may hold.
const (
	maxList     = 8 << 20 // bytes
	maxEntities = 100_000
	maxNames    = 200 // aliases, or domains, of one entity
)

// ReadList reads a watch-list in YAML: a sequence of entities with name, kind,
// code, aliases and domains. Unknown keys, unknown kinds, empty names and
// single letters are breach.ErrInvalid, and so is a list over 8 MiB.
func ReadList(r io.Reader) ([]Entity, error) {
	limited := &io.LimitedReader{R: r, N: maxList + 1}
	d := yaml.NewDecoder(limited)
	d.KnownFields(true)
	var list []Entity
	if err := d.Decode(&list); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading a watch-list: %w: %w", breach.ErrInvalid, err)
	}
	if limited.N <= 0 || len(list) > maxEntities {
		return nil, fmt.Errorf("reading a watch-list: more than %d bytes or %d entities: %w", maxList, maxEntities, breach.ErrInvalid)
	}
	for i, e := range list {
		if err := check(e); err != nil {
			return nil, fmt.Errorf("reading a watch-list: entity %d: %w: %w", i+1, breach.ErrInvalid, err)
		}
	}
	return list, nil
}

func check(e Entity) error {
	if !slices.Contains(Kinds, e.Kind) {
		return fmt.Errorf("kind %q, want one of %v", clip(e.Kind, 40), Kinds)
	}
	if len(e.Aliases) > maxNames || len(e.Domains) > maxNames {
		return fmt.Errorf("more than %d aliases or domains", maxNames)
	}
	for _, name := range append([]string{e.Name}, e.Aliases...) {
		words := folded(name)
		if len(words) == 0 || len(words) == 1 && len(words[0]) < 3 || len(name) > maxTitle {
			return fmt.Errorf("name %q is too short or too long to be watched for", clip(name, 40))
		}
	}
	for _, domain := range e.Domains {
		if _, ok := newHost(domain, true); !ok {
			return fmt.Errorf("%q is not a registered name", clip(domain, 80))
		}
	}
	return nil
}
