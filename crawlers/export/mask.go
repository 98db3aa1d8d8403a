package export

import (
	"regexp"
	"strings"
	"unicode"

	"vigie/internal/sample"
)

const hidden = "•••"

var (
	email  = regexp.MustCompile(`[\pL\pN._%+'-]+@([\pL\pN-]+(?:\.[\pL\pN-]+)+)`)
	iban   = regexp.MustCompile(`\b[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]{4}){2,7}(?: ?[A-Za-z0-9]{1,4})?\b`)
	digits = regexp.MustCompile(`\+?\(?\pN(?:[ .\-/()\x{00a0}\x{202f}]{0,2}\pN){6,}`) // phones, NIR, cards, dates in full
	// A person by civility: "M. DUPONT Jean", "Mme Anne-Marie L'Exemple".
	civil = regexp.MustCompile(`(?i:\b(?:m|mr|mrs|ms|mme|mlle|monsieur|madame|mademoiselle|docteur|dr|maître|me)\b\.?)((?:[ \x{00a0}]+\p{Lu}[\pL'’.-]*){1,4})`)
)

// maxTitle is how many characters of a title leave.
const maxTitle = 200

// Mask hides what leads to a person: e-mail addresses but for their domain,
// long numbers and dates, IBAN, names after a civility; and what could break a
// line or a screen.
func Mask(s string) string {
	s = sample.Mask(s)
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = email.ReplaceAllString(s, hidden+"@$1")
	s = iban.ReplaceAllString(s, hidden)
	s = digits.ReplaceAllString(s, hidden)
	s = civil.ReplaceAllStringFunc(s, func(m string) string {
		return m[:strings.IndexAny(m, " \u00a0")] + " " + hidden
	})
	if r := []rune(s); len(r) > maxTitle {
		s = string(r[:maxTitle]) + "…"
	}
	return strings.TrimSpace(s)
}
