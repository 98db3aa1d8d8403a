package codec

import (
	"context"
	"log/slog"
	"strings"
)

// faults passes on what goes wrong. The SDK also tells every start of a worker,
// and calls it a warning when its own stop cancels a poll.
type faults struct{ slog.Handler }

func (h faults) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && h.Handler.Enabled(ctx, l)
}

func (h faults) Handle(ctx context.Context, r slog.Record) error {
	stopping := false
	r.Attrs(func(a slog.Attr) bool {
		stopping = a.Key == "Error" && strings.HasSuffix(a.Value.String(), context.Canceled.Error())
		return !stopping
	})
	if stopping {
		return nil
	}
	return h.Handler.Handle(ctx, r)
}

func (h faults) WithAttrs(a []slog.Attr) slog.Handler { return faults{h.Handler.WithAttrs(a)} }
func (h faults) WithGroup(g string) slog.Handler      { return faults{h.Handler.WithGroup(g)} }
