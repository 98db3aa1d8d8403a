package app

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"vigie/internal/blob"
	"vigie/notify"
	"vigie/notify/letter"
	"vigie/notify/letter/maileva"
)

// LetterConfig says where letters are handed over to be printed, and when.
type LetterConfig struct {
	PaceConfig `yaml:",inline"`
	S3         *S3Config `yaml:"s3"` // a bucket; absent: the directory letters in the outbox
	// CutOff is when the printer's day ends in Paris, such as 17h30: until then a
	// letter can be recalled.
	CutOff    string   `yaml:"cut_off"`
	Territory string   `yaml:"territory"` // whose holidays the printer keeps, such as alsace-moselle; empty: metropole
	Closed    []string `yaml:"closed"`    // further days without printing, such as 2026-05-15

	Maileva *MailevaConfig `yaml:"maileva"` // a print service instead
}

// MailevaConfig is an account with a print service of Maileva's shape.
type MailevaConfig struct {
	URL      string `yaml:"url"`       // default Maileva's own
	TokenURL string `yaml:"token_url"` // likewise
	ClientID string `yaml:"client_id"`
	Secret   Secret `yaml:"secret"`
	User     string `yaml:"user"`
	Password Secret `yaml:"password"`
	Postage  string `yaml:"postage"`  // FAST, URGENT or ECONOMIC; default FAST
	Envelope string `yaml:"envelope"` // what the service calls its windows; empty: its default
	Color    bool   `yaml:"color"`
	Duplex   bool   `yaml:"duplex"`
	// Settles is how long the service may take to list what it has accepted: a
	// letter in doubt waits as long. Default 5m.
	Settles time.Duration `yaml:"settles"`
}

func (c MailevaConfig) open(neutral []string) (notify.Channel, error) {
	return maileva.Open(maileva.Config{
		URL: cmp.Or(c.URL, "https://api.maileva.com/mail/v2"), TokenURL: cmp.Or(c.TokenURL, "https://connexion.maileva.com/auth/realms/services/protocol/openid-connect/token"),
		ClientID: c.ClientID, Secret: string(c.Secret), User: c.User, Password: string(c.Password), Postage: c.Postage, Envelope: c.Envelope,
		Letter: letter.Options{NeutralSender: neutral, Color: c.Color, Duplex: c.Duplex}, Now: now,
		Settles: cmp.Or(c.Settles, 5*time.Minute),
	})
}

// openLetters opens the first print route: a service, or a shelf.
func (a *App) openLetters(ctx context.Context) (notify.Channel, error) {
	if m := a.Config.Channels.Letters.Maileva; m != nil {
		return m.open(a.Config.Channels.NeutralSender)
	}
	first, err := firstShelf(ctx, a.Config)
	if err != nil {
		return nil, err
	}
	a.shelves = append(a.shelves, first)
	return first, nil
}

func (c LetterConfig) calendar() (letter.Calendar, error) {
	return letter.NewCalendar(c.CutOff, c.Territory, c.Closed)
}

// Shelves opens every shelf from which a printer takes letters; a print service
// has none.
func Shelves(ctx context.Context, cfg Config) (list []*letter.Shelf, err error) {
	if cfg.Channels.Letters.Maileva == nil {
		first, err := firstShelf(ctx, cfg)
		if err != nil {
			return nil, err
		}
		list = append(list, first)
	}
	if s := cfg.Channels.Second.Letter; s != nil {
		second, err := dirShelf(cfg, s.Outbox)
		if err != nil {
			return nil, err
		}
		list = append(list, second)
	}
	return list, nil
}

func firstShelf(ctx context.Context, cfg Config) (*letter.Shelf, error) {
	c := cfg.Channels.Letters
	if c.S3 == nil {
		return dirShelf(cfg, filepath.Join(cfg.Channels.Outbox, "letters"))
	}
	store, err := c.S3.open(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("configuration: channels.letters.s3: %w", err)
	}
	return newShelf(cfg, store)
}

func dirShelf(cfg Config, dir string) (*letter.Shelf, error) {
	store, err := blob.OpenDir(dir)
	if err != nil {
		return nil, err
	}
	return newShelf(cfg, store)
}

func newShelf(cfg Config, store blob.Store) (*letter.Shelf, error) {
	cal, err := cfg.Channels.Letters.calendar()
	if err != nil {
		return nil, err
	}
	return letter.NewShelf(store, letter.Options{NeutralSender: cfg.Channels.NeutralSender}, cal, now), nil
}

// releaseEvery is how often letters whose cut-off has passed are looked for.
const releaseEvery = 5 * time.Minute

// KeepReleased tells the printers what to print once a cut-off has passed, until
// stop is called. A failure is logged and tried again.
func (a *App) KeepReleased(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	for _, shelf := range a.shelves {
		a.every(ctx, &wg, releaseEvery, "releasing letters to the printer", func() error {
			names, err := shelf.Release(ctx)
			if len(names) > 0 {
				a.Log.Info("letters are released to the printer", "manifests", len(names))
			}
			return err
		})
	}
	return func() { cancel(); wg.Wait() }
}
