package route

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// maxWait is how long a hand-over waits for its turn before the row is given
// back: what is reserved and not sent is a doubt if the process dies.
const maxWait = 5 * time.Second

// Provider is one of those that take the messages of a channel.
type Provider struct {
	Name      string // in the ledger: never changed while messages are under way
	Channel   notify.Channel
	Weight    int           // share of the traffic, in any unit; 1 when 0
	PerSecond float64       // 0: no limit
	PerDay    int64         // UTC; 0: no limit
	Slow      time.Duration // a hand-over that takes longer counts as a failure; 8 s when 0
}

// Route is a channel over several providers. It may be used by many
// goroutines; rates and quotas are those of this process.
type Route struct {
	kind      breach.Channel
	providers []Provider
	now       func() time.Time

	mu      sync.Mutex
	balance Balance
	token   uint64
}

// New puts providers of one channel together.
func New(now func() time.Time, providers ...Provider) (*Route, error) {
	wrong := func(hint string) error {
		return &breach.RefusedError{Code: "providers", What: "providers of a channel", Hint: hint}
	}
	if len(providers) == 0 {
		return nil, wrong("want one at least")
	}
	r := &Route{kind: providers[0].Channel.Channel(), now: now}
	seen := map[string]bool{}
	for _, p := range providers {
		if notify.CheckKey(p.Name) != nil || seen[p.Name] {
			return nil, wrong("each has a name of its own, of letters, digits, _ and -")
		}
		if p.Channel.Channel() != r.kind {
			return nil, wrong("all of one channel")
		}
		if p.Slow <= 0 {
			p.Slow = 8 * time.Second
		}
		if p.Weight < 0 || p.PerSecond < 0 || p.PerDay < 0 {
			return nil, wrong("weights, rates and quotas of 0 or more")
		}
		seen[p.Name] = true
		r.providers = append(r.providers, p)
		r.balance.all = append(r.balance.all, newStanding(p))
	}
	return r, nil
}

// Channel says whose providers they are.
func (r *Route) Channel() breach.Channel { return r.kind }

// Pick names the provider of the next message, for the ledger to keep. When
// none may take it, the error is a notify.BusyError.
func (r *Route) Pick() (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, wait, quota := r.balance.choose(r.now())
	if i < 0 {
		return "", fmt.Errorf("no provider of %s may take a message: %w", r.kind, &notify.BusyError{After: wait, Quota: quota})
	}
	return r.providers[i].Name, nil
}

// Via is the provider of that name, at its pace. One that the configuration
// does not know any more is not there.
func (r *Route) Via(name string) (notify.Channel, bool) {
	for i, p := range r.providers {
		if p.Name == name {
			return via{carrier: p.Channel, route: r, at: i}, true
		}
	}
	return nil, false
}

// Send hands over through whoever is next. It is for messages that stand in no
// ledger; what does goes through Pick and Via.
func (r *Route) Send(ctx context.Context, e notify.Envelope) (string, error) {
	name, err := r.Pick()
	if err != nil {
		return "", err
	}
	ch, _ := r.Via(name)
	return ch.Send(ctx, e)
}

// Ask tells whether any provider has accepted the message. It is unknown as
// soon as one cannot say.
func (r *Route) Ask(ctx context.Context, key string) (string, bool, error) {
	var doubt error
	for _, p := range r.providers {
		ref, accepted, err := p.Channel.Ask(ctx, key)
		if accepted && err == nil {
			return ref, true, nil
		}
		doubt = errors.Join(doubt, err)
	}
	return "", false, doubt
}

// Blind tells whether a provider can never say what it has.
func (r *Route) Blind() bool {
	return r.any(func(c any) bool { b, ok := c.(interface{ Blind() bool }); return ok && b.Blind() })
}

// Verdicts tells whether outcomes come from any of them.
func (r *Route) Verdicts() bool {
	return r.any(func(c any) bool { v, ok := c.(interface{ Verdicts() bool }); return ok && v.Verdicts() })
}

// Settled is how long the slowest of them may not show what it has.
func (r *Route) Settled() time.Duration {
	most := time.Duration(0)
	for _, p := range r.providers {
		most = max(most, settled(p.Channel))
	}
	return most
}

func settled(c notify.Channel) time.Duration {
	if s, ok := c.(interface{ Settled() time.Duration }); ok {
		return s.Settled()
	}
	return 0
}

func (r *Route) any(is func(any) bool) bool {
	for _, p := range r.providers {
		if is(p.Channel) {
			return true
		}
	}
	return false
}

// Outcomes returns what has become of messages, of all providers. One that
// does not answer does not hide what the others say, unless none says anything.
func (r *Route) Outcomes(ctx context.Context, cursor string) ([]notify.Outcome, string, error) {
	at := map[string]string{}
	if cursor != "" && json.Unmarshal([]byte(cursor), &at) != nil {
		return nil, cursor, fmt.Errorf("cursor of %s: %w", r.kind, breach.ErrInvalid)
	}
	var list []notify.Outcome
	var errs error
	for _, p := range r.providers {
		part, next, err := p.Channel.Outcomes(ctx, at[p.Name])
		errs = errors.Join(errs, err)
		if err == nil {
			list, at[p.Name] = append(list, part...), next
		}
	}
	if len(list) == 0 {
		return nil, cursor, errs
	}
	next, err := json.Marshal(at)
	return list, string(next), err
}

type carrier = notify.Channel

// via is one provider as the route lets it be used.
type via struct {
	carrier
	route *Route
	at    int
}

// Settled is the provider's own: what is embedded hides it.
func (v via) Settled() time.Duration { return settled(v.carrier) }

// Send waits for the provider's turn, hands over and notes how it went.
func (v via) Send(ctx context.Context, e notify.Envelope) (string, error) {
	if err := v.wait(ctx); err != nil {
		return "", fmt.Errorf("message %s: %w", e.Key, err)
	}
	token := v.begin()
	ref, err := v.carrier.Send(ctx, e)
	v.end(ctx, token, err)
	return ref, err
}

// wait sleeps until the provider's pace and pauses allow a message.
func (v via) wait(ctx context.Context) error {
	r := v.route
	r.mu.Lock()
	now := r.now()
	s := r.balance.all[v.at]
	if until := s.pace.full(now); until.After(now) {
		r.mu.Unlock()
		return &notify.BusyError{After: until.Sub(now), Quota: true}
	}
	pause := max(s.until.Sub(now), 0)
	if pause > maxWait || s.pace.lag(now) > maxWait {
		r.mu.Unlock()
		return &notify.BusyError{After: max(pause, s.pace.lag(now))}
	}
	pause = max(pause, s.pace.take(now))
	r.mu.Unlock()
	if pause == 0 {
		return nil
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		r.mu.Lock()
		defer r.mu.Unlock()
		s.pace.back()
		return fmt.Errorf("%w: %w", breach.ErrTemporary, ctx.Err())
	}
}

func (v via) begin() uint64 {
	r := v.route
	r.mu.Lock()
	defer r.mu.Unlock()
	r.token++
	r.balance.begin(v.at, r.token, r.now())
	return r.token
}

func (v via) end(ctx context.Context, token uint64, err error) {
	how, after := well, time.Duration(0)
	var wait *notify.BusyError
	switch {
	case err == nil, errors.Is(err, breach.ErrInvalid):
	case ctx.Err() != nil, errors.Is(err, notify.ErrElsewhere):
		how = nothing
	case errors.As(err, &wait):
		how, after = busy, wait.After
		if wait.Quota {
			how = used
		}
	default:
		how = bad
	}
	r := v.route
	r.mu.Lock()
	defer r.mu.Unlock()
	r.balance.end(v.at, token, r.now(), how, after)
}
