package app

import (
	"context"

	"vigie/internal/breach"
)

// Purge destroys an incident's sealed dump and the rows kept for review. What
// proves the work stays: counts, decisions, ledger, custody, audit.
func (a *App) Purge(ctx context.Context, inc breach.Incident, reason string) error {
	if inc.Dump != "" {
		if err := a.Vault.DestroyDump(ctx, inc.Dump, "system:purge", reason); err != nil {
			return err
		}
	}
	return a.Store.Purge(ctx, inc.ID, now())
}
