package lint

import (
	"regexp"
	"slices"
	"strings"
)

var (
	link = re(`https?:|www\.|[\p{L}0-9-]+\.[a-z]{2,}/|[\p{L}0-9-]\.(test|example|site|online|shop|xyz|top|app|dev|cloud|page|live|click|uk|us|de|es|it|nl|lu|pt|ie|mt|pl|fr|com|org|net|eu|gouv|info|link|ly|me|io|app|gl|co|be|ch|re|nc)\b`)
	// named are categories of data: whoever reads over a shoulder learns that
	// they were stolen.
	named = re(`\bnoms?\b|prénom|naissance|\badresses?\b|sécurité sociale|\bnir\b|\biban\b|\brib\b|bancaire|état civil|coordonnées|mots? de passe|santé|médica|revenu|salaire|identifiants?\b|` +
		`\bnames?\b|birth|address|social security|bank|civil status|contact details|password|health|income|salary`)
	// A letter in your name shows no data.
	inYourName = regexp.MustCompile(`(?:à|au|en|in|with) (?:votre|ton|son|your|his|her) (?:nom|name)\b`)
	follows    = re(`courrier|lettre|courriel|e-?mail|letter|message vous (attend|est envoyé)`)
	pressed    = re(`urgen|immédiat|sous \d+ ?h|dernier (rappel|délai)|dans les \d+ ?(h|heures)|avant (minuit|ce soir|demain)|within \d+ (hours|days)|immediately|final notice|last (notice|warning)|right now|vite\b`)
	who        = re(`^[^.!?]{2,60}\S ?:|syndicat|régie|hopital|ecole|lycee|universite|departement|ministere|prefecture|maison|cabinet|laboratoire|mutuelle|bibliothèque|médiathèque|crèche|ccas\b|mdph\b|union|library|clinic|surgery|practice|board|authority|housing|nursery|charity|mairie|commune|ville|mission locale|département|région|service|ministère|préfecture|agence|université|lycée|collège|école|hôpital|clinique|centre|caisse|caf\b|cpam|france travail|association|conseil|métropole|agglomération|` +
		`council|town|city|school|university|hospital|agency|office|department|ministry|service|trust|association`)
	answer = re(`répond(ez|re)|rappelez|renvoyez|saisissez|entrez|tapez|reply|text back|enter the code|call back`)
	spared = re(`(ne|pas|n'attend|sans)[^.]{0,30}répon|n'appelle pas|aucune réponse|(not|no|don't)[^.]{0,20}(reply|answer)`)
)

// sms checks the pointer: who, that something follows, no link, no category, no
// code to type, nothing to answer.
func (c *checker) sms() {
	text := c.doc.Short
	unaccented := accents.Replace(fold(text))
	if strings.TrimSpace(text) == "" {
		c.add("sms-empty", "short")
		return
	}
	c.characters("short", text)
	c.holes("short", text)
	c.values("short", text)
	for _, r := range []struct {
		rule  string
		wrong bool
	}{
		{"sms-link", link.MatchString(text)},
		{"sms-category", named.MatchString(inYourName.ReplaceAllString(fold(text), "")) || namedBare.says(unaccented)},
		{"sms-pointer", !follows.MatchString(text)},
		{"sms-urgency", pressed.MatchString(text)},
		{"sms-who", !who.MatchString(text)},
		{"sms-answer", slices.ContainsFunc(sentences(text), func(s string) bool { return answer.MatchString(s) && !spared.MatchString(s) })},
	} {
		if r.wrong {
			c.add(r.rule, "short")
		}
	}
	folded := fold(text)
	for _, s := range sentences(folded) {
		for _, p := range phrases {
			if slices.Contains([]string{"hedge", "asks-secret", "click", "minimises", "no-evidence", "advertising", "urgency"}, p.rule) && p.in(s, folded) {
				c.add(p.rule, "short")
			}
		}
	}
	c.findFaults("short", text)
	if tellingSender.says(unaccented) {
		c.add("envelope-service", "short")
	}
	c.envelope("short", text)
	c.segments(text)
}

var (
	accents = strings.NewReplacer("é", "e", "è", "e", "ê", "e", "ë", "e", "à", "a", "â", "a", "î", "i", "ï", "i", "ô", "o", "û", "u", "ù", "u", "ç", "c", "œ", "oe")
	// namedBare are categories as phones without accents write them.
	namedBare = re(`securite sociale|resultats? d'|\banalyses\b|medica|\bsante (?:ont|est|a)\b|mots? de passe|coordonnees bancaires|prenom`)
	// tellingSender is a service whose name alone tells a secret of whoever it
	// writes to.
	tellingSender = re(`addict|alcool|toxico|\bdrogue|planning familial|contracepti|\bivg\b|\bvih\b|\bhiv\b|depistage|psychiatr|psycholog|suicid|protection de l'enfance|aide sociale a l'enfance|surendett|violences? (?:conj|intra|faites)|\bspip\b|oncolog|gambling|abortion|rehab|drug and alcohol|sexual health|domestic (?:abuse|violence)|probation|debt advice`)
)

var bare = strings.NewReplacer("ê", "e", "â", "a", "î", "i", "ô", "o", "û", "u", "ë", "e", "ï", "i", "ç", "c", "œ", "oe", "’", "'", "«", "\"", "»", "\"", "–", "-", "—", "-", "…", "...", "°", "o", "\u00a0", " ", "\u202f", " ", "“", "\"", "”", "\"")

func (c *checker) segments(text string) {
	if c.o.Count == nil {
		return
	}
	most := c.o.MaxSegments
	if most == 0 {
		most = 3
	}
	// The sender may drop the accents: what is too long without them is too long.
	if _, _, n := c.o.Count(bare.Replace(text)); n > most {
		c.add("sms-length", "short", n, most)
	}
}
