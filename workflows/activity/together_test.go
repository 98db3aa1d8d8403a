package activity

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
)

// kids are three children of one mother and a half-sister, who has a father.
func kids(w *world) {
	w.t.Helper()
	people := map[string]string{}
	for id, line := range youth {
		people[id] = line
	}
	relations := ""
	for i, given := range []string{"Ana", "Ben", "Cléo", "Dora"} {
		id := fmt.Sprintf("y%d", 20+i)
		people[id] = person(id, "ml-a", "Canariclan", given, fmt.Sprintf("%d-03-01", 2014+i), "", "", "70 rue Canariste", "", "")
		relations += id + ",h2,parent,joint,,,,,Mme,Mina,Canariclan,,,70 rue Canariste,,,,00001,ORBEVILLE,,,\n"
	}
	var list []store.CandidateRow
	for i := range 4 {
		id := breach.PersonID(fmt.Sprintf("y%d", 20+i))
		list = append(list, store.CandidateRow{Candidate: breach.Candidate{ID: breach.CandidateID("cnd_" + string(id)), Incident: incident, Registry: "youth",
			Row: int64(20 + i), Person: id, Probability: 1, Band: breach.BandLink, State: breach.CandidateLinked, Version: 1}})
	}
	w.must(w.Store.SaveCandidates(w.t.Context(), list))
	relations += "y23,h3,parent,joint,,,,,M.,Max,Canariloin,,,71 rue Canariste,,,,00001,ORBEVILLE,,,\n"
	w.importYouth(people, mother+relations)
}

// clanned are the letters about the clan: whom they name, and to whom.
func (w *world) clanned() (out []string) {
	for _, e := range w.post.sent() {
		for _, b := range e.Doc.Blocks {
			for _, s := range b.Text {
				if _, names, ok := strings.Cut(s, "concernée\u00a0: "); ok {
					out = append(out, e.To.Given+": "+names)
				} else if _, names, ok := strings.Cut(s, "concernées\u00a0: "); ok {
					out = append(out, e.To.Given+": "+names)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// rowsOf are the ledger rows of the clan: child, recipient, state, letter.
func (w *world) clan() map[string]breach.Message {
	w.t.Helper()
	list, err := w.Store.MessagesOf(w.t.Context(), incident, store.MessageFilter{Controller: "ml-a"})
	w.must(err)
	out := map[string]breach.Message{}
	for _, m := range list {
		if strings.HasPrefix(string(m.Subject), "y2") && len(m.Subject) == 3 {
			out[string(m.Subject)+" "+m.Recipient+" "+string(m.Channel)] = m
		}
	}
	return out
}

// One letter names the children of one mother, a half-sister has her own, the
// ledger settles each child once, and a second hand-over sends nothing.
func TestChildrenOfOneGuardian(t *testing.T) {
	w := newWorld(t)
	kids(w)
	w.plan()
	first := w.clan()
	if a, b, c, d := first["y20 h2 letter"], first["y21 h2 letter"], first["y22 h2 letter"], first["y23 h2 letter"]; a.Joined != a.ID || b.Joined != a.ID || c.Joined != a.ID || d.Joined != "" || d.ID == "" {
		t.Fatalf("joined: %q %q %q %q of %q", a.Joined, b.Joined, c.Joined, d.Joined, a.ID)
	}
	w.must(w.decide("ml-a", breach.DecisionTell))
	w.sign("ml-a")
	w.aware()
	w.campaign("ml-a")
	want := []string{"Max: Dora.", "Mina: Ana, Ben, Cléo.", "Mina: Dora."}
	if got := w.clanned(); !slices.Equal(slices.DeleteFunc(got, func(s string) bool { return strings.HasPrefix(s, "Mona") }), want) {
		t.Errorf("letters: %q", got)
	}
	for at, m := range w.clan() {
		if m.Channel == breach.ChannelLetter && m.State != breach.MessageHandedOver {
			t.Errorf("%s is %s", at, m.State)
		}
	}
	n := len(w.post.sent())
	w.campaign("ml-a")
	if len(w.post.sent()) != n {
		t.Error("a second campaign sends again")
	}
	// What comes back tells of every child.
	_, err := w.TakeReturned(t.Context(), []notify.Outcome{{Key: first["y20 h2 letter"].Key(), Code: "moved"}})
	w.must(err)
	after := w.clan()
	for _, at := range []string{"y20 h2 letter", "y21 h2 letter", "y22 h2 letter"} {
		if after[at].State != breach.MessageBounced {
			t.Errorf("%s is %s after the letter came back", at, after[at].State)
		}
	}
	if after["y23 h2 letter"].State != breach.MessageHandedOver {
		t.Error("another letter came back too")
	}
}

// A child who may not be told about any more is held, and the others are told
// in one letter.
func TestChildrenPartedLate(t *testing.T) {
	w := newWorld(t)
	kids(w)
	w.plan()
	w.must(w.decide("ml-a", breach.DecisionTell))
	w.sign("ml-a")
	w.aware()
	people := map[string]string{}
	for id, line := range youth {
		people[id] = line
	}
	relations := ""
	for i, given := range []string{"Ana", "Ben", "Cléo", "Dora"} {
		id := fmt.Sprintf("y%d", 20+i)
		secret := ""
		if given == "Ana" {
			secret = "1"
		}
		people[id] = person(id, "ml-a", "Canariclan", given, fmt.Sprintf("%d-03-01", 2014+i), "", "", "70 rue Canariste", "", secret)
		relations += id + ",h2,parent,joint,,,,,Mme,Mina,Canariclan,,,70 rue Canariste,,,,00001,ORBEVILLE,,,\n"
	}
	w.importYouth(people, mother+relations)
	w.campaign("ml-a")
	for _, s := range w.clanned() {
		if strings.Contains(s, "Ana") {
			t.Errorf("a protected child is named: %s", s)
		}
	}
	after := w.clan()
	if m := after["y20 h2 letter"]; m.State != breach.MessageHeld {
		t.Errorf("Ana's row is %s", m.State)
	}
	for _, at := range []string{"y21 h2 letter", "y22 h2 letter", "y23 h2 letter"} {
		if after[at].State != breach.MessageHandedOver {
			t.Errorf("%s is %s", at, after[at].State)
		}
	}
	if a, b := after["y21 h2 letter"], after["y22 h2 letter"]; a.Key() != b.Key() {
		t.Errorf("Ben and Cléo are told apart: %s, %s", a.Key(), b.Key())
	}
}

// A crash between reservation and settlement asks about the one letter, and
// writes none again.
func TestChildrenAfterACrash(t *testing.T) {
	for _, taken := range []bool{true, false} {
		t.Run(fmt.Sprintf("taken %v", taken), func(t *testing.T) {
			w := newWorld(t)
			kids(w)
			w.plan()
			w.must(w.decide("ml-a", breach.DecisionTell))
			w.sign("ml-a")
			w.aware()
			rows := w.clan()
			head := rows["y20 h2 letter"]
			ids := []breach.MessageID{head.ID, rows["y21 h2 letter"].ID, rows["y22 h2 letter"].ID}
			_, err := w.Store.Reserve(t.Context(), ids, "", false, w.Now())
			w.must(err)
			if taken {
				_, err := w.post.Send(t.Context(), notify.Envelope{Key: head.Key()})
				w.must(err)
			}
			w.campaign("ml-a")
			count := 0
			for _, e := range w.post.sent() {
				if e.Key == head.Key() {
					count++
				}
			}
			if count != 1 {
				t.Errorf("the letter was handed over %d times", count)
			}
			for _, at := range []string{"y20 h2 letter", "y21 h2 letter", "y22 h2 letter"} {
				if m := w.clan()[at]; m.State != breach.MessageHandedOver {
					t.Errorf("%s is %s", at, m.State)
				}
			}
		})
	}
}
