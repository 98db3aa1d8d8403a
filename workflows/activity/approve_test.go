package activity

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/workflows"
)

func (w *world) approvals() map[breach.ControllerID]string {
	w.t.Helper()
	s, err := run[workflows.ApprovalState](w, workflows.ActivityApproval, workflows.IncidentInput{Incident: incident})
	w.must(err)
	out := map[breach.ControllerID]string{}
	for state, list := range map[string][]breach.ControllerID{"ready": s.Ready, "refused": s.Refused, "waiting": s.Waiting} {
		for _, c := range list {
			out[c] += state
		}
	}
	return out
}

func (w *world) persons(id breach.ControllerID) int64 {
	w.t.Helper()
	k, err := w.Store.Case(w.t.Context(), incident, id)
	w.must(err)
	return k.Persons
}

func TestApproval(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(w *world)
		who  breach.ControllerID
		want string
	}{
		{"nothing decided", func(*world) {}, "ml-a", "waiting"},
		{"decided, not signed", func(w *world) { w.must(w.decide("ml-a", breach.DecisionTell)) }, "ml-a", "waiting"},
		{"signed", func(w *world) { w.must(w.decide("ml-a", breach.DecisionTell)); w.sign("ml-a") }, "ml-a", "ready"},
		{"signed, front desks not told", func(w *world) { w.must(w.decide("ml-a", breach.DecisionTell)); w.signatures("ml-a") }, "ml-a", "waiting"},
		{"above the ceiling", func(w *world) {
			w.must(w.decide("ml-a", breach.DecisionTell))
			w.sign("ml-a")
			w.Ceiling = w.persons("ml-a") - 1
		}, "ml-a", "waiting"},
		{"above the ceiling, lifted", func(w *world) {
			w.must(w.decide("ml-a", breach.DecisionTell))
			w.sign("ml-a")
			w.Ceiling = w.persons("ml-a") - 1
			w.must(w.Store.LiftCeiling(w.t.Context(), incident, "ml-a", w.persons("ml-a"), "ana", "vérifié"))
		}, "ml-a", "ready"},
		{"refused", func(w *world) { w.must(w.decide("ml-a", breach.DecisionRefuse)) }, "ml-a", "refused"},
		{"signed, then refused", func(w *world) {
			w.must(w.decide("ml-a", breach.DecisionTell))
			w.sign("ml-a")
			w.must(w.decide("ml-a", breach.DecisionRefuse))
		}, "ml-a", "refused"},
		{"expired", func(w *world) {
			w.must(w.decide("ml-a", breach.DecisionTell))
			w.sign("ml-a")
			w.ahead = 2 * time.Hour
		}, "ml-a", "waiting"},
		{"expired after the start", func(w *world) {
			w.must(w.decide("ml-a", breach.DecisionTell))
			w.sign("ml-a")
			w.campaign("ml-a")
			w.ahead = 2 * time.Hour
		}, "ml-a", "ready"},
		{"signed for another plan", func(w *world) {
			w.must(w.decide("ml-a", breach.DecisionTell))
			w.sign("ml-a")
			k, err := w.Store.Case(w.t.Context(), incident, "ml-a")
			w.must(err)
			w.must(w.Store.SavePlan(w.t.Context(), incident, "ml-a", "another", k.Persons, k.Recipients))
		}, "ml-a", "waiting"},
		{"somebody in danger", func(w *world) { w.must(w.decide("ml-b", breach.DecisionTell)); w.sign("ml-b") }, "ml-b", "waiting"},
		{"danger met by a person", func(w *world) {
			w.must(w.decide("ml-b", breach.DecisionTell))
			w.sign("ml-b")
			w.must(w.Store.SettleByHand(w.t.Context(), incident, w.row("ml-b", "y7", breach.ChannelHuman).ID, "ana", "vue", w.Now()))
		}, "ml-b", "ready"},
		{"signed late, nothing to mail", func(w *world) {
			w.must(w.decide("ml-b", breach.DecisionTell))
			w.sign("ml-b")
			w.must(w.Store.SettleByHand(w.t.Context(), incident, w.row("ml-b", "y7", breach.ChannelHuman).ID, "ana", "vue", w.Now()))
			w.ahead = 2 * time.Hour
		}, "ml-b", "ready"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newPlan(t)
			tt.do(w)
			if got := w.approvals()[tt.who]; got != tt.want {
				t.Errorf("%s is %s, want %s", tt.who, got, tt.want)
			}
		})
	}
}

// A long lane is read to its end.
func TestDangerBehindAThousand(t *testing.T) {
	w := newPlan(t)
	var rows []breach.Message
	for i := range 1001 {
		why := notify.ReasonNoContact
		if i == 1000 {
			why = notify.ReasonProtected + "," + notify.ReasonPhoneUnsafe
		}
		id := fmt.Sprint("lane", i)
		rows = append(rows, breach.Message{ID: breach.MessageID(id), Incident: incident, Controller: "ville", Registry: "civil",
			Subject: breach.PersonID(id), Recipient: id, Notice: 1, Channel: breach.ChannelHuman, State: breach.MessageListed, Why: why})
	}
	w.must(w.Store.PlanMessages(t.Context(), rows))
	w.must(w.decide("ville", breach.DecisionTell))
	w.sign("ville")
	if got := w.approvals()["ville"]; got != "waiting" {
		t.Errorf("ville is %s, want waiting", got)
	}
}

// The page is there once the e-mails are: it waits neither for a printer that
// takes so many letters a day, nor for texts that wait for the morning.
func TestPageDoesNotWaitForThePrinter(t *testing.T) {
	w := ready(t)
	w.aware()
	w.must(w.Store.SettleByHand(t.Context(), incident, w.row("ml-b", "y7", breach.ChannelHuman).ID, "ana", "vue", w.Now()))
	shown := func() int {
		t.Helper()
		list, err := w.Shown(t.Context(), incident)
		w.must(err)
		return len(list)
	}
	if n := shown(); n != 0 {
		t.Errorf("%d controllers before the campaign", n)
	}
	if _, err := w.round("ml-a", breach.ChannelEmail); err != nil {
		t.Fatal(err)
	}
	w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessagePlanned, "")
	if n := shown(); n != 1 {
		t.Errorf("%d controllers once the e-mails are handed over, want one", n)
	}
}

// A controller is named in public after its own communication, never because
// another one's has ended, and never while somebody in danger waits.
func TestPublish(t *testing.T) {
	w := ready(t)
	w.aware("ml-a", "ml-b")
	w.must(os.MkdirAll(w.PageDir, 0o755))
	named := func() map[string]bool {
		t.Helper()
		_, err := run[any](w, workflows.ActivityPublish, workflows.PublishInput{Incident: incident})
		w.must(err)
		all := ""
		w.must(filepath.WalkDir(w.PageDir, func(path string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(path, ".html") {
				raw, rerr := os.ReadFile(path)
				all, err = all+string(raw), rerr
			}
			return err
		}))
		if strings.Contains(all, "Canari") || strings.Contains(all, "lina@example.org") {
			t.Error("the page names a person")
		}
		return map[string]bool{"a": strings.Contains(all, "Organisme ml-a"), "b": strings.Contains(all, "Organisme ml-b")}
	}
	if d := cmp.Diff(map[string]bool{"a": false, "b": false}, named()); d != "" {
		t.Error("before the campaigns", d)
	}
	w.campaign("ml-a")
	if d := cmp.Diff(map[string]bool{"a": false, "b": false}, named()); d != "" {
		t.Error("while somebody in danger waits", d)
	}
	w.must(w.Store.SettleByHand(t.Context(), incident, w.row("ml-b", "y7", breach.ChannelHuman).ID, "ana", "vue", w.Now()))
	if d := cmp.Diff(map[string]bool{"a": false, "b": false}, named()); d != "" {
		t.Error("before the other institution was told", d)
	}
	w.must(w.Store.AddDelivery(t.Context(), breach.Delivery{Incident: incident, Controller: "ml-b", Kind: breach.PaperLetter, Version: 1, At: w.Now(), By: "ana", How: "remise en main propre"}))
	if d := cmp.Diff(map[string]bool{"a": true, "b": false}, named()); d != "" {
		t.Error("when its head has the letter", d)
	}
	w.must(w.decide("ml-b", breach.DecisionTell))
	if d := cmp.Diff(map[string]bool{"a": true, "b": false}, named()); d != "" {
		t.Error("what nobody signed", d)
	}
	w.signatures("ml-b")
	if d := cmp.Diff(map[string]bool{"a": true, "b": true}, named()); d != "" {
		t.Error("when everybody was reached", d)
	}
	// Whom no channel reaches is told by this page, which counts them and names nobody.
	w.must(w.Store.PlanMessages(t.Context(), []breach.Message{{ID: "lost", Incident: incident, Controller: "ml-a", Registry: "youth", Subject: "y99", Recipient: "y99", Notice: 1,
		Channel: breach.ChannelHuman, State: breach.MessageListed, Why: notify.ReasonNoContact}}))
	named()
	page, err := os.ReadFile(filepath.Join(w.PageDir, string(incident), "c-ml-a.html"))
	if err != nil || !strings.Contains(string(page), "sans adresse ni courriel utilisables : 1") {
		t.Errorf("the page does not speak to those whom no letter reaches: %v", err)
	}
	// An hour of awareness that is set after the version was approved stands on no
	// page that the letters contradict: the next version says it.
	w.must(w.Store.SetAware(t.Context(), incident, "ml-a", time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC), "ana", "courrier retrouvé"))
	named()
	later, err := os.ReadFile(filepath.Join(w.PageDir, string(incident), "c-ml-a.html"))
	if err != nil || string(later) != string(page) {
		t.Errorf("the page says what its version of the facts does not: %v", err)
	}
	draft, err := w.Draft(t.Context(), incident, "ml-a")
	if err != nil || !draft.AwareAt.Equal(time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("the next version would say %v: %v", draft.AwareAt, err)
	}
	dossier, err := os.ReadFile(filepath.Join(w.DossierDir, string(incident), "ml-a", "dossier.json"))
	if err != nil || !strings.Contains(string(dossier), `"unreached": 1`) {
		t.Errorf("the dossier does not count them: %v", err)
	}
}
