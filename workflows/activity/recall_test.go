package activity

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"vigie/internal/blob"
	"vigie/internal/breach"
	"vigie/internal/i18n"
	"vigie/notify"
	"vigie/notify/letter"
	"vigie/workflows"
)

// printer is a print route that gives back what has not left.
type printer struct {
	left  map[string]bool
	has   map[string]bool
	after int // fails from this call on
}

var errPrinter = fmt.Errorf("the printer is away: %w", breach.ErrTemporary)

func (p *printer) Recall(_ context.Context, key string) (bool, error) {
	if p.after--; p.after < 0 {
		return false, errPrinter
	}
	if p.left[key] {
		return false, &breach.RefusedError{Code: "cut-off", What: "letter"}
	}
	return p.has[key], nil
}

// Of three letters one has left, one is at the printer and one is planned.
func TestRecallLetters(t *testing.T) {
	w := ready(t)
	for _, who := range []string{"Lina", "Ada"} { // a letter follows the bounce
		w.email.fail[who] = errBounce
	}
	w.post.fail["Ada"] = errBusy
	for _, ch := range workflows.CampaignChannels {
		_, _ = w.round("ml-a", ch) // the letter that cannot go now is asked for again
	}
	left, back, planned := w.row("ml-a", "y3", breach.ChannelLetter), w.row("ml-a", "y1", breach.ChannelLetter), w.row("ml-a", "y4", breach.ChannelLetter)
	if left.State != breach.MessageHandedOver || back.State != breach.MessageHandedOver || planned.State != breach.MessagePlanned {
		t.Fatalf("the letters are %s, %s, %s", left.State, back.State, planned.State)
	}
	p := &printer{left: map[string]bool{left.Key(): true}, has: map[string]bool{back.Key(): true}, after: 1}
	recall := func(reason string) (Recalled, error) {
		return w.RecallLetters(t.Context(), p, incident, "ml-a", "paul", reason)
	}
	if _, err := recall(" "); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := recall("wrong number"); !errors.Is(err, errPrinter) {
		t.Errorf("while the printer is away: %v", err)
	}
	p.after = 100
	out, err := recall("wrong number")
	if err != nil || out.Gone != 1 {
		t.Errorf("again: %+v, %v", out, err)
	}
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageHeld, notify.ReasonRecalled)
	w.wantState("ml-a", "y4", breach.ChannelLetter, breach.MessageHeld, notify.ReasonRecalled)
	w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessageHandedOver, "")
	// Nobody is forgotten: no other channel has told them.
	w.wantState("ml-a", "y1", breach.ChannelHuman, breach.MessageListed, notify.ReasonChannelsExhausted)
	w.wantState("ml-a", "y4", breach.ChannelHuman, breach.MessageListed, notify.ReasonChannelsExhausted)
	delete(w.post.fail, "Ada")
	w.campaign("ml-a")
	w.wantState("ml-a", "y4", breach.ChannelLetter, breach.MessageHeld, notify.ReasonRecalled)

	events, err := w.Store.AuditEvents(t.Context(), string(incident), 100)
	w.must(err)
	found := false
	for _, e := range events {
		found = found || e.Action == "letters.recall" && e.Who == "paul" && strings.Contains(e.Detail, "wrong number")
	}
	if !found {
		t.Error("the audit log does not say who recalled and why")
	}
}

// A letter that no shelf has is with a print service: it has not left for all we
// know, and stays handed over.
func TestRecallSaysWhatAServiceHas(t *testing.T) {
	w := ready(t)
	if _, err := w.round("ml-a", breach.ChannelLetter); err != nil {
		t.Fatal(err)
	}
	w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessageHandedOver, "")
	out, err := w.RecallLetters(t.Context(), &printer{after: 100}, incident, "ml-a", "paul", "wrong number")
	if err != nil || out.Service != 1 || out.Gone != 0 || out.Back != 0 {
		t.Errorf("%+v, %v", out, err)
	}
	w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessageHandedOver, "")
}

// A letter that is being handed over while the others are recalled is told of:
// whoever recalls must ask again.
func TestRecallSeesWhatIsFlying(t *testing.T) {
	w := ready(t)
	m := w.row("ml-a", "y3", breach.ChannelLetter)
	if _, err := w.Store.Reserve(t.Context(), []breach.MessageID{m.ID}, "letter", false, w.Now()); err != nil {
		t.Fatal(err)
	}
	out, err := w.RecallLetters(t.Context(), &printer{}, incident, "ml-a", "paul", "wrong number")
	if err != nil || out.Flying != 1 || out.Stopped == 0 {
		t.Errorf("%+v, %v", out, err)
	}
}

// What is held before the start is no sign that a campaign has begun: no recall
// replaces a signature.
func TestRecallBeforeTheStart(t *testing.T) {
	w := newPlan(t)
	w.must(w.decide("ml-a", breach.DecisionTell))
	if out, err := w.RecallLetters(t.Context(), &printer{}, incident, "ml-a", "paul", "wrong letterhead"); err != nil || out.Stopped == 0 {
		t.Fatalf("%+v, %v", out, err)
	}
	if got := w.approvals()["ml-a"]; got != "waiting" {
		t.Errorf("ml-a is %s without one signature", got)
	}
}

func TestTakeReturned(t *testing.T) {
	w := ready(t)
	w.campaign("ml-a")
	sent, mail, dead := w.row("ml-a", "y3", breach.ChannelLetter), w.row("ml-a", "y1", breach.ChannelEmail), w.row("ml-a", "y1", breach.ChannelLetter)
	list := []notify.Outcome{
		{Key: sent.Key(), State: breach.MessageBounced, Code: "returned-unknown"},
		{Key: "msg_of_somebody_else", State: breach.MessageBounced, Code: "returned-unknown"},
		{Key: mail.Key(), State: breach.MessageBounced, Code: "returned-unknown"},
		{Key: dead.Key(), State: breach.MessageBounced, Code: "returned-unknown"},
	}
	want := []string{"", "not-ours", "not-ours", "not-sent"}
	for range 2 { // scanned twice
		answers, err := w.TakeReturned(t.Context(), list)
		w.must(err)
		for i, answer := range answers {
			var refused *breach.RefusedError
			if errors.As(answer, &refused) != (want[i] != "") || refused != nil && refused.Code != want[i] {
				t.Errorf("%s: %v, want %q", list[i].Key, answer, want[i])
			}
		}
	}
	w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessageBounced, "returned-unknown")
	w.wantState("ml-a", "y3", breach.ChannelHuman, breach.MessageListed, notify.ReasonChannelsExhausted)
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageHandedOver, "")
}

// TestRecallFromTheShelf goes the whole way: ledger, printer's directory,
// manifest. What is recalled before the cut-off is not printed.
func TestRecallFromTheShelf(t *testing.T) {
	w := ready(t)
	dir, err := blob.OpenDir(t.TempDir())
	w.must(err)
	at := time.Date(2026, 3, 9, 9, 0, 0, 0, i18n.Paris()) // a Monday
	shelf := letter.NewShelf(dir, letter.Options{}, letter.Calendar{}, func() time.Time { return at })
	w.Channels[breach.ChannelLetter] = shelf
	w.campaign("ml-a")
	m := w.row("ml-a", "y3", breach.ChannelLetter)
	if m.State != breach.MessageHandedOver || !strings.HasSuffix(m.Ref, ".pdf") || len(m.Ref) != 64+4 {
		t.Fatalf("the letter is %s, ref %q", m.State, m.Ref)
	}
	for _, want := range []Recalled{{Back: 1}, {}} {
		if out, err := w.RecallLetters(t.Context(), shelf, incident, "ml-a", "paul", "wrong number"); err != nil || out != want {
			t.Errorf("got %+v, %v; want %+v", out, err, want)
		}
	}
	w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessageHeld, notify.ReasonRecalled)
	w.wantState("ml-a", "y3", breach.ChannelHuman, breach.MessageListed, notify.ReasonChannelsExhausted)
	at = at.AddDate(0, 0, 1)
	if names, err := shelf.Release(t.Context()); err != nil || len(names) != 0 {
		t.Errorf("printed all the same: %v, %v", names, err)
	}
}
