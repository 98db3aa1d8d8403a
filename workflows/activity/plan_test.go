package activity

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/workflows"
)

func TestPlanTellsEachHumanOnce(t *testing.T) {
	w := newWorld(t)
	got := w.plan()
	want := workflows.PlanResult{Controllers: []workflows.ControllerPlan{
		{Controller: "ml-a", Persons: 7, Messages: 14}, {Controller: "ml-b", Persons: 1, Messages: 1}, {Controller: "ville", Persons: 1, Messages: 1},
	}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{
		"y1 y1 email planned [self-adult]", "y1 y1 sms planned [self-adult]", "y1 y1 letter planned [self-adult]",
		"y2 y2 email planned [self-adult]",
		"y3 y3 letter planned [self-adult]",
		"y4 y4 email planned [self-adult]", "y4 y4 letter planned [self-adult]",
		"y5 y5 email planned [self-adult]", "y5 y5 letter planned [self-adult]", // the twin on the same row
		"y6 y6 email planned [self-young]", "y6 y6 letter planned [self-young]",
		"y6 h1 email planned [parent-joint]", "y6 h1 letter planned [parent-joint]",
		"y8 y8 human skipped [deceased]",
	}, w.ledger("ml-a")); d != "" {
		t.Error(d)
	}
	// Protected in the civil registry, so in the lane of the youth registry too.
	if d := cmp.Diff([]string{"y7 y7 human listed [protected,email-unsafe]"}, w.ledger("ml-b")); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"c9 c9 letter planned [self-adult]"}, w.ledger("ville")); d != "" {
		t.Error(d)
	}
}

func TestPlanIsDeterministic(t *testing.T) {
	hash := func(w *world) string {
		w.plan()
		k, err := w.Store.Case(t.Context(), incident, "ml-a")
		w.must(err)
		return k.PlanHash
	}
	a := newWorld(t)
	b := openWorld(t, t.TempDir())
	b.Registries = a.Registries
	b.open()
	first := hash(a)
	ledger := a.ledger("ml-a")
	if again := hash(a); again != first {
		t.Error("planning again gave another hash")
	}
	b.plan()
	if d := cmp.Diff(ledger, b.ledger("ml-a")); d != "" {
		t.Error(d)
	}
	x, y := a.row("ml-a", "y1", breach.ChannelEmail), b.row("ml-a", "y1", breach.ChannelEmail)
	if x.ID != y.ID || x.AddressKey != y.AddressKey {
		t.Error("the same communication has another ID or address key")
	}
}

func TestPlanHashBindsTheAddress(t *testing.T) {
	a := newWorld(t)
	moved := clone(youth)
	moved["y3"] = strings.Replace(moved["y3"], "5 rue Canariste", "55 rue Canariste", 1)
	moved["y1"] = strings.Replace(moved["y1"], "+33639980001", "+262639980001", 1) // of Mayotte
	a.plan()
	b := newWorldOf(t, moved)
	b.plan()
	before, err := a.Store.Case(t.Context(), incident, "ml-a")
	a.must(err)
	after, err := b.Store.Case(t.Context(), incident, "ml-a")
	b.must(err)
	if before.Texts["FR"] == 0 || after.Texts["FR"] != before.Texts["FR"]-1 || after.Texts["YT"] != 1 {
		t.Errorf("SMS by territory: %v, then %v", before.Texts, after.Texts)
	}
	if a.row("ml-a", "y3", breach.ChannelLetter).AddressKey == b.row("ml-a", "y3", breach.ChannelLetter).AddressKey {
		t.Error("the address key does not tell the address")
	}
	if a.row("ml-a", "y1", breach.ChannelLetter).AddressKey != b.row("ml-a", "y1", breach.ChannelLetter).AddressKey {
		t.Error("another person's address key changed")
	}
}

// A plan that was cut half-way, on the eve of a birthday and of an import, is
// the plan of the day on which it ends.
func TestPlanBeginsAnewAfterACut(t *testing.T) {
	w := newWorld(t)
	p, err := w.newPlanner(t.Context(), incident)
	w.must(err)
	p.at = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC) // y6 is fifteen
	w.must(p.begin(t.Context()))
	w.must(p.freeze(t.Context()))
	// The kill comes here: rows are written, no hash is. y6 comes of age, y3 leaves.
	for _, m := range []breach.Message{
		p.row(p.parts["ml-a"], breach.Subject{Registry: "youth", Person: "y3", Controller: "ml-a"}, notify.Recipient{Key: "y3", Role: "self"}, breach.ChannelLetter, 0, nil),
		p.row(p.parts["ml-a"], breach.Subject{Registry: "youth", Person: "y1", Controller: "ml-a"}, notify.Recipient{Key: "y1", Role: "self"}, breach.ChannelHuman, 0, nil),
	} {
		p.parts["ml-a"].add(m)
	}
	w.must(p.flush(t.Context()))
	less := clone(youth)
	delete(less, "y3")
	w.importYouth(less, mother)
	got := w.plan()
	if got.Controllers[0].Persons != 7 {
		t.Errorf("%d persons, want seven: who left the registry is not lost", got.Controllers[0].Persons)
	}
	rows := w.ledger("ml-a")
	if !slices.Contains(rows, "y3 y3 human listed [person-left-registry]") || slices.Contains(rows, "y1 y1 human listed []") ||
		slices.ContainsFunc(rows, func(s string) bool { return strings.HasPrefix(s, "y3 y3 letter") }) {
		t.Errorf("the ledger still holds rows of the plan that was cut:\n%s", strings.Join(rows, "\n"))
	}
	if f, err := w.CurrentFacts(t.Context(), incident, "ml-a"); err != nil || f.Persons != 7 || f.Own < 7 {
		t.Errorf("the facts count %d persons and %d records about them: %v", f.Persons, f.Own, err)
	}
}

// A finished plan is not planned again, whatever has changed meanwhile.
func TestPlanStandsOnceFinished(t *testing.T) {
	w := newWorld(t)
	first := w.plan()
	before := w.ledger("ml-a")
	k, err := w.Store.Case(t.Context(), incident, "ml-a")
	w.must(err)
	w.importYouth(map[string]string{"y1": youth["y1"]}, "")
	w.ahead = 20 * 365 * 24 * time.Hour
	if d := cmp.Diff(first, w.plan()); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(before, w.ledger("ml-a")); d != "" {
		t.Error(d)
	}
	if now, err := w.Store.Case(t.Context(), incident, "ml-a"); err != nil || now.PlanHash != k.PlanHash {
		t.Errorf("the hash changed: %v", err)
	}
}

func TestPlanRefusesIncompleteCommunications(t *testing.T) {
	w := newWorld(t)
	w.state(2) // nobody has said what was done
	_, err := run[workflows.PlanResult](w, workflows.ActivityPlan, workflows.IncidentInput{Incident: incident})
	if err == nil || !permanent(err) || !strings.Contains(err.Error(), "incomplete (measures)") {
		t.Fatalf("got %v, want a refusal for good that says incomplete", err)
	}
	if strings.Contains(err.Error(), "Canari") {
		t.Error("the error names a person")
	}
	if k, err := w.Store.Case(t.Context(), incident, "ml-a"); err != nil || k.PlanHash != "" {
		t.Errorf("an incomplete plan can be approved: %v", err)
	}
	w.state(3, "access_closed") // said now, and the incident is resumed
	w.plan()
	if m := w.row("ml-a", "y1", breach.ChannelEmail); m.Notice != 2 {
		t.Errorf("notice %d, want the second version of the facts", m.Notice)
	}
}

func TestPlanRefusesAMissingChannel(t *testing.T) {
	w := newWorld(t)
	delete(w.Channels, breach.ChannelEmail)
	_, err := run[workflows.PlanResult](w, workflows.ActivityPlan, workflows.IncidentInput{Incident: incident})
	if err == nil || !permanent(err) || !strings.Contains(err.Error(), "channel-not-configured") {
		t.Fatalf("got %v", err)
	}
}

func TestPlanTrustsNoMailboxWhosePasswordLeaked(t *testing.T) {
	w := newWorld(t)
	w.profile(breach.Column{Name: "mdp", Meaning: "password", Filled: 9})
	w.plan()
	for _, row := range w.ledger("ml-a") {
		if strings.Contains(row, " email ") {
			t.Errorf("planned: %s", row)
		}
	}
	if got := w.row("ml-a", "y2", breach.ChannelHuman); got.State != breach.MessageListed {
		t.Errorf("who had a mailbox alone is %s", got.State)
	}
}

func TestStepsOnWhatIsNotThere(t *testing.T) {
	w := newWorld(t)
	_, err := run[workflows.PlanResult](w, workflows.ActivityPlan, workflows.IncidentInput{Incident: "inc_none"})
	if err == nil || !permanent(err) {
		t.Errorf("an incident that does not exist: %v, want no retry", err)
	}
	w.Registries.Dir = t.TempDir()
	_, err = run[workflows.PlanResult](w, workflows.ActivityPlan, workflows.IncidentInput{Incident: incident})
	if err == nil || permanent(err) {
		t.Errorf("a registry that is not imported yet: %v, want a retry", err)
	}
}

func clone(m map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range m {
		out[k] = v
	}
	return out
}

func newWorldOf(t *testing.T, people map[string]string) *world {
	t.Helper()
	w := openWorld(t, t.TempDir())
	w.importYouth(people, mother)
	w.importRegistry("civil", 2, []string{"ville"}, civil, "")
	w.open()
	return w
}
