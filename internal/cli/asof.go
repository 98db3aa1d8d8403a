package cli

import (
	"bufio"
	"fmt"
)

// registryAsOfCmd lists the people of a registry as it stood.
type registryAsOfCmd struct {
	Name string `arg:"" help:"Name of the registry."`
	Day  string `arg:"" help:"Day, or moment (RFC 3339), of the extraction." placeholder:"2026-10-25"`
}

// Help says when it is the answer.
func (registryAsOfCmd) Help() string {
	return "When the controller knows what was taken and when, no probability is needed: everybody who was in the registry then is concerned, those who have left since included. Prints their ids, one a line; a day means its end.\n\nExample:\n  vigie registry as-of youth 2026-10-25 > concerned.txt"
}

// Run lists the ids.
func (c registryAsOfCmd) Run(s *session) error {
	at, err := moment(c.Day)
	if err != nil {
		return err
	}
	cfg, err := s.load()
	if err != nil {
		return err
	}
	regs, err := s.registries(cfg, c.Name)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(s.std.Out)
	n := 0
	for rec, err := range regs[0].AsOf(at) {
		if err != nil {
			return err
		}
		if n++; n%4096 == 0 && s.Err() != nil {
			return s.Err()
		}
		if _, err := fmt.Fprintln(out, rec.ID); err != nil {
			return err
		}
	}
	s.note("vigie: %d people were in %s", n, c.Name)
	return out.Flush()
}
