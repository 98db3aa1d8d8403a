// Package synth invents people: a population of any size with its families,
// in the two registries that Vigie protects, and a stolen extract of them with
// known truth. Names, ages and places follow French statistics (package
// france); nobody in it exists. Towns, bodies and their addresses are
// invented, e-mails end in example.org, .net or .com, phone numbers come from
// the ranges that the French regulator keeps for fiction.
//
// Everything is drawn from a seed: the same seed and size give the same bytes.
// Households are made one after the other and written at once, so a million
// people need no more memory than a thousand. No room imports this package;
// linkage least of all, which must not know how the errors were made.
package synth

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"vigie/internal/breach"
	"vigie/internal/france"
)

// DefaultAsOf is the day on which an invented population is a census, unless
// Population says otherwise: ages count from it.
var DefaultAsOf = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

// Population describes an invented population.
type Population struct {
	People int // people in the civil registry
	Seed   uint64
	AsOf   time.Time // zero: DefaultAsOf
}

// Counts says what Population.Write wrote.
type Counts struct {
	People         int `json:"people"` // civil registry
	Youth          int `json:"youth"`  // of them in the youth registry
	CivilRelations int `json:"civil_relations"`
	YouthRelations int `json:"youth_relations"`
	Households     int `json:"households"`
}

// peopleFile maps the identifiers of the two registries. Only Leak reads it.
const peopleFile = "people.csv"

// Write makes the folders civil and youth in dir, each a registry ready to be
// imported (manifest.yaml, persons.csv, relations.csv), and people.csv, which
// ties them together for Leak. people.csv comes last: with it the population
// is whole, and is never overwritten (breach.ErrConflict).
func (p Population) Write(ctx context.Context, dir string) (Counts, error) {
	if p.People < 1 {
		return Counts{}, fmt.Errorf("a population of %d people: %w", p.People, breach.ErrInvalid)
	}
	if p.AsOf.IsZero() {
		p.AsOf = DefaultAsOf
	}
	final := filepath.Join(dir, peopleFile)
	if _, err := os.Stat(final); err == nil {
		return Counts{}, fmt.Errorf("population in %q exists already: %w", dir, breach.ErrConflict)
	}
	data, err := france.Load()
	if err != nil {
		return Counts{}, err
	}
	out, err := createRegistries(dir)
	if err != nil {
		return Counts{}, err
	}
	counts, err := p.stream(ctx, newMaker(data, p.Seed, p.AsOf), out)
	if closeErr := out.close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return Counts{}, fmt.Errorf("writing a population: %w", err)
	}
	return counts, os.Rename(final+".part", final)
}

func (p Population) stream(ctx context.Context, m *maker, out *registries) (Counts, error) {
	var n Counts
	for n.People < p.People {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		m.rng = rand.New(rand.NewPCG(p.Seed, uint64(n.Households)))
		people := m.household(p.People - n.People)
		if err := out.write(m, people); err != nil {
			return n, err
		}
		n.People += len(people)
		n.Households++
	}
	n.Youth, n.CivilRelations, n.YouthRelations = out.youth.persons, out.civil.relations, out.youth.relations
	return n, nil
}
