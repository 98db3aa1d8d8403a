package sms

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"vigie/internal/breach"
	"vigie/notify"
)

// MaxSegments is the longest pointer that is handed over. A longer one is a
// mistake in a template, multiplied by the number of recipients.
const MaxSegments = 3

// Directory is a carrier that takes messages from a directory, one JSON file
// each. It is what a gateway's file drop looks like, and what the demo uses.
type Directory struct {
	*notify.Outbox
	policy Policy
	sender string
}

// Message is the content of a file.
type Message struct {
	Key      string `json:"key"`
	To       string `json:"to"` // E.164
	Sender   string `json:"sender"`
	Text     string `json:"text"`
	Encoding string `json:"encoding"`
	Segments int    `json:"segments"`
}

// Option changes how a Directory hands over.
type Option func(*Directory)

// WithPolicy chooses between Transliterate, the default, and Preserve.
func WithPolicy(p Policy) Option { return func(d *Directory) { d.policy = p } }

// WithSender names the alphanumeric sender, 11 characters at most. It is the
// same for every controller, so that it tells nobody's service.
func WithSender(name string) Option { return func(d *Directory) { d.sender = name } }

// NewDirectory opens a directory carrier; the directory is made if need be.
func NewDirectory(dir string, opts ...Option) (*Directory, error) {
	box, err := notify.NewOutbox(dir, ".json")
	if err != nil {
		return nil, err
	}
	d := &Directory{Outbox: box, sender: "INFO PUBLIC"}
	for _, o := range opts {
		o(d)
	}
	if n := len(d.sender); n == 0 || n > 11 {
		return nil, fmt.Errorf("sender of %d characters: want 1 to 11: %w", n, breach.ErrInvalid)
	}
	return d, nil
}

// Channel says that this is the SMS channel.
func (d *Directory) Channel() breach.Channel { return breach.ChannelSMS }

var (
	e164 = regexp.MustCompile(`^\+[1-9][0-9]{7,14}$`)
	link = regexp.MustCompile(`(?i)https?:|www\.|[a-z0-9-]\.(fr|com|org|net|eu|gouv|info|link|ly|me|io|app)\b`)
)

// Send hands the short text over. A number that is not E.164, an empty text, a
// link, or a text longer than MaxSegments is ErrInvalid.
func (d *Directory) Send(ctx context.Context, e notify.Envelope) (string, error) {
	m, err := d.message(e)
	if err != nil {
		return "", err
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", fmt.Errorf("SMS %s: %w", e.Key, err)
	}
	return d.Put(ctx, e.Key, append(data, '\n'))
}

func (d *Directory) message(e notify.Envelope) (Message, error) {
	refuse := func(code, hint string) error {
		return &breach.RefusedError{Code: code, What: "SMS " + e.Key, Hint: hint}
	}
	if err := notify.CheckKey(e.Key); err != nil {
		return Message{}, err
	}
	if !e164.MatchString(e.To.Phone) {
		return Message{}, refuse("phone", "the number is not E.164")
	}
	if strings.TrimSpace(e.Doc.Short) == "" {
		return Message{}, refuse("empty", "the document has no short text")
	}
	if link.MatchString(e.Doc.Short) {
		return Message{}, refuse("link", "an SMS bears no link")
	}
	text, err := Prepare(e.Doc.Short, d.policy)
	if err != nil {
		return Message{}, err
	}
	encoding, _, segments := Count(text)
	if segments > MaxSegments {
		return Message{}, refuse("too-long", fmt.Sprintf("%d segments, %d at most", segments, MaxSegments))
	}
	return Message{Key: e.Key, To: e.To.Phone, Sender: d.sender, Text: text, Encoding: encoding, Segments: segments}, nil
}

// Ask tells whether the file is there.
func (d *Directory) Ask(ctx context.Context, key string) (string, bool, error) {
	return d.Has(ctx, key)
}
