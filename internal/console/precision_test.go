package console_test

import (
	"math"
	"strings"
	"testing"

	. "vigie/internal/console"
)

// The interval is Wilson's: it holds for no error at all, and for few people.
func TestPrecision(t *testing.T) {
	for _, tt := range []struct {
		p                Precision
		share, low, high float64
	}{
		{Precision{Told: 400, Wrong: 1}, .9975, .98599, .99956},
		{Precision{Told: 10}, 1, .72247, 1},
		{Precision{Told: 3, Wrong: 3}, 0, 0, .56150},
		{Precision{}, 1, 0, 1},
	} {
		for what, d := range map[string]float64{"share": tt.p.Share() - tt.share, "low": tt.p.Low() - tt.low, "high": tt.p.High() - tt.high} {
			if math.Abs(d) > 1e-4 {
				t.Errorf("%+v: %s is off by %g", tt.p, what, d)
			}
		}
	}
}

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
