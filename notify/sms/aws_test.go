package sms

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/notifytest"
)

// amazon is End User Messaging and a queue as the real ones answer: AWS JSON
// 1.0, errors with __type and Reason, no idempotency.
type amazon struct {
	mu     sync.Mutex
	held   map[string]int
	last   map[string]any
	dry    int
	refuse map[string]any // answer to the next hand-over
	queue  map[string]string
	hidden map[string]bool
	serial int
}

func newAmazon() *amazon {
	return &amazon{held: map[string]int{}, queue: map[string]string{}, hidden: map[string]bool{}}
}

func (a *amazon) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	var in map[string]any
	if json.NewDecoder(r.Body).Decode(&in) != nil || !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	switch _, op, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); op {
	case "SendTextMessage":
		a.send(w, in)
	case "ReceiveMessage":
		a.receive(w)
	case "DeleteMessageBatch":
		for _, e := range in["Entries"].([]any) {
			delete(a.queue, e.(map[string]any)["ReceiptHandle"].(string))
		}
		_, _ = w.Write([]byte(`{"Successful":[],"Failed":[]}`))
	}
}

func (a *amazon) send(w http.ResponseWriter, in map[string]any) {
	if a.refuse != nil {
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(a.refuse)
		a.refuse = nil
		return
	}
	a.last = in
	if in["DryRun"] == true {
		a.dry++
	} else {
		a.held[in["Context"].(map[string]any)[contextKey].(string)]++
	}
	a.serial++
	_, _ = fmt.Fprintf(w, `{"MessageId":"aws-%d"}`, a.serial)
}

func (a *amazon) receive(w http.ResponseWriter) {
	type message struct{ MessageId, ReceiptHandle, Body, MD5OfBody string } //nolint:revive // as AWS spells it
	var list []message
	for handle, body := range a.queue {
		if len(list) == queueBatch || a.hidden[handle] {
			continue
		}
		a.hidden[handle] = true
		sum := md5.Sum([]byte(body))
		list = append(list, message{handle, handle, body, hex.EncodeToString(sum[:])})
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"Messages": list})
}

func (a *amazon) count(_ *testing.T, key string) int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.held[key]
}

func (a *amazon) put(bodies ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, b := range bodies {
		a.serial++
		a.queue[fmt.Sprintf("handle-%d", a.serial)] = b
	}
}

const accessKey, secretKey = "AKIAINVENTED0EXAMPLE", "invented/secret/4f1c9b2e8a7d"

func account() aws.Config {
	return aws.Config{Region: "eu-west-3", Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{AccessKeyID: accessKey, SecretAccessKey: secretKey}, nil
	})}
}

func openAWS(t testing.TB, base string, change func(*AWSConfig)) *AWS {
	t.Helper()
	cfg := AWSConfig{Region: "eu-west-3", Origination: "INFOPUBLIC", ConfigurationSet: "notices", Protect: "protect-1", MaxPrice: "0.12",
		Endpoint: base, Queue: base + "/1/events", Timeout: 400 * time.Millisecond}
	if change != nil {
		change(&cfg)
	}
	ch, err := NewAWS(cfg, account())
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// awsAnswer is how AWS says what others say by HTTP statuses.
func awsAnswer(w http.ResponseWriter, f notifytest.Fault, echo string) bool {
	kinds := map[notifytest.Fault][2]string{
		notifytest.Throttle: {"ThrottlingException", ""}, notifytest.Quota: {"ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"},
		notifytest.Denied: {"AccessDeniedException", "ACCOUNT_DISABLED"}, notifytest.Final: {"ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT"},
	}
	k, ok := kinds[f]
	if !ok {
		return false
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(http.StatusBadRequest)
	_ = json.NewEncoder(w).Encode(map[string]any{"__type": k[0], "Message": echo, "Reason": k[1]})
	return true
}

func TestAWS(t *testing.T) {
	a := newAmazon()
	faulty := &notifytest.Faulty{Honest: a, Answer: awsAnswer, Late: 2 * time.Second, SlowFor: 150 * time.Millisecond,
		KeyOf: func(r *http.Request, body []byte) string {
			var in struct{ Context map[string]string }
			if !strings.HasSuffix(r.Header.Get("X-Amz-Target"), "SendTextMessage") || json.Unmarshal(body, &in) != nil {
				return ""
			}
			return in.Context[contextKey]
		}}
	base := faulty.Serve(t).URL
	notifytest.Run(t, notifytest.Fixture{
		Open:  func(t *testing.T) notify.Channel { return openAWS(t, base, nil) },
		Count: a.count, Break: faulty.Break, Strays: faulty.Strays, Blind: true, Repeats: true,
		Spoil:   func(e *notify.Envelope) { e.To.Phone = "+262262123456" },
		Secrets: []string{accessKey, secretKey, base},
	})
}

func TestAWSInput(t *testing.T) {
	a := newAmazon()
	srv := httptest.NewServer(a)
	defer srv.Close()
	ch := openAWS(t, srv.URL, nil)
	e := notifytest.Envelope("msg_1")
	if err := ch.Rehearse(t.Context(), e); err != nil || a.dry != 1 || a.held["msg_1"] != 0 {
		t.Fatalf("a rehearsal: %v, dry %d, sent %d", err, a.dry, a.held["msg_1"])
	}
	if ref, err := ch.Send(t.Context(), e); err != nil || ref != "aws-2" {
		t.Fatal(ref, err)
	}
	want := map[string]any{"DestinationPhoneNumber": "+33639980042", "MessageBody": e.Doc.Short, "MessageType": "TRANSACTIONAL",
		"OriginationIdentity": "INFOPUBLIC", "ConfigurationSetName": "notices", "ProtectConfigurationId": "protect-1", "MaxPrice": "0.12",
		"TimeToLive": 14400.0, "Context": map[string]any{contextKey: "msg_1"}}
	if d := cmp.Diff(want, a.last); d != "" {
		t.Error(d)
	}
}

func TestAWSRefusals(t *testing.T) {
	a := newAmazon()
	srv := httptest.NewServer(a)
	defer srv.Close()
	ch := openAWS(t, srv.URL, nil)
	for _, tt := range []struct {
		kind, reason, field, code string // code "": temporary, not the recipient's fault
	}{
		{"ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", "", "opted-out"},
		{"ConflictException", "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION", "", "protect-blocked"},
		{"ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", "", ""},
		{"ConflictException", "NO_ORIGINATION_IDENTITIES_FOUND", "", ""},
		{"ValidationException", "PRICE_OVER_THRESHOLD", "", "price"},
		{"ValidationException", "DESTINATION_COUNTRY_BLOCKED", "", "country-blocked"},
		{"ValidationException", "INVALID_PARAMETER", "DestinationPhoneNumber", "invalid-number"},
		{"ValidationException", "INVALID_PARAMETER", "ConfigurationSetName", ""},
		{"ResourceNotFoundException", "", "", ""},
		{"UnrecognizedClientException", "", "", ""},
	} {
		a.refuse = map[string]any{"__type": tt.kind, "Reason": tt.reason, "Message": "+33639980042", "Fields": []any{map[string]any{"Name": tt.field, "Message": "x"}}}
		e := notifytest.Envelope("msg_1")
		_, err := ch.Send(t.Context(), e)
		var refused *breach.RefusedError
		code := ""
		if errors.As(err, &refused) {
			code = refused.Code
		}
		if code != tt.code || errors.Is(err, breach.ErrTemporary) != (tt.code == "") {
			t.Errorf("%s %s: got %v, want %q", tt.kind, tt.reason, err, tt.code)
		}
		notifytest.Silent(t, err, e)
		var busy *notify.BusyError
		if quota := errors.As(err, &busy) && busy.Quota; quota != (tt.kind == "ServiceQuotaExceededException") {
			t.Errorf("%s: a quota %v", tt.kind, quota)
		}
	}
}

func TestAWSEvents(t *testing.T) {
	a := newAmazon()
	srv := httptest.NewServer(a)
	defer srv.Close()
	ch := openAWS(t, srv.URL, nil)
	bare := func(kind, key string) string {
		return fmt.Sprintf(`{"eventType":%q,"isFinal":true,"destinationPhoneNumber":"+33639980042","messageId":"aws-1","context":{"vigie":%q}}`, kind, key)
	}
	want := map[string]notify.Outcome{}
	for kind, o := range eventVerdicts {
		key := "msg_" + strings.ToLower(string(kind))
		a.put(bare(string(kind), key))
		o.Key, o.Ref = key, "aws-1"
		want[key] = o
	}
	sns, err := json.Marshal(map[string]string{"Type": "Notification", "Message": bare("TEXT_DELIVERED", "msg_sns")})
	if err != nil {
		t.Fatal(err)
	}
	a.put(string(sns), `{"source":"aws.sms-voice","detail":`+bare("TEXT_UNREACHABLE", "msg_bridge")+`}`)
	want["msg_sns"] = notify.Outcome{Key: "msg_sns", Ref: "aws-1", State: breach.MessageDelivered}
	want["msg_bridge"] = notify.Outcome{Key: "msg_bridge", Ref: "aws-1", State: breach.MessageBounced, Code: "absent-subscriber"}
	for _, kind := range []string{"TEXT_SENT", "TEXT_QUEUED", "TEXT_PENDING", "TEXT_SUCCESSFUL", "TEXT_UNKNOWN", "VOICE_COMPLETED"} {
		a.put(bare(kind, "msg_none"))
	}
	a.put(strings.Replace(bare("TEXT_UNREACHABLE", "msg_not_final"), "true", "false", 1), "not JSON", `{"eventType":"TEXT_DELIVERED","context":{}}`)

	list, cursor, err := ch.Outcomes(t.Context(), "")
	if err != nil || !ch.Verdicts() {
		t.Fatal(err)
	}
	got := map[string]notify.Outcome{}
	for _, o := range list {
		got[o.Key] = o
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if len(a.queue) == 0 {
		t.Error("events are deleted before anybody has settled them")
	}
	if list, again, err := ch.Outcomes(t.Context(), cursor); err != nil || len(list) != 0 || again != cursor || len(a.queue) != 0 {
		t.Errorf("after settling: %d outcomes, %d left in the queue, %v", len(list), len(a.queue), err)
	}
	// What nobody settled comes again, in another life.
	a.put(bare("TEXT_DELIVERED", "msg_again"))
	if list, _, err := ch.Outcomes(t.Context(), ""); err != nil || len(list) != 1 {
		t.Fatalf("got %d, %v", len(list), err)
	}
	a.hidden = map[string]bool{}
	if list, _, err := openAWS(t, srv.URL, nil).Outcomes(t.Context(), "7"); err != nil || len(list) != 1 {
		t.Errorf("after a restart: %d outcomes, %v", len(list), err)
	}
	srv.Close()
	if _, _, err := ch.Outcomes(t.Context(), ""); !errors.Is(err, breach.ErrTemporary) || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("a queue that is away: %v", err)
	}
}

func TestAWSConfigRefuses(t *testing.T) {
	for name, change := range map[string]func(*AWSConfig){
		"no sender":   func(c *AWSConfig) { c.Origination = "" },
		"a price":     func(c *AWSConfig) { c.MaxPrice = "cheap" },
		"a dear one":  func(c *AWSConfig) { c.MaxPrice = "100" },
		"a long life": func(c *AWSConfig) { c.TTL = 100 * time.Hour },
		"plain HTTP":  func(c *AWSConfig) { c.Endpoint = "" },
	} {
		cfg := AWSConfig{Origination: "X", Queue: "http://127.0.0.1:1/q", Endpoint: "http://127.0.0.1:1"}
		change(&cfg)
		if _, err := NewAWS(cfg, account()); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: got %v, want a refusal", name, err)
		}
	}
}

func FuzzEvent(f *testing.F) {
	f.Add(`{"eventType":"TEXT_DELIVERED","context":{"vigie":"msg_1"}}`)
	f.Add(`{"Message":"{}"}`)
	f.Add(`{"detail":{"eventType":"TEXT_SPAM"}}`)
	f.Fuzz(func(t *testing.T, body string) {
		if o, ok := readEvent(body); ok && (notify.CheckKey(o.Key) != nil || !verdictStates[o.State]) {
			t.Errorf("%+v", o)
		}
	})
}
