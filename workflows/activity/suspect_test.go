package activity

import (
	"strings"
	"testing"

	"vigie/crawlers/report"
	"vigie/crawlers/watch"
	"vigie/internal/breach"
	"vigie/internal/evidence"
)

// Reports of counterfeit notices, by form and by e-mail, are compared with what
// is really sent and raise one alert; a post and a feed in which a name passes
// for ours raise theirs.
func TestCounterfeitReports(t *testing.T) {
	w := signed(t, watching(t))
	w.OwnDomains = []string{"avis-vigie.fr", "example.org"}
	w.Lookalikes = watch.NewLookalikes(w.OwnDomains...)
	var err error
	w.Vault, err = evidence.Open(t.TempDir(), w.Keys, w.Store, w.Now)
	w.must(err)
	ours := ourTexts()
	if len(ours) < 10 {
		t.Fatalf("only %d texts of ours", len(ours))
	}
	if v := w.judge(t.Context(), ours[0].Text); v.Kind != "like-ours" {
		t.Errorf("our own text: %+v", v)
	}
	copied := strings.Replace(ours[0].Text, "https://avis.example.org/", "https://avis-vigie-fr.test/", 1) + "\nCliquez sur le lien ci-dessous et confirmez votre mot de passe."
	found := func() (out []breach.Alert) {
		all, err := w.Store.Alerts(t.Context(), breach.AlertNew)
		w.must(err)
		for _, a := range all {
			if a.Entity == counterfeitEntity {
				out = append(out, a)
			}
		}
		return out
	}
	_, err = w.File(t.Context(), report.Filing{Channel: "form", Kind: report.Counterfeit, Role: "citizen", Body: "Organisme", Text: copied})
	w.must(err)
	got := found()
	if len(got) != 1 || got[0].Urgency != breach.UrgencyHigh || !strings.Contains(got[0].Why, "counterfeit, ") || !strings.Contains(got[0].Why, "asks-secret") || strings.Contains(got[0].Why, "test/") {
		t.Fatalf("alerts %+v", got)
	}
	// Nobody said what it is, but it is a copy of ours: it joins the open alert.
	_, err = w.File(t.Context(), report.Filing{Channel: "email", Role: "other", Body: "Bizarre", Text: "Voici ce que j'ai reçu :\n" + copied})
	w.must(err)
	if got := found(); len(got) != 1 {
		t.Errorf("%d alerts, want the same one", len(got))
	}
	_, err = w.File(t.Context(), report.Filing{Channel: "email", Role: "other", Body: "Une fuite", Text: "J'ai vu un fichier en vente sur un forum."})
	w.must(err)
	if got := found(); len(got) != 1 {
		t.Errorf("a report of a leak is taken for one of a false message: %+v", got)
	}

	if hits := w.Concerns(breach.Post{ID: "p", Title: "Kit", Text: "panel on avis-vigie-fr.com, new"}); len(hits) != 1 || !strings.Contains(hits[0].Why, "avis-vigie.fr") {
		t.Errorf("hits %+v", hits)
	}
	feed := "*.avis-vigie.com\n{\"dns_names\":[\"shop.test\",\"avisvigie.fr\"]}\n{broken\nexample.net\navis-vigie.fr\n"
	for range 2 {
		names, alike, err := w.ReadNames(t.Context(), strings.NewReader(feed))
		if err != nil || names != 5 || alike != 3 {
			t.Errorf("%d names, %d alike, %v", names, alike, err)
		}
	}
	if got := found(); len(got) != 4 {
		t.Errorf("%d alerts, want 4", len(got))
	}
}
