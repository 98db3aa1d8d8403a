//go:build !noembed

package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"

	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/temporal"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"vigie/internal/breach"
)

// Namespace is the namespace that the server is made with.
const Namespace = "vigie"

// startLimit bounds one start; half a second is usual. attempts is how often
// other ports are tried.
const (
	startLimit = time.Minute
	attempts   = 5
)

// checkpointEvery is how often the write-ahead logs are truncated, so that
// what was deleted does not linger in them.
const checkpointEvery = 10 * time.Minute

// Config says where the server keeps its files and whom it tells its errors.
type Config struct {
	Dir string       // made if missing, readable by its owner alone
	Log *slog.Logger // nil: quiet
}

// Server is a running server.
type Server struct {
	address string
	files   []string
	inner   temporal.Server
	log     *logger
	unlock  func()
	stop    sync.Once
	stopped chan struct{}
}

// Start starts a server on a directory and returns when it answers. It is a
// breach.ErrConflict when another process uses the directory, and a
// breach.ErrInvalid when its files were made by another version of the server.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	return start(ctx, cfg, freePorts)
}

func start(ctx context.Context, cfg Config, pick func() (ports, error)) (*Server, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the workflow directory: %w", err)
	}
	unlock, err := lock(cfg.Dir)
	if err != nil {
		return nil, err
	}
	s := &Server{unlock: unlock, stopped: make(chan struct{})}
	if s.files, err = prepare(ctx, cfg.Dir); err == nil {
		err = s.open(ctx, cfg, pick)
	}
	if err != nil {
		unlock()
		return nil, err
	}
	go s.checkpoints()
	return s, nil
}

// open starts the services. A port may be taken between its choice and its
// use: then others are tried.
func (s *Server) open(ctx context.Context, cfg Config, pick func() (ports, error)) error {
	for try := 1; ; try++ {
		p, err := pick()
		if err != nil {
			return fmt.Errorf("choosing ports for the workflow server: %w", err)
		}
		s.log = newLogger(cfg.Log)
		s.address = p.address(p[0])
		err = s.launch(settings(s.files, p))
		if err == nil {
			err = s.ready(ctx)
		}
		if err == nil {
			s.log.enter(running)
			return nil
		}
		s.close()
		if !errors.Is(err, syscall.EADDRINUSE) || try == attempts {
			return fmt.Errorf("starting the workflow server: %w", err)
		}
	}
}

// launch runs the start in a goroutine of its own: where the server's code
// gives up for good it calls Logger.Fatal, which ends that goroutine instead
// of the process.
func (s *Server) launch(cfg *config.Config) error {
	if err := makeNamespace(cfg); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		srv, err := s.build(cfg)
		if err == nil {
			s.inner = srv
			s.log.enter(starting)
			err = srv.Start()
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-s.log.fatal:
		if s.log.phase.Load() == building {
			return <-done // it unwinds first
		}
		return s.log.fatality()
	case <-time.After(startLimit):
		return fmt.Errorf("no answer after %s: %w", startLimit, breach.ErrTemporary)
	}
}

// build makes the services; they take their ports here.
func (s *Server) build(cfg *config.Config) (srv temporal.Server, err error) {
	defer func() {
		why := s.log.fatality()
		if p := recover(); p != nil && why == nil {
			panic(p) // not Logger.Fatal's
		}
		if why != nil {
			srv, err = nil, why
		}
	}()
	return temporal.NewServer(
		temporal.WithConfig(cfg),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts(cfg)),
		temporal.WithLogger(s.log),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
		temporal.WithClaimMapper(func(*config.Config) authorization.ClaimMapper { return authorization.NewNoopClaimMapper() }),
		temporal.WithDynamicConfigClient(tuning),
	)
}

// ready waits until the frontend serves.
func (s *Server) ready(ctx context.Context) error {
	conn, err := grpc.NewClient(s.address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		answer, err := healthpb.NewHealthClient(conn).Check(ctx,
			&healthpb.HealthCheckRequest{Service: "temporal.api.workflowservice.v1.WorkflowService"})
		if err == nil && answer.Status == healthpb.HealthCheckResponse_SERVING {
			return nil
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-s.log.fatal:
			return s.log.fatality()
		case <-ctx.Done():
			return fmt.Errorf("waiting for the frontend: %w", ctx.Err())
		}
	}
}

// Address is where clients of this machine connect: host:port.
func (s *Server) Address() string { return s.address }

// Stop ends the server, about a second, and leaves its directory to others.
// Stop workers and close clients before. Stopping again does nothing.
func (s *Server) Stop() {
	s.stop.Do(func() {
		close(s.stopped)
		s.close()
		s.truncate()
		s.unlock()
	})
}

// close stops the services, however far they came.
func (s *Server) close() {
	s.log.mute()
	if s.inner != nil {
		_ = s.inner.Stop() // it always returns nil
		s.inner = nil
	}
}
