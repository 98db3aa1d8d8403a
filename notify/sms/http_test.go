package sms

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/notifytest"
)

// gateway is an honest provider with a memory.
type gateway struct {
	mu    sync.Mutex
	held  map[string]int
	first map[string]string // the reference of the first hand-over
	once  bool              // takes a key once
	last  map[string]any
}

func newGateway(once bool) *gateway {
	return &gateway{held: map[string]int{}, first: map[string]string{}, once: once}
}

const token = "Bearer tok-4f1c9b2e8a"

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.Header.Get("Authorization") != token {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if r.Method == http.MethodGet {
		key := strings.TrimPrefix(r.URL.Path, "/messages/")
		if g.held[key] == 0 {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = fmt.Fprintf(w, `{"message":{"id":%q}}`, g.first[key])
		return
	}
	var in map[string]any
	raw, _ := io.ReadAll(r.Body)
	if json.Unmarshal(raw, &in) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	g.last = in
	key, _ := in["reference"].(string)
	code := http.StatusCreated
	if g.once && g.held[key] > 0 {
		code = http.StatusConflict
	} else {
		g.held[key]++
		if g.first[key] == "" {
			g.first[key] = "ref-" + key
		}
	}
	w.WriteHeader(code)
	_, _ = fmt.Fprintf(w, `{"messages":[{"id":%q,"state":"queued"}]}`, g.first[key])
}

func (g *gateway) count(_ *testing.T, key string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held[key]
}

func referenceOf(r *http.Request, body []byte) string {
	var in struct{ Reference string }
	if r.Method != http.MethodPost || json.Unmarshal(body, &in) != nil {
		return ""
	}
	return in.Reference
}

func gatewayConfig(base string) HTTPConfig {
	return HTTPConfig{
		Name: "one", URL: base + "/messages", Local: true, Timeout: 400 * time.Millisecond,
		Headers: map[string]string{"Authorization": token},
		JSON:    map[string]any{"from": "{sender}", "to": []any{"{digits}"}, "content": "{text}", "reference": "{key}", "unicode": true},
		ID:      "messages.0.id",
	}
}

func TestHTTP(t *testing.T) {
	for _, tt := range []struct {
		name   string
		once   bool
		change func(*HTTPConfig, string)
	}{
		{"a provider that can be asked", false, func(c *HTTPConfig, base string) {
			c.Ask = &Lookup{URL: base + "/messages/{key}", ID: "message.id"}
			c.Status, c.Statuses = "messages.0.state", map[string]string{"queued": "accepted"}
		}},
		{"a provider that takes a key once", true, func(c *HTTPConfig, _ string) {
			c.Idempotent, c.Codes = true, map[int]string{409: "known"}
		}},
		{"a provider that can do neither", false, func(*HTTPConfig, string) {}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newGateway(tt.once)
			faulty := &notifytest.Faulty{Honest: g, KeyOf: referenceOf, Late: 2 * time.Second, SlowFor: 150 * time.Millisecond}
			cfg := gatewayConfig(faulty.Serve(t).URL)
			tt.change(&cfg, strings.TrimSuffix(cfg.URL, "/messages"))
			notifytest.Run(t, notifytest.Fixture{
				Open: func(t *testing.T) notify.Channel {
					h, err := NewHTTP(cfg, http.DefaultClient, nil)
					if err != nil {
						t.Fatal(err)
					}
					return h
				},
				Count: g.count, Break: faulty.Break, Strays: faulty.Strays, RetryAfter: true,
				Spoil: func(e *notify.Envelope) { e.To.Phone = "+33199001234" },
				Blind: cfg.Ask == nil, Repeats: !tt.once,
				Secrets: []string{token, strings.TrimPrefix(token, "Bearer "), cfg.URL},
			})
		})
	}
}

func TestHTTPBody(t *testing.T) {
	g := newGateway(false)
	srv := httptest.NewServer(g)
	defer srv.Close()
	h, err := NewHTTP(gatewayConfig(srv.URL), http.DefaultClient, nil)
	if err != nil {
		t.Fatal(err)
	}
	e := notifytest.Envelope("msg_1")
	e.Doc.Short = `Un "courrier" {to} {key} vous attend, \ "content": "x"`
	if _, err := h.Send(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"from": DefaultSender, "to": []any{"33639980042"}, "content": e.Doc.Short, "reference": "msg_1", "unicode": true}
	if d := cmp.Diff(want, g.last); d != "" {
		t.Error(d)
	}
	form := HTTPConfig{Form: map[string]string{"to": "{to}", "body": "{text}"}}
	if body, kind, err := form.body(map[string]string{"to": "+33639980042", "text": "a&to=b"}); err != nil ||
		string(body) != "body=a%26to%3Db&to=%2B33639980042" || kind != "application/x-www-form-urlencoded" {
		t.Errorf("form: %s, %s, %v", body, kind, err)
	}
}

func TestHTTPConfigRefuses(t *testing.T) {
	for name, change := range map[string]func(*HTTPConfig){
		"plain HTTP":               func(c *HTTPConfig) { c.Local = false },
		"a password in an address": func(c *HTTPConfig) { c.URL = "https://user:pass@sms.example.org" },
		"a number in an address":   func(c *HTTPConfig) { c.URL += "?to={to}" },
		"a number in a header":     func(c *HTTPConfig) { c.Headers = map[string]string{"X-To": "{to}"} },
		"a broken header":          func(c *HTTPConfig) { c.Headers = map[string]string{"X": "a\r\nY: b"} },
		"an unknown field":         func(c *HTTPConfig) { c.JSON = map[string]any{"to": "{to}", "text": "{text}", "name": "{name}"} },
		"no text":                  func(c *HTTPConfig) { c.JSON = map[string]any{"to": "{to}"} },
		"two bodies":               func(c *HTTPConfig) { c.Form = map[string]string{"to": "{to}"} },
		"GET":                      func(c *HTTPConfig) { c.Method = "GET" },
		"no id":                    func(c *HTTPConfig) { c.ID = "" },
		"an unknown verdict":       func(c *HTTPConfig) { c.Statuses = map[string]string{"ok": "fine"} },
		"a strange code":           func(c *HTTPConfig) { c.Codes = map[int]string{42: "refused"} },
		"an answer never believed": func(c *HTTPConfig) { c.Ask = &Lookup{URL: c.URL + "/{key}", ID: "id", After: 2 * time.Hour} },
		"an ask without a key":     func(c *HTTPConfig) { c.Ask = &Lookup{URL: c.URL, ID: "id"} },
		"a poll without a cursor":  func(c *HTTPConfig) { c.Poll = &Poll{URL: c.URL} },
		"a sender that is long":    func(c *HTTPConfig) { c.Sender = "TWELVE CHARS" },
		"a verdict with an address": func(c *HTTPConfig) {
			c.Poll = &Poll{URL: c.URL + "?c={cursor}", Next: "n", Receipts: Receipts{Key: "k", Status: "s", Statuses: map[string]string{"X": "bounced:a b@c"}}}
		},
	} {
		cfg := gatewayConfig("http://127.0.0.1:1")
		change(&cfg)
		if _, err := NewHTTP(cfg, http.DefaultClient, nil); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
}

var words6 = map[string]string{"DELIVRD": "delivered", "UNDELIV": "bounced:absent-subscriber", "REJECTD": "failed:rejected"}

func TestHTTPPolls(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page := map[string]string{
			"":   `{"events":[{"ref":"msg_1","st":"DELIVRD","id":12345678901234567890},{"ref":"msg_2","st":"UNDELIV"},{"ref":"../x","st":"DELIVRD"}],"next":"p2"}`,
			"p2": `{"events":[{"ref":"msg_3","st":"REJECTD"},{"ref":"msg_4","st":"ENROUTE"},7,null],"next":"p3"}`,
			"p3": `{"events":[]}`,
		}[r.URL.Query().Get("since")]
		_, _ = w.Write([]byte(page))
	}))
	defer srv.Close()
	cfg := gatewayConfig(srv.URL)
	cfg.Poll = &Poll{URL: srv.URL + "/events?since={cursor}", Next: "next", Receipts: Receipts{List: "events", Key: "ref", ID: "id", Status: "st", Statuses: words6}}
	h, err := NewHTTP(cfg, http.DefaultClient, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []notify.Outcome
	cursor := ""
	for range 3 {
		list, next, err := h.Outcomes(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		got, cursor = append(got, list...), next
	}
	want := []notify.Outcome{{Key: "msg_1", State: breach.MessageDelivered, Ref: "12345678901234567890"},
		{Key: "msg_2", State: breach.MessageBounced, Code: "absent-subscriber"}, {Key: "msg_3", State: breach.MessageFailed, Code: "rejected"}}
	if d := cmp.Diff(want, got); d != "" || cursor != "p3" || !h.Verdicts() {
		t.Error(cursor, d)
	}
}

func TestWebhook(t *testing.T) {
	inbox, err := NewInbox(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_800_000_000, 0)
	hook := Webhook{Secret: "0123456789abcdef", Stamp: "X-Time", Receipts: Receipts{Key: "ref", Status: "st", Statuses: words6}}
	handler, err := hook.Handler(inbox, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	sign := func(stamp, body string) string {
		mac := hmac.New(sha256.New, []byte(hook.Secret))
		mac.Write([]byte(stamp + "." + body))
		return hex.EncodeToString(mac.Sum(nil))
	}
	const good = `[{"ref":"msg_1","st":"DELIVRD"},{"ref":"msg_2","st":"UNDELIV"}]`
	for _, tt := range []struct {
		name, method, stamp, body, signature string
		want                                 int
	}{
		{"signed", "POST", "1800000000", good, sign("1800000000", good), 204},
		{"not signed", "POST", "1800000000", good, "", 401},
		{"signed for another body", "POST", "1800000000", good + " ", sign("1800000000", good), 401},
		{"signed long ago", "POST", "1799999000", good, sign("1799999000", good), 401},
		{"signed with another time", "POST", "1800000001", good, sign("1800000000", good), 401},
		{"a stranger learns nothing of what is no JSON", "POST", "1800000000", "<", "00", 401},
		{"no JSON", "POST", "1800000000", "<", sign("1800000000", "<"), 400},
		{"nothing to say", "POST", "1800000000", `{"st":"X"}`, sign("1800000000", `{"st":"X"}`), 204},
		{"too long", "POST", "1800000000", strings.Repeat(" ", maxReceipts+1), "00", 413},
		{"a look", "GET", "1800000000", "", "", 405},
	} {
		r := httptest.NewRequestWithContext(t.Context(), tt.method, "/", strings.NewReader(tt.body))
		r.Header.Set("X-Time", tt.stamp)
		r.Header.Set("X-Signature", tt.signature)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != tt.want || w.Body.Len() > 0 {
			t.Errorf("%s: answered %d %q, want %d", tt.name, w.Code, w.Body, tt.want)
		}
	}
	h, err := NewHTTP(gatewayConfig("http://127.0.0.1:1"), http.DefaultClient, inbox)
	if err != nil {
		t.Fatal(err)
	}
	list, _, err := h.Outcomes(t.Context(), "")
	if err != nil || len(list) != 2 || list[1].Code != "absent-subscriber" {
		t.Errorf("receipts: %+v, %v", list, err)
	}
	if _, ok, err := h.Ask(t.Context(), "msg_2"); !ok || err != nil {
		t.Errorf("a receipt came, and yet it does not have the message: %v", err)
	}
	if _, ok, err := h.Ask(t.Context(), "msg_3"); ok || !errors.Is(err, notify.ErrUnknown) {
		t.Errorf("no receipt: %v, %v", ok, err)
	}
	if _, err := (Webhook{Secret: "short", Receipts: hook.Receipts}).Handler(inbox, time.Now); err == nil {
		t.Error("a short secret is accepted")
	}
}

func FuzzReceipts(f *testing.F) {
	f.Add(`{"events":[{"ref":"msg_1","st":"DELIVRD"}]}`)
	f.Add(`[[[[7]]]]`)
	r := Receipts{List: "events", Key: "ref", ID: "id.0", Status: "st", Statuses: words6}
	f.Fuzz(func(t *testing.T, raw string) {
		v, ok := parse([]byte(raw))
		if !ok {
			return
		}
		for _, o := range r.outcomes(v) {
			if notify.CheckKey(o.Key) != nil || !verdictStates[o.State] {
				t.Errorf("%+v", o)
			}
		}
	})
}

func BenchmarkHTTPSend(b *testing.B) {
	g := newGateway(false)
	srv := httptest.NewServer(g)
	defer srv.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	h, err := NewHTTP(gatewayConfig(srv.URL), client, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(4)
	var n sync.Mutex
	i := 0
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			n.Lock()
			i++
			key := fmt.Sprintf("msg_%d", i)
			n.Unlock()
			if _, err := h.Send(b.Context(), notifytest.Envelope(key)); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
}
