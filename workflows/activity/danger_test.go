package activity

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/internal/france"
	"vigie/matchers"
	"vigie/matchers/linkage"
	"vigie/notify"
	"vigie/notify/duty"
	"vigie/workflows"
)

// dumpRow is a row of the dump with what these tests need.
func dumpRow(row int64, street, phone string) (r matchers.Record) {
	r.Row = row
	r.Values[matchers.Street], r.Values[matchers.Phone], r.Values[matchers.BirthName] = street, phone, "Canarison"
	r.Values[matchers.Postcode], r.Values[matchers.City] = "00001", "ORBEVILLE"
	return r
}

func (w *world) matched(reg breach.RegistryID, row matchers.Record, ms ...linkage.Match) {
	w.t.Helper()
	p, err := w.Registries.Open(reg)
	w.must(err)
	watch, err := w.sentry(w.t.Context(), incident, p)
	w.must(err)
	c := candidateWriter{steps: w.Steps, in: workflows.MatchInput{Incident: incident, Registry: reg}, sentry: watch}
	w.must(c.add(w.t.Context(), row, ms))
}

func (w *world) dangers() []breach.Danger {
	w.t.Helper()
	list, err := w.Store.Dangers(w.t.Context(), incident, 0)
	w.must(err)
	return list
}

func (w *world) settle(d breach.Danger, o breach.DangerOutcome) {
	w.t.Helper()
	w.must(w.Store.TakeDanger(w.t.Context(), incident, d.ID, "ana", w.Now()))
	w.must(w.Store.TryDanger(w.t.Context(), incident, breach.Attempt{Danger: d.ID, At: w.Now(), By: "ana", Means: "lawyer", Outcome: o, Note: "au cabinet"}))
}

// A pair in review is enough: the person comes to the lane before anybody has
// looked at the pair, with what the row gives away.
func TestReviewedPairReachesTheLaneAtOnce(t *testing.T) {
	w := newWorld(t)
	row := dumpRow(77, "8 rue Canariste", "")
	w.matched("civil", row, linkage.Match{Person: "c7", Band: breach.BandReview, Probability: .5}, linkage.Match{Person: "c9", Band: breach.BandReview, Probability: .5})
	got := w.dangers()
	if len(got) != 1 || got[0].Person != "c7" || got[0].Registry != "civil" || got[0].Controller != "ville" {
		t.Fatalf("the lane holds %v, want c7 alone", got)
	}
	want := map[string]breach.Exposed{breach.FieldAddress: breach.ExposedPresent, breach.FieldPhone: breach.ExposedAbsent,
		breach.FieldEmail: breach.ExposedAbsent, breach.FieldName: breach.ExposedAbsent, breach.FieldInstitution: breach.ExposedAbsent}
	if d := cmp.Diff(want, got[0].Exposed); d != "" {
		t.Error(d)
	}
	if got[0].Rank() != 0 {
		t.Errorf("rank %d: a present address comes first", got[0].Rank())
	}
	// Another row that says less takes nothing back; the same row adds nothing.
	less := dumpRow(78, "", "+33639980001")
	less.Values[matchers.Postcode], less.Values[matchers.City] = "", ""
	w.matched("civil", less, linkage.Match{Person: "c7", Band: breach.BandReview, Probability: .5})
	if got := w.dangers(); len(got) != 1 || got[0].Exposed[breach.FieldAddress] != breach.ExposedPresent || got[0].Exposed[breach.FieldPhone] != breach.ExposedUnsaid {
		t.Errorf("after another row: %v", got)
	}
}

func TestWhoBelongsToTheLane(t *testing.T) {
	w := newWorld(t)
	now := w.Now()
	minor, adult := now.AddDate(-10, 0, 0), now.AddDate(-30, 0, 0)
	placed := breach.Relation{Kind: breach.RelationAuthority, Holder: "ase"}
	for _, tt := range []struct {
		name string
		s    breach.Subject
		want []string
	}{
		{"nobody's business", breach.Subject{BirthDate: adult}, nil},
		{"protected", breach.Subject{BirthDate: adult, Protected: true}, []string{breach.DangerProtected}},
		{"elected domicile", breach.Subject{BirthDate: adult, Elected: breach.Address{Postcode: "00001", City: "X"}}, []string{breach.DangerElected}},
		{"placed under secrecy", breach.Subject{BirthDate: minor, Secret: true, Relations: []breach.Relation{placed}}, []string{breach.DangerPlaced}},
		{"placed, no secret", breach.Subject{BirthDate: minor, Relations: []breach.Relation{placed}}, nil},
		{"a secret follow-up hides no place", breach.Subject{BirthDate: minor, Secret: true}, nil},
		{"an order names a parent", breach.Subject{BirthDate: minor, Relations: []breach.Relation{{Kind: breach.RelationParent, Barred: true}}}, []string{breach.DangerOrder}},
		{"an order that ended last month", breach.Subject{BirthDate: minor, Relations: []breach.Relation{{Kind: breach.RelationParent, Barred: true, Until: now.AddDate(0, -1, 0)}}}, nil},
		{"an order against a dead man", breach.Subject{BirthDate: minor, Relations: []breach.Relation{{Kind: breach.RelationParent, Barred: true, Deceased: true}}}, nil},
		{"dead", breach.Subject{Deceased: true, Protected: true}, nil},
	} {
		if d := cmp.Diff(tt.want, dangerOf(tt.s, now)); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

// Whoever was reached before the plan is made is not listed again, and the
// entry of the same human in another registry is settled with it.
func TestSettledBeforeThePlan(t *testing.T) {
	for outcome, want := range map[breach.DangerOutcome]breach.MessageState{
		breach.DangerReached: breach.MessageHandedOver, breach.DangerNotThem: breach.MessageSkipped, breach.DangerNoMeans: breach.MessageListed,
	} {
		t.Run(string(outcome), func(t *testing.T) {
			w := newWorld(t)
			guarded := clone(youth)
			guarded["y7"] = person("y7", "ml-b", "Canarison", "Iris", "1994-05-17", "iris@example.org", "", "8 rue Canariste", "", "1")
			w.importYouth(guarded, mother)
			w.matched("youth", dumpRow(7, "8 rue Canariste", ""), linkage.Match{Person: "y7", Band: breach.BandLink, Probability: 1})
			w.settle(w.dangers()[0], outcome)
			w.plan()
			w.wantState("ml-b", "y7", breach.ChannelHuman, want, "")
			w.must(w.decide("ml-b", breach.DecisionTell))
			w.sign("ml-b")
			if got := w.approvals()["ml-b"]; got != "ready" {
				t.Errorf("ml-b is %s, want ready: its lane is settled", got)
			}
		})
	}
}

func TestOneHumanInTwoRegistriesIsSettledOnce(t *testing.T) {
	w := newWorld(t)
	w.matched("civil", dumpRow(7, "8 rue Canariste", ""), linkage.Match{Person: "c7", Band: breach.BandLink, Probability: 1})
	w.plan()
	list := w.dangers()
	if len(list) != 2 || list[0].Human != list[1].Human {
		t.Fatalf("entries %v, want two of one human", list)
	}
	w.settle(list[0], breach.DangerDomicile)
	for _, d := range w.dangers() {
		if d.Open() {
			t.Errorf("%s of %s is still open", d.Person, d.Registry)
		}
	}
	w.wantState("ml-b", "y7", breach.ChannelHuman, breach.MessageHandedOver, "")
}

// The gates: while somebody waits, nothing becomes public, whichever controller
// asks; an approver's written word opens them, until somebody else comes.
func TestNothingIsPublicWhileSomebodyWaits(t *testing.T) {
	w := ready(t)
	w.aware()
	w.must(os.MkdirAll(w.PageDir, 0o755))
	w.campaign("ml-a")
	fr := &france.Data{}
	public := func() (page, weather bool, refused string) {
		t.Helper()
		_, err := run[any](w, workflows.ActivityPublish, workflows.PublishInput{Incident: incident})
		w.must(err)
		_, err = os.Stat(filepath.Join(w.PageDir, string(incident)))
		a, aerr := w.Store.Alert(t.Context(), "alr_1")
		w.must(aerr)
		quiet, qerr := w.quiet(t.Context(), a)
		w.must(qerr)
		var why *breach.RefusedError
		if cerr := w.Clear(t.Context(), incident); errors.As(cerr, &why) {
			refused = why.Code
		} else {
			w.must(cerr)
		}
		return err == nil, !quiet, refused
	}
	if shown, err := w.Shown(t.Context(), incident); err != nil || len(shown) > 0 { // what `vigie page build` writes
		t.Errorf("%d controllers may be shown while y7 waits: %v", len(shown), err)
	}
	if page, weather, why := public(); page || weather || why != "lane-open" {
		t.Errorf("while y7 waits: page %t, weather %t, communique %q", page, weather, why)
	}
	if _, err := w.Weather(t.Context(), fr); err != nil {
		t.Error(err)
	}
	w.must(w.Store.OverrideDanger(t.Context(), breach.Override{Incident: incident, By: "paul", At: w.Now(), Reason: "à l'étranger"}))
	if page, weather, why := public(); !page || !weather || why != "" {
		t.Errorf("overridden: page %t, weather %t, communique %q", page, weather, why)
	}
	w.ahead += time.Hour
	w.matched("civil", dumpRow(9, "8 rue Canariste", ""), linkage.Match{Person: "c7", Band: breach.BandReview, Probability: .5})
	if _, weather, why := public(); weather || why == "" {
		t.Error("an override covers somebody who came after it")
	}
	w.must(w.Store.OverrideDanger(t.Context(), breach.Override{Incident: incident, By: "paul", At: w.Now(), Reason: "à l'étranger"}))
	w.ahead += time.Hour
	w.matched("civil", dumpRow(7, "8 rue Canariste", "+33639980099"), linkage.Match{Person: "c7", Band: breach.BandLink, Probability: 1})
	if _, weather, why := public(); weather || why == "" {
		t.Error("an override covers what is exposed since")
	}
	w.settle(w.dangers()[0], breach.DangerReferent) // c7 and y7 are one human
	if _, weather, why := public(); !weather || why != "" {
		t.Errorf("settled: weather %t, communique %q", weather, why)
	}
}

// Somebody who shares the house, or answers for the person, is not written to
// while the person waits: here a protection entered after the approval.
func TestHouseholdWaits(t *testing.T) {
	w := ready(t)
	guarded := clone(youth)
	guarded["y4"] = person("y4", "ml-a", "Canaribel", "Ada", "1993-05-17", "ada@example.org", "", "6 rue Canariste", "", "1")
	w.importYouth(guarded, mother)
	w.matched("youth", dumpRow(4, "6 rue Canariste", ""), linkage.Match{Person: "y4", Band: breach.BandLink, Probability: 1})
	w.campaign("ml-a")
	w.wantState("ml-a", "y5", breach.ChannelEmail, breach.MessageHeld, notify.ReasonHouseholdInDanger)
	w.wantState("ml-a", "y5", breach.ChannelLetter, breach.MessageHeld, notify.ReasonHouseholdInDanger)
	w.wantState("ml-a", "y4", breach.ChannelLetter, breach.MessageHeld, "")
	w.wantState("ml-a", "y3", breach.ChannelLetter, breach.MessageHandedOver, "")
	for _, c := range []*channel{w.email, w.post, w.sms} {
		if got := c.told(t); slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "Ada") || strings.HasPrefix(s, "Eve") }) {
			t.Errorf("%s wrote to the household: %v", c.kind, got)
		}
	}
}

// A late entry wakes the team, then the next rung, until somebody takes it; the
// message says how many and nothing of them.
func TestLateEntriesWakePeople(t *testing.T) {
	w := newWorld(t)
	phone := &pager{kind: breach.ChannelSMS}
	dir, err := duty.Read(strings.NewReader(strings.ReplaceAll(directory, "Mission Locale du Val d'Orbe", "Similo")))
	w.must(err)
	w.Duties = Duties{Directory: dir, From: "Vigie", Console: "https://vigie.example.org/", Channels: map[breach.Channel]notify.Channel{breach.ChannelSMS: phone, breach.ChannelEmail: &pager{kind: breach.ChannelEmail}}}
	w.matched("civil", dumpRow(7, "8 rue Canariste", ""), linkage.Match{Person: "c7", Band: breach.BandReview, Probability: .5})
	look := func(after time.Duration) int {
		t.Helper()
		w.ahead += after
		_, err := run[any](w, workflows.ActivityLane, nil)
		w.must(err)
		return len(phone.got)
	}
	if n := look(20 * time.Minute); n != 0 {
		t.Errorf("woken %d times within the half hour", n)
	}
	if n := look(11 * time.Minute); n != 1 {
		t.Fatalf("woken %d times after it, want once", n)
	}
	if n := look(time.Minute); n != 1 {
		t.Errorf("woken %d times a minute later", n)
	}
	if n := look(15 * time.Minute); n != 2 || phone.got[1].To.Phone != "+33199000002" {
		t.Errorf("woken %d times, want the DPO as the next", n)
	}
	for _, e := range phone.got {
		all := e.Doc.Title + e.Doc.Short + strings.Join(e.Doc.Blocks[0].Text, " ")
		for _, secret := range []string{"c7", "Canari", "Iris", "civil", "Canariste", "present"} {
			if strings.Contains(all, secret) {
				t.Errorf("the page says %q", secret)
			}
		}
	}
	w.must(w.Store.TakeDanger(t.Context(), incident, w.dangers()[0].ID, "ana", w.Now()))
	if n := look(time.Hour); n != 2 {
		t.Errorf("woken %d times although somebody took it", n)
	}
	if n := look(23 * time.Hour); n != 3 {
		t.Errorf("woken %d times a day later, want three: it is not settled", n)
	}
}
