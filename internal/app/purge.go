package app

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/breach"
	"vigie/internal/evidence"
)

// Purge destroys an incident's sealed dump, the rows kept for review and the
// messages as they were handed over, and puts commitments in the place of people
// in the ledger. What proves the work stays: counts, decisions, ledger, custody,
// audit. A hold on
// the incident or on its dump refuses it.
func (a *App) Purge(ctx context.Context, inc breach.Incident, reason string) error {
	holds, err := a.Store.Holds(ctx, now())
	if err != nil {
		return err
	}
	for _, subject := range []string{string(inc.ID), string(inc.Dump)} {
		if h, held := holds[subject]; held && subject != "" {
			return &breach.RefusedError{Code: "held", What: subject, Hint: "it is under a hold until " + h.Until.Format(time.DateOnly) + "; vigie evidence hold lifts it"}
		}
	}
	if inc.Dump != "" {
		if err := a.Vault.DestroyDump(ctx, inc.Dump, "system:purge", reason); err != nil {
			return err
		}
	}
	if err := a.Store.Purge(ctx, inc.ID, now()); err != nil {
		return err
	}
	return a.commit(ctx, inc)
}

// Expired names the WARC files of a source whose retention has ended and which
// nothing holds back: no incident that is under way, no hold.
func (a *App) Expired(ctx context.Context, src breach.Source) ([]string, error) {
	if src.RetentionDays <= 0 {
		return nil, nil
	}
	holds, err := a.Store.Holds(ctx, now())
	if err != nil {
		return nil, err
	}
	if _, held := holds[string(src.ID)]; held {
		return nil, nil
	}
	kept, err := a.keptForIncidents(ctx, holds)
	if err != nil {
		return nil, err
	}
	old, err := a.Store.FilesBefore(ctx, src.ID, now().AddDate(0, 0, -src.RetentionDays).Add(-evidence.Renewal))
	if err != nil {
		return nil, err
	}
	there, err := a.Store.Held(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, file := range old {
		if _, held := holds[file]; !held && !kept[file] && there[file] != "" {
			out = append(out, file)
		}
	}
	return out, nil
}

// PurgeCaptures destroys the captures of a source whose retention has ended and
// tells how many WARC files that were.
func (a *App) PurgeCaptures(ctx context.Context, src breach.Source, reason string) (int, error) {
	files, err := a.Expired(ctx, src)
	if err != nil || len(files) == 0 {
		return 0, err
	}
	why := fmt.Sprintf("%s · kept for %d days", reason, src.RetentionDays)
	return len(files), a.Vault.DestroyWARCs(ctx, files, "system:purge", why)
}

// keptForIncidents names the files that show the posts of incidents which are
// under way or under a hold.
func (a *App) keptForIncidents(ctx context.Context, holds map[string]breach.Hold) (map[string]bool, error) {
	incidents, err := a.Store.Incidents(ctx)
	if err != nil {
		return nil, err
	}
	kept := map[string]bool{}
	for _, inc := range incidents {
		if _, held := holds[string(inc.ID)]; inc.Stage == breach.StageDone && !held {
			continue
		}
		names, _, err := a.visits(ctx, inc, true)
		if err != nil {
			return nil, err
		}
		for _, n := range names {
			kept[n] = true
		}
	}
	return kept, nil
}
