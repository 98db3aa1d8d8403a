package cli

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"vigie/crawlers"
	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/workflows/activity"
)

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
		for _, p := range st.Proposed {
			_, _ = fmt.Fprintf(tab, "  proposed\t%s\tnamed by %s since %s\tnot visited: add it to mirrors if it is one\n", p.Address, p.Page, instant(p.At))
		}
	}
	return tab.Flush()
}

// known is what visits have taught; nothing where nothing is kept yet, or where
// the store does not answer: what is configured can be said all the same.
func (s *session) known(cfg app.Config) ([]crawlers.Known, error) {
	bare := make([]crawlers.Known, len(cfg.Sources))
	for i, src := range cfg.Sources {
		bare[i] = crawlers.Known{Source: src, Memory: &crawlers.Memory{}}
	}
	if !exists(cfg.Data) || cfg.Database == "" && !exists(filepath.Join(cfg.Data, "vigie.db")) {
		return bare, nil
	}
	a, err := app.Open(s, cfg, s.log)
	if err != nil {
		s.note("vigie: only what is configured is shown: %v", err)
		return bare, s.Err()
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
	// Proposed are onion services that pages of the source name; none is visited
	// before a person makes it a mirror.
	Proposed []crawlers.Proposal `json:"proposed"`
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
		Proposed: append([]crawlers.Proposal{}, m.Proposals(k.Source)...),
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

// hostOnly leaves out the credentials of a proxy.
func hostOnly(proxy string) string {
	u, err := url.Parse(proxy)
	if err != nil || u.User == nil {
		return proxy
	}
	u.User = nil
	return u.String()
}
