package index

import (
	"regexp"
	"strings"
)

var (
	email  = regexp.MustCompile(`[\p{L}\p{N}._%+'-]+@([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+)`)
	iban   = regexp.MustCompile(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b`)
	phone  = regexp.MustCompile(`(?:\+|\b00|\b0|\()[\d(][\d\s().\-/]{7,18}\d`)
	digits = regexp.MustCompile(`\d(?:[ .-]?\d){11,}`) // NIR, payment cards, account numbers
)

// mask hides what leads to a person: the local part of e-mail addresses, phone
// numbers, IBAN and long numbers. The domain of an address stays: it names the
// body concerned. Names are not recognised here; sealed evidence keeps them.
func mask(s string) string {
	s = email.ReplaceAllString(s, "•••@$1")
	s = iban.ReplaceAllString(s, "•••")
	s = digits.ReplaceAllString(s, "•••")
	return phone.ReplaceAllStringFunc(s, func(m string) string {
		n := 0
		for _, r := range m {
			if r >= '0' && r <= '9' {
				n++
			}
		}
		if n < 9 {
			return m
		}
		return "•••" + strings.Repeat(" ", len(m)-len(strings.TrimRight(m, " ")))
	})
}
