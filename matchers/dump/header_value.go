package dump

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
)

// A first row of credentials looks like a header: "user:admin123" holds a word
// that headers use. What follows tells values by their form, whatever words
// they hold.

// ofValues tells that the first row is one of values: a cell of it is an
// address, or is made like the values of its column, digits aside, and not
// twice as many are certain names; or it stands over credentials and not all
// are.
func ofValues(header []string, body [][]string) bool {
	values, certain := 0, 0
	for i, h := range header {
		h = strings.TrimSpace(h)
		switch {
		case isURL([]byte(h)) || strings.Contains(h, "://") || isEmail([]byte(h)) || templated(h, columnOf(body, i)):
			values++
		case allNames([]string{h}):
			certain++
		}
	}
	return values > 0 && certain < 2*values+1 || credentials(header, body) && !allNames(header)
}

// templated tells that a text with digits is written like one in ten of the
// values, digits aside, which are not all one value.
func templated(h string, column []string) bool {
	form := mask(h)
	if form == h || isYear(h) {
		return false
	}
	n, others := 0, map[string]bool{}
	for _, v := range column {
		if v != h && mask(v) == form {
			n++
			others[v] = true
		}
	}
	return len(others) > 1 && n*10 >= len(column)
}

// mask writes one sign for every run of digits.
func mask(v string) string {
	var b strings.Builder
	last := false
	for _, r := range v {
		digit := r >= '0' && r <= '9'
		switch {
		case !digit:
			b.WriteRune(r)
		case !last:
			b.WriteByte(0)
		}
		last = digit
	}
	return b.String()
}

// credentials tells a table of two or three columns one of which, not the
// first, holds what looks like passwords.
func credentials(header []string, body [][]string) bool {
	if len(header) < 2 || len(header) > 3 {
		return false
	}
	for i := 1; i < len(header); i++ {
		column, mixed, words := columnOf(body, i), 0, 0
		for _, v := range column {
			switch {
			case strings.ContainsAny(v, " @/") || len(v) < 4 || len(v) > 40 || isValue(v) && len(letters(v)) == 0:
				words++
			case passwordLike(v):
				mixed++
			}
		}
		forms := map[uint64]bool{}
		for _, v := range column {
			forms[shapeOf([]byte(v))] = true
		}
		if len(column) > 0 && words*5 < len(column) && mixed*3 >= len(column) && len(forms) > 2 {
			return true
		}
	}
	return false
}

// allNames tells that every cell is made of words that headers use.
func allNames(header []string) bool {
	for _, h := range header {
		if h = strings.TrimSpace(h); h == "" || hint(h) == "" && !headerWord(h) && !typicalName.MatchString(h) || passwordLike(h) && !typicalName.MatchString(h) && !hashName(h) {
			return false
		}
	}
	return true
}

// typicalName is what programs call columns that nobody named, or that are one
// of several.
var typicalName = regexp.MustCompile(`^(?i:(f|c|v|x|q|t|field|champ|col|colonne|column|spalte|columna|var|variable|attr|attribut|prop|param|val|item|question|rep|reponse|tel|telephone|phone|mobile|portable|fax|adresse|address|addr|adr|ligne|line|ligne_?adr|nom|name|prenom|date|email|e?mail|iban|code|num|numero|montant|prix|note|contact|enfant|option|comp|complement)[ _.-]?([a-z]|[0-9]{1,3}))$`)

// passwordLike tells a text without blanks that mixes letters with digits, or
// with signs that names are not written with.
func passwordLike(v string) bool {
	if strings.ContainsAny(v, " \t") {
		return false
	}
	text := letters(v)
	digits := countDigits([]byte(v))
	return len(text) > 0 && (digits > 0 || strings.ContainsAny(strings.TrimSuffix(v, "?"), "!$*^~?&@=<>\\+"))
}

// letters are those of a text.
func letters(v string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, v)
}

// secretName tells that a header may be a login or a password: letters and
// digits in a mix that names of columns are not written in. A name with digits
// is one if what stands before them is a word that headers use, and none that
// people make passwords of.
func secretName(h string) bool {
	if !passwordLike(h) || typicalName.MatchString(h) {
		return false
	}
	word := strings.TrimRight(h, "0123456789")
	digits := len(h) - len(word)
	word = strings.TrimRight(word, "_-. ")
	switch {
	case strings.ContainsAny(h, "!$*^~&@=<>\\+"):
		return true
	case digits == 0 && bytes.ContainsAny([]byte(h), "0123456789"):
		// md5_password, 2nd_name, h1n1: digits within
		return !strings.Contains(h, "_") || !headerWord(h) && hint(h) == ""
	case digits > 3:
		return !headerWord(word) && hint(word) == "" || secretWord(word)
	case len(word) <= 2:
		return false // x1, T2, Q3
	case countDigits([]byte(word)) > 0 || secretWord(word):
		return true
	}
	return !headerWord(word) && hint(word) == ""
}

// secretWord tells a word that logins and passwords begin with.
func secretWord(w string) bool {
	switch hint(w) {
	case MeaningPassword, MeaningLogin:
		return true
	}
	switch strings.ToLower(w) {
	case "user", "admin", "root", "test", "guest", "pass", "azerty", "qwerty", "soleil", "welcome", "bonjour":
		return true
	}
	return false
}
