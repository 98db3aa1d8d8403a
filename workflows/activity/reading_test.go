package activity

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"vigie/internal/breach"
	"vigie/notify"
	"vigie/notify/wording"
	"vigie/workflows"
)

func (w *world) readOver(texts ...string) {
	w.t.Helper()
	for _, text := range texts {
		w.must(w.Store.SaveReading(w.t.Context(), breach.Reading{Text: text, Digest: wording.TextDigest(text), Name: "Dominique Exemple", Function: "interprète", By: "ana", At: w.Now()}))
	}
}

// A draft is neither planned, sent nor published; what a named person has read
// over is, with the French beside it. Words that change are a draft again.
func TestDraftsStayDrafts(t *testing.T) {
	for _, read := range []bool{false, true} {
		t.Run(map[bool]string{false: "draft", true: "read over"}[read], func(t *testing.T) {
			w := newWorld(t)
			w.must(w.Store.SaveReading(t.Context(), breach.Reading{Text: "es", Digest: "of other words", Name: "N", Function: "F", By: "ana", At: w.Now()}))
			if read {
				w.readOver("tr", "ar", wording.FrenchEasy)
			}
			people := map[string]string{}
			for id, line := range youth {
				people[id] = line
			}
			people["y2"] = strings.TrimSuffix(people["y2"], "fr\n") + "tr\n"
			people["y3"] = strings.TrimSuffix(people["y3"], "fr\n") + "ar\n"
			people["y1"] = strings.Replace(strings.TrimSuffix(people["y1"], "fr\n")+"es\n", ",Mme,,,", ",Mme,,curatelle,", 1)
			w.importYouth(people, mother)
			w.plan()
			proof, err := w.Store.Proofread(t.Context(), incident, "ml-a")
			if err != nil || !proof.Passed() {
				t.Fatalf("%+v, %v", proof.Findings, err)
			}
			w.must(w.decide("ml-a", breach.DecisionTell))
			w.sign("ml-a")
			w.aware()
			w.campaign("ml-a")
			turkish := map[bool]string{false: "fr", true: "tr"}[read]
			seen := map[string]bool{}
			for _, e := range append(w.email.sent(), w.post.sent()...) {
				want := map[string]string{"Omar": turkish, "Lina": "fr", "Zoé": "fr"}[e.To.Given] // letters cannot be set in Arabic
				if want == "" {
					continue
				}
				seen[e.To.Given] = true
				if easy := read && e.To.Given == "Lina"; e.Easy != easy || says(e, "Les informations volées") != easy {
					t.Errorf("%s is written to in easy words: %v", e.To.Given, e.Easy)
				}
				if e.Language != want || !says(e, "Ce qui s'est passé") || says(e, "Ne oldu") != (want == "tr") {
					t.Errorf("%s is written to in %s", e.To.Given, e.Language)
				}
			}
			if len(seen) != 3 {
				t.Errorf("told: %v", seen)
			}
			w.must(w.decide("ml-b", breach.DecisionRefuse))
			for _, d := range w.dangers() {
				w.settle(d, breach.DangerReached)
			}
			_, err = run[any](w, workflows.ActivityPublish, workflows.PublishInput{Incident: incident})
			w.must(err)
			for _, name := range []string{"index.tr.html", "index.ar.html", "index.fr-facile.html"} {
				data, err := os.ReadFile(filepath.Join(w.PageDir, string(incident), name))
				if (err == nil) != read {
					t.Errorf("%s: %v", name, err)
				}
				if read && name == "index.ar.html" && !strings.Contains(string(data), `dir="rtl"`) {
					t.Error("Arabic runs from the left")
				}
			}
			if _, err := os.Stat(filepath.Join(w.PageDir, string(incident), "index.es.html")); err == nil {
				t.Error("a draft is published")
			}
		})
	}
}

func says(e notify.Envelope, text string) bool {
	for _, b := range e.Doc.Blocks {
		if strings.Contains(b.Heading, text) {
			return true
		}
	}
	return false
}
