//go:build !noembed

package embedded

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logger passes the server's errors on. Below that it is silent: a start says
// 300 lines at INFO and a stop 8 at WARN.
type logger struct {
	to    *slog.Logger
	tags  []tag.Tag
	*life // shared by all loggers of one start
}

// The phases of a server.
const (
	building = iota // within temporal.NewServer, which runs in one goroutine
	starting
	running
)

// life is what a start has come to.
type life struct {
	muted atomic.Bool
	phase atomic.Int32
	once  sync.Once
	why   error
	fatal chan struct{} // closed on the first fatality
}

var _ log.WithLogger = (*logger)(nil)
var _ log.SLogWrapper = (*logger)(nil)

func newLogger(to *slog.Logger) *logger {
	if to == nil {
		to = slog.New(slog.DiscardHandler)
	}
	return &logger{to: to.With("part", "temporal"), life: &life{fatal: make(chan struct{})}}
}

func (l *logger) Debug(string, ...tag.Tag) {}
func (l *logger) Info(string, ...tag.Tag)  {}
func (l *logger) Warn(string, ...tag.Tag)  {}

func (l *logger) Error(msg string, tags ...tag.Tag) {
	if l.muted.Load() {
		return
	}
	var attrs []any
	for _, t := range append(l.tags[:len(l.tags):len(l.tags)], tags...) {
		v := t.Value()
		if text, ok := v.(string); ok && strings.HasSuffix(text, context.Canceled.Error()) {
			return // a client that hung up, as a worker does when it stops
		}
		attrs = append(attrs, t.Key(), v)
	}
	l.to.Error(msg, attrs...)
}

func (l *logger) DPanic(msg string, tags ...tag.Tag) { l.Error(msg, tags...) }

func (l *logger) Panic(msg string, tags ...tag.Tag) {
	l.Error(msg, tags...)
	panic("temporal: " + msg)
}

// Fatal must not return. While a server is built, it unwinds the goroutine of
// launch; while one starts or stops, it ends the calling goroutine, and Start
// reports why. A running server cannot do without the part that failed: the
// process ends, and starts again where it stood.
func (l *logger) Fatal(msg string, tags ...tag.Tag) {
	l.once.Do(func() {
		l.why = errors.New(msg)
		for _, t := range tags {
			if z, ok := t.(tag.ZapTag); ok {
				if err, ok := z.Field().Interface.(error); ok {
					l.why = fmt.Errorf("%s: %w", msg, err)
				}
			}
		}
		close(l.fatal)
	})
	switch {
	case l.muted.Load() || l.phase.Load() == starting:
		runtime.Goexit()
	case l.phase.Load() == building: // Goexit would upset sync.OnceValue there
		panic(l.why)
	}
	l.Panic(msg, tags...)
}

// With returns a logger that adds tags.
func (l *logger) With(tags ...tag.Tag) log.Logger {
	return &logger{to: l.to, tags: append(l.tags[:len(l.tags):len(l.tags)], tags...), life: l.life}
}

// SLog is the logger of the SDK workers inside the server.
func (l *logger) SLog() *slog.Logger { return slog.New(errorsOnly{l.to.Handler(), l.life}) }

// fatality is why the start ended, or nil.
func (l *life) fatality() error {
	select {
	case <-l.fatal:
		return l.why
	default:
		return nil
	}
}

func (l *life) enter(phase int32) { l.phase.Store(phase) }

// mute silences what a server says while it stops.
func (l *life) mute() { l.muted.Store(true) }

// errorsOnly is a handler with the same silence.
type errorsOnly struct {
	slog.Handler
	*life
}

func (h errorsOnly) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError && !h.muted.Load() && h.Handler.Enabled(ctx, level)
}
func (h errorsOnly) WithAttrs(a []slog.Attr) slog.Handler {
	return errorsOnly{h.Handler.WithAttrs(a), h.life}
}
func (h errorsOnly) WithGroup(g string) slog.Handler {
	return errorsOnly{h.Handler.WithGroup(g), h.life}
}
