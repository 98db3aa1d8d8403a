package ses

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"vigie/notify"
	"vigie/notify/email"
	"vigie/notify/notifytest"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// tagged is how a key stands in a request, and in the cloud's memory.
func tagged(key string) string { return strings.Replace(ret.Token(key), ".", "-", 1) }

// TestEveryFault holds SES to what every provider is held to.
func TestEveryFault(t *testing.T) {
	c, _ := newCloud(t)
	f := &notifytest.Faulty{Honest: c, Late: 3 * time.Second, SlowFor: 200 * time.Millisecond,
		KeyOf: func(r *http.Request, body []byte) string {
			var in struct{ EmailTags []struct{ Value string } }
			if r.URL.Path != "/v2/email/outbound-emails" || json.Unmarshal(body, &in) != nil || len(in.EmailTags) == 0 {
				return ""
			}
			return in.EmailTags[0].Value
		},
		Answer: func(w http.ResponseWriter, x notifytest.Fault, echo string) bool {
			code, ok := map[notifytest.Fault]string{notifytest.Throttle: "TooManyRequestsException", notifytest.Quota: "LimitExceededException",
				notifytest.Denied: "AccessDeniedException", notifytest.Final: "MessageRejected"}[x]
			if ok {
				refuse(w, map[bool]int{true: http.StatusTooManyRequests, false: http.StatusBadRequest}[x == notifytest.Throttle], code, echo)
			}
			return ok
		}}
	url := f.Serve(t).URL
	ch, err := Open(t.Context(), Config{
		Message: email.Config{From: "notification@vigie.example.org", Return: ret, Timeout: time.Second},
		Region:  "eu-west-3", Set: "notices", Queue: url + "/123/notices", Endpoint: url,
		Credentials: aws.CredentialsProviderFunc(credentials),
	})
	if err != nil {
		t.Fatal(err)
	}
	notifytest.Run(t, notifytest.Fixture{
		Open: func(*testing.T) notify.Channel { return ch },
		Count: func(_ *testing.T, key string) int {
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.accepted[tagged(key)]
		},
		Break:  func(t *testing.T, key string, x notifytest.Fault) bool { return f.Break(t, tagged(key), x) },
		Strays: f.Strays,
		Spoil:  func(e *notify.Envelope) { e.To.Email = "zoe.hapax@example.org\r\nBcc: x@example.org" },
		Blind:  true, Repeats: true, Secrets: []string{"AKIDEXAMPLE"},
	})
}
