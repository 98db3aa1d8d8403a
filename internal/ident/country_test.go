package ident

import "testing"

func TestCountry(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "FR": "FR", "fr": "FR", "FRA": "FR", "FRANCE": "FR", " France ": "FR", "Belgique": "BE", "BELGIUM": "BE", "états-unis": "US", "ETATS UNIS": "US",
		"Royaume-Uni": "GB", "Côte d’Ivoire": "CI", "COTE D'IVOIRE": "CI", "Allemagne": "DE", "Réunion": "RE", "La Réunion": "RE", "Nouvelle-Calédonie": "NC",
		"MAROC": "MA", "Atlantide": "Atlantide", "99100": "99100", "XX": "XX", "ZZZ": "ZZZ",
	} {
		if got := Country(in); got != want {
			t.Errorf("Country(%q) = %q, want %q", in, got, want)
		}
	}
}
