package app

import (
	"context"
	"crypto/x509"
	"errors"
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
	// S3 is a bucket with object lock that gets every sealed WARC file and every
	// checkpoint, and from which they are read back when they are gone here.
	S3 *EvidenceBucket `yaml:"s3"`
}

// EvidenceBucket is a bucket and how long its objects are locked.
type EvidenceBucket struct {
	S3Config `yaml:",inline"`
	LockDays int    `yaml:"lock_days"` // 0: not locked
	Mode     string `yaml:"mode"`      // COMPLIANCE (default) or GOVERNANCE
}

// copyEvery is how often what is new is copied to the bucket.
const copyEvery = time.Minute

func (c EvidenceConfig) check(wrong func(string, ...any) error) error {
	if c.CheckpointEvery < time.Minute {
		return wrong("evidence.checkpoint_every %v: want at least 1m", c.CheckpointEvery)
	}
	if u, err := url.Parse(c.TimestampAuthority); c.TimestampAuthority != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
		return wrong("evidence.timestamp_authority: want an http or https address")
	}
	if c.S3 != nil && c.S3.LockDays < 0 {
		return wrong("evidence.s3.lock_days %d: want 0 or more", c.S3.LockDays)
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

// copyTo makes the vault keep copies where the configuration says. Nothing is
// sent yet.
func (a *App) copyTo(ctx context.Context) error {
	c := a.Config.Evidence.S3
	if c == nil {
		return nil
	}
	store, err := c.open(ctx, c.Mode)
	if err != nil {
		return fmt.Errorf("configuration: evidence.s3: %w", err)
	}
	a.Vault.CopyTo(store, time.Duration(c.LockDays)*24*time.Hour)
	return nil
}

// Locks tells whether the bucket has object lock.
func (c EvidenceBucket) Locks(ctx context.Context) (bool, error) {
	store, err := c.open(ctx, c.Mode)
	if err != nil {
		return false, err
	}
	return store.Locks(ctx)
}

// KeepAnchored anchors now and as often as configured, and copies what is new to
// the bucket, until stop is called. A failure is logged and tried again at the
// next time; captures do not wait.
func (a *App) KeepAnchored(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	a.every(ctx, &wg, a.Config.Evidence.CheckpointEvery, "anchoring the evidence", func() error {
		var err error
		if a.Steps.Index != nil { // visits are made here
			err = a.reclaim(ctx, false)
		}
		_, anchored := a.Anchor(ctx)
		return errors.Join(err, anchored)
	})
	if a.Config.Evidence.S3 != nil {
		a.every(ctx, &wg, copyEvery, "copying the evidence", func() error {
			_, err := a.Vault.Copy(ctx)
			return err
		})
	}
	return func() { cancel(); wg.Wait() }
}

// every does something now and then, and logs what fails.
func (a *App) every(ctx context.Context, wg *sync.WaitGroup, pause time.Duration, what string, do func() error) {
	wg.Go(func() {
		tick := time.NewTicker(pause)
		defer tick.Stop()
		for ctx.Err() == nil {
			if err := do(); err != nil && ctx.Err() == nil {
				a.Log.Warn(what, "error", err)
			}
			select {
			case <-ctx.Done():
			case <-tick.C:
			}
		}
	})
}
