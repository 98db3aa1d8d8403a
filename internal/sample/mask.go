package sample

import (
	"slices"
	"strings"

	"vigie/internal/ident"
)

// Hidden stands where a value was.
const Hidden = "•••"

// Mask hides what leads to a person: the cells of printed rows, the local part
// of e-mail addresses, telephone numbers, IBAN, dates of birth, passwords,
// hashes and long numbers. The domain of an address stays: it names the body
// concerned; so do the names of columns. A person's name outside rows is not
// recognised; sealed evidence keeps the text.
func Mask(text string) string {
	at, numbers := marks(text)
	if !at && numbers < minBirth && !worthwhile(text) {
		return text
	}
	var hide []span
	for _, t := range Find(text) {
		hide = append(hide, t.values...)
	}
	ident.Scan([]byte(text), func(m ident.Mention) {
		switch m.Kind {
		case ident.SIREN, ident.SIRET, ident.VAT, ident.UAI, ident.FINESS, ident.Domain, ident.URL, ident.Email:
		case ident.Phone:
			if m.Start+10 <= len(text) && date(text[m.Start:m.Start+10]) {
				return // a day, and an hour behind it
			}
			fallthrough
		default:
			hide = append(hide, span{m.Start, m.End})
		}
	})
	if at {
		for _, e := range emails(text) {
			hide = append(hide, span{e.from, e.at})
		}
	}
	if numbers >= minPhone {
		hide = append(append(hide, longNumbers(text)...), phonesAndIBAN(text)...)
	}
	return hidden(text, hide)
}

const (
	minPhone = 9 // digits of a telephone number
	minBirth = 4 // digits of a text with a date of birth in words
)

// marks tells whether an at sign stands in a text, and how many digits.
func marks(text string) (at bool, digits int) {
	for i := range len(text) {
		switch c := text[i]; {
		case c == '@':
			at = true
		case c >= '0' && c <= '9':
			digits++
		}
	}
	return at, digits
}

// hidden replaces spans of a text, which may overlap. Of an address in a cell,
// the domain stays.
func hidden(text string, hide []span) string {
	if len(hide) == 0 {
		return text
	}
	slices.SortFunc(hide, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	done := 0
	for i := 0; i < len(hide); {
		s := hide[i]
		for i++; i < len(hide) && hide[i].from < s.to; i++ {
			s.to = max(s.to, hide[i].to)
		}
		b.WriteString(text[done:s.from])
		b.WriteString(Hidden)
		value := text[s.from:s.to]
		if e := emails(value); len(e) == 1 && e[0].from == 0 && e[0].to == len(value) {
			b.WriteString(value[e[0].at:])
		}
		done = s.to
	}
	b.WriteString(text[done:])
	return b.String()
}
