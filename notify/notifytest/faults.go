package notifytest

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
)

// patience bounds one hand-over in the suite: a channel that waits longer for
// an answer than its provider's time limit does not honour it.
const patience = 30 * time.Second

// every is the list of faults a provider may be asked to show.
var every = []Fault{Throttle, Quota, Denied, Broken, BrokenKept, DropBefore, DropAfter, TimeoutAfter, Slow, Garbage, Huge, Redirect, Final}

// faults lets a provider fail in every way it can, and holds the channel to
// what the ledger relies on: a recipient is given up for what concerns the
// recipient alone, nobody gets a message twice, and whoever has none is either
// tried again or a doubt.
func faults(t *testing.T, f Fixture) {
	if f.Break == nil {
		t.Log("this provider is a directory: it has no answers to spoil")
		return
	}
	for _, x := range every {
		t.Run(string(x), func(t *testing.T) {
			key := "msg_fault_" + string(x)
			if !f.Break(t, key, x) {
				t.Logf("this provider has no %s", x)
				return
			}
			fault(t, f, key, x)
		})
	}
}

func fault(t *testing.T, f Fixture, key string, x Fault) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ch, e := f.Open(t), Envelope(key)
	ref, err := ch.Send(ctx, e)
	if ctx.Err() != nil {
		t.Fatalf("the hand-over took longer than %s", patience)
	}
	f.silent(t, err, e)
	switch x {
	case Slow:
		if err != nil || ref == "" {
			t.Errorf("ref %q, %v: a late answer is an answer", ref, err)
		}
	case Final:
		if !errors.Is(err, breach.ErrInvalid) || errors.Is(err, breach.ErrTemporary) {
			t.Errorf("got %v, want ErrInvalid", err)
		}
		wantHeld(t, f, key, 0)
		return
	case Throttle, Quota:
		var busy *notify.BusyError
		if !errors.Is(err, breach.ErrTemporary) {
			t.Fatalf("got %v, want ErrTemporary", err)
		}
		if x == Throttle && f.RetryAfter && (!errors.As(err, &busy) || busy.After <= 0 || busy.After > time.Minute) {
			t.Errorf("it asked to be left alone for a second: got %v", err)
		}
	case Denied, Redirect:
		if !errors.Is(err, breach.ErrTemporary) {
			t.Errorf("got %v, want ErrTemporary: it is not the recipient's fault and nothing was accepted", err)
		}
	}
	if errors.Is(err, breach.ErrInvalid) {
		t.Errorf("got %v: no recipient is given up for what the provider did wrong", err)
	}
	if f.Strays != nil && f.Strays() > 0 {
		t.Error("a redirect was followed")
	}
	doubt := f.handOn(t, ch, e, err)
	switch n := f.Count(t, key); {
	case n > 1:
		t.Errorf("the provider holds %d: somebody was told twice", n)
	case n == 0 && !doubt:
		t.Error("the provider holds none, and nobody doubts it")
	}
}

// handOn does what the ledger does after a first attempt: again when that is
// known to be safe, asking where it is not, until it is settled or a doubt.
func (f Fixture) handOn(t *testing.T, ch notify.Channel, e notify.Envelope, err error) (doubt bool) {
	t.Helper()
	for range 4 {
		if err == nil {
			return false
		}
		if !errors.Is(err, breach.ErrTemporary) {
			_, accepted, aerr := ch.Ask(t.Context(), e.Key)
			f.silent(t, aerr, e)
			switch {
			case errors.Is(aerr, notify.ErrUnknown):
				return true
			case aerr != nil:
				err = errors.Join(errors.New("asking"), aerr)
				continue
			case accepted:
				return false
			}
		}
		_, err = ch.Send(t.Context(), e)
		f.silent(t, err, e)
	}
	t.Errorf("after four attempts: %v", err)
	return false
}

func wantHeld(t *testing.T, f Fixture, key string, want int) {
	t.Helper()
	if n := f.Count(t, key); n != want {
		t.Errorf("the provider holds %d, want %d", n, want)
	}
}

// cutOff cancels a hand-over that the provider has accepted and does not
// answer: it ends at once, and is a doubt.
func cutOff(t *testing.T, f Fixture) {
	const key = "msg_cut_off"
	if f.Break == nil || !f.Break(t, key, TimeoutAfter) {
		t.Log("this provider answers at once")
		return
	}
	ctx, cancel := context.WithCancel(t.Context())
	began := time.Now()
	time.AfterFunc(100*time.Millisecond, cancel)
	ch, e := f.Open(t), Envelope(key)
	_, err := ch.Send(ctx, e)
	if err == nil || errors.Is(err, breach.ErrInvalid) {
		t.Errorf("got %v, want an error that is not final", err)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it went on for %s after it was cancelled", took)
	}
	f.silent(t, err, e)
	f.handOn(t, ch, e, err)
	if n := f.Count(t, key); n > 1 {
		t.Errorf("the provider holds %d: somebody was told twice", n)
	}
}

// silent fails when an error tells who was written to, where, or a secret.
func (f Fixture) silent(t *testing.T, err error, e notify.Envelope) {
	t.Helper()
	silent(t, err, e, slices.Concat(f.Secrets, []string{e.Doc.Title, e.Doc.Short})...)
}
