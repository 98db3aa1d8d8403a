package console

import (
	"context"
	"maps"
	"sync"
	"time"

	"vigie/internal/breach"
)

// Counting a million pairs takes longer than showing one. From this many on, a
// count serves for a while; what hangs on it (closing a review) is decided by
// the store, never by a count on a page.
const (
	tallyFrom = 20_000
	tallyLife = 10 * time.Second
)

// tally remembers the counts of large incidents. The zero value is ready.
type tally struct {
	mu   sync.Mutex
	seen map[breach.IncidentID]tallied
}

type tallied struct {
	at     time.Time
	counts map[breach.CandidateState]int64
}

// count returns how many pairs of an incident are in each state; fresh asks
// the store whatever is remembered.
func (c *console) count(ctx context.Context, id breach.IncidentID, fresh bool) (map[breach.CandidateState]int64, error) {
	now := c.Now()
	if old, ok := c.tally.recall(id, now); ok && !fresh {
		return old, nil
	}
	counts, err := c.Store.CountCandidates(ctx, id)
	if err != nil {
		return nil, err
	}
	c.tally.keep(id, now, counts)
	return counts, nil
}

func (t *tally) recall(id breach.IncidentID, now time.Time) (map[breach.CandidateState]int64, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	x, ok := t.seen[id]
	if !ok || now.Sub(x.at) >= tallyLife {
		return nil, false
	}
	return maps.Clone(x.counts), true
}

func (t *tally) keep(id breach.IncidentID, now time.Time, counts map[breach.CandidateState]int64) {
	all := int64(0)
	for _, n := range counts {
		all += n
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if all < tallyFrom {
		delete(t.seen, id)
		return
	}
	if t.seen == nil {
		t.seen = map[breach.IncidentID]tallied{}
	}
	t.seen[id] = tallied{now, maps.Clone(counts)}
}

// move follows a decision, so that a reviewer sees the own progress at once.
func (t *tally) move(id breach.IncidentID, from, to breach.CandidateState) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if x, ok := t.seen[id]; ok {
		x.counts[from]--
		x.counts[to]++
	}
}
