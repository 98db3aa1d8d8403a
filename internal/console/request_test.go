package console_test

import (
	"strings"
	"testing"
	"time"
)

// An access request is taken in, identified, answered from what is kept: codes
// and dates, never a value, and within the month.
func TestAccessRequest(t *testing.T) {
	s := newSite(t)
	ana, paul := s.as(t, "ana"), s.as(t, "paul")
	ana.get("/requests").contains(t, `data-request="req_1"`, "accès")
	const at = "/requests/req_1"
	page := ana.get(at)
	page.contains(t, "Que savez-vous de moi", "ne gardons rien", `data-state="open"`)
	ana.post(at+"/identify", "registry", "none", "person", "J0042").want(t, 303, at+"?err=identify")
	ana.post(at+"/identify", "registry", "jeunes", "person", "J0042").want(t, 303, at+"?done=identified")
	page = ana.get(at)
	page.contains(t, "Similo", "novembre", "version 2")
	if n := strings.Count(page.Body, "Nous vous avons informé"); n != 1 {
		t.Errorf("the draft tells of %d messages, want the one that arrived", n)
	}
	if a := ana.post(at+"/extend", "reason", "x"); a.Code != 403 {
		t.Errorf("an analyst extends: %d", a.Code)
	}
	paul.post(at+"/extend", "reason", "").want(t, 303, at+"?err=extend")
	paul.post(at+"/extend", "reason", "plusieurs registres").want(t, 303, at+"?done=extended")
	paul.post(at+"/extend", "reason", "encore").want(t, 303, at+"?err=invalid")
	paul.get(at).contains(t, "plusieurs registres")
	ana.post(at+"/answer", "state", "answered").want(t, 303, at+"?done=answered")
	ana.post(at+"/answer", "state", "answered").want(t, 303, at+"?err=conflict")
}

// Who says that a message went wrong learns nothing about whom it concerned.
func TestWrongPersonLearnsNothing(t *testing.T) {
	s := newSite(t)
	ana := s.as(t, "ana")
	form := func(kind, message, at string) string {
		return ana.post("/requests", "kind", kind, "message", message, "received_at", at, "text", "Ce n’est pas moi", "reply", "par courrier", "lang", "fr").Location
	}
	for _, x := range []struct{ kind, message, at, want string }{
		{"none", "", "2026-11-20T12:00", "/requests?err=request"},
		{"wrong-person", "", "2099-11-20T12:00", "/requests?err=request"},
		{"wrong-person", "msg_none", "2026-11-20T12:00", "/requests?err=reference"},
	} {
		if got := form(x.kind, x.message, x.at); got != x.want {
			t.Errorf("%s %s: %q, want %q", x.kind, x.message, got, x.want)
		}
	}
	for _, kind := range []string{"wrong-person", "former-partner"} {
		to, _, _ := strings.Cut(form(kind, "msg_3", "2026-11-20T12:00"), "?")
		page := ana.get(to)
		page.contains(t, `id="suspended"`, "tant que nous n’avons pas vérifié")
		draft := page.Body[strings.Index(page.Body, `id="draft"`):]
		draft = draft[:strings.Index(draft, "</div>")]
		for _, secret := range []string{"J0042", "Similo", "ml-orbe", "Orbe", "msg_3"} {
			if strings.Contains(draft, secret) {
				t.Errorf("%s: the draft says %q", kind, secret)
			}
		}
		ana.post(to+"/answer", "state", "answered").want(t, 303, to+"?err=invalid")
		ana.post(to+"/answer", "state", "answered", "outcome", "wrong").want(t, 303, to+"?done=answered")
	}
	s.Pass(40 * 24 * time.Hour)
	s.as(t, "ana").get("/requests").contains(t, "En retard")
}
