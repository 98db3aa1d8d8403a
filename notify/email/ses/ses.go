// Package ses sends the communication through Amazon SES v2 and takes in what
// became of it from an SQS queue of SES events.
//
// Each message goes as raw MIME, once: the SDK's own repetitions are switched
// off, since SES has no idempotency key and a request that ran out of time may
// have been accepted. A message carries its ledger key under a MAC as a tag;
// events come back with it. Addresses on the account's suppression list are not
// written to and are bounces at once, so that the letter follows: SES would
// accept them and stay silent on the line.
//
// Nothing is tracked: a configuration set that counts openings or clicks is not
// used (GDPR Art. 5(1)(c)). SES signs with the DKIM keys of the verified domain.
package ses

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/email"
)

// maxAnswer bounds an answer of AWS, in bytes: ten events of a queue are 2.5 MB
// at most, a page of the suppression list less.
const maxAnswer = 4 << 20

// Tag is the name of the message tag that carries the key.
const Tag = "vigie-key"

// Config is an account, a configuration set and what messages have in common.
type Config struct {
	// Message is as for SMTP, as far as it concerns the message: From, Domain,
	// NeutralName, Return (its key is required), Pacing, Quality, Now, Timeout.
	Message email.Config
	Region  string
	// Set is the configuration set; its events go to Queue, the URL of an SQS
	// queue, by SNS or EventBridge. Without a queue nothing is learnt of bounces.
	Set   string
	Queue string
	// Endpoint replaces the addresses of AWS; empty: those of the region.
	Endpoint string
}

// Channel hands messages to SES. It may be used by many goroutines.
type Channel struct {
	Config
	mail  *sesv2.Client
	queue *sqs.Client
	pace  *email.Pace

	mu         sync.Mutex
	look       time.Time // when the account is next looked at
	blocked    error     // why nothing may go until then
	suppressed map[digest]struct{}
	listed     time.Time // when the list was last read

	events events
}

// New checks a configuration; account bears the credentials. It does not call
// AWS yet: what AWS holds is looked at before the first message.
func New(c Config, account aws.Config) (*Channel, error) {
	var err error
	if c.Message, err = c.Message.Filled(); err != nil {
		return nil, err
	}
	if c.Message.Return.Key == nil {
		return nil, fmt.Errorf("SES: want a return key, to know events by: %w", breach.ErrInvalid)
	}
	if c.Set == "" {
		return nil, fmt.Errorf("SES: want a configuration set: %w", breach.ErrInvalid)
	}
	if c.Region != "" {
		account.Region = c.Region
	}
	if c.Endpoint != "" {
		account.BaseEndpoint = aws.String(c.Endpoint)
	}
	account.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	account.HTTPClient = notify.Client(c.Message.Timeout, maxAnswer)
	return &Channel{Config: c, mail: sesv2.NewFromConfig(account), queue: sqs.NewFromConfig(account),
		pace: email.NewPace(c.Message.Pacing, time.Now)}, nil
}

// Channel says that this is the e-mail channel.
func (c *Channel) Channel() breach.Channel { return breach.ChannelEmail }

// Send hands a message over and returns the message ID of SES. Kinds of errors
// are as for SMTP; a request that was sent and not answered is a doubt.
func (c *Channel) Send(ctx context.Context, e notify.Envelope) (string, error) {
	fail := func(err error) (string, error) { return "", fmt.Errorf("e-mail %s: %w", e.Key, err) }
	raw, err := c.Message.Message(e, c.Message.Now())
	if err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil {
		return fail(fmt.Errorf("%w: %w", breach.ErrTemporary, err))
	}
	if err := c.ready(ctx); err != nil {
		return fail(err)
	}
	domain := email.DomainOf(e.To.Email)
	if c.lists(e.To.Email) {
		return fail(&breach.RefusedError{Code: email.Suppressed, What: "e-mail " + e.Key, Hint: "the account does not write to this address: the next channel takes over"})
	}
	if err := c.Message.Quality.Open(); err != nil {
		return fail(err)
	}
	if err := c.pace.Turn(ctx, domain); err != nil {
		return fail(err)
	}
	if err := e.Leaving(ctx); err != nil {
		return fail(err)
	}
	ref, sent, err := c.send(ctx, e, raw)
	if err != nil {
		return fail(c.verdict(err, sent, e.Key))
	}
	c.pace.Took(domain)
	c.Message.Quality.Sent()
	return ref, nil
}

// send makes the one request; sent tells whether any of it may have left.
func (c *Channel) send(ctx context.Context, e notify.Envelope, raw []byte) (ref string, sent bool, err error) {
	// What never had a connection cannot have been accepted; from then on nobody
	// knows.
	var began atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { began.Store(true) }})
	out, err := c.mail.SendEmail(ctx, &sesv2.SendEmailInput{
		FromEmailAddress:     aws.String(c.Message.From),
		Destination:          &types.Destination{ToAddresses: []string{e.To.Email}},
		Content:              &types.EmailContent{Raw: &types.RawMessage{Data: raw}},
		ConfigurationSetName: aws.String(c.Set),
		EmailTags:            []types.MessageTag{{Name: aws.String(Tag), Value: aws.String(c.tag(e.Key))}},
	})
	if err != nil {
		return "", began.Load(), err
	}
	if aws.ToString(out.MessageId) == "" {
		return "", true, errors.New("an answer without a message ID")
	}
	return *out.MessageId, true, nil
}

// tag is the key with its MAC, in the letters a tag's value may have.
func (c *Channel) tag(key string) string {
	return strings.Replace(c.Message.Return.Token(key), ".", "-", 1)
}

// keyOf returns the key of a tag of ours.
func (c *Channel) keyOf(tag string) (string, bool) {
	cut := strings.LastIndexByte(tag, '-')
	if cut < 0 {
		return "", false
	}
	return c.Message.Return.KeyOf(tag[:cut] + "." + tag[cut+1:])
}

// verdict gives an error its kind. What SES says quotes addresses, so only its
// code is kept.
func (c *Channel) verdict(err error, sent bool, key string) error {
	if errors.Is(err, context.Canceled) && !sent {
		return fmt.Errorf("%w: %w", breach.ErrTemporary, context.Canceled)
	}
	var api smithy.APIError
	var answer *smithyhttp.ResponseError
	if !errors.As(err, &answer) || !errors.As(err, &api) {
		if sent {
			return errors.New("no answer to the request")
		}
		return fmt.Errorf("SES cannot be reached: %w", breach.ErrTemporary)
	}
	code, status := short(api.ErrorCode()), answer.HTTPStatusCode()
	switch {
	case throttled(code) && strings.HasPrefix(api.ErrorMessage(), "Daily message quota exceeded"):
		return fmt.Errorf("SES: %s: %w", code, &notify.BusyError{After: time.Hour, Quota: true}) // 24 h that roll
	case status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable || throttled(code):
		return fmt.Errorf("SES: %s: %w", code, &notify.BusyError{After: c.pace.Slow(email.Everybody)})
	case status >= 500: // it may have been accepted before whatever broke
		return fmt.Errorf("SES: %s (%d)", code, status)
	case code == "MessageRejected" && !strings.Contains(api.ErrorMessage(), "not verified"), code == "BadRequestException":
		c.Message.Quality.Sent()
		c.Message.Quality.Count(email.Refused)
		return fmt.Errorf("SES: %s: %w", code, &breach.RefusedError{Code: email.Refused, What: "e-mail " + key, Hint: "the next channel takes over"})
	}
	// Access, identity, configuration set: none of it concerns the recipient.
	c.pace.Slow(email.Everybody)
	return fmt.Errorf("SES: %s (%d): %w", code, status, breach.ErrTemporary)
}

// short keeps of an error code what can only be a code.
func short(code string) string {
	if len(code) > 64 || strings.IndexFunc(code, func(c rune) bool {
		return (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '.' && c != '_'
	}) >= 0 {
		return "error"
	}
	return code
}

func throttled(code string) bool {
	switch code {
	case "TooManyRequestsException", "LimitExceededException", "Throttling", "ThrottlingException", "RequestLimitExceeded":
		return true
	}
	return false
}

// Ask checks the key and answers notify.ErrUnknown: SES finds no message by
// anything but its own ID. The event of its delivery ends the doubt.
func (c *Channel) Ask(_ context.Context, key string) (string, bool, error) {
	if err := notify.CheckKey(key); err != nil {
		return "", false, err
	}
	return "", false, notify.ErrUnknown
}

// Blind tells that Ask never knows: fewer messages are in flight at a time.
func (c *Channel) Blind() bool { return true }
