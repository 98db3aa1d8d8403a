package app

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"sync"
	"time"

	"vigie/internal/breach"
	"vigie/internal/evidence"
)

// EvidenceConfig says what makes the evidence provable to others, and how long
// it is kept.
type EvidenceConfig struct {
	// CheckpointEvery is how often the chain of custody is signed, if it grew.
	CheckpointEvery time.Duration `yaml:"checkpoint_every"`
	// CheckpointCopies are directories that get every checkpoint: where this
	// server's administrator cannot rewrite them (decisions.md 14).
	CheckpointCopies []string `yaml:"checkpoint_copies"`
	// TimestampAuthority is the address of an RFC 3161 authority; empty: none.
	TimestampAuthority string `yaml:"timestamp_authority"`
	// TimestampCA is a PEM file of the authority's root; empty: its certificate
	// is taken as it comes.
	TimestampCA string `yaml:"timestamp_ca"`
}

func (c EvidenceConfig) check(wrong func(string, ...any) error) error {
	if c.CheckpointEvery < time.Minute {
		return wrong("evidence.checkpoint_every %v: want at least 1m", c.CheckpointEvery)
	}
	if u, err := url.Parse(c.TimestampAuthority); c.TimestampAuthority != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return wrong("evidence.timestamp_authority: want an http or https address")
	}
	if c.TimestampCA != "" && c.TimestampAuthority == "" {
		return wrong("evidence.timestamp_ca: there is no timestamp_authority")
	}
	return nil
}

// Authority is the configured time-stamp authority, nil if there is none.
func (c EvidenceConfig) Authority() (*evidence.Authority, error) {
	if c.TimestampAuthority == "" {
		return nil, nil
	}
	a := &evidence.Authority{URL: c.TimestampAuthority}
	if c.TimestampCA == "" {
		return a, nil
	}
	pem, err := os.ReadFile(c.TimestampCA)
	if err != nil {
		return nil, fmt.Errorf("reading evidence.timestamp_ca: %w", err)
	}
	a.Roots = x509.NewCertPool()
	if !a.Roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("evidence.timestamp_ca: no certificate in it: %w", breach.ErrInvalid)
	}
	return a, nil
}

// Anchor signs the chain of custody as it is, keeps the checkpoint here and
// where it is configured to be held, and has it time-stamped.
func (a *App) Anchor(ctx context.Context) (evidence.Checkpoint, error) {
	tsa, err := a.Config.Evidence.Authority()
	if err != nil {
		return evidence.Checkpoint{}, err
	}
	return a.Vault.Anchor(ctx, a.Store, tsa, a.Config.Evidence.CheckpointCopies...)
}

// KeepAnchored anchors now and as often as configured, until stop is called. A
// failure is logged and tried again at the next time; captures do not wait.
func (a *App) KeepAnchored(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		tick := time.NewTicker(a.Config.Evidence.CheckpointEvery)
		defer tick.Stop()
		for ctx.Err() == nil {
			if _, err := a.Anchor(ctx); err != nil && ctx.Err() == nil {
				a.Log.Warn("anchoring the evidence", "error", err)
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
	})
	return func() { cancel(); wg.Wait() }
}
