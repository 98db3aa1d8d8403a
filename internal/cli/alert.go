package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"vigie/crawlers/export"
	"vigie/internal/app"
	"vigie/internal/breach"
)

// alertCmd lists alerts and tells other systems of them.
type alertCmd struct {
	List   alertListCmd   `cmd:"" help:"List alerts, the newest first."`
	Export alertExportCmd `cmd:"" help:"Write alerts as MISP, STIX 2.1, IntelMQ, JSON Feed or in words."`
}

type alertListCmd struct {
	State string `help:"Only these: new, seen, confirmed, dismissed, handed_over." placeholder:"STATE"`
	JSON  bool   `help:"One JSON object a line."`
}

// Help shows an example.
func (alertListCmd) Help() string {
	return "Example:\n  vigie alert list --state new --json"
}

// Run lists alerts.
func (c alertListCmd) Run(s *session) error {
	if c.State != "" && !slices.Contains(breach.AlertStates, breach.AlertState(c.State)) {
		return usage("state %q: want one of %v", c.State, breach.AlertStates)
	}
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	list, err := a.Store.Alerts(s, breach.AlertState(c.State))
	if err != nil {
		return err
	}
	enc := lines(s.std.Out)
	tab := tabwriter.NewWriter(s.std.Out, 0, 8, 2, ' ', 0)
	for _, x := range list {
		if c.JSON {
			if err := enc.Encode(x); err != nil {
				return err
			}
			continue
		}
		_, _ = fmt.Fprintf(tab, "%s\t%s\t%s\t%s (%s)\t%.2f\t%s\t%s\n", x.ID, x.RaisedAt.UTC().Format("2006-01-02 15:04Z"), x.State, x.Entity, x.Kind, x.Confidence, x.Urgency, x.Source)
	}
	return tab.Flush()
}

type alertExportCmd struct {
	ID     []string `arg:"" optional:"" help:"Alerts; all of --days when none is named." placeholder:"ID"`
	Format string   `help:"misp, stix, intelmq, feed or digest." enum:"misp,stix,intelmq,feed,digest" required:""`
	Days   int      `help:"How many days back." default:"30"`
	State  string   `help:"Only alerts in this state." placeholder:"STATE"`
	TLP    string   `help:"Traffic light (FIRST TLP 2.0), instead of the configured one." placeholder:"TLP"`
	PAP    string   `help:"Permissible actions, instead of the configured ones." placeholder:"PAP"`
	Lang   string   `help:"Language of the digest." enum:"fr,en" default:"fr"`
}

// Help shows examples.
func (alertExportCmd) Help() string {
	return "Titles are masked; the text of posts and links to stolen files never leave. The same alerts give the same bytes.\n\n" +
		"Examples:\n  vigie alert export --format misp alr_0123 > event.json\n  vigie alert export --format stix --days 7 --tlp green > bundle.json"
}

// Run writes the export.
func (c alertExportCmd) Run(s *session) error {
	a, err := s.existing()
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	a.EquipDesk()
	list, err := c.alerts(s, a)
	if err != nil {
		return err
	}
	items, err := a.Steps.Items(s, list)
	if err != nil {
		return err
	}
	o := a.ExportOptions()
	if c.TLP != "" {
		o.TLP = strings.ToLower(c.TLP)
	}
	if c.PAP != "" {
		o.PAP = strings.ToLower(c.PAP)
	}
	if _, err := o.Check(); err != nil {
		return usageError{err}
	}
	for _, x := range list {
		if err := a.Store.Audit(s, auditOf("alert.export", string(x.ID), "format="+c.Format+" tlp="+o.TLP)); err != nil {
			return err
		}
	}
	return map[string]func(io.Writer, export.Options, []export.Item) error{
		"misp": export.MISP, "stix": export.STIX, "intelmq": export.IntelMQ, "feed": export.JSONFeed,
		"digest": func(w io.Writer, o export.Options, items []export.Item) error {
			return export.Digest(w, o, items, c.Lang)
		},
	}[c.Format](s.std.Out, o, items)
}

func (c alertExportCmd) alerts(s *session, a *app.App) ([]breach.Alert, error) {
	var out []breach.Alert
	for _, id := range c.ID {
		x, err := a.Store.Alert(s, breach.AlertID(id))
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	if len(c.ID) > 0 {
		return out, nil
	}
	list, err := a.Store.AlertsSince(s, now().Add(-time.Duration(c.Days)*24*time.Hour))
	return slices.DeleteFunc(list, func(x breach.Alert) bool { return c.State != "" && string(x.State) != c.State }), err
}
