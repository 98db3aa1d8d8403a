package activity

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/workflows"
)

var (
	errBusy   = fmt.Errorf("reply 451: %w", breach.ErrTemporary)
	errBounce = fmt.Errorf("refused with 550: %w", breach.ErrInvalid)
	errBroken = errors.New("after the content: no reply")
)

func TestSendTellsEverybodyOnce(t *testing.T) {
	w := ready(t)
	w.campaign("ml-a")
	w.campaign("ml-a") // an incident that is driven again
	if d := cmp.Diff([]string{"Ada ada@example.org", "Eve eve@example.org", "Lina lina@example.org", "Mona mona@example.org",
		"Noé noe@example.org", "Omar omar@example.org"}, w.email.told(t)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"Zoé 5 rue Canariste"}, w.post.told(t)); d != "" {
		t.Error(d)
	}
	if got := w.sms.told(t); len(got) != 0 {
		t.Errorf("pointers without a letter: %v", got)
	}
}

// One full mailbox holds nobody up, is no doubt, and after a day gives way to
// the letter.
func TestSendNotNow(t *testing.T) {
	w := ready(t)
	w.email.blind = true
	w.email.fail["Lina"] = errBusy
	for range 3 {
		if _, err := w.round("ml-a", breach.ChannelEmail); err == nil || permanent(err) {
			t.Fatalf("got %v, want another attempt", err)
		}
	}
	if got := w.email.told(t); len(got) != 5 {
		t.Errorf("%v were told, want all but one", got)
	}
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessagePlanned, "")
	w.ahead = 25 * time.Hour
	w.campaign("ml-a")
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageFailed, "provider-gave-no-answer")
	w.wantState("ml-a", "y1", breach.ChannelSMS, breach.MessageHandedOver, "")
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageHandedOver, "")
}

// No channel follows a letter: a print service that stops for days is waited
// for, and nobody is left to be reached by hand meanwhile.
func TestLettersWaitForThePrinter(t *testing.T) {
	w := ready(t)
	w.post.fail["Zoé"] = errBusy
	for _, passed := range []time.Duration{0, 25 * time.Hour, 4 * 24 * time.Hour} {
		w.ahead = passed
		if _, err := w.round("ml-a", breach.ChannelLetter); err == nil {
			t.Fatal("no other attempt")
		}
		w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessagePlanned, "")
	}
	w.ahead = 11 * 24 * time.Hour
	_, _ = w.round("ml-a", breach.ChannelLetter)
	w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessageFailed, "provider-gave-no-answer")
}

func TestSendNotNowThenLater(t *testing.T) {
	w := ready(t)
	w.email.fail["Lina"] = errBusy
	_, _ = w.round("ml-a", breach.ChannelEmail)
	delete(w.email.fail, "Lina")
	w.campaign("ml-a")
	w.email.told(t)
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageHandedOver, "")
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageSkipped, "told-before")
}

func TestSendAcceptedThenTimeout(t *testing.T) {
	for _, tt := range []struct {
		name  string
		kept  bool // the provider accepted
		blind bool // and cannot say
		want  breach.MessageState
		post  breach.MessageState
	}{
		{"it has it", true, false, breach.MessageHandedOver, breach.MessageSkipped},
		{"it has it and cannot say", true, true, breach.MessageDoubt, breach.MessageHandedOver},
		{"it has it not and cannot say", false, true, breach.MessageDoubt, breach.MessageHandedOver},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := ready(t)
			w.email.fail["Lina"], w.email.keeps["Lina"], w.email.blind = errBroken, tt.kept, tt.blind
			w.campaign("ml-a")
			w.email.told(t)
			w.wantState("ml-a", "y1", breach.ChannelEmail, tt.want, "")
			w.wantState("ml-a", "y1", breach.ChannelLetter, tt.post, "")
		})
	}
}

// The process died between the reservation and the settlement.
func TestSendAfterAKill(t *testing.T) {
	for _, tt := range []struct {
		name        string
		kept, blind bool
		waits       bool
		want        breach.MessageState
	}{
		{"before the hand-over", false, false, false, breach.MessageHandedOver},
		{"after the hand-over", true, false, false, breach.MessageHandedOver},
		{"and the provider cannot say", true, true, false, breach.MessageDoubt},
		{"and it had not left", false, true, true, breach.MessageHandedOver},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := ready(t)
			m := w.row("ml-a", "y1", breach.ChannelEmail)
			if _, err := w.Store.Reserve(t.Context(), []breach.MessageID{m.ID}, "email", tt.waits, w.Now()); err != nil {
				t.Fatal(err)
			}
			if tt.kept {
				w.email.has[m.Key()], w.email.to[m.Key()] = 1, "Lina"
			}
			w.email.blind = tt.blind
			w.campaign("ml-a")
			w.email.told(t)
			w.wantState("ml-a", "y1", breach.ChannelEmail, tt.want, "")
		})
	}
}

func TestSendWhenTheProviderDoesNotAnswerAfterAKill(t *testing.T) {
	w := ready(t)
	m := w.row("ml-a", "y1", breach.ChannelEmail)
	if _, err := w.Store.Reserve(t.Context(), []breach.MessageID{m.ID}, "email", false, w.Now()); err != nil {
		t.Fatal(err)
	}
	w.email.deaf = errBusy
	if _, err := w.round("ml-a", breach.ChannelEmail); err == nil {
		t.Fatal("no other attempt")
	}
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageReserved, "")
	if got := w.email.told(t); len(got) != 5 {
		t.Errorf("%v were told, want all but the one in doubt", got)
	}
	w.ahead = 25 * time.Hour
	w.campaign("ml-a")
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageDoubt, "")
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageHandedOver, "")
}

// Whoever no channel told is in the lane, once, and counted as listed.
func TestSendListsWhomNoChannelTold(t *testing.T) {
	w := ready(t)
	w.email.fail["Omar"] = errBounce // no other channel
	w.email.fail["Lina"] = errBounce // a letter follows, and is refused
	w.post.fail["Lina"] = errBounce
	w.campaign("ml-a")
	w.campaign("ml-a")
	lane, err := w.Store.Lane(t.Context(), incident, 100)
	w.must(err)
	var got []string
	for _, m := range lane {
		if m.Controller == "ml-a" && m.State == breach.MessageListed {
			got = append(got, string(m.Subject)+" "+m.Role+" "+m.Why)
		}
	}
	slices.Sort(got)
	if d := cmp.Diff([]string{"y1 self channels-exhausted", "y2 self channels-exhausted"}, got); d != "" {
		t.Error(d)
	}
	totals, err := w.Store.Told(t.Context(), incident, "")
	w.must(err)
	for _, x := range totals {
		if x.Controller == "ml-a" && (x.Persons != 7 || x.Told != 4 || x.Listed != 3) { // y8 is dead
			t.Errorf("told: %+v", x)
		}
	}
}

func TestOutcomes(t *testing.T) {
	w := ready(t)
	key := func(recipient string) string { return w.row("ml-a", recipient, breach.ChannelEmail).Key() }
	if _, err := w.round("ml-a", breach.ChannelEmail); err != nil {
		t.Fatal(err)
	}
	w.email.news = []notify.Outcome{
		{Key: "msg_of_somebody_else", State: breach.MessageBounced}, {Key: key("y4"), State: breach.MessageDelivered},
		{Key: key("y1"), State: breach.MessageBounced, Code: "absent"}, {Key: key("y5"), State: "planned"},
		{Key: key("y2"), State: breach.MessageDelivered}, // the third page
	}
	out := w.outcomes("ml-a", breach.ChannelEmail)
	if out.Delivered != 2 || out.Bounced != 1 || out.Pending != 0 {
		t.Errorf("got %+v", out)
	}
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageBounced, "absent")
	w.wantState("ml-a", "y2", breach.ChannelEmail, breach.MessageDelivered, "")
	w.wantState("ml-a", "y5", breach.ChannelEmail, breach.MessageHandedOver, "")
	w.campaign("ml-a")
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageHandedOver, "")
	w.wantState("ml-a", "y4", breach.ChannelLetter, breach.MessageSkipped, "")

	// A bounce that comes when the letter has been left out.
	w.email.news = append(w.email.news, notify.Outcome{Key: key("y4"), State: breach.MessageBounced, Code: "late"})
	w.outcomes("ml-a", breach.ChannelLetter)
	w.wantState("ml-a", "y4", breach.ChannelLetter, breach.MessagePlanned, "came-back")
	w.outcomes("ml-a", breach.ChannelLetter) // a restart asks from the beginning
	w.campaign("ml-a")
	w.wantState("ml-a", "y4", breach.ChannelLetter, breach.MessageHandedOver, "")
	w.wantState("ml-a", "y5", breach.ChannelLetter, breach.MessageSkipped, "")
	w.post.told(t)
}

// Days after the campaign a bounce comes back: nobody is left in silence, and
// one carrier that cannot be asked does not stop the others.
func TestLateOutcomes(t *testing.T) {
	w := ready(t)
	w.campaign("ml-a")
	w.wantState("ml-a", "y4", breach.ChannelLetter, breach.MessageSkipped, "")
	w.must(w.LateOutcomes(t.Context()))
	w.email.news = []notify.Outcome{{Key: w.row("ml-a", "y4", breach.ChannelEmail).Key(), State: breach.MessageBounced, Code: "complaint"}}
	w.Channels[breach.ChannelSMS] = mute{newChannel(breach.ChannelSMS)}
	if err := w.LateOutcomes(t.Context()); !errors.Is(err, breach.ErrTemporary) {
		t.Errorf("the carrier that is silent is not named: %v", err)
	}
	w.wantState("ml-a", "y4", breach.ChannelEmail, breach.MessageBounced, "complaint")
	w.Channels[breach.ChannelSMS] = w.sms
	w.wantState("ml-a", "y4", breach.ChannelLetter, breach.MessagePlanned, "came-back")
	list, err := w.CameBack(t.Context())
	letter := w.row("ml-a", "y4", breach.ChannelLetter)
	if d := cmp.Diff([]store.CameBack{{Incident: incident, Controller: "ml-a", First: letter.Seq, Last: letter.Seq}}, list); err != nil || d != "" {
		t.Error(d, err)
	}
	w.campaign("ml-a")
	w.wantState("ml-a", "y4", breach.ChannelLetter, breach.MessageHandedOver, "")
	for range 2 {
		if list, err := w.CameBack(t.Context()); err != nil || len(list) > 0 {
			t.Errorf("%v still to be sent: %v", list, err)
		}
	}
	// One who has no letter is listed, and a letter that comes back as well is too.
	w.email.news = append(w.email.news, notify.Outcome{Key: w.row("ml-a", "y2", breach.ChannelEmail).Key(), State: breach.MessageBounced, Code: "late"})
	w.must(w.LateOutcomes(t.Context()))
	w.wantState("ml-a", "y2", breach.ChannelHuman, breach.MessageListed, "channels-exhausted")
	answers, err := w.TakeReturned(t.Context(), []notify.Outcome{{Key: letter.Key(), State: breach.MessageBounced, Code: "returned-unknown"}})
	if err != nil || answers[0] != nil {
		t.Error(answers, err)
	}
	w.wantState("ml-a", "y4", breach.ChannelHuman, breach.MessageListed, "channels-exhausted")
}

type mute struct{ *channel }

func (mute) Outcomes(context.Context, string) ([]notify.Outcome, string, error) {
	return nil, "", breach.ErrTemporary
}

func TestRefusalReasons(t *testing.T) {
	w := ready(t)
	w.email.fail["Lina"] = fmt.Errorf("e-mail msg_1: %w", &breach.RefusedError{Code: "no-mailbox", What: "e-mail msg_1"})
	if _, err := w.round("ml-a", breach.ChannelEmail); err != nil {
		t.Fatal(err)
	}
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageBounced, "no-mailbox")
}

type reporting struct{ *channel }

func (reporting) Verdicts() bool { return true }

func TestOutcomesPending(t *testing.T) {
	w := ready(t)
	w.email.blind, w.email.fail["Lina"], w.email.keeps["Lina"] = true, errBroken, true // accepted, and no answer
	w.Channels[breach.ChannelEmail] = reporting{w.email}
	if _, err := w.round("ml-a", breach.ChannelEmail); err != nil {
		t.Fatal(err)
	}
	if out := w.outcomes("ml-a", breach.ChannelEmail); out.Pending != 6 {
		t.Errorf("%d verdicts are waited for, want six", out.Pending)
	}
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageDoubt, "provider-cannot-say")
	w.email.news = []notify.Outcome{{Key: w.row("ml-a", "y1", breach.ChannelEmail).Key(), State: breach.MessageDelivered}}
	if out := w.outcomes("ml-a", breach.ChannelEmail); out.Pending != 5 {
		t.Errorf("%d verdicts are waited for, want five", out.Pending)
	}
	w.campaign("ml-a")
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageSkipped, "told-before")
}

// The registry was imported again between plan and hand-over.
func TestLateChecks(t *testing.T) {
	w := ready(t)
	people := clone(youth)
	people["y1"] = strings.Replace(people["y1"], "lina@", "lina.new@", 1)
	people["y3"] = strings.Replace(people["y3"], "5 rue", "15 rue", 1)
	people["y4"] = person("y4", "ml-a", "Canaribel", "Ada", "1993-05-17", "ada@example.org", "", "6 rue Canariste", "", "1") // protected since
	people["y5"] = strings.Replace(people["y5"], "ml-a", "ml-b", 1)
	delete(people, "y2")
	w.importYouth(people, strings.Replace(mother, "joint", "withdrawn", 1))
	w.campaign("ml-a")
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageHeld, "address-changed")
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageHandedOver, "")
	w.wantState("ml-a", "y2", breach.ChannelEmail, breach.MessageHeld, "person-left-registry")
	w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessageHeld, "address-changed")
	w.wantState("ml-a", "y4", breach.ChannelLetter, breach.MessageHeld, "channel-withdrawn")
	w.wantState("ml-a", "y5", breach.ChannelLetter, breach.MessageHeld, "controller-changed")
	w.wantState("ml-a", "h1", breach.ChannelLetter, breach.MessageHeld, "recipient-excluded")
	if d := cmp.Diff([]string{"Noé noe@example.org"}, w.email.told(t)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"Lina 3 rue Canariste"}, w.post.told(t)); d != "" {
		t.Error(d)
	}
	for _, r := range []string{"y2", "y3", "y4", "y5"} {
		w.wantState("ml-a", r, breach.ChannelHuman, breach.MessageListed, "channels-exhausted")
	}
	if why := w.row("ml-a", "h1", breach.ChannelHuman).Why; why != notify.ReasonRecipientExcluded { // nobody calls her, and she is not unreached
		t.Errorf("a mother without authority is listed because of %q", why)
	}
}

func TestLateCheckComingOfAge(t *testing.T) {
	w := ready(t)
	w.ahead = time.Until(time.Date(2028, 2, 2, 0, 0, 0, 0, time.UTC)) // y6 is eighteen
	if _, err := w.round("ml-a", breach.ChannelLetter); err != nil {
		t.Fatal(err)
	}
	w.wantState("ml-a", "y6", breach.ChannelLetter, breach.MessageHeld, "variant-changed")
	w.wantState("ml-a", "h1", breach.ChannelLetter, breach.MessageHeld, "recipient-excluded")
}

func TestSendWithoutADecision(t *testing.T) {
	w := ready(t)
	w.must(w.decide("ml-a", breach.DecisionRefuse))
	if _, err := w.round("ml-a", breach.ChannelEmail); err == nil || !permanent(err) {
		t.Errorf("got %v, want a refusal for good", err)
	}
	if got := w.email.told(t); len(got) != 0 {
		t.Errorf("told after a refusal: %v", got)
	}
}

// The controller refuses between the first look at its decision and the first
// reservation: whoever is first wins, and the other one hears of it.
func TestSendRefusedAtTheLastMoment(t *testing.T) {
	w := ready(t)
	clock := w.Now
	var once sync.Once
	var refused error
	w.Now = func() time.Time { // the late checks ask for the hour
		once.Do(func() {
			refused = w.Store.DecideCase(t.Context(), incident, "ml-a", breach.DecisionRefuse, "raison", "", "dpo-ml-a", clock())
		})
		return clock()
	}
	_, err := w.round("ml-a", breach.ChannelEmail)
	if refused != nil || err == nil {
		t.Fatalf("refusal %v, sending %v", refused, err)
	}
	if got := w.email.told(t); len(got) != 0 {
		t.Errorf("told after a refusal: %v", got)
	}
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessagePlanned, "")
}

func TestSendOfWordsNobodyApproved(t *testing.T) {
	w := ready(t)
	f, err := w.frozen(t.Context(), incident, "ml-a")
	w.must(err)
	f.Version, f.Templates = f.Version+1, "another release"
	raw, err := json.Marshal(f)
	w.must(err)
	w.must(w.Store.SaveFacts(t.Context(), incident, "ml-a", f.Version, raw))
	if _, err := w.round("ml-a", breach.ChannelEmail); err == nil || permanent(err) {
		t.Errorf("got %v, want to wait for the words that were approved", err)
	}
	if got := w.email.told(t); len(got) != 0 {
		t.Errorf("told in words nobody approved: %v", got)
	}
}

func TestSendOfFactsNobodyApproved(t *testing.T) {
	w := ready(t)
	f, err := w.frozen(t.Context(), incident, "ml-a")
	w.must(err)
	f.Version++
	f.Persons = 1_000_000
	raw, err := json.Marshal(f)
	w.must(err)
	w.must(w.Store.SaveFacts(t.Context(), incident, "ml-a", f.Version, raw))
	if _, err := w.round("ml-a", breach.ChannelEmail); err != nil {
		t.Fatal(err)
	}
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageHeld, "facts-changed")
}

// An attempt that is taken for dead and its successor run at once.
func TestSendConcurrently(t *testing.T) {
	w := ready(t)
	w.email.slow = 20 * time.Millisecond
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := run[workflows.BatchResult](w, workflows.ActivitySend,
				workflows.BatchInput{Incident: incident, Controller: "ml-a", Channel: breach.ChannelEmail, From: 1, To: 200}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := w.email.told(t); len(got) != 6 {
		t.Errorf("told: %v", got)
	}
}

func TestSendSettlesWhatIsSettledElsewhere(t *testing.T) {
	w := ready(t)
	m := w.row("ml-a", "y1", breach.ChannelEmail)
	w.must(w.Store.Settle(t.Context(), []store.Settlement{{ID: m.ID, State: breach.MessageHeld, Why: "by-hand", At: w.Now()}}))
	w.campaign("ml-a")
	w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageHeld, "by-hand")
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessageHandedOver, "")
}

// A provider that says "not found" and shows later what it had accepted is not
// handed the message again before its answer can be believed.
func TestALateProviderIsNotRepeated(t *testing.T) {
	for name, shows := range map[string]bool{"it had it": true, "it had it not": false} {
		t.Run(name, func(t *testing.T) {
			w := ready(t)
			w.email.fail["Lina"], w.email.keeps["Lina"], w.email.settles, w.email.hidden = errBroken, shows, time.Minute, true
			for range 2 {
				if _, err := w.round("ml-a", breach.ChannelEmail); err == nil {
					t.Fatal("nothing is left to be asked")
				}
				w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageReserved, "")
			}
			w.ahead, w.email.hidden = 2*time.Minute, false
			delete(w.email.fail, "Lina")
			if _, err := w.round("ml-a", breach.ChannelEmail); err != nil {
				t.Fatal(err)
			}
			w.wantState("ml-a", "y1", breach.ChannelEmail, breach.MessageHandedOver, map[bool]string{true: "confirmed-after-crash"}[shows])
			w.email.told(t) // nothing twice
		})
	}
}
