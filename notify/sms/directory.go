package sms

import (
	"context"
	"encoding/json"
	"fmt"

	"vigie/internal/breach"
	"vigie/notify"
)

// Directory is a carrier that takes messages from a directory, one JSON file
// each. It is what a gateway's file drop looks like, and what the demo uses.
type Directory struct {
	*notify.Outbox
	sender string
}

// Option changes how a Directory hands over.
type Option func(*Directory)

// WithSender names the alphanumeric sender; DefaultSender otherwise.
func WithSender(name string) Option { return func(d *Directory) { d.sender = name } }

// NewDirectory opens a directory carrier; the directory is made if need be.
func NewDirectory(dir string, opts ...Option) (*Directory, error) {
	box, err := notify.NewOutbox(dir, ".json")
	if err != nil {
		return nil, err
	}
	d := &Directory{Outbox: box, sender: DefaultSender}
	for _, o := range opts {
		o(d)
	}
	return d, CheckSender(d.sender)
}

// Channel says that this is the SMS channel.
func (d *Directory) Channel() breach.Channel { return breach.ChannelSMS }

// Send hands the short text over; Compose says what is refused.
func (d *Directory) Send(ctx context.Context, e notify.Envelope) (string, error) {
	m, err := Compose(e, d.sender)
	if err != nil {
		return "", err
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", fmt.Errorf("SMS %s: %w", e.Key, err)
	}
	return d.Put(ctx, e.Key, append(data, '\n'))
}

// Ask tells whether the file is there.
func (d *Directory) Ask(ctx context.Context, key string) (string, bool, error) {
	return d.Has(ctx, key)
}
