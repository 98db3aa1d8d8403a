package sample

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vigie/internal/ident"
)

// shape is what a cell of a row may be that leads to a person.
type shape uint8

const (
	shapeNone shape = iota
	shapeEmail
	shapePhone
	shapeNumber // NIR, IBAN, INE, card
	shapeDate
	shapeSecret // password hash, token
	shapes
)

// shapeOf looks at one value.
func shapeOf(cell string) shape {
	cell = strings.TrimSpace(cell)
	if at, n := marks(cell); len(cell) < 6 || len(cell) > maxCell || !at && n < 4 {
		return shapeNone
	}
	v := []byte(cell)
	if date(cell) {
		return shapeDate
	}
	d := ident.Examine(v)
	switch {
	case d.Shaped.Has(ident.Email):
		return shapeEmail
	case d.Proved.Has(ident.NIR), d.Proved.Has(ident.IBAN), d.Proved.Has(ident.INE), d.Proved.Has(ident.Card) && len(cell) >= 15:
		return shapeNumber
	case d.Shaped.Has(ident.Phone):
		if _, sure := ident.IsPhone(v); sure || cell[0] == '0' || cell[0] == '+' {
			return shapePhone
		}
	case d.Shaped.Has(ident.NIR) && digitsOf(cell) >= 13:
		return shapeNumber
	}
	if len(cell) >= 20 && ident.IsHash(v) {
		return shapeSecret
	}
	return shapeNone
}

func digitsOf(s string) int { _, n := marks(s); return n }

// date tells a day of the last 130 years or so: 1987-03-12, 12/03/1987.
func date(s string) bool {
	if len(s) > 10 && (s[10] == ' ' || s[10] == 'T') {
		s = s[:10]
	}
	if len(s) != 10 {
		return false
	}
	var year string
	switch {
	case sep(s[4]) && s[7] == s[4]:
		year, s = s[:4], s[5:7]+s[8:]
	case sep(s[2]) && s[5] == s[2]:
		year, s = s[6:], s[:2]+s[3:5]
	default:
		return false
	}
	if _, n := marks(year + s); n != 8 {
		return false
	}
	return year[:2] == "19" || year[:2] == "20"
}

// birth tells a date that is old enough to be one of birth: those of files and
// deadlines are recent. Younger people are found by the name of the column.
func birth(date string) bool {
	for _, year := range strings.FieldsFunc(date, func(r rune) bool { return r == '-' || r == '/' || r == '.' || r == ' ' }) {
		if len(year) == 4 && year < "2018" {
			return true
		}
	}
	return false
}

// shapesIn are the shapes that stand in a cell: of the whole, of its words, of
// numbers with blanks.
func shapesIn(cell string) (found [shapes]bool) {
	if at, n := marks(cell); len(cell) < 6 || len(cell) > 2*maxCell || !at && n < 4 {
		return found
	}
	found[shapeOf(cell)] = true
	for _, w := range strings.Fields(cell) {
		found[shapeOf(w)] = true
	}
	ident.Scan([]byte(cell), func(m ident.Mention) {
		switch m.Kind {
		case ident.Email:
			found[shapeEmail] = true
		case ident.Phone:
			found[shapePhone] = true
		case ident.NIR, ident.IBAN, ident.Card:
			found[shapeNumber] = true
		}
	})
	return found
}

func sep(c byte) bool { return c == '-' || c == '/' || c == '.' }

// columnNames are words by which columns of people are called, folded.
var columnNames = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(`nom prenom prenoms nomnaissance nomusage nomdenaissance nomdusage name firstname lastname fullname surname givenname
		username user login email mail courriel adressemail emailaddress telephone tel phone mobile portable gsm phonenumber adresse address rue ville city
		codepostal cp postcode zip datenaissance datedenaissance naissance birthdate birthday dob dateofbirth nele neele sexe genre gender sex civilite title
		nir numsecu securitesociale numerosecuritesociale secu ssn iban bic rib ine password motdepasse mdp pass hash passwd identifiant id patient eleve
		classe nationalite nationality ip lieunaissance lieudenaissance`) {
		out[w] = true
	}
	return out
}()

// personColumns are those that make rows rows of people, even where no value
// has a shape.
var personColumns = map[string]bool{"nom": true, "prenom": true, "prenoms": true, "firstname": true, "lastname": true, "surname": true, "fullname": true,
	"nomnaissance": true, "nomdenaissance": true, "nomusage": true, "nomdusage": true, "email": true, "mail": true, "courriel": true, "telephone": true, "phone": true,
	"datenaissance": true, "datedenaissance": true, "birthdate": true, "dateofbirth": true, "nir": true, "iban": true, "ine": true, "password": true, "motdepasse": true}

// nameOf folds what may be the name of a column: small letters, nothing else.
func nameOf(cell string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFD.String(cell))
}

// isHeader tells a row of column names: half of its cells, two at least, are
// known, and none has the shape of a value.
func isHeader(cells []string) bool {
	known := 0
	for _, c := range cells {
		if shapeOf(c) != shapeNone {
			return false
		}
		if len(c) <= 40 && columnNames[nameOf(c)] {
			known++
		}
	}
	return known >= 2 && 2*known >= len(cells)
}

// ofPeople tells whether rows lead to people: a column of which half the cells
// have one of the shapes, or a header that says so.
func ofPeople(header []string, rows [][]string) bool {
	named := 0
	for _, h := range header {
		if personColumns[nameOf(h)] {
			named++
		}
	}
	if named >= 2 && len(rows) > 0 {
		return true
	}
	var shaped [maxColumns]int
	for _, r := range rows {
		for i, c := range r {
			if s := shapeOf(c); i < maxColumns && s != shapeNone && (s != shapeDate || birth(c)) {
				shaped[i]++
			}
		}
	}
	for _, n := range shaped {
		if n > 0 && 2*n >= len(rows) {
			return true
		}
	}
	return false
}
