// Package cli is the command line: it reads flags and configuration, opens the
// application, and turns errors into words and exit codes. Data goes to
// standard output; progress and logs go to standard error.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/lmittmann/tint"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/internal/seal"
)

// Exit codes: scripts rely on them.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitRefused     = 3
	exitInterrupted = 130
)

// IO is where a command reads and writes.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
}

// globals are the flags of every command.
type globals struct {
	Config  string `help:"Configuration file (YAML; unknown keys are refused)." type:"path" placeholder:"FILE"`
	Data    string `help:"Data directory." default:"./vigie-data" type:"path" placeholder:"DIR"`
	Verbose bool   `short:"v" help:"Log what is being done."`
	Profile string `hidden:"" type:"path" help:"Write a CPU profile of the run." placeholder:"FILE"`
}

// commands is the whole command line.
type commands struct {
	globals

	Demo     demoCmd     `cmd:"" help:"Run the whole pipeline on this machine, on invented people."`
	Serve    serveCmd    `cmd:"" help:"Run everything in one process: crawls, workflows, console."`
	Worker   workerCmd   `cmd:"" help:"Run workers only, against an external Temporal server."`
	Source   sourceCmd   `cmd:"" help:"Leak sites as configured."`
	Search   searchCmd   `cmd:"" help:"Search what was captured."`
	Evidence evidenceCmd `cmd:"" help:"List and verify what is kept as evidence."`
	Dump     dumpCmd     `cmd:"" help:"Read a leaked file."`
	Registry registryCmd `cmd:"" help:"Protected registries."`
	Match    matchCmd    `cmd:"" help:"Compare a leaked file with registries."`
	Audit    auditCmd    `cmd:"" help:"The audit log."`
	Synth    synthCmd    `cmd:"" help:"Invent people, and a leak of them with its truth."`
	SMS      smsCmd      `cmd:"" name:"sms" help:"Text messages."`
	Severity severityCmd `cmd:"" help:"ENISA severity of a breach, from JSON on standard input."`
	User     userCmd     `cmd:"" help:"Accounts of the console."`
	Key      keyCmd      `cmd:"" help:"Encryption keys."`
	Purge    purgeCmd    `cmd:"" help:"Destroy what retention no longer allows for an incident."`
	Doctor   doctorCmd   `cmd:"" help:"What is configured, missing, unsafe."`
}

// session is what a command runs with.
type session struct {
	context.Context
	std     IO
	globals *globals
	engine  app.Engine
	log     *slog.Logger
}

// errRefused makes a command end with exit status 3: the rest was done.
var errRefused = errors.New("some input was refused")

// Main runs one command and returns its exit status.
func Main(args []string, std IO, engine app.Engine) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var cmd commands
	exited := -1
	parser, err := kong.New(&cmd,
		kong.Name("vigie"),
		kong.Description("Vigie watches leak sites, compares stolen files with protected registries, and tells the people concerned."),
		kong.Writers(std.Out, std.Err), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Exit(func(code int) { exited = code }),
	)
	if err != nil {
		_, _ = fmt.Fprintln(std.Err, "vigie:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := parser.Parse(args)
	if exited >= 0 { // --help
		return exited
	}
	if err != nil {
		_, _ = fmt.Fprintf(std.Err, "vigie: %v\nhint: vigie --help\n", err)
		return exitUsage
	}
	s := &session{Context: ctx, std: std, globals: &cmd.globals, engine: engine, log: newLog(std.Err, cmd.Verbose)}
	stopProfile, err := profile(cmd.Profile)
	if err != nil {
		return s.exit(err)
	}
	defer stopProfile()
	return s.exit(kctx.Run(s))
}

// profile writes a CPU profile until stop is called.
func profile(path string) (stop func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() { pprof.StopCPUProfile(); _ = f.Close() }, nil
}

// exit prints an error as a person wants to read it and chooses the status.
func (s *session) exit(err error) int {
	switch {
	case err == nil:
		return exitDone
	case s.Err() != nil && errors.Is(err, context.Canceled):
		_, _ = fmt.Fprintln(s.std.Err, "vigie: interrupted; what was accepted is kept, start again to go on")
		return exitInterrupted
	case errors.Is(err, errRefused):
		return exitRefused
	}
	_, _ = fmt.Fprintln(s.std.Err, "vigie:", err)
	if h := hint(err); h != "" {
		_, _ = fmt.Fprintln(s.std.Err, "hint:", h)
	}
	var refused *breach.RefusedError
	var usage usageError
	switch {
	case errors.As(err, &refused):
		return exitRefused
	case errors.As(err, &usage):
		return exitUsage
	}
	return exitFailed
}

// usageError is a wrong flag or a wrong configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// hint says what to do about an error that people meet often.
func hint(err error) string {
	var refused *breach.RefusedError
	switch {
	case errors.As(err, &refused):
		return refused.Hint
	case errors.Is(err, seal.ErrKey):
		return "name the key directory that belongs to this data: keys in the configuration, or VIGIE_KEYS"
	case errors.Is(err, syscall.ENOSPC):
		return "the disk is full; nothing accepted is lost: free some space and start again"
	case errors.Is(err, syscall.EADDRINUSE):
		return "another program listens there; choose another address with --listen, or port 0 for any"
	case errors.Is(err, os.ErrPermission):
		return "the file's owner must be the user who runs vigie"
	}
	return ""
}

// newLog writes to standard error, quiet unless asked.
func newLog(w io.Writer, verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelDebug
	}
	_, terminal := w.(*os.File)
	return slog.New(tint.NewHandler(w, &tint.Options{Level: level, NoColor: !terminal || os.Getenv("NO_COLOR") != ""}))
}

// load reads the configuration.
func (s *session) load() (app.Config, error) {
	cfg, err := app.Load(s.globals.Config, s.globals.Data)
	if err != nil {
		return cfg, usageError{err}
	}
	return cfg, nil
}

// open opens what every command shares.
func (s *session) open() (*app.App, error) {
	cfg, err := s.load()
	if err != nil {
		return nil, err
	}
	return app.Open(s, cfg, s.log)
}

// equip opens everything but the engine.
func (s *session) equip() (*app.App, error) {
	a, err := s.open()
	if err != nil {
		return nil, err
	}
	if err := a.Equip(s); err != nil {
		_ = a.Close()
		return nil, err
	}
	return a, nil
}
