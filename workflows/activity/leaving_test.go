package activity

import (
	"context"
	"errors"
	"sync"
	"testing"

	"vigie/internal/breach"
	"vigie/notify"
)

// Another worker takes a row over that waits, while the first is about to send
// it: the first does not, and leaves the row alone.
func TestSendOfARowTakenOver(t *testing.T) {
	w := ready(t)
	m := w.row("ml-a", "y1", breach.ChannelEmail)
	w.email.blind = true
	w.email.before = func(key string) {
		if key == m.Key() {
			if held, err := w.Store.Reserve(t.Context(), []breach.MessageID{m.ID}, "email", true, w.Now()); err != nil || len(held) != 1 {
				t.Errorf("taking over: %v, %v", held, err)
			}
		}
	}
	if _, err := w.round("ml-a", breach.ChannelEmail); err == nil {
		t.Fatal("no other attempt")
	}
	if w.email.has[m.Key()] != 0 {
		t.Fatal("sent by whom it was taken from")
	}
	if now := w.row("ml-a", "y1", breach.ChannelEmail); now.State != breach.MessageReserved || !now.Waits {
		t.Errorf("%s, waits %t: want the hold of the other", now.State, now.Waits)
	}
	w.email.before = nil
	w.campaign("ml-a")
	w.email.told(t)
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageHandedOver, "")
}

// Messages that leave at one time are noted together, and each is told whether
// it may.
func TestLeavingTogether(t *testing.T) {
	w := ready(t)
	var l leaving
	var wg sync.WaitGroup
	for i, who := range []string{"y1", "y2", "y5"} {
		m := w.row("ml-a", who, breach.ChannelEmail)
		held, err := w.Store.Reserve(t.Context(), []breach.MessageID{m.ID}, "email", true, w.Now())
		w.must(err)
		if i == 1 {
			held[0].Attempt++ // of somebody else
		}
		wg.Go(func() {
			if err := l.mark(t.Context(), w.Store, held); errors.Is(err, breach.ErrConflict) != (i == 1) {
				t.Errorf("%s: %v", who, err)
			}
		})
	}
	wg.Wait()
	for who, waits := range map[string]bool{"y1": false, "y2": true, "y5": false} {
		if m := w.row("ml-a", who, breach.ChannelEmail); m.Waits != waits {
			t.Errorf("%s waits: %t", who, m.Waits)
		}
	}
}

// Where the mark cannot be written nothing leaves, and nobody waits for ever.
func TestNothingLeavesUnmarked(t *testing.T) {
	w := ready(t)
	m := w.row("ml-a", "y1", breach.ChannelEmail)
	held, err := w.Store.Reserve(t.Context(), []breach.MessageID{m.ID}, "email", true, w.Now())
	w.must(err)
	w.must(w.Store.Close())
	w.email.blind = true
	e := notify.Envelope{Key: m.Key(), Leave: func(ctx context.Context) error { return new(leaving).mark(ctx, w.Store, held) }}
	if _, err := w.email.Send(t.Context(), e); !errors.Is(err, breach.ErrTemporary) || len(w.email.has) != 0 {
		t.Errorf("%v, sent %v", err, w.email.has)
	}
}
