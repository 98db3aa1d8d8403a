package app

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"

	"vigie/crawlers"
	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/route"
	"vigie/notify/sms"
)

// SMSConfig says who takes text messages, and when people may be reached.
type SMSConfig struct {
	Sender string `yaml:"sender"` // 1 to 11 letters and digits, the same for every controller
	// AnyHour sends at night, on Sundays and on holidays as well.
	AnyHour bool `yaml:"any_hour"`
	// Prices are euros a part by territory (FR, RE, NC, BE), "other" elsewhere:
	// what a forecast reckons with.
	Prices map[string]float64 `yaml:"prices"`
	// Providers share the traffic; without any, messages wait in the outbox for
	// a gateway to take them.
	Providers []SMSProvider `yaml:"providers"`
}

// SMSProvider is one of those who take text messages: http or aws.
type SMSProvider struct {
	PaceConfig `yaml:",inline"`
	Name       string         `yaml:"name"` // in the ledger: never changed while messages are under way
	HTTP       *SMSHTTP       `yaml:"http"`
	AWS        *sms.AWSConfig `yaml:"aws"`
}

// SMSHTTP is a provider spoken to over HTTP.
type SMSHTTP struct {
	sms.HTTPConfig `yaml:",inline"`
	Headers        map[string]Secret `yaml:"headers"`
	Webhook        *SMSWebhook       `yaml:"webhook"`
}

// SMSWebhook is how the provider brings receipts to the public address, under
// /receipts/NAME.
type SMSWebhook struct {
	sms.Webhook `yaml:",inline"`
	Secret      Secret `yaml:"secret"`
}

func (c SMSConfig) check(wrong func(string, ...any) error) error {
	if c.Sender != "" && sms.CheckSender(c.Sender) != nil {
		return wrong("channels.sms.sender %q: want 1 to 11 letters and digits, at least one letter", c.Sender)
	}
	for where, p := range c.Prices {
		if p < 0 || p > dearest {
			return wrong("channels.sms.prices.%s: want euros a part, 0 to %d", where, dearest)
		}
	}
	seen := map[string]bool{}
	for _, p := range c.Providers {
		if notify.CheckKey(p.Name) != nil || seen[p.Name] {
			return wrong("channels.sms.providers: each wants a name of its own, of letters, digits, _ and -")
		}
		seen[p.Name] = true
		if (p.HTTP == nil) == (p.AWS == nil) {
			return wrong("channels.sms.providers.%s: want one of http and aws", p.Name)
		}
	}
	return nil
}

// Tariff is what text messages cost.
func (c SMSConfig) Tariff() sms.Tariff {
	t := sms.Tariff{}
	for where, p := range c.Prices {
		if where == "other" {
			where = ""
		}
		t[where] = micros(p)
	}
	return t
}

// openSMS makes the SMS channel and says when it may be used.
func (a *App) openSMS(ctx context.Context) (notify.Channel, error) {
	c := a.Config.Channels.SMS
	if c.Sender == "" {
		c.Sender = sms.DefaultSender
	}
	if !c.AnyHour {
		a.Steps.Hours = map[breach.Channel]func(notify.Envelope, time.Time) time.Time{breach.ChannelSMS: sms.NotBefore}
	}
	if len(c.Providers) == 0 {
		return sms.NewDirectory(filepath.Join(a.Config.Channels.Outbox, "sms"), sms.WithSender(c.Sender))
	}
	var list []route.Provider
	for _, p := range c.Providers {
		ch, err := a.smsProvider(ctx, p, c.Sender)
		if err != nil {
			return nil, fmt.Errorf("SMS provider %s: %w", p.Name, err)
		}
		list = append(list, p.provider(p.Name, ch))
	}
	return route.New(now, list...)
}

func (a *App) smsProvider(ctx context.Context, p SMSProvider, sender string) (notify.Channel, error) {
	if p.AWS != nil {
		account, err := config.LoadDefaultConfig(ctx, config.WithRegion(p.AWS.Region))
		if err != nil {
			return nil, fmt.Errorf("credentials of AWS: %w: %w", breach.ErrInvalid, err)
		}
		return sms.NewAWS(*p.AWS, account)
	}
	cfg := p.HTTP.HTTPConfig
	cfg.Name, cfg.Sender, cfg.Headers = p.Name, sender, map[string]string{}
	for name, v := range p.HTTP.Headers {
		cfg.Headers[name] = string(v)
	}
	var inbox *sms.Inbox
	if w := p.HTTP.Webhook; w != nil {
		var err error
		if inbox, err = sms.NewInbox(filepath.Join(a.Config.Data, "receipts", p.Name)); err != nil {
			return nil, err
		}
		hook := w.Webhook
		hook.Secret = string(w.Secret)
		handler, err := hook.Handler(inbox, now)
		if err != nil {
			return nil, err
		}
		a.receipts = append(a.receipts, receiptHook{"/receipts/" + p.Name, handler})
	}
	return sms.NewHTTP(cfg, crawlers.Client(cfg.Local, cmp.Or(cfg.Timeout, 20*time.Second)), inbox)
}

// receiptHook is where a provider brings its receipts.
type receiptHook struct {
	path    string
	handler http.Handler
}

// withReceipts puts the hooks of providers before the public pages.
func (a *App) withReceipts(public http.Handler) http.Handler {
	if len(a.receipts) == 0 {
		return public
	}
	mux := http.NewServeMux()
	mux.Handle("/", public)
	for _, h := range a.receipts {
		mux.Handle(h.path, h.handler)
	}
	return mux
}
