package dump

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func report(t *testing.T, text string) *Report {
	t.Helper()
	_, r, err := engine(dictionaries()).Inspect(context.Background(), Bytes(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOwners(t *testing.T) {
	var b strings.Builder
	b.WriteString("N° dossier;Nom;Prénom;Courriel;Établissement\n")
	for i := range 60 {
		fmt.Fprintf(&b, "%d;LEMAIRE;Sacha;s%d@ml-orbe.example;0340001%s\n", i, i, uaiKey("0340001"))
	}
	r := report(t, b.String())
	known := []Known{
		{ID: "youth", Headers: []string{"n_dossier", "NOM", "prenom", "Courriel", "etablissement"}, Domains: []string{"ml-orbe.example"}},
		{ID: "births", Headers: []string{"nom", "acte", "mention"}},
	}
	owners := Owners(r.Clues, known)
	if len(owners) < 2 || owners[0].Registry != "youth" || owners[0].Score < 0.9 || !strings.Contains(owners[0].Why, "5 of its 5 columns") {
		t.Errorf("%+v", owners)
	}
	found := false
	for _, o := range owners[1:] {
		found = found || strings.HasPrefix(o.Registry, "uai:0340001")
		if o.Registry == "births" {
			t.Errorf("a registry that shares one column: %+v", o)
		}
	}
	if !found {
		t.Errorf("the institution's code is not told: %+v", owners)
	}
	if few := report(t, leak).Clues; len(few.Counts) != 0 {
		t.Errorf("values of few rows are told: %+v", few.Counts)
	}
}

// uaiKey is the key letter of a school's number: modulo 23 over letters without
// i, o, q (Éducation nationale, RNE).
func uaiKey(digits string) string {
	n := 0
	for _, c := range digits {
		n = (n*10 + int(c-'0')) % 23
	}
	return string("abcdefghjklmnprstuvwxyz"[n])
}

// Rows of people agree with themselves; rows whose columns were drawn apart do
// not, and the report says which.
func TestAuthenticity(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	rows := func(forged bool) string {
		var b strings.Builder
		b.WriteString("nom;prenom;sexe;date_naissance;nir;email\n")
		for i := range 400 {
			p := [2]int{rng.IntN(2), rng.IntN(2)}
			if !forged {
				p[1] = p[0]
			}
			year, month := 1950+rng.IntN(50), 1+rng.IntN(12)
			nirYear := year
			if forged {
				nirYear = 1950 + rng.IntN(50)
			}
			body := fmt.Sprintf("%d%02d%02d34172%03d", 1+p[0], nirYear%100, month, 1+rng.IntN(900))
			var n int64
			_, _ = fmt.Sscan(body, &n)
			name := testSurnames[i%len(testSurnames)]
			local := strings.ToLower(name)
			if forged {
				local = "zz"
			}
			fmt.Fprintf(&b, "%s;Sacha;%s;%02d/%02d/%d;%s%02d;%s%d@mail.example.fr\n", name, []string{"M", "F"}[p[1]],
				1+rng.IntN(28), month, year, body, 97-n%97, local, i)
		}
		return b.String()
	}
	good, bad := report(t, rows(false)).Authentic, report(t, rows(true)).Authentic
	if good.Score < 0.95 {
		t.Errorf("sound rows: %+v", good)
	}
	suspects := map[string]bool{}
	for _, r := range bad.Reasons {
		suspects[r.Code] = r.Suspect
	}
	if bad.Score > 0.3 || !suspects["nir-sex"] || !suspects["nir-birth"] || !suspects["email-name"] || suspects["nir-key"] {
		t.Errorf("forged rows: %+v", bad)
	}
}
