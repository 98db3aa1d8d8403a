package cli

import (
	"bytes"
	"fmt"
	"os"

	"vigie/internal/app"
	"vigie/internal/evidence"
	"vigie/internal/store"
)

type evidenceVerifyCmd struct {
	Path       string `arg:"" optional:"" help:"A .warc or .warc.gz of any tool (default: everything in the vault)."`
	Checkpoint string `help:"A checkpoint kept elsewhere, of the chain of custody or of the audit log." type:"path" placeholder:"FILE"`
	JSON       bool   `help:"One JSON document."`
}

// Help shows examples.
func (evidenceVerifyCmd) Help() string {
	return "Examples:\n  vigie evidence verify\n  vigie evidence verify --checkpoint /mnt/usb/evidence.checkpoint\n  vigie evidence verify capture.warc.gz --json"
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
			return evidence.Report{}, usage("--checkpoint: a file has no log; leave the file out")
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
	rep, err := a.Vault.Verify(s, a.Store)
	if err != nil {
		return rep, err
	}
	err = c.logs(s, a, &rep)
	return rep, err
}

// logs adds what is wrong with the chain of custody, by the newest checkpoint
// that is kept here, and by the one that was given: of this chain or of the
// audit log. The offset of such a fault is the number of the entry.
func (c evidenceVerifyCmd) logs(s *session, a *app.App, rep *evidence.Report) error {
	add := func(name string, log store.LogReport, err error) error {
		rep.OK = rep.OK && log.OK
		for _, f := range log.Faults {
			rep.Faults = append(rep.Faults, evidence.Fault{File: name, Offset: f.Seq, Kind: name + "-" + f.Kind})
		}
		return err
	}
	var newest []byte
	if kept, err := a.Vault.Checkpoints(); err != nil {
		return err
	} else if len(kept) > 0 {
		newest = kept[len(kept)-1].Note
	}
	log, err := a.Store.VerifyCustody(s, newest)
	if err := add("custody", log, err); err != nil || c.Checkpoint == "" {
		return err
	}
	given, err := os.ReadFile(c.Checkpoint)
	if err != nil {
		return usage("--checkpoint: %w", err)
	}
	if bytes.HasPrefix(given, []byte("vigie/audit\n")) {
		log, err = a.Store.VerifyAudit(s, given)
		return add("audit", log, err)
	}
	log, err = a.Store.VerifyCustody(s, given)
	return add("custody", log, err)
}

type evidenceAnchorCmd struct{}

// Help shows an example.
func (evidenceAnchorCmd) Help() string {
	return "A running vigie does this by itself, as evidence.checkpoint_every says.\n\nExample:\n  vigie evidence checkpoint > /mnt/usb/evidence.checkpoint"
}

// Run anchors the evidence. The checkpoint is printed even where the authority
// did not stamp it.
func (evidenceAnchorCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	point, err := a.Anchor(s)
	if _, werr := s.std.Out.Write(point.Note); err == nil {
		err = werr
	}
	return err
}
