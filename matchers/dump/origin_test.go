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

// Half of a dump is recognised in another layout and order, and a keyed sketch
// answers like a plain one.
func TestSketch(t *testing.T) {
	sketch := func(from, to int, layout func(i int) string, header string) *Sketch {
		var b strings.Builder
		b.WriteString(header)
		for i := to - 1; i >= from; i-- {
			b.WriteString(layout(i))
		}
		return report(t, b.String()).Sketch
	}
	letters := func(i int) string { return strings.Map(func(r rune) rune { return r - '0' + 'A' }, fmt.Sprint(i)) }
	person := func(i int) (string, string) { return testSurnames[i%len(testSurnames)], letters(i) }
	a := sketch(0, 20_000, func(i int) string {
		s, g := person(i)
		return fmt.Sprintf("%s;%s;%02d/%02d/%d\n", s, g, 1+i%28, 1+i%12, 1950+i%60)
	}, "nom;prenom;date de naissance\n")
	b := sketch(10_000, 30_000, func(i int) string {
		s, g := person(i)
		return fmt.Sprintf("%d;%d-%02d-%02d;%s;%s\n", i, 1950+i%60, 1+i%12, 1+i%28, strings.ToLower(g), s)
	}, "id;date de naissance;prenom;nom\n")
	share, low, high, n := Overlap(a, b)
	if low > 0.5 || high < 0.5 || high-low > 0.12 || n < 500 {
		t.Errorf("share %.3f, %.3f to %.3f, over %d", share, low, high, n)
	}
	key := func(d []byte) []byte { return append([]byte("k"), d...) }
	if keyed, _, _, _ := Overlap(a.Keyed(key), b.Keyed(key)); keyed != share {
		t.Errorf("keyed: %.3f, plain %.3f", keyed, share)
	}
	if crossed, _, _, _ := Overlap(a.Keyed(key), b); crossed != 0 {
		t.Errorf("without the key: %.3f", crossed)
	}
	if len(a.Items) > sketchSize {
		t.Errorf("%d items", len(a.Items))
	}
}
