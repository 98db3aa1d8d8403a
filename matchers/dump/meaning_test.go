package dump

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func meanings(l *TableLayout) []string {
	var out []string
	for _, c := range l.Columns {
		out = append(out, c.Meaning)
	}
	return out
}

// Columns are understood without a header, and in spite of a wrong one.
func TestMeaningWithoutHeader(t *testing.T) {
	layouts := [][]string{
		{"row_id", "birth_name", "given_names", "sex", "birth_date", "birth_place", "email", "phone", "street", "postcode", "city"},
		{"email", "password"},
		{"email", "password_hash", "ip"},
		{"full_name", "birth_date", "street", "postcode", "city", "phone"},
		{"given_names", "birth_name", "usage_name", "birth_date", "nationality", "nir"},
		{"birth_name", "given_names", "iban", "card", "date"},
		{"birth_name", "given_names", "birth_date", "birth_commune", "birth_place", "postcode", "city", "country", "free_text"},
		{"date", "birth_name", "given_names", "birth_date", "postcode", "city"},
		{"birth_name", "given_names", "iso_date", "nationality_code", "street", "postcode", "city"},
	}
	for _, columns := range layouts {
		t.Run(strings.Join(columns, ","), func(t *testing.T) {
			text := people(7, 400, ";", columns...)
			l, p := inspect(t, text, dictionaries())
			columns = slices.Clone(columns)
			for i, c := range columns {
				if m, ok := writtenAs[c]; ok {
					columns[i] = m
				}
			}
			if d := cmp.Diff(columns, meanings(l)); d != "" {
				t.Errorf("%s\n%+v", d, l.Columns)
			}
			if l.Dialect.Header || p.Rows != 400 {
				t.Errorf("header %v, rows %d", l.Dialect.Header, p.Rows)
			}
			for i, c := range l.Columns {
				if c.Name != fmt.Sprintf("column_%d", i+1) {
					t.Errorf("a column is called %q", c.Name)
				}
			}
			wrong := strings.Repeat("zzz;", len(columns)-1) + "zzz\n" + text
			l, _ = inspect(t, wrong, dictionaries())
			if d := cmp.Diff(columns, meanings(l)); d != "" {
				t.Errorf("with a header that says nothing: %s", d)
			}
		})
	}
}

// Headers are hints: in many words, and weaker than the values.
func TestHeaders(t *testing.T) {
	for header, want := range map[string]string{
		"Date de naissance": birthDate, "DT_NAISS": birthDate, "dateNaissance": birthDate, "Né(e) le": birthDate, "DOB": birthDate, "date_of_birth": birthDate,
		"NOM_USAGE": usageName, "Nom d'usage": usageName, "NOM_NAISSANCE": birthName, "Nom de jeune fille": birthName, "nom": birthName, "last_name": birthName,
		"PRENOMS": givenNames, "Prénom": givenNames, "firstName": givenNames, "Nom et prénom": fullName, "username": MeaningLogin,
		"Lieu de naissance": birthPlace, "Ville naissance": birthPlace, "Ville": city, "ADR_COMMUNE": city, "ADR_CP": postcode, "Code postal": postcode, "ADR_VOIE": street,
		"TEL_PORTABLE": phone, "Téléphone": phone, "MEL": email, "E-mail": email, "Adresse mail": email, "Adresse": street, "NATIO": nationality, "Nationalité": nationality,
		"N° sécu": nir, "Civilité": sex, "Date d'inscription": MeaningDate, "adresse_ip": MeaningIP, "Mot de passe": MeaningPassword, "N° dossier": MeaningRowID, "xyz": "", "": "",
	} {
		if got := hint(header); got != want {
			t.Errorf("hint(%q) = %q, want %q", header, got, want)
		}
	}
	o := dictionaries()
	l, _ := inspect(t, "email;telephone;nom\n"+people(3, 200, ";", "phone", "email", "birth_date"), o)
	if d := cmp.Diff([]string{phone, email, birthDate}, meanings(l)); d != "" {
		t.Errorf("exchanged headers: %s", d)
	}
	l, _ = inspect(t, "a;b\n"+people(3, 200, ";", "date", "birth_name"), o)
	if d := cmp.Diff([]string{MeaningDate, birthName}, meanings(l)); d != "" {
		t.Errorf("recent dates are no births: %s", d)
	}
}

// A header may hide a person: then it does not become a column's name.
func TestNamesOfColumnsHoldNoPerson(t *testing.T) {
	l, _ := inspect(t, "nom;prenom;LINA;lina@example.org;email\n"+people(3, 50, ";", "birth_name", "given_names", "given_names", "email", "email"), dictionaries())
	var names []string
	for _, c := range l.Columns {
		names = append(names, c.Name)
	}
	if d := cmp.Diff([]string{"nom", "prenom", "column_3", "column_4", "email"}, names); d != "" {
		t.Error(d)
	}
}

// Sentences that speak of a header's words are no header either.
func TestSentencesAreNoHeader(t *testing.T) {
	text, n := proofsInText(rand.New(rand.NewPCG(1, 1)), 50)
	l, p := inspect(t, text, dictionaries())
	if l.Dialect.Header || p.Rows != int64(n) || l.Columns[0].Name != "column_1" || l.Columns[0].Meaning != MeaningText {
		t.Errorf("header %v, %d rows, %+v", l.Dialect.Header, p.Rows, l.Columns)
	}
}

// Large files of many shapes: columns shuffled, thinned out, without header.
func TestMeaningScore(t *testing.T) {
	all := []string{"row_id", "birth_name", "given_names", "sex", "birth_date", "nationality", "email", "phone", "street", "postcode", "city", "country", "nir", "iban", "card", "ip", "password_hash", "free_text"}
	right, n := 0, 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 2))
		columns := append([]string(nil), all...)
		r.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
		columns = columns[:4+r.IntN(10)]
		l, _ := inspect(t, people(seed, 150, []string{",", ";", "\t", "|"}[seed%4], columns...), dictionaries())
		for i, want := range columns {
			n++
			if i < len(l.Columns) && meanings(l)[i] == want {
				right++
			} else if i < len(l.Columns) {
				t.Logf("%s taken for %s in %v", want, l.Columns[i].Meaning, columns)
			}
		}
	}
	// Where one was born and where one lives cannot be told apart by values.
	if score := float64(right) / float64(n); score < 0.95 {
		t.Errorf("%.3f of %d columns understood", score, n)
	}
}

// proofsInText writes sentences with a NIR, an IBAN and a card in the ways
// people write them.
func proofsInText(r *rand.Rand, rows int) (text string, n int) {
	group := func(s string, sizes ...int) string {
		var parts []string
		for _, k := range sizes {
			if k > len(s) {
				k = len(s)
			}
			parts = append(parts, s[:k])
			s = s[k:]
		}
		return strings.TrimSpace(strings.Join(append(parts, s), []string{" ", ".", "-"}[r.IntN(3)]))
	}
	var b strings.Builder
	for i := range rows {
		p := someone(r, i)
		number, account, card := p["nir"], p["iban"], p["card"]
		if r.IntN(2) == 0 {
			number = strings.TrimRight(group(number, 1, 2, 2, 2, 3, 3), " .-")
			account = strings.TrimRight(group(account, 4, 4, 4, 4, 4, 4), " .-")
			card = strings.TrimRight(group(card, 4, 4, 4), " .-")
		}
		fmt.Fprintf(&b, "le dossier de la personne, sécu %s, est suivi;virement sur %s demandé hier par elle au guichet;a payé par carte %s, merci de vérifier le tout\n", number, account, card)
		n++
	}
	return b.String(), n
}

// A column of long numbers passes Luhn now and then; that proves nothing.
func TestLongNumbersAreNoCards(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	var b strings.Builder
	for range 2000 {
		fmt.Fprintf(&b, "4%015d;2%014d;%014d\n", r.Int64N(1e15), r.Int64N(1e14), r.Int64N(1e14))
	}
	_, p := inspect(t, b.String(), Options{})
	for _, c := range p.Present {
		if c.Code == "financial" || c.Code == nir {
			t.Errorf("%d values taken for %s", c.Count, c.Code)
		}
	}
	for _, a := range p.Absent {
		if a.Rows != 2000 || a.LookedFor == "" || a.Recall <= 0 || a.Recall > 1 {
			t.Errorf("absence = %+v", a)
		}
	}
}
