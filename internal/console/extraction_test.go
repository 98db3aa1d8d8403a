package console_test

import (
	"testing"
	"time"

	"vigie/internal/breach"
)

// TestExtraction walks the page as an analyst does, and then as the controller.
func TestExtraction(t *testing.T) {
	s := newSite(t)
	const path = "/incidents/inc_1/extraction"
	b := s.as(t, "ana")
	b.get("/incidents/inc_1").contains(t, path)
	b.get(path).contains(t, `id="declare"`, "coordonnées")
	b.post(path, "registry", "jeunes").want(t, 303, path+"?err=extraction")
	form := []string{"registry", "jeunes", "as_of", "2026-11-18T09:00", "attested_at", "2026-11-19T10:00", "by", "La directrice", "words", "tout <b>le registre</b>",
		"reference", "courrier 12", "category", "contact", "departed", "tell"}
	for code, want := range map[string]string{"before-history": "extraction-before-history", "nobody-taken": "extraction-nobody-taken", "id": "extraction"} {
		s.Taken.Answer = &breach.RefusedError{Code: code}
		b.post(path, form...).want(t, 303, path+"?err="+want)
	}
	s.Taken.Answer = breach.ErrConflict
	b.post(path, form...).want(t, 303, path+"?err=extraction-late")
	s.Taken.Answer = nil
	b.post(path, form...).want(t, 303, path+"?done=extraction")
	b.post(path, append(form, "ids", "J1\nJ2")...).want(t, 303, path+"?done=extraction")
	if len(s.Taken.Declared) != 2 || len(s.Taken.IDs) != 1 {
		t.Fatalf("declared: %+v, lists %q", s.Taken.Declared, s.Taken.IDs)
	}
	e := s.Taken.Declared[0]
	if e.RecordedBy != "ana" || e.Listed || !e.AsOf.Equal(time.Date(2026, 11, 18, 8, 0, 0, 0, time.UTC)) || e.Departed != breach.DepartedTell || len(e.Categories) != 1 {
		t.Errorf("declared: %+v", e)
	}
	b.get(path).contains(t, `data-count="seen" data-n="60"`, `data-count="nobody" data-n="7"`, `data-outside="3"`, "tout &lt;b&gt;le registre", "La directrice")

	o := s.as(t, "orbe")
	o.get(casePath).contains(t, `data-rows="7" data-open="true"`)
	o.post(casePath+"/nobody", "rows", "7", "decision", "burn", "reason", "x").want(t, 303, casePath+"?err=nobody-rows")
	o.post(casePath+"/nobody", "rows", "6", "decision", "search", "reason", "sauvegardes").want(t, 303, casePath+"?err=conflict")
	o.post(casePath+"/nobody", "rows", "7", "decision", "search", "reason", "sauvegardes").want(t, 303, casePath+"?done=nobody")
	o.get(casePath).contains(t, `data-open="false"`, "sauvegardes")
}
