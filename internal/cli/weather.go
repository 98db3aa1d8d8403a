package cli

import (
	"fmt"
	"time"

	"vigie/internal/france"
	"vigie/notify/weather"
)

// weatherCmd makes the public weather of territories.
type weatherCmd struct {
	Build weatherBuildCmd `cmd:"" help:"Write the page and the JSON of every commune, group of communes and department."`
}

type weatherBuildCmd struct {
	Out        string `help:"Directory to write." required:"" type:"path" placeholder:"DIR"`
	Department string `help:"Only this department, its communes and its groups of communes with all of theirs." placeholder:"CODE"`
	JSON       bool   `help:"One JSON document: files, written, largest, seconds."`
}

// Help shows an example.
func (weatherBuildCmd) Help() string {
	return "Static files without script or cookie, in French and English. A body stands on them only after its own communication was recorded; fog stands where nobody watched or a source was dark. Building again replaces what changed.\n\nExample:\n  vigie weather build --out ./public/meteo"
}

// Run builds the pages.
func (c weatherBuildCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	a.EquipDesk()
	fr, err := france.Load()
	if err != nil {
		return err
	}
	began := time.Now()
	in, err := a.Steps.Weather(s, fr)
	if err != nil {
		return err
	}
	in.Only = c.Department
	r := weather.New(in)
	if r.Places() == 0 {
		return usage("department %q: want a code such as 34, 2A or 974", c.Department)
	}
	got, err := weather.Build(s, c.Out, r)
	if err != nil {
		return err
	}
	took := time.Since(began).Seconds()
	if c.JSON {
		return s.document(struct {
			weather.Built
			Seconds float64 `json:"seconds"`
		}{got, took})
	}
	_, err = fmt.Fprintf(s.std.Out, "%d files in %.0f s, %d changed, the largest %d bytes; sources %d\n", got.Files, took, got.Written, got.Largest, len(in.Sources))
	return err
}
