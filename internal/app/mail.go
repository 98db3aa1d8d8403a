package app

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"

	"vigie/internal/breach"
	"vigie/notify/email"
	"vigie/notify/email/report"
	"vigie/notify/email/ses"
)

// MailConfig says how e-mails are signed, paced and carried, and where bounces
// come back.
type MailConfig struct {
	PaceConfig `yaml:",inline"` // of the first relay, whatever the domains
	// DKIM are the keys that sign, one signature each; none where the relay
	// signs. RSA or both: the largest providers do not verify Ed25519 yet.
	DKIM []DKIMConfig `yaml:"dkim"`
	// Bounces is the Maildir that takes in what comes back to bounce+...@Domain.
	Bounces struct {
		Domain  string `yaml:"domain"`
		Maildir string `yaml:"maildir"`
	} `yaml:"bounces"`
	// PerDomain is in messages a second to one mail domain, and Domains to named
	// ones; 0: as fast as they are taken.
	PerDomain float64            `yaml:"per_domain"`
	Domains   map[string]float64 `yaml:"domains"`
	// SES is Amazon's service, instead of a relay.
	SES struct {
		Region string `yaml:"region"`
		Set    string `yaml:"configuration_set"`
		Queue  string `yaml:"queue"` // URL of the SQS queue of its events
	} `yaml:"ses"`
}

// DKIMConfig names a signing key: a PEM file, and the selector under which its
// public half stands in the DNS of the sender's domain.
type DKIMConfig struct {
	Selector string `yaml:"selector"`
	Key      string `yaml:"key"`
}

func (c ChannelConfig) checkMail(wrong func(string, ...any) error) error {
	m := c.Mail
	for _, rate := range append(values(m.Domains), m.PerDomain) {
		if rate < 0 {
			return wrong("channels.mail: per_domain and domains: want messages a second, 0 or more")
		}
	}
	switch {
	case c.SMTP != "" && m.SES.Region != "":
		return wrong("channels: smtp and mail.ses: want one of them")
	case m.SES.Region != "" && m.SES.Set == "":
		return wrong("channels.mail.ses: want a configuration_set")
	case m.SES.Region != "" && len(m.DKIM) > 0:
		return wrong("channels.mail.dkim: Amazon SES signs with the keys of the verified domain")
	case (m.Bounces.Domain == "") != (m.Bounces.Maildir == ""):
		return wrong("channels.mail.bounces: domain and maildir belong together")
	}
	return nil
}

func values(m map[string]float64) (list []float64) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

// openMail makes the e-mail channel that is configured, if any.
func (a *App) openMail(ctx context.Context) error {
	c := a.Config.Channels
	if c.SMTP == "" && c.Mail.SES.Region == "" {
		return nil
	}
	quality := &email.Quality{Thresholds: email.Usual()}
	cfg := email.Config{
		From: c.EmailFrom, NeutralName: c.NeutralName, Quality: quality,
		Pacing: email.Pacing{Domain: c.Mail.PerDomain, Domains: c.Mail.Domains},
	}
	if c.Mail.SES.Region != "" {
		return a.openSES(ctx, cfg)
	}
	cfg.Addr, cfg.Username, cfg.Password = c.SMTP, c.SMTPUser, string(c.SMTPPass)
	_, port, _ := net.SplitHostPort(c.SMTP)
	cfg.ImplicitTLS = port == "465" // RFC 8314 3.3
	for _, k := range c.Mail.DKIM {
		signer, err := readSigner(k.Key)
		if err != nil {
			return fmt.Errorf("channels.mail.dkim: key %s: %w", k.Selector, err)
		}
		cfg.DKIM = append(cfg.DKIM, email.DKIM{Domain: email.DomainOf(c.EmailFrom), Selector: k.Selector, Signer: signer})
	}
	if len(cfg.DKIM) > 0 && !slices.ContainsFunc(cfg.DKIM, func(k email.DKIM) bool { _, ok := k.Signer.(*rsa.PrivateKey); return ok }) {
		a.Log.Warn("e-mails are signed with Ed25519 alone, which the largest providers do not verify: add an RSA key unless the relay signs")
	}
	if b := c.Mail.Bounces; b.Domain != "" {
		cfg.Return = email.Return{Domain: b.Domain, Key: a.Keys.Secret("return-path")}
		dir, err := report.OpenMaildir(b.Maildir, cfg.Return, quality)
		if err != nil {
			return err
		}
		a.closers = append(a.closers, dir.Close)
		cfg.Reports = dir.Outcomes
	}
	return a.UseSMTP(cfg)
}

func (a *App) openSES(ctx context.Context, cfg email.Config) error {
	cfg.Return = email.Return{Domain: email.DomainOf(cfg.From), Key: a.Keys.Secret("return-path")}
	s := a.Config.Channels.Mail.SES
	account, err := config.LoadDefaultConfig(ctx, config.WithRegion(s.Region))
	if err != nil {
		return fmt.Errorf("credentials of AWS: %w: %w", breach.ErrInvalid, err)
	}
	ch, err := ses.New(ses.Config{Message: cfg, Region: s.Region, Set: s.Set, Queue: s.Queue}, account)
	if err != nil {
		return err
	}
	a.Steps.Channels[breach.ChannelEmail], err = a.secondRelay(ch, cfg)
	return err
}

// UseSMTP sets the e-mail channel, such as the demo's in-process sink.
func (a *App) UseSMTP(cfg email.Config) error {
	ch, err := email.NewSMTP(cfg)
	if err != nil {
		return err
	}
	a.closers = append(a.closers, ch.Close)
	a.Steps.Channels[breach.ChannelEmail], err = a.secondRelay(ch, cfg)
	return err
}

// readSigner reads a private key: PEM, PKCS #8 or, for RSA, PKCS #1.
func readSigner(path string) (crypto.Signer, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("%s: no PEM block: %w", path, breach.ErrInvalid)
	}
	var key any
	if block.Type == "RSA PRIVATE KEY" {
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	} else {
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	signer, ok := key.(crypto.Signer)
	if err != nil || !ok {
		return nil, fmt.Errorf("%s: not a private key: %w", path, breach.ErrInvalid)
	}
	return signer, nil
}

// lateEvery is how often carriers are asked what came back after a campaign.
const lateEvery = 5 * time.Minute

// KeepListening takes in bounces and complaints that come after a campaign, until
// stop is called. Whoever no channel has told then is listed for a person.
func (a *App) KeepListening(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			if err := a.Steps.LateOutcomes(ctx); err != nil && !errors.Is(err, context.Canceled) {
				a.Log.Warn("asking carriers what came back", "error", err)
			}
			select {
			case <-ctx.Done():
			case <-time.After(lateEvery):
			}
		}
	})
	return func() { cancel(); wg.Wait() }
}
