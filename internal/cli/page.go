package cli

import (
	"fmt"
	"path/filepath"

	"vigie/internal/breach"
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
	return "Only controllers whose people were told stand on it, in the version that was approved, and nothing before the danger lane is settled. Building again from the same facts changes nothing.\n\nExample:\n  vigie page build inc_0123456789 --out ./public"
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
	a.EquipDesk()
	tell, err := a.Steps.Shown(s, id)
	if err != nil {
		return err
	}
	if len(tell) == 0 {
		if err := a.Steps.Clear(s, id); err != nil {
			return err
		}
		return fmt.Errorf("incident %s: nothing may be public yet, since no controller's people were told what is approved, or an institution does not know: %w", id, breach.ErrConflict)
	}
	if err := a.BuildPage(s, c.Out, id, tell); err != nil {
		return err
	}
	_, err = fmt.Fprintln(s.std.Out, filepath.Join(c.Out, "index.html"))
	return err
}
