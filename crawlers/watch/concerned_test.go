package watch

import (
	"slices"
	"testing"

	"vigie/internal/france"
)

func TestConcerned(t *testing.T) {
	data, err := france.Load()
	if err != nil {
		t.Fatal(err)
	}
	m := New(data,
		Entity{Name: "Orbe Logiciels", Kind: "supplier"},
		Entity{Name: "Orbe Paie", Kind: "software", By: "Orbe Logiciels", Users: []string{"Ville de Saint-Affrique", "Syndicat des trois vallées d'Orbe"}},
		Entity{Name: "Mission Locale du Val d'Orbe", Kind: "mission_locale", Uses: []string{"i-Milo", "orbe paie"}})
	tests := []struct {
		entity string
		want   []Body
		not    string
	}{
		{"Orbe Logiciels", []Body{{Name: "Saint-Affrique", Kind: "commune", Code: "insee:12208"}, {Name: "Mission Locale du Val d'Orbe", Kind: "mission_locale"},
			{Name: "Syndicat des trois vallées d'Orbe", Kind: "syndicate"}}, ""},
		{"I-MILO", []Body{{Kind: "mission_locale"}, {Name: "Mission Locale du Val d'Orbe", Kind: "mission_locale"}}, "Saint-Affrique"},
		{"Lycée Connecté", []Body{{Name: "Nouvelle-Aquitaine", Kind: "region", Code: "insee:75"}}, ""},
		{"Index Éducation", []Body{{Kind: "school"}}, ""}, // by way of Pronote
		{"Acme", nil, "Saint-Affrique"},
	}
	for _, tt := range tests {
		got := m.Concerned(tt.entity)
		for _, w := range tt.want {
			if !slices.ContainsFunc(got, func(b Body) bool {
				return b.Name == w.Name && b.Kind == w.Kind && b.Code == w.Code && b.Why != ""
			}) {
				t.Errorf("%s: no %+v in %+v", tt.entity, w, got)
			}
		}
		if tt.want == nil && len(got) > 0 || tt.not != "" && slices.ContainsFunc(got, func(b Body) bool { return b.Name == tt.not }) {
			t.Errorf("%s: got %+v", tt.entity, got)
		}
	}
}

// Every user that the built-in lists name is one that the matcher knows.
func TestUsersOfBuiltInProductsAreKnown(t *testing.T) {
	m, _ := shared()
	for _, e := range builtin() {
		for _, u := range e.Users {
			if b := m.user(u, e.Name); b.Name != "" && b.Kind == "other" {
				t.Errorf("%s: nobody called %q", e.Name, u)
			}
		}
	}
}
