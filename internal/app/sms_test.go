package app

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/workflows/activity"
)

const smsFile = `data: data
channels:
  letters: {per_day: 20000}
  second:
    letter: {outbox: other-printer, weight: 1}
    email: {smtp: 'relay2.example.org:587', smtp_user: u, smtp_pass: 'hunter2'}
  sms:
    sender: VIGIE
    providers:
      - name: un
        weight: 60
        per_second: 50
        per_day: 100000
        http:
          local: true
          url: 'URL/messages'
          headers: {Authorization: 'Bearer hunter2'}
          json: {from: '{sender}', to: ['{digits}'], content: '{text}', reference: '{key}'}
          id: messages.0.id
          codes: {409: known}
          ask: {url: 'URL/messages/{key}', id: id}
          webhook: {secret: 'hunter2hunter2hunter2', key: ref, status: st, statuses: {DELIVRD: delivered, UNDELIV: 'bounced:absent-subscriber'}}
      - name: deux
        weight: 40
        aws: {region: eu-west-3, origination: VIGIE, max_price: '0.12', ttl: 2h, protect: p, configuration_set: c}
`

func loadSMS(t *testing.T, file string) (Config, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("VIGIE_KEYS", "")
	if err := os.WriteFile("vigie.yaml", []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load("vigie.yaml", "")
}

// A message goes to a configured provider with its secret, and its receipt
// comes back by the public address.
func TestSMSByConfiguration(t *testing.T) {
	var got map[string]any
	var auth string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		auth = r.Header.Get("Authorization")
		_ = json.NewDecoder(r.Body).Decode(&got)
		_, _ = w.Write([]byte(`{"messages":[{"id":"x1"}]}`))
	}))
	defer srv.Close()
	t.Setenv("AWS_ACCESS_KEY_ID", "invented")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "invented")
	cfg, err := loadSMS(t, strings.ReplaceAll(smsFile, "URL", srv.URL))
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if strings.Contains(fmt.Sprintf(verb, cfg.Channels.SMS.Providers[0].HTTP), "hunter2") || strings.Contains(fmt.Sprintf(verb, cfg.Channels), "hunter2") {
			t.Error("a secret prints")
		}
	}
	a := &App{Config: cfg, Steps: &activity.Steps{}}
	if err := a.openChannels(t.Context()); err != nil {
		t.Fatal(err)
	}
	ch := a.Steps.Channels[breach.ChannelSMS]
	un, ok := ch.(interface {
		Via(string) (notify.Channel, bool)
	}).Via("un")
	if !ok {
		t.Fatal("no provider of that name")
	}
	e := notify.Envelope{Key: "msg_1", To: breach.Contact{Phone: "+33639980042"}, Doc: notify.Document{Short: "Un courrier vous attend."}}
	if ref, err := un.Send(t.Context(), e); err != nil || ref != "x1" || auth != "Bearer hunter2" || got["from"] != "VIGIE" {
		t.Fatalf("%q, %v, %q, %v", ref, err, auth, got)
	}
	if at := a.Steps.Hours[breach.ChannelSMS](e, time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)); at.Weekday() != time.Monday {
		t.Errorf("a message of a Sunday goes at %s", at)
	}
	const receipt = `{"ref":"msg_1","st":"UNDELIV"}`
	mac := hmac.New(sha256.New, []byte("hunter2hunter2hunter2"))
	mac.Write([]byte(receipt))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/receipts/un", strings.NewReader(receipt))
	r.Header.Set("X-Signature", hex.EncodeToString(mac.Sum(nil)))
	w := httptest.NewRecorder()
	a.withReceipts(http.NotFoundHandler()).ServeHTTP(w, r)
	list, _, err := ch.Outcomes(t.Context(), "")
	if w.Code != http.StatusNoContent || err != nil || len(list) != 1 || list[0].Code != "absent-subscriber" {
		t.Errorf("answered %d, outcomes %+v, %v", w.Code, list, err)
	}
	if _, ok := a.Steps.Channels[breach.ChannelLetter].(interface {
		Via(string) (notify.Channel, bool)
	}).Via("letter-2"); !ok {
		t.Error("no second print route")
	}
	if _, err := os.Stat(filepath.Join("other-printer")); err != nil {
		t.Error(err)
	}
}

func TestSMSConfigRefuses(t *testing.T) {
	for _, tt := range []struct{ name, from, to string }{
		{"a sender", "sender: VIGIE", "sender: TROP LONG POUR CELA"},
		{"one name", "name: deux", "name: un"},
		{"no name", "name: deux", "name: ''"},
		{"nobody", "aws: {region", "other: {region"},
		{"a debt", "per_day: 20000", "per_day: -1"},
		{"no printer", "outbox: other-printer, ", ""},
		{"no relay", "smtp: 'relay2.example.org:587', ", ""},
	} {
		if !strings.Contains(smsFile, tt.from) {
			t.Fatalf("%s: not in the file", tt.name)
		}
		if _, err := loadSMS(t, strings.Replace(smsFile, tt.from, tt.to, 1)); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: got %v, want a refusal", tt.name, err)
		}
	}
	// What only the provider's own room can tell is refused when it is opened.
	cfg, err := loadSMS(t, strings.Replace(smsFile, "'{text}'", "'{nir}'", 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := (&App{Config: cfg, Steps: &activity.Steps{}}).openChannels(t.Context()); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("an unknown field: got %v", err)
	}
	// A provider that is not on this machine wants https and a public address.
	private := strings.ReplaceAll(strings.Replace(smsFile, "local: true", "local: false", 1), "URL", "https://127.0.0.1:1")
	if cfg, err = loadSMS(t, private); err != nil {
		t.Fatal(err)
	}
	a := &App{Config: cfg, Steps: &activity.Steps{}}
	if err := a.openChannels(t.Context()); err != nil {
		t.Fatal(err)
	}
	un, _ := a.Steps.Channels[breach.ChannelSMS].(interface {
		Via(string) (notify.Channel, bool)
	}).Via("un")
	_, err = un.Send(t.Context(), notify.Envelope{Key: "msg_1", To: breach.Contact{Phone: "+33639980042"}, Doc: notify.Document{Short: "x"}})
	if !errors.Is(err, breach.ErrTemporary) || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("a private address: got %v", err)
	}
}
