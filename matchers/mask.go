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
// not know it hides whole. It is for consoles and samples: masked values are
// still personal data.
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
		return maskEnds(value, len(value)-8, 2)
	case "birth_date":
		if len(value) == len("2006-03-09") {
			return value[:4] + "-••-••"
		}
		return hidden
	case "street":
		return maskStreet(value)
	case "postcode", "birth_commune":
		return maskEnds(value, 2, 0)
	case "sex", "nationality", "country":
		return value // shared by millions
	case "nir", "iban", "card":
		return maskEnds(value, 1, 0)
	}
	return hidden
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

// maskWords shows the first letter of each word.
func maskWords(s string) string {
	var b strings.Builder
	inWord := false
	for _, r := range s {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r)
		switch {
		case letter && !inWord:
			b.WriteRune(r)
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
	host := []rune(s[at+1 : dot])
	box, _ := utf8.DecodeRuneInString(s)
	return string(box) + hidden + "@" + string(host[:min(2, len(host)/2)]) + hidden + s[dot:]
}
