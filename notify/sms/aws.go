package sms

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2"
	"github.com/aws/aws-sdk-go-v2/service/pinpointsmsvoicev2/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"vigie/internal/breach"
	"vigie/notify"
)

// maxEvents bounds an answer of AWS: ten events of a queue are 2.5 MB at most.
const maxEvents = 4 << 20

// contextKey is under which our key travels with a message and comes back in
// its events.
const contextKey = "vigie"

// AWSConfig is an account of AWS End User Messaging SMS.
type AWSConfig struct {
	Region string `yaml:"region"`
	// Origination is whom messages are from: a sender id, a number, a pool, or
	// the ARN of one.
	Origination      string `yaml:"origination"`
	ConfigurationSet string `yaml:"configuration_set"`
	// Protect is the protect configuration that blocks countries nobody writes to.
	Protect string `yaml:"protect"`
	// MaxPrice is what one part may cost at most, in US dollars: 0.12.
	MaxPrice string `yaml:"max_price"`
	// TTL is for how long carriers try; 4 h when 0, and 72 h at most: a telephone
	// that is switched on next week needs no announcement of a letter.
	TTL time.Duration `yaml:"ttl"`
	// Queue is the address of the SQS queue of the events; "": there are none.
	Queue string `yaml:"queue"`
	// Endpoint is another address than AWS's own, for a VPC or a test.
	Endpoint string `yaml:"endpoint"`
	// Timeout of one request; 20 s when 0.
	Timeout time.Duration `yaml:"timeout"`
}

// AWS hands text messages to AWS End User Messaging SMS. AWS takes no
// idempotency key and cannot be asked about a message: what breaks after the
// request left is a doubt, which an event that bears our key settles later. It
// may be used by many goroutines.
type AWS struct {
	cfg    AWSConfig
	client *pinpointsmsvoicev2.Client
	events *queue
}

// NewAWS checks a configuration. account bears the credentials; the SDK's own
// retries are switched off, since each would be another message.
func NewAWS(cfg AWSConfig, account aws.Config) (*AWS, error) {
	wrong := func(hint string) error {
		return &breach.RefusedError{Code: "sms-provider", What: "SMS provider aws", Hint: hint}
	}
	if cfg.TTL == 0 {
		cfg.TTL = 4 * time.Hour
	}
	if cfg.Timeout <= 0 {
		cfg.Timeout = 20 * time.Second
	}
	switch price, err := strconv.ParseFloat(cfg.MaxPrice, 64); {
	case cfg.Origination == "":
		return nil, wrong("origination: want a sender id, a number or a pool")
	case cfg.MaxPrice != "" && (err != nil || price <= 0 || price > 10):
		return nil, wrong("max_price: want dollars, such as 0.12")
	case cfg.TTL < 5*time.Second || cfg.TTL > 72*time.Hour:
		return nil, wrong("ttl: want 5s to 72h")
	case cfg.Queue != "" && !strings.HasPrefix(cfg.Queue, "https://") && cfg.Endpoint == "":
		return nil, wrong("queue: want the https address of a queue")
	}
	if cfg.Region != "" {
		account.Region = cfg.Region
	}
	if cfg.Endpoint != "" {
		account.BaseEndpoint = aws.String(cfg.Endpoint)
	}
	account.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	account.HTTPClient = notify.Client(cfg.Timeout, maxEvents)
	a := &AWS{cfg: cfg, client: pinpointsmsvoicev2.NewFromConfig(account)}
	if cfg.Queue != "" {
		a.events = &queue{client: sqs.NewFromConfig(account), url: cfg.Queue}
	}
	return a, nil
}

// Channel says that this is the SMS channel.
func (a *AWS) Channel() breach.Channel { return breach.ChannelSMS }

// Send hands a message over and returns AWS's MessageId.
func (a *AWS) Send(ctx context.Context, e notify.Envelope) (string, error) {
	return a.send(ctx, e, false)
}

// Rehearse lets AWS check a message without sending it: number, sender, price
// and country. AWS takes five of these a second.
func (a *AWS) Rehearse(ctx context.Context, e notify.Envelope) error {
	_, err := a.send(ctx, e, true)
	return err
}

func (a *AWS) send(ctx context.Context, e notify.Envelope, dry bool) (string, error) {
	m, err := Compose(e, DefaultSender)
	if err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil { // nothing was sent
		return "", fmt.Errorf("SMS %s: %w: %w", e.Key, breach.ErrTemporary, err)
	}
	if err := e.Leaving(ctx); err != nil {
		return "", fmt.Errorf("SMS %s: %w", e.Key, err)
	}
	sent := new(wire)
	out, err := a.client.SendTextMessage(sent.trace(ctx), a.input(m, dry))
	if err != nil {
		return "", fmt.Errorf("SMS %s: %w", e.Key, verdictOf(err, sent))
	}
	ref := aws.ToString(out.MessageId)
	if ref == "" || text(ref) == "" {
		return "", fmt.Errorf("SMS %s: an answer without a reference", e.Key)
	}
	return ref, nil
}

func (a *AWS) input(m Message, dry bool) *pinpointsmsvoicev2.SendTextMessageInput {
	given := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	return &pinpointsmsvoicev2.SendTextMessageInput{
		DestinationPhoneNumber: &m.To, MessageBody: &m.Text, MessageType: types.MessageTypeTransactional,
		OriginationIdentity: &a.cfg.Origination, ConfigurationSetName: given(a.cfg.ConfigurationSet),
		ProtectConfigurationId: given(a.cfg.Protect), MaxPrice: given(a.cfg.MaxPrice),
		TimeToLive: aws.Int32(int32(a.cfg.TTL / time.Second)), Context: map[string]string{contextKey: m.Key}, DryRun: dry,
	}
}

// verdictOf maps what AWS says to the kinds of error. Its words may quote the
// number: only codes go on.
func verdictOf(err error, sent *wire) error {
	var (
		busy     *types.ThrottlingException
		quota    *types.ServiceQuotaExceededException
		conflict *types.ConflictException
		invalid  *types.ValidationException
		api      smithy.APIError
		resp     *smithyhttp.ResponseError
	)
	code, after := 0, time.Duration(0)
	if errors.As(err, &resp) && resp.Response != nil {
		code = resp.HTTPStatusCode()
		after = notify.RetryAfter(resp.Response.Header.Get("Retry-After"), time.Now())
	}
	switch {
	case errors.As(err, &busy), code == http.StatusTooManyRequests:
		return &notify.BusyError{After: after}
	case errors.As(err, &quota):
		return &notify.BusyError{After: after, Quota: true}
	case errors.As(err, &conflict):
		return concerns(string(conflict.Reason))
	case errors.As(err, &invalid):
		for _, f := range invalid.Fields {
			if aws.ToString(f.Name) == "DestinationPhoneNumber" {
				return refusedAs("invalid-number")
			}
		}
		return concerns(string(invalid.Reason))
	case code/100 == 3, code/100 == 4 && errors.As(err, &api):
		return fmt.Errorf("answer %d: %w", code, breach.ErrTemporary)
	case code != 0:
		return fmt.Errorf("answer %d", code)
	}
	return sent.quiet(err)
}

// concerns tells reasons that lie with the recipient from those that lie with
// the account, which say nothing about the recipient.
func concerns(reason string) error {
	switch types.ConflictExceptionReason(reason) {
	case types.ConflictExceptionReasonDestinationPhoneNumberOptedOut:
		return refusedAs("opted-out")
	case types.ConflictExceptionReasonDestinationCountryBlockedByProtectConfiguration,
		types.ConflictExceptionReasonDestinationPhoneNumberBlockedByProtectNumberOverride:
		return refusedAs("protect-blocked")
	}
	switch types.ValidationExceptionReason(reason) {
	case types.ValidationExceptionReasonDestinationCountryBlocked, types.ValidationExceptionReasonCountryNotEnabled,
		types.ValidationExceptionReasonInvalidIdentityForDestinationCountry:
		return refusedAs("country-blocked")
	case types.ValidationExceptionReasonPriceOverThreshold:
		return refusedAs("price")
	}
	return fmt.Errorf("refused by the account: %w", breach.ErrTemporary)
}

func refusedAs(code string) error { return &breach.RefusedError{Code: code, What: "message"} }

// Ask cannot know: AWS keeps no list of messages that could be asked.
func (a *AWS) Ask(_ context.Context, key string) (string, bool, error) {
	if err := notify.CheckKey(key); err != nil {
		return "", false, err
	}
	return "", false, notify.ErrUnknown
}

// Blind tells that nobody can say which messages AWS has.
func (a *AWS) Blind() bool { return true }
