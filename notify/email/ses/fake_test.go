package ses

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// cloud answers on loopback as SES v2 and SQS do: it asks for a signature,
// refuses what they refuse, and fails as they fail.
type cloud struct {
	t  *testing.T
	mu sync.Mutex
	// messages accepted, by the value of our tag.
	accepted map[string]int
	serial   int
	// fault says how the n-th hand-over fails: "" not at all.
	fault func(n int) string
	calls int
	// accepting is called when a message is accepted and not answered.
	accepting func()

	vdm        bool
	down       bool // nothing of the account can be read
	looked     int
	events     []string
	suppressed []string
	hurried    int      // pages of the list that are throttled first
	since      []string // StartDate of each reading
	listed     int

	queue    []*queued
	received int
}

type queued struct {
	id, body string
	until    time.Time // not seen before
	gone     bool
}

var tagValue = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

func newCloud(t *testing.T) (*cloud, string) {
	t.Helper()
	c := &cloud{t: t, accepted: map[string]int{}, events: []string{"BOUNCE", "COMPLAINT", "REJECT", "DELIVERY", "DELIVERY_DELAY"}}
	s := httptest.NewServer(c)
	t.Cleanup(s.Close)
	return c, s.URL
}

func (c *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 ") {
		refuse(w, http.StatusForbidden, "MissingAuthenticationTokenException", "")
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	switch {
	case r.Header.Get("X-Amz-Target") != "":
		c.sqs(w, strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AmazonSQS."), body)
	case r.URL.Path == "/v2/email/outbound-emails" && r.Method == http.MethodPost:
		c.send(w, body)
	case r.URL.Path == "/v2/email/suppression/addresses":
		if c.hurried > 0 {
			c.hurried--
			refuse(w, http.StatusTooManyRequests, "TooManyRequestsException", "")
			return
		}
		if r.URL.Query().Get("NextToken") == "" {
			c.since = append(c.since, r.URL.Query().Get("StartDate"))
		}
		c.suppression(w, r.URL.Query().Get("NextToken"))
	case c.down:
		c.looked++
		refuse(w, http.StatusInternalServerError, "InternalServiceErrorException", "")
	case r.URL.Path == "/v2/email/configuration-sets/notices":
		metrics := "DISABLED"
		if c.vdm {
			metrics = "ENABLED"
		}
		answer(w, map[string]any{"ConfigurationSetName": "notices", "VdmOptions": map[string]any{"DashboardOptions": map[string]any{"EngagementMetrics": metrics}}})
	case r.URL.Path == "/v2/email/configuration-sets/notices/event-destinations":
		answer(w, map[string]any{"EventDestinations": []any{map[string]any{"Name": "queue", "Enabled": true, "MatchingEventTypes": c.events}}})
	default:
		refuse(w, http.StatusNotFound, "NotFoundException", "no such thing")
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("X-Amzn-ErrorType", code)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}

// drop ends the connection without an answer.
func drop(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

func (c *cloud) send(w http.ResponseWriter, body []byte) {
	c.calls++
	fault := ""
	if c.fault != nil {
		fault = c.fault(c.calls)
	}
	var in struct {
		FromEmailAddress     string
		Destination          struct{ ToAddresses []string }
		Content              struct{ Raw struct{ Data []byte } }
		ConfigurationSetName string
		EmailTags            []struct{ Name, Value string }
	}
	if err := json.Unmarshal(body, &in); err != nil || len(in.Destination.ToAddresses) != 1 || len(in.EmailTags) != 1 {
		refuse(w, http.StatusBadRequest, "BadRequestException", "malformed")
		return
	}
	to := in.Destination.ToAddresses[0]
	m, err := mail.ReadMessage(bytes.NewReader(in.Content.Raw.Data))
	switch {
	case err != nil || m.Header.Get("To") != "<"+to+">":
		refuse(w, http.StatusBadRequest, "MessageRejected", "not the message of "+to)
		return
	case in.ConfigurationSetName != "notices":
		refuse(w, http.StatusNotFound, "NotFoundException", "no such set")
		return
	case !tagValue.MatchString(in.EmailTags[0].Value) || in.EmailTags[0].Name != Tag:
		refuse(w, http.StatusBadRequest, "BadRequestException", "tag")
		return
	}
	switch fault {
	case "throttle":
		refuse(w, http.StatusTooManyRequests, "TooManyRequestsException", "Maximum sending rate exceeded for "+to)
		return
	case "busy":
		refuse(w, http.StatusServiceUnavailable, "ServiceUnavailable", "")
		return
	case "sandbox":
		refuse(w, http.StatusBadRequest, "MessageRejected", "Email address is not verified. The following identities failed the check: "+to)
		return
	case "reject":
		refuse(w, http.StatusBadRequest, "MessageRejected", "Illegal address "+to)
		return
	case "paused":
		refuse(w, http.StatusBadRequest, "SendingPausedException", "")
		return
	case "forbidden":
		refuse(w, http.StatusForbidden, "AccessDeniedException", "no")
		return
	case "drop":
		drop(w)
		return
	}
	c.accepted[in.EmailTags[0].Value]++
	c.serial++
	switch fault {
	case "500 after accepting":
		refuse(w, http.StatusInternalServerError, "InternalServiceErrorException", to)
	case "drop after accepting":
		drop(w)
	case "time out after accepting":
		c.accepting()
		time.Sleep(50 * time.Millisecond)
	default:
		answer(w, map[string]string{"MessageId": fmt.Sprintf("0100018c-%012d-000000", c.serial)})
	}
}

func (c *cloud) suppression(w http.ResponseWriter, next string) {
	c.listed++
	var list []any
	for _, a := range c.suppressed {
		list = append(list, map[string]any{"EmailAddress": a, "Reason": "BOUNCE", "LastUpdateTime": 1763700000})
	}
	out := map[string]any{"SuppressedDestinationSummaries": list}
	if next == "" && len(list) > 1 { // two pages
		out = map[string]any{"SuppressedDestinationSummaries": list[:1], "NextToken": "2"}
	} else if next == "2" {
		out["SuppressedDestinationSummaries"] = list[1:]
	}
	answer(w, out)
}

// put has SES publish an event to the queue.
func (c *cloud) put(body string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, &queued{id: fmt.Sprintf("m%d", len(c.queue)), body: body})
}

func (c *cloud) left() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, q := range c.queue {
		if !q.gone {
			n++
		}
	}
	return n
}

// show makes what was handed out visible again, as after the timeout.
func (c *cloud) show() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, q := range c.queue {
		q.until = time.Time{}
	}
}

func (c *cloud) sqs(w http.ResponseWriter, action string, body []byte) {
	switch action {
	case "ReceiveMessage":
		var in struct{ MaxNumberOfMessages, VisibilityTimeout int }
		if json.Unmarshal(body, &in) != nil || in.MaxNumberOfMessages > 10 {
			refuse(w, http.StatusBadRequest, "com.amazonaws.sqs#InvalidParameterValue", "")
			return
		}
		var list []any
		for _, q := range c.queue {
			if len(list) < in.MaxNumberOfMessages && !q.gone && time.Now().After(q.until) {
				q.until = time.Now().Add(time.Duration(in.VisibilityTimeout) * time.Second)
				sum := md5.Sum([]byte(q.body))
				list = append(list, map[string]string{"MessageId": q.id, "ReceiptHandle": "r" + q.id, "Body": q.body, "MD5OfBody": hex.EncodeToString(sum[:])})
			}
		}
		c.received++
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_ = json.NewEncoder(w).Encode(map[string]any{"Messages": list})
	case "DeleteMessageBatch":
		var in struct {
			Entries []struct{ Id, ReceiptHandle string }
		}
		if json.Unmarshal(body, &in) != nil || len(in.Entries) > 10 {
			refuse(w, http.StatusBadRequest, "com.amazonaws.sqs#InvalidParameterValue", "")
			return
		}
		var ok []any
		for _, e := range in.Entries {
			for _, q := range c.queue {
				if "r"+q.id == e.ReceiptHandle {
					q.gone = true
					ok = append(ok, map[string]string{"Id": e.Id})
				}
			}
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_ = json.NewEncoder(w).Encode(map[string]any{"Successful": ok})
	default:
		refuse(w, http.StatusBadRequest, "com.amazonaws.sqs#InvalidAction", action)
	}
}
