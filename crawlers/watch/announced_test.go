package watch

import (
	"slices"
	"testing"
)

// What strangers write before, behind and around a name: none of these names
// is one of their samples.
func TestAnnouncedByStrangers(t *testing.T) {
	m, _ := shared()
	for _, tt := range []struct {
		title string
		want  []string // nil for none
	}{
		{"Garage de la Mairie, Loudéac", nil},
		{"Bar facing the Mairie de Loudéac", nil},
		{"12 rue de la Mairie de Loudéac", nil},
		{"Ville de Bayeux, ON - payroll", nil},
		{"Ville de Bayeux, paie", []string{"Bayeux"}},
		{"Hôpital Saint-Louis de Ziguinchor", nil},
		{"Administration of Loudéac", []string{"Loudéac"}},
		{"pithiviers[.]fr - mairie", []string{"Pithiviers"}},
		{"Pithiviers (Loiret) mairie - scans", []string{"Pithiviers"}},
		{"4 mairies (Loudéac, Pontivy, Bayeux)", []string{"Loudéac", "Pontivy", "Bayeux"}},
		{"hotels (Loudéac, Pontivy)", nil},
		{"CH Pontivy patients 2021", []string{"Centre hospitalier de Pontivy"}},
		{"CH Pontivy", nil},
		{"EHPAD communal de Bayeux", []string{"EHPAD de Bayeux"}},
		{"VALORNE syndicat déchets 20gb", []string{"VALORNE"}},
		{"Mistral syndicat du crime", nil},
		{"CFDT syndicat énergie", nil},
		{"Мэрия Питивье, Франция", []string{"Pithiviers"}},
		{"Мэрия города Лудеак (Франция)", []string{"Loudéac"}},
		{"Больница Понтиви (Франция)", []string{"Centre hospitalier de Pontivy"}},
		{"Мэрия Бреста", nil},
		{"Мэрия Гродно, Беларусь", nil},
		{"Администрация Орла", nil},
	} {
		hits, refused := m.Match(tt.title, "", "", "")
		var got []string
		for _, h := range hits {
			got = append(got, h.Entity)
		}
		for _, w := range tt.want {
			if !slices.Contains(got, w) {
				t.Errorf("%q: got %q, want %q; refused %v", tt.title, got, w, refused)
			}
		}
		if tt.want == nil && len(got) > 0 {
			t.Errorf("%q: got %+v, want none", tt.title, hits)
		}
	}
}
