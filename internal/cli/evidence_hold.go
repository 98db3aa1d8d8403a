package cli

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"vigie/internal/breach"
)

// evidenceHoldCmd orders that something is not destroyed.
type evidenceHoldCmd struct {
	Subject string    `arg:"" optional:"" help:"Incident, source, WARC file or dump; without one, the holds in force are listed." placeholder:"ID"`
	Until   time.Time `help:"The day it ends; a day that is past lifts it." format:"2006-01-02" placeholder:"YYYY-MM-DD"`
	Reason  string    `help:"Such as the prosecutor's order; entered in the chain of custody." placeholder:"TEXT"`
	JSON    bool      `help:"One JSON object a line."`
}

// Help shows examples.
func (evidenceHoldCmd) Help() string {
	return "vigie purge respects holds. A new hold replaces the subject's old one.\n\nExamples:\n  vigie evidence hold\n  vigie evidence hold inc_0123456789 --until 2028-01-01 --reason \"order 2026/123\""
}

// Run places or lists holds.
func (c evidenceHoldCmd) Run(s *session) error {
	if c.Subject != "" && (c.Until.IsZero() || c.Reason == "") {
		return usage("a hold needs --until and --reason")
	}
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if c.Subject != "" {
		return a.Store.PlaceHold(s, breach.Hold{Subject: c.Subject, Reason: c.Reason, By: operator(), At: now(), Until: c.Until})
	}
	holds, err := a.Store.Holds(s, now())
	if err != nil {
		return err
	}
	enc := lines(s.std.Out)
	for _, subject := range slices.Sorted(maps.Keys(holds)) {
		h := holds[subject]
		if c.JSON {
			err = enc.Encode(h)
		} else {
			_, err = fmt.Fprintf(s.std.Out, "%s until %s: %s (%s)\n", h.Subject, h.Until.Format(time.DateOnly), h.Reason, h.By)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
