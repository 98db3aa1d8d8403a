package cli

import (
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/synth"
)

// synthCmd invents people.
type synthCmd struct {
	Population synthPopulationCmd `cmd:"" help:"Invent a country: two registries with households, guardians, protection measures."`
	Leak       synthLeakCmd       `cmd:"" help:"Invent a stolen extract of a population, with truth.csv beside it."`
	Optimum    synthOptimumCmd    `cmd:"" help:"Say how well an invented extract could be linked at best."`
}

// streaming is the garbage collector's target for work that keeps some twenty
// megabytes and throws away the rest: fewer rounds, within 300 MB.
const streaming = 400

type synthPopulationCmd struct {
	People    int    `help:"People in the civil registry." default:"20000"`
	Seed      uint64 `help:"The same seed gives the same people, with any number of cores." default:"1"`
	Only      string `help:"Write one registry alone: civil (the whole country, by its ages and places) or youth." enum:",civil,youth" default:"" placeholder:"REGISTRY"`
	Relations bool   `help:"Write who answers for whom." default:"true" negatable:""`
	Owners    int    `help:"Cut the civil registry of the country into so many registries, each in a folder of its own." placeholder:"N"`
	OwnPhones bool   `help:"Give everybody a phone number of their own, for measuring: ranges that no operator has, not those kept for fiction."`
	Out       string `help:"Directory to write." required:"" type:"path" placeholder:"DIR"`
}

// Help shows examples.
func (synthPopulationCmd) Help() string {
	return `Says first how much disk it needs. A named pipe (mkfifo) at its
civil/persons.csv, read by registry import at the same time, needs none.

Examples:
  vigie synth population --people 20000 --seed 7 --out ./country
  vigie synth population --people 68000000 --only civil --no-relations --own-phones --out ./france
  vigie synth population --people 10000000 --owners 500 --no-relations --out ./communes`
}

// Run writes the population.
func (c synthPopulationCmd) Run(s *session) error {
	if c.People < 1 || c.People > synth.MaxPeople {
		return usageError{fmt.Errorf("--people %d: want 1 to %d", c.People, synth.MaxPeople)}
	}
	p := synth.Population{People: c.People, Seed: c.Seed, Only: c.Only, NoRelations: !c.Relations, Owners: c.Owners, OwnPhones: c.OwnPhones}
	need, err := p.Estimate()
	if errors.Is(err, breach.ErrInvalid) {
		return usageError{fmt.Errorf("--owners %d --only %q: want at most as many owners as people, and no youth registry", c.Owners, c.Only)}
	}
	if err != nil {
		return err
	}
	s.note("%d people need about %d MB", c.People, (need+999_999)/1e6)
	defer debug.SetGCPercent(debug.SetGCPercent(streaming))
	told := newTally(s.std.Err, "people", c.People)
	p.Progress = told.told
	n, err := p.Write(s, c.Out)
	told.end()
	if err != nil {
		return err
	}
	return lines(s.std.Out).Encode(n)
}

type synthLeakCmd struct {
	Registry  string   `help:"Directory that synth population wrote." required:"" type:"existingdir" placeholder:"DIR"`
	Rows      int      `help:"Rows of the extract." default:"4000"`
	Strangers float64  `help:"Share of rows about people in no registry, 0 to 1." default:"0.35"`
	Seed      uint64   `help:"The same seed gives the same extract." default:"1"`
	Recipe    string   `help:"Which errors are made: a or b." enum:"a,b" default:"a"`
	Fields    []string `help:"Write only these columns: file_number, names, sex, birth_date, nationality, email, address, phone (default: all)." placeholder:"FIELD"`
	Out       string   `help:"Directory to write." required:"" type:"path" placeholder:"DIR"`
}

// Help shows examples.
func (synthLeakCmd) Help() string {
	return `Examples:
  vigie synth leak --registry ./country --rows 4000 --strangers 0.35 --out ./stolen
  vigie synth leak --registry ./france --rows 43000000 --recipe b --fields names,birth_date --out ./hard`
}

// Run writes the leak and its truth.
func (c synthLeakCmd) Run(s *session) error {
	if c.Rows < 1 || c.Strangers < 0 || c.Strangers > 1 {
		return usageError{fmt.Errorf("--rows %d --strangers %g: want at least 1 row and a share from 0 to 1", c.Rows, c.Strangers)}
	}
	for _, f := range c.Fields {
		if !slices.Contains(synth.LeakFields(), f) {
			return usageError{fmt.Errorf("--fields %s: want some of %s", f, strings.Join(synth.LeakFields(), ", "))}
		}
	}
	defer debug.SetGCPercent(debug.SetGCPercent(streaming))
	told := newTally(s.std.Err, "rows", c.Rows)
	n, err := (synth.Leak{Registry: c.Registry, Rows: c.Rows, Strangers: c.Strangers, Seed: c.Seed, Recipe: c.Recipe,
		Fields: c.Fields, Progress: told.told}).Write(s, c.Out)
	told.end()
	if err != nil {
		return err
	}
	return lines(s.std.Out).Encode(n)
}

type synthOptimumCmd struct {
	Registry string `help:"Directory of synth population --only civil --own-phones." required:"" type:"existingdir" placeholder:"DIR"`
	Leak     string `help:"Directory of synth leak, recipe a." required:"" type:"existingdir" placeholder:"DIR"`
}

// Help shows an example.
func (synthOptimumCmd) Help() string {
	return `Links by Bayes' theorem with the probabilities from which people and errors were drawn, which no linker can know: what it finds is the most that can be found. Holds the registry in memory.

Example:
  vigie synth optimum --registry ./france --leak ./hard`
}

// Run prints what the optimum finds.
func (c synthOptimumCmd) Run(s *session) error {
	found, err := synth.Optimum{Registry: c.Registry, Leak: c.Leak}.Find(s)
	if err != nil {
		return err
	}
	return lines(s.std.Out).Encode(found)
}

// tally tells how many of a known number are done: on a terminal in one line
// that is written again, elsewhere in a line every few seconds.
type tally struct {
	w           io.Writer
	what        string
	total       int
	live, wrote bool
	began, last time.Time
}

func newTally(w io.Writer, what string, total int) *tally {
	t := now()
	return &tally{w: w, what: what, total: total, live: terminal(w), began: t, last: t}
}

func (y *tally) told(done int) {
	t := now()
	every := 5 * time.Second
	if y.live {
		every = 250 * time.Millisecond
	}
	if t.Sub(y.last) < every {
		return
	}
	y.last = t
	speed := float64(done) / t.Sub(y.began).Seconds()
	left := time.Duration(float64(y.total-done) / max(speed, 1) * float64(time.Second)).Round(time.Second)
	line := fmt.Sprintf("vigie: %d of %d %s, %.0f a second, %v left", done, y.total, y.what, speed, left)
	if y.wrote = y.live; y.live {
		_, _ = fmt.Fprintf(y.w, "\r\x1b[K%.79s", line)
		return
	}
	_, _ = fmt.Fprintln(y.w, line)
}

// end clears the line.
func (y *tally) end() {
	if y.wrote {
		_, _ = fmt.Fprint(y.w, "\r\x1b[K")
	}
}
