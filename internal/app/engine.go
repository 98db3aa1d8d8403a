package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"

	"vigie/internal/breach"
	"vigie/workflows"
	"vigie/workflows/codec"
)

// Running is a Temporal server inside this process.
type Running interface {
	Address() string
	Stop()
}

// Engine starts one on a directory. It is nil in builds without it.
type Engine func(ctx context.Context, dir string, log *slog.Logger) (Running, error)

// Work is a running Vigie: client, worker and, when embedded, the server.
type Work struct {
	Client client.Client
	worker worker.Worker
	others []worker.Worker // of visits and hand-overs
	server Running
}

// Start connects to the configured Temporal server, or starts the embedded
// one, and begins to work: workflows, activities and a Schedule per source.
func (a *App) Start(ctx context.Context, engine Engine) (*Work, error) {
	w := &Work{}
	target := codec.Target{
		Address: a.Config.Temporal.Address, Namespace: a.Config.Temporal.Namespace,
		TLSCert: a.Config.Temporal.TLSCert, TLSKey: a.Config.Temporal.TLSKey, TLSCA: a.Config.Temporal.TLSCA,
	}
	if target.Address == "" {
		if engine == nil {
			return nil, fmt.Errorf("this build has no embedded Temporal server and temporal.address is not configured: %w", breach.ErrInvalid)
		}
		server, err := engine(ctx, filepath.Join(a.Config.Data, "temporal"), a.Log)
		if err != nil {
			return nil, fmt.Errorf("starting the workflow engine: %w", err)
		}
		w.server, target.Address = server, server.Address()
	}
	if err := w.connect(ctx, a, target); err != nil {
		w.Stop()
		return nil, err
	}
	return w, nil
}

func (w *Work) connect(ctx context.Context, a *App, target codec.Target) error {
	c, err := codec.Dial(ctx, target, a.Keys.Secret("workflows"), a.Log)
	if err != nil {
		return fmt.Errorf("connecting to the workflow engine at %s: %w", target.Address, err)
	}
	w.Client = c
	w.worker = worker.New(c, workflows.Queue, workflows.WorkerOptions())
	workflows.Register(w.worker)
	a.Steps.Register(w.worker)
	if err := w.worker.Start(); err != nil {
		return fmt.Errorf("starting the worker: %w", err)
	}
	for queue, options := range map[string]worker.Options{workflows.QueueCrawl: workflows.CrawlerOptions(), workflows.QueueSend: workflows.SenderOptions()} {
		other := worker.New(c, queue, options)
		a.Steps.Register(other)
		if err := other.Start(); err != nil {
			return fmt.Errorf("starting the worker on %s: %w", queue, err)
		}
		w.others = append(w.others, other)
	}
	return a.patiently(ctx, func() error { return a.schedule(ctx, c, w) })
}

// Patience with an engine that has just started on a busy machine: a team that
// starts Vigie again in the night must not find it gone.
const (
	startTries = 6
	startPause = time.Second // doubled each time: half a minute in all
)

// patiently repeats what may well succeed in a moment.
func (a *App) patiently(ctx context.Context, do func() error) error {
	pause := startPause
	for try := 1; ; try++ {
		err := do()
		if err == nil || try == startTries || errors.Is(err, breach.ErrInvalid) || errors.Is(err, breach.ErrForbidden) {
			return err
		}
		a.Log.Warn("the workflow engine does not answer yet, trying again", "in", pause, "error", err)
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
		pause *= 2
	}
}

// schedule has each configured source visited, and no other.
func (a *App) schedule(ctx context.Context, c client.Client, w *Work) error {
	var keep []breach.SourceID
	for _, s := range a.Config.Sources {
		keep = append(keep, s.ID)
		if err := workflows.EnsureSchedule(ctx, c, s.ID, s.Every); err != nil {
			return fmt.Errorf("scheduling %s: %w", s.ID, err)
		}
	}
	if err := workflows.PruneSchedules(ctx, c, keep); err != nil {
		return err
	}
	return a.startAlerts(ctx, w)
}

// Stop stops taking work, then the connection, then the server.
func (w *Work) Stop() {
	var all sync.WaitGroup // each waits for what is running
	for _, x := range append(w.others, w.worker) {
		if x != nil {
			all.Go(x.Stop)
		}
	}
	all.Wait()
	if w.Client != nil {
		w.Client.Close()
	}
	if w.server != nil {
		w.server.Stop()
	}
}
