package dump

import (
	"slices"
	"strings"
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

// Where a surname that its header calls one of usage stands first, another
// surname is still the one of birth, however the columns were corrected.
func TestSurnameBesideUsageIsOfBirth(t *testing.T) {
	var rows strings.Builder
	for i, line := range slices.Collect(strings.Lines(people(9, 300, ";", "birth_name", "given_names", "date"))) {
		surname, rest, _ := strings.Cut(line, ";")
		birth := ""
		if i%3 == 0 { // told only of who was born under another name
			birth = surname
		}
		rows.WriteString(surname + ";" + birth + ";" + rest)
	}
	for _, header := range []string{"Married name;Last name;First name;Date of birth\n", "NOM_USAGE;NOM_NAISSANCE;PRENOM;DT_NAISS\n"} {
		n := 0
		for _, r := range records(t, header+rows.String(), dictionaries()) {
			if r.Values[matchers.BirthName] != "" && r.Values[matchers.UsageName] != "" {
				n++
			}
		}
		if n != 100 {
			t.Errorf("%q: %d of 100 rows carry both surnames", header, n)
		}
	}
	tab := &table{hints: []string{usageName, birthName}, out: []Column{{Meaning: usageName}, {Meaning: usageName}}}
	tab.settleSurname()
	if !tab.is(0, usageName) || !tab.is(1, birthName) {
		t.Errorf("two names of usage, one by its header: settled as %s, %s", tab.out[0].Meaning, tab.out[1].Meaning)
	}
}
