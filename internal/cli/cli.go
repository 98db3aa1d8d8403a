// Package cli is the command line: it reads flags and configuration, opens the
// application, and turns errors into words and exit codes. Data goes to
// standard output; progress and logs go to standard error.
package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/lmittmann/tint"

	"vigie/internal/app"
)

// IO is where a command reads and writes.
type IO struct {
	In       io.Reader
	Out, Err io.Writer
}

// globals are the flags of every command.
type globals struct {
	Config     string `help:"Configuration file (YAML; unknown keys are refused)." type:"path" placeholder:"FILE"`
	Data       string `help:"Data directory (default ./vigie-data, or as configured)." type:"path" placeholder:"DIR"`
	Verbose    bool   `short:"v" help:"Log what is being done."`
	CPUProfile string `name:"cpu-profile" hidden:"" type:"path" help:"Write a CPU profile of the run." placeholder:"FILE"`
}

// commands is the whole command line.
type commands struct {
	globals

	Demo       demoCmd       `cmd:"" help:"Run the whole pipeline on this machine, on invented people."`
	Serve      serveCmd      `cmd:"" help:"Run everything in one process: crawls, workflows, console."`
	Worker     workerCmd     `cmd:"" help:"Run workers only, against an external Temporal server."`
	Source     sourceCmd     `cmd:"" help:"Leak sites as configured."`
	Extract    extractCmd    `cmd:"" help:"Read pages of leak sites: what they are and which posts stand on them."`
	Watch      watchCmd      `cmd:"" help:"Watch-lists of public bodies, suppliers and software."`
	Alert      alertCmd      `cmd:"" help:"Alerts, and their exports to other systems."`
	Report     reportCmd     `cmd:"" help:"What people report."`
	Weather    weatherCmd    `cmd:"" help:"The public cyber-weather of every territory."`
	Search     searchCmd     `cmd:"" help:"Search what was captured."`
	Evidence   evidenceCmd   `cmd:"" help:"List and verify what is kept as evidence."`
	Dump       dumpCmd       `cmd:"" help:"Read a leaked file."`
	Registry   registryCmd   `cmd:"" help:"Protected registries."`
	Match      matchCmd      `cmd:"" help:"Compare a leaked file with registries."`
	Link       linkCmd       `cmd:"" help:"Link the records of two CSV files, or find the duplicates in one."`
	Private    privateCmd    `cmd:"" help:"Compare a leak with a registry that stays with its owner."`
	Audit      auditCmd      `cmd:"" help:"The audit log."`
	Synth      synthCmd      `cmd:"" help:"Invent people, and a leak of them with its truth."`
	SMS        smsCmd        `cmd:"" name:"sms" help:"Text messages."`
	Letter     letterCmd     `cmd:"" help:"Letters."`
	Mark       markCmd       `cmd:"" help:"What proves messages genuine."`
	Text       textCmd       `cmd:"" help:"Languages and easy versions: what is still a draft."`
	Lint       lintCmd       `cmd:"" help:"Check a communication before people read it."`
	Page       pageCmd       `cmd:"" help:"The public page of an incident."`
	Facts      factsCmd      `cmd:"" help:"The facts of an incident, in versions."`
	Extraction extractionCmd `cmd:"" help:"What a controller attests was taken from its registry."`
	Forecast   forecastCmd   `cmd:"" help:"What a plan will cost, and when its last letter leaves."`
	Severity   severityCmd   `cmd:"" help:"ENISA severity of a breach, from JSON on standard input."`
	User       userCmd       `cmd:"" help:"Accounts of the console."`
	Key        keyCmd        `cmd:"" help:"Encryption keys."`
	Purge      purgeCmd      `cmd:"" help:"Destroy what retention no longer allows for an incident."`
	Doctor     doctorCmd     `cmd:"" help:"What is configured, missing, unsafe."`

	// What goes to the authority and to institutions.
	Dossier     dossierCmd        `cmd:"" help:"The notification to the authority (GDPR Art. 33), in several forms."`
	Register    breachRegisterCmd `cmd:"" help:"The register of all breaches (GDPR Art. 33(5))."`
	Institution institutionCmd    `cmd:"" help:"What an institution is given: documents, and the list of its people."`
}

// session is what a command runs with.
type session struct {
	context.Context
	std     IO
	globals *globals
	engine  app.Engine
	log     *slog.Logger
}

// softMemory is the heap from which memory is given back sooner than by
// doubling: a country's index fills most of it.
const softMemory = 5 << 30

// idleHeap is what the collector takes to be in use always: a small heap would
// be collected over and over again while a command starts.
const idleHeap = 32 << 20

// Main runs one command and returns its exit status.
func Main(args []string, std IO, engine app.Engine) int {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(softMemory)
	}
	ballast := make([]byte, idleHeap) // never touched, so that it is no memory
	defer runtime.KeepAlive(ballast)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
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
	stopProfile, err := profile(cmd.CPUProfile)
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

// newLog writes to standard error, quiet unless asked.
func newLog(w io.Writer, verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(tint.NewTextHandler(w, &tint.Options{Level: level, NoColor: !terminal(w) || os.Getenv("NO_COLOR") != ""}))
}

// terminal tells whether a person reads it as it is written.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}
