package crawlers

import (
	"context"

	"golang.org/x/sync/semaphore"
)

// Lanes bounds how many pages are asked for at the same time over all visits.
// Whoever waits longest goes first, and a visit takes a lane for one page
// only: a site that answers slowly gets one turn in a round like any other.
type Lanes struct{ sem *semaphore.Weighted }

// NewLanes makes n of them.
func NewLanes(n int) *Lanes { return &Lanes{semaphore.NewWeighted(int64(n))} }

// enter waits for a lane and returns how to leave it.
func (l *Lanes) enter(ctx context.Context) (leave func(), err error) {
	if l == nil {
		return func() {}, ctx.Err()
	}
	if err := l.sem.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	return func() { l.sem.Release(1) }, nil
}
