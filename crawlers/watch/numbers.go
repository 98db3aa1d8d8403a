package watch

import (
	"strings"

	"vigie/internal/ident"
)

// judgeNumbers looks for the SIREN or SIRET of a listed body: nine or fourteen
// digits, together or in groups of three, whose check digit is right. A number
// is nobody else's, so the body is named wherever it stands, unless the title
// names another body.
func (m *Matcher) judgeNumbers(p *post) {
	for n, tokens := range [][]token{p.title, p.text} {
		for i := 0; i < len(tokens); i++ {
			siren, to := sirenAt(tokens, i)
			if to == 0 {
				continue
			}
			for _, e := range m.sirens[siren] {
				confidence, why := 0.95, "its SIREN"
				if n == 1 {
					confidence, why = 0.8, "its SIREN, in the text"
					if p.business != "" {
						p.refuse(&m.list[e], "its SIREN, in a post about a business: "+p.business)
						continue
					}
				}
				p.hit(&m.list[e], confidence, why)
			}
			i = to - 1
		}
	}
}

// sirenAt reads a SIREN at token i, and tells where it ends; 0 for none.
func sirenAt(tokens []token, i int) (string, int) {
	var b strings.Builder
	for to := i; to < len(tokens) && b.Len() < 14; to++ {
		w := tokens[to].word
		if !digits(w) || to > i && (len(tokens[i].word) != 3 || len(w) != 3 && (b.Len() != 9 || len(w) != 5)) {
			break
		}
		b.WriteString(w)
		if s := b.String(); len(s) == 9 && (len(w) == 9 || len(w) == 3) || len(s) == 14 {
			if _, proved := ident.CheckSIREN([]byte(s[:9])); proved {
				return s[:9], to + 1
			}
		}
	}
	return "", 0
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
