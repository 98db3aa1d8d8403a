package console_test

import (
	"strings"
	"testing"
	"time"

	"vigie/internal/breach"
)

const ageKey = "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"

// TestInstitution walks the page as a person of the controller does.
func TestInstitution(t *testing.T) {
	s := newSite(t)
	s.Asked = []breach.Followup{{Incident: "inc_1", Controller: "ml-orbe", Months: 3, AskedAt: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)}}
	const path = casePath + "/institution"
	b := s.as(t, "orbe")
	b.get(casePath).contains(t, path)
	b.get(path).contains(t, `data-briefed="false"`)
	a := b.get(path + "/v1/intranet.fr.html")
	if a.Code != 200 || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("the article comes as %d, %v", a.Code, a.Header)
	}
	for _, bad := range []string{"/v1/dossier.json", "/v9/intranet.fr.html", "/v1/..%2f..%2fx.fr.html"} {
		if a := b.get(path + bad); a.Code != 404 {
			t.Errorf("%s: %d", bad, a.Code)
		}
	}
	b.post(path+"/delivered", "kind", "intranet", "version", "1", "at", "2040-01-01T09:00", "how", "x").want(t, 303, path+"?err=delivered")
	b.post(path+"/delivered", "kind", "intranet", "version", "7", "at", "2026-11-20T09:00", "how", "x").want(t, 303, path+"?err=delivered")
	b.post(path+"/delivered", "kind", "intranet", "version", "1", "at", "2026-11-20T09:00", "how", "au secrétariat").want(t, 303, path+"?done=delivered")
	b.get(path).contains(t, `data-briefed="true"`, "au secrétariat")
	if len(s.Given) != 1 || s.Given[0].By != "orbe" {
		t.Errorf("delivered: %+v", s.Given)
	}

	b.post(path+"/people", "reason", "demande écrite").want(t, 303, path+"?err=invalid") // no key yet
	ana := s.as(t, "ana")
	ana.post(path+"/key", "recipient", "AGE-SECRET-KEY-1X", "how", "x").want(t, 303, path+"?err=key")
	ana.post(path+"/key", "recipient", ageKey, "how", "relue au téléphone").want(t, 303, path+"?done=key")
	b.post(path+"/people", "reason", " ").want(t, 303, path+"?err=reason")
	if a := b.post(path+"/people", "reason", "demande écrite"); a.Code != 200 || !strings.HasPrefix(a.Body, "age-encryption.org") || len(s.Sealed) != 1 {
		t.Errorf("the list comes as %d", a.Code)
	}

	b.post(path+"/followup", "months", "3", "measures", "m", "score", "101", "next", "n").want(t, 303, path+"?err=followup")
	b.post(path+"/followup", "months", "3", "measures", "m", "score", "60", "next", "n", "new_facts", "yes").want(t, 303, path+"?done=followup")
	if f := s.Asked[0]; f.Strategy != (breach.Strategy{Measures: "m", Score: 60, Next: "n", NewFacts: true}) || f.By != "orbe" {
		t.Errorf("answered: %+v", f)
	}
	b.get(path).contains(t, `data-answered="true"`)
}

func TestAuthority(t *testing.T) {
	s := newSite(t)
	const path = casePath + "/authority"
	b := s.as(t, "orbe")
	b.get(path).contains(t, `data-unknown="1"`, "Maximal", "Piratage", "Cause de la violation", "notification initiale",
		"<option selected>3</option>", "<option selected>0.75</option>", "<option selected>0.5</option>") // whoever confirms starts from the proposal
	if a := b.get(path + "/dossier.html"); a.Code != 200 || a.Header.Get("Content-Disposition") == "" {
		t.Errorf("the dossier comes as %d", a.Code)
	}
	if a := b.get(path + "/passwd"); a.Code != 404 {
		t.Errorf("another file comes as %d", a.Code)
	}
	b.post(path+"/answers", "cause", "unknown").want(t, 303, path+"?err=reason")
	b.post(path+"/answers", "cause", "unknown", "origin", "hack", "reason", "lu", "measures_before", "Mot de passe.", "started_at", "2026-11-19T10:00").want(t, 303, path+"?done=answers")
	b.get(path).contains(t, `value="unknown" lang="fr" selected`, "Mot de passe.", `value="2026-11-19T10:00"`)
	b.post(path+"/severity", "reason", "x", "simple", "3").want(t, 303, path+"?err=invalid")
	form := []string{"reason", "lu", "simple", "3", "behavioural", "0", "financial", "0", "sensitive", "0", "ei", "1", "confidentiality", "0.5", "integrity", "0", "availability", "0", "malice", "0.5"}
	b.post(path+"/severity", form...).want(t, 303, path+"?done=assessed")
	if a := b.get(path); strings.Contains(a.Body, "<script>alert") || !strings.Contains(a.Body, `id="history"`) {
		t.Error("the history is not shown, or not escaped")
	}
	b.post(casePath+"/notified", "at", "2026-11-20T09:00", "reference", "CNIL-123").want(t, 303, casePath+"?done=notified")
	if len(s.Bodies.Notified) != 1 {
		t.Fatal("the form that was sent is not frozen")
	}
	b.get(path).contains(t, `id="sent"`, "CNIL-123")
}
