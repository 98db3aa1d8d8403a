package console_test

import (
	"strings"
	"testing"
)

// The incident says what the answers to its messages have shown, and what the
// canaries received.
func TestIncidentShowsPrecision(t *testing.T) {
	a := newSite(t).as(t, "ana").get("/incidents/inc_1")
	for _, want := range []string{`id="precision" data-told="400" data-wrong="1"`, "99,8", "98,6", "erreur de personne", `id="canaries"`} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("the incident lacks %q", want)
		}
	}
}
