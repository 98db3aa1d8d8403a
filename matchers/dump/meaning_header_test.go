package dump

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"vigie/internal/breach"
)

// tableOf writes rows that a function fills.
func tableOf(header string, n int, row func(i int) string) string {
	var b strings.Builder
	b.WriteString(header + "\n")
	for i := range n {
		b.WriteString(row(i) + "\n")
	}
	return b.String()
}

func isAbsent(p breach.Profile, code string) bool {
	for _, a := range p.Absent {
		if a.Code == code {
			return true
		}
	}
	return false
}

func presentRows(p breach.Profile, code string) int64 {
	for _, c := range p.Present {
		if c.Code == code {
			return c.Count
		}
	}
	return 0
}

var testLogins = []string{"jean.dupont", "lina.martin", "karim.benali", "zoe.legoff", "marie.durand", "paul.moreau", "ines.robert", "hugo.petit", "nora.simon", "leo.michel"}

// Few passwords for many people, or one for all, are passwords still.
func TestHeaderNamesSecrets(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
		class      string
		rows       int64
	}{
		{"one for all", tableOf("identifiant;mot_de_passe;nom", 60, func(i int) string {
			return fmt.Sprintf("%s%d;Mairie2024!;%s", testLogins[i%10][:6], i, testSurnames[i%len(testSurnames)])
		}), []string{MeaningLogin, MeaningPassword, birthName}, "access", 60},
		{"three defaults", tableOf("login;password", 60, func(i int) string {
			return testLogins[i%10] + ";" + []string{"Changeme1", "Bienvenue1", "azerty"}[i%3]
		}), []string{MeaningLogin, MeaningPassword}, "access", 60},
		{"thirteen", tableOf("Username;Password", 60, func(i int) string { return fmt.Sprintf("user%d;Secret%d", i, i%13) }), []string{MeaningLogin, MeaningPassword}, "access", 60},
		{"digits", tableOf("login;pwd", 60, func(i int) string { return fmt.Sprintf("u%d;%06d", i*7, i*i*977%1000000) }), []string{MeaningLogin, MeaningPassword}, "access", 60},
		{"health said by yes and no", tableOf("dossier;handicap", 60, func(i int) string { return fmt.Sprintf("D%d;%s", i, []string{"oui", "non", "non"}[i%3]) }), []string{MeaningRowID, MeaningHealth}, "health", 60},
		{"benefit by code", tableOf("dossier;prestation", 60, func(i int) string { return fmt.Sprintf("D%d;%s", i, []string{"P1", "P2", "P3"}[i%3]) }), []string{MeaningRowID, MeaningBenefit}, "income", 60},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, p := inspect(t, tt.text, dictionaries())
			if d := cmp.Diff(tt.want, meanings(l)); d != "" {
				t.Error(d)
			}
			if got := presentRows(p, tt.class); got != tt.rows || isAbsent(p, tt.class) {
				t.Errorf("%s in %d rows, absent %v", tt.class, got, isAbsent(p, tt.class))
			}
		})
	}
}

// What the values plainly are stands against the header; but then nothing is
// said of the class that the header names.
func TestHeaderAgainstValues(t *testing.T) {
	tests := []struct{ name, text, want, class string }{
		{"dates called a password", tableOf("x;mot_de_passe", 60, func(i int) string { return fmt.Sprintf("a%d;%02d/%02d/2023", i, i%28+1, i%12+1) }), MeaningDate, "access"},
		{"flags called a password", tableOf("x;password", 60, func(i int) string { return fmt.Sprintf("a%d;%d", i, i%2) }), MeaningBoolean, "access"},
		{"words called a NIR", tableOf("x;nir", 60, func(i int) string { return fmt.Sprintf("a%d;%s", i, []string{"transmis", "manquant"}[i%2]) }), MeaningCode, "nir"},
	}
	for _, tt := range tests {
		l, p := inspect(t, tt.text, dictionaries())
		if got := l.Columns[1].Meaning; got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
		if n := presentRows(p, tt.class); n > 0 || isAbsent(p, tt.class) {
			t.Errorf("%s: %s in %d rows, absent %v", tt.name, tt.class, n, isAbsent(p, tt.class))
		}
	}
	l, _ := inspect(t, tableOf("identifiant;nom", 60, func(i int) string { return fmt.Sprintf("%d;%s", i+1, testSurnames[i%len(testSurnames)]) }), dictionaries())
	if got := l.Columns[0].Meaning; got != MeaningRowID {
		t.Errorf("numbers called identifiant: %s", got)
	}
}

// A name with a dot is no host.
func TestLoginIsNoURL(t *testing.T) {
	for v, want := range map[string]bool{"jean.dupont": false, "a.b.martin": false, "mairie.fr": true, "sub.example.org": true, "service.gouv": true, "le-goff.zoe": false} {
		if got := endsAsDomain([]byte(v)); got != want {
			t.Errorf("endsAsDomain(%q) = %v", v, got)
		}
	}
	l, _ := inspect(t, tableOf("a;b", 60, func(i int) string { return testLogins[i%10] + fmt.Sprintf(";%d", i) }), dictionaries())
	if got := l.Columns[0].Meaning; got == MeaningURL {
		t.Errorf("logins are %s", got)
	}
}

// The names of another than the person are no names of the person.
func TestMothersNameIsNoUsageName(t *testing.T) {
	l, _ := inspect(t, tableOf("GivenName;Surname;MothersMaiden", 80, func(i int) string {
		return testGiven[i%len(testGiven)] + ";" + testSurnames[i%len(testSurnames)] + ";" + testSurnames[(i*7+3)%len(testSurnames)]
	}), dictionaries())
	if got := l.Columns[2].Meaning; got != MeaningUnknown {
		t.Errorf("a mother's name is %s", got)
	}
}
