package sms

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"vigie/internal/breach"
	"vigie/notify"
)

// eventVerdicts says what an event means. What is not there is no verdict:
// queued, sent, accepted by a carrier (TEXT_SUCCESSFUL), unknown.
var eventVerdicts = map[types.EventType]notify.Outcome{
	types.EventTypeTextDelivered:          {State: breach.MessageDelivered},
	types.EventTypeTextUnreachable:        {State: breach.MessageBounced, Code: "absent-subscriber"},
	types.EventTypeTextCarrierUnreachable: {State: breach.MessageBounced, Code: "carrier-unreachable"},
	types.EventTypeTextInvalid:            {State: breach.MessageBounced, Code: "invalid-number"},
	types.EventTypeTextBlocked:            {State: breach.MessageBounced, Code: "blocked"},
	types.EventTypeTextCarrierBlocked:     {State: breach.MessageBounced, Code: "carrier-blocked"},
	types.EventTypeTextInvalidMessage:     {State: breach.MessageFailed, Code: "invalid-message"},
	types.EventTypeTextSpam:               {State: breach.MessageFailed, Code: "taken-for-spam"},
	types.EventTypeTextTtlExpired:         {State: breach.MessageFailed, Code: "expired"},
	types.EventTypeTextProtectBlocked:     {State: breach.MessageFailed, Code: "protect-blocked"},
}

// event is what is read of one; the number in it is not.
type event struct {
	Type    types.EventType   `json:"eventType"`
	Final   *bool             `json:"isFinal"`
	ID      string            `json:"messageId"`
	Context map[string]string `json:"context"`
}

// readEvent reads an event as it comes from a queue: bare, wrapped by SNS as a
// string, or by EventBridge as its detail.
func readEvent(body string) (notify.Outcome, bool) {
	var wrapped struct {
		event
		Message string `json:"Message"`
		Detail  *event `json:"detail"`
	}
	if json.Unmarshal([]byte(body), &wrapped) != nil {
		return notify.Outcome{}, false
	}
	e := wrapped.event
	switch {
	case wrapped.Detail != nil:
		e = *wrapped.Detail
	case e.Type == "" && wrapped.Message != "":
		if json.Unmarshal([]byte(wrapped.Message), &e) != nil {
			return notify.Outcome{}, false
		}
	}
	out, ok := eventVerdicts[e.Type]
	if !ok || e.Final != nil && !*e.Final || notify.CheckKey(e.Context[contextKey]) != nil {
		return notify.Outcome{}, false
	}
	out.Key, out.Ref = e.Context[contextKey], text(e.ID)
	return out, true
}

// Bounds of one call of Outcomes.
const (
	queueBatch = 10 // SQS gives and deletes ten at most
	queueCalls = 50
)

// queue takes events from SQS. Those of one answer are deleted when the next
// is asked for with its cursor, which means that they have been settled: one
// that was lost on the way comes again.
type queue struct {
	client *sqs.Client
	url    string

	mu    sync.Mutex
	turn  int
	given map[int][]string // receipt handles by turn
}

// Verdicts tells whether events come at all, so that a round waits for them.
func (a *AWS) Verdicts() bool { return a.events != nil }

// Outcomes takes events from the queue.
func (a *AWS) Outcomes(ctx context.Context, cursor string) ([]notify.Outcome, string, error) {
	if a.events == nil {
		return nil, cursor, nil
	}
	q := a.events
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.settled(ctx, cursor); err != nil {
		return nil, cursor, err
	}
	for {
		list, handles, err := q.receive(ctx)
		if err != nil || len(handles) == 0 {
			return nil, cursor, err
		}
		if q.given == nil {
			q.given = map[int][]string{}
		}
		q.turn++
		q.given[q.turn] = handles
		if len(list) > 0 {
			return list, strconv.Itoa(q.turn), nil
		}
		if err := q.delete(ctx, q.turn); err != nil { // nothing in them to settle
			return nil, cursor, err
		}
	}
}

func (q *queue) receive(ctx context.Context) (list []notify.Outcome, handles []string, err error) {
	for range queueCalls {
		out, err := q.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &q.url, MaxNumberOfMessages: queueBatch, VisibilityTimeout: 120})
		if err != nil {
			if len(handles) > 0 {
				return list, handles, nil // what came is settled first
			}
			return nil, nil, fmt.Errorf("reading the queue of events: %w", quietly(ctx))
		}
		if len(out.Messages) == 0 {
			break
		}
		for _, m := range out.Messages {
			handles = append(handles, aws.ToString(m.ReceiptHandle))
			if o, ok := readEvent(aws.ToString(m.Body)); ok {
				list = append(list, o)
			}
		}
	}
	return list, handles, nil
}

// quietly is a temporary error without AWS's words.
func quietly(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", breach.ErrTemporary, err)
	}
	return breach.ErrTemporary
}

// settled deletes what was given under a cursor and before it.
func (q *queue) settled(ctx context.Context, cursor string) error {
	last, err := strconv.Atoi(cursor)
	if err != nil { // the first call, or the cursor of a former life
		return nil
	}
	for turn := range q.given {
		if turn <= last {
			if err := q.delete(ctx, turn); err != nil {
				return err
			}
		}
	}
	return nil
}

func (q *queue) delete(ctx context.Context, turn int) error {
	for part := range slices.Chunk(q.given[turn], queueBatch) {
		var entries []sqstypes.DeleteMessageBatchRequestEntry
		for i, h := range part {
			entries = append(entries, sqstypes.DeleteMessageBatchRequestEntry{Id: aws.String(strconv.Itoa(i)), ReceiptHandle: aws.String(h)})
		}
		if _, err := q.client.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: &q.url, Entries: entries}); err != nil {
			return fmt.Errorf("clearing the queue of events: %w", quietly(ctx))
		}
	}
	delete(q.given, turn)
	return nil
}
