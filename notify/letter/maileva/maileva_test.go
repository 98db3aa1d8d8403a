package maileva

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/notifytest"
)

func TestConformance(t *testing.T) {
	f := newFake(t)
	notifytest.Run(t, notifytest.Fixture{
		Open:  func(t *testing.T) notify.Channel { return f.service(t) },
		Count: func(_ *testing.T, key string) int { return len(f.printed(key)) },
		Spoil: func(e *notify.Envelope) { e.To.Address.Street = strings.Repeat("Hapax", 12) },
	})
}

// TestConformanceWithoutFilter: a service that lists everything, whatever
// reference is asked for.
func TestConformanceWithoutFilter(t *testing.T) {
	f := newFake(t)
	f.ignores = true
	notifytest.Run(t, notifytest.Fixture{
		Open:  func(t *testing.T) notify.Channel { return f.service(t) },
		Count: func(_ *testing.T, key string) int { return len(f.printed(key)) },
		Spoil: func(e *notify.Envelope) { e.To.Address.City = "" },
	})
}

func TestWhatIsSent(t *testing.T) {
	f := newFake(t)
	s := f.service(t)
	s.cfg.Letter.Duplex = true
	e := notifytest.Envelope("msg_1")
	e.To.Address.Line2, e.To.Address.Line5 = "Appt 12", "BP 90123"
	if _, err := s.Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	o := f.printed("msg_1")[0]
	want := map[string]any{"custom_id": "msg_1", "country_code": "FR", "address_line_1": "", "address_line_2": "Mme Zoé Hapax-Ligature",
		"address_line_3": "Appt 12", "address_line_4": "14 RUE DE L OEILLET", "address_line_5": "BP 90123", "address_line_6": "99100 ORBE EN VALLEE"}
	if d := cmp.Diff([]map[string]any{want}, o.Recipients); d != "" {
		t.Error(d)
	}
	if o.Options["duplex_printing"] != true || o.Options["color_printing"] != false || o.Options["postage_type"] != "FAST" || o.Options["name"] != "msg_1" {
		t.Errorf("options: %v", o.Options)
	}
	for name, v := range o.Options { // what the service shows of a sending tells nothing of anybody
		if strings.Contains(strings.ToLower(fmt.Sprint(v)), "hapax") {
			t.Errorf("option %s tells a name", name)
		}
	}
	if len(o.Documents) != 1 {
		t.Errorf("%d documents", len(o.Documents))
	}
}

// TestFaults breaks each step in each way. What is done afterwards, as the
// pipeline does it, prints the letter once, and no error tells a value.
func TestFaults(t *testing.T) {
	steps := []struct{ method, what string }{
		{"POST", "token"}, {"GET", "sendings"}, {"POST", "sendings"}, {"POST", "documents"}, {"POST", "recipients"}, {"POST", "submit"},
	}
	for _, step := range steps {
		for _, fault := range []int{-1, -2, 500, 503, 429, 401, 403} {
			t.Run(fmt.Sprintf("%s %s %d", step.method, step.what, fault), func(t *testing.T) {
				t.Parallel()
				f := newFake(t)
				var broken atomic.Bool
				broken.Store(true)
				f.fault = func(method, what string) int {
					if broken.Load() && method == step.method && what == step.what {
						return fault
					}
					return 0
				}
				s, e := f.service(t), notifytest.Envelope("msg_1")
				_, err := s.Send(t.Context(), e)
				notifytest.Silent(t, err, e)
				if err == nil || errors.Is(err, breach.ErrInvalid) {
					t.Fatalf("got %v, want an error that is not final", err)
				}
				if strings.Contains(err.Error(), clientSecret) || strings.Contains(err.Error(), "token-") {
					t.Errorf("an error tells a secret: %v", err)
				}
				certain := errors.Is(err, breach.ErrTemporary)
				if certain && len(f.printed("msg_1")) != 0 {
					t.Errorf("it is printed, and yet may be handed over again: %v", err)
				}
				broken.Store(false)
				if !certain {
					_, ok, err := s.Ask(t.Context(), "msg_1")
					if err != nil || ok != (len(f.printed("msg_1")) == 1) {
						t.Errorf("asked: %v, %v", ok, err)
					}
				}
				if _, err := s.Send(t.Context(), e); err != nil {
					t.Fatal(err)
				}
				if n := len(f.printed("msg_1")); n != 1 {
					t.Errorf("printed %d times", n)
				}
				if len(f.list) != 1 {
					t.Errorf("%d drafts are left over", len(f.list)-1)
				}
			})
		}
	}
}

func TestRefusedForGood(t *testing.T) {
	for _, what := range []string{"documents", "recipients", "submit"} {
		f := newFake(t)
		f.fault = func(_, at string) int {
			if at == what {
				return 422
			}
			return 0
		}
		e := notifytest.Envelope("msg_1")
		_, err := f.service(t).Send(t.Context(), e)
		if !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", what, err)
		}
		notifytest.Silent(t, err, e)
	}
}

// TestTwoSenders: the same letter from many processes at once is printed once.
func TestTwoSenders(t *testing.T) {
	f := newFake(t)
	var wg sync.WaitGroup
	for range 8 {
		s := f.service(t)
		wg.Go(func() {
			for range 50 {
				_, err := s.Send(t.Context(), notifytest.Envelope("msg_1"))
				if err == nil {
					return
				}
				if !errors.Is(err, breach.ErrTemporary) {
					if _, ok, aerr := s.Ask(t.Context(), "msg_1"); aerr != nil {
						t.Errorf("%v, %v", err, aerr)
					} else if ok {
						return
					}
				}
			}
		})
	}
	wg.Wait()
	if n := len(f.printed("msg_1")); n != 1 {
		t.Errorf("printed %d times", n)
	}
}

func TestTokenIsRenewed(t *testing.T) {
	f := newFake(t)
	at := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	f.now = func() time.Time { return at }
	s := f.service(t)
	for i, want := range []int{1, 1, 2} {
		if i == 2 {
			at = at.Add(5 * time.Minute)
		}
		if _, _, err := s.Ask(t.Context(), "msg_1"); err != nil || f.asked != want {
			t.Errorf("request %d: %d tokens, want %d, %v", i+1, f.asked, want, err)
		}
	}
	clear(f.tokens) // revoked
	if _, _, err := s.Ask(t.Context(), "msg_1"); err != nil || f.asked != 3 {
		t.Errorf("after a revocation: %d tokens, %v", f.asked, err)
	}
	if text := fmt.Sprintf("%v %+v %#v", s.token, s.token, s.token); strings.Contains(text, "token-") {
		t.Errorf("a token prints itself: %s", text)
	}
}

func TestOutcomes(t *testing.T) {
	f := newFake(t)
	s := f.service(t)
	want := map[string]notify.Outcome{}
	say := func(key, status string, delivery ...string) {
		t.Helper()
		if _, err := s.Send(t.Context(), notifytest.Envelope(key)); err != nil {
			t.Fatal(err)
		}
		o := f.printed(key)[0]
		o.Status = status
		for _, d := range delivery {
			o.Delivery = append(o.Delivery, map[string]string{"status": d})
		}
	}
	say("msg_pending", pending)
	say("msg_printed", processed)
	say("msg_rejected", rejected)
	want["msg_rejected"] = notify.Outcome{State: breach.MessageFailed, Code: "rejected"}
	say("msg_delivered", processed, "DELIVERED")
	want["msg_delivered"] = notify.Outcome{State: breach.MessageDelivered, Code: "delivered"}
	say("msg_attempted", processed, "ATTEMPTED")
	say("msg_unclaimed", processed, "ATTEMPTED", "UNCLAIMED")
	want["msg_unclaimed"] = notify.Outcome{State: breach.MessageBounced, Code: "returned-unclaimed"}
	say("msg_moved", processed, "DELIVERED", "UNKNOWN_ADDRESSEE")
	want["msg_moved"] = notify.Outcome{State: breach.MessageBounced, Code: "returned-unknown"}
	for range 2 * pageSize { // another user's
		f.list = append(f.list, &order{sending: sending{ID: fmt.Sprintf("x-%d", len(f.list)), CustomID: "order n° 1", Status: processed}})
	}
	say("msg_far", processed, "REFUSED")
	want["msg_far"] = notify.Outcome{State: breach.MessageBounced, Code: "returned-refused"}
	for range 2 { // again later
		got := map[string]notify.Outcome{}
		for cursor := ""; ; {
			list, next, err := s.Outcomes(t.Context(), cursor)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 || next == cursor {
				break
			}
			cursor = next
			for _, o := range list {
				key := o.Key
				o.Key, o.Ref = "", ""
				got[key] = o
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
}

func TestConfig(t *testing.T) {
	sound := Config{URL: "https://api.example.org/mail/v2", TokenURL: "https://id.example.org/token", ClientID: "a", Secret: "b"}
	if _, err := Open(sound); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Config){
		"plain http":      func(c *Config) { c.URL = "http://api.example.org" },
		"no token url":    func(c *Config) { c.TokenURL = "" },
		"no secret":       func(c *Config) { c.Secret = "" },
		"half an account": func(c *Config) { c.User = "u" },
	} {
		cfg := sound
		change(&cfg)
		if _, err := Open(cfg); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

// FuzzReply: whatever a service answers, nothing panics and nothing is told.
func FuzzReply(f *testing.F) {
	for _, seed := range []string{`{"sendings":[{"id":"a","custom_id":"msg_1","status":"DRAFT"}]}`, `{"id":"../x"}`, `[]`, `{"sendings":[{"id":""}]}`, ``} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		server := newFake(t)
		replies := replying{body}
		s := server.service(t)
		s.http.Transport = replies
		e := notifytest.Envelope("msg_1")
		_, err := s.Send(t.Context(), e)
		notifytest.Silent(t, err, e)
		_, _, _ = s.Outcomes(t.Context(), "")
	})
}
