package console_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
	"vigie/internal/console/consoletest"
)

const casePath = "/incidents/inc_1/controllers/ml-orbe"

var planShown = regexp.MustCompile(`id="case"[^>]* data-plan="([^"]*)" data-next="([^"]*)" data-why="([^"]*)"`)

// sign approves what the account's page shows and returns the outcome.
func sign(t *testing.T, b *browser) string {
	t.Helper()
	m := planShown.FindStringSubmatch(b.get(casePath).Body)
	if m == nil {
		t.Fatal("the page shows no plan")
	}
	a := b.post(casePath+"/approve", "hash", m[1], "password", consoletest.Password)
	return strings.TrimPrefix(a.Location, casePath+"?")
}

func TestFourEyesAndTheController(t *testing.T) {
	s := newSite(t)
	ana, both, paul, orbe := s.as(t, "ana"), s.as(t, "both"), s.as(t, "paul"), s.as(t, "orbe")
	steps := []struct {
		name string
		do   func() string
		want string
	}{
		{"controller before its decision", func() string { return sign(t, orbe) }, "err=approve-undecided"},
		{"first signature", func() string { return sign(t, both) }, "done=approved"},
		{"same person in the other role", func() string { return sign(t, both) }, "err=approve-same-person"},
		{"second signature by one who may not", func() string { return sign(t, ana) }, "err=approve-not-approver"},
		{"second signature", func() string { return sign(t, paul) }, "done=approved"},
		{"third of the team", func() string { return sign(t, ana) }, "err=approve-complete"},
		{"decision", func() string {
			return strings.TrimPrefix(orbe.post(casePath+"/decision", "decision", "tell", "reason", "risque élevé").Location, casePath+"?")
		}, "done=decision"},
		{"controller", func() string { return sign(t, orbe) }, "done=approved"},
		{"controller again", func() string { return sign(t, orbe) }, "err=approve-complete"},
	}
	for _, step := range steps {
		if got := step.do(); got != step.want {
			t.Errorf("%s: got %q, want %q", step.name, got, step.want)
		}
	}
	list, err := s.Approvals(t.Context(), "inc_1", "ml-orbe")
	if err != nil || len(list) != 3 {
		t.Fatalf("%d approvals, want 3", len(list))
	}
	for i, want := range []breach.ApprovalRole{breach.ApprovalRequest, breach.ApprovalTeam, breach.ApprovalController} {
		if list[i].Role != want || list[i].ExpiresAt.Sub(list[i].At) != 24*time.Hour {
			t.Errorf("approval %d is %+v, want role %s", i, list[i], want)
		}
	}
}

func TestApproveAsksForThePasswordAgain(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	m := planShown.FindStringSubmatch(b.get(casePath).Body)
	for range 5 {
		b.post(casePath+"/approve", "hash", m[1], "password", "nope").want(t, 303, casePath+"?err=password")
	}
	b.post(casePath+"/approve", "hash", m[1], "password", consoletest.Password).want(t, 303, casePath+"?err=password") // locked
	s.Pass(61 * time.Second)
	b.post(casePath+"/approve", "hash", m[1], "password", consoletest.Password).want(t, 303, casePath+"?done=approved")
}

// A signature binds what was read: a plan that changed voids it.
func TestChangedPlanVoidsSignatures(t *testing.T) {
	s := newSite(t)
	ana, paul := s.as(t, "ana"), s.as(t, "paul")
	old := planShown.FindStringSubmatch(ana.get(casePath).Body)[1]
	if got := sign(t, ana); got != "done=approved" {
		t.Fatal(got)
	}
	s.SetPlan("inc_1", "ml-orbe", "sha256:new")
	paul.post(casePath+"/approve", "hash", old, "password", consoletest.Password).want(t, 303, casePath+"?err=plan-changed")
	a := paul.get(casePath)
	a.contains(t, `data-valid="false"`, `data-next="request"`)
}

func TestSignaturesExpire(t *testing.T) {
	s := newSite(t)
	if got := sign(t, s.as(t, "ana")); got != "done=approved" {
		t.Fatal(got)
	}
	s.Pass(24 * time.Hour)
	s.as(t, "paul").get(casePath).contains(t, `data-valid="false"`, `data-next="request"`)
}

func TestDecision(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fields []string
		want   string
		state  breach.Decision
	}{
		{"tell", []string{"decision", "tell", "reason", "r", "exemption", "34(3)(a)"}, "done=decision", breach.DecisionTell},
		{"refuse with a ground", []string{"decision", "refuse", "reason", "r", "exemption", "34(3)(a)"}, "done=decision", breach.DecisionRefuse},
		{"refuse without", []string{"decision", "refuse", "reason", "r"}, "err=decision", ""},
		{"refuse on no ground of the law", []string{"decision", "refuse", "reason", "r", "exemption", "late"}, "err=decision", ""},
		{"no reason", []string{"decision", "tell"}, "err=reason", ""},
		{"nothing", []string{"reason", "r"}, "err=decision", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			s.as(t, "orbe").post(casePath+"/decision", tt.fields...).want(t, 303, casePath+"?"+tt.want)
			k, err := s.Case(t.Context(), "inc_1", "ml-orbe")
			if err != nil || k.Decision != tt.state || (tt.state == breach.DecisionTell && k.Exemption != "") {
				t.Errorf("case is %+v", k)
			}
			other, err := s.Case(t.Context(), "inc_1", "ml-lys")
			if err != nil || other.Decision != breach.DecisionNone {
				t.Error("the other controller's case changed")
			}
		})
	}
}

func TestAwareStartsTheClock(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "lys")
	path := "/incidents/inc_1/controllers/ml-lys"
	for _, tt := range []struct {
		name, at, reason, want string
	}{
		{"future", "2026-11-22T12:00", "r", "err=aware"},
		{"no reason", "2026-11-20T12:00", "", "err=aware"},
		{"no date", "hier", "r", "err=aware"},
		{"in Paris", "2026-11-20T12:30", "appel du prestataire", "done=aware"},
	} {
		b.post(path+"/aware", "aware_at", tt.at, "reason", tt.reason).want(t, 303, path+"?"+tt.want)
	}
	k, err := s.Case(t.Context(), "inc_1", "ml-lys")
	if want := time.Date(2026, 11, 20, 11, 30, 0, 0, time.UTC); err != nil || !k.AwareAt.Equal(want) || k.AwareBy != "lys" {
		t.Errorf("aware at %s by %s, want %s", k.AwareAt, k.AwareBy, want)
	}
	b.do("GET", path, nil, "Accept-Language", "en").contains(t, `data-deadline="2026-11-23T12:00:00Z"`, "48 h 59 min left", `id="aware-unsaid"`, "do not state this date")
	s.Pass(49 * time.Hour)
	s.as(t, "lys").get(path).contains(t, `class="clock late"`)
	b = s.as(t, "lys")
	b.post(path+"/notified", "at", "2026-11-22T09:00", "reference", "").want(t, 303, path+"?err=notified")
	b.post(path+"/notified", "at", "2026-11-22T09:00", "reference", "CNIL-123").want(t, 303, path+"?done=notified")
	if a := b.get(path); strings.Contains(a.Body, `class="clock late"`) || strings.Contains(a.Body, `id="notified-late"`) {
		t.Error("a notified case still shows as late")
	}
	// A call that had been forgotten: the notification was late after all.
	b.post(path+"/aware", "aware_at", "2026-11-18T12:30", "reason", "premier appel, retrouvé").want(t, 303, path+"?done=aware")
	b.get(path).contains(t, `id="notified-late"`, path+"/authority")
}

func TestLane(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "paul")
	const lane = "/incidents/inc_1/lane"
	b.get(lane).contains(t, `data-open="2"`, `data-message="msg_3"`, "J0042")
	b.post(lane+"/msg_3").want(t, 303, lane+"?err=note")
	b.post(lane+"/msg_3", "note", "reçue au service, appel au +33 6 39 98 12 34").want(t, 303, lane+"?done=reached")
	b.post(lane+"/msg_3", "note", "encore").want(t, 303, lane+"?err=conflict")
	b.get(lane).contains(t, `data-open="1"`)
	for _, e := range s.Events {
		if strings.Contains(e.Detail, "39 98") {
			t.Error("the number in the note was kept")
		}
	}
	if a := b.post(lane+"/msg_9", "note", "x"); a.Code != 404 {
		t.Errorf("unknown message: status %d, want 404", a.Code)
	}
}

// A case can be worked on while its communications cannot be rendered yet.
func TestCaseShowsWithIncompleteFacts(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "orbe")
	b.get(casePath).contains(t, `id="previews"`)
	s.Holes = fmt.Errorf("rendering: %w", breach.ErrInvalid)
	a := b.do("GET", casePath, nil, "Accept-Language", "en")
	if a.Code != 200 {
		t.Fatalf("status %d, want 200", a.Code)
	}
	a.contains(t, "The facts are incomplete", `id="aware"`)
	s.Holes = breach.ErrTemporary
	if a := b.get(casePath); a.Code != 503 {
		t.Errorf("status %d, want 503", a.Code)
	}
}

func TestCeilingIsLiftedByAnApprover(t *testing.T) {
	s := newSite(t)
	ana, paul := s.as(t, "ana"), s.as(t, "paul")
	s.SetPersons("inc_1", "ml-orbe", consoletest.Ceiling+1)
	if got := sign(t, ana); got != "err=approve-over-ceiling" {
		t.Errorf("signing above the ceiling: %q", got)
	}
	if a := ana.post(casePath+"/ceiling", "persons", "10001", "reason", "x"); a.Code != 403 {
		t.Errorf("an analyst lifts it: %d", a.Code)
	}
	lift := func(persons, reason string) string {
		return strings.TrimPrefix(paul.post(casePath+"/ceiling", "persons", persons, "reason", reason).Location, casePath+"?")
	}
	for _, c := range []struct{ persons, reason, want string }{
		{"10001", "", "err=reason"},
		{"99999", "seen", "err=plan-changed"},
		{"many", "seen", "err=plan-changed"},
		{"10001", "checked with the owner", "done=lifted"},
	} {
		if got := lift(c.persons, c.reason); got != c.want {
			t.Errorf("lifting to %s with %q: %q, want %q", c.persons, c.reason, got, c.want)
		}
	}
	if !strings.Contains(paul.get(casePath).Body, "checked with the owner") {
		t.Error("the page does not say why")
	}
	if got := sign(t, ana); got != "done=approved" {
		t.Errorf("signing after: %q", got)
	}
	s.SetPersons("inc_1", "ml-orbe", consoletest.Ceiling+2)
	if got := sign(t, paul); got != "err=approve-over-ceiling" {
		t.Errorf("a plan that grew: %q", got)
	}
}

func TestRecallLetters(t *testing.T) {
	s := newSite(t)
	ana, paul := s.as(t, "ana"), s.as(t, "paul")
	if a := ana.post(casePath+"/recall", "reason", "x"); a.Code != 403 {
		t.Errorf("an analyst recalls: %d", a.Code)
	}
	if strings.Contains(ana.get(casePath).Body, casePath+"/recall") {
		t.Error("an analyst is offered it")
	}
	if !strings.Contains(paul.get(casePath).Body, casePath+"/recall") {
		t.Error("an approver is not offered it")
	}
	paul.post(casePath+"/recall", "reason", " ").want(t, 303, casePath+"?err=reason")
	paul.post(casePath+"/recall", "reason", "wrong number").want(t, 303, casePath+"?done=recalled")
	paul.post(casePath+"/recall", "reason", "again").want(t, 303, casePath+"?done=recalled_some") // one had left
	paul.post(casePath+"/recall", "reason", "once more").want(t, 303, casePath+"?done=recalled_service")
	if len(s.Recalls) != 3 || s.Recalls[0] != "ml-orbe paul wrong number" {
		t.Errorf("recalled: %v", s.Recalls)
	}
}
