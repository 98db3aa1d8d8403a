package dump

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// Invented people for tests, and dictionaries that know most of their names.
var (
	testGiven    = []string{"LINA", "OMAR", "YANN", "ZOE", "MARIE", "PAUL", "AICHA", "JEAN", "CLAIRE", "HUGO", "EMMA", "LOUIS", "NADIA", "KARIM", "ELISE", "MARTIN", "NOE", "INES", "ADAM", "JADE"}
	testSurnames = []string{"MARTINEAU", "LEGOFF", "NGUESSAN", "DUBREUIL", "MARTIN", "BENSALEM", "PETITJEAN", "ROUSSELIN", "FERRAND", "DIALLO", "TRAN", "LOPEZ", "GARNIERE", "MOREAUX", "HENRY", "VASSEUR", "KONATE", "AUBRY", "COLLETTE", "MEUNIER"}
	testCommunes = []string{"ORBEVILLE", "VAL D'ORBE", "SAINT-ORBE", "ELUVILLE", "AUTREVILLE", "MONTORBE", "PORT-ORBE", "LES ORBES"}
)

func dictionary(words []string) func(string) float64 {
	known := map[string]float64{}
	for i, w := range words {
		known[w] = 0.01 / float64(i+1)
	}
	return func(w string) float64 { return known[w] }
}

func dictionaries() Options {
	return Options{
		GivenName: dictionary(testGiven), Surname: dictionary(testSurnames), Now: today,
		Commune: func(name string) bool {
			for _, c := range testCommunes {
				if c == name {
					return true
				}
			}
			return false
		},
	}
}

// someone invents the values of a person, by meaning.
func someone(r *rand.Rand, i int) map[string]string {
	pick := func(words []string) string { return words[r.IntN(len(words))] }
	title := func(s string) string { return s[:1] + strings.ToLower(s[1:]) }
	given, surname := title(pick(testGiven)), pick(testSurnames)
	y, m, d := 1940+r.IntN(80), 1+r.IntN(12), 1+r.IntN(28)
	usage := ""
	if r.IntN(3) == 0 {
		usage = pick(testSurnames)
	}
	dept := 10 + r.IntN(80)
	return map[string]string{
		"row_id": fmt.Sprint(100_000 + i), "birth_name": surname, "usage_name": usage, "given_names": given,
		"full_name": surname + " " + given, "sex": []string{"M", "F"}[r.IntN(2)],
		"birth_date": fmt.Sprintf("%02d/%02d/%04d", d, m, y), "birth_place": pick(testCommunes),
		"birth_commune": fmt.Sprintf("%02d%03d", dept, 1+r.IntN(899)), "nationality": []string{"Française", "Française", "Marocaine", "Portugaise"}[r.IntN(4)],
		"email":  strings.ToLower(given) + "." + fmt.Sprint(r.IntN(10000)) + "@example.org",
		"phone":  fmt.Sprintf("06 39 98 %02d %02d", r.IntN(100), r.IntN(100)),
		"street": fmt.Sprintf("%d rue des %s", 1+r.IntN(99), []string{"Lilas", "Orbes", "Écoles", "Prés verts"}[r.IntN(4)]), "postcode": fmt.Sprintf("%02d%02d0", dept, r.IntN(100)),
		"city": pick(testCommunes), "country": []string{"France", "France", "FR", "Belgique"}[r.IntN(4)],
		"nir":  nirOf(fmt.Sprintf("%d%02d%02d%02d990%03d", 1+r.IntN(2), y%100, m, dept, 1+r.IntN(998))),
		"iban": ibanOf(r.IntN(1e9)), "card": cardOf(r.IntN(1e9)), "ip": fmt.Sprintf("192.0.2.%d", r.IntN(256)),
		"password": fmt.Sprintf("%s%d!", strings.ToLower(pick(testGiven)), r.IntN(1e5)), "password_hash": fmt.Sprintf("%016x%016x", r.Uint64(), r.Uint64()),
		"date":     fmt.Sprintf("%02d/%02d/%04d", 1+r.IntN(28), 1+r.IntN(12), 2018+r.IntN(8)),
		"iso_date": fmt.Sprintf("%04d-%02d-%02d", y, m, d), "nationality_code": []string{"FR", "FR", "MA", "PT"}[r.IntN(4)],
		"free_text": "a appelé pour dire que le dossier de " + given + " est en retard de deux mois",
	}
}

// writtenAs are other ways to write a meaning.
var writtenAs = map[string]string{"iso_date": "birth_date", "nationality_code": "nationality"}

// people writes a file of invented people with the given columns.
func people(seed uint64, n int, delim string, columns ...string) string {
	r := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for i := range n {
		p := someone(r, i)
		for j, c := range columns {
			if j > 0 {
				b.WriteString(delim)
			}
			b.WriteString(p[c])
		}
		b.WriteByte('\n')
	}
	return b.String()
}
