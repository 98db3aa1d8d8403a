package console_test

import (
	"testing"

	"vigie/internal/breach"
)

// Findings stand on the case, keep everybody from signing, and give way to the
// controller's written word for these very findings alone.
func TestFindingsKeepPlanFromSigning(t *testing.T) {
	s := newSite(t)
	const here = "/incidents/inc_1/controllers/ml-orbe"
	s.SetProofread("inc_1", "ml-orbe", breach.Proofread{Digest: "d1", Findings: []breach.Finding{{Text: "adult, self, email, fr", Rule: "hedge", Where: "block 1", Message: "hedges"}}})
	ana := s.as(t, "ana")
	ana.get(here).contains(t, `data-findings="1"`, `data-rule="hedge"`, "adult, self, email, fr", `data-why="lint"`)
	orbe := s.as(t, "orbe")
	form := []string{"name", "Dominique Exemple", "function", "déléguée", "reason", "Le juge l’impose.", "digest"}
	orbe.post(here+"/override", append(form, "d0")...).want(t, 303, here+"?err=plan-changed")
	orbe.post(here+"/override", "digest", "d1", "name", "Dominique Exemple", "function", "déléguée").want(t, 303, here+"?err=reason")
	ana.get(here).contains(t, `data-why="lint"`)
	orbe.post(here+"/override", append(form, "d1")...).want(t, 303, here+"?done=overridden")
	a := ana.get(here)
	a.contains(t, "Dominique Exemple", "Le juge l’impose.", `data-passed="true"`)
	if s.Nudged[len(s.Nudged)-1] != "inc_1" {
		t.Error("the workflow was not woken")
	}
	p, err := s.Proofread(t.Context(), "inc_1", "ml-orbe")
	if err != nil || p.Override.By != "orbe" || !p.Passed() {
		t.Errorf("%+v, %v", p, err)
	}
}
