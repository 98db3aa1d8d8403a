package sms

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// maxAnswer bounds what is read of a provider's answer.
const maxAnswer = 64 << 10

// HTTPConfig describes a provider that takes messages over HTTP. It says what
// is sent and where things stand in the answer; nothing in it is a program.
type HTTPConfig struct {
	Name   string `yaml:"-"`
	URL    string `yaml:"url"`
	Method string `yaml:"method"` // POST when empty
	// Headers, secrets among them. Placeholders are allowed, so that {key} may
	// stand in Idempotency-Key.
	Headers map[string]string `yaml:"-"`
	// JSON is the body, in which {to}, {digits} (to without its plus), {text},
	// {key} and {sender} are filled in where they stand in a string. Form is the
	// same for application/x-www-form-urlencoded. One of them.
	JSON any               `yaml:"json"`
	Form map[string]string `yaml:"form"`
	// ID is where the answer bears the provider's reference: messages.0.id.
	ID string `yaml:"id"`
	// Status is where the answer tells what it thinks of the message, and
	// Statuses what its words mean: accepted, known (an earlier hand-over of the
	// same key), refused, busy, quota or failed. Without them an answer with an
	// ID is accepted.
	Status   string            `yaml:"status"`
	Statuses map[string]string `yaml:"statuses"`
	// Codes are HTTP statuses that do not mean what they usually do, in the same
	// words: 409: known.
	Codes map[int]string `yaml:"codes"`
	// Idempotent says that the provider takes the same key once, for at least the
	// day during which a hand-over is tried again. What is unknown may then be
	// tried again; otherwise it is asked, or a doubt.
	Idempotent bool    `yaml:"idempotent"`
	Ask        *Lookup `yaml:"ask"`  // who can say whether it has a message
	Poll       *Poll   `yaml:"poll"` // how it is asked for receipts
	Sender     string  `yaml:"-"`
	// Local lets the provider be plain HTTP: a gateway on this machine, or a test.
	Local bool `yaml:"local"`
	// Timeout of one request; 20 s when 0.
	Timeout time.Duration `yaml:"timeout"`
}

// Lookup asks a provider about one message: 404, or an answer without an ID,
// means that it has none, once what it accepted is sure to show.
type Lookup struct {
	URL   string        `yaml:"url"` // with {key}
	ID    string        `yaml:"id"`
	After time.Duration `yaml:"after"` // until it is sure to show, an hour at most; 0: at once
}

// maxAfter bounds how long a doubt may wait for its answer.
const maxAfter = time.Hour

// HTTP hands text messages to a provider over HTTP. It may be used by many
// goroutines.
type HTTP struct {
	cfg    HTTPConfig
	client *http.Client
	inbox  *Inbox
}

// NewHTTP checks a configuration. client is what connects; it follows no
// redirect, whatever it was told. inbox holds receipts that came by webhook;
// nil when there are none.
func NewHTTP(cfg HTTPConfig, client *http.Client, inbox *Inbox) (*HTTP, error) {
	if cfg.Method == "" {
		cfg.Method = http.MethodPost
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 20 * time.Second
	}
	if cfg.Sender == "" {
		cfg.Sender = DefaultSender
	}
	if err := cfg.check(); err != nil {
		return nil, err
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &HTTP{cfg: cfg, client: &own, inbox: inbox}, nil
}

// Channel says that this is the SMS channel.
func (h *HTTP) Channel() breach.Channel { return breach.ChannelSMS }

// Send hands a message over and returns the provider's reference.
func (h *HTTP) Send(ctx context.Context, e notify.Envelope) (string, error) {
	m, err := Compose(e, h.cfg.Sender)
	if err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil { // nothing was sent
		return "", fmt.Errorf("SMS %s: %w: %w", e.Key, breach.ErrTemporary, err)
	}
	if err := e.Leaving(ctx); err != nil {
		return "", fmt.Errorf("SMS %s: %w", e.Key, err)
	}
	ref, err := h.handOver(ctx, m)
	if err != nil {
		return "", fmt.Errorf("SMS %s: %w", e.Key, err)
	}
	return ref, nil
}

func (h *HTTP) handOver(ctx context.Context, m Message) (string, error) {
	values := m.values()
	body, kind, err := h.cfg.body(values)
	if err != nil {
		return "", err
	}
	a, err := h.call(ctx, h.cfg.Method, fill(h.cfg.URL, urlValues(values)), kind, body, values)
	if err != nil {
		return "", h.unsure(err)
	}
	verdict := h.verdict(a)
	switch verdict {
	case "accepted", "known":
		if ref := text(find(a.json, h.cfg.ID)); ref != "" {
			return ref, nil
		}
		if verdict == "known" {
			return m.Key, nil
		}
		return "", h.unsure(errors.New("an answer without a reference"))
	case "refused":
		return "", &breach.RefusedError{Code: "refused-by-provider", What: "message", Hint: fmt.Sprintf("answer %d", a.code)}
	case "busy", "quota":
		return "", &notify.BusyError{After: a.after, Quota: verdict == "quota"}
	case "failed":
		return "", fmt.Errorf("answer %d: %w", a.code, breach.ErrTemporary)
	}
	return "", h.unsure(fmt.Errorf("answer %d says nothing that is known", a.code))
}

// unsure is an error after which nobody knows whether the provider has the
// message. With one that takes a key once, trying it again is safe.
func (h *HTTP) unsure(err error) error {
	if h.cfg.Idempotent && !errors.Is(err, breach.ErrTemporary) {
		return fmt.Errorf("%w: %w", notify.ErrSame, err)
	}
	return err
}

// verdict says in one word what an answer means. A status in the body that is
// known goes before the HTTP status; of those, what does not concern this
// recipient (authentication, our address of the service) is never a refusal.
func (h *HTTP) verdict(a answer) string {
	if v := h.cfg.Codes[a.code]; v != "" {
		return v
	}
	said := ""
	if h.cfg.Status != "" {
		said = h.cfg.Statuses[text(find(a.json, h.cfg.Status))]
	}
	switch {
	case said == "accepted" || said == "known":
		if a.code/100 == 2 || a.code == http.StatusConflict {
			return said
		}
		return ""
	case said != "":
		return said
	case a.code/100 == 2 && h.cfg.Status == "":
		return "accepted"
	case a.code/100 == 2:
		return ""
	case a.code == http.StatusTooManyRequests || a.code == http.StatusMisdirectedRequest || a.code == http.StatusServiceUnavailable:
		return "busy"
	case a.code == http.StatusPaymentRequired:
		return "quota"
	case a.code == http.StatusBadRequest || a.code == http.StatusUnprocessableEntity:
		return "refused"
	case a.code/100 == 5 || a.code == http.StatusRequestTimeout || a.code == http.StatusConflict:
		return ""
	}
	return "failed"
}

// Ask tells whether the provider has accepted the message with this key.
func (h *HTTP) Ask(ctx context.Context, key string) (string, bool, error) {
	if err := notify.CheckKey(key); err != nil {
		return "", false, err
	}
	if h.inbox != nil {
		if ref, ok, err := h.inbox.Has(key); ok || err != nil {
			return ref, ok, err
		}
	}
	if h.cfg.Ask == nil {
		return "", false, notify.ErrUnknown
	}
	values := map[string]string{"key": key}
	a, err := h.call(ctx, http.MethodGet, fill(h.cfg.Ask.URL, urlValues(values)), "", nil, values)
	switch {
	case err != nil:
		return "", false, fmt.Errorf("asking about %s: %w: %w", key, breach.ErrTemporary, err)
	case a.code == http.StatusNotFound:
		return "", false, nil
	case a.code == http.StatusTooManyRequests:
		return "", false, fmt.Errorf("asking about %s: %w", key, &notify.BusyError{After: a.after})
	case a.code != http.StatusOK || a.json == nil:
		return "", false, fmt.Errorf("asking about %s: answer %d: %w", key, a.code, breach.ErrTemporary)
	}
	ref := text(find(a.json, h.cfg.Ask.ID))
	return ref, ref != "", nil
}

// Settled is how long a message may be accepted and not show yet.
func (h *HTTP) Settled() time.Duration {
	if h.cfg.Ask == nil {
		return 0
	}
	return h.cfg.Ask.After
}

// Blind tells that nobody can say which messages the provider has.
func (h *HTTP) Blind() bool { return h.cfg.Ask == nil }

// answer is what a provider said, bounded.
type answer struct {
	code  int
	after time.Duration
	json  any // nil: no JSON
}

// call makes one request. An error that wraps ErrTemporary says that the
// request did not leave; no error bears an address, a header or a body.
func (h *HTTP) call(ctx context.Context, method, address, kind string, body []byte, values map[string]string) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, h.cfg.Timeout)
	defer cancel()
	sent := new(wire)
	req, err := http.NewRequestWithContext(sent.trace(ctx), method, address, bytes.NewReader(body))
	if err != nil {
		return answer{}, fmt.Errorf("making a request: %w", breach.ErrTemporary)
	}
	req.GetBody = nil // a request whose connection breaks is not repeated in silence
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	req.Header.Set("Accept", "application/json")
	for name, v := range h.cfg.Headers {
		req.Header.Set(name, fill(v, values))
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return answer{}, sent.quiet(err)
	}
	defer func() { _ = resp.Body.Close() }()
	a := answer{code: resp.StatusCode, after: notify.RetryAfter(resp.Header.Get("Retry-After"), time.Now())}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return answer{}, sent.quiet(err)
	}
	if len(raw) > maxAnswer {
		return answer{}, fmt.Errorf("an answer above %d bytes", maxAnswer)
	}
	if v, ok := parse(raw); ok {
		a.json = v
	}
	return a, nil
}

// urlValues escapes values for the path or the query of an address.
func urlValues(values map[string]string) map[string]string {
	out := make(map[string]string, len(values))
	for k, v := range values {
		out[k] = url.QueryEscape(v)
	}
	return out
}
