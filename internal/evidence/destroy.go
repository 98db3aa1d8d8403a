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

// DestroyWARCs removes WARC files, and first their copies elsewhere, once custody
// knows who did and why; copies under retention refuse it. Files that
// rest on one of them are first written anew; their records stay as they are.
// Which files may go is the caller's to know: no file that stays should have
// revisit records younger than Renewal after one that goes.
func (v *Vault) DestroyWARCs(ctx context.Context, names []string, who, why string) error {
	doomed := map[string]bool{}
	for _, name := range names {
		if !warcName(name) {
			return fmt.Errorf("destroying evidence: malformed name: %w", breach.ErrInvalid)
		}
		doomed[name] = true
	}
	if err := v.gather(ctx, doomed); err != nil {
		return fmt.Errorf("destroying evidence: %w", err)
	}
	if err := v.rebase(ctx, doomed); err != nil {
		return fmt.Errorf("destroying evidence: %w", err)
	}
	if err := v.destroyCopies(ctx, doomed); err != nil {
		return fmt.Errorf("destroying evidence: %w", err)
	}
	for _, name := range names {
		if !v.has(name) {
			continue
		}
		if err := v.custody.AddCustody(ctx, breach.Custody{Subject: name, Event: "purged", Who: who, Why: why, At: v.now()}); err != nil {
			return fmt.Errorf("entering the end of %s in custody: %w", name, err)
		}
		if err := os.Remove(v.warcPath(name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("destroying %s: %w", name, err)
		}
	}
	return nil
}

// rebase makes the files that stay independent of those that go: the first on a
// doomed base becomes a base itself, the others rest on it.
func (v *Vault) rebase(ctx context.Context, doomed map[string]bool) error {
	all, _, err := v.List()
	if err != nil {
		return err
	}
	heir := map[string]string{} // by doomed base
	for _, name := range all {
		if doomed[name] {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rc, base, err := v.openPack(name)
		if err != nil {
			return err
		}
		_ = rc.Close()
		if !doomed[base] {
			continue
		}
		to := noBase
		if heir[base] != "" {
			to = heir[base]
		}
		if err := v.repack(ctx, name, to); err != nil {
			return err
		}
		if to == noBase {
			heir[base] = name
		}
	}
	return nil
}
