package cli

import (
	"fmt"

	"vigie/internal/breach"
)

// purgeCmd destroys what an incident no longer needs.
type purgeCmd struct {
	Incident string `arg:"" help:"The incident." placeholder:"ID"`
	Reason   string `help:"Why now; entered in the audit log and the chain of custody." required:"" placeholder:"TEXT"`
	Yes      bool   `help:"Do it; without this nothing is destroyed."`
}

// Help says what is destroyed.
func (purgeCmd) Help() string {
	return "Destroys the sealed dump and the rows kept for review. Counts, decisions, the ledger, custody and the audit log stay.\n\nExample:\n  vigie purge inc_0123456789 --reason \"closed 30 days ago\" --yes"
}

// Run purges, or says what would be.
func (c purgeCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	inc, err := a.Store.Incident(s, breach.IncidentID(c.Incident))
	if err != nil {
		return err
	}
	if inc.Stage != breach.StageDone {
		return fmt.Errorf("incident %s is at stage %s: only a finished one is purged: %w", inc.ID, inc.Stage, breach.ErrConflict)
	}
	if !c.Yes {
		_, err := fmt.Fprintf(s.std.Out, "would destroy dump %s and the rows kept for review of %s; add --yes to do it\n", inc.Dump, inc.ID)
		return err
	}
	return a.Purge(s, inc, c.Reason)
}
