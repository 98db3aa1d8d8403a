// Package app puts Vigie together: configuration, keys, store, evidence,
// rooms, workflow engine and console, as one value that commands and tests
// open and close. Nothing here decides anything.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"vigie/crawlers"
	"vigie/crawlers/extract"
	"vigie/crawlers/index"
	"vigie/crawlers/render"
	"vigie/crawlers/watch"
	"vigie/internal/breach"
	"vigie/internal/evidence"
	"vigie/internal/france"
	"vigie/internal/reading"
	"vigie/internal/seal"
	"vigie/internal/seal/kms"
	"vigie/internal/store"
	"vigie/matchers/dump/jail"
	"vigie/matchers/linkage"
	"vigie/notify/forecast"
	"vigie/notify/letter"
	"vigie/workflows"
	"vigie/workflows/activity"
)

// Version is the release, as evidence and logs name it.
const Version = "0.1.0"

// App is an open Vigie without its engine. Open opens what every command
// shares; Equip opens the rest, which one process at a time may hold.
type App struct {
	Config Config
	Keys   *seal.Keyring
	Store  *store.Store
	Vault  *evidence.Vault
	Steps  *activity.Steps
	Log    *slog.Logger

	shelves  []*letter.Shelf // from which printers take letters
	tariffs  []forecast.Tariff
	closers  []func() error
	receipts []receiptHook // where providers of SMS bring receipts
}

// Open opens what Config names, creating what is not there yet. Keys are made
// on first use; an existing data directory with other keys is refused by the
// first thing that is opened.
func Open(ctx context.Context, cfg Config, log *slog.Logger) (*App, error) {
	a := &App{Config: cfg, Log: log}
	if err := a.open(ctx); err != nil {
		_ = a.Close()
		return nil, err
	}
	return a, nil
}

func (a *App) open(ctx context.Context) error {
	cfg := a.Config
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return fmt.Errorf("creating data directory: %w", err)
	}
	var err error
	if a.Keys, err = Keys(ctx, cfg); err != nil {
		return err
	}
	dsn := filepath.Join(cfg.Data, "vigie.db")
	if cfg.Database != "" {
		dsn = string(cfg.Database)
	}
	if a.Store, err = store.Open(ctx, dsn, a.Keys); err != nil {
		return fmt.Errorf("opening the store: %w", err)
	}
	a.closers = append(a.closers, a.Store.Close)
	if a.Vault, err = evidence.Open(filepath.Join(cfg.Data, "evidence"), a.Keys, a.Store, now); err != nil {
		return fmt.Errorf("opening the evidence: %w", err)
	}
	a.Vault.MaxDump = cfg.MaxDump
	return a.copyTo(ctx)
}

// now is the clock of the application, always in UTC.
func now() time.Time { return time.Now().UTC() }

// lanes is how many pages are asked for at once. Behind Tor each takes half a
// minute: so many make 4,800 pages an hour, and 800 if every site is as slow as
// it may be.
const lanes = 40

// crawler visits sources and keeps what it saw in the vault.
func (a *App) crawler() *crawlers.Crawler {
	limits := crawlers.DefaultLimits()
	limits.File = a.Config.MaxDump
	c := &crawlers.Crawler{
		Begin: func(ctx context.Context, src breach.Source) (crawlers.Recorder, error) {
			return a.Vault.Begin(ctx, src)
		},
		Reader: extract.Reader{}, Limits: limits, Lanes: crawlers.NewLanes(lanes), Now: now, Tool: "vigie/" + Version,
	}
	if slices.ContainsFunc(a.Config.Sources, func(s breach.Source) bool { return s.Render }) {
		path, err := exec.LookPath("chromium")
		if err != nil || os.Geteuid() == 0 && !a.Config.Unconfined {
			a.Log.Warn("sources are to be rendered, but that needs chromium, and a user who is not root: they stay shells")
			return c
		}
		c.Renderer = &render.Browser{Path: path, NoSandbox: os.Geteuid() == 0}
	}
	return c
}

// Equip opens what the steps of the pipeline work with: statistics, registries,
// carriers, and the search index. That belongs to one process at a time, and is
// left alone by one that is to work on queues without visits.
func (a *App) Equip(ctx context.Context, queues ...string) error {
	cfg := a.Config
	fr, err := france.Load()
	if err != nil {
		return fmt.Errorf("loading the French statistics: %w", err)
	}
	regs := &activity.Registries{Dir: filepath.Join(cfg.Data, "registries"), Keys: a.Keys, Seen: a.Store, Models: a.Store}
	entities, err := a.entities(regs)
	if err != nil {
		return err
	}
	standing, err := index.NewStanding(cfg.Queries)
	if err != nil {
		return fmt.Errorf("configuration: queries: %w", err)
	}
	places, err := Places(fr, cfg.Linkage.Movements)
	if err != nil {
		return err
	}
	a.Steps = &activity.Steps{
		Store: a.Store, Keys: a.Keys, Vault: a.Vault,
		Crawler: a.crawler(),
		Watch:   watch.New(fr, entities...), Standing: standing, Registries: regs,
		Sketches: a.Shelf(),
		Dumps:    &reading.Reader{Now: now, Canaries: regs.Canaries, Jail: jail.Jail{SpoolDir: cfg.Data, AllowUnconfined: cfg.Unconfined}},
		Sources:  map[breach.SourceID]breach.Source{},
		Linkage: linkage.Options{
			Population: cfg.Linkage.Population, Share: fr.NameShare,
			FalseLinks: cfg.Linkage.FalseLinks, Missed: cfg.Linkage.Missed, Places: places,
		},
		Pairs: cfg.Linkage.Sample, Ceiling: cfg.Linkage.Ceiling,
		PageDir: cfg.Page.Dir, PageURL: cfg.Page.URL, DossierDir: filepath.Join(cfg.Data, "dossiers"),
		Team: cfg.Team, Region: regionOf(fr), Now: now, Log: a.Log,
	}
	for _, s := range cfg.Sources {
		a.Steps.Sources[s.ID] = s
	}
	if err := a.equipMarks(); err != nil {
		return err
	}
	if len(queues) == 0 || slices.Contains(queues, workflows.QueueCrawl) {
		if err := a.equipVisits(ctx); err != nil {
			return err
		}
	}
	if err := a.openChannels(ctx); err != nil {
		return err
	}
	if err := a.openMirror(ctx); err != nil {
		return err
	}
	if err := a.openTariffs(); err != nil {
		return err
	}
	if err := a.equipAlerts(); err != nil {
		return err
	}
	a.Steps.Event, err = a.events(ctx)
	return err
}

// equipVisits opens the search index, and finds what a crash kept from custody.
func (a *App) equipVisits(ctx context.Context) (err error) {
	if a.Steps.Index, err = a.index(ctx); err != nil {
		return fmt.Errorf("opening the search index: %w", err)
	}
	a.closers = append(a.closers, a.Steps.Index.Close)
	if err := a.healIndex(ctx); err != nil {
		return err
	}
	return a.reclaim(ctx, true)
}

// reclaim gives custody and the store what a crash, or a visit that failed at its
// end, has kept from them: evidence that is there and listed nowhere would be
// told as rows taken out.
func (a *App) reclaim(ctx context.Context, all bool) error {
	n, err := a.Vault.Adopt(ctx, a.Store, all)
	if n > 0 {
		a.Log.Warn("captures were found that custody had not heard of", "files", n)
	}
	if err != nil {
		return err
	}
	n, err = a.Steps.EnterLost(ctx, all)
	if n > 0 {
		a.Log.Warn("captures were found that the store did not list", "captures", n)
	}
	return err
}

// index opens the search index. One that a kill has left half made is begun
// anew: nothing in it is not in the store.
func (a *App) index(ctx context.Context) (*index.Index, error) {
	dir, key := filepath.Join(a.Config.Data, "index"), a.Keys.Secret("index")
	x, err := index.Open(dir, key)
	if !errors.Is(err, breach.ErrInvalid) {
		return x, err
	}
	a.Log.Warn("the search index is damaged and made anew", "error", err)
	none := func(func(breach.Post, error) bool) {}
	if _, err := index.Rebuild(ctx, dir, key, none); err != nil {
		return nil, err
	}
	return index.Open(dir, key)
}

// healIndex gives the search index what a crash between store and index, or
// damage, has cost it.
func (a *App) healIndex(ctx context.Context) error {
	want, err := a.Store.CountPosts(ctx)
	if err != nil {
		return err
	}
	have, err := a.Steps.Index.Count()
	if err != nil || have >= want {
		return err
	}
	a.Log.Warn("the search index lacks posts", "have", have, "want", want)
	return a.Store.EachPost(ctx, func(page []breach.Post) error {
		missing, err := a.Steps.Index.Missing(ctx, page)
		if err != nil {
			return err
		}
		return a.Steps.Index.Put(ctx, missing)
	})
}

// entities gathers what to watch for beyond what is built in: the controllers
// and systems of the registries on this machine, and the configured files.
func (a *App) entities(regs *activity.Registries) ([]watch.Entity, error) {
	var out []watch.Entity
	names, err := regs.List()
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		reg, err := regs.Open(n)
		if err != nil {
			return nil, err
		}
		m := reg.Manifest()
		for _, c := range m.Controllers {
			code := ""
			if c.SIREN != "" {
				code = "siren:" + c.SIREN
			}
			out = append(out, watch.Entity{Name: c.Name, Kind: c.Kind, Code: code, Domains: domains(c.Website)})
		}
		if m.System != "" {
			out = append(out, watch.Entity{Name: m.System, Kind: "software"})
		}
	}
	for _, path := range a.Config.Watch {
		f, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("reading watch-list: %w", err)
		}
		list, err := watch.ReadList(f)
		_ = f.Close()
		if err != nil {
			return nil, fmt.Errorf("parsing watch-list %s: %w", path, err)
		}
		out = append(out, list...)
	}
	return out, nil
}

func domains(site string) []string {
	if site == "" {
		return nil
	}
	return []string{site}
}

// Close closes everything in the reverse order of opening.
func (a *App) Close() error {
	var all []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		all = append(all, a.closers[i]())
	}
	a.closers = nil
	return errors.Join(all...)
}

// Keys opens the key directory. New keys are made only for new data: keys
// that are missing beside existing data are a mistake, not a first start.
func Keys(ctx context.Context, cfg Config) (*seal.Keyring, error) {
	src, err := KeySource(ctx, cfg)
	if err != nil {
		return nil, err
	}
	k, err := src.Open(ctx)
	if err == nil || !errors.Is(err, os.ErrNotExist) {
		return k, err
	}
	for _, sealed := range []string{"vigie.db", "registries", "evidence"} {
		if _, serr := os.Stat(filepath.Join(cfg.Data, sealed)); serr == nil {
			return nil, fmt.Errorf("no keys in %s, but data in %s: %w", cfg.Keys, cfg.Data, seal.ErrKey)
		}
	}
	return src.Create(ctx)
}

// KeySource is where the keys come from: files, or AWS KMS.
func KeySource(ctx context.Context, cfg Config) (seal.Source, error) {
	src := seal.Source{Dir: cfg.Keys}
	if cfg.KMS.Key == "" {
		return src, nil
	}
	key, err := kms.Open(ctx, cfg.KMS.Key)
	if err != nil {
		return src, err
	}
	src.Wrapper = key
	return src, nil
}

// CreateKeys opens the keys, making them where there are none.
func CreateKeys(ctx context.Context, cfg Config) (*seal.Keyring, error) {
	src, err := KeySource(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return src.Create(ctx)
}

// OpenKeys opens keys that must be there.
func OpenKeys(ctx context.Context, cfg Config) (*seal.Keyring, error) {
	src, err := KeySource(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return src.Open(ctx)
}

// Shelf is where the sketches of dumps are kept.
func (a *App) Shelf() *reading.Shelf {
	return &reading.Shelf{Dir: filepath.Join(a.Config.Data, "sketches"), Digest: a.Keys.Digest}
}
