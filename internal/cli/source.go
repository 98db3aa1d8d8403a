package cli

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"text/tabwriter"
	"time"

	"vigie/crawlers"
	"vigie/internal/breach"
)

// sourceCmd shows and visits leak sites.
type sourceCmd struct {
	List  sourceListCmd  `cmd:"" help:"List the sources."`
	Check sourceCheckCmd `cmd:"" help:"Visit a source and say what came back and what was extracted; nothing is kept but evidence."`
	Run   sourceRunCmd   `cmd:"" help:"Visit a source now, as its schedule would."`
}

type sourceListCmd struct {
	JSON bool `help:"One JSON object a line."`
}

// Help shows an example.
func (sourceListCmd) Help() string { return "Example:\n  vigie source list --config vigie.yaml --json" }

// Run lists the sources.
func (c sourceListCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	enc := lines(s.std.Out)
	tab := tabwriter.NewWriter(s.std.Out, 0, 8, 2, ' ', 0)
	for _, src := range cfg.Sources {
		if c.JSON {
			src.Proxy = hostOnly(src.Proxy)
			if err := enc.Encode(src); err != nil {
				return err
			}
			continue
		}
		_, _ = fmt.Fprintf(tab, "%s\t%s\tevery %s\n", src.ID, src.URL, src.Every)
	}
	return tab.Flush()
}

type sourceCheckCmd struct {
	Name string `arg:"" help:"Name of the source."`
	JSON bool   `help:"One JSON document."`
}

// Help shows an example.
func (sourceCheckCmd) Help() string {
	return "Exit status 3 when the source is down or silent.\n\nExample:\n  vigie source check demo --config vigie.yaml"
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

// hostOnly leaves out the credentials of a proxy.
func hostOnly(proxy string) string {
	u, err := url.Parse(proxy)
	if err != nil || u.User == nil {
		return proxy
	}
	u.User = nil
	return u.String()
}

// visited is how scripts see a visit.
type visited struct {
	Source   string           `json:"source"`
	At       time.Time        `json:"at"`
	State    string           `json:"state"`
	Alarm    string           `json:"alarm"`
	Fault    string           `json:"fault"`
	Captures []breach.Capture `json:"captures"`
	Posts    []post           `json:"posts"`
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
			name, v.At, v.State, v.Alarm, v.Fault, append([]breach.Capture{}, v.Captures...), posts(v.Posts),
		})
	} else {
		_, err = fmt.Fprintf(s.std.Out, "%s: %s, %d captures, %d posts\n", name, v.State, len(v.Captures), len(v.Posts))
		for _, p := range v.Posts {
			_, _ = fmt.Fprintf(s.std.Out, "  %s (%s)\n", p.Title, p.Date)
		}
	}
	if err == nil && v.Alarm != "" {
		_, _ = fmt.Fprintf(s.std.Err, "alarm: %s %s\n", v.Alarm, v.Fault)
		if v.Alarm == crawlers.AlarmDown || v.Alarm == crawlers.AlarmSilent {
			return errRefused
		}
	}
	return err
}
