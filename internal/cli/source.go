package cli

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"vigie/crawlers"
	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/workflows/activity"
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
	known, err := s.known(cfg)
	if err != nil {
		return err
	}
	enc := lines(s.std.Out)
	tab := tabwriter.NewWriter(s.std.Out, 0, 8, 2, ' ', 0)
	for _, k := range known {
		st := standing(k, time.Now().UTC())
		if c.JSON {
			if err := enc.Encode(st); err != nil {
				return err
			}
			continue
		}
		_, _ = fmt.Fprintf(tab, "%s\t%s\tevery %s\t%s\n", st.ID, st.URL, st.Every, st.words())
		for _, m := range st.Addresses[1:] {
			_, _ = fmt.Fprintf(tab, "  mirror\t%s\t%s\t%s\n", m.URL, share(m.UpShare), m.Fault)
		}
	}
	return tab.Flush()
}

// known is what visits have taught; where nothing is kept yet, nothing.
func (s *session) known(cfg app.Config) ([]crawlers.Known, error) {
	if cfg.Database == "" && !exists(filepath.Join(cfg.Data, "vigie.db")) {
		out := make([]crawlers.Known, len(cfg.Sources))
		for i, src := range cfg.Sources {
			out[i] = crawlers.Known{Source: src, Memory: &crawlers.Memory{}}
		}
		return out, nil
	}
	a, err := app.Open(s, cfg, s.log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = a.Close() }()
	return activity.Known(s, a.Store, cfg.Sources)
}

// sourceStanding is how scripts see where a source stands.
type sourceStanding struct {
	breach.Source
	State     string           `json:"state"` // of the last visit, "" before the first
	Fault     string           `json:"fault"`
	Alarm     string           `json:"alarm"` // silent, down, person or ""
	AlarmedAt string           `json:"alarmed_at"`
	Visits    int              `json:"visits"`
	VisitedAt string           `json:"visited_at"`
	GoodAt    string           `json:"good_at"` // last read a post
	NewAt     string           `json:"new_at"`  // last brought a new one
	DownSince string           `json:"down_since"`
	NextAt    string           `json:"next_at"` // "" before the first visit
	Due       bool             `json:"due"`
	Late      bool             `json:"late"`
	Gated     bool             `json:"gated"` // a queue, captcha or log-in stands before it
	Cookies   int              `json:"cookies"`
	Addresses []addressDetails `json:"addresses"`
}

type addressDetails struct {
	URL     string  `json:"url"`
	UpShare float64 `json:"up_share"` // of recent visits; -1 before the first
	SeenAt  string  `json:"seen_at"`
	State   string  `json:"state"`
	Fault   string  `json:"fault"`
}

func standing(k crawlers.Known, now time.Time) sourceStanding {
	m := k.Memory
	k.Source.Proxy = hostOnly(k.Source.Proxy)
	k.Source.Mirrors = append([]string{}, k.Source.Mirrors...)
	st := sourceStanding{
		Source: k.Source, State: m.Outcome.State, Fault: m.Outcome.Fault, Alarm: m.Alarm, AlarmedAt: instant(m.AlarmedAt),
		Visits: m.Visits, VisitedAt: instant(m.Outcome.At), GoodAt: instant(m.GoodAt), NewAt: instant(m.NewAt),
		DownSince: instant(m.DownSince), NextAt: instant(m.DueAt), Cookies: len(m.Cookies),
		Due: m.Due(k.Source.Every, now) == 0, Late: m.LateAt(k.Source.Every, now), Gated: m.Gated(),
	}
	for _, a := range append([]string{k.Source.URL}, k.Source.Mirrors...) {
		d := addressDetails{URL: a, UpShare: -1}
		if r := m.Addresses[a]; r != nil {
			d = addressDetails{URL: a, UpShare: r.Ups / max(r.Tries, 1), SeenAt: instant(r.SeenAt), State: r.State, Fault: r.Fault}
		}
		st.Addresses = append(st.Addresses, d)
	}
	return st
}

// words is the standing in a few words, what needs somebody first.
func (st sourceStanding) words() string {
	var out []string
	if st.Alarm != "" {
		out = append(out, "ALARM "+st.Alarm+" since "+st.AlarmedAt)
	}
	if st.State == "" {
		return "not visited yet"
	}
	out = append(out, strings.TrimSpace(st.State+" "+st.Fault))
	if st.Gated {
		out = append(out, "gated")
	}
	switch {
	case st.Late:
		out = append(out, "late, due "+st.NextAt)
	case st.Due:
		out = append(out, "due")
	default:
		out = append(out, "next "+st.NextAt)
	}
	return strings.Join(out, ", ")
}

func share(up float64) string {
	if up < 0 {
		return "never asked"
	}
	return fmt.Sprintf("up %.0f %%", 100*up)
}

// instant is a time as scripts read it, "" for none.
func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
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
			_, _ = fmt.Fprintf(s.std.Out, "  %s (%s)\n", p.Title, p.Date)
		}
	}
	if err == nil && v.Alarm != "" {
		_, _ = fmt.Fprintf(s.std.Err, "alarm: %s %s\n", v.Alarm, v.Fault)
		return errRefused
	}
	return err
}
