package app

import (
	"context"
	"fmt"
	"time"

	"vigie/internal/blob"
	"vigie/internal/breach"
)

// pageCache is how long a web server in front of the bucket may keep a page: a
// correction must be seen soon.
const pageCache = 5 * time.Minute

// openMirror makes the pages go to the configured bucket as well.
func (a *App) openMirror(ctx context.Context) error {
	c := a.Config.Page.S3
	if c == nil {
		return nil
	}
	store, err := c.open(ctx, "")
	if err != nil {
		return fmt.Errorf("configuration: page.s3: %w", err)
	}
	a.Steps.Mirror = func(ctx context.Context, dir string, incident breach.IncidentID) error {
		_, err := blob.Mirror(ctx, dir, store, string(incident), pageCache)
		return err
	}
	return nil
}
