package app

import (
	"fmt"
	"os"
	"sync"

	"vigie/internal/breach"
	"vigie/internal/france"
	"vigie/matchers/linkage"
)

// Places is what linkage is told of communes: their history, with the movements
// of INSEE's file where the configuration names one.
func Places(fr *france.Data, file string) (*linkage.Places, error) {
	var movements []france.Movement
	if file != "" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("configuration: linkage.movements: %w: %w", err, breach.ErrInvalid)
		}
		defer func() { _ = f.Close() }()
		if movements, err = france.ReadMovements(f); err != nil {
			return nil, fmt.Errorf("configuration: linkage.movements: %w: %w", err, breach.ErrInvalid)
		}
	}
	return linkage.NewPlaces(communes{sync.OnceValue(func() *france.History { return fr.History(movements) })}), nil
}

// communes says in linkage's words what France knows, put together when it is
// first asked: most leaks give no place of birth.
type communes struct{ history func() *france.History }

func (c communes) Names(code string) []string { return c.history().Names(code) }
func (c communes) Codes(name string) []string { return c.history().Codes(name) }

func (c communes) Kin(code string) []linkage.Kin {
	relatives := c.history().Kin(code)
	out := make([]linkage.Kin, len(relatives))
	for i, r := range relatives {
		out[i] = linkage.Kin{Code: r.Code, How: became[r.Change]}
	}
	return out
}

var became = [...]linkage.Became{
	france.Merged: linkage.Merged, france.Renamed: linkage.Renamed, france.Renumbered: linkage.Renumbered, france.Parted: linkage.Parted,
}
