package activity

import (
	"slices"
	"strings"
	"testing"
	"time"

	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/testsuite"

	"vigie/internal/breach"
	"vigie/workflows"
)

// A known extraction goes through the incident's own workflow from end to end:
// attested, planned, signed, sent once, published; and it ends only once the
// controller has decided about rows of nobody.
func TestKnownExtractionThroughTheWorkflow(t *testing.T) {
	w, at := newTaken(t)
	ctx := t.Context()
	w.must(w.Store.SaveSummary(ctx, incident, breach.MatchSummary{Registry: "civil", Rows: 12}))
	_, err := w.Declare(ctx, attestation(at), nil)
	w.must(err)
	w.must(w.Store.CloseReview(ctx, incident, "rose", w.Now()))

	suite := new(testsuite.WorkflowTestSuite)
	suite.SetLogger(sdklog.NewStructuredLogger(w.Log))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(2 * time.Minute)
	workflows.Register(env)
	w.Register(env)
	var before []string
	ended := false
	env.RegisterDelayedCallback(func() {
		w.aware()
		w.must(w.decide("ml-a", breach.DecisionTell))
		w.must(w.decide("ml-b", breach.DecisionRefuse))
		w.must(w.decide("ville", breach.DecisionRefuse))
		before = w.email.told(t)
		w.sign("ml-a")
		env.SignalWorkflow(workflows.SignalNudge, nil)
	}, 10*time.Minute)
	env.RegisterDelayedCallback(func() {
		inc, err := w.Store.Incident(ctx, incident)
		w.must(err)
		ended = inc.Stage == breach.StageDone
		w.must(w.DecideNobody(ctx, incident, "ml-a", breach.NobodyPublic, 8, "dpo-ml-a", "la page publique les informe"))
		env.SignalWorkflow(workflows.SignalNudge, nil)
	}, 50*time.Minute)
	env.ExecuteWorkflow(workflows.Incident, workflows.IncidentInput{Incident: incident, Registries: []breach.RegistryID{"youth", "civil"}})
	if !env.IsWorkflowCompleted() || env.GetWorkflowError() != nil {
		t.Fatalf("the workflow: %v", env.GetWorkflowError())
	}
	if len(before) > 0 {
		t.Errorf("told before anybody signed: %v", before)
	}
	if ended {
		t.Error("the incident ended before the controller decided about rows of nobody")
	}
	if inc, err := w.Store.Incident(ctx, incident); err != nil || inc.Stage != breach.StageDone {
		t.Errorf("the incident is at %s: %v", inc.Stage, err)
	}
	if got := w.email.told(t); !slices.Contains(got, "Omar omar@example.org") || slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, "Iris") }) {
		t.Errorf("told: %v", got)
	}
	for _, e := range w.email.sent() {
		var text strings.Builder
		for _, b := range e.Doc.Blocks {
			text.WriteString(strings.Join(b.Text, "\n"))
		}
		if !strings.Contains(text.String(), "La directrice atteste que les données de toutes les personnes inscrites") {
			t.Errorf("a message does not say on what it rests:\n%s", text.String())
		}
	}
	d, err := w.Dossier(ctx, incident, "ml-a")
	w.must(err)
	if d.Nobody != breach.NobodyPublic || len(d.Facts.Bases) != 1 || d.Facts.Bases[0].Taken != 7 {
		t.Errorf("the dossier rests on %+v, decision %q", d.Facts.Bases, d.Nobody)
	}
	k, err := w.Store.Case(ctx, incident, "ml-a")
	w.must(err)
	if p, err := w.Store.Proofread(ctx, incident, k.Controller); err != nil || !p.Passed() {
		t.Errorf("the linter finds %+v, %v", p.Findings, err)
	}
}

// Nobody has a file: the incident rests on what the controller attests, waits
// for it, and says that no file was examined.
func TestKnownExtractionWithoutAFile(t *testing.T) {
	t.Parallel()
	w := openWorld(t, t.TempDir())
	w.importYouth(youth, mother)
	ctx, at := t.Context(), w.Now()
	_, err := w.Store.SavePosts(ctx, []breach.Post{{ID: "pst_1", Source: "site", Title: "Similo", FirstSeenAt: at, LastSeenAt: at}})
	w.must(err)
	_, err = w.Store.RaiseAlert(ctx, breach.Alert{ID: "alr_1", Post: "pst_1", Source: "site", Entity: "Similo", RaisedAt: at})
	w.must(err)
	w.must(w.Store.ConfirmAlert(ctx, breach.Acquisition{Alert: "alr_1", By: "ana", Purpose: "p", LegalBasis: "l", At: at},
		breach.Incident{ID: incident, Alert: "alr_1", Title: "Similo", OpenedAt: at, OpenedBy: "ana"}, []breach.RegistryID{"youth"}))
	in := workflows.IncidentInput{Incident: incident, Registries: []breach.RegistryID{"youth"}}
	_, err = run[breach.DumpID](w, workflows.ActivityAcquire, in)
	w.must(err)
	_, err = run[int64](w, workflows.ActivityRead, in)
	w.must(err)
	_, err = run[breach.MatchSummary](w, workflows.ActivityMatch, workflows.MatchInput{Incident: incident, Registry: "youth"})
	w.must(err)
	w.state(1, "access_closed")
	w.must(w.Store.CloseReview(ctx, incident, "rose", w.Now()))
	review := func() workflows.ReviewState {
		t.Helper()
		out, err := run[workflows.ReviewState](w, workflows.ActivityReview, in)
		w.must(err)
		return out
	}
	if review().Closed {
		t.Error("an incident without a file and without an attestation goes on")
	}
	_, err = w.Declare(ctx, attestation(at), nil)
	w.must(err)
	if !review().Closed {
		t.Error("an attested incident waits")
	}
	w.plan()
	if rows := w.ledger("ml-a"); !slices.Contains(rows, "y2 y2 email planned [self-adult,known-extraction]") {
		t.Errorf("the ledger is\n%s", strings.Join(rows, "\n"))
	}
	f, err := w.CurrentFacts(ctx, incident, "ml-a")
	w.must(err)
	if f.Records != 0 || len(f.NotFound) != 0 || f.Bases[0].Rows != 0 || len(f.Present) != 2 || f.Found() {
		t.Errorf("the facts are %+v", f)
	}
	if p, err := w.Store.Proofread(ctx, incident, "ml-a"); err != nil || !p.Passed() {
		t.Errorf("the linter finds %+v, %v", p.Findings, err)
	}
	if _, err := w.Dossier(ctx, incident, "ml-a"); err != nil {
		t.Error(err)
	}
}
