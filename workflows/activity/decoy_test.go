package activity

import (
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/workflows"
)

func decoyed(t *testing.T) *world {
	w := signed(t, ready(t))
	w.Decoys = []Decoy{{Name: "box", Contact: breach.Contact{Given: "Canari", Name: "Vigie", Email: "canari@vigie.example.org", Phone: "+33199000099",
		Address: breach.Address{Street: "1 rue de la Vigie", Postcode: "00001", City: "ORBEVILLE"}}}, {Name: "phone", Contact: breach.Contact{Given: "Poche", Phone: "+33199000098"}}}
	return w
}

// The team's own boxes get a copy of every look of every batch by every
// channel, with a mark, and count nowhere.
func TestDecoysReceiveEverything(t *testing.T) {
	w := decoyed(t)
	w.email.fail["Lina"] = errBounce // so that SMS and letters go as well
	before, err := w.Store.MessageTotals(t.Context(), incident, "")
	w.must(err)
	rows := int64(0)
	for _, x := range before {
		rows += x.N
	}
	w.campaign("ml-a")
	w.campaign("ml-a") // driven again
	for _, ch := range []*channel{w.email, w.sms, w.post} {
		looks, copies := map[string]bool{}, map[string]int{}
		for _, e := range ch.sent() {
			// A message's own mark is in it: the title tells the look.
			look := e.Doc.Title + e.Language
			if strings.HasPrefix(e.Key, "canary_") {
				copies[look]++
				if ch.kind != breach.ChannelSMS && printedCode(e) == "" {
					t.Errorf("a copy by %s bears no mark", ch.kind)
				}
				continue
			}
			looks[look] = true
		}
		if len(looks) == 0 {
			t.Fatalf("nothing was sent by %s", ch.kind)
		}
		for look := range looks {
			if copies[look] == 0 {
				t.Errorf("%s: nobody of the team received %q", ch.kind, look)
			}
		}
		for _, n := range ch.has {
			if n != 1 {
				t.Errorf("%s: something was sent %d times", ch.kind, n)
			}
		}
	}
	after, err := w.Store.MessageTotals(t.Context(), incident, "")
	w.must(err)
	for _, x := range after {
		rows -= x.N
	}
	if rows != 0 {
		t.Errorf("copies stand in the ledger: %d rows more", -rows)
	}
	totals, err := w.Store.CanaryTotals(t.Context(), incident)
	if err != nil || len(totals) != 3 {
		t.Errorf("canaries %+v, %v", totals, err)
	}
}

// A copy that fails, or that nobody can say anything about, holds nobody up.
func TestDecoyFails(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want breach.MessageState
	}{{errBusy, breach.MessageFailed}, {errBounce, breach.MessageFailed}, {errBroken, breach.MessageDoubt}} {
		t.Run(string(tt.want)+" "+tt.err.Error(), func(t *testing.T) {
			w := decoyed(t)
			w.email.fail["Canari"] = tt.err
			if _, err := w.round("ml-a", breach.ChannelEmail); err != nil {
				t.Fatal(err)
			}
			totals, err := w.Store.CanaryTotals(t.Context(), incident)
			if err != nil || len(totals) != 1 || totals[0].State != tt.want {
				t.Errorf("%+v, %v", totals, err)
			}
		})
	}
}

// A copy that was cut between hand-over and note is asked about, not repeated.
func TestDecoyAfterCrash(t *testing.T) {
	w := decoyed(t)
	_, err := w.round("ml-a", breach.ChannelEmail)
	w.must(err)
	n := len(w.email.sent())
	var b batch
	b.steps, b.ch, b.out = w.Steps, w.email, &workflows.BatchResult{}
	b.in = workflows.BatchInput{Incident: incident, Controller: "ml-a", Channel: breach.ChannelEmail, From: 1, To: 200}
	b.facts, err = w.approved(t.Context(), incident, "ml-a")
	w.must(err)
	b.faces = []face{{"adult", "self", "fr", false}}
	w.must(b.decoys(t.Context()))
	if got := len(w.email.sent()); got != n {
		t.Errorf("%d messages, then %d", n, got)
	}
}
