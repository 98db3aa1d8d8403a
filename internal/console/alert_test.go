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
	b.post("/alerts/alert_2/dismiss", "reason", "revente d’un ancien fichier").want(t, 303, "/alerts/alert_2?done=dismissed")
	b.post("/alerts/alert_2/dismiss", "reason", "encore").want(t, 303, "/alerts/alert_2?err=conflict")
	if alert, err := s.Alert(t.Context(), "alert_2"); err != nil || alert.State != breach.AlertDismissed || alert.DecidedBy != "ana" {
		t.Errorf("alert is %+v", alert)
	}
}
