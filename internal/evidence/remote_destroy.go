package evidence

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vigie/internal/blob"
	"vigie/internal/breach"
)

// gather fetches what is at the remote alone and either goes or rests on what
// goes, so that it is written anew, or told to custody, like all else.
func (v *Vault) gather(ctx context.Context, doomed map[string]bool) error {
	if v.remote == nil {
		return nil
	}
	list, err := v.remote.packs(ctx)
	if err != nil {
		return err
	}
	for _, c := range list {
		if (doomed[c.name] || doomed[c.base]) && !v.has(c.name) {
			if err := v.fetch(ctx, c.name); err != nil {
				return err
			}
		}
	}
	return nil
}

// destroyCopies removes the copies of files that go, and those copies of others
// that rest on them; of these, what was written anew is copied first. While one
// is under retention or hold, nothing is removed.
func (v *Vault) destroyCopies(ctx context.Context, doomed map[string]bool) error {
	if v.remote == nil {
		return nil
	}
	if _, err := v.Copy(ctx); err != nil {
		return err
	}
	list, err := v.remote.packs(ctx)
	if err != nil {
		return err
	}
	sound := map[string]bool{}
	for _, c := range list {
		sound[c.name] = sound[c.name] || !doomed[c.base]
	}
	list = slices.DeleteFunc(list, func(c copied) bool { return !doomed[c.name] && !doomed[c.base] })
	for i, c := range list {
		if list[i].Info, err = v.remote.store.Stat(ctx, c.Key); err != nil {
			return fmt.Errorf("looking at a copy: %w", err)
		}
		if at := list[i].Until; list[i].Hold || v.now().Before(at) {
			return &breach.RefusedError{Code: "locked", What: "the copy of " + c.name, Hint: "it is under hold, or under retention until " + at.Format(time.DateOnly)}
		}
	}
	for _, c := range list {
		if !doomed[c.name] && !sound[c.name] {
			if _, err := v.copyWARC(ctx, c.name, blob.Options{}); err != nil {
				return fmt.Errorf("copying %s: %w", c.name, err)
			}
		}
		if err := v.remote.store.Delete(ctx, c.Key); err != nil {
			return fmt.Errorf("destroying a copy: %w", err)
		}
	}
	return nil
}
