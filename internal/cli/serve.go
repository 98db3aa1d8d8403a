package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/workflows"
)

// serveCmd runs everything in one process.
type serveCmd struct {
	Listen string `help:"Address of the console; port 0 chooses a free one." placeholder:"HOST:PORT"`
}

// Help shows examples.
func (serveCmd) Help() string {
	return "Examples:\n  vigie serve --config vigie.yaml\n  vigie serve --data /srv/vigie --listen 127.0.0.1:0"
}

// Run serves until it is told to stop.
func (c serveCmd) Run(s *session) error {
	began := time.Now()
	cfg, err := s.load()
	if err != nil {
		return err
	}
	if c.Listen != "" {
		cfg.Console.Listen = c.Listen
	}
	if err := s.engineFor(cfg); err != nil {
		return err
	}
	a, err := app.Open(s, cfg, s.log)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if err := a.Equip(s); err != nil {
		return err
	}
	w, err := a.Start(s, s.engine)
	if err != nil {
		return err
	}
	defer w.Stop()
	if err := a.Resume(s, w); err != nil {
		return err
	}
	defer a.KeepAnchored(s)()
	defer a.KeepListening(s)()
	defer a.KeepReleased(s)()
	defer a.KeepPages(s)()
	web, err := a.Console(s, w)
	if err != nil {
		return err
	}
	defer web.Close()
	_, _ = fmt.Fprintf(s.std.Err, "console: %s (ready in %.1f s); Ctrl-C stops, nothing is lost\n", web.URL, time.Since(began).Seconds())
	if web.PublicURL != "" {
		_, _ = fmt.Fprintf(s.std.Err, "public form: %sreport\n", web.PublicURL)
	}
	if err := a.ReviewPast(s, false); err != nil && s.Err() == nil {
		a.Log.Error("a new list or query did not run over the past", "error", err)
	}
	<-s.Done()
	return s.Err()
}

// engineFor tells early that nothing could run workflows.
func (s *session) engineFor(cfg app.Config) error {
	if cfg.Temporal.Address == "" && s.engine == nil {
		return usage("this build has no embedded Temporal server: temporal.address in the configuration names an external one")
	}
	return nil
}

// workerCmd runs workers against an external server.
type workerCmd struct {
	Queue    []string            `help:"Task queue to serve: vigie, vigie-crawl or vigie-send (default: all; may be repeated)." placeholder:"NAME"`
	Registry []breach.RegistryID `help:"Serve the matching of this registry of linkage.apart, and no other queue unless --queue names it (may be repeated)." placeholder:"NAME"`
}

// Help shows examples.
func (workerCmd) Help() string {
	return "Needs temporal.address in the configuration.\n\nExamples:\n  vigie worker --config vigie.yaml\n  vigie worker --queue vigie-crawl --config vigie.yaml\n  vigie worker --registry civil --config vigie.yaml"
}

// Run works until it is told to stop.
func (c workerCmd) Run(s *session) error {
	cfg, err := s.load()
	if err != nil {
		return err
	}
	if cfg.Temporal.Address == "" {
		return usage("worker: temporal.address is not configured; the embedded server belongs to vigie serve")
	}
	queues, err := c.queues(cfg)
	if err != nil {
		return err
	}
	a, err := app.Open(s, cfg, s.log)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	if err := a.Equip(s, queues...); err != nil {
		return err
	}
	w, err := a.Start(s, nil, queues...)
	if err != nil {
		return err
	}
	defer w.Stop()
	_, _ = fmt.Fprintln(s.std.Err, "working; Ctrl-C stops, nothing is lost")
	<-s.Done()
	return s.Err()
}

// queues are what a worker was told to serve; none means all but matching apart.
func (c workerCmd) queues(cfg app.Config) ([]string, error) {
	for _, q := range c.Queue {
		if !slices.Contains(app.Queues(), q) {
			return nil, usage("worker: there is no queue %q; there are %s", q, strings.Join(app.Queues(), ", "))
		}
	}
	queues := slices.Clone(c.Queue)
	for _, r := range c.Registry {
		if !slices.Contains(cfg.Linkage.Apart, r) {
			return nil, usage("worker: the registry %q is not under linkage.apart: any worker does its matching", r)
		}
		queues = append(queues, workflows.QueueMatch(r))
	}
	return queues, nil
}
