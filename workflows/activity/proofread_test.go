package activity

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/workflows"
)

// wanting plans a world whose statement hedges, which the CNIL has fined.
func wanting(t *testing.T) *world {
	w := newWorld(t)
	w.state(2, "access_closed")
	raw := strings.ReplaceAll(`{"summary":{"fr":"Le 3 octobre 2026, un tiers a copié un fichier. Vos données ont peut-être été copiées.","en":"On 3 October 2026, somebody copied a file of the follow-up tool."},"measures":["access_closed"]}`, "\n", "")
	w.must(w.Store.SaveFacts(t.Context(), incident, "", 3, []byte(raw)))
	w.plan()
	return w
}

func (w *world) approvalState() workflows.ApprovalState {
	w.t.Helper()
	out, err := run[workflows.ApprovalState](w, workflows.ActivityApproval, workflows.IncidentInput{Incident: incident})
	w.must(err)
	return out
}

// What the linter finds keeps a signed plan from starting; the data protection
// officer's written word lets it go, and the dossier shows it.
func TestNothingIsApprovedOverFindings(t *testing.T) {
	w := wanting(t)
	w.must(w.decide("ml-a", breach.DecisionTell))
	w.sign("ml-a")
	read, err := w.Store.Proofread(t.Context(), incident, "ml-a")
	w.must(err)
	if read.Passed() || !slices.ContainsFunc(read.Findings, func(f breach.Finding) bool { return f.Rule == "hedge" && strings.Contains(f.Text, "email") }) ||
		!slices.ContainsFunc(read.Findings, func(f breach.Finding) bool { return f.Rule == "hedge" && strings.HasPrefix(f.Text, "page") }) ||
		!slices.ContainsFunc(read.Findings, func(f breach.Finding) bool { return f.Rule == "hedge" && strings.Contains(f.Text, "letter") }) {
		t.Fatalf("findings %+v", read.Findings)
	}
	if s := w.approvalState(); slices.Contains(s.Ready, "ml-a") {
		t.Fatal("a plan starts over findings")
	}
	word := breach.LintOverride{Name: "Dominique Exemple", Function: "déléguée à la protection des données", Reasons: "Le texte est celui du juge.", By: "dpo-ml-a", At: w.Now()}
	if err := w.Store.OverrideLint(t.Context(), incident, "ml-a", "other findings", word); !errors.Is(err, breach.ErrConflict) {
		t.Fatalf("an override of other findings: %v", err)
	}
	half := word
	half.Reasons = " "
	if err := w.Store.OverrideLint(t.Context(), incident, "ml-a", read.Digest, half); !errors.Is(err, breach.ErrInvalid) {
		t.Fatalf("an override without reasons: %v", err)
	}
	w.must(w.Store.OverrideLint(t.Context(), incident, "ml-a", read.Digest, word))
	if s := w.approvalState(); !slices.Contains(s.Ready, "ml-a") {
		t.Fatalf("the override changes nothing: %+v", s)
	}
	_, err = run[any](w, workflows.ActivityPublish, workflows.PublishInput{Incident: incident})
	w.must(err)
	for name, want := range map[string]string{"dossier.html": "Le texte est celui du juge.", "dossier.json": `"function": "déléguée à la protection des données"`} {
		data, err := os.ReadFile(filepath.Join(w.DossierDir, string(incident), "ml-a", name))
		if err != nil || !strings.Contains(string(data), want) || !strings.Contains(string(data), "hedge") {
			t.Errorf("%s does not show the override: %v", name, err)
		}
	}
}

func TestSoundPlanPasses(t *testing.T) {
	w := newPlan(t)
	for _, c := range []breach.ControllerID{"ml-a", "ml-b", "ville"} {
		read, err := w.Store.Proofread(t.Context(), incident, c)
		if err != nil || len(read.Findings) > 0 || !read.Passed() {
			t.Errorf("%s: %+v, %v", c, read, err)
		}
	}
}
