package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// reviewed is the file that holds the digest of the lists and queries that the
// past was last held against.
const reviewed = "watch.sha256"

// ReviewPast holds the stored posts against the watch-lists and standing
// queries when these changed since it last did: a new query runs over the past
// as well. force does so in any case.
func (a *App) ReviewPast(ctx context.Context, force bool) error {
	sum, err := a.watchSum()
	if err != nil {
		return err
	}
	path := filepath.Join(a.Config.Data, reviewed)
	last, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("reviewing the past: %w", err)
	}
	if !force && bytes.Equal(last, sum) {
		return nil
	}
	posts, alerts, err := a.Steps.ReviewPast(ctx)
	if err != nil {
		return fmt.Errorf("reviewing the past: %w", err)
	}
	a.Log.Info("the past was held against the watch-lists of today", "posts", posts, "alerts", alerts)
	if err := os.WriteFile(path, sum, 0o600); err != nil {
		return fmt.Errorf("reviewing the past: %w", err)
	}
	return nil
}

// watchSum is a digest of the configured lists and queries.
func (a *App) watchSum() ([]byte, error) {
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode(a.Config.Queries); err != nil {
		return nil, fmt.Errorf("reading the standing queries: %w", err)
	}
	for _, path := range a.Config.Watch {
		raw, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("reading watch-list: %w", err)
		}
		one := sha256.Sum256(raw)
		_, _ = sum.Write(one[:])
	}
	return []byte(hex.EncodeToString(sum.Sum(nil)) + "\n"), nil
}
