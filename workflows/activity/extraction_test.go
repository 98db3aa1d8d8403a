package activity

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/workflows"
)

// attestation is of everybody in the youth registry at a moment.
func attestation(at time.Time) breach.Extraction {
	return breach.Extraction{Incident: incident, Registry: "youth", AsOf: at, Categories: []string{"name", "contact"},
		By: "La directrice", AttestedAt: at, Reference: "courrier 12", Words: "tout le registre a été copié", RecordedBy: "ana"}
}

// newTaken is a world in which the youth registry was taken, after which y2 left
// it, y8 was entered as dead, and y9 came. The dump has rows of y1, of y9, of
// nobody, and one that may be y4's.
func newTaken(t *testing.T) (w *world, at time.Time) {
	t.Helper()
	t.Parallel()
	w = openWorld(t, t.TempDir())
	before := clone(youth)
	w.importYouth(before, mother)
	w.importRegistry("civil", 2, []string{"ville"}, civil, "")
	at = w.Now()
	w.ahead = time.Hour
	after := clone(youth)
	delete(after, "y2")
	after["y3"] = strings.Replace(after["y3"], "5 rue Canariste", "55 rue Canariste", 1)
	after["y9"] = person("y9", "ml-a", "Canarineuf", "Rose", "1995-05-17", "rose@example.org", "", "", "", "")
	w.importYouth(after, mother)
	rows := []breach.CandidateState{breach.CandidateLinked, breach.CandidateOpen, breach.CandidateLinked}
	y9 := pair("y1", rows[0])
	y9.ID, y9.Person, y9.Row = "cnd_y9", "y9", 9
	w.openWith(pair("y1", rows[0]), pair("y4", rows[1]), y9, pair("c7", rows[2]))
	w.must(w.Store.SaveSummary(t.Context(), incident, breach.MatchSummary{Registry: "youth", Rows: 12, Candidates: 3, Low: 1, High: 4}))
	return w, at
}

// Everybody who was there then is told, by the registry as it is now, and so is
// whom the dump has besides; who has left is told at what is kept of them.
func TestTakenAreToldByTheRegister(t *testing.T) {
	w, at := newTaken(t)
	e, err := w.Declare(t.Context(), attestation(at), nil)
	w.must(err)
	if e.Persons != 8 || e.Gone != 1 || e.Version != 2 {
		t.Errorf("%d people, %d gone, version %d", e.Persons, e.Gone, e.Version)
	}
	_, extents, err := w.Extents(t.Context(), incident)
	w.must(err)
	if d := cmp.Diff([]breach.Extent{{Taken: 8, Seen: 1, Perhaps: 1, NotSeen: 6, Outside: 1, Nobody: 8, Rows: 12}}, extents); d != "" {
		t.Error(d)
	}
	review, err := run[workflows.ReviewState](w, workflows.ActivityReview, workflows.IncidentInput{Incident: incident})
	w.must(err)
	if review.Open != 0 {
		t.Errorf("%d pairs wait although their people are told anyway", review.Open)
	}
	w.plan()
	if d := cmp.Diff([]string{
		"y1 y1 email planned [self-adult,known-extraction]", "y1 y1 sms planned [self-adult,known-extraction]", "y1 y1 letter planned [self-adult,known-extraction]",
		"y2 y2 email planned [self-adult,known-extraction]", // left since
		"y3 y3 letter planned [self-adult,known-extraction]",
		"y4 y4 email planned [self-adult,known-extraction]", "y4 y4 letter planned [self-adult,known-extraction]",
		"y5 y5 email planned [self-adult,known-extraction]", "y5 y5 letter planned [self-adult,known-extraction]",
		"y6 y6 email planned [self-young,known-extraction]", "y6 y6 letter planned [self-young,known-extraction]",
		"y6 h1 email planned [parent-joint,known-extraction]", "y6 h1 letter planned [parent-joint,known-extraction]",
		"y8 y8 human skipped [deceased,known-extraction]",
		"y9 y9 email planned [self-adult]", // came since, and is in the dump
	}, w.ledger("ml-a")); d != "" {
		t.Error(d)
	}
	// c7 protects the same human, who shares the home: found without a row of the dump.
	if d := cmp.Diff([]string{"y7 y7 human listed [protected,email-unsafe,known-extraction]"}, w.ledger("ml-b")); d != "" {
		t.Error(d)
	}
	f, err := w.CurrentFacts(t.Context(), incident, "ml-a")
	w.must(err)
	want := []notify.Basis{{Registry: "youth", AsOf: at, By: "La directrice", At: at, Reference: "courrier 12", Categories: []string{"contact", "name"},
		Taken: 7, Seen: 1, Outside: 1, Nobody: 8, Rows: 12}}
	if d := cmp.Diff(want, f.Bases); d != "" {
		t.Error(d)
	}
	if f.Persons != 8 || f.Low != 0 || f.High != 0 || !slices.ContainsFunc(f.Present, func(c breach.Category) bool { return c.Code == "name" }) {
		t.Errorf("the facts say %d persons, %d to %d, of %v", f.Persons, f.Low, f.High, f.Present)
	}
	if f, err := w.CurrentFacts(t.Context(), incident, "ville"); err != nil || len(f.Bases) > 0 {
		t.Errorf("another registry's facts rest on the attestation: %v, %v", f.Bases, err)
	}
}

// The rest of the path is a matched incident's: two people and the controller
// sign, nothing is sent twice, nobody is told before the danger lane is settled.
func TestTakenAreSentOnce(t *testing.T) {
	w, at := newTaken(t)
	_, err := w.Declare(t.Context(), attestation(at), nil)
	w.must(err)
	w.plan()
	w.must(w.decide("ml-a", breach.DecisionTell))
	w.aware()
	approval := func() workflows.ApprovalState {
		t.Helper()
		out, err := run[workflows.ApprovalState](w, workflows.ActivityApproval, workflows.IncidentInput{Incident: incident})
		w.must(err)
		return out
	}
	if a := approval(); slices.Contains(a.Ready, "ml-a") {
		t.Error("a campaign starts that nobody has signed")
	}
	w.sign("ml-a")
	a := approval()
	if !slices.Contains(a.Ready, "ml-a") || !slices.Contains(a.Waiting, "ml-a") {
		t.Errorf("%+v: want ml-a ready, and waited for about rows of nobody", a)
	}
	w.campaign("ml-a")
	w.campaign("ml-a")
	got := w.email.told(t)
	for _, who := range []string{"Lina lina@example.org", "Omar omar@example.org", "Rose rose@example.org"} {
		if !slices.Contains(got, who) {
			t.Errorf("%q was not told: %v", who, got)
		}
	}
	if letters := w.post.told(t); !slices.Contains(letters, "Zoé 55 rue Canariste") {
		t.Errorf("the letter did not go where y3 lives now: %v", letters)
	}
	if !errors.Is(w.DecideNobody(t.Context(), incident, "ml-a", breach.NobodySearch, 3, "dpo-ml-a", "sauvegardes"), breach.ErrConflict) {
		t.Error("a decision about another number of rows was taken")
	}
	w.must(w.DecideNobody(t.Context(), incident, "ml-a", breach.NobodySearch, 8, "dpo-ml-a", "sauvegardes"))
	if a := approval(); slices.Contains(a.Waiting, "ml-a") {
		t.Error("the decision is not heard")
	}
}

// A list, one controller's part, and people who left and are left to a human.
func TestTakenInPart(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(*breach.Extraction)
		list    string
		persons int64
		unknown int64
		want    string // a row of ml-a's ledger
	}{
		{"one institution", func(e *breach.Extraction) { e.Controller = "ml-b" }, "", 1, 0, "y9 y9 email planned [self-adult]"},
		{"a list", nil, "\ufeffy3\r\n\n  y2 \nnobody\ny9\n", 2, 2, "y3 y3 letter planned [self-adult,known-extraction]"},
		{"left to a human", func(e *breach.Extraction) { e.Departed = breach.DepartedHuman }, "", 8, 0, "y2 y2 human listed [person-left-registry,known-extraction]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, at := newTaken(t)
			e := attestation(at)
			if c.change != nil {
				c.change(&e)
			}
			var err error
			if c.list == "" {
				e, err = w.Declare(t.Context(), e, nil)
			} else {
				e, err = w.Declare(t.Context(), e, strings.NewReader(c.list))
			}
			w.must(err)
			if e.Persons != c.persons || e.Unknown != c.unknown {
				t.Errorf("%d people and %d unknown ids, want %d and %d", e.Persons, e.Unknown, c.persons, c.unknown)
			}
			w.must(w.Store.DecideCandidate(t.Context(), "cnd_y4", 1, breach.CandidateRejected, "rose", "", w.Now()))
			w.plan()
			if rows := w.ledger("ml-a"); !slices.Contains(rows, c.want) {
				t.Errorf("want %q in\n%s", c.want, strings.Join(rows, "\n"))
			}
		})
	}
}

// The protected stand in the lane as soon as it is declared, before any dump.
func TestTakenEnterTheDangerLane(t *testing.T) {
	w, at := newTaken(t)
	hidden := clone(youth)
	hidden["y7"] = person("y7", "ml-b", "Canarison", "Iris", "1994-05-17", "iris@example.org", "", "8 rue Canariste", "", "1")
	w.importYouth(hidden, mother)
	_, err := w.Declare(t.Context(), attestation(at), nil)
	w.must(err)
	list, err := w.Store.Waiting(t.Context(), incident)
	w.must(err)
	i := slices.IndexFunc(list, func(d breach.Danger) bool { return d.Person == "y7" })
	if i < 0 || list[i].Exposed[breach.FieldAddress] != breach.ExposedPresent || list[i].Exposed[breach.FieldPhone] != breach.ExposedAbsent {
		t.Fatalf("the lane has %+v", list)
	}
	if w.Clear(t.Context(), incident) == nil {
		t.Error("the incident may become public")
	}
}

// What nobody may attest is refused, with a reason.
func TestDeclarationsRefused(t *testing.T) {
	w, at := newTaken(t)
	for _, c := range []struct {
		name, code string
		change     func(*breach.Extraction)
		list       string
	}{
		{"before the history", "before-history", func(e *breach.Extraction) { e.AsOf = at.AddDate(-1, 0, 0) }, ""},
		{"in the future", "as-of", func(e *breach.Extraction) { e.AsOf = w.Now().Add(time.Hour) }, ""},
		{"attested before it happened", "attested-at", func(e *breach.Extraction) { e.AttestedAt = at.Add(-time.Minute) }, ""},
		{"by nobody", "attestation", func(e *breach.Extraction) { e.By = " " }, ""},
		{"without words", "attestation", func(e *breach.Extraction) { e.Words = "" }, ""},
		{"of no data", "no-category", func(e *breach.Extraction) { e.Categories = nil }, ""},
		{"of unknown data", "category", func(e *breach.Extraction) { e.Categories = []string{"star sign"} }, ""},
		{"of a stranger", "other-controller", func(e *breach.Extraction) { e.Controller = "ville" }, ""},
		{"of nobody", "nobody-taken", nil, "n1\nn2\n"},
		{"an empty list", "no-ids", nil, " \n\n"},
		{"a list that is none", "id", nil, strings.Repeat("x", 5000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := attestation(at)
			if c.change != nil {
				c.change(&e)
			}
			var err error
			if c.list == "" {
				_, err = w.Declare(t.Context(), e, nil)
			} else {
				_, err = w.Declare(t.Context(), e, strings.NewReader(c.list))
			}
			var refused *breach.RefusedError
			if !errors.As(err, &refused) || refused.Code != c.code {
				t.Errorf("%v, want refused as %s", err, c.code)
			}
		})
	}
	if list, err := w.Store.Extractions(t.Context(), incident, true); err != nil || len(list) > 0 {
		t.Errorf("a refused declaration counts: %v %v", list, err)
	}
}

// Two attempts end as one: the plan is the same, whatever order things come in.
func TestDeclaringAgain(t *testing.T) {
	w, at := newTaken(t)
	first, err := w.Declare(t.Context(), attestation(at), strings.NewReader("y1"))
	w.must(err)
	second, err := w.Declare(t.Context(), attestation(at), nil)
	w.must(err)
	if first.Seq != 1 || second.Seq != 2 || second.Persons != 8 {
		t.Errorf("versions %d and %d, %d people", first.Seq, second.Seq, second.Persons)
	}
	w.plan()
	ledger := w.ledger("ml-a")
	w.plan()
	if d := cmp.Diff(ledger, w.ledger("ml-a")); d != "" {
		t.Error(d)
	}
}

func FuzzReadIDs(f *testing.F) {
	for _, s := range []string{"a\nb\n", "\ufeffa\r\n", "", "\x00\n", strings.Repeat("a", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ids, err := readIDs(strings.NewReader(s))
		if err != nil {
			return
		}
		for id := range ids {
			if id == "" || len(id) > maxListedID || strings.TrimSpace(id) != id {
				t.Errorf("id %q", id)
			}
		}
	})
}
