package activity

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/duty"
	"vigie/workflows"
)

const directory = `
policy: {ack: 15m, rounds: 1, quiet: ["22:00", "07:00"], breaks: critical, auto: high, bodies: true}
team: [{role: team, phone: "+33199000001"}]
bodies:
  - name: Mission Locale du Val d'Orbe
    contacts:
      - {role: head, email: head@example.org}
      - {role: dpo, name: Astreinte, phone: "+33199000002", email: dpo@example.org}
`

// pager notes what it was given.
type pager struct {
	kind breach.Channel
	got  []notify.Envelope
	fail error
}

func (p *pager) Channel() breach.Channel { return p.kind }

func (p *pager) Send(_ context.Context, e notify.Envelope) (string, error) {
	if p.fail != nil {
		return "", p.fail
	}
	p.got = append(p.got, e)
	return "ref-" + e.Key, nil
}

func (p *pager) Ask(context.Context, string) (string, bool, error) {
	return "", false, notify.ErrUnknown
}

func (p *pager) Outcomes(context.Context, string) ([]notify.Outcome, string, error) {
	return nil, "", nil
}

// onDuty is a world with an alert of an urgency that wakes people.
func onDuty(t *testing.T, urgency breach.Urgency) (*world, *pager) {
	t.Helper()
	w, phone := openWorld(t, t.TempDir()), &pager{kind: breach.ChannelSMS}
	dir, err := duty.Read(strings.NewReader(directory))
	w.must(err)
	w.Duties = Duties{Directory: dir, From: "Vigie", Console: "https://vigie.example.org/", Channels: map[breach.Channel]notify.Channel{breach.ChannelSMS: phone, breach.ChannelEmail: &pager{kind: breach.ChannelEmail}}}
	_, err = w.Store.RaiseAlert(t.Context(), breach.Alert{ID: "alr_1", Post: "pst_1", Source: "site", Entity: "Mission Locale du Val d'Orbe", Kind: "mission_locale", Confidence: .9, Urgency: urgency, RaisedAt: w.Now()})
	w.must(err)
	return w, phone
}

// climb does what the workflow does until nothing is due before the deadline.
func (w *world) climb(until time.Duration) (states []workflows.DutyState) {
	w.t.Helper()
	end := w.Now().Add(until)
	for range 100 {
		s, err := run[workflows.DutyState](w, workflows.ActivityDuty, workflows.DutyInput{Alert: "alr_1"})
		w.must(err)
		states = append(states, s)
		if s.Closed {
			return states
		}
		if due := time.Unix(s.DueUnix, 0); due.After(w.Now()) {
			if due.After(end) {
				return states
			}
			w.ahead += due.Sub(w.Now()) + time.Second
			continue
		}
		_, err = run[any](w, workflows.ActivityWake, workflows.WakeInput{Alert: "alr_1", Rung: s.Rung})
		w.must(err)
	}
	w.t.Fatal("the escalation does not end")
	return nil
}

func TestEscalationClimbsAndEnds(t *testing.T) {
	w, _ := onDuty(t, breach.UrgencyCritical)
	var started []breach.AlertID
	w.Duties.Start = func(_ context.Context, id breach.AlertID) error { started = append(started, id); return nil }
	w.must(w.wake(t.Context(), "alr_1"))
	w.must(w.wake(t.Context(), "alr_1")) // again after a crash: started again, opened once
	if len(started) != 2 {
		t.Errorf("started %v", started)
	}
	w.climb(24 * time.Hour)
	pages, err := w.Store.Pages(t.Context(), "alr_1")
	w.must(err)
	var roles []string
	for _, p := range pages {
		roles = append(roles, p.Role+" "+string(p.Channel))
		if p.Ref == "" || p.Fault != "" {
			t.Errorf("page %+v", p)
		}
	}
	if got := strings.Join(roles, ", "); got != "team sms, dpo email, dpo sms, head email" && got != "team sms, dpo sms, dpo email, head email" {
		t.Errorf("woken: %s", got)
	}
	for i, p := range pages[1:] {
		if p.Rung > pages[i].Rung && p.At.Sub(pages[i].At) < 15*time.Minute {
			t.Errorf("rung %d came after %v", p.Rung, p.At.Sub(pages[i].At))
		}
	}
	d, err := w.Store.Duty(t.Context(), "alr_1")
	w.must(err)
	if d.EndedAt.IsZero() || d.Open() {
		t.Errorf("nobody answered, and the duty is %+v", d)
	}
}

// Somebody gives the code of a page: nobody else is woken, whoever asks.
func TestTheCodeOfAPageEndsTheEscalation(t *testing.T) {
	w, phone := onDuty(t, breach.UrgencyCritical)
	w.must(w.wake(t.Context(), "alr_1"))
	w.climb(time.Minute)
	sent := phone.got
	if len(sent) != 1 {
		t.Fatalf("%d pages", len(sent))
	}
	text := sent[0].Doc.Short
	code := text[strings.Index(text, "code ")+5:]
	code = code[:strings.IndexByte(code, '.')]
	if len(strings.ReplaceAll(code, "-", "")) != 20 {
		t.Fatalf("code %q", code)
	}
	typed := strings.ToLower(strings.NewReplacer("0", "o", "1", "l", "-", " ").Replace(code))
	if _, err := w.Store.AnswerPage(t.Context(), w.CodeDigest(typed), w.Now()); err != nil {
		t.Fatalf("the code as a person types it: %v", err)
	}
	if s := w.climb(24 * time.Hour); !s[len(s)-1].Closed || len(phone.got) != 1 {
		t.Errorf("after the answer: %+v, %d pages", s, len(phone.got))
	}
}

// The process dies between the page and its handing over: it is handed over
// again under the same key, and the carrier makes it one.
func TestWakeAfterAKill(t *testing.T) {
	w, phone := onDuty(t, breach.UrgencyCritical)
	w.must(w.wake(t.Context(), "alr_1"))
	phone.fail = breach.ErrTemporary
	if _, err := run[any](w, workflows.ActivityWake, workflows.WakeInput{Alert: "alr_1"}); err == nil {
		t.Fatal("a carrier that is away is tried again")
	}
	pages, err := w.Store.Pages(t.Context(), "alr_1")
	w.must(err)
	if len(pages) != 1 || pages[0].Fault != "temporary" {
		t.Fatalf("pages %+v", pages)
	}
	phone.fail = nil
	for range 2 {
		_, err = run[any](w, workflows.ActivityWake, workflows.WakeInput{Alert: "alr_1"})
		w.must(err)
	}
	if n := len(phone.got); n != 1 {
		t.Errorf("handed over %d times", n)
	}
}

func TestWhoIsWokenWithoutAWord(t *testing.T) {
	for _, tt := range []struct {
		urgency breach.Urgency
		age     time.Duration
		want    bool
	}{{breach.UrgencyCritical, 0, true}, {breach.UrgencyHigh, 0, true}, {breach.UrgencyNormal, 0, false}, {"", 0, false}, {breach.UrgencyCritical, 48 * time.Hour, false}} {
		w, _ := onDuty(t, tt.urgency)
		w.ahead = tt.age
		w.must(w.wake(t.Context(), "alr_1"))
		_, err := w.Store.Duty(t.Context(), "alr_1")
		if (err == nil) != tt.want || err != nil && !errors.Is(err, breach.ErrNotFound) {
			t.Errorf("%q, %v old: %v", tt.urgency, tt.age, err)
		}
	}
}
