package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"vigie/crawlers"
	"vigie/crawlers/event"
	"vigie/crawlers/export"
	"vigie/crawlers/report"
	"vigie/crawlers/watch"
	"vigie/internal/breach"
	"vigie/internal/console"
	"vigie/internal/france"
	"vigie/notify"
	"vigie/notify/duty"
	"vigie/workflows"
	"vigie/workflows/activity"
)

// AlertConfig says what follows an alert.
type AlertConfig struct {
	// FalseAlarms is the budget: the share of decided alerts that may be false.
	FalseAlarms float64 `yaml:"false_alarms"`
	Duty        string  `yaml:"duty"` // file of the duty directory (YAML); empty: nobody is woken
	// Exports name the team and mark what leaves it.
	Producer string       `yaml:"producer"`
	Domain   string       `yaml:"domain"` // of identifiers in exports
	TLP      string       `yaml:"tlp"`
	PAP      string       `yaml:"pap"`
	Hooks    []HookConfig `yaml:"hooks"`
	Maildir  string       `yaml:"maildir"` // where reports by e-mail arrive; read every minute
}

// HookConfig is a system that is told what happens to alerts.
type HookConfig struct {
	Name   string `yaml:"name"`
	URL    string `yaml:"url"`
	Secret Secret `yaml:"secret"` // at least 16 characters, shared with the receiver
	Local  bool   `yaml:"local"`  // on this machine
}

const (
	minSecret   = 16
	hookTimeout = 15 * time.Second
)

func (c AlertConfig) check(wrong func(string, ...any) error) error {
	if c.FalseAlarms < 0 || c.FalseAlarms > 1 {
		return wrong("alerts.false_alarms %v: want a share between 0 and 1", c.FalseAlarms)
	}
	if _, err := c.options().Check(); err != nil {
		return wrong("alerts: %v", err)
	}
	seen := map[string]bool{}
	for _, h := range c.Hooks {
		u, err := url.Parse(h.URL)
		switch {
		case notify.CheckKey(h.Name) != nil:
			return wrong("alerts.hooks: name %q: want letters, digits, _ or -", h.Name)
		case seen[h.Name]:
			return wrong("alerts.hooks: %s is there twice", h.Name)
		case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !h.Local):
			return wrong("alerts.hooks: %s: want an https url (http on this machine alone)", h.Name)
		case len(h.Secret) < minSecret:
			return wrong("alerts.hooks: %s: want a secret of at least %d characters", h.Name, minSecret)
		}
		seen[h.Name] = true
	}
	return nil
}

func (c AlertConfig) options() export.Options {
	return export.Options{Producer: c.Producer, Domain: c.Domain, TLP: c.TLP, PAP: c.PAP}
}

// ExportOptions are the markings of exports, as configured.
func (a *App) ExportOptions() export.Options { return a.Config.Alerts.options() }

// EquipDesk opens what lists and exports need. Unlike Equip it leaves the
// search index to the process that serves.
func (a *App) EquipDesk() {
	a.Steps = &activity.Steps{Store: a.Store, Keys: a.Keys, Vault: a.Vault, Now: now, Log: a.Log, Sources: map[breach.SourceID]breach.Source{}}
	for _, s := range a.Config.Sources {
		a.Steps.Sources[s.ID] = s
	}
}

// EquipReports opens what taking in reports needs, beside a process that serves.
func (a *App) EquipReports(ctx context.Context) error {
	a.EquipDesk()
	fr, err := france.Load()
	if err != nil {
		return fmt.Errorf("loading the French statistics: %w", err)
	}
	a.Steps.Registries = &activity.Registries{Dir: filepath.Join(a.Config.Data, "registries"), Keys: a.Keys, Seen: a.Store, Models: a.Store}
	entities, err := a.entities(a.Steps.Registries)
	if err != nil {
		return err
	}
	a.Steps.Watch = watch.New(fr, entities...)
	if err := a.openChannels(ctx); err != nil {
		return err
	}
	return a.equipAlerts()
}

// equipAlerts gives the steps whom to wake and whom to tell.
func (a *App) equipAlerts() error {
	cfg := a.Config.Alerts
	a.Steps.Hooks = map[string]activity.Hook{}
	for _, h := range cfg.Hooks {
		a.Steps.Hooks[h.Name] = activity.Hook{URL: h.URL, Secret: []byte(h.Secret), Export: cfg.options(), Client: crawlers.Client(h.Local, hookTimeout)}
	}
	a.Steps.Duties.From = cfg.Producer
	if a.Steps.Duties.From == "" {
		a.Steps.Duties.From = "Vigie"
	}
	a.Steps.Duties.Console = a.Config.Console.address()
	// Without a mail server, pages by e-mail rest where those by SMS do.
	box, err := notify.NewOutbox(filepath.Join(a.Config.Channels.Outbox, "pages"), ".json")
	if err != nil {
		return err
	}
	channels := maps.Clone(a.Steps.Channels)
	if _, ok := channels[breach.ChannelEmail]; !ok {
		channels[breach.ChannelEmail] = pageBox{box}
	}
	a.Steps.Duties.Channels = channels
	if cfg.Duty == "" {
		return nil
	}
	f, err := os.Open(cfg.Duty)
	if err != nil {
		return fmt.Errorf("reading the duty directory: %w", err)
	}
	defer func() { _ = f.Close() }()
	a.Steps.Duties.Directory, err = duty.Read(f)
	return err
}

// pageBox writes pages to a directory from which a gateway takes them over.
type pageBox struct{ *notify.Outbox }

// Channel says that it stands in for e-mail.
func (pageBox) Channel() breach.Channel { return breach.ChannelEmail }

// Send writes the page's words and where they go.
func (b pageBox) Send(ctx context.Context, e notify.Envelope) (string, error) {
	var text []string
	for _, x := range e.Doc.Blocks {
		text = append(text, x.Text...)
	}
	raw, err := json.MarshalIndent(struct {
		Key, To, Title string
		Text           []string
	}{e.Key, e.To.Email, e.Doc.Title, text}, "", "  ")
	if err != nil {
		return "", err
	}
	return b.Put(ctx, e.Key, append(raw, '\n'))
}

// Ask tells whether the file is there.
func (b pageBox) Ask(ctx context.Context, key string) (string, bool, error) { return b.Has(ctx, key) }

// startAlerts starts what follows alerts: who is still to be woken, whom to
// tell, and the reading of reports by e-mail.
func (a *App) startAlerts(ctx context.Context, w *Work) error {
	a.Steps.Duties.Start = func(ctx context.Context, id breach.AlertID) error { return workflows.StartDuty(ctx, w.Client, id) }
	open, err := a.Store.OpenDuties(ctx)
	if err != nil {
		return err
	}
	for _, d := range open {
		if err := a.Steps.Duties.Start(ctx, d.Alert); err != nil {
			return err
		}
	}
	if a.Steps.Duties.Directory != nil {
		if err := workflows.StartLane(ctx, w.Client); err != nil {
			return err
		}
	}
	for name := range a.Steps.Hooks {
		if err := workflows.StartRelay(ctx, w.Client, name); err != nil {
			return err
		}
	}
	if feed := a.Config.Names.Feed; feed != "" {
		go a.readNames(ctx, feed)
	}
	if dir := a.Config.Alerts.Maildir; dir != "" {
		go a.readMail(ctx, dir)
	}
	return nil
}

// mailEvery is how often the maildir is read.
const mailEvery = time.Minute

func (a *App) readMail(ctx context.Context, dir string) {
	for {
		if _, err := a.ReadMail(ctx, dir); err != nil && ctx.Err() == nil {
			a.Log.Error("reading reports by e-mail", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(mailEvery):
		}
	}
}

// ReadMail files what arrived in a maildir and answers people.
func (a *App) ReadMail(ctx context.Context, dir string) (taken int, err error) {
	return report.Maildir(dir, func(f report.Filing, err error) error {
		if err == nil {
			_, err = a.FileMail(ctx, f)
		}
		if errors.Is(err, breach.ErrInvalid) {
			a.Log.Warn("a report by e-mail was refused", "error", err)
		}
		return err
	})
}

// FileMail files a report that came by e-mail and answers its sender.
func (a *App) FileMail(ctx context.Context, f report.Filing) (string, error) {
	receipt, err := a.Steps.File(ctx, f)
	if err != nil {
		return "", err
	}
	if err := a.Steps.Acknowledge(ctx, f, receipt); err != nil {
		a.Log.Warn("a report was not acknowledged", "report", receipt)
	}
	return receipt, nil
}

// alertConsole gives the console what follows alerts.
func (a *App) alertConsole(cfg *console.Config, w *Work) {
	cfg.FalseAlarmBudget = a.Config.Alerts.FalseAlarms
	cfg.Wakes = a.wakes
	cfg.StartDuty = func(ctx context.Context, id breach.AlertID) error { return workflows.StartDuty(ctx, w.Client, id) }
	cfg.NudgeDuty = func(ctx context.Context, id breach.AlertID) error { return workflows.NudgeDuty(ctx, w.Client, id) }
	cfg.CodeDigest = a.Steps.CodeDigest
	cfg.Concerned = a.concerned
	key := sha256.Sum256(append([]byte("form "), a.Keys.Secret("report form")...))
	cfg.FormKey = key[:]
	cfg.File = func(ctx context.Context, f console.ReportForm) (string, error) {
		x := report.Filing{Channel: "form", Kind: f.Kind, Role: f.Role, Body: f.Body, Text: f.Text, Contact: f.Contact}
		for _, file := range f.Files {
			x.Files = append(x.Files, report.File{Name: file.Name, Data: file.Data})
		}
		return a.Steps.File(ctx, x)
	}
}

// wakes says whom an alert would wake if a person asked.
func (a *App) wakes(x breach.Alert) (out []console.Wake) {
	if a.Steps.Duties.Directory == nil {
		return nil
	}
	for _, r := range a.Steps.Duties.Directory.Ladder(x, true) {
		for _, c := range r.Contacts {
			out = append(out, console.Wake{Role: r.Role, Name: c.Name, Channels: c.Channels()})
		}
	}
	return out
}

// concerned lists the bodies that an alert on a supplier or its software
// concerns: those the watch-lists know as users, and those whose registry is
// kept in it.
func (a *App) concerned(x breach.Alert) (out []console.Concerned) {
	if x.Kind != "software" && x.Kind != "supplier" {
		return nil
	}
	for _, b := range a.Steps.Watch.Concerned(x.Entity) {
		out = append(out, console.Concerned(b))
	}
	names, err := a.Steps.Registries.List()
	if err != nil {
		return out
	}
	for _, n := range names {
		reg, err := a.Steps.Registries.Open(n)
		if err != nil || reg.Manifest().System != x.Entity {
			continue
		}
		for _, c := range reg.Manifest().Controllers {
			k := console.Concerned{Name: c.Name, Kind: c.Kind, Why: "its registry is kept in " + x.Entity}
			if c.SIREN != "" {
				k.Code = "siren:" + c.SIREN
			}
			if !slices.ContainsFunc(out, func(o console.Concerned) bool { return o.Name == k.Name }) {
				out = append(out, k)
			}
		}
	}
	return out
}

// eventsBack is how far back posts are remembered that tell of one event.
const eventsBack = 400 * 24 * time.Hour

// events names the event that a post tells of, from the posts of all alerts:
// mirrors, reposts, renames and parts are one. It is made anew at each start,
// in the order in which posts were first seen, and so says the same.
func (a *App) events(ctx context.Context) (func(breach.Post) string, error) {
	alerts, err := a.Store.AlertsSince(ctx, now().Add(-eventsBack))
	if err != nil {
		return nil, err
	}
	var posts []breach.Post
	for _, x := range alerts {
		seen, err := a.Store.Sightings(ctx, x.ID)
		if err != nil {
			return nil, err
		}
		for _, s := range seen {
			p, err := a.Store.Post(ctx, s.Post)
			if errors.Is(err, breach.ErrNotFound) || s.Source == breach.SourceReport || s.Source == breach.SourceMark {
				continue
			}
			if err != nil {
				return nil, err
			}
			posts = append(posts, p)
		}
	}
	slices.SortStableFunc(posts, func(a, b breach.Post) int {
		return cmp.Or(a.FirstSeenAt.Compare(b.FirstSeenAt), cmp.Compare(a.ID, b.ID))
	})
	var mu sync.Mutex
	book := &event.Book{}
	for _, p := range posts {
		book.Add(p)
	}
	return func(p breach.Post) string {
		mu.Lock()
		defer mu.Unlock()
		id, _ := book.Add(p)
		return string(id)
	}, nil
}
