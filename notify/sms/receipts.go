package sms

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// Bounds of what is read of receipts, and how old a signed one may be.
const (
	maxReceipts = 1 << 20
	maxListed   = 10_000
	maxAge      = 5 * time.Minute
)

// Receipts says where receipts bear what. Statuses gives the provider's words
// a meaning: "delivered", or "bounced:CODE" and "failed:CODE" with a stable
// code of ours. A word that is not there is no verdict.
type Receipts struct {
	List     string            `yaml:"list"` // path to the list; "": the document is the list, or one receipt
	Key      string            `yaml:"key"`  // our key, as it was handed over
	ID       string            `yaml:"id"`
	Status   string            `yaml:"status"`
	Statuses map[string]string `yaml:"statuses"`
}

func (r Receipts) check(wrong func(string) error) error {
	if r.Key == "" || r.Status == "" || len(r.Statuses) == 0 {
		return wrong("receipts: want key, status and statuses")
	}
	for _, v := range r.Statuses {
		state, code, coded := strings.Cut(v, ":")
		if coded && notify.CheckKey(code) != nil || !verdictStates[breach.MessageState(state)] {
			return wrong("receipts: a status means delivered, bounced:CODE or failed:CODE")
		}
	}
	return nil
}

var verdictStates = map[breach.MessageState]bool{breach.MessageDelivered: true, breach.MessageBounced: true, breach.MessageFailed: true}

// outcomes reads receipts; those that say nothing are left out.
func (r Receipts) outcomes(v any) []notify.Outcome {
	if r.List != "" {
		v = find(v, r.List)
	}
	list, many := v.([]any)
	if !many {
		list = []any{v}
	}
	var out []notify.Outcome
	for _, x := range list[:min(len(list), maxListed)] {
		key := text(find(x, r.Key))
		state, code, _ := strings.Cut(r.Statuses[text(find(x, r.Status))], ":")
		if notify.CheckKey(key) != nil || state == "" {
			continue
		}
		out = append(out, notify.Outcome{Key: key, State: breach.MessageState(state), Ref: text(find(x, r.ID)), Code: code})
	}
	return out
}

// Poll asks a provider for receipts, page by page.
type Poll struct {
	URL      string `yaml:"url"`  // {cursor} stands for Next of the page before, or nothing
	Next     string `yaml:"next"` // path to the next cursor
	Receipts `yaml:",inline"`
}

func (p Poll) check(wrong func(string) error) error {
	if !strings.Contains(p.URL, "{cursor}") || p.Next == "" {
		return wrong("poll: want an address with {cursor}, and next")
	}
	return p.Receipts.check(wrong)
}

// Verdicts tells whether receipts come at all, so that a round waits for them.
func (h *HTTP) Verdicts() bool { return h.inbox != nil || h.cfg.Poll != nil }

// Outcomes returns what has become of messages: what webhooks brought, or what
// the provider answers when it is asked.
func (h *HTTP) Outcomes(ctx context.Context, cursor string) ([]notify.Outcome, string, error) {
	if h.cfg.Poll == nil {
		if h.inbox == nil {
			return nil, cursor, nil
		}
		return h.inbox.box.Outcomes(ctx, cursor)
	}
	values := map[string]string{"cursor": cursor}
	a, err := h.call(ctx, http.MethodGet, fill(h.cfg.Poll.URL, urlValues(values)), "", nil, map[string]string{"key": ""})
	if err != nil {
		return nil, cursor, fmt.Errorf("asking for receipts: %w: %w", breach.ErrTemporary, err)
	}
	if a.code != http.StatusOK || a.json == nil {
		return nil, cursor, fmt.Errorf("asking for receipts: answer %d: %w", a.code, breach.ErrTemporary)
	}
	next := text(find(a.json, h.cfg.Poll.Next))
	if next == "" {
		next = cursor
	}
	return h.cfg.Poll.outcomes(a.json), next, nil
}

// Inbox keeps the receipts that a provider brings by webhook, durably and
// without numbers: key, state, code, reference.
type Inbox struct{ box *notify.Outbox }

// NewInbox opens a directory of receipts; it is made if need be.
func NewInbox(dir string) (*Inbox, error) {
	box, err := notify.NewOutbox(dir, ".json")
	if err != nil {
		return nil, err
	}
	return &Inbox{box}, nil
}

// Has tells whether a receipt of a message came: whatever it says, the
// provider had the message.
func (i *Inbox) Has(key string) (ref string, ok bool, err error) {
	for cursor := ""; ; {
		list, next, err := i.box.Outcomes(context.Background(), cursor)
		if err != nil || len(list) == 0 && next == cursor {
			return "", false, err
		}
		for _, o := range list {
			if o.Key == key {
				return o.Ref, true, nil
			}
		}
		if next == cursor {
			return "", false, nil
		}
		cursor = next
	}
}

// Webhook takes receipts that a provider brings, signed with HMAC-SHA-256.
type Webhook struct {
	Secret   string `yaml:"-"`
	Header   string `yaml:"header"` // of the signature, hex or base64; X-Signature when empty
	Stamp    string `yaml:"stamp"`  // header of a time in seconds, signed as "TIME.BODY"; "": the body alone is signed
	Receipts `yaml:",inline"`
}

// Handler is where the provider brings its receipts. They are durable before
// it is answered. Whoever cannot sign learns nothing.
func (w Webhook) Handler(inbox *Inbox, now func() time.Time) (http.Handler, error) {
	wrong := func(hint string) error {
		return &breach.RefusedError{Code: "sms-webhook", What: "SMS receipts", Hint: hint}
	}
	if len(w.Secret) < 16 {
		return nil, wrong("a secret of 16 characters at least")
	}
	if err := w.Receipts.check(wrong); err != nil {
		return nil, err
	}
	if w.Header == "" {
		w.Header = "X-Signature"
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.WriteHeader(w.take(inbox, r, now()))
	}), nil
}

func (w Webhook) take(inbox *Inbox, r *http.Request, now time.Time) int {
	if r.Method != http.MethodPost {
		return http.StatusMethodNotAllowed
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxReceipts+1))
	if err != nil || len(body) > maxReceipts {
		return http.StatusRequestEntityTooLarge
	}
	if !w.signed(r.Header, body, now) {
		return http.StatusUnauthorized
	}
	v, ok := parse(body)
	if !ok {
		return http.StatusBadRequest
	}
	if list := w.outcomes(v); len(list) > 0 && inbox.box.Report(list) != nil {
		return http.StatusServiceUnavailable // it will come again
	}
	return http.StatusNoContent
}

func (w Webhook) signed(h http.Header, body []byte, now time.Time) bool {
	mac := hmac.New(sha256.New, []byte(w.Secret))
	if w.Stamp != "" {
		stamp := h.Get(w.Stamp)
		at, err := strconv.ParseInt(stamp, 10, 64)
		if err != nil || now.Sub(time.Unix(at, 0)).Abs() > maxAge {
			return false
		}
		mac.Write([]byte(stamp + "."))
	}
	mac.Write(body)
	said := strings.TrimPrefix(h.Get(w.Header), "sha256=")
	for _, decode := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString} {
		if sum, err := decode(said); err == nil && hmac.Equal(sum, mac.Sum(nil)) {
			return true
		}
	}
	return false
}
