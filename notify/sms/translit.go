package sms

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"vigie/internal/breach"
)

// Policy says what becomes of characters outside the GSM-7 alphabet.
type Policy int

// Transliterate writes ê as e and œ as oe, so that one ç does not triple the
// price; letters that GSM-7 has, such as é è à ù, stay. Preserve sends the
// text as it is, in UCS-2 if need be.
const (
	Transliterate Policy = iota
	Preserve
)

// spelled holds what does not come apart into a letter and an accent.
var spelled = map[rune]string{
	'œ': "oe", 'Œ': "OE", 'ÿ': "y", 'Ÿ': "Y", '’': "'", '‘': "'", 'ʼ': "'", '“': `"`, '”': `"`, '„': `"`,
	'«': `"`, '»': `"`, '–': "-", '—': "-", '‑': "-", '−': "-", '…': "...", '•': "-", '·': ".", '×': "x",
	'°': "o", 'º': "o", 'ª': "a", '™': "TM", '©': "(c)", '®': "(r)", 'ł': "l", 'Ł': "L", 'đ': "d", 'Đ': "D", 'ı': "i",
	'\u00a0': " ", '\u202f': " ", '\u2009': " ", '\t': " ", '\u200b': "", '\u00ad': "", '\ufeff': "",
}

// Prepare applies a policy. Nothing is ever replaced by a question mark: a
// character that cannot be written refuses the text with code
// "unsupported-character"; the hint names its code point.
func Prepare(text string, p Policy) (string, error) {
	if p == Preserve {
		return text, nil
	}
	var b strings.Builder
	for _, c := range norm.NFC.String(text) {
		s, ok := write(c)
		if !ok {
			return "", &breach.RefusedError{Code: "unsupported-character", What: "SMS text",
				Hint: fmt.Sprintf("U+%04X has no GSM-7 spelling: reword, or send with the policy preserve", c)}
		}
		b.WriteString(s)
	}
	return b.String(), nil
}

func write(c rune) (string, bool) {
	if septets[c] > 0 {
		return string(c), true
	}
	if s, ok := spelled[c]; ok {
		return s, true
	}
	var b strings.Builder
	for _, d := range norm.NFKD.String(string(c)) {
		switch {
		case unicode.Is(unicode.Mn, d):
		case septets[d] > 0:
			b.WriteRune(d)
		default:
			return "", false
		}
	}
	return b.String(), b.Len() > 0
}
