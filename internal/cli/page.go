package cli

import (
	"errors"
	"fmt"
	"path/filepath"

	"vigie/internal/breach"
	"vigie/notify"
)

// pageCmd looks after the public page of an incident.
type pageCmd struct {
	Build pageBuildCmd `cmd:"" help:"Build the page as static files, from the facts of the letters and what was sent."`
}

type pageBuildCmd struct {
	Incident string `arg:"" help:"The incident." placeholder:"ID"`
	Out      string `help:"Directory to write." required:"" type:"path" placeholder:"DIR"`
}

// Help shows an example.
func (pageBuildCmd) Help() string {
	return "Only controllers who decided to tell people stand on it. Building again from the same facts changes nothing.\n\nExample:\n  vigie page build inc_0123456789 --out ./public"
}

// Run builds the page.
func (c pageBuildCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	id := breach.IncidentID(c.Incident)
	if _, err := a.Store.Incident(s, id); err != nil {
		return err
	}
	cases, err := a.Store.Cases(s, id)
	if err != nil {
		return err
	}
	a.EquipDesk()
	var tell []notify.Facts
	for _, k := range cases {
		f, err := a.Steps.CurrentFacts(s, id, k.Controller)
		if errors.Is(err, breach.ErrNotFound) || k.Decision != breach.DecisionTell {
			continue
		}
		if err != nil {
			return err
		}
		f.AwareAt = k.AwareAt
		tell = append(tell, f)
	}
	if len(tell) == 0 {
		return fmt.Errorf("incident %s: no controller has decided to tell people: %w", id, breach.ErrConflict)
	}
	if err := a.BuildPage(s, c.Out, id, tell); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.std.Out, filepath.Join(c.Out, "index.html"))
	return err
}
