package dump

import (
	"testing"

	"vigie/matchers"
)

// A surname without another goes to people's records as the one of birth, unless
// its header says otherwise: nobody is found without one.
func TestSurnameAloneIsOfBirth(t *testing.T) {
	rows := people(7, 300, ";", "birth_name", "given_names", "date")
	for _, x := range []struct {
		header string
		field  matchers.Field
	}{
		{"Nom;Prénom;Date de naissance\n", matchers.BirthName},
		{"NOM_NAISSANCE;PRENOM;DT_NAISS\n", matchers.BirthName},
		{"NAME;VORNAME;GEBURTSDATUM\n", matchers.BirthName},
		{"a;b;c\n", matchers.BirthName},
		{"", matchers.BirthName},
		{"Nom d'usage;Prénom;Date de naissance\n", matchers.UsageName},
	} {
		n := 0
		for _, r := range records(t, x.header+rows, dictionaries()) {
			if r.Values[x.field] != "" {
				n++
			}
		}
		if n != 300 {
			t.Errorf("%q: %d of 300 rows carry %v", x.header, n, x.field)
		}
	}
}
