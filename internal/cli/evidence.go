package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"vigie/crawlers/index"
	"vigie/internal/breach"
)

// evidenceCmd looks after what is kept as evidence.
type evidenceCmd struct {
	List    evidenceListCmd    `cmd:"" help:"List the sealed captures and dumps."`
	Verify  evidenceVerifyCmd  `cmd:"" help:"Check WARC files: the vault's own, or any .warc(.gz)."`
	Anchor  evidenceAnchorCmd  `cmd:"" name:"checkpoint" help:"Sign, time-stamp and print the state of the chain of custody, to be kept elsewhere."`
	Export  evidenceExportCmd  `cmd:"" help:"Write an incident's evidence for a judicial requisition, encrypted to who asked."`
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
	return "The evidence comes first: the index can be thrown away. No other vigie may run on the data meanwhile.\n\nExample:\n  vigie evidence rebuild-index"
}

// Run rebuilds the index.
func (evidenceRebuildCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	n, err := index.Rebuild(s, filepath.Join(a.Config.Data, "index"), a.Keys.Secret("index"), func(yield func(breach.Post, error) bool) {
		err := a.Store.EachPost(s, func(page []breach.Post) error {
			for _, p := range page {
				if !yield(p, nil) {
					return context.Canceled
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, context.Canceled) {
			yield(breach.Post{}, err)
		}
	})
	if err == nil {
		err = s.Err()
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.std.Out, "%d posts indexed\n", n)
	return err
}
