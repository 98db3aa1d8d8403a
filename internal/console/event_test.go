package console

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/internal/i18n"
)

func TestDetailPutsCodesIntoWords(t *testing.T) {
	words, err := i18n.New(files)
	if err != nil {
		t.Fatal(err)
	}
	v := incidentView{page: page{c: &console{words: words}, Lang: i18n.French},
		Cases: []caseLine{{Case: breach.Case{Controller: "ml-orbe"}, Name: "Mission Locale d’Orbe"}}}
	for _, x := range []struct{ name, detail, want string }{
		{"stage", "stage=send", "envoi"},
		{"counts, without zeros", "bounced=1 handed_over=10 skipped=0 ignored=0", "revenu 1, remis 10"},
		{"signature, without its hash", "approval=app_1 controller=ml-orbe role=team hash=00ff", "Mission Locale d’Orbe, seconde signature de l’équipe"},
		{"decision", "controller=ml-orbe decision=refuse exemption=34(1) former= former_by=", "Mission Locale d’Orbe, ne communique pas, article 34(1) : pas de risque élevé"},
		{"provider", "reserved=8 asked=8 provider=sms", "réservé 8, SMS"},
		{"a controller nobody lists", "controller=ml-lys", "ml-lys"},
		{"a sentence stays", "revealed row email: homonymes", "revealed row email: homonymes"},
		{"a pair without words stays", "registry=youth", "registry youth"},
		{"nothing", "", ""},
	} {
		if got := v.Detail(Event{Detail: x.detail}); got != x.want {
			t.Errorf("%s: %q, want %q", x.name, got, x.want)
		}
	}
}

// Each action that the audit log can hold has words: the timeline of an incident
// is read by people.
func TestActionsHaveWords(t *testing.T) {
	words, err := i18n.New(files)
	if err != nil {
		t.Fatal(err)
	}
	writes := regexp.MustCompile(`(?:\bchange\(|\bAudit\(|\bAction:).*?"([a-z]+\.[a-z_]+)"`)
	found := 0
	for _, dir := range []string{"../store", "../app", "../cli", "../private", "../../workflows/activity", "."} {
		sources, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range sources {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range writes.FindAllStringSubmatch(string(text), -1) {
				found++
				if !words.Has("action." + m[1]) {
					t.Errorf("%s: action %s has no words", path, m[1])
				}
			}
		}
	}
	if found < 60 {
		t.Errorf("only %d places found that write to the audit log", found)
	}
}
