package linkage

import (
	"strings"

	"vigie/matchers"
)

// The canonical texts of a record: what an index keeps of a person.
const (
	textBirth = iota
	textUsage
	textGiven
	textFull
	textSex
	textDate
	textEmail
	textPhone
	textStreet
	textPostcode
	textCity
	textPlace
	textCommune
	textNationality
	textNIR
	numTexts
)

type texts [numTexts]string

// memory remembers the canonical texts of the values that one goroutine met
// last: names and towns come again and again.
type memory struct{ surnames, givens, places, codes, nations map[string]string }

const remembered = 1 << 14

func newMemory() *memory {
	return &memory{surnames: map[string]string{}, givens: map[string]string{}, places: map[string]string{}, codes: map[string]string{}, nations: map[string]string{}}
}

// recall is the canonical text of a value, made once.
func recall(known map[string]string, s string, make func(string) string) string {
	if s == "" {
		return ""
	}
	if got, ok := known[s]; ok {
		return got
	}
	if len(known) >= remembered {
		clear(known)
	}
	got := make(s)
	known[strings.Clone(s)] = strings.Clone(got)
	return got
}

// canonical brings a record's values to the one form in which they are
// compared.
func (m *memory) canonical(r *matchers.Record) texts {
	v := &r.Values
	t := texts{
		textBirth:       recall(m.surnames, v[matchers.BirthName], surnameText),
		textUsage:       recall(m.surnames, v[matchers.UsageName], surnameText),
		textGiven:       recall(m.givens, v[matchers.GivenNames], givenText),
		textDate:        cut(v[matchers.BirthDate]),
		textEmail:       emailText(v[matchers.Email]),
		textPhone:       phoneText(v[matchers.Phone]),
		textStreet:      streetText(v[matchers.Street]),
		textPostcode:    recall(m.codes, v[matchers.Postcode], postcodeText),
		textCity:        recall(m.places, v[matchers.City], placeText),
		textPlace:       recall(m.places, v[matchers.BirthPlace], placeText),
		textCommune:     communeText(v[matchers.BirthCommune]),
		textNationality: recall(m.nations, v[matchers.Nationality], nationalityText),
		textNIR:         strings.ReplaceAll(Fold(v[matchers.NIR]), " ", ""),
	}
	if sex := Fold(v[matchers.Sex]); sex != "" {
		switch sex[0] {
		case 'M', 'H', '1':
			t[textSex] = "M"
		case 'F', 'W', '2':
			t[textSex] = "F"
		}
	}
	if t[textBirth] == "" && t[textUsage] == "" && t[textGiven] == "" && v[matchers.FullName] != "" {
		t[textBirth], t[textGiven], t[textFull] = splitFull(v[matchers.FullName])
	}
	return t
}

// splitFull reads one column of names. Where only the surname stands in
// capitals ("DUPONT Jean") the order is plain; else the words stay together.
func splitFull(s string) (surname, givenNames, full string) {
	var upper, mixed []string
	for w := range strings.FieldsSeq(cut(s)) {
		if w == strings.ToUpper(w) && w != strings.ToLower(w) {
			upper = append(upper, w)
		} else {
			mixed = append(mixed, w)
		}
	}
	surname = surnameText(strings.Join(upper, " "))
	if len(surname) > 1 && len(mixed) > 0 {
		if givenNames = givenText(strings.Join(mixed, " ")); givenNames != "" {
			return surname, givenNames, ""
		}
	}
	return "", "", surnameText(s)
}

// reading is one way to understand the names of a record.
type reading struct {
	birth, usage *name
	given        *given
	kind         readingKind
}

type readingKind uint8

const (
	readStraight readingKind = iota
	readSwapped              // surname and given names in each other's column
	readMailed               // read out of an e-mail's local part
	readGuess                // one word that may be either name: speaks only where it agrees
)

// facts are one record ready for comparison. Empty means missing.
type facts struct {
	readings    []reading
	date        date
	sex         byte
	email       string
	local       string
	phone       string
	house       string // number in the street
	street      string // the street without it
	postcode    string
	city        string
	place       string
	commune     string
	nationality string
	nir         string
	hashes      *hashes // of a row: contacts given by their hash
	born        *birthplace
	read        uint8     // of a row: what its NIR said in place of a column
	shares      [3]bitsFx // of a row: log2 of what share others have of its e-mail, phone, address
}

// namer makes names and given names; an index interns them, a row does not.
type namer interface {
	surname(text string) *name
	givenNames(text string) *given
}

// newFacts prepares canonical texts. Rows get more readings of their names
// than registered people, whose columns are trusted.
func newFacts(t *texts, n namer, row bool) facts {
	f := facts{
		date: parseDate(t[textDate]), email: t[textEmail], local: localPart(t[textEmail]),
		phone: t[textPhone], postcode: t[textPostcode], city: t[textCity],
		place: t[textPlace], commune: t[textCommune], nationality: t[textNationality], nir: t[textNIR],
	}
	if isDigest(f.email) || isDigest(f.phone) {
		f.hideHashes(t)
	}
	f.house, f.street = splitStreet(t[textStreet])
	if t[textSex] != "" {
		f.sex = t[textSex][0]
	}
	main := reading{birth: n.surname(t[textBirth]), usage: n.surname(t[textUsage]), given: n.givenNames(t[textGiven])}
	hasName := main.birth != nil || main.usage != nil
	if hasName || main.given != nil {
		f.readings = append(f.readings, main)
	}
	switch {
	case t[textFull] != "":
		f.readings = splits(f.readings, n, t[textFull], readStraight)
	case row && !hasName && main.given == nil:
		f.readings = splits(f.readings, n, localNames(f.email), readMailed)
	case row && main.given == nil:
		f.readings = splits(f.readings, n, firstText(t[textBirth], t[textUsage]), readStraight)
	case row && !hasName:
		f.readings = splits(f.readings, n, strings.ReplaceAll(t[textGiven], "-", " "), readStraight)
	case row:
		f.readings = append(f.readings, reading{
			birth: n.surname(strings.ReplaceAll(t[textGiven], "-", " ")),
			given: n.givenNames(firstText(t[textBirth], t[textUsage])), kind: readSwapped,
		})
	}
	return f
}

// hideHashes puts contacts that are hashes where no comparison of texts meets
// them. In a registry they are none.
func (f *facts) hideHashes(t *texts) {
	f.hashes = hashesOf(t)
	if isDigest(f.email) {
		f.email, f.local = "", ""
	}
	if isDigest(f.phone) {
		f.phone = ""
	}
}

// place1 is the postcode, or the city where there is none.
func (f *facts) place1() string { return firstText(f.postcode, f.city) }

func firstText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// splits reads words as surname and given names in every order and cut.
func splits(rs []reading, n namer, full string, kind readingKind) []reading {
	words := strings.Fields(full)
	if len(words) > 5 {
		words = words[:5]
	}
	for k := 1; k < len(words); k++ {
		head, tail := strings.Join(words[:k], " "), strings.Join(words[k:], " ")
		rs = append(rs,
			reading{birth: n.surname(head), given: n.givenNames(tail), kind: kind},
			reading{birth: n.surname(tail), given: n.givenNames(head), kind: kind})
	}
	if len(words) == 1 {
		rs = append(rs, reading{birth: n.surname(full), kind: readGuess}, reading{given: n.givenNames(full), kind: readGuess})
	}
	return rs
}
