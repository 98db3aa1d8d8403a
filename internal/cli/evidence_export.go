package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"vigie/internal/app"
	"vigie/internal/breach"
)

type evidenceExportCmd struct {
	Incident string `arg:"" help:"The incident." placeholder:"ID"`
	To       string `required:"" help:"age recipient of whoever asked for it." placeholder:"AGE-RECIPIENT"`
	Reason   string `required:"" help:"Why, such as the number of the requisition; entered in the chain of custody." placeholder:"TEXT"`
	Out      string `help:"Where to write it (default INCIDENT.zip.age)." type:"path" placeholder:"FILE"`
	Dump     bool   `help:"The stolen file as well."`
	All      bool   `help:"Every visit while the post stood there; else those before, first, last and after."`
	WACZ     bool   `name:"wacz" help:"The captures once more as WACZ 1.1.1, for replay viewers."`
	JSON     bool   `help:"One JSON document."`
}

// Help shows what to do with the bundle.
func (evidenceExportCmd) Help() string {
	return "The bundle holds WARC files, the chain of custody with its proofs, a signed and time-stamped checkpoint, a readable index in French and English, and VERIFY.txt, which says how to check it all with public tools.\n\nExample:\n  vigie evidence export inc_0123456789 --to age1... --reason \"requisition 2026/123\"\n  age -d -i key.txt inc_0123456789.zip.age > bundle.zip"
}

// Run exports.
func (c evidenceExportCmd) Run(s *session) (err error) {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if c.Out == "" {
		c.Out = c.Incident + ".zip.age"
	}
	if _, err := os.Lstat(c.Out); !errors.Is(err, fs.ErrNotExist) {
		return usage("--out: %s is there already", c.Out)
	}
	f, err := os.CreateTemp(filepath.Dir(c.Out), ".part-*")
	if err != nil {
		return usage("--out: %w", err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	done, err := a.Export(s, f, app.Export{Incident: breach.IncidentID(c.Incident), To: c.To, By: operator(), Reason: c.Reason,
		Dump: c.Dump, All: c.All, WACZ: c.WACZ})
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", c.Out, err)
	}
	if err := os.Link(f.Name(), c.Out); err != nil { // never replaces
		return fmt.Errorf("writing %s: %w", c.Out, err)
	}
	if c.JSON {
		return s.document(struct {
			File string `json:"file"`
			app.Exported
		}{c.Out, done})
	}
	_, err = fmt.Fprintf(s.std.Out, "%s: %d WARC files, %d links of custody, checkpoint %d, %s\n", c.Out, done.Files, done.Links, done.Size, done.Digest)
	return err
}
