package activity

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
	"vigie/notify/facts"
	"vigie/notify/wording"
	"vigie/workflows"
)

// amend saves a new version of ml-a's facts and plans it.
func (w *world) amend(change func(*facts.Edit), tell facts.Tell) workflows.RevisionPlan {
	w.t.Helper()
	version := w.edit("ml-a", change, tell)
	out, err := run[workflows.RevisionPlan](w, workflows.ActivityRevise, workflows.RevisionInput{Incident: incident, Controller: "ml-a", Version: version})
	w.must(err)
	return out
}

func (w *world) edit(c breach.ControllerID, change func(*facts.Edit), tell facts.Tell) int {
	w.t.Helper()
	f, err := w.Draft(w.t.Context(), incident, c)
	w.must(err)
	e := facts.Of(f)
	e.Present, e.Measures = slices.Clone(e.Present), slices.Clone(e.Measures)
	change(&e)
	version, planned, err := w.Amend(w.t.Context(), incident, c, f.Version, e, tell, "ana", "l'éditeur a écrit")
	w.must(err)
	if !planned {
		w.t.Error("a version after the plan is no revision")
	}
	return version
}

func (w *world) revisionReady(version int) bool {
	w.t.Helper()
	s, err := run[workflows.RevisionState](w, workflows.ActivityRevision, workflows.RevisionInput{Incident: incident, Controller: "ml-a", Version: version})
	w.must(err)
	return s.Ready
}

// revised lists the rows of a plan: subject, recipient, channel, the version
// corrected and the state.
func (w *world) revised(c breach.ControllerID, p workflows.RevisionPlan) []string {
	w.t.Helper()
	list, err := w.Store.Messages(w.t.Context(), incident, c, p.From, p.To)
	w.must(err)
	var out []string
	for _, m := range list {
		former := map[int]string{0: "first", 1: "of 1", 2: "of 2", 3: "of 3"}[m.Former]
		out = append(out, strings.Join([]string{string(m.Subject), m.Recipient, string(m.Channel), former, string(m.State)}, " "))
	}
	slices.Sort(out)
	return out
}

func addNIR(e *facts.Edit) { e.Present = append(e.Present, "nir") }

// Exactly those who were told get the correction, once, after the same
// signatures as the first time.
func TestErratumToThoseWhoWereTold(t *testing.T) {
	w := ready(t)
	w.campaign("ml-a")
	first := w.email.told(t)
	before := len(w.email.has) + len(w.post.has)
	plan := w.amend(addNIR, facts.TellNobody)
	want := []string{ // y8 is dead and heard nothing
		"y1 y1 email of 1 planned", "y1 y1 letter of 1 planned", "y1 y1 sms of 1 planned", "y2 y2 email of 1 planned", "y3 y3 letter of 1 planned",
		"y4 y4 email of 1 planned", "y4 y4 letter of 1 planned", "y5 y5 email of 1 planned", "y5 y5 letter of 1 planned",
		"y6 h1 email of 1 planned", "y6 h1 letter of 1 planned", "y6 y6 email of 1 planned", "y6 y6 letter of 1 planned",
	}
	if d := cmp.Diff(want, w.revised("ml-a", plan)); d != "" {
		t.Fatal(d)
	}
	if again, err := run[workflows.RevisionPlan](w, workflows.ActivityRevise, workflows.RevisionInput{Incident: incident, Controller: "ml-a", Version: 2}); err != nil || again != plan {
		t.Errorf("planned again: %+v %v, want %+v", again, err, plan)
	}
	if w.revisionReady(2) {
		t.Error("the signatures of the former version count for the correction")
	}
	if got := w.approvals()["ml-a"]; got != "waiting" {
		t.Errorf("the incident finds ml-a %s", got)
	}
	w.sign("ml-a")
	if !w.revisionReady(2) {
		t.Fatal("signed and not ready")
	}
	w.campaign("ml-a")
	if d := cmp.Diff(first, slices.Compact(w.email.told(t))); d != "" {
		t.Error("others were written to", d)
	}
	if after := len(w.email.has) + len(w.post.has); after != 2*before {
		t.Errorf("%d messages after the correction, want %d", after, 2*before)
	}
	for key, doc := range w.email.docs {
		text := doc.Title
		for _, b := range doc.Blocks {
			text += "\n" + b.Heading + "\n" + strings.Join(append(slices.Clone(b.Text), b.List...), "\n")
		}
		if doc.Version == 2 && (!strings.Contains(text, "Nous n'avions pas cité cette donnée : numéro de sécurité sociale") || !strings.Contains(text, "Ce que vous devez faire")) {
			t.Errorf("%s does not say what was wrong, or is not complete: %s", key, text)
		}
	}
	if got := w.approvals()["ml-a"]; got != "refused" { // nobody waits for it
		t.Errorf("the incident finds ml-a %s after the correction", got)
	}

	// A third version that corrects nothing people were told writes to nobody.
	if p := w.amend(func(e *facts.Edit) { e.Signer = "Le président" }, facts.TellNews); p.To >= p.From {
		t.Errorf("rows %v for a version that changes nothing", w.revised("ml-a", p))
	}
	// The first one again: those who heard of the second are told so.
	if p := w.amend(func(e *facts.Edit) { e.Present = e.Present[:2] }, facts.TellNobody); len(w.revised("ml-a", p)) != len(want) || !strings.Contains(w.revised("ml-a", p)[0], "of 2") {
		t.Errorf("rows %v", w.revised("ml-a", p))
	}
}

// News goes out on a person's word alone.
func TestNewsIsAPersonsDecision(t *testing.T) {
	w := ready(t)
	w.campaign("ml-a")
	more := func(e *facts.Edit) { e.Measures = append(e.Measures, "front_desk") }
	if p := w.amend(more, facts.TellNobody); p.To >= p.From {
		t.Errorf("rows %v that nobody decided", w.revised("ml-a", p))
	}
	if p := w.amend(func(e *facts.Edit) { e.Measures = append(e.Measures, "watch") }, facts.TellNews); p.To < p.From {
		t.Error("no rows")
	}
}

// A version that comes in the middle of a campaign corrects those who were
// told and tells the others the version as it is.
func TestAmendInTheMiddle(t *testing.T) {
	w := ready(t)
	w.email.fail["Lina"], w.email.fail["Omar"] = breach.ErrTemporary, breach.ErrTemporary
	_, err := w.round("ml-a", breach.ChannelEmail)
	if err == nil {
		t.Fatal("nothing is left to try")
	}
	clear(w.email.fail)
	told := w.email.told(t)
	plan := w.amend(addNIR, facts.TellNobody)
	for _, row := range w.revised("ml-a", plan) {
		want := "of 1"
		if row[:2] == "y1" || row[:2] == "y2" || row[:2] == "y3" {
			want = "first"
		}
		if !strings.Contains(row, want) {
			t.Errorf("%s, want %s", row, want)
		}
	}
	// The campaign of the former version finds nothing to hand over.
	if _, err := run[workflows.BatchResult](w, workflows.ActivitySend,
		workflows.BatchInput{Incident: incident, Controller: "ml-a", Channel: breach.ChannelEmail, From: 1, To: plan.From - 1}); err != nil {
		t.Error(err)
	}
	if d := cmp.Diff(told, w.email.told(t)); d != "" {
		t.Error("told a version that was being corrected", d)
	}
	w.sign("ml-a")
	w.campaign("ml-a")
	told = append(told, told...)
	told = append(told, "Lina lina@example.org", "Omar omar@example.org")
	slices.Sort(told)
	if d := cmp.Diff(told, w.email.told(t)); d != "" {
		t.Error(d)
	}
	for _, row := range w.ledger("ml-a") {
		if strings.Contains(row, "human") && strings.Contains(row, "exhausted") {
			t.Errorf("listed although a later version took over: %s", row)
		}
	}
}

// Nothing was sent yet: the whole plan is made anew, and the one before is
// nobody's.
func TestAmendBeforeTheStart(t *testing.T) {
	w := ready(t)
	plan := w.amend(addNIR, facts.TellNobody)
	rows := w.revised("ml-a", plan)
	if len(rows) == 0 || slices.ContainsFunc(rows, func(r string) bool { return !strings.Contains(r, "first") }) {
		t.Errorf("rows %v", rows)
	}
	if got := w.approvals()["ml-a"]; got != "waiting" {
		t.Errorf("ml-a is %s with the signatures of the former version", got)
	}
	w.sign("ml-a")
	w.campaign("ml-a")
	if got := w.email.told(t); len(slices.Compact(got)) != len(w.email.has) || len(got) == 0 {
		t.Errorf("told %v", got)
	}
}

// Letters are recalled because they are wrong: whoever they were for gets the
// corrected ones, as a first communication, and waits for no human meanwhile.
func TestRecalledLettersFollowTheCorrection(t *testing.T) {
	w := ready(t)
	w.campaign("ml-a")
	back := w.row("ml-a", "y3", breach.ChannelLetter)
	p := &printer{has: map[string]bool{back.Key(): true}, left: map[string]bool{}, after: 100}
	if out, err := w.RecallLetters(t.Context(), p, incident, "ml-a", "paul", "wrong number"); err != nil || out.Back != 1 {
		t.Fatalf("%+v, %v", out, err)
	}
	w.wantState("ml-a", "y3", breach.ChannelHuman, breach.MessageListed, "recalled,channels-exhausted")
	plan := w.amend(addNIR, facts.TellNobody)
	if got := w.revised("ml-a", plan); !slices.Contains(got, "y3 y3 letter first planned") {
		t.Errorf("no letter for one whose letter was recalled: %v", got)
	}
	w.wantState("ml-a", "y3", breach.ChannelHuman, breach.MessageHeld, "facts-changed")
	w.sign("ml-a")
	w.campaign("ml-a")
	if n := len(w.post.told(t)); n != 2 {
		t.Errorf("%d letters, want the recalled one and its successor", n)
	}
	for _, row := range w.ledger("ml-a") {
		if strings.HasPrefix(row, "y3 y3 human listed") {
			t.Error("told, and waits for a human all the same")
		}
	}
}

// What a human told, a human corrects; a protected person gets nothing by mail.
func TestLaneCorrectsWhatItTold(t *testing.T) {
	w := newPlan(t)
	w.must(w.decide("ml-b", breach.DecisionTell))
	w.must(w.Store.SettleByHand(t.Context(), incident, w.row("ml-b", "y7", breach.ChannelHuman).ID, "ana", "vue", w.Now()))
	version := w.edit("ml-b", addNIR, facts.TellNobody)
	plan, err := run[workflows.RevisionPlan](w, workflows.ActivityRevise, workflows.RevisionInput{Incident: incident, Controller: "ml-b", Version: version})
	w.must(err)
	if d := cmp.Diff([]string{"y7 y7 human of 1 listed"}, w.revised("ml-b", plan)); d != "" {
		t.Error(d)
	}
	k, err := w.Store.Case(t.Context(), incident, "ml-b")
	w.must(err)
	if danger, err := w.danger(t.Context(), k); err != nil || !danger {
		t.Errorf("a protected person who must be corrected first holds nothing up: %v", err)
	}
}

// The page says what people were told until the correction is approved.
func TestPageFollowsTheApproval(t *testing.T) {
	w := ready(t)
	w.must(w.Store.SettleByHand(t.Context(), incident, w.row("ml-b", "y7", breach.ChannelHuman).ID, "ana", "vue", w.Now()))
	w.campaign("ml-a")
	w.aware()
	page := func() string {
		t.Helper()
		_, err := run[any](w, workflows.ActivityPublish, workflows.PublishInput{Incident: incident})
		w.must(err)
		raw, err := os.ReadFile(filepath.Join(w.PageDir, string(incident), "index.html"))
		w.must(err)
		return string(raw)
	}
	const nir = "numéro de sécurité sociale"
	if strings.Contains(page(), "<li>"+nir) {
		t.Fatal("the first page names what nobody knew")
	}
	w.amend(addNIR, facts.TellNobody)
	if strings.Contains(page(), "<li>"+nir) {
		t.Error("the page is ahead of the approval")
	}
	w.sign("ml-a")
	if !strings.Contains(page(), "<li>"+nir) {
		t.Error("the page does not have the approved version")
	}
}

func TestAmendRefuses(t *testing.T) {
	w := newPlan(t)
	f, err := w.Draft(t.Context(), incident, "ml-a")
	w.must(err)
	e := facts.Of(f)
	if _, _, err := w.Amend(t.Context(), incident, "ml-a", f.Version+1, e, "", "ana", "x"); !errors.Is(err, breach.ErrConflict) {
		t.Errorf("a version nobody saw: %v", err)
	}
	if _, _, err := w.Amend(t.Context(), incident, "ml-a", f.Version, e, "", "ana", ""); !errors.Is(err, breach.ErrInvalid) {
		t.Errorf("without a reason: %v", err)
	}
	e.Attestation.Codes = []string{"iban"}
	if _, _, err := w.Amend(t.Context(), incident, "ml-a", f.Version, e, "", "ana", "x"); !slices.Contains(facts.Codes(err), "attestation-unsigned") {
		t.Errorf("attested by nobody: %v", err)
	}
	if _, err := w.Draft(context.Background(), incident, "nobody"); !errors.Is(err, breach.ErrNotFound) {
		t.Errorf("a body of no manifest: %v", err)
	}
}

func TestNoCampaignWithoutAMandate(t *testing.T) {
	w := newPlan(t)
	w.must(w.decide("ml-a", breach.DecisionTell))
	w.sign("ml-a")
	k, err := w.Store.Case(t.Context(), incident, "ml-a")
	w.must(err)
	all, err := w.progress(t.Context(), incident)
	w.must(err)
	if ok, err := w.ready(t.Context(), k, all["ml-a"]); err != nil || !ok {
		t.Fatalf("with all: %t %v", ok, err)
	}
	for _, m := range []breach.Mandate{{}, {Reference: "C-1", By: "La directrice", At: w.Now()}, {Reference: "C-1", Scope: "x", At: w.Now()}} {
		k.Mandate = m
		if ok, err := w.ready(t.Context(), k, all["ml-a"]); err != nil || ok {
			t.Errorf("with the mandate %+v: %t %v", m, ok, err)
		}
	}
}

// A version shows what it changes in every document: of the people, in the
// languages and at the levels that were read over, of the institution, of the
// public, of the authority.
func TestChangesOfEveryDocument(t *testing.T) {
	w := newPlan(t)
	w.readOver("tr", wording.FrenchEasy, wording.FrenchChild)
	f, err := w.Draft(t.Context(), incident, "ml-a")
	w.must(err)
	e := facts.Of(f)
	e.Present = append(slices.Clone(e.Present), "health")
	impact, err := w.Impact(t.Context(), incident, "ml-a", e, facts.TellWrong)
	w.must(err)
	seen := map[string]bool{}
	for _, d := range impact.Documents {
		seen[strings.Join([]string{d.Name, d.Variant, d.Lang}, " ")] = true
		if len(d.Blocks) == 0 {
			t.Errorf("%s %s changes nothing", d.Name, d.Variant)
		}
	}
	for _, want := range []string{"letter adult fr", "letter easy fr", "letter young fr", "letter child en", "letter adult tr", "page  fr", "page  en",
		"paper-letter  fr", "paper-faq  fr", "paper-intranet  en", "paper-press  fr", "dossier  fr"} {
		if !seen[want] {
			t.Errorf("no change is shown in %q: %v", want, seen)
		}
	}
	if seen["letter adult es"] {
		t.Error("a draft is shown")
	}
	e = facts.Of(f)
	e.Complaint = "open"
	e.ComplaintURL = "https://plainte.example.org"
	impact, err = w.Impact(t.Context(), incident, "ml-a", e, facts.TellNews)
	w.must(err)
	if !slices.ContainsFunc(impact.Documents, func(d facts.DocumentChange) bool { return d.Name == "kit-tutor" }) {
		t.Error("the complaint kits do not change with the channel")
	}
}
