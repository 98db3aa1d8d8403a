package lint

import (
	"regexp"
	"slices"
	"strings"
)

// Shapes of values that are never shown: whoever reads over a shoulder must
// learn nothing from a communication.
var (
	ibanShape = regexp.MustCompile(`(?i)\b[a-z]{2}\d{2}(?:[ \x{a0}]?[0-9a-z]{4}){3,7}(?:[ \x{a0}]?[0-9a-z]{1,3})?\b`)
	nirShape  = regexp.MustCompile(`(?i)\b[1-478][ \x{a0}.]?\d{2}[ \x{a0}.]?\d{2}[ \x{a0}.]?(?:\d{2}|2[ab])[ \x{a0}.]?\d{3}[ \x{a0}.]?\d{3}(?:[ \x{a0}.]?\d{2})?\b`)
	cardShape = regexp.MustCompile(`\b\d(?:[ \x{a0}-]?\d){12,18}\b`)
	isContact = re(`délégué|dpo|contact|écri|adresse|courriel|question|officer|write|e-?mail`)
)

// values looks for leaked values: bank accounts, social security numbers,
// cards, and e-mail addresses that are nobody's contact point.
func (c *checker) values(where, text string) {
	if slices.ContainsFunc(ibanShape.FindAllString(text, -1), isIBAN) {
		c.add("value-iban", where, "shows a bank account number")
	}
	if nirShape.MatchString(text) {
		c.add("value-nir", where, "shows a social security number")
	}
	if slices.ContainsFunc(cardShape.FindAllString(text, -1), isCard) {
		c.add("value-card", where, "shows a card number")
	}
	for _, address := range mail.FindAllString(text, -1) {
		known := slices.ContainsFunc(c.o.Contacts, func(k string) bool { return strings.EqualFold(k, address) })
		if !known && (c.o.Contacts != nil || !isContact.MatchString(text)) {
			c.add("value-email", where, "shows an e-mail address that is no contact point")
		}
	}
}

// isIBAN checks ISO 13616: letters become numbers, modulo 97 is 1.
func isIBAN(s string) bool {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "\u00a0", "").Replace(s))
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	rest := 0
	for _, c := range s[4:] + s[:4] {
		switch {
		case c >= '0' && c <= '9':
			rest = (rest*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// isCard checks the Luhn digit.
func isCard(s string) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			continue
		}
		d := int(s[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum, double = sum+d, !double
	}
	return sum%10 == 0
}
