package watch

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"vigie/internal/breach"
	"vigie/internal/ident"
	"vigie/internal/setting"
)

// What a list of entities may hold.
const (
	maxList     = 8 << 20 // bytes
	maxEntities = 100_000
	maxNames    = 200 // aliases, or domains, of one entity
	maxUsers    = 5000
)

// ReadList reads a watch-list in YAML: a sequence of entities with name, kind,
// code, aliases and domains; of software and suppliers "by" and "users"; of
// bodies "uses". Unknown keys, unknown kinds, empty names, single letters and a
// SIREN whose check digit is wrong are breach.ErrInvalid, and so is a list over
// 8 MiB.
func ReadList(r io.Reader) ([]Entity, error) {
	var list []Entity
	if err := setting.Read(r, maxList, &list); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading a watch-list: %w", err)
	}
	if len(list) > maxEntities {
		return nil, fmt.Errorf("reading a watch-list: more than %d entities: %w", maxEntities, breach.ErrInvalid)
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
	if len(e.Aliases) > maxNames || len(e.Domains) > maxNames || len(e.Users) > maxUsers || len(e.Uses) > maxNames {
		return fmt.Errorf("more than %d aliases, domains or products used, or %d users", maxNames, maxUsers)
	}
	if siren, ok := strings.CutPrefix(e.Code, "siren:"); ok && !plausibleSIREN(siren) {
		return fmt.Errorf("code %q: the check digit of this SIREN is wrong", clip(e.Code, 40))
	}
	for _, user := range e.Users {
		if kind, ok := strings.CutPrefix(user, "kind:"); ok && !slices.Contains(Kinds, kind) {
			return fmt.Errorf("users of kind %q, want one of %v", clip(kind, 40), Kinds)
		}
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

// plausibleSIREN checks nine digits and the Luhn sum. Numbers that begin with
// four zeros are nobody's and may stand in examples.
func plausibleSIREN(s string) bool {
	shape, proved := ident.CheckSIREN([]byte(s))
	return proved || shape && strings.HasPrefix(s, "0000")
}
