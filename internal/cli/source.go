package cli

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// sourceCmd shows and visits leak sites.
type sourceCmd struct {
	List  sourceListCmd  `cmd:"" help:"List the sources."`
	Check sourceCheckCmd `cmd:"" help:"Visit a source and say what came back and what was extracted; nothing is kept but evidence."`
	Run   sourceRunCmd   `cmd:"" help:"Visit a source now, as its schedule would."`

	Session sourceSessionCmd `cmd:"" help:"Hand over a session that a person has opened where a captcha or log-in stands."`
}

type sourceCheckCmd struct {
	Name string `arg:"" help:"Name of the source."`
	JSON bool   `help:"One JSON document."`
}

// Help shows an example.
func (sourceCheckCmd) Help() string {
	return "Exit status 3 when the source is down or silent, or wants a person.\n\nExample:\n  vigie source check demo --config vigie.yaml"
}

// Run visits the source.
func (c sourceCheckCmd) Run(s *session) error { return visit(s, c.Name, c.JSON, false) }

type sourceRunCmd struct {
	Name string `arg:"" help:"Name of the source."`
	JSON bool   `help:"One JSON document."`
}

// Help shows an example.
func (sourceRunCmd) Help() string { return "Example:\n  vigie source run demo --config vigie.yaml" }

// Run visits the source and keeps what it brings.
func (c sourceRunCmd) Run(s *session) error { return visit(s, c.Name, c.JSON, true) }

// visited is how scripts see a visit.
type visited struct {
	Source   string           `json:"source"`
	At       time.Time        `json:"at"`
	State    string           `json:"state"`
	Alarm    string           `json:"alarm"`
	Fault    string           `json:"fault"`
	Address  string           `json:"address"` // the one that came furthest
	Attempts []attempt        `json:"attempts"`
	Captures []breach.Capture `json:"captures"`
	Posts    []post           `json:"posts"`
}

// attempt is how one address answered.
type attempt struct {
	URL   string `json:"url"`
	State string `json:"state"`
	Fault string `json:"fault"`
	Posts int    `json:"posts"`
}

func attempts(v crawlers.Visit) []attempt {
	out := []attempt{}
	for _, a := range v.Attempts {
		out = append(out, attempt{a.URL, a.State, a.Fault, a.Posts})
	}
	return out
}

func visit(s *session, name string, asJSON, keep bool) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	var known []string
	for _, src := range cfg.Sources {
		known = append(known, string(src.ID))
	}
	if !slices.Contains(known, name) {
		return usage("source %q is not configured: there is %s", name, listed(known))
	}
	a, err := s.equip(true)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	v, _, err := a.Steps.VisitSource(s, a.Steps.Sources[breach.SourceID(name)], keep)
	if errors.Is(err, breach.ErrConflict) {
		return fmt.Errorf("another crawler visits source %s now: %w", name, err)
	}
	if err != nil {
		return err
	}
	if asJSON {
		err = s.document(visited{
			name, v.At, v.State, v.Alarm, v.Fault, v.Address, attempts(v), append([]breach.Capture{}, v.Captures...), posts(v.Posts),
		})
	} else {
		_, err = fmt.Fprintf(s.std.Out, "%s: %s, %d captures, %d posts\n", name, v.State, len(v.Captures), len(v.Posts))
		for _, p := range v.Posts {
			_, _ = fmt.Fprintf(s.std.Out, "  %s (%s)\n", visible(p.Title), visible(p.Date))
		}
	}
	if err == nil && v.Alarm != "" {
		_, _ = fmt.Fprintf(s.std.Err, "alarm: %s %s\n", v.Alarm, v.Fault)
		return errRefused
	}
	return err
}
