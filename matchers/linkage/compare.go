package linkage

import "strings"

// compareSurnames returns the best level between two names.
func compareSurnames(row, reg *name) uint8 {
	if row.set == reg.set && row.full == reg.full {
		return surnameExact
	}
	if row.wild || reg.wild {
		if wildEqual(row.full, reg.full) {
			return surnameExact
		}
	} else if len(row.tokens) == 0 && len(reg.tokens) == 0 && unlike(row.set, reg.set) {
		return surnameOff
	}
	if sharesToken(row, reg) {
		return surnamePart
	}
	return closeNames(row.full, reg.full, row.set, reg.set, row)
}

// closeNames tells typing errors of a name from other names alike.
func closeNames(a, b string, setA, setB uint32, row interface{ borne() bool }) uint8 {
	if unlike(setA, setB) {
		return surnameOff
	}
	short := min(len(a), len(b))
	d := distance(a, b, 2)
	if d == 1 && short >= 3 || d == 2 && short >= 7 {
		if row.borne() {
			return surnameNear
		}
		return surnameTypo
	}
	if short >= 4 && winkler(a, b) >= 880 || short >= 3 && d <= 2 && sound(a) == sound(b) {
		return surnameNear
	}
	return surnameOff
}

func sharesToken(a, b *name) bool {
	if len(a.tokens) == 0 && len(b.tokens) == 0 {
		return false
	}
	one := func(n *name) []string {
		if len(n.tokens) == 0 {
			return []string{n.full}
		}
		return n.tokens
	}
	for _, x := range one(a) {
		for _, y := range one(b) {
			if x == y && len(x) > 2 {
				return true
			}
		}
	}
	return false
}

// wildEqual tells whether two names agree where '?' stands for any one or two
// letters.
func wildEqual(a, b string) bool {
	a, b = clip(a), clip(b)
	if strings.Count(a, "?") > 4 || strings.Count(b, "?") > 4 {
		return false
	}
	return wildFrom(a, b)
}

func wildFrom(a, b string) bool {
	for len(a) > 0 && len(b) > 0 {
		if a[0] == '?' || b[0] == '?' {
			return wildFrom(a[1:], b[1:]) ||
				a[0] == '?' && len(b) > 1 && wildFrom(a[1:], b[2:]) ||
				b[0] == '?' && len(a) > 1 && wildFrom(a[2:], b[1:])
		}
		if a[0] != b[0] {
			return false
		}
		a, b = a[1:], b[1:]
	}
	return len(a) == 0 && len(b) == 0
}

// sameToken is equality of two given names, lost letters allowed.
func sameToken(a, b *givenToken) bool {
	return a.set == b.set && a.text == b.text || (a.wild || b.wild) && wildEqual(a.text, b.text)
}

// compareGiven returns the level between given names, and which token of the
// registered person agreed (-1 for none).
func compareGiven(row, reg *given) (uint8, int) {
	a, b := row.tokens, reg.tokens
	if sameToken(&a[0], &b[0]) {
		return sameFirst(a, b), 0
	}
	if sameJoined(a, b) {
		return givenExact, 0
	}
	for i := range b {
		if i > 0 && len(a[0].text) > 2 && sameToken(&a[0], &b[i]) {
			return givenOther, i
		}
	}
	for i := range a {
		if i > 0 && len(b[0].text) > 2 && sameToken(&a[i], &b[0]) {
			return givenOther, 0
		}
	}
	if shortForm(a[0].text, b[0].text) {
		return givenShort, 0
	}
	switch closeNames(a[0].text, b[0].text, a[0].set, b[0].set, &a[0]) {
	case surnameTypo:
		return givenTypo, 0
	case surnameNear:
		return givenNear, 0
	}
	return givenOff, -1
}

// sameFirst grades given names whose first agrees.
func sameFirst(a, b []givenToken) uint8 {
	k := 1
	for k < len(a) && k < len(b) && sameToken(&a[k], &b[k]) {
		k++
	}
	switch {
	case k < len(a) && k < len(b):
		if k == 1 && (a[1].joined || b[1].joined) && !alike(a[1].text, b[1].text) {
			return givenNear // JEAN-PAUL is not JEAN-PIERRE
		}
		return givenClash
	case len(a) != len(b):
		return givenFirst
	case k > 1:
		return givenAll
	}
	return givenExact
}

func alike(a, b string) bool {
	return len(a) == 1 && b[0] == a[0] || len(b) == 1 && a[0] == b[0] || distance(a, b, 1) <= 1
}

// shortForm tells an initial or a beginning of a name, or a usual short form.
func shortForm(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if a[0] == b[0] && (len(a) == 1 || len(a) >= 3 && len(b) > len(a)+1 && b[:len(a)] == a) {
		return true
	}
	for _, long := range nicknames[a] {
		if long == b {
			return true
		}
	}
	return false
}

// nicknames are usual French short forms that are not beginnings.
var nicknames = map[string][]string{
	"MANU": {"EMMANUEL", "EMMANUELLE"}, "MIMI": {"MIREILLE", "MICHELE"}, "NANA": {"NATHALIE"},
	"FRED": {"ALFRED"}, "TONY": {"ANTOINE", "ANTHONY"}, "TOINE": {"ANTOINE"}, "TITI": {"THIERRY"},
	"NICO": {"DOMINICO"}, "MOMO": {"MOHAMED", "MOHAMMED"}, "LISE": {"ELISE", "ELISABETH"},
	"BETTY": {"ELISABETH", "BEATRICE"}, "GUS": {"AUGUSTE", "AUGUSTIN"}, "MAX": {"MAXIME", "MAXENCE"},
	"SANDRA": {"ALEXANDRA"}, "SACHA": {"ALEXANDRE"}, "KIKI": {"CHRISTIAN", "CHRISTINE"},
	"MOHAMED": {"MOHAMMED", "MOHAMMAD", "MOHAMAD", "MUHAMMAD", "MEHMET", "MOUHAMED", "MAMADOU"},
	"MEHDI":   {"ELMEHDI"}, "YOUSSEF": {"YOUCEF", "YUSUF", "YOUSSOUF", "JOSEPH"}, "BOB": {"ROBERT"}, "BILL": {"WILLIAM"},
	"LILI": {"ELISABETH", "LILIANE"}, "JO": {"GEORGES"}, "GIGI": {"GISELE", "GHISLAINE"},
}

func compareEmails(a, b *facts) uint8 {
	switch {
	case a.email == "" || b.email == "":
		return 0
	case a.email == b.email:
		return emailExact
	case a.local == b.local && len(a.local) > 4:
		return emailLocal
	}
	if d := len(a.email) - len(b.email); d <= 2 && d >= -2 && !unlike(letters(a.email), letters(b.email)) && distance(a.email, b.email, 2) <= 2 {
		return emailClose
	}
	return emailOff
}

// comparePhones compares nine digits: one wrong, or two neighbours transposed,
// is close.
func comparePhones(a, b string) uint8 {
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return phoneExact
	case len(a) != len(b):
		return phoneOff
	}
	first, wrong := -1, 0
	for i := range len(a) {
		if a[i] != b[i] {
			if wrong++; wrong > 2 {
				return phoneOff
			}
			if first < 0 {
				first = i
			}
		}
	}
	if wrong == 1 || a[first] == b[first+1] && a[first+1] == b[first] {
		return phoneClose
	}
	return phoneOff
}

func compareAddresses(a, b *facts) uint8 {
	postcode := a.postcode != "" && b.postcode != ""
	city := a.city != "" && b.city != ""
	street := a.street != "" && b.street != ""
	if !postcode && !city && !street {
		return 0
	}
	samePost := postcode && a.postcode == b.postcode
	sameCity := city && (a.city == b.city || len(a.city) > 4 && a.city[0] == b.city[0] && distance(a.city, b.city, 1) <= 1)
	if street && (samePost || sameCity || !postcode && !city) {
		if a.street == b.street && a.house == b.house {
			return addressExact
		}
		if closeStreets(a, b) {
			return addressClose
		}
	}
	switch {
	case samePost:
		return addressPostcode
	case sameCity:
		return addressCity
	case postcode && a.postcode != "" && department(a.postcode) != "" && department(a.postcode) == department(b.postcode):
		if street && a.street == b.street && a.house == b.house && len(a.house)+len(a.street) > 8 {
			return addressClose
		}
		return addressArea
	}
	return addressOff
}

// closeStreets tells a street misspelt or cut short from another street.
func closeStreets(x, y *facts) bool {
	if x.house != y.house && x.house != "" && y.house != "" {
		return false
	}
	a, b := x.street, y.street
	return a == b || distance(a, b, 2) <= 2 || len(a) > 5 && len(b) > 5 && winkler(a, b) >= 920
}

func comparePlaces(a, b *facts) uint8 {
	code := a.commune != "" && b.commune != ""
	text := a.place != "" && b.place != ""
	switch {
	case !code && !text:
		return 0
	case code && a.commune == b.commune, text && a.place == b.place:
		return placeExact
	case code && sameArea(a.commune, b.commune):
		return placeClose
	case text && alikePlaces(a.place, b.place):
		return placeClose
	}
	return placeOff
}

// alikePlaces tells a name misspelt or cut short from another.
func alikePlaces(a, b string) bool {
	return a[0] == b[0] && (distance(a, b, 2) <= 2 && len(a) > 4 || strings.HasPrefix(a, b) || strings.HasPrefix(b, a))
}

// sameArea tells whether two communes lie in one department; abroad, codes
// that start alike say nothing.
func sameArea(a, b string) bool {
	d := department(a)
	return d != "" && d != "99" && d == department(b)
}

func compareNIR(a, b string) uint8 {
	if len(a) > 13 {
		a = a[:13] // the key adds nothing
	}
	if len(b) > 13 {
		b = b[:13]
	}
	switch {
	case a == "" || b == "":
		return 0
	case a == b:
		return nirExact
	case distance(a, b, 1) <= 1:
		return nirClose
	}
	return nirOff
}
