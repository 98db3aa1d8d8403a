package ses

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/email"
	"vigie/notify/notifytest"
)

var ret = email.Return{Domain: "vigie.example.org", Key: []byte("0123456789abcdef0123456789abcdef")}

func credentials(context.Context) (aws.Credentials, error) {
	return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secretexample"}, nil
}

func open(t *testing.T, url string) *Channel { return patient(t, url, 10*time.Second) }

func patient(t *testing.T, url string, timeout time.Duration) *Channel {
	t.Helper()
	ch, err := New(Config{
		Message: email.Config{From: "notification@vigie.example.org", Return: ret, Timeout: timeout},
		Region:  "eu-west-3", Set: "notices", Queue: url + "/123/notices", Endpoint: url,
	}, aws.Config{Credentials: aws.CredentialsProviderFunc(credentials)})
	if err != nil {
		t.Fatal(err)
	}
	return ch
}

// sesAnswer is how SES says what others say by HTTP statuses.
func sesAnswer(w http.ResponseWriter, f notifytest.Fault, echo string) bool {
	switch f {
	case notifytest.Throttle:
		refuse(w, http.StatusTooManyRequests, "TooManyRequestsException", "Maximum sending rate exceeded. "+echo)
	case notifytest.Quota:
		refuse(w, http.StatusTooManyRequests, "TooManyRequestsException", "Daily message quota exceeded. "+echo)
	case notifytest.Denied:
		refuse(w, http.StatusForbidden, "AccessDeniedException", echo)
	case notifytest.Final:
		refuse(w, http.StatusBadRequest, "MessageRejected", echo)
	default:
		return false
	}
	return true
}

func TestConformance(t *testing.T) {
	c, _ := newCloud(t)
	faulty := &notifytest.Faulty{Honest: c, Answer: sesAnswer, Late: 3 * time.Second, SlowFor: 150 * time.Millisecond,
		KeyOf: func(r *http.Request, body []byte) string {
			var in struct{ EmailTags []struct{ Value string } }
			if r.URL.Path != "/v2/email/outbound-emails" || json.Unmarshal(body, &in) != nil || len(in.EmailTags) != 1 {
				return ""
			}
			key, _ := (&Channel{Config: Config{Message: email.Config{Return: ret}}}).keyOf(in.EmailTags[0].Value)
			return key
		}}
	url := faulty.Serve(t).URL
	notifytest.Run(t, notifytest.Fixture{
		Open: func(t *testing.T) notify.Channel { return patient(t, url, 2*time.Second) },
		Count: func(_ *testing.T, key string) int {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.accepted[tagOf(key)]
		},
		Spoil: func(e *notify.Envelope) { e.To.Email = "zoe.hapax@example.org\r\nBcc: x@example.org" },
		Break: faulty.Break, Strays: faulty.Strays, RetryAfter: true, Blind: true, Repeats: true,
		Secrets: []string{"AKIDEXAMPLE", "secretexample"},
	})
}

func tagOf(key string) string { return strings.Replace(ret.Token(key), ".", "-", 1) }

func TestFaults(t *testing.T) {
	for _, tt := range []struct {
		fault string
		want  error // nil: a doubt, of no kind
		taken int
	}{
		{"throttle", breach.ErrTemporary, 0},
		{"busy", breach.ErrTemporary, 0},
		{"sandbox", breach.ErrTemporary, 0},
		{"paused", breach.ErrTemporary, 0},
		{"forbidden", breach.ErrTemporary, 0},
		{"reject", breach.ErrInvalid, 0},
		{"drop", nil, 0},
		{"500 after accepting", nil, 1},
		{"drop after accepting", nil, 1},
		{"time out after accepting", nil, 1},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			c, url := newCloud(t)
			c.fault = func(int) string { return tt.fault }
			e := notifytest.Envelope("msg_1")
			ch := open(t, url)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			if tt.fault == "time out after accepting" {
				c.accepting = cancel // the sender's patience ends
			}
			_, err := ch.Send(ctx, e)
			if err == nil {
				t.Fatal("sent")
			}
			notifytest.Silent(t, err, e)
			doubt := !errors.Is(err, breach.ErrInvalid) && !errors.Is(err, breach.ErrTemporary)
			if doubt != (tt.want == nil) || (tt.want != nil && !errors.Is(err, tt.want)) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			if n := c.accepted[tagOf("msg_1")]; n != tt.taken || c.calls != 1 {
				t.Errorf("%d accepted in %d calls, want %d in 1: a hand-over is never repeated blindly", n, c.calls, tt.taken)
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	if _, err := open(t, "http://127.0.0.1:1").Send(t.Context(), notifytest.Envelope("msg_1")); !errors.Is(err, breach.ErrTemporary) {
		t.Errorf("got %v, want ErrTemporary", err)
	}
}

func TestTrackingIsRefused(t *testing.T) {
	for name, change := range map[string]func(*cloud){
		"engagement metrics": func(c *cloud) { c.vdm = true },
		"openings":           func(c *cloud) { c.events = append(c.events, "OPEN") },
		"clicks":             func(c *cloud) { c.events = append(c.events, "CLICK") },
		"no bounces":         func(c *cloud) { c.events = []string{"DELIVERY"} },
	} {
		c, url := newCloud(t)
		change(c)
		ch := open(t, url)
		if err := ch.Check(t.Context()); !errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: accepted, %v", name, err)
		}
		if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_1")); !errors.Is(err, breach.ErrTemporary) || errors.Is(err, breach.ErrInvalid) {
			t.Errorf("%s: got %v: no recipient's fault", name, err)
		}
		if c.calls != 0 {
			t.Errorf("%s: sent", name)
		}
	}
}

func TestSuppressedIsABounce(t *testing.T) {
	c, url := newCloud(t)
	c.suppressed = []string{"other@example.org", "Zoe.Hapax@example.org"}
	ch := open(t, url)
	for range 2 {
		_, err := ch.Send(t.Context(), notifytest.Envelope("msg_1"))
		var refused *breach.RefusedError
		if !errors.As(err, &refused) || refused.Code != email.Suppressed {
			t.Fatalf("got %v, want %s", err, email.Suppressed)
		}
	}
	if c.calls != 0 || c.listed != 2 {
		t.Errorf("%d hand-overs, %d pages of the list read: want 0 and 2", c.calls, c.listed)
	}
}

// A long list of an account is throttled page by page: it is read all the same,
// and an hour later only what came to it.
func TestSuppressionListIsReadInPatience(t *testing.T) {
	c, url := newCloud(t)
	c.suppressed, c.hurried = []string{"other@example.org", "third@example.org"}, 1
	ch := open(t, url)
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_1")); err != nil {
		t.Fatal(err)
	}
	c.suppressed = []string{"zoe.hapax@example.org"}
	ch.look = time.Time{}
	var refused *breach.RefusedError
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_2")); !errors.As(err, &refused) || refused.Code != email.Suppressed {
		t.Errorf("suppressed meanwhile: got %v", err)
	}
	if !ch.lists("third@example.org") || len(c.since) != 2 || c.since[0] != "" || c.since[1] == "" {
		t.Errorf("read since %q", c.since)
	}
}

// SES asks to wait: forty at once do not ask it forty times.
func TestThrottledWaits(t *testing.T) {
	c, url := newCloud(t)
	c.fault = func(int) string { return "throttle" }
	ch := open(t, url)
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	if _, err := ch.Send(ctx, notifytest.Envelope("msg_0")); !errors.Is(err, breach.ErrTemporary) {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if _, err := ch.Send(ctx, notifytest.Envelope(fmt.Sprint("msg_", i))); !errors.Is(err, breach.ErrTemporary) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if c.calls > 5 {
		t.Errorf("%d calls in a moment although SES asked to wait", c.calls)
	}
}

// An account that cannot be read holds messages back and is not asked for each;
// one that was read before serves on.
func TestAccountCannotBeRead(t *testing.T) {
	c, url := newCloud(t)
	c.down = true
	ch := open(t, url)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if _, err := ch.Send(t.Context(), notifytest.Envelope(fmt.Sprint("msg_", i))); !errors.Is(err, breach.ErrTemporary) || errors.Is(err, breach.ErrInvalid) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if c.looked != 1 || len(c.accepted) != 0 {
		t.Errorf("looked at %d times, %d sent", c.looked, len(c.accepted))
	}
	c.down = false
	ch.look = time.Time{}
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_a")); err != nil {
		t.Fatal(err)
	}
	c.down = true
	ch.look = time.Time{}
	if _, err := ch.Send(t.Context(), notifytest.Envelope("msg_b")); err != nil {
		t.Errorf("what was read before does not serve: %v", err)
	}
}

// published is an event as SES publishes it, with our tag and a key.
func published(kind, key string, more map[string]any) string {
	ev := map[string]any{
		"eventType": kind,
		"mail": map[string]any{
			"timestamp": "2026-11-21T12:00:00.000Z", "messageId": "0100018c-000000000001-000000", "destination": []string{"zoe.hapax@example.org"},
			"tags": map[string]any{"ses:configuration-set": []string{"notices"}, Tag: []string{tagOf(key)}},
		},
	}
	for k, v := range more {
		ev[k] = v
	}
	raw, _ := json.Marshal(ev)
	return string(raw)
}

func bounce(kind, sub, status string) map[string]any {
	r := map[string]any{"emailAddress": "zoe.hapax@example.org"}
	if status != "" {
		r["status"], r["action"], r["diagnosticCode"] = status, "failed", "smtp; 550"
	}
	return map[string]any{"bounce": map[string]any{"bounceType": kind, "bounceSubType": sub, "bouncedRecipients": []any{r}}}
}

func TestEvents(t *testing.T) {
	sns, _ := json.Marshal(map[string]string{"Type": "Notification", "Message": published("Delivery", "msg_1", nil)})
	bridge := `{"version":"0","source":"aws.ses","detail-type":"Email Bounced","detail":` + published("Bounce", "msg_1", bounce("Permanent", "NoEmail", "5.1.1")) + `}`
	forged := strings.Replace(published("Bounce", "msg_1", bounce("Permanent", "General", "5.1.1")), strings.Split(ret.Token("msg_1"), ".")[1], "aaaaaaaaaaaaaaaa", 1)
	const b, none = breach.MessageBounced, breach.MessageState("")
	for _, tt := range []struct {
		name, body string
		want       meaning
		state      breach.MessageState
		code       string
	}{
		{"delivery through SNS", string(sns), verdict, breach.MessageDelivered, ""},
		{"bounce through EventBridge", bridge, verdict, b, email.NoMailbox},
		{"permanent", published("Bounce", "msg_1", bounce("Permanent", "General", "5.1.1")), verdict, b, email.NoMailbox},
		{"on the account's list", published("Bounce", "msg_1", bounce("Permanent", "OnAccountSuppressionList", "")), verdict, b, email.Suppressed},
		{"on the list of SES", published("Bounce", "msg_1", bounce("Permanent", "Suppressed", "5.1.1")), verdict, b, email.Suppressed},
		{"full to the end", published("Bounce", "msg_1", bounce("Transient", "MailboxFull", "4.2.2")), verdict, b, email.MailboxFull},
		{"given up", published("Bounce", "msg_1", bounce("Transient", "General", "4.4.7")), verdict, b, email.Expired},
		{"out of office", published("Bounce", "msg_1", bounce("Transient", "General", "")), nothing, none, ""},
		{"undetermined", published("Bounce", "msg_1", bounce("Undetermined", "Undetermined", "")), verdict, b, email.Refused},
		{"complaint", published("Complaint", "msg_1", map[string]any{"complaint": map[string]any{"complaintFeedbackType": "abuse"}}), verdict, b, email.Complaint},
		{"complaint taken back", published("Complaint", "msg_1", map[string]any{"complaint": map[string]any{"complaintFeedbackType": "not-spam"}}), nothing, none, ""},
		{"rejected", published("Reject", "msg_1", nil), verdict, breach.MessageFailed, email.ContentRefused},
		{"delayed", published("DeliveryDelay", "msg_1", nil), nothing, none, ""},
		{"sent", published("Send", "msg_1", nil), nothing, none, ""},
		{"forged", forged, foreign, none, ""},
		{"not an event", `{"x":1}`, foreign, none, ""},
		{"not JSON", "<xml>", foreign, none, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, url := newCloud(t)
			c.put(tt.body)
			list, cursor, err := open(t, url).Outcomes(t.Context(), "")
			if err != nil {
				t.Fatal(err)
			}
			if tt.want != verdict {
				if len(list) != 0 || cursor != "" || (c.left() == 1) != (tt.want == foreign) {
					t.Errorf("%v, %d left", list, c.left())
				}
				return
			}
			want := []notify.Outcome{{Key: "msg_1", State: tt.state, Code: tt.code, Ref: "0100018c-000000000001-000000"}}
			if diff := cmp.Diff(want, list); diff != "" {
				t.Error(diff)
			}
			if c.left() != 1 {
				t.Error("gone before it was settled")
			}
		})
	}
}

func TestEventsLeaveTheQueueOnceSettled(t *testing.T) {
	c, url := newCloud(t)
	for i := range 25 {
		c.put(published("Delivery", fmt.Sprint("msg_", i), nil))
	}
	ch := open(t, url)
	if list, _, err := ch.Outcomes(t.Context(), ""); err != nil || len(list) != 25 {
		t.Fatalf("%d outcomes, %v", len(list), err)
	}
	c.show() // the process died before it could settle: they come again
	ch = open(t, url)
	list, cursor, err := ch.Outcomes(t.Context(), "")
	if err != nil || len(list) != 25 {
		t.Fatalf("again: %d outcomes, %v", len(list), err)
	}
	if list, next, err := ch.Outcomes(t.Context(), cursor); err != nil || len(list) != 0 || next != cursor {
		t.Fatalf("after the last: %d, %q, %v", len(list), next, err)
	}
	if n := c.left(); n != 0 {
		t.Errorf("%d events stay", n)
	}
}

// A campaign over a provider that fails half of the time: whoever was not
// refused for now has the message, nobody has it twice.
func TestHalfFails(t *testing.T) {
	c, url := newCloud(t)
	kinds := []string{"", "500 after accepting", "", "drop after accepting", "", "drop", ""}
	c.fault = func(n int) string { return kinds[n%len(kinds)] }
	ch := open(t, url)
	doubts := 0
	for i := range 140 {
		key := fmt.Sprint("msg_", i)
		_, err := ch.Send(t.Context(), notifytest.Envelope(key))
		switch {
		case err == nil && c.accepted[ch.tag(key)] != 1:
			t.Fatalf("%s: sent, and yet not there", key)
		case errors.Is(err, breach.ErrTemporary) && c.accepted[ch.tag(key)] != 0:
			t.Fatalf("%s: refused for now, and yet there", key)
		case err != nil && !errors.Is(err, breach.ErrTemporary):
			doubts++
		}
	}
	for tag, n := range c.accepted {
		if n != 1 {
			t.Errorf("%s: %d times", tag, n)
		}
	}
	if doubts != 60 {
		t.Errorf("%d doubts, want 60", doubts)
	}
}

func FuzzEvent(f *testing.F) {
	f.Add(published("Bounce", "msg_1", bounce("Permanent", "General", "5.1.1")))
	f.Add(`{"Message":"{\"eventType\":\"Bounce\"}"}`)
	f.Add(`{"detail":{"eventType":"Send","mail":{"tags":{"vigie-key":["a-b"]}}}}`)
	c := &Channel{Config: Config{Message: email.Config{Return: ret}}}
	f.Fuzz(func(t *testing.T, body string) {
		o, kind := c.read(body)
		if kind == verdict && (o.State == "" || notify.CheckKey(o.Key) != nil) {
			t.Fatalf("%+v", o)
		}
		if kind != foreign && !strings.Contains(body, `\`) && !strings.Contains(strings.ToLower(body), strings.Split(ret.Token(o.Key), ".")[1]) {
			t.Fatalf("key %q out of nothing", o.Key)
		}
	})
}
