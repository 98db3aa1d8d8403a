package console_test

import (
	"strings"
	"testing"
	"time"
)

// The lane shows what is exposed and never a value, a person takes an entry by
// name, and only their written word settles it.
func TestDangerLane(t *testing.T) {
	s := newSite(t)
	ana, paul := s.as(t, "ana"), s.as(t, "paul")
	const lane, entry = "/incidents/inc_1/lane", "/incidents/inc_1/lane/danger/dng_1"
	ana.get(lane).contains(t, `id="holds"`, `data-danger="1"`, `data-field="address" data-exposed="present"`, `data-exposed="older"`, "en relecture", "Reste ")
	// Whoever looks at the console in the night sees it before anything else.
	for _, first := range []string{"/", "/incidents/inc_1"} {
		ana.get(first).contains(t, `data-first="1"`, `href="`+lane+`"`, "Reste ")
	}
	if a := s.as(t, "rose").get("/"); strings.Contains(a.Body, "data-first") {
		t.Error("somebody who may not open the lane is sent there")
	}
	try := func(outcome, note string) string {
		return strings.TrimPrefix(ana.post(entry+"/attempt", "means", "lawyer", "outcome", outcome, "note", note).Location, lane+"?")
	}
	if got := try("reached", "x"); got != "err=conflict" {
		t.Errorf("an attempt on an entry nobody took: %q", got)
	}
	ana.post(entry+"/reach", "reason", "appeler").want(t, 303, lane+"?err=forbidden")
	ana.post(entry+"/take").want(t, 303, lane+"?done=taken")
	for _, x := range []struct{ outcome, note, want string }{
		{"", "x", "err=attempt"}, {"sent", "x", "err=attempt"}, {"no-answer", "", "err=attempt"},
		{"no-answer", "appel au +33 6 39 98 12 34", "done=attempt"},
	} {
		if got := try(x.outcome, x.note); got != x.want {
			t.Errorf("attempt %q %q: %q, want %q", x.outcome, x.note, got, x.want)
		}
	}
	page := ana.get(lane)
	page.contains(t, `id="holds"`, `data-danger="1"`, "avocat")
	if strings.Contains(page.Body, "39 98") {
		t.Error("the number in the note is shown")
	}
	ana.post(entry+"/reach", "reason", "").want(t, 303, lane+"?err=reason")
	shown := ana.post(entry+"/reach", "reason", "la prévenir ce soir")
	shown.contains(t, `id="reach"`, "aucun moyen marqué sûr")
	if strings.Contains(shown.Body, "lvq@courriel") {
		t.Error("a mailbox that is not marked safe is shown")
	}
	audited := false
	for _, e := range s.Events {
		audited = audited || e.Action == "danger.reach" && strings.Contains(e.Detail, "dng_1")
	}
	if !audited {
		t.Error("looking up how to reach somebody is not audited")
	}
	if a := paul.get(lane); strings.Contains(a.Body, `/attempt"`) {
		t.Error("somebody else may settle what ana took")
	}
	if got := try("domicile", "l’avocate a rappelé"); got != "done=attempt" {
		t.Errorf("settling: %q", got)
	}
	if a := ana.get("/"); strings.Contains(a.Body, "data-first") {
		t.Error("nobody is left to be reached, and the home page says so")
	}
	after := ana.get(lane)
	after.contains(t, `data-danger="0"`, "domicile élu joint")
	if strings.Contains(after.Body, `id="holds"`) {
		t.Error("the lane still holds the public back")
	}
	if got := try("reached", "encore"); got != "err=conflict" {
		t.Errorf("settling again: %q", got)
	}
}

func TestDangerIsOverriddenInWritingByAnApprover(t *testing.T) {
	s := newSite(t)
	const lane = "/incidents/inc_1/lane"
	if a := s.as(t, "ana").get(lane); strings.Contains(a.Body, `id="override"`) {
		t.Error("an analyst is offered the override")
	}
	s.Pass(time.Hour)
	paul := s.as(t, "paul")
	paul.get(lane).contains(t, `id="override"`, `left late`)
	paul.post(lane+"/override", "reason", " ").want(t, 303, lane+"?err=reason")
	paul.post(lane+"/override", "reason", "elle est à l’étranger, son avocat prévient").want(t, 303, lane+"?done=overridden")
	page := paul.get(lane)
	page.contains(t, `data-override="paul"`, "son avocat prévient", `data-danger="1"`)
	if strings.Contains(page.Body, `id="holds"`) {
		t.Error("overridden, and still held")
	}
}
