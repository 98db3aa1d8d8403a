package i18n

import "testing"

func TestBody(t *testing.T) {
	c, err := New(files(`
writes: "%s vous écrit."
at: "Inscrites auprès de %s le %s."
in: "Vol de données à %s : communiqué"
for: "Signé : %s, pour %s."
label: "%s : un courrier vous attend."
alone: "%s"
`, `
writes: "%s is writing to you."
at: "Registered with %s on %s."
in: "Data stolen at %s: statement"
for: "Signed: %s, for %s."
label: "%s: a letter is waiting."
alone: "%s"
`))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		lang, key string
		args      []any
		want      string
	}{
		{French, "writes", []any{Body("Mission Locale du Val d'Orbe")}, "La Mission Locale du Val d'Orbe vous écrit."},
		{French, "writes", []any{Body("Université d'Orbe")}, "L'Université d'Orbe vous écrit."},
		{French, "writes", []any{Body("Orbe Habitat")}, "Orbe Habitat vous écrit."},
		{French, "writes", []any{Body("")}, " vous écrit."},
		{French, "at", []any{Body("Ville de Montrevel"), "1er mars"}, "Inscrites auprès de la Ville de Montrevel le 1er mars."},
		{French, "at", []any{Body("CCAS de Vesle"), "1er mars"}, "Inscrites auprès du CCAS de Vesle le 1er mars."},
		{French, "at", []any{Body("hôpital d'Orbe"), "1er mars"}, "Inscrites auprès de l'hôpital d'Orbe le 1er mars."},
		{French, "at", []any{Body("Orbe Habitat"), "1er mars"}, "Inscrites auprès d'Orbe Habitat le 1er mars."},
		{French, "at", []any{Body("Val Habitat"), "1er mars"}, "Inscrites auprès de Val Habitat le 1er mars."},
		{French, "in", []any{Body("Lycée de l'Orbe")}, "Vol de données au Lycée de l'Orbe : communiqué"},
		{French, "in", []any{Body("Ville de Montrevel")}, "Vol de données à la Ville de Montrevel : communiqué"},
		{French, "for", []any{"Anne Ducal", Body("Département d'Orbe")}, "Signé : Anne Ducal, pour le Département d'Orbe."},
		{French, "for", []any{"Anne\x00 Ducal", Body("Ville\x00 d'Orbe")}, "Signé : Anne Ducal, pour la Ville d'Orbe."},
		{French, "label", []any{Body("Mission Locale du Val")}, "Mission Locale du Val : un courrier vous attend."},
		{French, "alone", []any{Body("Mission Locale du Val")}, "Mission Locale du Val"},
		{French, "alone", []any{"Mission Locale du Val"}, "Mission Locale du Val"},
		{English, "at", []any{Body("CCAS de Vesle"), "1 March"}, "Registered with CCAS de Vesle on 1 March."},
		{"xx", "writes", []any{Body("Ville d'Orbe")}, "La Ville d'Orbe vous écrit."}, // an unknown language is given French
	} {
		if got := c.T(test.lang, test.key, test.args...); got != test.want {
			t.Errorf("%s in %s: %q, want %q", test.key, test.lang, got, test.want)
		}
	}
}
