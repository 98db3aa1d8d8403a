package console_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"vigie/internal/breach"
)

// edit is the form as the page shows it, with changes.
func edit(changes ...string) []string {
	form := []string{"version", "1", "summary_fr", "Un fichier a été copié.", "summary_en", "A file was copied.", "system", "Similo",
		"present", "civil_status", "present", "contact", "consequence", "phishing", "measure", "watch",
		"action", "ignore_links", "action", "never_give", "action", "report", "complaint", "none", "tell", "", "why", "l’éditeur a écrit"}
	return append(form, changes...)
}

func TestFactsArePreviewedThenSaved(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	b.get(casePath+"/facts").contains(t, `data-version="1"`)
	a := b.post(casePath+"/facts", edit("present", "nir", "do", "preview")...)
	a.contains(t, `data-corrected="811"`)
	a.contains(t, `data-statement="category" data-effect="wrong"`)
	a.contains(t, `data-document="letter"`)
	a.contains(t, "<del>Un extrait d’un logiciel")
	if b.get(casePath+"/facts").contains(t, `data-version="1"`); a.Code != http.StatusOK {
		t.Errorf("status %d", a.Code)
	}
	b.post(casePath+"/facts", edit("present", "nir", "do", "save")...).want(t, 303, casePath+"/facts/2?done=facts")
	b.get(casePath+"/facts/2").contains(t, "l’éditeur a écrit")
	b.post(casePath+"/facts", edit("do", "save")...).want(t, 303, casePath+"/facts?err=conflict") // somebody was faster
	for _, path := range []string{"/facts/0", "/facts/9", "/facts/x"} {
		if a := b.get(casePath + path); a.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, a.Code)
		}
	}
}

func TestFactsRefused(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	a := b.post(casePath+"/facts", edit("attested", "iban", "do", "save")...)
	if a.contains(t, `data-code="attestation-unsigned"`); a.Code != http.StatusUnprocessableEntity {
		t.Errorf("status %d", a.Code)
	}
	a.contains(t, "Un fichier a été copié.") // what was typed is not lost
	b.post(casePath+"/facts", edit("why", "", "do", "save", "occurred_at", "yesterday")...).want(t, 303, casePath+"/facts?err=facts")
	a = b.post(casePath+"/facts", edit("attested", "iban", "attested_by", "La directrice", "attested_name", "Odile Canari", "attested_at", "2026-01-05T10:00", "do", "preview")...)
	a.contains(t, `data-statement="attested"`)
}

func TestMandateBeforeSignature(t *testing.T) {
	s := newSite(t)
	if err := s.SetMandate(t.Context(), "inc_1", "ml-orbe", breach.Mandate{}); err != nil {
		t.Fatal(err)
	}
	b := s.as(t, "ana")
	b.get(casePath).contains(t, `id="no-mandate"`)
	if got := sign(t, b); got != "err=approve-no-mandate" {
		t.Errorf("signed without a mandate: %s", got)
	}
	b.post(casePath+"/mandate", "by", "La directrice", "scope", "tout", "reference", "C-1", "at", "2099-01-01T10:00").want(t, 303, casePath+"?err=mandate")
	b.post(casePath+"/mandate", "by", "La directrice", "scope", "tout", "reference", "C-1", "at", "2026-01-05T10:00").want(t, 303, casePath+"?done=mandate")
	b.get(casePath).contains(t, `data-reference="C-1"`)
	if got := sign(t, b); got != "done=approved" {
		t.Errorf("with a mandate: %s", got)
	}
}

func TestContactsProposeTheHour(t *testing.T) {
	s := newSite(t)
	b := s.as(t, "ana")
	b.post(casePath+"/contacts", "at", "2026-01-05T09:00", "channel", "phone", "certainty", "established").want(t, 303, casePath+"?done=contact_log")
	b.post(casePath+"/contacts", "at", "2026-01-05T10:00", "channel", "phone", "answered_by", "standard", "certainty", "suspected", "effective", "1").want(t, 303, casePath+"?done=contact_log")
	if strings.Contains(b.get(casePath).Body, `id="proposed"`) {
		t.Error("a suspicion starts a clock")
	}
	b.post(casePath+"/contacts", "at", "2026-01-05T12:00", "channel", "phone", "answered_by", "directrice", "certainty", "established", "effective", "1").want(t, 303, casePath+"?done=contact_log")
	b.post(casePath+"/contacts", "at", "2026-01-05T11:30", "channel", "email", "answered_by", "délégué", "certainty", "established", "effective", "1").want(t, 303, casePath+"?done=contact_log")
	a := b.get(casePath)
	a.contains(t, `id="proposed" data-at="2026-01-05T10:30:00Z"`)
	a.contains(t, `id="suspected"`)
	a.contains(t, `value="2026-01-05T11:30"`)
	b.post(casePath+"/contacts", "at", "2026-01-05T12:00", "channel", "pigeon", "certainty", "suspected").want(t, 303, casePath+"?err=contact_log")
	b.post(casePath+"/contacts", "at", "2026-01-05T12:00", "channel", "phone", "certainty", "suspected", "effective", "1").want(t, 303, casePath+"?err=contact_log")
}

var rowShown = regexp.MustCompile(`<tr data-controller="([^"]*)"`)

// Three hundred controllers share an incident: each is on one page of the
// list, the first clock to end at the top, and no page is heavy.
func TestThreeHundredControllers(t *testing.T) {
	s := newSite(t)
	s.Crowd(300)
	b := s.as(t, "ana")
	seen := map[string]bool{}
	first := ""
	for page := range 4 {
		a := b.get(fmt.Sprintf("/incidents/inc_1/controllers?page=%d", page+1))
		for _, m := range rowShown.FindAllStringSubmatch(a.Body, -1) {
			if seen[m[1]] {
				t.Errorf("%s stands twice", m[1])
			}
			if first == "" {
				first = m[1]
			}
			seen[m[1]] = true
		}
		if len(a.Body) > 200<<10 {
			t.Errorf("page %d has %d bytes", page+1, len(a.Body))
		}
	}
	if len(seen) != 302 || first != "ml-298" {
		t.Errorf("%d controllers, the first %s", len(seen), first)
	}
	for query, want := range map[string]int{"show=late": 114, "show=undecided": 202, "show=refused": 0, "show=mandate": 200, "show=all&q=inventée+12": 10, "q=<script>": 0, "show=nothing": 0} {
		got := len(seenIn(b, query))
		if got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
	for _, path := range []string{"/incidents/inc_1", "/"} {
		a := b.get(path)
		if n := strings.Count(a.Body, `class="clock`); n > 40 || len(a.Body) > 100<<10 {
			t.Errorf("%s shows %d clocks in %d bytes", path, n, len(a.Body))
		}
	}
	// Reading is for many, a signature for one.
	if strings.Contains(b.get("/incidents/inc_1/controllers").Body, `method="post" action="/incidents`) {
		t.Error("the list signs")
	}
}

func seenIn(b *browser, query string) map[string]bool {
	seen := map[string]bool{}
	for page := range 4 {
		for _, m := range rowShown.FindAllStringSubmatch(b.get(fmt.Sprintf("/incidents/inc_1/controllers?%s&page=%d", query, page+1)).Body, -1) {
			seen[m[1]] = true
		}
	}
	return seen
}
