package synth

import (
	"slices"
	"strconv"
	"strings"
)

// recipe is a way in which an export and its typists spoil what is true. The
// two differ in layout, in which errors occur and in how often, so that
// accuracy on one says something about the other.
type recipe struct {
	header []string
	fields []string // of LeakFields, what each column says
	mark   string   // before the header: a byte order mark
	crlf   bool
	spoil  func(*maker, values) []string
}

// columns are the places of the columns of some fields; all for none.
func (r recipe) columns(fields []string) []int {
	var out []int
	for i, f := range r.fields {
		if len(fields) == 0 || slices.Contains(fields, f) {
			out = append(out, i)
		}
	}
	return out
}

var recipes = map[string]recipe{
	"": recipeA, "a": recipeA, "b": recipeB,
}

var recipeA = recipe{
	header: []string{"N° dossier", "Civilité", "Nom", "Prénom", "Date de naissance", "Nationalité", "Email", "Adresse", "Code postal", "Ville", "Téléphone"},
	fields: []string{"file_number", "sex", "names", "names", "birth_date", "nationality", "email", "address", "address", "address", "phone"},
	spoil:  spoilA,
}

var recipeB = recipe{
	header: []string{"ID_JEUNE", "NOM_USAGE", "NOM_NAISSANCE", "PRENOMS", "DT_NAISS", "NATIO", "ADR_VOIE", "ADR_CP", "ADR_COMMUNE", "TEL_PORTABLE", "MEL", "SEXE"},
	fields: []string{"file_number", "names", "names", "names", "birth_date", "nationality", "address", "address", "address", "phone", "email", "sex"},
	mark:   "\ufeff", crlf: true,
	spoil: spoilB,
}

// spoilA is an advisers' software: free typing in mixed case, keyboard slips,
// stale addresses.
func spoilA(m *maker, v values) []string {
	m.moveOn(&v, 0.12, 0.08, 0.07)
	name := v.birthName
	if v.usageName != "" && m.chance(0.7) {
		name = v.usageName
	}
	given := v.given[0]
	if m.chance(0.2) {
		given = strings.Join(v.given, " ")
	}
	if m.chance(0.2) {
		name, given = loosen(m, name), loosen(m, given)
	}
	if m.chance(0.04) {
		name = m.slip(name)
	}
	if m.chance(0.04) {
		given = m.slip(given)
	}
	name, given = m.mixedCase(name, given)
	if m.chance(0.02) {
		name, given = given, name
	}
	if m.chance(0.015) {
		v.born = m.wrongDate(v.born)
	}
	civility := "M."
	if v.sex == "F" {
		civility = pick(m.rng, []string{"Mme", "Mme", "Mme", "Mlle"})
	}
	if m.chance(0.02) {
		v.email = m.slip(v.email)
	}
	street, city := v.street, v.city
	if m.chance(0.3) {
		street = abbreviate(street)
	}
	if m.chance(0.6) {
		street, city = strings.ToUpper(unaccent(street)), strings.ToUpper(unaccent(city))
	}
	if m.chance(0.3) {
		city = looseCity(city)
	}
	if m.chance(0.02) {
		street = m.slip(street)
	}
	if m.chance(0.03) {
		v.postcode = strings.TrimPrefix(v.postcode, "0") // a spreadsheet took it for a number
	}
	out := []string{strconv.Itoa(m.between(1_000_000, 9_999_999)), civility, name, given, frenchDate(v.born), m.nationality(v.nationality),
		v.email, street, v.postcode, city, m.phoneAs(v.phone)}
	for i, p := range []float64{0, 0.05, 0, 0.002, 0.012, 0.10, 0.12, 0.05, 0.03, 0.03, 0.10} {
		if m.chance(p) {
			out[i] = ""
		}
	}
	if out[7] == "" && m.chance(0.6) {
		out[8], out[9] = "", ""
	}
	return out
}

// spoilB is a nightly extract for statistics: capitals, cut fields, names
// written as they sound, dates of which only a part was known.
func spoilB(m *maker, v values) []string {
	m.moveOn(&v, 0.18, 0.15, 0.12)
	birth, usage := v.birthName, v.usageName
	if usage == "" {
		usage = birth
	}
	if m.chance(0.35) {
		birth = "" // not asked for on the form
	}
	given := strings.Join(v.given[:1+m.rng.IntN(len(v.given))], " ")
	if m.chance(0.06) {
		given = initials(given)
	}
	if m.chance(0.06) {
		usage = m.asHeard(usage)
		if birth == v.birthName && m.chance(0.8) {
			birth = usage
		}
	}
	if m.chance(0.06) {
		given = m.asHeard(given)
	}
	if m.chance(0.03) {
		usage = withoutParticle(usage)
	}
	if m.chance(0.03) {
		given = strings.NewReplacer(" ", "", "-", "").Replace(given)
	}
	if m.chance(0.02) {
		v.born = v.born[:4] + "-01-01"
	}
	if m.chance(0.02) {
		v.born = m.wrongDate(v.born)
	}
	capital := func(s string, limit int) string {
		r := []rune(strings.ToUpper(unaccent(s)))
		return strings.TrimSpace(string(r[:min(limit, len(r))]))
	}
	sex := map[string]string{"F": "2", "M": "1"}[v.sex]
	phone := strings.Replace(v.phone, "+33", "0", 1)
	if m.chance(0.1) && phone != "" {
		phone = phone[1:] // a spreadsheet took it for a number
	}
	out := []string{"J" + strconv.Itoa(m.between(100_000, 999_999)), capital(usage, 18), capital(birth, 18), capital(given, 15), v.born,
		isoNationality(v.nationality), capital(v.street, 26), v.postcode, capital(looseCity(v.city), 20), phone, v.email, sex}
	for i, p := range []float64{0, 0, 0, 0.004, 0.02, 0.25, 0.08, 0.05, 0.05, 0.22, 0.25, 0.04} {
		if m.chance(p) {
			out[i] = ""
		}
	}
	return out
}

// moveOn takes a row back in time: an earlier address, e-mail or number.
func (m *maker) moveOn(v *values, address, email, phone float64) {
	if m.chance(address) {
		a := m.newAddress()
		v.street, v.postcode, v.city = a.Street, a.Postcode, a.City
	}
	if v.email != "" && m.chance(email) {
		v.email = emailPart(v.given[0]) + pick(m.rng, []string{"du", "xx", "la", "42"}) + strconv.Itoa(m.between(10, 99_999)) + "@example.net"
	}
	if v.phone != "" && m.chance(phone) {
		v.phone = m.strangerMobile()
	}
}
