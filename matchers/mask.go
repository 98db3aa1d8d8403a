package matchers

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// hidden stands for whatever is not shown, always at the same length, so that
// lengths do not tell either.
const hidden = "•••"

// Mask shows enough of a value to compare two of them by eye, and not the
// value. The field is a Field's name or any other column meaning; what it does
// not know it hides whole, and what is not what its column says it is. It is for
// consoles and samples: masked values are still personal data.
func Mask(field, value string) string {
	value = strings.TrimSpace(value)
	if value == "" {
		return ""
	}
	switch field {
	case "birth_name", "usage_name", "given_names", "full_name", "city", "birth_place":
		return maskWords(value)
	case "email":
		return maskEmail(value)
	case "phone":
		if strings.Trim(value, "+0123456789 .-/()") != "" {
			return hidden
		}
		return maskEnds(value, len(value)-8, 2)
	case "birth_date":
		return maskDate(value)
	case "street":
		return maskStreet(value)
	case "postcode", "birth_commune":
		return maskNumber(value, 2)
	case "nir", "card":
		return maskNumber(value, 1)
	case "iban":
		return maskEnds(value, 1, 0)
	case "sex", "boolean", "nationality", "country", "department": // shared by many
		return plain(field, value)
	}
	return hidden
}

// plain shows a value that many share, if it is one: what slipped into its
// column from another may be a name.
func plain(field, value string) string {
	word := strings.Trim(strings.ToLower(value), " .")
	switch {
	case field == "sex" && strings.Contains("|1|2|m|f|h|g|mr|mrs|ms|mme|mlle|monsieur|madame|mademoiselle|homme|femme|garçon|fille|masculin|féminin|feminin|masc|fem|male|female|man|woman|mann|frau|herr|x|w|d|", "|"+word+"|"),
		field == "boolean" && strings.Contains("|0|1|o|n|y|t|f|oui|non|yes|no|true|false|vrai|faux|on|off|ja|nein|si|", "|"+word+"|"),
		field == "department" && len(value) <= 3 && isDigit(value[0]),
		(field == "nationality" || field == "country" || field == "department") && utf8.RuneCountInString(value) <= 32 && isWords(value):
		return value
	}
	return hidden
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func isWords(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !strings.ContainsRune(" -'’()&,.", r) }) < 0
}

// maskDate shows the year, written with four digits anywhere in the date, and
// nothing where that is not the whole of what it shows: 2009-••-••.
func maskDate(s string) string {
	year := ""
	for _, run := range strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		switch {
		case len(run) == 8 && len(s) == 8 && isYear(run[:4]) && run[4:6] <= "12":
			run = run[:4]
		case len(run) == 8 && len(s) == 8 && isYear(run[4:]):
			run = run[4:]
		}
		switch {
		case len(run) == 4 && isYear(run) && year == "":
			year = run
		case len(run) > 3:
			return hidden
		}
	}
	if year == "" || utf8.RuneCountInString(s) > 40 || s == year {
		return hidden
	}
	return year + "-••-••"
}

func isYear(s string) bool { return s >= "1850" && s <= "2099" }

// maskNumber shows that many digits at the beginning.
func maskNumber(s string, head int) string {
	for i := range min(head, len(s)) {
		if !isDigit(s[i]) && (i != 1 || s[i] != 'A' && s[i] != 'B') {
			return hidden
		}
	}
	return maskEnds(s, head, 0)
}

// maskEnds shows that many bytes at the beginning and at the end, if half of
// the value stays hidden.
func maskEnds(s string, head, tail int) string {
	if head < 0 || !isASCII(s) || (head+tail)*2 > len(s) {
		return hidden
	}
	return s[:head] + hidden + s[len(s)-tail:]
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// maskWords shows the first letter of each word, and no digit.
func maskWords(s string) string {
	var b strings.Builder
	inWord := false
	for _, r := range s {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		switch {
		case letter && !inWord:
			if !unicode.IsDigit(r) {
				b.WriteRune(r)
			}
			b.WriteString(hidden)
		case !letter && (r == ' ' || r == '-' || r == '\'' || r == '’'):
			b.WriteRune(r)
		}
		inWord = letter
	}
	return b.String()
}

// maskStreet hides the number and shows the first letters.
func maskStreet(s string) string {
	words := strings.Fields(s)
	for i, w := range words {
		if strings.ContainsAny(w, "0123456789") {
			words[i] = "•"
			continue
		}
		words[i] = maskWords(w)
	}
	return strings.Join(words, " ")
}

// maskEmail shows the first letter of the mailbox, the first two of the host
// and the top-level domain: l•••@ex•••.org.
func maskEmail(s string) string {
	at := strings.LastIndexByte(s, '@')
	dot := strings.LastIndexByte(s, '.')
	if at < 1 || dot < at {
		return hidden
	}
	if end := s[dot+1:]; len(end) < 2 || len(end) > 12 || !isWords(end) || strings.ContainsAny(s, " <>") {
		return hidden
	}
	host := []rune(s[at+1 : dot])
	box, _ := utf8.DecodeRuneInString(s)
	return string(box) + hidden + "@" + string(host[:min(2, len(host)/2)]) + hidden + s[dot:]
}
