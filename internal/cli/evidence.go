package cli

import (
	"fmt"
	"path/filepath"

	"vigie/crawlers"
	"vigie/crawlers/extract"
	"vigie/crawlers/index"
	"vigie/internal/breach"
	"vigie/workflows/activity"
)

// evidenceCmd looks after what is kept as evidence.
type evidenceCmd struct {
	List    evidenceListCmd    `cmd:"" help:"List the sealed captures and dumps."`
	Verify  evidenceVerifyCmd  `cmd:"" help:"Check WARC files: the vault's own, or any .warc(.gz)."`
	Anchor  evidenceAnchorCmd  `cmd:"" name:"checkpoint" help:"Sign, time-stamp and print the state of the chain of custody, to be kept elsewhere."`
	Export  evidenceExportCmd  `cmd:"" help:"Write an incident's evidence for a judicial requisition, encrypted to who asked."`
	Hold    evidenceHoldCmd    `cmd:"" help:"Order that something is not destroyed before a day; list such orders."`
	Rebuild evidenceRebuildCmd `cmd:"" name:"rebuild-index" help:"Build the search index again from what was captured."`
}

type evidenceListCmd struct {
	JSON bool `help:"One JSON object a line."`
}

// Help shows an example.
func (evidenceListCmd) Help() string { return "Example:\n  vigie evidence list --json" }

// Run lists the evidence.
func (c evidenceListCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	warcs, dumps, err := a.Vault.List()
	if err != nil {
		return err
	}
	enc := lines(s.std.Out)
	show := func(kind, name string) error {
		if c.JSON {
			return enc.Encode(map[string]string{"kind": kind, "name": name})
		}
		_, err := fmt.Fprintf(s.std.Out, "%-5s %s\n", kind, name)
		return err
	}
	for _, w := range warcs {
		if err := show("warc", w); err != nil {
			return err
		}
	}
	for _, d := range dumps {
		if err := show("dump", string(d)); err != nil {
			return err
		}
	}
	return nil
}

type evidenceRebuildCmd struct{}

// Help shows an example.
func (evidenceRebuildCmd) Help() string {
	return "Every WARC file is read again, beside what the store knows of posts: one that only the evidence still has is found again, and a capture whose row is gone from the store is entered again. No other vigie may run on the data meanwhile.\n\nExample:\n  vigie evidence rebuild-index"
}

// Run rebuilds the index.
func (evidenceRebuildCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	steps := &activity.Steps{Store: a.Store, Keys: a.Keys, Vault: a.Vault, Log: a.Log, Sources: map[breach.SourceID]breach.Source{},
		Crawler: &crawlers.Crawler{Reader: extract.Reader{}}}
	for _, src := range a.Config.Sources {
		steps.Sources[src.ID] = src
	}
	var sum activity.Reread
	n, err := index.Rebuild(s, filepath.Join(a.Config.Data, "index"), a.Keys.Secret("index"), steps.FromEvidence(s, &sum))
	if err == nil {
		err = s.Err()
	}
	if err != nil {
		return err
	}
	if sum.Captures > 0 || sum.Damaged > 0 || sum.Found > 0 {
		_, _ = fmt.Fprintf(s.std.Out, "%d posts that only the evidence had, %d captures entered again, %d of %d files damaged\n", sum.Found, sum.Captures, sum.Damaged, sum.Files)
	}
	_, err = fmt.Fprintf(s.std.Out, "%d posts indexed\n", n)
	return err
}
