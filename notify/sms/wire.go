package sms

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http/httptrace"
	"sync/atomic"

	"vigie/internal/breach"
)

// wire watches a request leave. What was never written cannot have been
// accepted; from the first byte on nobody knows.
type wire struct{ began atomic.Bool }

func (w *wire) trace(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { w.began.Store(true) },
	})
}

// quiet keeps the kind of a network error and drops its words, which name the
// address, and a refusal of ours, which names none.
func (w *wire) quiet(err error) error {
	var ne net.Error
	var refused *breach.RefusedError
	what := errors.New("connection lost")
	switch {
	case errors.As(err, &refused):
		return fmt.Errorf("the address of the provider is refused (%s): %w", refused.Code, breach.ErrTemporary)
	case errors.Is(err, context.Canceled):
		what = context.Canceled
	case errors.As(err, &ne) && ne.Timeout():
		what = errors.New("timeout")
	}
	if !w.began.Load() {
		return fmt.Errorf("connecting: %w: %w", breach.ErrTemporary, what)
	}
	return what
}
