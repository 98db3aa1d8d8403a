package dump

import (
	"slices"
	"strings"

	"vigie/internal/breach"
)

// class is a class of data of the CNIL's form. Codes are those of the notification form's classes, or finer where
// the wording of communications is (notify.CategoryClass knows each).
//
// A category is told by the meanings of columns, by what proves itself in any
// value, and by words in running text. Recall is the share of invented values
// that were found, and TestRecall measures it. What was not measured (beliefs,
// union membership, sexual life) or is not looked for at all (biometric and
// genetic data) may be present and is never absent: Unsought lists it.
type class struct {
	code      string
	meanings  []string
	proofs    func(*column) int64  // values that prove themselves, in any column
	mentions  func(Mentions) int64 // texts that speak of it
	lookedFor string
	recall    float64
	said      func([]Column, []*column) int64 // values that say it by their words and their header
}

var classes = []class{
	{"civil_status", []string{birthName, usageName, givenNames, fullName, sex, birthDate, MeaningBirthYear, MeaningBirthMonth, MeaningBirthDay, birthPlace, birthCommune, nationality},
		nil, func(m Mentions) int64 { return max(m.Names, m.Births) },
		"columns of names, sex, birth date, birth place, nationality; given names beside surnames, and dates said to be of birth, in running text", 0.97, nil},
	{nir, []string{nir}, func(c *column) int64 { return c.nir }, func(m Mentions) int64 { return m.NIR },
		"numbers of 15 characters with the structure and the key of a NIR, in every value; columns of 13, and of masked ones", 0.99, nil},
	{"contact", []string{email, phone, MeaningEmailHash, MeaningPhoneHash, street},
		func(c *column) int64 { return c.ats }, func(m Mentions) int64 { return m.Contact },
		"columns of e-mail addresses, phone numbers, postal addresses (a town alone is none); e-mail addresses in every value; both in running text", 0.97, nil},
	{"access", []string{MeaningPassword, MeaningHash, MeaningAnyHash, MeaningLogin, MeaningToken, MeaningIP, MeaningMAC, MeaningUserAgent}, nil, func(m Mentions) int64 { return m.Secrets },
		"columns of passwords, password hashes, log-in names, tokens, IP and MAC addresses; passwords behind their word in running text", 0.98, nil},
	{"financial", []string{MeaningIBAN, MeaningCard, MeaningRIB, MeaningRIBAccount, MeaningAmount},
		func(c *column) int64 { return c.iban + c.card }, func(m Mentions) int64 { return max(m.IBAN, m.Card) },
		"IBAN (mod 97, RIB key) and payment cards (range, Luhn), in every value; columns of account numbers and of amounts", 0.97, nil},
	{"official_document", []string{MeaningIdentityCard, MeaningPassport, MeaningLicence, MeaningTaxNumber}, nil, nil,
		"columns of the numbers of identity cards, passports, driving licences and taxpayers", 0.97, nil},
	{"family", []string{MeaningFamily}, nil, nil,
		"columns of marital status", 0.95, nil},
	{"income", []string{MeaningBenefit, MeaningCAF, MeaningFranceTravail}, nil, func(m Mentions) int64 { return m.Social },
		"columns of social benefits, of numbers of the family allowance fund and of France Travail; words for both in running text", 0.73, nil},
	{"health", []string{MeaningHealth}, nil, func(m Mentions) int64 { return m.Health },
		"columns of illnesses, handicaps, blood groups, ICD-10 codes; words for them in running text", 0.73, nil},
	{"education", []string{MeaningSchool, MeaningINE, MeaningUAI}, nil, nil,
		"columns of schools, of pupils' numbers (INE) and of schools' numbers (UAI)", 0.95, nil},
	{"employment", []string{MeaningEmployer, MeaningOccupation, MeaningSIRET, MeaningSIREN}, nil, nil,
		"columns of employers, occupations, SIREN and SIRET", 0.97, nil},
	{"offence", nil, nil, func(m Mentions) int64 { return m.Crime },
		"words for convictions, detention and probation in running text", 0.66, nil},
	{"location", []string{MeaningLocation}, nil, nil,
		"columns of latitude and longitude", 0.95, nil},
	{code: "union_membership", said: saying(union)},
	{code: "religious_belief", said: saying(religion)},
	{code: "ethnic_origin", said: saying(origin)},
	{code: "sexual_life", said: saying(sexuality)},
	{code: "political_opinion", said: saying(politics)},
}

func saying(b belief) func([]Column, []*column) int64 {
	return func(columns []Column, cols []*column) int64 { return beliefSaid(b, columns, cols) }
}

// unsought are the classes of the form of which nothing was found and of which
// that says nothing.
func unsought(present []breach.Category) []string {
	out := []string{"biometric", "genetic"}
	for _, c := range classes {
		if c.lookedFor == "" && !slices.ContainsFunc(present, func(p breach.Category) bool { return p.Code == c.code }) {
			out = append(out, c.code)
		}
	}
	return out
}

// inDoubt stands for the count of a class that a header names and the values do
// not show: it is neither present nor absent.
const inDoubt = -1

// classesIn says which classes of data are in the tables and in running text,
// and which were looked for in vain.
func classesIn(tables []TableLayout, text Mentions) (present []breach.Category, absent []breach.Absence) {
	present, absent = []breach.Category{}, []breach.Absence{}
	counts, doubted := make([]int64, len(classes)), make([]bool, len(classes))
	rows := text.Texts
	for i := range tables {
		t := &tables[i]
		rows += t.Rows - total(t.Refused)
		for k, n := range t.classes {
			counts[k] += max(n, 0)
			doubted[k] = doubted[k] || n == inDoubt
		}
	}
	for k, c := range classes {
		if c.mentions != nil {
			counts[k] += c.mentions(text)
		}
		if counts[k] > 0 {
			present = append(present, breach.Category{Code: c.code, Count: counts[k]})
		} else if !doubted[k] && c.lookedFor != "" {
			absent = append(absent, breach.Absence{Code: c.code, LookedFor: c.lookedFor, Rows: rows, Recall: c.recall})
		}
	}
	return present, absent
}

// countClasses counts each class in one table.
func countClasses(columns []Column, cols []*column) []int64 {
	said := mentionsOf(columns, cols)
	out := make([]int64, len(classes))
	for k := range classes {
		if out[k] = classes[k].count(columns, cols, said); out[k] == 0 && classes[k].suspected(columns, cols) {
			out[k] = inDoubt
		}
	}
	return out
}

// suspected tells that the header of a column with values names the class. What
// the values plainly are instead does not make the class absent: headers slip.
func (cat *class) suspected(columns []Column, cols []*column) bool {
	for i, c := range columns {
		if c.Filled > 0 && (slices.Contains(cat.meanings, cols[i].hinted(c.Name)) || slices.Contains(cat.meanings, c.Meaning) || cat.code == nir && (c.Damaged != "" && cols[i].roundedNIR() || cols[i].bareNIRs())) {
			return true
		}
	}
	return len(cat.partsIn(columns)) > 0
}

// bareNIRs tells NIR without their keys among other values: of numbers of
// thirteen digits that chance made, one in forty has their form.
func (c *column) bareNIRs() bool {
	return c.has[tThirteen] >= 5 && c.has[tNIRStrict]*5 >= c.has[tThirteen]*4
}

// partsIn is how often each part of an address is filled, one of which alone is
// no way to reach anybody.
func (cat *class) partsIn(columns []Column) (filled []int64) {
	if cat.code != "contact" {
		return nil
	}
	for _, m := range []string{postcode, city, country} {
		n := int64(0)
		for _, c := range columns {
			if c.Meaning == m && c.Damaged == "" {
				n = max(n, c.Filled)
			}
		}
		if n > 0 {
			filled = append(filled, n)
		}
	}
	return filled
}

// heads tells that the header of a column with values says the class in a word,
// whatever codes its values are.
func (cat *class) heads(c Column) bool {
	list := headersOf[cat.code]
	if list == nil || c.Filled == 0 {
		return false
	}
	if cat.code == "employment" && IsRubric(c.Name) {
		return c.Name >= "S21.G00.30" && c.Name < "S21.G00.8" // of one whom the employer declares
	}
	return slices.ContainsFunc(headerWords(c.Name), func(w string) bool {
		w = strings.ToUpper(w)
		return list()[w] || list()[strings.TrimSuffix(w, "S")]
	})
}

// headersOf are words of headers, by class, that nothing else uses.
var headersOf = map[string]func() map[string]bool{
	"employment": wordSet("MATRICULE|AGENT|SALARIE|EMPLOYE|EMPLOYEE|GRADE|ECHELON|SALAIRE|SALARY|FONCTION|EMBAUCHE|ANCIENNETE|AFFECTATION|ROME|FORMATEUR|WAGE|PAYROLL|GEHALT|SALARIO"),
	"education":  wordSet("ELEVE|ETUDIANT|ETU|SCOLARITE|SCOLAIRE|TRIMESTRE|BULLETIN|APPRECIATION|MATH|DIPLOME|FILIERE|MEF|RNE|STUDENT|PUPIL|GRADUATION|SCHOOLING|ENSEIGNEMENT|CURSUS"),
	"offence":    wordSet("NATINF|CONTREVENANT|CONTREVENTION|INFRACTION|ECROU|CONDAMNATION|PEINE|CASIER|DELIT|VERBALISE|SANCTION PENALE|INCARCERATION|DETENU|PRISONER|OFFENCE|OFFENSE|CONVICTION"),
}

// ofMoney tells that decimals are what a person has, earns or owes: a sign of a
// currency or the header says it, or there is no header and they are no marks.
func ofMoney(col Column, c *column) bool {
	bare := col.Name == "" || strings.HasPrefix(col.Name, "column_")
	return c.share(tMoneySign) > 0.3 || c.hinted(col.Name) == MeaningAmount || bare
}

// mentionsOf sums what the columns of running text say. An address of five
// words is no text, and names in it are those of streets.
func mentionsOf(columns []Column, cols []*column) (m Mentions) {
	for i, c := range cols {
		if !slices.Contains([]string{MeaningText, MeaningUnknown, MeaningCode}, columns[i].Meaning) {
			continue
		}
		m.Health += c.spoken(tHealth)
		m.Crime += c.spoken(tCrime)
		if c.text == nil || columns[i].Meaning == MeaningCode {
			continue
		}
		n := c.text.counts
		m.Texts += n.Texts
		m.Names += n.Names
		m.Email += n.Email
		m.Contact += n.Contact
		m.Phone += n.Phone
		m.Health += max(n.Health-c.spoken(tHealth), 0)
		m.Social += n.Social
		m.Crime += max(n.Crime-c.spoken(tCrime), 0)
		m.Births += n.Births
		m.Secrets += n.Secrets
		m.NIR += n.NIR + c.nir
		m.IBAN += c.iban
		m.Card += c.card
	}
	return m
}

// spoken is in how many values a word of a list stands, told by those looked at
// closely: short ones are not read as running text. One alone may be a name.
func (c *column) spoken(t trait) int64 {
	if c.has[t] < 2 && c.looked > 20 {
		return 0
	}
	return int64(c.share(t)*float64(c.filled) + 0.5)
}

// count returns in how many rows a category is surely present: the fullest
// column of it, or what proved itself anywhere, or what running text says.
func (cat *class) count(columns []Column, cols []*column, said Mentions) int64 {
	var n, hits int64
	for i, c := range columns {
		if slices.Contains(cat.meanings, c.Meaning) && c.Damaged == "" && (c.Meaning != MeaningAmount || ofMoney(c, cols[i])) || cat.heads(c) {
			n = max(n, c.Filled)
		}
		if cat.proofs != nil {
			hits += cat.proofs(cols[i])
		}
	}
	if some := cat.partsIn(columns); len(some) > 1 {
		n = max(n, slices.Min(some))
	}
	if cat.said != nil {
		n = max(n, cat.said(columns, cols))
	}
	if n = max(n, hits); cat.mentions != nil {
		n = max(n, cat.mentions(said))
	}
	return n
}
