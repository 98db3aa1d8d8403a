package ses

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/email"
)

const (
	perReceive = 10   // messages of one request: the most SQS gives
	perCall    = 1000 // events of one call of Outcomes
	hidden     = 300  // seconds for which an event that was handed out stays out of sight
	maxPending = 64   // batches that nobody has settled yet
	maxEvent   = 256 << 10
)

// events remembers what was handed out and not yet settled.
type events struct {
	mu      sync.Mutex
	serial  int
	pending map[string][]receipt
}

type receipt struct {
	handle string
	code   string
}

// Verdicts tells that outcomes come soon: SES reports every delivery.
func (c *Channel) Verdicts() bool { return c.Queue != "" }

// Outcomes returns what the next events say and a cursor. Asking again with
// that cursor tells that they are settled: only then do they leave the queue.
func (c *Channel) Outcomes(ctx context.Context, cursor string) ([]notify.Outcome, string, error) {
	if c.Queue == "" {
		return nil, cursor, nil
	}
	if err := c.settled(ctx, cursor); err != nil {
		return nil, cursor, err
	}
	var list []notify.Outcome
	var done []receipt
	for len(done) < perCall {
		out, err := c.queue.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &c.Queue, MaxNumberOfMessages: perReceive, VisibilityTimeout: hidden, WaitTimeSeconds: 1})
		if err != nil {
			if len(list) > 0 {
				break // what came is worth having
			}
			return nil, cursor, fmt.Errorf("SES: receiving events: %w", breach.ErrTemporary)
		}
		if len(out.Messages) == 0 {
			break
		}
		for _, m := range out.Messages {
			o, kind := c.read(aws.ToString(m.Body))
			if kind == foreign {
				continue // it stays, for the queue's own dead-letter rule
			}
			done = append(done, receipt{aws.ToString(m.ReceiptHandle), o.Code})
			if kind == verdict {
				list = append(list, o)
			}
		}
	}
	if len(list) == 0 {
		return nil, cursor, c.remove(ctx, done)
	}
	return list, c.handOut(done), nil
}

func (c *Channel) handOut(done []receipt) string {
	c.events.mu.Lock()
	defer c.events.mu.Unlock()
	if len(c.events.pending) >= maxPending || c.events.pending == nil { // abandoned ones come back by themselves
		c.events.pending = map[string][]receipt{}
	}
	c.events.serial++
	cursor := strconv.Itoa(c.events.serial)
	c.events.pending[cursor] = done
	return cursor
}

func (c *Channel) settled(ctx context.Context, cursor string) error {
	c.events.mu.Lock()
	done := c.events.pending[cursor]
	delete(c.events.pending, cursor)
	c.events.mu.Unlock()
	return c.remove(ctx, done)
}

// remove deletes events from the queue and counts what they said.
func (c *Channel) remove(ctx context.Context, done []receipt) error {
	for len(done) > 0 {
		part := done[:min(len(done), perReceive)]
		done = done[len(part):]
		in := &sqs.DeleteMessageBatchInput{QueueUrl: &c.Queue}
		for i, r := range part {
			in.Entries = append(in.Entries, sqstypes.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: aws.String(r.handle)})
		}
		if _, err := c.queue.DeleteMessageBatch(ctx, in); err != nil {
			return fmt.Errorf("SES: removing events: %w", breach.ErrTemporary)
		}
		for _, r := range part {
			c.Message.Quality.Count(r.code)
		}
	}
	return nil
}

// event is what SES publishes, as far as it is used (SES developer guide,
// "Examples of event data that Amazon SES publishes").
type event struct {
	EventType string `json:"eventType"`
	Mail      struct {
		MessageID string              `json:"messageId"`
		Tags      map[string][]string `json:"tags"`
	} `json:"mail"`
	Bounce struct {
		Type       string `json:"bounceType"`
		SubType    string `json:"bounceSubType"`
		Recipients []struct {
			Status     string `json:"status"`
			Diagnostic string `json:"diagnosticCode"`
		} `json:"bouncedRecipients"`
	} `json:"bounce"`
	Complaint struct {
		SubType  string `json:"complaintSubType"`
		Feedback string `json:"complaintFeedbackType"`
	} `json:"complaint"`
}

// meaning says what is to be done with an event.
type meaning int

const (
	foreign meaning = iota // not about a message of ours
	nothing                // ours, and no verdict
	verdict
)

// read reads an event as it comes through SNS, SNS raw delivery or EventBridge.
func (c *Channel) read(body string) (notify.Outcome, meaning) {
	var o notify.Outcome
	ev, ok := parse(body)
	if !ok {
		return o, foreign
	}
	tags := ev.Mail.Tags[Tag]
	if len(tags) != 1 {
		return o, foreign
	}
	if o.Key, ok = c.keyOf(tags[0]); !ok {
		return o, foreign
	}
	o.Ref = ref(ev.Mail.MessageID)
	if o.State, o.Code = ev.decide(); o.State == "" {
		return o, nothing
	}
	return o, verdict
}

func parse(body string) (event, bool) {
	if len(body) > maxEvent {
		return event{}, false
	}
	var outer struct {
		event
		Message string          `json:"Message"` // SNS
		Detail  json.RawMessage `json:"detail"`  // EventBridge
	}
	if json.Unmarshal([]byte(body), &outer) != nil {
		return event{}, false
	}
	inner := []byte(outer.Message)
	if len(inner) == 0 {
		inner = outer.Detail
	}
	if len(inner) == 0 {
		return outer.event, outer.EventType != ""
	}
	var ev event
	return ev, json.Unmarshal(inner, &ev) == nil && ev.EventType != ""
}

// ref keeps a provider's ID when it can only be one.
func ref(id string) string {
	if len(id) > 128 || strings.IndexFunc(id, func(c rune) bool {
		return c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	}) >= 0 {
		return ""
	}
	return id
}

// decide maps an event to a verdict. SES itself repeats what is temporary; a
// transient bounce is its last word, and nobody has been told.
func (ev event) decide() (breach.MessageState, string) {
	switch ev.EventType {
	case "Delivery":
		return breach.MessageDelivered, ""
	case "Reject", "Rendering Failure":
		return breach.MessageFailed, email.ContentRefused
	case "Bounce":
		return ev.bounced()
	case "Complaint":
		if strings.Contains(ev.Complaint.SubType, "SuppressionList") {
			return breach.MessageBounced, email.Suppressed
		}
		if ev.Complaint.Feedback == "not-spam" {
			return "", ""
		}
		return breach.MessageBounced, email.Complaint
	}
	return "", "" // Send, DeliveryDelay, and whatever comes later
}

func (ev event) bounced() (breach.MessageState, string) {
	b := ev.Bounce
	status, known := ev.status()
	switch b.SubType {
	case "Suppressed", "OnAccountSuppressionList", "OnTenantSuppressionList":
		return breach.MessageBounced, email.Suppressed
	case "NoEmail":
		return breach.MessageBounced, email.NoMailbox
	case "MailboxFull":
		return breach.MessageBounced, email.MailboxFull
	case "MessageTooLarge":
		return breach.MessageBounced, email.TooLarge
	case "ContentRejected", "AttachmentRejected":
		return breach.MessageBounced, email.ContentRefused
	case "General":
		if b.Type == "Transient" && !known {
			return "", "" // an answering machine, as SES reports them: without a status
		}
	}
	return breach.MessageBounced, email.Reason(status)
}

// status is the first recipient's enhanced code; each message has one.
func (ev event) status() (email.Status, bool) {
	if len(ev.Bounce.Recipients) == 0 {
		return email.Status{}, false
	}
	return email.ParseStatus(ev.Bounce.Recipients[0].Status)
}
