package cli

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

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

// Run lists the sources.
func (c sourceListCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	enc := json.NewEncoder(s.std.Out)
	tab := tabwriter.NewWriter(s.std.Out, 0, 8, 2, ' ', 0)
	for _, src := range cfg.Sources {
		if c.JSON {
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

// Run visits the source.
func (c sourceCheckCmd) Run(s *session) error { return visit(s, c.Name, c.JSON, false) }

type sourceRunCmd struct {
	Name string `arg:"" help:"Name of the source."`
	JSON bool   `help:"One JSON document."`
}

// Run visits the source and keeps what it brings.
func (c sourceRunCmd) Run(s *session) error { return visit(s, c.Name, c.JSON, true) }

func visit(s *session, name string, asJSON, keep bool) error {
	a, err := s.equip()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	src, ok := a.Steps.Sources[breach.SourceID(name)]
	if !ok {
		return usageError{fmt.Errorf("source %q is not configured", name)}
	}
	v, err := a.Steps.Crawler.Visit(s, src)
	if err != nil {
		return err
	}
	if keep {
		if _, err := a.Steps.Keep(s, v); err != nil {
			return err
		}
	}
	if asJSON {
		enc := json.NewEncoder(s.std.Out)
		enc.SetIndent("", "  ")
		err = enc.Encode(v)
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
