package lint

import (
	"regexp"
	"slices"
	"strings"
)

// Shapes of values that are never shown: whoever reads over a shoulder must
// learn nothing from a communication, and nothing is taken from the dump.
var (
	ibanShape = regexp.MustCompile(`(?i)\b[a-z]{2}\d{2}(?:[ \x{a0}]?[0-9a-z]{4}){3,7}(?:[ \x{a0}]?[0-9a-z]{1,3})?\b`)
	nirShape  = regexp.MustCompile(`(?i)\b[1-478][ \x{a0}.-]?\d{2}[ \x{a0}.-]?\d{2}[ \x{a0}.-]?(?:\d{2}|2[ab])[ \x{a0}.-]?\d{3}[ \x{a0}.-]?\d{3}(?:[ \x{a0}.-]?\d{2})?\b`)
	cardShape = regexp.MustCompile(`\b\d(?:[ \x{a0}-]?\d){12,18}\b`)
	masked    = regexp.MustCompile(`\d[ .-]?(?:\*{2,}|•{2,}|[xX]{2,}|…)[ .*•xX-]*\d|[*•]{3,}[ .]?\d|\p{L}[*•]{2,}[\p{L}@]|\b[xX]{2}[ .][xX]{2}[ .]\d`)
	birth     = re(`(né(e)?\(?e?\)? le|date de naissance|born on|date of birth|birth date)[^.\d]{0,25}\d{1,2}([ /.-]|er )(\d{1,2}|` + months + `)[ /.-]\d{2,4}`)
	mobile    = regexp.MustCompile(`(?:\+33[ .]?|\b0)[67](?:[ .-]?\d\d){4}\b`)
	password  = re(`(mots? de passe|code secret|password|\bpin\b)[^.]{0,20}(«|"|“|: ?)\s*\S*\d\S*`)
	shownAs   = re(`(votre|vos|your)[^.]{0,40}(identifiant|numéro|dossier|matricule|adresse|nom|number|identifier|file|address|name|reference)[^.:]{0,40}(est|:|is|était|was|«|\()\s*[^.]{0,4}(\d{6,}|\d{1,4} (rue|avenue|boulevard|chemin|place|impasse|allée|route)\b|\d+ \w+ (street|road|avenue|lane))`)
	// told is a category of data of the reader's, and beside it what the file says.
	toldDate   = re(`(?:naissance|\bnée?\b|birth|born)[^.;]{0,40}\((?:le |on |the )?\d{1,2}(?:er|st|nd|rd|th)? (?:of )?` + months + `,? (?:19|20)\d\d`)
	toldPlace  = re(`(?:adresse|domicile|address|home)[^.;]{0,60}\((?:au |at )?\d{1,4}(?: bis| ter)?,? (?:rue|avenue|boulevard|bd|chemin|place|impasse|allée|route|quai|cours|square|\p{L}+(?: \p{L}+)? (?:street|road|lane|avenue|close|drive|terrace|crescent))\b`)
	toldAmount = re(`(?:\b(?:vos|votre|ton|tes|your)\b[^.;]{0,60}(?:revenu|dette|salaire|solde|loyer|impayé|quotient|crédit|income|debt|salary|wage|balance|rent\b|arrears|loan)|(?:vous (?:devez|gagnez|touchez)|you (?:owe|earn)))\p{L}*[^.;]{0,30}\b\d[\d ., \x{202f}]*(?:€|euros?|£|pounds|francs)|(?:revenu|dette|salaire|income|debt|salary)[^.;]{0,30}[(:] ?[€£]?\d[\d ., \x{202f}]*(?:€|euros?|£|pounds)?`)
	isContact  = re(`\b(?:her|his|their|our|son|sa|ses|notre) (?:direct |work |office |professional )?(?:phone|e-?mail|number|telephone|mobile|adresse|téléphone|numéro|courriel|mail)|délégué|dpo|contact|écri|question|officer|write|e-?mail us|nous joindre|joindre|renseign|signal|adress(ez|er)|reach|appel|\bcall\b|\bring\b|\btext\b|demande|répond|help|aide|\bask\b|parle|talk|speak|passe[rz]? (nous )?voir`)
)

// atOurs invites to a place of the controller's, or says where things happened.
var atOurs = re(`\b(?:venez|viens|passez|rendez|guichet|bureaux?|accueil|locaux|mairie|come|visit|our (?:office|desk|building|premises)|desk|town hall|by post|par courrier|archives?|theft (?:at|from)|broke into)\b`)

// values looks for leaked values: bank accounts, social security numbers,
// cards, birth dates, addresses, passwords, telephone numbers and e-mail
// addresses that are nobody's contact point, masked or not.
func (c *checker) values(where, text string) {
	for _, r := range []struct {
		rule  string
		shown bool
	}{
		{"value-iban", slices.ContainsFunc(ibanShape.FindAllString(text, -1), isIBAN)},
		{"value-nir", nirShape.MatchString(text)},
		{"value-card", slices.ContainsFunc(cardShape.FindAllString(text, -1), isCard)},
		{"value-masked", masked.MatchString(text)},
		{"value-birth", birth.MatchString(text) || toldDate.MatchString(text)},
		{"value-address", toldPlace.MatchString(text)},
		{"value-person", toldAmount.MatchString(text)},
		{"value-password", password.MatchString(text)},
		{"value-person", shownAs.MatchString(text)},
	} {
		if r.shown {
			c.add(r.rule, where)
		}
	}
	for _, s := range sentences(fold(text)) {
		u := unit{text: s, words: wordsOf(s)}
		if c.strangeStreet(s) && len(u.words) >= 8 && category.in(u.words) && (ofReader.says(s) || container.says(s)) && !isContact.MatchString(s) && !dpo.says(s) && !cnil.says(s) && !atOurs.says(s) && strings.HasPrefix(where, "block") {
			c.add("value-address", where)
		}
	}
	for _, number := range mobile.FindAllString(text, -1) {
		if !c.known(number) && !presents(text, number) {
			c.add("value-phone", where)
		}
	}
	for _, address := range mail.FindAllString(text, -1) {
		if !c.known(address) && (c.o.Contacts != nil || !presents(text, address)) {
			c.add("value-email", where)
		}
	}
}

// presents tells whether a text presents an address or a number in it as that
// of somebody to ask.
func presents(text, address string) bool {
	return isContact.MatchString(text) || slices.ContainsFunc(sentences(fold(text)), func(s string) bool {
		odds := learnt().of(wordsOf(s), s)
		return strings.Contains(s, fold(address)) && !container.says(s) && odds[aContact] > max(0, odds[aData])
	})
}

// strangeStreet tells a postal address in a folded text that is not one of the
// controller's contacts.
func (c *checker) strangeStreet(folded string) bool {
	for _, k := range c.o.Contacts {
		for _, part := range strings.FieldsFunc(fold(k), func(r rune) bool { return r == '|' || r == ',' }) {
			if part = strings.TrimSpace(part); streetAddress.MatchString(part + " ") {
				folded = strings.ReplaceAll(folded, part, "")
			}
		}
	}
	return streetAddress.MatchString(folded)
}

// known tells whether a value is one of the controller's contacts.
func (c *checker) known(s string) bool {
	return slices.ContainsFunc(c.o.Contacts, func(k string) bool { return strings.EqualFold(k, s) || digits(k) != "" && digits(k) == digits(s) })
}

// digits keeps the last nine digits of a number: 06 in France is +33 6.
func digits(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	if d := b.String(); len(d) >= 9 {
		return d[len(d)-9:]
	}
	return ""
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
