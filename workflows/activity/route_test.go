package activity

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/route"
	"vigie/workflows"
)

// two is a route over two providers of a channel.
func two(t *testing.T, w *world, kind breach.Channel) (a, b *channel, r *route.Route) {
	t.Helper()
	a, b = newChannel(kind), newChannel(kind)
	r, err := route.New(w.Now, route.Provider{Name: "a", Channel: a}, route.Provider{Name: "b", Channel: b})
	w.must(err)
	w.Channels[kind] = r
	return a, b, r
}

// TestRouteAsksWhoeverHasTheMessage: a row reserved with one provider is never
// given to another, unless the first says that it has it not.
func TestRouteAsksWhoeverHasTheMessage(t *testing.T) {
	for _, tt := range []struct {
		name        string
		kept, blind bool
		want        breach.MessageState
		letter      breach.MessageState
	}{
		{"it has it", true, false, breach.MessageHandedOver, breach.MessageSkipped},
		{"it has it not", false, false, breach.MessageHandedOver, breach.MessageSkipped},
		{"it cannot say", true, true, breach.MessageDoubt, breach.MessageHandedOver},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := ready(t)
			a, b, _ := two(t, w, breach.ChannelEmail)
			m := w.row("ml-a", "y1", breach.ChannelEmail)
			if _, err := w.Store.Reserve(t.Context(), []breach.MessageID{m.ID}, "b", false, w.Now()); err != nil {
				t.Fatal(err)
			}
			if tt.kept {
				b.has[m.Key()], b.to[m.Key()] = 1, "Lina"
			}
			b.blind = tt.blind
			w.campaign("ml-a")
			w.wantState("ml-a", "y1", breach.ChannelEmail, tt.want, "")
			w.wantState("ml-a", "y1", breach.ChannelLetter, tt.letter, "")
			if a.has[m.Key()] != 0 {
				t.Error("the other provider got it as well")
			}
			if n := b.has[m.Key()]; n > 1 {
				t.Errorf("handed over %d times", n)
			}
			if len(a.told(t))+len(b.told(t)) < 5 {
				t.Error("somebody was not told")
			}
		})
	}
}

// A provider that takes a key once has accepted, and the answer was lost: the
// row is tried again there, and never handed to the other. One that said "not
// now" has nothing, and the other may have it.
func TestRouteDoesNotHandADoubtToAnother(t *testing.T) {
	lost := fmt.Errorf("the answer was lost: %w", notify.ErrSame)
	for _, tt := range []struct {
		name string
		err  error
		kept bool
	}{{"may have it", lost, true}, {"busy", errBusy, false}} {
		t.Run(tt.name, func(t *testing.T) {
			w := ready(t)
			a, b, _ := two(t, w, breach.ChannelEmail)
			for _, c := range []*channel{a, b} {
				c.fail["Lina"], c.keeps["Lina"] = tt.err, tt.kept
			}
			m := w.row("ml-a", "y1", breach.ChannelEmail)
			for range 3 {
				if _, err := w.round("ml-a", breach.ChannelEmail); err == nil {
					t.Fatal("no other attempt")
				}
			}
			first := w.row("ml-a", "y1", breach.ChannelEmail)
			if tt.kept && min(a.has[m.Key()], b.has[m.Key()]) > 0 {
				t.Errorf("the providers have %d and %d", a.has[m.Key()], b.has[m.Key()])
			}
			if got := first.Provider != ""; got != tt.kept || first.State != breach.MessagePlanned {
				t.Errorf("after the answer the row is %s with %q", first.State, first.Provider)
			}
		})
	}
}

// A provider that is no longer configured is not forgotten: its rows are
// doubts, unless another says that it has them.
func TestRouteWithoutItsProvider(t *testing.T) {
	w := ready(t)
	a, b, _ := two(t, w, breach.ChannelEmail)
	a.blind, b.blind = true, true
	m := w.row("ml-a", "y1", breach.ChannelEmail)
	if _, err := w.Store.Reserve(t.Context(), []breach.MessageID{m.ID}, "gone", false, w.Now()); err != nil {
		t.Fatal(err)
	}
	w.campaign("ml-a")
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageDoubt, "")
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageHandedOver, "")
}

// pointed is a world in which Lina's SMS is due: her mailbox has bounced.
func pointed(t *testing.T) *world {
	w := ready(t)
	w.email.fail["Lina"] = errBounce
	if _, err := w.round("ml-a", breach.ChannelEmail); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestSendWaitsForADecentHour(t *testing.T) {
	w := pointed(t)
	morning := w.Now().Add(9 * time.Hour).Truncate(time.Second)
	w.Hours = map[breach.Channel]func(notify.Envelope, time.Time) time.Time{breach.ChannelSMS: func(e notify.Envelope, now time.Time) time.Time {
		if e.To.Phone != "+33639980001" {
			t.Errorf("asked about another recipient")
		}
		if now.Before(morning) {
			return morning
		}
		return now
	}}
	out, err := w.round("ml-a", breach.ChannelSMS)
	if err != nil || out.NotBefore != morning.Unix() || out.Sent != 0 {
		t.Fatalf("got %+v, %v", out, err)
	}
	w.wantState("ml-a", "y1", breach.ChannelSMS, breach.MessagePlanned, "")
	// The letter does not wait for the SMS that announces it.
	if out, err := w.round("ml-a", breach.ChannelLetter); err != nil || out.NotBefore != 0 {
		t.Fatalf("got %+v, %v", out, err)
	}
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageHandedOver, "")
	// Nor does it make the SMS needless; and a row found reserved at night, which
	// the provider has not, waits as well.
	m := w.row("ml-a", "y1", breach.ChannelSMS)
	if _, err := w.Store.Reserve(t.Context(), []breach.MessageID{m.ID}, "sms", false, w.Now()); err != nil {
		t.Fatal(err)
	}
	if out, err := w.round("ml-a", breach.ChannelSMS); err != nil || out.NotBefore == 0 {
		t.Fatalf("got %+v, %v", out, err)
	}
	w.wantState("ml-a", "y1", breach.ChannelSMS, breach.MessagePlanned, "")
	w.ahead = 10 * time.Hour
	w.campaign("ml-a")
	w.wantState("ml-a", "y1", breach.ChannelSMS, breach.MessageHandedOver, "")
	if d := cmp.Diff([]string{"Lina +33639980001"}, w.sms.told(t)); d != "" {
		t.Error(d)
	}
}

// A quota that is used up is waited for by the campaign, and the letter waits
// with the e-mail: nobody is told twice.
func TestSendWaitsForAQuota(t *testing.T) {
	w := ready(t)
	a := newChannel(breach.ChannelEmail)
	r, err := route.New(w.Now, route.Provider{Name: "a", Channel: a, PerDay: 2})
	w.must(err)
	w.Channels[breach.ChannelEmail] = r
	out, err := w.round("ml-a", breach.ChannelEmail)
	midnight := w.Now().Truncate(24 * time.Hour).Add(24 * time.Hour)
	if at := time.Unix(out.NotBefore, 0); err != nil || at.Sub(midnight).Abs() > time.Minute || out.Sent != 2 {
		t.Fatalf("got %+v, %v, want to wait until %s", out, err, midnight)
	}
	for range 4 { // days
		w.campaign("ml-a")
		w.ahead += 24 * time.Hour
	}
	if d := cmp.Diff(6, len(a.told(t))); d != "" {
		t.Error(d)
	}
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageSkipped, "told-before")
	if d := cmp.Diff([]string{"Zoé 5 rue Canariste"}, w.post.told(t)); d != "" {
		t.Error(d)
	}
}

// TestRefusalsSayWhy: what the ledger keeps of a refusal is its code.
func TestRefusalsSayWhy(t *testing.T) {
	w := pointed(t)
	w.sms.fail["Lina"] = fmt.Errorf("SMS: %w", &breach.RefusedError{Code: "landline", What: "phone number"})
	w.campaign("ml-a")
	w.wantState("ml-a", "y1", breach.ChannelSMS, breach.MessageBounced, "landline")
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageHandedOver, "")
}

// wild is a provider at its worst. What it does with a hand-over follows from
// the key, the attempt and a seed, and it remembers what it has accepted.
type wild struct {
	*channel
	seed  int
	tries map[string]int
	mood  map[string]int
	wmu   sync.Mutex
}

func (c *wild) Send(ctx context.Context, e notify.Envelope) (string, error) {
	c.wmu.Lock()
	c.tries[e.Key]++
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%d %s %d %s", c.seed, e.Key, c.tries[e.Key], c.kind)
	mood := []string{"throttle", "throttle", "throttle", "throttle", "throttle", "500", "500 kept", "timeout kept", "dropped", "fine"}[h.Sum32()%10]
	c.mood[mood]++
	c.wmu.Unlock()
	switch mood {
	case "throttle":
		return "", &notify.BusyError{After: time.Millisecond}
	case "500", "dropped":
		return "", errors.New(mood) // nobody can tell that it was not accepted
	}
	ref, err := c.channel.Send(ctx, e)
	if err == nil && mood != "fine" {
		return "", errors.New(mood)
	}
	return ref, err
}

// TestWildProviders: providers that throttle half of the calls, answer 500,
// time out after accepting and drop connections, two of each channel, some of
// which cannot say what they have. Everybody is told or listed, nobody has a
// message twice, and every doubt stands in the ledger by person.
func TestWildProviders(t *testing.T) {
	for seed := range 6 {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := ready(t)
			var all []*wild
			for _, kind := range workflows.CampaignChannels {
				var list []route.Provider
				for i, name := range []string{"a", "b"} {
					c := &wild{channel: newChannel(kind), seed: 10*seed + i, tries: map[string]int{}, mood: map[string]int{}}
					c.blind = (seed+i)%3 == 0
					c.fail["Omar"] = errBounce
					if kind == breach.ChannelEmail {
						c.fail["Lina"] = errBounce
					}
					all = append(all, c)
					list = append(list, route.Provider{Name: name, Channel: c})
				}
				r, err := route.New(w.clock(t), list...)
				w.must(err)
				w.Channels[kind] = r
			}
			w.patiently("ml-a")
			w.patiently("ml-a") // an incident that is driven again

			held := map[string]int{}
			for _, c := range all {
				for key, n := range c.has {
					held[key] += n
				}
			}
			for key, n := range held {
				if n > 1 {
					t.Errorf("%s was handed over %d times", key, n)
				}
			}
			w.toldOrListed(t, held)
		})
	}
}

// clock runs ahead by half a second a call, so that pauses, probes and steps
// back of a route are not waited for.
func (w *world) clock(t *testing.T) func() time.Time {
	t.Helper()
	var mu sync.Mutex
	at := time.Now()
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at = at.Add(500 * time.Millisecond)
		return at
	}
}

// patiently is campaign, tried again as often as the workflow would.
func (w *world) patiently(c breach.ControllerID) {
	w.t.Helper()
	for _, ch := range workflows.CampaignChannels {
		for tries := 0; ; tries++ {
			_, err := w.round(c, ch)
			if err == nil {
				break
			}
			if tries == 200 || permanent(err) {
				w.t.Fatalf("%s of %s: %v", ch, c, err)
			}
		}
		w.outcomes(c, ch)
	}
}

// toldOrListed checks the ledger against what providers hold.
func (w *world) toldOrListed(t *testing.T, held map[string]int) {
	t.Helper()
	list, err := w.Store.Messages(t.Context(), incident, "ml-a", 1, 1000)
	w.must(err)
	told, listed, doubts := map[string]bool{}, map[string]bool{}, 0
	for _, m := range list {
		who := string(m.Subject) + "/" + m.Recipient
		switch m.State {
		case breach.MessageHandedOver:
			if held[m.Key()] != 1 {
				t.Errorf("%s of %s: the ledger says that it was handed over, and no provider has it", m.Channel, who)
			}
			told[who] = told[who] || m.Channel != breach.ChannelSMS
		case breach.MessageListed:
			listed[who] = true
		case breach.MessageDoubt:
			doubts++
			if !strings.Contains(m.Why, "cannot-say") {
				t.Errorf("a doubt about %s without its reason: %s", who, m.Why)
			}
		case breach.MessagePlanned, breach.MessageReserved:
			t.Errorf("%s of %s is still %s", m.Channel, who, m.State)
		default:
			if held[m.Key()] > 0 {
				t.Errorf("%s of %s is %s, and a provider has it", m.Channel, who, m.State)
			}
		}
	}
	t.Logf("%d told, %d listed, %d doubts", len(told), len(listed), doubts)
	for _, m := range list {
		who := string(m.Subject) + "/" + m.Recipient
		if m.Subject == "y8" { // dead
			continue
		}
		if !told[who] && !listed[who] && !slices.ContainsFunc(list, func(o breach.Message) bool {
			return o.Subject == m.Subject && o.State == breach.MessageListed
		}) {
			t.Errorf("%s is neither told nor listed", who)
		}
	}
}
