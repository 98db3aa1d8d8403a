package letter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"vigie/internal/blob"
	"vigie/internal/breach"
	"vigie/notify"
)

// Shelf hands letters over to a printer through a directory or a bucket:
//
//	<sha256>.pdf              a letter to print, named by its content
//	accessible/<sha256>.pdf   its copy for a screen reader
//	handed/<key>.json         that it was handed over: its Slip
//	waiting/<cut-off>/<key>   not in a manifest yet
//	manifests/<cut-off>-<n>.json  what to print once its cut-off has passed
//	recalled/<key>.json       taken back before the cut-off
//	receipts/<name>.jsonl     what the printer says became of letters
//
// The printer prints what a manifest lists, and nothing else. A letter counts
// as handed over when its slip is there, so that a crash in between, or a second
// hand-over, prints nothing twice. No name tells anything of anybody.
type Shelf struct {
	store blob.Store
	o     Options
	cal   Calendar
	now   func() time.Time
}

// Slip says what was handed over under a key, and when it leaves.
type Slip struct {
	Key        string    `json:"key"`
	SHA256     string    `json:"sha256"` // of the letter to print
	Accessible string    `json:"accessible"`
	Pages      int       `json:"pages"`
	Sheets     int       `json:"sheets"`
	At         time.Time `json:"at"`
	CutOff     time.Time `json:"cut_off"` // until when it can be recalled
	Printed    string    `json:"printed"` // the day on which it is printed
}

// The parts of a shelf.
const (
	copies    = "accessible/"
	handed    = "handed/"
	waiting   = "waiting/"
	manifests = "manifests/"
	recalled  = "recalled/"
	receipts  = "receipts/"
	// maxSlip bounds the small files that are read back, in bytes.
	maxSlip = 64 << 10
)

// NewShelf hands over through a store, as the calendar has it.
func NewShelf(store blob.Store, o Options, cal Calendar, now func() time.Time) *Shelf {
	return &Shelf{store: store, o: o, cal: cal, now: now}
}

// Channel says that this is the letter channel.
func (s *Shelf) Channel() breach.Channel { return breach.ChannelLetter }

// Send renders the letter and its accessible copy and hands them over, unless
// they are already there. A letter that was recalled is refused with code
// "recalled".
func (s *Shelf) Send(ctx context.Context, e notify.Envelope) (string, error) {
	if slip, ok, err := s.Slip(ctx, e.Key); err != nil {
		return "", err
	} else if ok {
		return s.again(ctx, slip)
	}
	p, err := compose(e, s.o)
	if err != nil {
		return "", err
	}
	pdf, err := p.file()
	if err != nil {
		return "", err
	}
	o := s.o
	o.Accessible = true
	readable, err := Render(e, o)
	if err != nil {
		return "", err
	}
	slip := Slip{Key: e.Key, SHA256: digest(pdf), Accessible: digest(readable), Pages: len(p.pages), Sheets: sheets(len(p.pages), s.o.Duplex), At: s.now().UTC()}
	cutOff, printed := s.cal.Leaves(slip.At)
	slip.CutOff, slip.Printed = cutOff.UTC(), printed.Format(time.DateOnly)

	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.put(gctx, slip.ref(), "application/pdf", pdf) })
	g.Go(func() error { return s.put(gctx, copies+slip.Accessible+".pdf", "application/pdf", readable) })
	g.Go(func() error { return s.put(gctx, waitingKey(slip), "", nil) })
	if err := g.Wait(); err != nil {
		return "", err
	}
	// The slip comes last: it is what makes the letter handed over.
	made, err := s.putJSON(ctx, handed+e.Key+".json", slip)
	if err != nil || made {
		return slip.ref(), err
	}
	if slip, _, err = s.Slip(ctx, e.Key); err != nil { // another sender was first
		return "", err
	}
	return s.again(ctx, slip)
}

// again answers a second hand-over.
func (s *Shelf) again(ctx context.Context, slip Slip) (string, error) {
	if err := s.notRecalled(ctx, slip.Key); err != nil {
		return "", err
	}
	return slip.ref(), nil
}

func (s Slip) ref() string {
	if s.SHA256 == "" {
		return ""
	}
	return s.SHA256 + ".pdf"
}

func sheets(pages int, duplex bool) int {
	if duplex {
		return (pages + 1) / 2
	}
	return pages
}

const cutOffForm = "20060102T150405Z"

func waitingKey(s Slip) string { return waiting + s.CutOff.UTC().Format(cutOffForm) + "/" + s.Key }

// Slip is what was handed over under a key, if anything.
func (s *Shelf) Slip(ctx context.Context, key string) (Slip, bool, error) {
	var slip Slip
	if err := errors.Join(ctx.Err(), notify.CheckKey(key)); err != nil {
		return slip, false, err
	}
	err := s.readJSON(ctx, handed+key+".json", maxSlip, &slip)
	if errors.Is(err, breach.ErrNotFound) {
		return slip, false, nil
	}
	return slip, err == nil, err
}

// Ask tells whether the slip is there.
func (s *Shelf) Ask(ctx context.Context, key string) (string, bool, error) {
	slip, ok, err := s.Slip(ctx, key)
	return slip.ref(), ok, err
}

func (s *Shelf) notRecalled(ctx context.Context, key string) error {
	_, err := s.store.Stat(ctx, recalled+key+".json")
	switch {
	case errors.Is(err, breach.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return &breach.RefusedError{Code: "recalled", What: "letter", Hint: "it was taken back"}
}

// Outcomes reads the receipts behind the cursor, which is the name of the last
// file that was read. A line that is not a receipt is skipped: the printer's
// mistakes must not stop the rest.
func (s *Shelf) Outcomes(ctx context.Context, cursor string) ([]notify.Outcome, string, error) {
	var list []notify.Outcome
	for info, err := range s.store.List(ctx, receipts, cursor) {
		if err != nil {
			return nil, cursor, err
		}
		rc, err := s.store.Open(ctx, info.Key)
		if err != nil {
			return nil, cursor, err
		}
		more, err := notify.ReadReceipts(ctx, io.LimitReader(rc, maxReceipts))
		_ = rc.Close()
		if err != nil {
			return nil, cursor, err
		}
		list, cursor = append(list, more...), info.Key
		if len(list) >= manyOutcomes {
			break
		}
	}
	return list, cursor, nil
}

const (
	maxReceipts  = 64 << 20 // bytes of one file of receipts
	manyOutcomes = 10_000   // enough for one call
)

func (s *Shelf) put(ctx context.Context, key, kind string, data []byte) error {
	_, err := s.store.Put(ctx, key, bytes.NewReader(data), int64(len(data)), blob.Options{ContentType: kind})
	return err
}

func (s *Shelf) putJSON(ctx context.Context, key string, v any) (made bool, err error) {
	data, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return false, err
	}
	data = append(data, '\n')
	return s.store.Put(ctx, key, bytes.NewReader(data), int64(len(data)), blob.Options{ContentType: "application/json"})
}

func (s *Shelf) readJSON(ctx context.Context, key string, limit int64, v any) error {
	rc, err := s.store.Open(ctx, key)
	if err != nil {
		return err
	}
	defer func() { _ = rc.Close() }()
	data, err := io.ReadAll(io.LimitReader(rc, limit))
	if err != nil {
		return err
	}
	if json.Unmarshal(data, v) != nil {
		return fmt.Errorf("reading %s: not what was written: %w", key, breach.ErrInvalid)
	}
	return nil
}
