package activity

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/store"
	"vigie/notify"
	"vigie/notify/email"
	"vigie/notify/letter"
	"vigie/notify/recipient"
	"vigie/notify/wording"
)

const father = "y6,h2,parent,%s,,,,%s,M.,Marc,Canarijeune,,,71 rue Canariste,,,,00001,ORBEVILLE,,,\n"

// Every late change, between approval and hand-over, is seen in the last step,
// and may only remove or hold.
func TestLateChanges(t *testing.T) {
	joint := mother + fmt.Sprintf(father, "joint", "")
	held := breach.MessageHeld
	for _, tt := range []struct {
		name   string
		people func(m map[string]string)
		rows   string
		who    string
		ch     breach.Channel
		want   breach.MessageState
		why    string
	}{
		{"a death", func(m map[string]string) {
			m["y1"] = person("y1", "ml-a", "Canarival", "Lina", "1990-05-17", "lina@example.org", "+33639980001", "3 rue Canariste", "2026-01-01", "")
		}, joint, "y1", breach.ChannelLetter, held, "recipient-excluded"},
		{"a move", func(m map[string]string) {
			m["y3"] = strings.Replace(m["y3"], "5 rue Canariste", "95 rue Canariste", 1)
		}, joint, "y3", breach.ChannelLetter, held, "address-changed"},
		{"a protection of the person", func(m map[string]string) {
			m["y1"] = person("y1", "ml-a", "Canarival", "Lina", "1990-05-17", "lina@example.org", "+33639980001", "3 rue Canariste", "", "1")
		}, joint, "y1", breach.ChannelEmail, held, "channel-withdrawn"},
		{"a protection order against a parent: nothing to him", nil, mother + fmt.Sprintf(father, "joint", "1"), "h2", breach.ChannelLetter, held, "recipient-excluded"},
		{"a protection order against a parent: no mailbox for the other", nil, mother + fmt.Sprintf(father, "joint", "1"), "h1", breach.ChannelEmail, held, "channel-withdrawn"},
		{"authority withdrawn", nil, mother + fmt.Sprintf(father, "withdrawn", ""), "h2", breach.ChannelLetter, held, "recipient-excluded"},
		{"authority withdrawn: the other goes on", nil, mother + fmt.Sprintf(father, "withdrawn", ""), "h1", breach.ChannelEmail, breach.MessageHandedOver, "parent-joint"},
		{"exercise lost", nil, strings.Replace(mother, "joint", "sole", 1) + fmt.Sprintf(father, "none", ""), "h2", breach.ChannelLetter, held, "recipient-excluded"},
		{"of age meanwhile: not the parents", func(m map[string]string) {
			m["y6"] = strings.Replace(m["y6"], "2010-02-01", "2000-02-01", 1)
		}, joint, "h1", breach.ChannelLetter, held, "recipient-excluded"},
		{"of age meanwhile: another wording", func(m map[string]string) {
			m["y6"] = strings.Replace(m["y6"], "2010-02-01", "2000-02-01", 1)
		}, joint, "y6", breach.ChannelEmail, held, "variant-changed"},
		{"nothing changed", nil, joint, "h2", breach.ChannelLetter, breach.MessageHandedOver, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorldOf(t, youth)
			w.importYouth(youth, joint)
			w.plan()
			w.must(w.decide("ml-a", breach.DecisionTell))
			w.sign("ml-a")
			later := clone(youth)
			if tt.people != nil {
				tt.people(later)
			}
			w.importYouth(later, tt.rows)
			w.campaign("ml-a")
			w.wantState("ml-a", tt.who, tt.ch, tt.want, tt.why)
		})
	}
}

// A mailbox of two people is nobody's, wherever in the registry they are.
func TestSharedMailboxIsNobodys(t *testing.T) {
	crowd := clone(youth)
	crowd["y2"] = strings.Replace(crowd["y2"], "omar@example.org", "LINA@example.org", 1)
	w := newWorldOf(t, crowd)
	w.plan()
	w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessagePlanned, "self-adult,email-shared")
	w.wantState("ml-a", "y2", breach.ChannelHuman, breach.MessageListed, "no-contact,self-adult,email-shared")
	w.wantState("ml-a", "y4", breach.ChannelEmail, breach.MessagePlanned, "self-adult")
}

// Who said "this was not for me" gets nothing more there: in this campaign, and
// in the next plan, where a human looks.
func TestSuspendedAddress(t *testing.T) {
	w := ready(t)
	m := w.row("ml-a", "y3", breach.ChannelLetter)
	ask := breach.Request{ID: "req_1", Kind: breach.RequestWrong, Message: m.ID, ReceivedAt: w.Now(), DueAt: w.Now().AddDate(0, 1, 0), TakenBy: "ana"}
	w.must(w.Store.AddRequest(t.Context(), ask, nil))
	w.campaign("ml-a")
	w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessageHeld, notify.ReasonAddressSuspended)
	w.wantState("ml-a", "y4", breach.ChannelEmail, breach.MessageHandedOver, "")
	next := newWorldOf(t, youth)
	next.must(next.Store.PlanMessages(t.Context(), []breach.Message{{ID: "msg_old", Incident: incident, Controller: "old", Registry: "youth", Subject: "y3", Recipient: "y3", Channel: breach.ChannelLetter, Notice: 1, AddressKey: m.AddressKey}}))
	ask.Message = "msg_old"
	next.must(next.Store.AddRequest(t.Context(), ask, nil))
	next.plan()
	next.wantState("ml-a", "y3", breach.ChannelHuman, breach.MessageListed, "")
	if got := next.row("ml-a", "y3", breach.ChannelHuman).Why; !strings.HasPrefix(got, notify.ReasonAddressSuspended) {
		t.Errorf("why %q", got)
	}
}

// The same file sold again tells nobody anything new; one more category does,
// and so does a purge of the first incident not.
func TestToldOnceForTheSameFacts(t *testing.T) {
	for _, tt := range []struct {
		name        string
		first, then []string
		purge       bool
		want        breach.MessageState
	}{
		{"the same data", []string{"email", "name"}, []string{"name"}, false, breach.MessageSkipped},
		{"the same data, purged since", []string{"email", "name"}, []string{"name"}, true, breach.MessageSkipped},
		{"more data", []string{"name"}, []string{"name", "nir"}, false, breach.MessagePlanned},
		{"nobody knows what it held", nil, nil, false, breach.MessagePlanned},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			ctx, first := t.Context(), w.another(tt.first, tt.then)
			w.elsewhere(first, breach.MessageHandedOver)
			if tt.purge {
				w.must(w.Commit(ctx, first))
			}
			w.repeats(incident, first)
			w.plan()
			w.wantState("ml-a", "y3", breach.ChannelLetter, tt.want, "")
			w.wantState("ml-a", "y1", breach.ChannelLetter, breach.MessagePlanned, "")
			w.must(w.decide("ml-a", breach.DecisionTell))
			if got := w.approvals()["ml-a"]; got != "waiting" {
				t.Errorf("%s without one signature", got)
			}
			w.outcomes("ml-a", breach.ChannelLetter)
			if slices.ContainsFunc(w.ledger("ml-a"), func(row string) bool { return strings.HasPrefix(row, "y3 y3 human") }) {
				t.Error("one who was told elsewhere is listed as unreached")
			}
		})
	}
}

// another opens a second incident, whose dump holds of y3 what first says; this
// one's holds what then says.
func (w *world) another(first, then []string) breach.IncidentID {
	w.t.Helper()
	ctx, at, id := w.t.Context(), w.Now(), breach.IncidentID("inc_0")
	_, err := w.Store.RaiseAlert(ctx, breach.Alert{ID: "alr_0", Post: "pst_0", Source: "site", Entity: "S", RaisedAt: at})
	w.must(err)
	w.must(w.Store.ConfirmAlert(ctx, breach.Acquisition{Alert: "alr_0", Link: "l", By: "ana", Purpose: "p", LegalBasis: "l", At: at},
		breach.Incident{ID: id, Alert: "alr_0", Title: "S", OpenedAt: at, OpenedBy: "ana"}, []breach.RegistryID{"youth"}))
	w.must(w.Store.SaveDump(ctx, breach.Dump{ID: dumpID(id), Incident: id, Digest: "sha256:11", Bytes: 1, AcquiredAt: at}, nil))
	for id, held := range map[breach.IncidentID][]string{id: first, incident: then} {
		w.must(w.Store.SaveCandidates(ctx, []store.CandidateRow{{Candidate: breach.Candidate{ID: breach.CandidateID("cnd_x" + string(id)), Incident: id, Registry: "youth", Row: 333, Person: "y3",
			Probability: 1, Band: breach.BandLink, State: breach.CandidateLinked, Version: 1, Held: held}}}))
	}
	return id
}

// elsewhere is a letter to y3 in another incident.
func (w *world) elsewhere(id breach.IncidentID, state breach.MessageState) {
	w.t.Helper()
	w.must(w.Store.PlanMessages(w.t.Context(), []breach.Message{{ID: "msg_0", Seq: 1, Incident: id, Controller: "ml-a", Registry: "youth", Subject: "y3", Recipient: "y3",
		Role: "self", Channel: breach.ChannelLetter, Notice: 1, State: state, Provider: "letter"}}))
}

// repeats says that the dump of an incident shares people with an earlier one.
func (w *world) repeats(id, earlier breach.IncidentID) {
	w.t.Helper()
	w.must(w.Store.SaveProfile(w.t.Context(), dumpID(id), breach.Profile{Format: "csv", Rows: 9, Complete: true, Columns: []breach.Column{{Name: "nom", Meaning: "surname", Filled: 9}},
		Present: []breach.Category{{Code: "civil_status", Count: 9}, {Code: "contact", Count: 9}}, Recycled: []breach.Overlap{{Dump: dumpID(earlier), Share: .9}}}, []byte("{}")))
}

// Two incidents planned on one day see each other before each hand-over,
// whichever dump was read first: who was told since the plan is not told again,
// who is being told at this moment waits for how that ends, and a day on for
// nothing more.
func TestTwoIncidentsAtOnce(t *testing.T) {
	told := []string{"email", "name"}
	for _, tt := range []struct {
		name  string
		state breach.MessageState // of the other incident's letter when this one's is due
		then  []string            // what this dump holds
		later bool                // the other dump was read after this one
		want  breach.MessageState
		again bool
	}{
		{"planned there", breach.MessagePlanned, told, false, breach.MessageHandedOver, false},
		{"told since", breach.MessageHandedOver, told, false, breach.MessageSkipped, false},
		{"told since, its dump read later", breach.MessageHandedOver, told, true, breach.MessageSkipped, false},
		{"told since of less", breach.MessageHandedOver, []string{"name", "nir"}, false, breach.MessageHandedOver, false},
		{"being told", breach.MessageReserved, told, false, breach.MessagePlanned, true},
		{"came back", breach.MessageBounced, told, false, breach.MessageHandedOver, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			first := w.another(told, tt.then)
			if tt.later {
				w.repeats(first, incident)
			} else {
				w.repeats(incident, first)
			}
			w.plan()
			w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessagePlanned, "")
			w.must(w.decide("ml-a", breach.DecisionTell))
			w.elsewhere(first, tt.state)
			if _, err := w.round("ml-a", breach.ChannelLetter); (err != nil) != tt.again {
				t.Fatalf("error %v, want one: %t", err, tt.again)
			}
			why := ""
			if tt.want == breach.MessageSkipped {
				why = notify.ReasonToldElsewhere
			}
			w.wantState("ml-a", "y3", breach.ChannelLetter, tt.want, why)
			if !tt.again {
				return
			}
			w.must(w.Store.Settle(t.Context(), []store.Settlement{{ID: "msg_0", State: breach.MessageHandedOver, At: w.Now()}}))
			if _, err := w.round("ml-a", breach.ChannelLetter); err != nil {
				t.Fatal(err)
			}
			w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessageSkipped, notify.ReasonToldElsewhere)
		})
	}
}

// No envelope, letter or file property bears anything of another person: each
// family has a word in every value of every member, and only the reader's own
// may be seen. Where a protection stands, the outside tells no service.
func TestNothingLeaksBetweenMembers(t *testing.T) {
	body := breach.Controller{ID: "ml", Name: "Mission Zèbrecourt", Address: "1 place Zèbre|00002 ZEBRECOURT", DPO: "dpo@zebre.example.org", Phone: "+33199001234", Website: "zebre.example.org", Mandate: "C-1"}
	facts := wording.Propose(notify.Facts{Incident: incident, Version: 1, Controller: body, System: "Similo", Summary: map[string]string{"fr": "Le 3 octobre 2026, un tiers a copié un fichier.", "en": "On 3 October 2026, somebody copied a file."},
		Measures: []string{"access_closed"}, Present: []breach.Category{{Code: "contact", Count: 9}}, DiscoveredAt: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), Records: 9, Persons: 9, Complaint: "none", PageURL: "https://vigie.example.org/x/"})
	member := func(key string) breach.Contact {
		return breach.Contact{Given: "Pre" + key, Name: "Nom" + key, Email: key + "@mail-" + strings.ToLower(key) + ".example.org", Phone: "+3363998" + fmt.Sprintf("%04d", len(key)*111),
			Address: breach.Address{Street: "7 rue " + key, Line3: "Résidence " + key, Postcode: "99100", City: "Ville" + key}, EmailSafe: true, PhoneSafe: true}
	}
	keys := []string{"Kiwi", "Abricot", "Brugnon", "Datte"}
	today := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	kid := func(age int, edit func(*breach.Subject)) breach.Subject {
		s := breach.Subject{Registry: "r", Person: "Kiwi", BirthDate: today.AddDate(-age, 0, -9), Contact: member("Kiwi")}
		for i, k := range keys[1:3] {
			s.Relations = append(s.Relations, breach.Relation{Person: "Kiwi", Holder: breach.PersonID(k), Kind: breach.RelationParent, Authority: breach.AuthorityJoint, Contact: member(k), Barred: i == 1 && age == 8})
		}
		edit(&s)
		return s
	}
	for name, s := range map[string]breach.Subject{
		"joint":     kid(10, func(*breach.Subject) {}),
		"young":     kid(16, func(*breach.Subject) {}),
		"barred":    kid(8, func(*breach.Subject) {}),
		"withdrawn": kid(16, func(s *breach.Subject) { s.Relations[1].Authority = breach.AuthorityWithdrawn }),
		"tutor": kid(40, func(s *breach.Subject) {
			s.Regime = breach.RegimeTutelle
			s.Relations = []breach.Relation{{Person: "Kiwi", Holder: "Datte", Kind: breach.RelationTutor, Contact: member("Datte")}}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range recipient.Resolve(s, today).Recipients {
				seen := outside(t, facts, body, r)
				for _, k := range keys {
					word := k
					if k == r.Key {
						continue
					}
					if k == "Kiwi" { // the given name of the person concerned is said, and nothing else of theirs
						seen = strings.ReplaceAll(seen, "PreKiwi", "")
					}
					if strings.Contains(strings.ToLower(seen), strings.ToLower(word)) {
						t.Errorf("to %s: shows %q", r.Key, word)
					}
				}
			}
		})
	}
}

// outside renders for one recipient in every channel and gathers every text: the
// envelope, the letter as read by a machine, its properties, the SMS.
func outside(t *testing.T, f notify.Facts, body breach.Controller, r notify.Recipient) string {
	t.Helper()
	doc, err := wording.Render(f, r)
	if err != nil {
		t.Fatalf("%v %+v", err, errors.Unwrap(err))
	}
	e := notify.Envelope{Key: "msg_abc", To: r.Contact, From: body, Neutral: r.Neutral, Language: "fr", Doc: doc}
	var all strings.Builder
	_, _ = fmt.Fprintf(&all, "%+v\n", e)
	pdf, err := letter.Render(e, letter.Options{NeutralSender: []string{"Courrier confidentiel", "TSA 00000", "00000 CEDEX"}})
	if err != nil {
		t.Fatal(err)
	}
	mail, err := email.Config{From: "notice@watch.example.net", Domain: "watch.example.net", NeutralName: "Information personnelle"}.Message(e, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	all.Write(mail)
	head, _, _ := strings.Cut(string(mail), "\r\n\r\n")
	text, info := pdfText(t, pdf)
	all.WriteString(text + info)
	if r.Neutral {
		letterhead, _, found := strings.Cut(text, strings.Join(strings.Fields(doc.Title)[:2], " "))
		if !found {
			t.Fatalf("no title in the letter to %s", r.Key)
		}
		for _, secret := range []string{"Zèbre", "ZEBRE", "Mission", "Similo"} {
			if strings.Contains(head+letterhead+info, secret) || strings.Contains(doc.Title+doc.Short, secret) {
				t.Errorf("to %s: the outside says %q", r.Key, secret)
			}
		}
	}
	return all.String()
}

func pdfText(t *testing.T, pdf []byte) (text, info string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) string {
		bin, err := exec.LookPath(name)
		if err != nil {
			t.Skipf("%s is not installed", name)
		}
		var out bytes.Buffer
		cmd := exec.CommandContext(context.Background(), bin, args...)
		cmd.Stdout = &out
		if err := cmd.Run(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	return run("pdftotext", "-layout", path, "-"), run("pdfinfo", path)
}

// A protection that another registry has entered since the approval holds the
// message, in the last step: whichever registry tells, and whether it hides the
// person or names somebody near.
func TestProtectionElsewhereHoldsInTheLastStep(t *testing.T) {
	for _, tt := range []struct {
		name, protected, relations string
		want                       breach.MessageState
	}{
		{"nothing new", "", "", breach.MessageHandedOver},
		{"hidden since", "1", "", breach.MessageHeld},
		{"an order names somebody near", "", "c1,h9,parent,joint,,,,1,M.,Max,Canarival,,,9 rue Loin,,,,00001,ORBEVILLE,,,\n", breach.MessageHeld},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newPlan(t)
			w.must(w.decide("ml-a", breach.DecisionTell))
			w.sign("ml-a")
			w.aware()
			people := maps.Clone(civil)
			people["c1"] = person("c1", "ville", "Canarival", "LINA", "1990-05-17", "", "", "3 rue Canariste", "", tt.protected)
			w.importRegistry("civil", 2, []string{"ville"}, people, tt.relations)
			w.campaign("ml-a")
			got := w.row("ml-a", "y1", breach.ChannelEmail)
			if got.State != tt.want || tt.want == breach.MessageHeld && !strings.Contains(got.Why, notify.ReasonProtectionStands) {
				t.Errorf("the e-mail is %s: %s", got.State, got.Why)
			}
			if m := w.row("ml-a", "y1", breach.ChannelLetter); tt.want == breach.MessageHeld && m.State != breach.MessageHeld {
				t.Errorf("the letter is %s: %s", m.State, m.Why)
			}
			if m := w.row("ml-a", "y2", breach.ChannelEmail); m.State != breach.MessageHandedOver {
				t.Errorf("somebody else's is %s", m.State)
			}
		})
	}
}
