package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/notify/facts"
	"vigie/notify/forecast"
)

// factsCmd edits the facts of an incident, as the console does.
type factsCmd struct {
	Export factsExportCmd `cmd:"" help:"Write what a person may edit of a controller's facts, as YAML."`
	Import factsImportCmd `cmd:"" help:"Save an edited export as the next version, or show what it would change."`
}

type factsExportCmd struct {
	Incident   string `arg:"" help:"Incident."`
	Controller string `arg:"" help:"Controller."`
}

// Help shows an example.
func (factsExportCmd) Help() string {
	return "The first line is a comment with the version, which an import asks for.\n\nExample:\n  vigie facts export inc_1 ml-val-d-orbe > facts.yaml"
}

// Run writes the facts.
func (c factsExportCmd) Run(s *session) error {
	a, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	f, err := a.Steps.Draft(s, breach.IncidentID(c.Incident), breach.ControllerID(c.Controller))
	if err != nil {
		return err
	}
	out, err := facts.Of(f).Format()
	if err != nil {
		return err
	}
	_, _ = fmt.Fprintf(s.std.Out, "# version: %d\n%s", f.Version, out)
	return nil
}

type factsImportCmd struct {
	Incident   string `arg:"" help:"Incident."`
	Controller string `arg:"" help:"Controller."`
	File       string `arg:"" type:"existingfile" help:"Edited export."`
	Version    int    `help:"The version that was exported; another one meanwhile refuses the import." required:"" placeholder:"N"`
	By         string `help:"Account of the analyst who answers for it." required:"" placeholder:"USER"`
	Why        string `help:"Reason of the version." placeholder:"TEXT"`
	Tell       string `help:"What is done about statements that are new: nobody, news, wrong." enum:"nobody,news,wrong" default:"nobody"`
	Check      bool   `help:"Save nothing: show what would change, and for how many recipients."`
	JSON       bool   `help:"One JSON document."`
}

// Help shows an example.
func (factsImportCmd) Help() string {
	return "What proved wrong is corrected with those who were told it, after the same three signatures as the first time. A running vigie serve takes the version up within a minute.\n\nExample:\n  vigie facts import inc_1 ml-val-d-orbe facts.yaml --version 2 --by ana --why \"the publisher wrote again\""
}

// Run saves the next version.
func (c factsImportCmd) Run(s *session) error {
	a, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	u, err := s.analyst(a, c.By)
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	e, err := facts.Parse(f)
	if err != nil {
		return err
	}
	id, who, tell := breach.IncidentID(c.Incident), breach.ControllerID(c.Controller), facts.Tell(c.Tell)
	if tell == "nobody" {
		tell = facts.TellNobody
	}
	impact, err := a.Steps.Impact(s, id, who, e, tell)
	if err != nil {
		return err
	}
	out := struct {
		facts.Impact
		Version int  `json:"version"`
		Saved   bool `json:"saved"`
	}{impact, c.Version, !c.Check}
	if !c.Check {
		if strings.TrimSpace(c.Why) == "" {
			return usage("--why: a version has a reason")
		}
		if out.Version, _, err = a.Steps.Amend(s, id, who, c.Version, e, tell, u.ID, c.Why); err != nil {
			return err
		}
	}
	if c.JSON {
		return s.document(out)
	}
	_, _ = fmt.Fprintf(s.std.Out, "%d documents change; of %d recipients told, %d are corrected and %d informed; %d wait\n", len(impact.Documents), impact.Told, impact.Corrected, impact.Informed, impact.Waiting)
	if out.Saved {
		_, _ = fmt.Fprintf(s.std.Out, "version %d is saved\n", out.Version)
	}
	return nil
}

// forecastCmd says what a plan costs.
type forecastCmd struct {
	Incident   string    `arg:"" help:"Incident."`
	Controller string    `arg:"" help:"Controller."`
	At         time.Time `help:"When the campaign starts; now when left out." placeholder:"RFC3339" format:"2006-01-02T15:04:05Z07:00"`
	JSON       bool      `help:"One JSON document."`
}

// Help shows an example.
func (forecastCmd) Help() string {
	return "Cost by channel, hours and days against what providers and the printer take, date of the last letter. Tariffs and limits stand under forecast in the configuration.\n\nExample:\n  vigie forecast inc_1 ml-val-d-orbe --json"
}

// Run works the forecast out.
func (c forecastCmd) Run(s *session) error {
	a, err := s.desk()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	start := c.At
	if start.IsZero() {
		start = time.Now()
	}
	f, err := a.Forecast(s, breach.IncidentID(c.Incident), breach.ControllerID(c.Controller), start)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.document(f)
	}
	for _, l := range f.Lines {
		_, _ = fmt.Fprintf(s.std.Out, "%-7s %9d messages %9d units %14s  by %s\n", l.Channel, l.Messages, l.Units, forecast.Euros("en", l.Cost), l.To.Format(time.RFC3339))
	}
	_, _ = fmt.Fprintf(s.std.Out, "expected %s, at most %s (%s)\n", forecast.Euros("en", f.Cost), forecast.Euros("en", f.Most), f.Tariff.Source)
	if !f.LastLetter.IsZero() {
		_, _ = fmt.Fprintf(s.std.Out, "last letter printed on %s\n", f.LastLetter.Format(time.DateOnly))
	}
	return nil
}

// desk opens what is there for looking at plans and editing facts.
func (s *session) desk() (*app.App, error) {
	a, err := s.existing()
	if err != nil {
		return nil, err
	}
	if err := a.EquipFacts(); err != nil {
		_ = a.Close()
		return nil, err
	}
	return a, nil
}

// analyst returns the account of an analyst, in whose name something is recorded.
func (s *session) analyst(a *app.App, by string) (breach.User, error) {
	u, err := a.Store.User(s, breach.UserID(by))
	switch {
	case err != nil && !errors.Is(err, breach.ErrNotFound):
		return u, err
	case err != nil || u.Disabled || !u.Has(breach.RoleAnalyst):
		return u, usage("--by: %s is no account of an analyst", by)
	}
	return u, nil
}
