package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"vigie/internal/breach"
	"vigie/workflows/activity"
)

// institutionCmd is what an institution is given.
type institutionCmd struct {
	Papers institutionPapersCmd `cmd:"" help:"Write the institution's documents, and list them."`
	People institutionPeopleCmd `cmd:"" help:"Hand the list of the institution's people over, sealed for its key."`
}

type institutionPapersCmd struct {
	Incident   string `arg:"" help:"The incident." placeholder:"ID"`
	Controller string `required:"" help:"Whose institution." placeholder:"ID"`
	JSON       bool   `help:"One JSON object a line."`
}

// Help shows an example.
func (institutionPapersCmd) Help() string {
	return "The letter to the head, the intranet article, the staff FAQ, the call centre's script, the press release and the complaint kits, in French and English, from the current version of the facts. Writing again changes nothing that is the same. No campaign starts before somebody recorded in the console that the institution has the intranet article.\n\nExample:\n  vigie institution papers inc_0123456789 --controller ml-orbe"
}

// Run writes and lists.
func (c institutionPapersCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	steps := records(a)
	list, err := steps.Papers(s, breach.IncidentID(c.Incident), breach.ControllerID(c.Controller))
	if err != nil {
		return err
	}
	for _, p := range list {
		if c.JSON {
			err = s.document(p)
		} else {
			_, err = fmt.Fprintln(s.std.Out, filepath.Join(steps.DossierDir, c.Incident, c.Controller, filepath.FromSlash(p.File)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type institutionPeopleCmd struct {
	Incident   string `arg:"" help:"The incident." placeholder:"ID"`
	Controller string `required:"" help:"Whose people." placeholder:"ID"`
	Reason     string `required:"" help:"Why they are handed over; audited." placeholder:"TEXT"`
	Out        string `help:"Where to write it (default INCIDENT-CONTROLLER.csv.age)." type:"path" placeholder:"FILE"`
}

// Help shows what the institution does with it.
func (institutionPeopleCmd) Help() string {
	return "Sealed for the age recipient that the console holds for the institution; without one it refuses. The list has the registry's own identifiers, names and birth dates, and says whom a named human reaches first. It has no address. Hand the file over on a medium or by the institution's own secure exchange, never by e-mail.\n\nExample:\n  vigie institution people inc_0123456789 --controller ml-orbe --reason \"asked by letter of 12 May\"\n  age -d -i key.txt inc_0123456789-ml-orbe.csv.age > people.csv"
}

// Run seals the list.
func (c institutionPeopleCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if c.Out == "" {
		c.Out = c.Incident + "-" + c.Controller + ".csv.age"
	}
	if _, err := os.Lstat(c.Out); !errors.Is(err, fs.ErrNotExist) {
		return usage("--out: %s is there already", c.Out)
	}
	f, err := os.CreateTemp(filepath.Dir(c.Out), ".part-*")
	if err != nil {
		return usage("--out: %w", err)
	}
	defer func() { _ = f.Close(); _ = os.Remove(f.Name()) }()
	steps := records(a)
	steps.Keys, steps.Registries = a.Keys, &activity.Registries{Dir: registriesDir(a.Config), Keys: a.Keys, Seen: a.Store, Models: a.Store}
	n, err := steps.SealPeople(s, f, breach.IncidentID(c.Incident), breach.ControllerID(c.Controller), breach.UserID(operator()), c.Reason)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", c.Out, err)
	}
	if err := os.Link(f.Name(), c.Out); err != nil { // never replaces
		return fmt.Errorf("writing %s: %w", c.Out, err)
	}
	_, err = fmt.Fprintf(s.std.Out, "%s: %d people\n", c.Out, n)
	return err
}
