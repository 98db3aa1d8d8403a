// Package synth invents people: a population of any size with its families,
// in the two registries that Vigie protects or in many small ones, and a
// stolen extract of them with known truth. Names, ages and places follow
// French statistics (package france); nobody in it exists. Towns, bodies and
// their addresses are invented, e-mails end in example.org, .net or .com,
// phone numbers come from the ranges that the French regulator keeps for
// fiction, unless everybody is to have one of their own.
//
// Everything is drawn from a seed: the same seed and size give the same bytes
// with any number of cores. People are made by the thousand (a chunk), each
// chunk from the seed and its number alone, and written at once, so that the
// whole country needs no more memory than a town. No room imports this
// package; linkage least of all, which must not know how the errors were made.
package synth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"vigie/internal/breach"
)

// DefaultAsOf is the day on which an invented population is a census, unless
// Population says otherwise: ages count from it.
var DefaultAsOf = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

// Population describes an invented population.
//
// By default it is a town around its Mission Locale: many are young, and pairs
// that are hard to tell apart are more common than by chance. With the civil
// registry alone, or many owners, it is the whole country: its ages, its
// places, and namesakes at their natural rate.
type Population struct {
	People      int // people in the civil registry
	Seed        uint64
	AsOf        time.Time // zero: DefaultAsOf
	Only        string    // "civil" or "youth": write that registry alone
	NoRelations bool      // leave relations.csv but for its header
	Owners      int       // more than 0: the civil registry in so many parts, each a registry in a folder of its own
	OwnPhones   bool      // give everybody a number of their own, see wideMobile

	Progress func(people int) `json:"-"` // told now and then; may be nil
}

// Counts says what Population.Write wrote.
type Counts struct {
	People         int `json:"people"` // civil registry
	Youth          int `json:"youth"`  // of them in the youth registry
	CivilRelations int `json:"civil_relations"`
	YouthRelations int `json:"youth_relations"`
	Households     int `json:"households"`
	Left           int `json:"left"` // were in the youth registry once
}

// MaxPeople is how many people have numbers: EC and eight digits.
const MaxPeople = 99_999_999

// populationFile says what was written. It comes last: with it a population is
// whole, and is never overwritten.
const populationFile = "population.json"

type populationRecord struct {
	Population
	Counts Counts
}

func (p Population) country() bool { return p.Only == "civil" || p.Owners > 0 }

func (p Population) check() error {
	if p.People < 1 || p.People > MaxPeople || p.Owners < 0 || p.Owners > min(p.People, maxOwners) ||
		p.Only != "" && p.Only != "civil" && p.Only != "youth" || p.Owners > 0 && p.Only == "youth" {
		return fmt.Errorf("a population of %d people, only %q, %d owners: %w", p.People, p.Only, p.Owners, breach.ErrInvalid)
	}
	return nil
}

// Estimate is about how many bytes Write will write, from a sample.
func (p Population) Estimate() (int64, error) {
	if err := p.check(); err != nil {
		return 0, err
	}
	m, err := p.maker()
	if err != nil {
		return 0, err
	}
	out := p.make(m, chunk{people: min(p.People, chunkPeople)}, new(shelf).take())
	return int64(float64(out.bytes()) * float64(p.People) / float64(out.counts.People)), nil
}

// Write makes the folders civil and youth in dir, each a registry ready to be
// imported (manifest.yaml, persons.csv, relations.csv), people.csv, which ties
// them together, and population.json. With Owners, the folders are owners/1
// and so on. A folder that holds a population is breach.ErrConflict; a disk
// without room for Estimate is a breach.RefusedError, "disk-full".
func (p Population) Write(ctx context.Context, dir string) (Counts, error) {
	if err := p.check(); err != nil {
		return Counts{}, err
	}
	if p.AsOf.IsZero() {
		p.AsOf = DefaultAsOf
	}
	final := filepath.Join(dir, populationFile)
	if _, err := os.Stat(final); err == nil {
		return Counts{}, fmt.Errorf("population in %q exists already: %w", dir, breach.ErrConflict)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Counts{}, err
	}
	if err := p.fits(free(dir)); err != nil {
		return Counts{}, err
	}
	counts, err := p.stream(ctx, dir)
	if err != nil {
		return Counts{}, fmt.Errorf("writing a population: %w", err)
	}
	raw, err := json.MarshalIndent(populationRecord{p, counts}, "", "  ")
	if err == nil {
		err = os.WriteFile(final+".part", raw, 0o600)
	}
	if err != nil {
		return Counts{}, err
	}
	return counts, os.Rename(final+".part", final)
}

// fits refuses a disk with less room than Estimate and a twentieth.
func (p Population) fits(free int64) error {
	need, err := p.Estimate()
	if err != nil {
		return err
	}
	if need += need / 20; free >= need {
		return nil
	}
	return &breach.RefusedError{Code: "disk-full", What: fmt.Sprintf("a population of %d people, about %d MB where %d are free", p.People, need/1e6, free/1e6),
		Hint: "invent fewer people, or one registry without relations (--only civil --no-relations)"}
}

// free is how many bytes a file system has for us; where it does not say, there
// is no limit.
func free(dir string) int64 {
	var st syscall.Statfs_t
	if syscall.Statfs(dir, &st) != nil {
		return math.MaxInt64
	}
	return int64(st.Bavail * uint64(st.Bsize))
}

// stream makes chunks on all cores and writes them in order.
func (p Population) stream(ctx context.Context, dir string) (Counts, error) {
	m, err := p.maker()
	if err != nil {
		return Counts{}, err
	}
	var n Counts
	var out *registries // of the owner being written
	var used shelf
	owner := 0
	list := p.chunks()
	next := func() (chunk, bool, error) {
		if len(list) == 0 {
			return chunk{}, false, nil
		}
		c := list[0]
		list = list[1:]
		return c, true, nil
	}
	use := func(made *chunkText) (err error) {
		if out == nil || made.owner != owner {
			if err := out.close(); err != nil {
				return err
			}
			owner = made.owner
			if out, err = createRegistries(dir, p, owner); err != nil {
				return err
			}
		}
		n = n.plus(made.counts)
		if p.Progress != nil {
			p.Progress(n.People)
		}
		defer used.put(made)
		return out.write(made)
	}
	err = inOrder(ctx, next, func(c chunk) *chunkText { return p.make(m, c, used.take()) }, use)
	return n, errors.Join(err, out.close())
}

func (n Counts) plus(o Counts) Counts {
	return Counts{n.People + o.People, n.Youth + o.Youth, n.CivilRelations + o.CivilRelations, n.YouthRelations + o.YouthRelations,
		n.Households + o.Households, n.Left + o.Left}
}
