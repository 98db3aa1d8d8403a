package cli

import (
	"fmt"
	"os"

	"vigie/internal/store"
)

// auditCmd looks after the audit log.
type auditCmd struct {
	Verify     auditVerifyCmd     `cmd:"" help:"Find any edit, deletion, insertion, reordering; against a checkpoint kept elsewhere, any cut or rewrite."`
	Checkpoint auditCheckpointCmd `cmd:"" help:"Print a signed checkpoint, to be kept where this server's administrator cannot rewrite it."`
}

type auditVerifyCmd struct {
	Checkpoint string `help:"A checkpoint kept elsewhere." type:"path" placeholder:"FILE"`
	JSON       bool   `help:"One JSON document."`
}

// Help shows examples.
func (auditVerifyCmd) Help() string {
	return "Examples:\n  vigie audit verify\n  vigie audit verify --checkpoint /mnt/usb/vigie.checkpoint --json"
}

// Run verifies the log; exit status 3 when something is wrong with it.
func (c auditVerifyCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	var point []byte
	if c.Checkpoint != "" {
		if point, err = os.ReadFile(c.Checkpoint); err != nil {
			return usage("--checkpoint: %w", err)
		}
	}
	rep, err := a.Store.VerifyAudit(s, point)
	if err != nil {
		return err
	}
	if c.JSON {
		if err := s.document(auditAnswer(rep)); err != nil {
			return err
		}
	} else {
		for _, f := range rep.Faults {
			_, _ = fmt.Fprintf(s.std.Out, "entry %d: %s\n", f.Seq, f.Kind)
		}
		_, _ = fmt.Fprintf(s.std.Out, "%d entries, %d faults\n", rep.Entries, len(rep.Faults))
	}
	if !rep.OK {
		return errRefused
	}
	return nil
}

type auditFault struct {
	Seq  int64  `json:"seq"` // 0: the log as a whole
	Kind string `json:"kind"`
}

// auditAnswer is how scripts see a report.
func auditAnswer(rep store.LogReport) any {
	out := struct {
		Entries int64        `json:"entries"`
		OK      bool         `json:"ok"`
		Faults  []auditFault `json:"faults"`
	}{rep.Entries, rep.OK, []auditFault{}}
	for _, f := range rep.Faults {
		out.Faults = append(out.Faults, auditFault{f.Seq, f.Kind})
	}
	return out
}

type auditCheckpointCmd struct{}

// Help shows an example.
func (auditCheckpointCmd) Help() string {
	return "Example:\n  vigie audit checkpoint > /mnt/usb/vigie.checkpoint"
}

// Run prints a checkpoint.
func (auditCheckpointCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	point, err := a.Store.Checkpoint(s)
	if err != nil {
		return err
	}
	_, err = s.std.Out.Write(point)
	return err
}
