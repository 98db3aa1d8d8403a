package activity

import (
	"bytes"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/mark"
)

// signed lets a world's messages bear marks.
func signed(t *testing.T, w *world) *world {
	t.Helper()
	s, err := mark.NewSigner(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	w.Marks, w.CheckURL = s, "https://vigie.example.org/check"
	return w
}

func client(n int) netip.Prefix { return netip.MustParsePrefix(fmt.Sprintf("198.51.100.%d/32", n)) }

var codeShape = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

// printedCode is the code that a message bears, "" when none.
func printedCode(e notify.Envelope) string {
	if e.Proof.Code != "" {
		return e.Proof.Code
	}
	var text []string
	for _, b := range e.Doc.Blocks {
		text = append(text, b.Text...)
	}
	return codeShape.FindString(strings.Join(append(text, e.Doc.Short), "\n"))
}

// Every letter and every e-mail bears a mark of its own, which checks out for
// its channel, batch and day alone; no SMS bears one.
func TestEveryMessageBearsItsOwnMark(t *testing.T) {
	w := signed(t, ready(t))
	w.email.fail["Lina"] = errBounce
	w.campaign("ml-a")
	today := parisDay(w.Now())
	seen := map[string]bool{}
	for ch, list := range map[breach.Channel][]notify.Envelope{breach.ChannelEmail: w.email.sent(), breach.ChannelLetter: w.post.sent()} {
		if len(list) == 0 {
			t.Fatalf("nothing was sent by %s", ch)
		}
		for _, e := range list {
			code := printedCode(e)
			if code == "" || seen[code] {
				t.Fatalf("%s %s bears the code %q", ch, e.Key, code)
			}
			seen[code] = true
			for _, asked := range []breach.Channel{breach.ChannelEmail, breach.ChannelLetter, breach.ChannelSMS, "other"} {
				m, known, err := w.CheckMark(t.Context(), strings.ToLower(code), asked, client(1))
				if err != nil || known != (asked == ch) || known && (m.Channel != ch || !m.Day.Equal(today) || m.Controller != "ml-a" || m.Incident != incident) {
					t.Errorf("%s asked as %s: %+v, %t, %v", ch, asked, m, known, err)
				}
			}
			if ch != breach.ChannelLetter {
				continue
			}
			m, err := mark.Read(w.Marks.Public(), e.Proof.Payload)
			if err != nil || m.Channel != ch || !m.Day.Equal(today) || m.Key != e.Key {
				t.Errorf("payload of %s: %+v, %v", e.Key, m, err)
			}
			other := m
			other.Batch = "b_other"
			if mark.Genuine(w.Marks.Public(), e.Proof.Payload, other) == nil {
				t.Error("a mark of another batch checks out")
			}
		}
	}
	for _, e := range w.sms.sent() {
		if code := printedCode(e); code != "" || e.Proof != (notify.Proof{}) {
			t.Errorf("an SMS bears the code %q", code)
		}
	}
	days, err := w.Store.SentDays(t.Context(), incident)
	if err != nil || len(days) != 3 {
		t.Errorf("what was sent: %+v, %v", days, err)
	}
}

// A code that is asked about from many places has been copied, or invented and
// sent to many: either wakes the team, once, and tells neither code nor places.
func TestCopiedCodeRaisesAlarm(t *testing.T) {
	w := signed(t, ready(t))
	w.campaign("ml-a")
	real := printedCode(w.email.sent()[0])
	alerts := func() (out []breach.Alert) {
		all, err := w.Store.Alerts(t.Context(), breach.AlertNew)
		w.must(err)
		for _, a := range all {
			if a.Source == breach.SourceMark {
				out = append(out, a)
			}
		}
		return out
	}
	for i, code := range []string{real, "ZZZZ-ZZZZ-ZZZZ"} {
		for n := range copiedClients - 1 {
			_, _, err := w.CheckMark(t.Context(), code, breach.ChannelEmail, client(n))
			w.must(err)
		}
		if got := alerts(); len(got) != i {
			t.Fatalf("%d alerts before the threshold, want %d", len(got), i)
		}
		for n := range 5 {
			_, _, err := w.CheckMark(t.Context(), code, breach.ChannelEmail, client(100+n))
			w.must(err)
		}
		got := alerts()
		if len(got) != i+1 || got[0].Urgency != breach.UrgencyHigh {
			t.Fatalf("alerts %+v", got)
		}
		for _, a := range got {
			if strings.Contains(a.Why, code) || strings.Contains(a.Why, "198.51.100") || strings.Contains(a.Why, strings.ReplaceAll(code, "-", "")) {
				t.Errorf("the alert tells: %s", a.Why)
			}
		}
	}
	// One person who asks again and again.
	for range copiedTimes {
		_, _, err := w.CheckMark(t.Context(), "AAAA-AAAA-AAAA", breach.ChannelLetter, client(1))
		w.must(err)
	}
	if got := alerts(); len(got) != 3 {
		t.Errorf("%d alerts, want 3", len(got))
	}
	n, err := w.Store.ForgetAsks(t.Context(), w.Now().Add(time.Hour))
	if err != nil || n == 0 {
		t.Errorf("%d questions forgotten, %v", n, err)
	}
}
