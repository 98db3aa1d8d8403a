package cli

import (
	"fmt"

	"vigie/internal/synth"
)

// synthCmd invents people.
type synthCmd struct {
	Population synthPopulationCmd `cmd:"" help:"Invent a country: two registries with households, guardians, protection measures."`
	Leak       synthLeakCmd       `cmd:"" help:"Invent a stolen extract of a population, with truth.csv beside it."`
}

type synthPopulationCmd struct {
	People int    `help:"People in the civil registry." default:"20000"`
	Seed   uint64 `help:"The same seed gives the same people." default:"1"`
	Out    string `help:"Directory to write." required:"" type:"path" placeholder:"DIR"`
}

// Help shows an example.
func (synthPopulationCmd) Help() string {
	return "Example:\n  vigie synth population --people 20000 --seed 7 --out ./country"
}

// Run writes the population.
func (c synthPopulationCmd) Run(s *session) error {
	if c.People < 1 {
		return usageError{fmt.Errorf("--people %d: want at least 1", c.People)}
	}
	n, err := (synth.Population{People: c.People, Seed: c.Seed}).Write(s, c.Out)
	if err != nil {
		return err
	}
	return lines(s.std.Out).Encode(n)
}

type synthLeakCmd struct {
	Registry  string  `help:"Directory that synth population wrote." required:"" type:"existingdir" placeholder:"DIR"`
	Rows      int     `help:"Rows of the extract." default:"4000"`
	Strangers float64 `help:"Share of rows about people in no registry, 0 to 1." default:"0.35"`
	Seed      uint64  `help:"The same seed gives the same extract." default:"1"`
	Recipe    string  `help:"Which errors are made: a or b." enum:"a,b" default:"a"`
	Out       string  `help:"Directory to write." required:"" type:"path" placeholder:"DIR"`
}

// Help shows an example.
func (synthLeakCmd) Help() string {
	return "Example:\n  vigie synth leak --registry ./country --rows 4000 --strangers 0.35 --out ./stolen"
}

// Run writes the leak and its truth.
func (c synthLeakCmd) Run(s *session) error {
	if c.Rows < 1 || c.Strangers < 0 || c.Strangers > 1 {
		return usageError{fmt.Errorf("--rows %d --strangers %g: want at least 1 row and a share from 0 to 1", c.Rows, c.Strangers)}
	}
	n, err := (synth.Leak{Registry: c.Registry, Rows: c.Rows, Strangers: c.Strangers, Seed: c.Seed, Recipe: c.Recipe}).Write(s, c.Out)
	if err != nil {
		return err
	}
	return lines(s.std.Out).Encode(n)
}
