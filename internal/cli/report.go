package cli

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"vigie/crawlers/report"
	"vigie/internal/breach"
	"vigie/internal/store"
)

// reportCmd looks after what people report.
type reportCmd struct {
	Import reportImportCmd `cmd:"" help:"File reports that came by e-mail: .eml files, or a maildir."`
	List   reportListCmd   `cmd:"" help:"List what people reported, the newest first."`
}

type reportImportCmd struct {
	Files   []string `arg:"" optional:"" help:"Messages (.eml)." placeholder:"FILE"`
	Maildir string   `help:"Maildir whose new messages are taken." type:"path" placeholder:"DIR"`
	JSON    bool     `help:"One JSON object a message: file, receipt, refused."`
}

// Help shows an example.
func (reportImportCmd) Help() string {
	return "Each becomes an alert, or joins the open one on the same body; what was received is sealed. The same message twice is one. Exit status 3 when a message was refused.\n\nExamples:\n  vigie report import signalement.eml\n  vigie report import --maildir /var/mail/signalements"
}

type importedLine struct {
	File    string `json:"file"`
	Receipt string `json:"receipt"`
	Refused string `json:"refused"`
}

// Run files messages; one that is refused does not stop the others.
func (c reportImportCmd) Run(s *session) error {
	if len(c.Files) == 0 && c.Maildir == "" {
		return usage("report import: name files, or a --maildir")
	}
	a, err := s.open()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if err := a.EquipReports(s); err != nil {
		return err
	}
	var last error
	enc := lines(s.std.Out)
	show := func(file, receipt string, err error) error {
		line := importedLine{File: file, Receipt: receipt}
		var refused *breach.RefusedError
		switch {
		case errors.As(err, &refused):
			line.Refused, last = refused.Code, errRefused
		case err != nil:
			return err
		}
		if c.JSON {
			return enc.Encode(line)
		}
		_, err = fmt.Fprintf(s.std.Out, "%s: %s%s\n", file, line.Receipt, line.Refused)
		return err
	}
	for _, path := range c.Files {
		in, err := input(path)
		if err != nil {
			if err = show(path, "", err); err != nil {
				return err
			}
			continue
		}
		f, err := report.Mail(in)
		_ = in.Close()
		receipt := ""
		if err == nil {
			receipt, err = a.FileMail(s, f)
		}
		if err := show(path, receipt, err); err != nil {
			return err
		}
	}
	if c.Maildir != "" {
		n, err := a.ReadMail(s, c.Maildir)
		if err != nil {
			return err
		}
		if !c.JSON {
			_, _ = fmt.Fprintf(s.std.Out, "%s: %d messages taken\n", c.Maildir, n)
		}
	}
	return last
}

type reportListCmd struct {
	Alert string `help:"Only those of one alert." placeholder:"ID"`
	JSON  bool   `help:"One JSON object a line."`
}

// Help shows an example.
func (reportListCmd) Help() string {
	return "How to reach people is not shown here: the console opens it for a reason.\n\nExample:\n  vigie report list --json"
}

// Run lists reports.
func (c reportListCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	list, err := a.Store.Reports(s, breach.AlertID(c.Alert), 0)
	if err != nil {
		return err
	}
	enc := lines(s.std.Out)
	tab := tabwriter.NewWriter(s.std.Out, 0, 8, 2, ' ', 0)
	for _, r := range list {
		if c.JSON {
			if err := enc.Encode(r); err != nil {
				return err
			}
			continue
		}
		_, _ = fmt.Fprintf(tab, "%s\t%s\t%s\t%s\t%s\t%d files\n", r.ID, r.At.UTC().Format("2006-01-02 15:04Z"), r.Role, r.Channel, r.Alert, len(r.Files)-1)
	}
	return tab.Flush()
}

// auditOf is an event of the command line.
func auditOf(action, object, detail string) store.Event {
	return store.Event{At: now(), Who: operator(), Action: action, Object: object, Detail: detail, OK: true}
}
