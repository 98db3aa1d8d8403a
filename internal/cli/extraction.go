package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"vigie/internal/breach"
)

// extractionCmd is what controllers attest was taken from their registries.
type extractionCmd struct {
	Declare extractionDeclareCmd `cmd:"" help:"Record a controller's attestation of what was taken, and join it with its registry."`
	Show    extractionShowCmd    `cmd:"" help:"Say what is attested, and how the dump bears it out."`
	Nobody  extractionNobodyCmd  `cmd:"" help:"Record what a controller decides about rows of people whom no registry knows any more."`
}

type extractionDeclareCmd struct {
	Incident   string    `arg:"" help:"Incident." placeholder:"ID"`
	Registry   string    `required:"" help:"Registry that was taken." placeholder:"NAME"`
	AsOf       string    `required:"" name:"as-of" help:"Day, or moment (RFC 3339), of the extraction; a day means its end." placeholder:"2026-10-25"`
	Controller string    `help:"Only the people of one institution of the registry." placeholder:"ID"`
	IDs        string    `name:"ids" help:"File with the ids of those taken, one a line (- is standard input); without it, everybody." placeholder:"FILE"`
	Category   []string  `required:"" help:"Category of data that was taken (may be repeated)." placeholder:"CODE"`
	Departed   string    `help:"People who have left the registry since: told at what is kept of them, or left to a human." enum:"tell,human" default:"tell"`
	AttestedBy string    `required:"" name:"attested-by" help:"Function of who attests it for the controller; no name." placeholder:"FUNCTION"`
	AttestedAt time.Time `required:"" name:"attested-at" help:"When it was attested." placeholder:"RFC3339" format:"2006-01-02T15:04:05Z07:00"`
	Reference  string    `help:"Document in which it is attested." placeholder:"TEXT"`
	Words      string    `required:"" help:"What is attested, in the controller's words." placeholder:"TEXT"`
	By         string    `required:"" help:"Account of the analyst who records it." placeholder:"USER"`
	JSON       bool      `help:"One JSON document."`
}

// Help says when it is the answer.
func (extractionDeclareCmd) Help() string {
	return "When the controller knows what was taken, the people concerned are the registry as it stood then, joined by id, with no probability: they are told with their contacts and protections of today, after the same signatures as any campaign. The dump, if there is one, confirms and bounds. Another declaration before the plan replaces it. A running vigie serve takes it up within a minute.\n\nExample:\n  vigie extraction declare inc_1 --registry youth --as-of 2026-10-25 --category name --category contact --attested-by \"La directrice\" --attested-at 2026-11-20T09:00:00+01:00 --reference \"courrier 12\" --words \"tout le registre a été copié\" --by ana"
}

// Run records it.
func (c extractionDeclareCmd) Run(s *session) error {
	at, err := moment(c.AsOf)
	if err != nil {
		return err
	}
	a, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	u, err := s.analyst(a, c.By)
	if err != nil {
		return err
	}
	var ids io.Reader
	switch c.IDs {
	case "":
	case "-":
		ids = s.std.In
	default:
		f, err := os.Open(c.IDs)
		if err != nil {
			return usage("--ids: %w", err)
		}
		defer func() { _ = f.Close() }()
		ids = f
	}
	e, err := a.Steps.Declare(s, breach.Extraction{Incident: breach.IncidentID(c.Incident), Registry: breach.RegistryID(c.Registry), AsOf: at,
		Controller: breach.ControllerID(c.Controller), Departed: breach.Departed(c.Departed), Categories: c.Category, By: c.AttestedBy, AttestedAt: c.AttestedAt,
		Reference: c.Reference, Words: c.Words, RecordedBy: u.ID}, ids)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.document(e)
	}
	_, err = fmt.Fprintf(s.std.Out, "%s as of %s: %d persons, %d of them left since; %d ids of the list are unknown\n", e.Registry, e.AsOf.Format(time.RFC3339), e.Persons, e.Gone, e.Unknown)
	return err
}

// moment reads a day, which means its end, or an instant.
func moment(text string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		return at, usage("%q is no day: write 2026-10-25, or a moment such as 2026-10-25T14:00:00+02:00", text)
	}
	return at.AddDate(0, 0, 1).Add(-time.Nanosecond), nil
}

type extractionShowCmd struct {
	Incident string `arg:"" help:"Incident." placeholder:"ID"`
	JSON     bool   `help:"One JSON object a line."`
}

// Help shows an example.
func (extractionShowCmd) Help() string {
	return "Of each registry: who is concerned, how many of them the dump confirms, who is in the dump outside the attestation, and rows of nobody whom a registry knows any more.\n\nExample:\n  vigie extraction show inc_1"
}

// Run prints what is attested.
func (c extractionShowCmd) Run(s *session) error {
	a, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	list, extents, err := a.Steps.Extents(s, breach.IncidentID(c.Incident))
	if err != nil {
		return err
	}
	for i, e := range list {
		x := extents[i]
		if c.JSON {
			err = s.document(struct {
				breach.Extraction
				Extent breach.Extent `json:"extent"`
			}{e, x})
		} else {
			_, err = fmt.Fprintf(s.std.Out, "%s as of %s: %d concerned, %d confirmed by the dump, %d perhaps, %d not seen; %d in the dump outside the attestation; %d of %d rows are nobody's\n",
				e.Registry, e.AsOf.Format(time.RFC3339), x.Taken, x.Seen, x.Perhaps, x.NotSeen, x.Outside, x.Nobody, x.Rows)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

type extractionNobodyCmd struct {
	Incident   string `arg:"" help:"Incident." placeholder:"ID"`
	Controller string `arg:"" help:"Controller that decides." placeholder:"ID"`
	Decision   string `required:"" help:"search archives and backups, tell them in public, or others: not the controller's people." enum:"search,public,others"`
	Rows       int64  `required:"" help:"How many rows it is about, as vigie extraction show says." placeholder:"N"`
	Why        string `required:"" help:"The controller's reason." placeholder:"TEXT"`
	By         string `required:"" help:"Account of the analyst who records it, or of the controller." placeholder:"USER"`
}

// Help shows an example.
func (extractionNobodyCmd) Help() string {
	return "The incident does not end before every controller that an attestation covers has decided; nobody waits for it meanwhile.\n\nExample:\n  vigie extraction nobody inc_1 ml-val-d-orbe --decision search --rows 812 --why \"the backups of 2019 are read\" --by ana"
}

// Run records the decision.
func (c extractionNobodyCmd) Run(s *session) error {
	a, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	u, err := a.Store.User(s, breach.UserID(c.By))
	if err != nil || u.Disabled || !u.Has(breach.RoleAnalyst) && (!u.Has(breach.RoleController) || u.Controller != breach.ControllerID(c.Controller)) {
		return usage("--by: %s is no account of an analyst or of the controller", c.By)
	}
	return a.Steps.DecideNobody(s, breach.IncidentID(c.Incident), breach.ControllerID(c.Controller), c.Decision, c.Rows, u.ID, c.Why)
}
