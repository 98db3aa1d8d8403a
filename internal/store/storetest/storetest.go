// Package storetest is the suite that every engine behind store.Store passes:
// the same calls give the same answers in SQLite and in PostgreSQL.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"vigie/internal/breach"
	"vigie/internal/store"
)

// DB is a store and a connection beside it, for what no method does: looking
// behind the scenes and tampering.
type DB struct {
	*store.Store
	Raw *sql.DB
}

// Open gives a new, empty store that lives as long as the test.
type Open func(t testing.TB, opts ...store.Option) *DB

// Run runs the suite.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*testing.T, Open)
	}{
		{"captures", captures}, {"leases", leases}, {"posts", posts}, {"every post", everyPost}, {"hostile text", hostileText}, {"alerts", alerts}, {"confirming", confirming},
		{"one alert an event", oneAlertAnEvent}, {"alert states", alertStates}, {"false alarms", falseAlarms}, {"public", public}, {"looks", looks},
		{"duty", duty}, {"feed", feed}, {"reports", reports},
		{"stages", stages}, {"dumps", dumps}, {"summaries", summaries},
		{"candidates", candidates}, {"queue", queue}, {"decisions", decisions}, {"re-run", rerun}, {"review closes", reviewCloses},
		{"two reviewers", twoReviewers}, {"linked", linked}, {"floats", floats}, {"extractions", extractions}, {"registry marks", registryMarks}, {"sample", sample}, {"linkage models", linkageModels},
		{"cases", cases}, {"facts", facts}, {"mandates", mandates}, {"revisions", revisions}, {"approvals", approvals}, {"twenty approvals", twentyApprovals}, {"reminders", reminders},
		{"papers", papers}, {"notifications", notifications}, {"follow-ups", followups}, {"register", registerEntries},
		{"ledger", ledger}, {"settling", settling}, {"exclusive reserve", exclusiveReserve}, {"leave", leave}, {"told", told}, {"campaign", campaign}, {"come back", comeBack}, {"cut plan", cutPlan}, {"lane", lane}, {"large batches", largeBatches},
		{"custody", custody}, {"holds", holds}, {"captures by file", capturesByFile}, {"custody proofs", custodyProofs}, {"custody tampering", custodyTampering}, {"audit", audit}, {"audit of everything", auditEverything}, {"concurrent audit", concurrentAudit}, {"append-only", appendOnly},
		{"tampering", tampering}, {"clock back", clockBack}, {"faults are located", located},
		{"accounts", accounts}, {"logins", logins}, {"sessions", sessions}, {"purge", purge}, {"marks", marks}, {"canaries", canaries}, {"findings", findings}, {"readings", readings},
		{"danger lane", dangerLane}, {"requests", requests}, {"commitments", commitments},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

// noon is when the tests take place.
var noon = time.Date(2031, 3, 29, 12, 0, 0, 123456789, time.UTC)

func later(d time.Duration) time.Time { return noon.Add(d) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t testing.TB, err, kind error) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("got error %v, want one that is %v", err, kind)
	}
}

func wantSame(t testing.TB, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("-want +got:\n%s", d)
	}
}

// got fails the test on an error and passes the value on.
func got[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)
		return v
	}
}

const (
	incidentID = breach.IncidentID("inc_1")
	alertID    = breach.AlertID("alr_1")
	town       = breach.ControllerID("mairie-orbe")
	mission    = breach.ControllerID("ml-val-d-orbe")
)

func anAlert(n int) breach.Alert {
	return breach.Alert{ID: breach.AlertID(fmt.Sprintf("alr_%d", n)), Post: breach.PostID(fmt.Sprintf("pst_%d", n)), Source: "corsaires",
		Entity: "Mission Locale du Val d'Orbe", Kind: "mission_locale", Code: "siren:000000000", Confidence: 0.93,
		Why: "name in title", RaisedAt: later(time.Duration(n) * time.Minute), State: breach.AlertNew}
}

// incident opens an incident the way the console does.
func incident(t testing.TB, s *DB) breach.Incident {
	t.Helper()
	ctx := context.Background()
	added, err := s.RaiseAlert(ctx, anAlert(1))
	must(t, err)
	if !added {
		t.Fatal("the alert was there already")
	}
	inc := breach.Incident{ID: incidentID, Alert: alertID, Title: "Mission Locale du Val d'Orbe", OpenedAt: noon, OpenedBy: "amina", Stage: breach.StageAcquire}
	must(t, s.ConfirmAlert(ctx, anAcquisition(), inc, []breach.RegistryID{"youth", "civil"}))
	return inc
}

func anAcquisition() breach.Acquisition {
	return breach.Acquisition{Alert: alertID, Link: "https://files.example.org/extract.csv", By: "amina",
		Purpose: "tell the people concerned", LegalBasis: "GDPR Art. 6(1)(e)", At: noon}
}
