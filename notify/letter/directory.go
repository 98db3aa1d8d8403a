package letter

import (
	"context"
	"path/filepath"

	"vigie/internal/breach"
	"vigie/notify"
)

// Directory is a printer that takes letters from a directory, one PDF each. The
// accessible copies stand in a directory of their own beside them, for who
// asks for one.
type Directory struct {
	*notify.Outbox
	copies *notify.Outbox
	dir    string
	o      Options
}

// Accessible is the directory of the accessible copies, within the printer's.
const Accessible = "accessible"

// NewDirectory opens a directory printer; the directory is made if need be.
func NewDirectory(dir string, o Options) (*Directory, error) {
	box, err := notify.NewOutbox(dir, ".pdf")
	if err != nil {
		return nil, err
	}
	copies, err := notify.NewOutbox(filepath.Join(dir, Accessible), ".pdf")
	if err != nil {
		return nil, err
	}
	return &Directory{Outbox: box, copies: copies, dir: dir, o: o}, nil
}

// Channel says that this is the letter channel.
func (d *Directory) Channel() breach.Channel { return breach.ChannelLetter }

// Send renders the letter and its accessible copy and hands them over, unless
// they are already there. A letter that was recalled is refused with code
// "recalled".
func (d *Directory) Send(ctx context.Context, e notify.Envelope) (string, error) {
	if ref, ok, err := d.Has(ctx, e.Key); err != nil || ok {
		return ref, err
	}
	if d.isRecalled(e.Key) {
		return "", &breach.RefusedError{Code: "recalled", What: "letter", Hint: "it was taken back"}
	}
	pdf, err := Render(e, d.o)
	if err != nil {
		return "", err
	}
	o := d.o
	o.Accessible = true
	accessible, err := Render(e, o)
	if err != nil {
		return "", err
	}
	if _, err := d.copies.Put(ctx, e.Key, accessible); err != nil {
		return "", err
	}
	return d.Put(ctx, e.Key, pdf)
}

// Ask tells whether the file is there.
func (d *Directory) Ask(ctx context.Context, key string) (string, bool, error) {
	return d.Has(ctx, key)
}
