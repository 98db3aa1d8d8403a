package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"

	"vigie/crawlers/index"
	"vigie/internal/breach"
	"vigie/internal/evidence"
	"vigie/internal/store"
)

// evidenceCmd looks after what is kept as evidence.
type evidenceCmd struct {
	List    evidenceListCmd    `cmd:"" help:"List the sealed captures and dumps."`
	Verify  evidenceVerifyCmd  `cmd:"" help:"Check WARC files: the vault's own, or any .warc(.gz)."`
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

type evidenceVerifyCmd struct {
	Path       string `arg:"" optional:"" help:"A .warc or .warc.gz of any tool (default: everything in the vault)."`
	Checkpoint string `help:"Check the audit log against a checkpoint kept elsewhere, too." type:"path" placeholder:"FILE"`
	JSON       bool   `help:"One JSON document."`
}

// Help shows examples.
func (evidenceVerifyCmd) Help() string {
	return "Examples:\n  vigie evidence verify\n  vigie evidence verify capture.warc.gz --json"
}

// Run verifies; exit status 3 when something is wrong.
func (c evidenceVerifyCmd) Run(s *session) error {
	rep, err := c.verify(s)
	if err != nil {
		return err
	}
	if c.JSON {
		rep.Faults = append([]evidence.Fault{}, rep.Faults...)
		err = s.document(struct {
			File string `json:"file"`
			evidence.Report
		}{c.Path, rep})
	} else {
		for _, f := range rep.Faults {
			_, _ = fmt.Fprintf(s.std.Out, "offset %d: %s\n", f.Offset, f.Kind)
		}
		_, err = fmt.Fprintf(s.std.Out, "%d records, %d faults\n", rep.Records, len(rep.Faults))
	}
	if err == nil && !rep.OK {
		return errRefused
	}
	return err
}

func (c evidenceVerifyCmd) verify(s *session) (evidence.Report, error) {
	if c.Path != "" {
		if c.Checkpoint != "" {
			return evidence.Report{}, usage("--checkpoint: a file has no audit log; leave the file out")
		}
		f, err := input(c.Path)
		if err != nil {
			return evidence.Report{}, err
		}
		defer func() { _ = f.Close() }()
		return evidence.VerifyWARC(f)
	}
	a, err := s.existing()
	if err != nil {
		return evidence.Report{}, err
	}
	defer func() { _ = a.Close() }()
	captures, err := a.Store.Captures(s, "", math.MaxInt32)
	if err != nil {
		return evidence.Report{}, err
	}
	custody, err := a.Store.Custody(s, "")
	if err != nil {
		return evidence.Report{}, err
	}
	rep, err := a.Vault.Verify(s, captures, custody)
	if err != nil || c.Checkpoint == "" {
		return rep, err
	}
	err = c.audit(s, a.Store, &rep)
	return rep, err
}

// audit adds what is wrong with the log that custody is written in. The offset
// of such a fault is the number of the entry.
func (c evidenceVerifyCmd) audit(s *session, st *store.Store, rep *evidence.Report) error {
	point, err := os.ReadFile(c.Checkpoint)
	if err != nil {
		return usage("--checkpoint: %w", err)
	}
	log, err := st.VerifyAudit(s, point)
	if err != nil {
		return err
	}
	rep.OK = rep.OK && log.OK
	for _, f := range log.Faults {
		rep.Faults = append(rep.Faults, evidence.Fault{File: "audit", Offset: f.Seq, Kind: "audit-" + f.Kind})
	}
	return nil
}
