package route

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/notifytest"
)

// memory is an honest provider that takes a key once.
type memory struct {
	mu    sync.Mutex
	kind  breach.Channel
	has   map[string]int
	fail  error
	news  []notify.Outcome
	blind bool
}

func newMemory() *memory { return &memory{kind: breach.ChannelSMS, has: map[string]int{}} }

func (m *memory) Channel() breach.Channel { return m.kind }
func (m *memory) Blind() bool             { return m.blind }
func (m *memory) Verdicts() bool          { return len(m.news) > 0 }

func (m *memory) Send(ctx context.Context, e notify.Envelope) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("%w: %w", breach.ErrTemporary, ctx.Err())
	case notify.CheckKey(e.Key) != nil || e.To.Phone == "":
		return "", breach.ErrInvalid
	case m.fail != nil:
		return "", m.fail
	case m.has[e.Key] == 0:
		m.has[e.Key] = 1
	}
	return "ref-" + e.Key, nil
}

func (m *memory) Ask(_ context.Context, key string) (string, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.blind {
		return "", false, notify.ErrUnknown
	}
	return "ref-" + key, m.has[key] > 0, nil
}

func (m *memory) Outcomes(_ context.Context, cursor string) ([]notify.Outcome, string, error) {
	at := 0
	_, _ = fmt.Sscan(cursor, &at)
	return m.news[at:], fmt.Sprint(len(m.news)), m.fail
}

func pair(t *testing.T, a, b *memory) *Route {
	t.Helper()
	r, err := New(time.Now, Provider{Name: "a", Channel: a}, Provider{Name: "b", Channel: b})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestViaPassesTheSuite(t *testing.T) {
	a := newMemory()
	r := pair(t, a, newMemory())
	notifytest.Run(t, notifytest.Fixture{
		Open: func(t *testing.T) notify.Channel {
			ch, ok := r.Via("a")
			if !ok {
				t.Fatal("no such provider")
			}
			return ch
		},
		Count: func(_ *testing.T, key string) int { return a.has[key] },
		Spoil: func(e *notify.Envelope) { e.To.Phone = "" },
	})
}

// Half the messages go to each; once one fails, nearly all go to the other, and
// whoever is asked about a message is the one that was named.
func TestRoute(t *testing.T) {
	a, b := newMemory(), newMemory()
	r := pair(t, a, b)
	send := func(key string) (string, error) {
		name, err := r.Pick()
		if err != nil {
			t.Fatal(err)
		}
		ch, _ := r.Via(name)
		_, err = ch.Send(t.Context(), notifytest.Envelope(key))
		return name, err
	}
	for i := range 20 {
		if _, err := send(fmt.Sprintf("msg_%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(a.has) != 10 || len(b.has) != 10 {
		t.Errorf("%d and %d messages, want ten each", len(a.has), len(b.has))
	}
	for _, m := range []*memory{a, b} {
		for key := range m.has {
			if _, ok, err := r.Ask(t.Context(), key); !ok || err != nil {
				t.Errorf("%s: %v", key, err)
			}
		}
	}
	clock := time.Now()
	r.now = func() time.Time { return clock }
	a.fail = errors.New("500")
	failed := 0
	for i := range 200 {
		clock = clock.Add(100 * time.Millisecond)
		if _, err := send(fmt.Sprintf("msg_more_%d", i)); err != nil {
			failed++
		}
	}
	if failed == 0 || failed > 60 {
		t.Errorf("%d of 200 went to the one that fails", failed)
	}
	if r.Blind() {
		t.Error("both can say what they have")
	}
	b.blind = true
	if _, _, err := r.Ask(t.Context(), "msg_none"); !errors.Is(err, notify.ErrUnknown) || !r.Blind() {
		t.Errorf("one cannot say: got %v", err)
	}
}

// A pause that a provider asks for is kept: nobody calls it meanwhile.
func TestRetryAfterIsKept(t *testing.T) {
	a := newMemory()
	clock := time.Unix(1_800_000_000, 0)
	r, err := New(func() time.Time { return clock }, Provider{Name: "a", Channel: a})
	if err != nil {
		t.Fatal(err)
	}
	ch, _ := r.Via("a")
	a.fail = &notify.BusyError{After: time.Minute}
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_1")); err == nil {
		t.Fatal("it is busy")
	}
	a.fail = nil
	var busy *notify.BusyError
	if _, err := r.Pick(); !errors.As(err, &busy) || busy.After != time.Minute || busy.Quota {
		t.Errorf("got %v, want to wait a minute", err)
	}
	clock = clock.Add(30 * time.Second)
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_1")); !errors.As(err, &busy) || len(a.has) != 0 {
		t.Errorf("called while it wants to be left alone: %v", err)
	}
	clock = clock.Add(31 * time.Second)
	if name, err := r.Pick(); name != "a" || err != nil {
		t.Errorf("got %q, %v", name, err)
	}
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_1")); err != nil {
		t.Error(err)
	}
}

func TestQuotaOfADay(t *testing.T) {
	clock := time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC)
	a := newMemory()
	r, err := New(func() time.Time { return clock }, Provider{Name: "a", Channel: a, PerDay: 3})
	if err != nil {
		t.Fatal(err)
	}
	ch, _ := r.Via("a")
	var busy *notify.BusyError
	for i := range 5 {
		_, err := ch.Send(t.Context(), notifytest.Envelope(fmt.Sprintf("msg_%d", i)))
		if i < 3 && err != nil || i >= 3 && (!errors.As(err, &busy) || !busy.Quota || busy.After != 2*time.Hour) {
			t.Errorf("message %d: %v", i, err)
		}
	}
	if _, err := r.Pick(); !errors.As(err, &busy) || !busy.Quota || len(a.has) != 3 {
		t.Errorf("got %v, %d sent", err, len(a.has))
	}
}

func TestRouteOutcomes(t *testing.T) {
	a, b := newMemory(), newMemory()
	a.news = []notify.Outcome{{Key: "msg_1", State: breach.MessageDelivered}}
	b.news = []notify.Outcome{{Key: "msg_2", State: breach.MessageBounced}}
	r := pair(t, a, b)
	list, cursor, err := r.Outcomes(t.Context(), "")
	if err != nil || len(list) != 2 || !r.Verdicts() {
		t.Fatalf("%v, %v", list, err)
	}
	a.news = append(a.news, notify.Outcome{Key: "msg_3", State: breach.MessageDelivered})
	b.fail = errors.New("away")
	if list, next, err := r.Outcomes(t.Context(), cursor); err != nil || len(list) != 1 || list[0].Key != "msg_3" {
		t.Errorf("%v, %q, %v", list, next, err)
	}
	a.fail = errors.New("away")
	if _, next, err := r.Outcomes(t.Context(), cursor); err == nil || next != cursor {
		t.Errorf("both are away: %q, %v", next, err)
	}
	if _, _, err := r.Outcomes(t.Context(), "{"); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("a strange cursor: %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	letters := newMemory()
	letters.kind = breach.ChannelLetter
	for name, list := range map[string][]Provider{
		"nobody":       nil,
		"no name":      {{Channel: newMemory()}},
		"one name":     {{Name: "a", Channel: newMemory()}, {Name: "a", Channel: newMemory()}},
		"two channels": {{Name: "a", Channel: newMemory()}, {Name: "b", Channel: letters}},
		"a debt":       {{Name: "a", Channel: newMemory(), PerDay: -1}},
	} {
		if _, err := New(time.Now, list...); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func BenchmarkPick(b *testing.B) {
	r, err := New(time.Now, Provider{Name: "a", Channel: newMemory()}, Provider{Name: "b", Channel: newMemory()})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := r.Pick(); err != nil {
			b.Fatal(err)
		}
	}
}

// late shows what it has taken a minute later.
type late struct{ *memory }

func (late) Settled() time.Duration { return time.Minute }

// What a provider says of its own memory reaches the ledger through the route.
func TestSettledIsTheProviders(t *testing.T) {
	r, err := New(time.Now, Provider{Name: "one", Channel: newMemory()}, Provider{Name: "other", Channel: late{newMemory()}})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]time.Duration{"one": 0, "other": time.Minute} {
		ch, _ := r.Via(name)
		if got := ch.(interface{ Settled() time.Duration }).Settled(); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := r.Settled(); got != time.Minute {
		t.Errorf("all: %s, want that of the slowest", got)
	}
}
