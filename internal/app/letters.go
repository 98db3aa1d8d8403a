package app

import (
	"cmp"
	"context"
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
	S3 *S3Config `yaml:"s3"` // a bucket; absent: the directory letters in the outbox
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
}

func (c MailevaConfig) open(neutral []string) (notify.Channel, error) {
	return maileva.Open(maileva.Config{
		URL: cmp.Or(c.URL, "https://api.maileva.com/mail/v2"), TokenURL: cmp.Or(c.TokenURL, "https://connexion.maileva.com/auth/realms/services/protocol/openid-connect/token"),
		ClientID: c.ClientID, Secret: string(c.Secret), User: c.User, Password: string(c.Password), Postage: c.Postage, Envelope: c.Envelope,
		Letter: letter.Options{NeutralSender: neutral, Color: c.Color, Duplex: c.Duplex}, Now: now,
	})
}

// openLetters opens the print route: a service, or the shelf.
func (a *App) openLetters(ctx context.Context) (notify.Channel, error) {
	if m := a.Config.Channels.Letters.Maileva; m != nil {
		return m.open(a.Config.Channels.NeutralSender)
	}
	var err error
	a.letters, err = Letters(ctx, a.Config)
	return a.letters, err
}

func (c LetterConfig) calendar() (letter.Calendar, error) {
	return letter.NewCalendar(c.CutOff, c.Territory, c.Closed)
}

// Letters opens the shelf from which the printer takes letters.
func Letters(ctx context.Context, cfg Config) (*letter.Shelf, error) {
	c := cfg.Channels.Letters
	cal, err := c.calendar()
	if err != nil {
		return nil, err
	}
	var store blob.Store
	if c.S3 != nil {
		store, err = c.S3.open(ctx, "")
	} else {
		store, err = blob.OpenDir(filepath.Join(cfg.Channels.Outbox, "letters"))
	}
	if err != nil {
		return nil, err
	}
	return letter.NewShelf(store, letter.Options{NeutralSender: cfg.Channels.NeutralSender}, cal, now), nil
}

// releaseEvery is how often letters whose cut-off has passed are looked for.
const releaseEvery = 5 * time.Minute

// KeepReleased tells the printer what to print once a cut-off has passed, until
// stop is called. A failure is logged and tried again.
func (a *App) KeepReleased(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	if a.letters == nil {
		return cancel
	}
	wg.Go(func() {
		tick := time.NewTicker(releaseEvery)
		defer tick.Stop()
		for ctx.Err() == nil {
			names, err := a.letters.Release(ctx)
			if err != nil && ctx.Err() == nil {
				a.Log.Warn("releasing letters to the printer", "error", err)
			}
			if len(names) > 0 {
				a.Log.Info("letters are released to the printer", "manifests", len(names))
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
	})
	return func() { cancel(); wg.Wait() }
}
