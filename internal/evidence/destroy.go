package evidence

import (
	"context"
	"errors"
	"fmt"
	"os"

	"vigie/internal/breach"
)

// DestroyDump removes a dump once custody knows who did and why. With the file
// goes the only copy of the key that its chunks were sealed with (age wraps a
// key per file), so that blocks left on the disk open nothing. A dump that is
// gone already is fine.
func (v *Vault) DestroyDump(ctx context.Context, id breach.DumpID, who, why string) error {
	if !dumpName.MatchString(string(id)) {
		return fmt.Errorf("destroying a dump: malformed identifier: %w", breach.ErrInvalid)
	}
	path := v.dumpPath(id)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := v.custody.AddCustody(ctx, breach.Custody{
		Subject: string(id), Event: "purged", Who: who, Why: why, At: v.now()}); err != nil {
		return fmt.Errorf("entering the end of dump %s in custody: %w", id, err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("destroying dump %s: %w", id, err)
	}
	return nil
}
