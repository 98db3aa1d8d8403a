package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
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
	Client  client.Client
	workers []worker.Worker // one a queue
	server  Running
}

// Queues are the task queues that Start takes, and works on when none is named.
func Queues() []string {
	return []string{workflows.Queue, workflows.QueueCrawl, workflows.QueueSend}
}

// optionsOf are the settings of a worker on a queue.
func optionsOf(queue string) worker.Options {
	switch queue {
	case workflows.Queue:
		return workflows.WorkerOptions()
	case workflows.QueueCrawl:
		return workflows.CrawlerOptions()
	}
	return workflows.SenderOptions()
}

// Start connects to the configured Temporal server, or starts the embedded
// one, and begins to work: workflows, activities and a Schedule per source.
// Queues narrow it to those of Queues, or to workflows.QueueMatch of a registry.
func (a *App) Start(ctx context.Context, engine Engine, only ...string) (*Work, error) {
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
	if len(only) == 0 {
		only = Queues()
	}
	if err := w.connect(ctx, a, target, only); err != nil {
		w.Stop()
		return nil, err
	}
	return w, nil
}

func (w *Work) connect(ctx context.Context, a *App, target codec.Target, only []string) error {
	c, err := codec.Dial(ctx, target, a.Keys.Secret("workflows"), a.Log)
	if err != nil {
		return fmt.Errorf("connecting to the workflow engine at %s: %w", target.Address, err)
	}
	w.Client = c
	for _, queue := range only {
		one := worker.New(c, queue, optionsOf(queue))
		a.Steps.Register(one)
		if queue == workflows.Queue {
			workflows.Register(one)
		}
		if err := one.Start(); err != nil {
			return fmt.Errorf("starting the worker on %s: %w", queue, err)
		}
		w.workers = append(w.workers, one)
	}
	if !slices.Contains(only, workflows.Queue) { // schedules are for who runs workflows
		return nil
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
	for _, x := range w.workers {
		all.Go(x.Stop)
	}
	all.Wait()
	if w.Client != nil {
		w.Client.Close()
	}
	if w.server != nil {
		w.server.Stop()
	}
}
