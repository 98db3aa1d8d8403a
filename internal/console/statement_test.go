package console_test

import (
	"testing"

	"vigie/internal/breach"
)

func TestStatement(t *testing.T) {
	const here = "/incidents/inc_1/statement"
	for _, tt := range []struct {
		name   string
		fields []string
		want   string
	}{
		{"complete", []string{"summary_fr", "Un fichier a été volé.", "summary_en", "A file was stolen.", "measure", "closed"}, "/incidents/inc_1?done=statement"},
		{"one language", []string{"summary_fr", "Un fichier a été volé.", "measure", "closed"}, here + "?err=statement"},
		{"a value", []string{"summary_fr", "Un numéro : 06 39 98 00 42.", "summary_en", "b", "measure", "closed"}, here + "?err=statement_value"},
		{"no measure", []string{"summary_fr", "a", "summary_en", "b"}, here + "?err=statement"},
		{"unknown measure", []string{"summary_fr", "a", "summary_en", "b", "measure", "magic"}, here + "?err=statement"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSite(t)
			b := s.as(t, "ana")
			b.post(here, tt.fields...).want(t, 303, tt.want)
			if tt.name == "complete" {
				b.get(here).contains(t, "Un fichier a été volé.", `value="closed" checked`)
			}
		})
	}
}

func TestStatementIsFrozenWithThePlan(t *testing.T) {
	s := newSite(t)
	inc, err := s.Incident(t.Context(), "inc_1")
	if err != nil {
		t.Fatal(err)
	}
	inc.Stage = breach.StageApprove
	s.SetIncident(inc)
	s.as(t, "ana").post("/incidents/inc_1/statement", "summary_fr", "a", "summary_en", "b", "measure", "closed").
		want(t, 303, "/incidents/inc_1/statement?err=statement_late")
}
