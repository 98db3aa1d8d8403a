package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/workflows/activity"
)

// RetentionConfig says for how many days after an incident was closed each thing
// is kept that has a retention of its own (decisions.md 13). 0 keeps for good.
type RetentionConfig struct {
	Dump       int `yaml:"dump_days"`       // the file, rows under review, letters and SMS as handed over, who is who in the ledger
	Access     int `yaml:"access_days"`     // who looked at what, and why
	Categories int `yaml:"categories_days"` // which categories of data a row held, per person
	Proof      int `yaml:"proof_days"`      // that a person was told, when, how and in which version
	Requests   int `yaml:"requests_days"`   // the words of a request, after its answer
}

// defaultRetention: a month for what was stolen, a year for the access log
// (CNIL, recommendation 2021-122: six months to a year), five years for what
// answers a claim (C. civ. 2224).
var defaultRetention = RetentionConfig{Dump: 30, Access: 365, Categories: 5 * 365, Proof: 5 * 365, Requests: 5 * 365}

// due lists what of an incident is over its retention and not yet destroyed.
func (r RetentionConfig) due(inc breach.Incident, retired map[string]time.Time, at time.Time) (list []string) {
	if inc.Stage != breach.StageDone || inc.ClosedAt.IsZero() {
		return nil
	}
	for _, x := range []struct {
		what string
		days int
	}{{store.KeepDump, r.Dump}, {store.KeepAccess, r.Access}, {store.KeepCategories, r.Categories}, {store.KeepProof, r.Proof}} {
		if _, done := retired[x.what]; !done && x.days > 0 && !inc.ClosedAt.AddDate(0, 0, x.days).After(at) {
			list = append(list, x.what)
		}
	}
	return list
}

// Overdue lists what of an incident is over its retention. What is under a hold
// is not: held says until when.
func (a *App) Overdue(ctx context.Context, inc breach.Incident) (due []string, held time.Time, err error) {
	retired, err := a.Store.Retired(ctx, inc.ID)
	if err != nil {
		return nil, held, err
	}
	holds, err := a.Store.Holds(ctx, now())
	if err != nil {
		return nil, held, err
	}
	for _, subject := range []string{string(inc.ID), string(inc.Dump)} {
		if h, ok := holds[subject]; ok && subject != "" {
			return nil, h.Until, nil
		}
	}
	return a.Config.Retention.due(inc, retired, now()), held, nil
}

// Retire destroys what of an incident is over its retention and tells what that
// was.
func (a *App) Retire(ctx context.Context, inc breach.Incident, reason string) ([]string, error) {
	due, _, err := a.Overdue(ctx, inc)
	if err != nil {
		return nil, err
	}
	for i, what := range due {
		if what == store.KeepDump {
			err = a.Purge(ctx, inc, reason)
		} else {
			err = a.Store.Retire(ctx, inc.ID, what, now())
		}
		if err != nil {
			return due[:i], err
		}
	}
	return due, nil
}

// ForgetRequests erases the words of requests answered longer ago than the
// retention.
func (a *App) ForgetRequests(ctx context.Context) (int64, error) {
	if a.Config.Retention.Requests <= 0 {
		return 0, nil
	}
	return a.Store.EraseRequests(ctx, now().AddDate(0, 0, -a.Config.Retention.Requests))
}

// commit puts commitments in the place of people, and removes what was handed
// over about them.
func (a *App) commit(ctx context.Context, inc breach.Incident) error {
	if err := a.forgetOutbox(ctx, inc.ID); err != nil {
		return err
	}
	steps := &activity.Steps{Store: a.Store, Keys: a.Keys}
	if err := steps.Commit(ctx, inc.ID); err != nil {
		return err
	}
	return a.Store.Retire(ctx, inc.ID, store.KeepDump, now())
}

// forgetOutbox removes the letters and SMS of an incident from where carriers
// take them: files are named by the ledger's keys, letters by their content.
func (a *App) forgetOutbox(ctx context.Context, id breach.IncidentID) error {
	ours, err := a.keys(ctx, id)
	if err != nil || len(ours) == 0 {
		return err
	}
	if err := a.forgetLetters(ctx, ours); err != nil {
		return err
	}
	err = filepath.WalkDir(a.Config.Channels.Outbox, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || ctx.Err() != nil {
			return errors.Join(err, ctx.Err())
		}
		key, _, _ := strings.Cut(d.Name(), ".")
		if !ours[key] {
			return nil
		}
		return os.Remove(path)
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("clearing the outbox of %s: %w", id, err)
	}
	return nil
}

// forgetLetters removes them from the printer's shelf, on disk or S3. What a
// print service holds is its own, under the contract with it.
func (a *App) forgetLetters(ctx context.Context, keys map[string]bool) error {
	shelves, err := Shelves(ctx, a.Config)
	if err != nil {
		return err
	}
	for _, shelf := range shelves {
		for key := range keys {
			if err := shelf.Forget(ctx, key); err != nil {
				return err
			}
		}
	}
	return nil
}

// keys are the keys of an incident's communications.
func (a *App) keys(ctx context.Context, id breach.IncidentID) (map[string]bool, error) {
	cases, err := a.Store.Cases(ctx, id)
	if err != nil {
		return nil, err
	}
	keys := map[string]bool{}
	for _, c := range cases {
		for after := int64(0); ; {
			page, err := a.Store.MessagesOf(ctx, id, store.MessageFilter{Controller: c.Controller, After: after})
			if err != nil {
				return nil, err
			}
			if len(page) == 0 {
				break
			}
			for _, m := range page {
				keys[m.Key()], keys[string(m.ID)] = true, true
			}
			after = page[len(page)-1].Seq
		}
	}
	return keys, nil
}
