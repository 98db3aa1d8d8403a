//go:build !noembed

package main

import (
	"context"
	"log/slog"

	"vigie/internal/app"
	"vigie/workflows/embedded"
)

// engine starts the Temporal server inside this process. It is the only door
// through which the server enters: -tags noembed leaves it out.
var engine app.Engine = func(ctx context.Context, dir string, log *slog.Logger) (app.Running, error) {
	return embedded.Start(ctx, embedded.Config{Dir: dir, Log: log})
}
