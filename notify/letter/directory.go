package letter

import (
	"context"

	"vigie/internal/breach"
	"vigie/notify"
)

// Directory is a printer that takes letters from a directory, one PDF each.
type Directory struct {
	*notify.Outbox
	o Options
}

// NewDirectory opens a directory printer; the directory is made if need be.
func NewDirectory(dir string, o Options) (*Directory, error) {
	box, err := notify.NewOutbox(dir, ".pdf")
	if err != nil {
		return nil, err
	}
	return &Directory{Outbox: box, o: o}, nil
}

// Channel says that this is the letter channel.
func (d *Directory) Channel() breach.Channel { return breach.ChannelLetter }

// Send renders the letter and hands it over, unless it is already there.
func (d *Directory) Send(ctx context.Context, e notify.Envelope) (string, error) {
	if ref, ok, err := d.Has(ctx, e.Key); err != nil || ok {
		return ref, err
	}
	pdf, err := Render(e, d.o)
	if err != nil {
		return "", err
	}
	return d.Put(ctx, e.Key, pdf)
}

// Ask tells whether the file is there.
func (d *Directory) Ask(ctx context.Context, key string) (string, bool, error) {
	return d.Has(ctx, key)
}
