//go:build noembed

package main

import "vigie/internal/app"

// engine is absent from this build: an external Temporal server is required.
var engine app.Engine
