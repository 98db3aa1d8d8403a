package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"vigie/internal/app"
	"vigie/internal/breach"
	"vigie/notify/email"
)

// Options say how to play.
type Options struct {
	Config   app.Config
	Engine   app.Engine
	People   int
	Seed     uint64
	Exit     bool // play the people too, then leave
	Log      *slog.Logger
	Progress io.Writer
}

// sourceID names the invented leak site.
const sourceID = breach.SourceID("quiet-harbour")

// crawlEvery is how often the demo visits its leak site. A real one is visited
// every quarter of an hour or so.
const crawlEvery = 2 * time.Second

// show is a demo in progress.
type show struct {
	Options
	dir   string // of the invented world, inside the data directory
	world world
	app   *app.App
	work  *app.Work
	web   *app.Web
	site  *site
	sink  *sink
	cast  map[breach.UserID]account
	owns  []breach.Controller
	clock stopwatch
	began time.Time

	closers []func()
}

// Run plays the demo. Without Exit it returns nil when ctx ends.
func Run(ctx context.Context, o Options) (*Summary, error) {
	s := &show{Options: o, dir: filepath.Join(o.Config.Data, "demo"), began: time.Now()}
	s.clock.out = o.Progress
	defer s.close()
	if err := s.open(ctx); err != nil {
		return nil, err
	}
	if !o.Exit {
		s.invite()
		<-ctx.Done()
		return nil, nil
	}
	sum, err := s.play(ctx)
	if err != nil && diskFull(o.Config.Data) {
		err = fmt.Errorf("%w: %w", err, syscall.ENOSPC)
	}
	return sum, err
}

// diskFull tells whether the data directory has no room left to speak of: the
// people of the demo only see that the console is in trouble.
func diskFull(dir string) bool {
	const least = 4 << 20 // bytes
	var st syscall.Statfs_t
	return syscall.Statfs(dir, &st) == nil && st.Bavail*uint64(st.Bsize) < least
}

// open builds the world and starts everything.
func (s *show) open(ctx context.Context) error {
	s.clock.enter("prepare")
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	s.world = world{dir: filepath.Join(s.dir, "world"), people: s.People, seed: s.Seed}
	if _, err := os.Stat(s.world.dir); err == nil {
		s.say("going on with the country and the data in %s", s.Config.Data)
	} else {
		s.say("inventing %d people and protecting them in two registries", s.People)
	}
	if err := s.world.make(ctx); err != nil {
		return err
	}
	if err := s.register(ctx); err != nil {
		return err
	}
	if err := s.outside(); err != nil {
		return err
	}
	s.Config.Channels.SMS.AnyHour = true       // a demonstration does not wait for the morning
	s.Config.Linkage.Ceiling = int64(s.People) // the leak is theirs: nobody is surprised
	s.Config.Sources = []breach.Source{{ID: sourceID, URL: s.site.url(), Every: crawlEvery, Local: true}}
	s.say("starting the workflow engine, the crawler and the console")
	var err error
	if s.app, err = app.Open(ctx, s.Config, s.Log); err != nil {
		return err
	}
	s.closers = append(s.closers, func() { _ = s.app.Close() })
	if err := s.app.Equip(ctx); err != nil {
		return err
	}
	if s.sink != nil {
		if err := s.app.UseSMTP(email.Config{
			Addr: s.sink.addr, From: s.Config.Channels.EmailFrom, NeutralName: s.Config.Channels.NeutralName, Asker: s.sink, Conns: 8,
		}); err != nil {
			return err
		}
	}
	if s.cast, err = hire(ctx, s.app, s.dir, s.owns); err != nil {
		return err
	}
	if s.work, err = s.app.Start(ctx, s.Engine); err != nil {
		return err
	}
	s.closers = append(s.closers, s.work.Stop)
	if err := s.app.Resume(ctx, s.work); err != nil {
		return err
	}
	if s.web, err = s.app.Console(ctx, s.work); err != nil {
		return err
	}
	s.closers = append(s.closers, s.web.Close)
	s.clock.leave("prepare")
	return s.site.publish(time.Now())
}

// register protects the two registries before anything else opens them, and
// learns who answers for them.
func (s *show) register(ctx context.Context) error {
	keys, err := app.Keys(ctx, s.Config)
	if err != nil {
		return err
	}
	if s.Config.Keys == filepath.Clean(s.Config.Data)+".keys" {
		s.say("warning: keys lie beside the data, in %s; a real Vigie keeps them elsewhere", s.Config.Keys)
	}
	s.owns, err = s.world.protect(ctx, s.Config.Data, keys)
	return err
}

// outside starts what is not Vigie: the leak site and, unless the
// configuration names one, the mail carrier.
func (s *show) outside() error {
	var target string
	for _, c := range s.owns {
		if c.Kind == "mission_locale" {
			target = c.Name
			break
		}
	}
	var err error
	if s.site, err = openSite(s.dir, s.world.leak(), target); err != nil {
		return err
	}
	s.closers = append(s.closers, s.site.close)
	if s.Config.Channels.SMTP != "" { // somebody wants to see how it fares with a carrier of theirs
		return nil
	}
	if s.sink, err = openSink(filepath.Join(s.Config.Channels.Outbox, "email")); err != nil {
		return err
	}
	s.closers = append(s.closers, s.sink.close)
	return nil
}

func (s *show) close() {
	for _, f := range slices.Backward(s.closers) {
		f()
	}
}

func (s *show) say(format string, args ...any) {
	_, _ = fmt.Fprintf(s.Progress, "%6.2fs  %s\n", time.Since(s.began).Seconds(), fmt.Sprintf(format, args...))
}

// invite tells a person how to play.
func (s *show) invite() {
	s.say("console: %s", s.web.URL)
	var names []breach.UserID
	for id := range s.cast {
		names = append(names, id)
	}
	slices.Sort(names)
	for _, id := range names {
		a := s.cast[id]
		_, _ = fmt.Fprintf(s.Progress, "  %-8s %s (%s)\n           password %s  totp %s\n", id, a.User.Name, a.User.Roles[0], a.Password, a.TOTP)
	}
	s.say("the leak site is %s; its files, and the outbox, are under %s; Ctrl-C stops, nothing is lost", s.site.url(), s.Config.Data)
}

// play lets the cast act until the incident is done, and sums up.
func (s *show) play(ctx context.Context) (*Summary, error) {
	s.clock.enter("crawl")
	watching, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { s.watch(watching) })
	defer func() { stop(); wg.Wait() }()
	st := stage{controllers: map[breach.ControllerID]*player{}, briefed: map[breach.ControllerID]bool{}, began: s.began}
	for id, acc := range s.cast {
		p, err := newPlayer(acc, s.web.URL, s.dir)
		if err != nil {
			return nil, err
		}
		switch {
		case acc.User.Has(breach.RoleAnalyst):
			st.analyst = p
		case acc.User.Has(breach.RoleReviewer):
			st.reviewer = p
		case acc.User.Has(breach.RoleApprover):
			st.approver = p
		case acc.User.Has(breach.RoleController):
			st.controllers[acc.User.Controller] = p
		case id == "":
			return nil, errors.New("an account without a name")
		}
	}
	st.refuses = s.refusing()
	id, err := st.play(ctx)
	if err != nil {
		return nil, err
	}
	stop()
	wg.Wait()
	return s.sum(ctx, id)
}

// refusing chooses the last Mission Locale to decide not to tell, so that the
// demo shows that the others go on.
func (s *show) refusing() breach.ControllerID {
	var last breach.ControllerID
	for _, c := range s.owns {
		if c.Kind == "mission_locale" {
			last = c.ID
		}
	}
	return last
}

// watch follows the incident's stage, for the times and the progress lines.
func (s *show) watch(ctx context.Context) {
	for ctx.Err() == nil {
		list, err := s.app.Store.Incidents(ctx)
		if err == nil && len(list) > 0 {
			s.clock.enter(string(list[0].Stage))
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// sum gathers the summary.
func (s *show) sum(ctx context.Context, id breach.IncidentID) (*Summary, error) {
	t, err := readTruth(s.world.truth())
	if err != nil {
		return nil, err
	}
	out := &Summary{People: s.People, Seed: s.Seed, Incident: id}
	if err := out.found(ctx, s.app, t, id); err != nil {
		return nil, err
	}
	if err := out.told(ctx, s.app, id); err != nil {
		return nil, err
	}
	if out.Outbox, err = countOutbox(s.Config.Channels.Outbox); err != nil {
		return nil, err
	}
	rep, err := s.app.Store.VerifyAudit(ctx, nil)
	if err != nil {
		return nil, err
	}
	out.AuditEntries, out.AuditOK = rep.Entries, rep.OK
	if err := s.times(ctx, out, id); err != nil {
		return nil, err
	}
	out.Where = []Place{
		{"outbox", s.Config.Channels.Outbox},
		{"public page", filepath.Join(s.app.Steps.PageDir, string(id), "index.html")},
		{"dossiers", filepath.Join(s.app.Steps.DossierDir, string(id))},
		{"evidence", filepath.Join(s.Config.Data, "evidence")},
		{"truth", s.world.truth()},
		{"again", fmt.Sprintf("vigie demo --people %d --data %s (then open the console)", s.People, s.Config.Data)},
	}
	return out, nil
}

func (s *show) times(ctx context.Context, out *Summary, id breach.IncidentID) error {
	inc, err := s.app.Store.Incident(ctx, id)
	if err != nil {
		return err
	}
	alert, err := s.app.Store.Alert(ctx, inc.Alert)
	if err != nil {
		return err
	}
	out.AlertSeconds = alert.RaisedAt.Sub(s.site.appeared()).Seconds()
	out.Stages = s.clock.times()
	out.Seconds = time.Since(s.began).Seconds()
	for _, st := range out.Stages {
		if st.Seconds <= 0 {
			continue
		}
		switch st.Stage {
		case string(breach.StageMatch):
			out.RowsPerSec = float64(out.Rows*int64(len(out.After))) / st.Seconds
		case string(breach.StageSend):
			out.MsgsPerSec = float64(out.Outbox.Emails+out.Outbox.SMS+out.Outbox.Letters) / st.Seconds
		}
	}
	return nil
}
