package console_test

import (
	"strings"
	"testing"

	"vigie/internal/breach"
)

const link = "http://127.0.0.1:8099/files/ml.csv"

func TestConfirmAlert(t *testing.T) {
	for _, tt := range []struct {
		name   string
		fields []string
		want   string // beginning of where it leads
	}{
		{"complete", []string{"link", link, "purpose", "prévenir", "legal_basis", "mandat"}, "/incidents/inc_"},
		{"no purpose", []string{"link", link, "legal_basis", "mandat"}, "/alerts/alert_1?err=confirm"},
		{"blank basis", []string{"link", link, "purpose", "prévenir", "legal_basis", " \n "}, "/alerts/alert_1?err=confirm"},
		{"no link", []string{"purpose", "prévenir", "legal_basis", "mandat"}, "/alerts/alert_1?err=confirm"},
		{"another link", []string{"link", "http://169.254.169.254/", "purpose", "p", "legal_basis", "m"}, "/alerts/alert_1?err=confirm"},
		{"link that is no file", []string{"link", "javascript:alert(3)", "purpose", "p", "legal_basis", "m"}, "/alerts/alert_1?err=confirm"},
		{"unknown registry", []string{"link", link, "purpose", "p", "legal_basis", "m", "registry", "autre"}, "/alerts/alert_1?err=invalid"},
		{"control characters", []string{"link", link, "purpose", "a\x1b[2J", "legal_basis", "m"}, "/alerts/alert_1?err=confirm"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			a := s.as(t, "ana").post("/alerts/alert_1/confirm", tt.fields...)
			if a.Code != 303 || !strings.HasPrefix(a.Location, tt.want) {
				t.Fatalf("status %d to %q, want 303 to %q", a.Code, a.Location, tt.want)
			}
			if opened := len(s.Started) == 1; opened != strings.HasPrefix(tt.want, "/incidents/") {
				t.Errorf("workflows started: %d", len(s.Started))
			}
		})
	}
}

// Two bodies of one post are one incident: the second alert joins it by one
// step, also when the same file is asked for again.
func TestTwoBodiesOneIncident(t *testing.T) {
	for _, path := range []string{"join", "confirm"} {
		t.Run(path, func(t *testing.T) {
			s := newSite(t)
			ana := s.as(t, "ana")
			first, err := s.Alert(t.Context(), "alert_1")
			if err != nil {
				t.Fatal(err)
			}
			first.Event = "evt_9"
			s.AddAlert(first)
			second := first
			second.ID, second.Entity = "alert_9", "Commune d'Orbe"
			s.AddAlert(second)
			if strings.Contains(ana.get("/alerts/alert_9").Body, `id="join"`) {
				t.Error("there is an incident to join before one is open")
			}
			ana.post("/alerts/alert_9/join").want(t, 303, "/alerts/alert_9?err=conflict")
			fields := []string{"link", link, "purpose", "prévenir", "legal_basis", "mandat"}
			ana.post("/alerts/alert_1/confirm", fields...)
			there := "/incidents/" + string(s.Started[0])
			ana.get("/alerts/alert_9").contains(t, `id="join"`, there)
			ana.post("/alerts/alert_9/"+path, fields...).want(t, 303, there+"?done=joined")
			got, err := s.Alert(t.Context(), "alert_9")
			if err != nil || got.Incident != s.Started[0] || got.State != breach.AlertConfirmed || got.DecidedBy != "ana" {
				t.Errorf("the second alert is %+v: %v", got, err)
			}
			if len(s.Started) != 1 {
				t.Errorf("%d incidents", len(s.Started))
			}
			ana.post("/alerts/alert_9/join").want(t, 303, "/alerts/alert_9?err=conflict")
		})
	}
}

func TestConfirmKeepsWhoWhatAndWhy(t *testing.T) {
	s := newSite(t)
	a := s.as(t, "ana").post("/alerts/alert_1/confirm", "link", link, "purpose", "prévenir", "legal_basis", "mandat", "registry", "jeunes")
	acq, err := s.Acquisition(t.Context(), "alert_1")
	if err != nil {
		t.Fatal(err)
	}
	if acq.By != "ana" || acq.Link != link || acq.Purpose != "prévenir" || acq.LegalBasis != "mandat" || !acq.At.Equal(s.Now()) {
		t.Errorf("acquisition is %+v", acq)
	}
	id := s.Started[0]
	if want := "/incidents/" + string(id) + "?done=confirmed"; a.Location != want {
		t.Errorf("leads to %q, want %q", a.Location, want)
	}
	if list, err := s.Registries(t.Context(), id); err != nil || len(list) != 1 || list[0] != "jeunes" {
		t.Errorf("registries are %v", list)
	}
	s.as(t, "both").post("/alerts/alert_1/confirm", "link", link, "purpose", "p", "legal_basis", "m").want(t, 303, "/alerts/alert_1?err=conflict")
	if len(s.Started) != 1 {
		t.Error("a confirmed alert was confirmed again")
	}
}

func TestDismissNeedsAReason(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	b.post("/alerts/alert_2/dismiss").want(t, 303, "/alerts/alert_2?err=reason")
	b.post("/alerts/alert_2/dismiss", "code", "other").want(t, 303, "/alerts/alert_2?err=reason")
	b.post("/alerts/alert_2/dismiss", "code", "nonsense").want(t, 303, "/alerts/alert_2?err=invalid")
	b.post("/alerts/alert_2/dismiss", "code", "old_data", "reason", "revente d’un ancien fichier").want(t, 303, "/alerts/alert_2?done=dismissed")
	b.post("/alerts/alert_2/dismiss", "code", "homonym").want(t, 303, "/alerts/alert_2?err=conflict")
	if alert, err := s.Alert(t.Context(), "alert_2"); err != nil || alert.State != breach.AlertDismissed || alert.DecidedBy != "ana" {
		t.Errorf("alert is %+v", alert)
	}
}

// A controller may know what was taken while nobody has a file.
func TestConfirmWithoutAFile(t *testing.T) {
	s := newSite(t)
	a := s.as(t, "ana")
	a.get("/alerts/alert_1").contains(t, `value="no-file"`)
	if got := a.post("/alerts/alert_1/confirm", "link", "no-file", "purpose", "prévenir", "legal_basis", "mandat", "registry", "jeunes"); !strings.HasSuffix(got.Location, "?done=confirmed") {
		t.Fatalf("sent to %s", got.Location)
	}
	if len(s.Started) != 1 {
		t.Errorf("started: %v", s.Started)
	}
}

// An alert is taken in hand, confirmed, handed over, and what its body told is
// recorded; each step says who and when.
func TestAlertSteps(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	b.post("/alerts/alert_2/told", "at", "2026-11-01T10:00", "url", "https://www.example.org/").want(t, 303, "/alerts/alert_2?err=conflict")
	b.post("/alerts/alert_2/seen").want(t, 303, "/alerts/alert_2?done=seen")
	b.post("/alerts/alert_2/seen").want(t, 303, "/alerts/alert_2?err=conflict")
	b.post("/alerts/alert_2/true", "reason", "vu l’échantillon").want(t, 303, "/alerts/alert_2?done=sure")
	b.post("/alerts/alert_2/hand", "to", "").want(t, 303, "/alerts/alert_2?err=handed")
	b.post("/alerts/alert_2/hand", "to", "CSIRT régional").want(t, 303, "/alerts/alert_2?done=handed")
	for _, bad := range []string{"", "javascript:alert(1)", "//example.org", "ftp://example.org/"} {
		b.post("/alerts/alert_2/told", "at", "2026-11-01T10:00", "url", bad).want(t, 303, "/alerts/alert_2?err=told")
	}
	b.post("/alerts/alert_2/told", "at", "2199-11-01T10:00", "url", "https://www.example.org/").want(t, 303, "/alerts/alert_2?err=told")
	b.post("/alerts/alert_2/told", "at", "2026-11-01T10:00", "url", "https://www.example.org/").want(t, 303, "/alerts/alert_2?done=told")
	b.get("/alerts/alert_2").contains(t, `data-state="handed_over"`, "CSIRT régional", "https://www.example.org/", `id="steps"`)
}

func TestConfirmedAlertIsAcquiredLater(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	b.post("/alerts/alert_1/true").want(t, 303, "/alerts/alert_1?done=sure")
	if a := b.post("/alerts/alert_1/confirm", "link", link, "purpose", "p", "legal_basis", "m"); !strings.HasPrefix(a.Location, "/incidents/inc_") {
		t.Fatalf("leads to %q", a.Location)
	}
}

// The health page says that the budget is kept, broken, or cannot be judged.
func TestFalseAlarmsAgainstTheBudget(t *testing.T) {
	for _, tt := range []struct {
		name         string
		homonym, old int
		want         string
	}{{"too few", 2, 2, "Only 5 alerts"}, {"within", 0, 12, "Within the budget"}, {"over", 4, 8, "Above the budget"}} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			for i := range tt.homonym + tt.old {
				code := breach.DismissOld
				if i < tt.homonym {
					code = breach.DismissHomonym
				}
				s.AddAlert(breach.Alert{ID: breach.AlertID(rune('a' + i)), State: breach.AlertDismissed, DecidedBy: "ana", ReasonCode: code})
			}
			s.as(t, "ana").do("GET", "/alerts/health", nil, "Accept-Language", "en").contains(t, tt.want)
		})
	}
}

func TestHealthShowsSources(t *testing.T) {
	s := newSite(t)
	s.as(t, "ana").get("/alerts/health").contains(t, `data-source="shut-door" data-alarm="person"`, "captcha", `data-source="new-one" data-alarm=""`)
}
