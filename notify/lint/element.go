package lint

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// pattern matches whatever the case. It is written in lower case and sees the
// text in lower case: a regexp that folds case itself is several times slower.
// It is compiled when first needed.
type pattern struct {
	source string
	get    func() *regexp.Regexp
}

func re(lower string) *pattern {
	return &pattern{lower, sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(lower) })}
}

// fold writes in lower case, with straight apostrophes.
func fold(s string) string { return strings.ReplaceAll(strings.ToLower(s), "’", "'") }

// MatchString tells whether the pattern stands in a text.
func (p *pattern) MatchString(s string) bool { return p.get().MatchString(fold(s)) }

// index is where the pattern first stands, -1 if nowhere.
func (p *pattern) index(s string) int {
	m := p.get().FindStringIndex(fold(s))
	if m == nil {
		return -1
	}
	return m[0]
}

const months = `(janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|january|february|march|april|may|june|july|august|september|october|november|december)`

var (
	dated = re(`\d{1,2}(er|st|nd|rd|th)?[\s\x{a0}]+` + months + `|` + months + `[\s\x{a0}]+\d{1,2}\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\b\d{4}-\d\d-\d\d\b|` + months + `[\s\x{a0}]+20\d\d|` +
		`(date|quand|jour)[^.]*(pas (encore )?(connue?|établie?)|inconnue?|ignorons)|(ignorons|savons pas)[^.]*(date|quand|jour)|date[^.]*(not (yet )?known|unknown)|(do not|don't) (yet )?know[^.]*(when|date)`)
	happened = re(`\bvols?\b|\bvol[ée]|dérob|pirat|intrus|copi[ée]|copie|extrai|accéd|accès|introdui|connect|publi|mis(e|es)? en (vente|ligne)|vendu|perdu|perte|égar|par erreur|rançongiciel|chiffr|consult|téléchar|exfiltr|divulgu|` +
		`détourn|usurp|dispar|oubli|emport|forc(é|er)|subtilis|siphonn|aspir|récupér|cambriol|pénétr|infiltr|intercept|attaqu|cyberattaque|attaque|fuite|diffus|envoy|hack|stole|stolen|theft|thief|copied|download|leak|publish|accessed|broke|break-in|got (in|into)|ransomware|sent (by mistake|to the wrong)|lost|offered for sale|attack|took|taken|logged in|intru|missing|misplac|disappear|forced|export|obtain|grabb|intercept|` +
		`(laiss|rest)[^.]{0,15}(accessible|ouvert|visible|en ligne|sans protection)|(accessible|visible|ouvert)s? (à tous|au public|sur (internet|le web|notre site))|en libre accès|(open|read|seen|visible|reach)[^.]{0,20}without (a password|any|log)|guessed|left (open|public|exposed|unprotected|unlocked|accessible|online)|exposed|(publicly|openly) (available|accessible|visible)|visible (to|on|by)`)
	category = re(`\bnoms?\b|prénom|naissance|adresse|téléphone|portable|courriel|e-mail|sécurité sociale|\bnir\b|\biban\b|\brib\b|bancaire|état civil|coordonnées|identifiant|mots? de passe|santé|médica|diplôme|salaire|revenu|nationalité|sexe|` +
		`carte d'identité|passeport|quotient|prestation|allocation|dossier|numéro|photo|scolari|emploi|parcours|situation (de famille|familiale)|` +
		`\bsurname|\bnames?\b|birth|address|phone|social security|bank|civil status|contact details|password|health|medical|salary|income|nationality|passport|identity card|username|case file|school|job|number`)
	mail   = regexp.MustCompile(`[\p{L}0-9._%+-]+@[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)+`)
	phone  = regexp.MustCompile(`(?:\+\d{1,3}|\b0)(?:[\s.\x{a0}-]?\(?\d\)?){8,11}\b|\b3\d[ \x{a0}]?\d\d\b`)
	postal = regexp.MustCompile(`\b\d{5}\s+\p{Lu}[\p{L}'-]+`)

	cnil     = re(`\bcnil\b|data protection (authority|commission)|autorité de (contrôle|protection)`)
	neverAsk = re(`demand[^.]{0,14} jamais|jamais[^.]{0,20} demand|ne (vous )?demand[^.]{0,30}(aucun|pas|ni)|aucun[^.]{0,40} ne (vous )?(sera|demande)|(never|not) ask|won't ask`)
	dpo      = re(`délégué.{0,6}à la protection|\bdpo\b|\bdpd\b|data protection officer|responsable de la protection des données`)
	asking   = re(`question|renseign|information|contact|joindre|écri|appel|accueil|numéro vert|ligne|enquir|reach|call|write|e-?mail us|speak|help`)
	doubt    = re(`en cas de doute|doute|vérifi|if in doubt|to check|banque|bank|police|gendarmerie|33700|signal|proches`)
	secret   = re(`mots? de passe|\bcodes?\b|coordonnées bancaires|\brib\b|\biban\b|(numéro|données) de (votre )?carte|carte bancaire|cryptogramme|(pièce|carte|copie|justificatif)[^.]{0,12} d'identité|passeport|numéro de sécurité sociale|identifiants|` +
		`password|\bpin\b|bank details|account (number|details)|card (number|details)|identity (document|card)|passport|iban|social security number|date de naissance|date of birth`)

	damage = re(`escro|fraud|hameçon|phishing|arnaq|usurp|faux|fausse|démarch|spam|crédit|prélèvement|chantage|harc|importun|menac|malveillant|discrimin|intim|détourn|nuire|au nom de|(à|en|sous) (votre|ton|vos|leur) (nom|insu)|à votre place|se faire passer|se faisant passer|(faisant|faire) croire|mettre en confiance|(prendre|soutirer|réclamer|voler)[^.]{0,12} (argent|paiement)|inconnu|révél|chanter|` +
		`perte de contrôle|prendre le contrôle|voleur|pirat|malfaiteur|malfrat|délinquant|(^|[^\p{L}])criminel|thie(f|ves)|circul|ne peuvent (plus|pas) être|prêt|vol d'argent|réputation|moquer|retrouver|connaît|` +
		`scam|fake|false|impersonat|identity|loan|credit|debit|blackmail|stranger|convincing|request|pressure|trick|fool|trap|harass|threat|unwanted|nuisance|criminal|misuse|in your name|pretend|someone|circulat|discriminat|embarrass|reputation|steal|stalk`)
	taken = re(`ferm|coup[ée]|bloqu|chang|réinitialis|notifi|déclar|signal|plainte|désactiv|retir|supprim|isol|corrig|prévenu|avert|surveil|audit|expert|enquêt|double authent|authentification|(cnil|police|gendarmerie|autorité|procureur|famille|personne)[^.]{0,30}inform|révoqu|suspend|suspendu|saisi|alert|restaur|sauvegard|chiffr|(^|[^\p{L}])form[ée]|` +
		`limit|interdi|examin|vérifi|récupér|rappel|effac|renforc[^.]{0,30}(mot|accès|contrôle|authent)|remplac|déconnect|install|mis(e|es)? (en place|hors ligne|à jour)|numéro (vert|d'appel)|cellule|` +
		`clos|shut|block|reset|changed|notif|eras|(t(ake|ook|aken)|pulled)[^.]{0,25} (down|offline|off)\b|(now|is|are|been) encrypted|(we|was|were|have|has|been) informed|report|filed|complain|disabl|revok|remov|isolat|fix|patch|warn|monitor|investigat|two-factor|second factor|suspend|alert|restor|trained|training|switched|locked|examin|hired|deleted|recovered|told|police|cut off|taken offline`)
	negative = re(`n'(a|ont|avons|avez|est|étaient)[^.]{0,12} pas|ne sont pas|ne contenait|aucune? (donnée|mot)|attest|(was|were|did|is|are) not\b`)
)

// element is something that a communication must say in itself (GDPR Art. 34(2)
// with 33(3)(b), (c) and (d)).
type element struct {
	rule    string
	missing string
	present func(outline) bool
}

var elements = []element{
	{"art34-nature", "does not say what happened and when, or that the date is not known", sayNature},
	{"art34-data", "does not list the categories of data concerned", sayData},
	{"art34-consequences", "does not describe the likely consequences", sayConsequences},
	{"art34-measures", "does not describe the measures taken or proposed", sayMeasures},
	{"art34-contact", "names no data protection officer or contact point, or no way to reach one", sayContact},
}

// body is whoever acts for the controller, and acts.
const body = `(l'(établissement|hôpital|école|université|association|éditeur|agence|équipe|académie|organisme|institut|office|administration|entreprise|hébergeur)|la (mairie|ville|commune|mission locale|caisse|direction|métropole|région|préfecture|société|régie|médiathèque|directrice|collectivité|communauté)|` +
	`le (prestataire|lycée|collège|service|département|directeur|groupe|syndicat|ministère|rectorat|centre|conseil|maire|réseau|fournisseur)|(nos|les) (équipes|techniciens|services|informaticiens))[^.,;]{0,30} (a|ont)\b`

const bodyEnglish = `the (school|council|hospital|university|service|town|provider|supplier|company|college|agency|team|head|department)`

// ours tells a measure from advice in a text without headings.
var ours = re(`\bnous\b|\bon a\b|(a|ont) (aussitôt |immédiatement |tous |toutes )?été|` + body + `|` + bodyEnglish + `|\bnotre\b|\bnos\b|\bwe\b|\bour\b|(was|were|has been|have been)\b`)

// heard is how the controller came to know: no measure of its own.
var heard = re(`(nous|l'|les) (a|ont) (averti|prévenu|inform|signal|alert)|(warned|told|informed|alerted) us\b|(découvert|repér|constat|aperç|appris)|(vol|perte|fuite|incident) (a été|est) (aussitôt |immédiatement )?(signalé|déclaré)`)

// Each element is looked for under its own heading, where few words will do, and
// then in the rest, where a sentence must say of itself what it is.

// sayConsequences wants something that may be done to the reader.
func sayConsequences(o outline) bool {
	harms := func(s string) bool {
		return sentence(s) && damage.MatchString(s) && !negative.MatchString(s) && !noEvidence.MatchString(s)
	}
	return o.present[consequences] && slices.ContainsFunc(o.of(consequences), harms) ||
		slices.ContainsFunc(o.of(loose, nature, data, absent), func(s string) bool {
			return harms(s) && likely.MatchString(s) && !advice.MatchString(s) && !imperative.MatchString(s)
		})
}

// sayMeasures wants something that was done, by the controller or for it.
func sayMeasures(o outline) bool {
	done := func(s string) bool {
		return sentence(s) && taken.MatchString(s) && !heard.MatchString(s) && !vagueMeasures.MatchString(s)
	}
	return o.present[measures] && slices.ContainsFunc(o.of(measures), done) ||
		slices.ContainsFunc(o.of(loose, nature, consequences), func(s string) bool { return done(s) && ours.MatchString(s) })
}

// sayNature wants an event and a date, or that the date is not known, next to
// each other.
func sayNature(o outline) bool {
	all := strings.Join(o.of(nature), " ")
	if o.present[nature] && dated.MatchString(all) && happened.MatchString(all) {
		return true
	}
	for _, at := range []section{loose, data, others} {
		for _, t := range o.blocks[at].Text {
			if dated.MatchString(t) && happened.MatchString(t) && !onlyMeasures(t) {
				return true
			}
		}
	}
	return false
}

// onlyMeasures tells a dated measure from the event itself.
func onlyMeasures(s string) bool {
	when, what := false, false
	for _, x := range sentences(s) {
		if !own.MatchString(x) {
			when, what = when || dated.MatchString(x), what || happened.MatchString(x)
		}
	}
	return !when || !what
}

// own is a measure, told in the past.
var own = re(`(nous (l')?avons|on a|(a|ont|est|sont) (été|aussitôt)|nous a|` + body + `)[^.,;]{0,30}(ferm|coup|bloqu|chang|réinitialis|notifi|déclar|signal|désactiv|retir|supprim|isol|corrig|prévenu|avert|saisi|alert|suspend|révoqu|effac|débranch|déconnect|inform|découvert|repér|constat|plainte)|` +
	`\b(we|` + bodyEnglish + `)[^.,;]{0,20} ?(closed|blocked|reset|notified|reported|filed|changed|disabled|shut|locked|revoked|removed|told|warned|informed)|(was|were|has been|have been) (closed|blocked|reset|notified|reported|filed|changed|disabled|shut|locked|revoked|removed)`)

// sayData wants categories: in the list of the section, in a sentence that says
// where they stood, or in one that is an enumeration of them.
func sayData(o outline) bool {
	names := func(s string) bool { return category.MatchString(s) && !negative.MatchString(s) }
	if o.present[data] && slices.ContainsFunc(o.of(data), names) {
		return true
	}
	b := o.blocks[loose]
	for _, s := range allSentences(append(slices.Clone(b.Text), o.blocks[nature].Text...)) {
		if names(s) && (holds.MatchString(s) || enumerates(s)) && !harm.MatchString(s) && !asking.MatchString(strings.ReplaceAll(fold(s), "information", "")) {
			return true
		}
	}
	return slices.ContainsFunc(b.List, func(s string) bool {
		return category.MatchString(s) && !damage.MatchString(s) && !imperative.MatchString(s)
	})
}

// enumerates tells a list of categories written as a sentence: two of them at
// least among three parts or more after a colon, or four anywhere.
func enumerates(s string) bool {
	if imperative.MatchString(s) {
		return false
	}
	if _, list, ok := strings.Cut(s, ":"); ok && strings.Count(list, ",") >= 2 {
		return len(category.get().FindAllString(fold(list), 2)) == 2
	}
	return strings.Count(s, ",") >= 2 && len(category.get().FindAllString(fold(s), 4)) == 4
}

var (
	// advice tells a warning from what is likely to happen.
	advice = re(`vigilan|invitons|recommand|(vous|nous) conseill|soyez|attenti|prudent|méfi|recommend|advise|careful|alert`)
	// likely is how a consequence is told, unlike what has happened.
	likely = re(`peu(t|vent)|pourr|(^|[^\p{L}])(va|vont|allez)\b|\p{L}+r(a|ez|ont)\b|permet|risqu|\b(might|could|can|will|would)\b|[a-z,] may [a-z]|likely`)
	// holds tells that something contains what follows.
	holds = re(`contien|dans (ton|votre|son|leur) (dossier|fiche)|(fiche|dossier|fichier|base|register|file|record|database)[^.:]{0,20}:|(télécharg|copié|dérob|vol|emport)[^.:]{0,10} ?: |contenait|comport|comprend|comprenait|figur|(^|[^\p{L}])port(e|ent|ait|aient) (sur|les? |votre|vos)|regroup|rassembl|recens|sont (les suivant|concern|touch|en cause)|s'agit|(vos|votre) (nom|prénom|date|adresse|numéro|coordonnées|téléphone|identifiant|mot)|: (nom|prénom|état civil)|` +
		`contain|\bhold|includ|\blists?\b|consist|your (name|date|address|phone|e-?mail|social|bank)`)
	harm = re(`escro|fraud|faux|fausse|usurp|chantage|menac|scam|false|threat|pretend|crédit|(à|en) votre nom|in your name`)
)

// sayContact wants a contact point that can be reached, not the number to dial
// in doubt.
func sayContact(o outline) bool {
	ways := func(s string) bool { return mail.MatchString(s) || phone.MatchString(s) || postal.MatchString(s) }
	for at, b := range o.blocks {
		texts := slices.Clone(b.Text)
		if at != actions {
			texts = append(texts, b.List...)
		}
		for i := range texts {
			texts[i] = withoutAuthority(texts[i])
		}
		for i, s := range texts {
			around := s
			if i+1 < len(texts) && !cnil.MatchString(texts[i+1]) { // the CNIL's address reaches no officer
				around += " " + texts[i+1]
			}
			switch {
			case dpo.MatchString(s) && ways(around):
				return true
			case at == contact && ways(s):
				return true
			case (at == loose || at == measures || at == actions) && asking.MatchString(s) && !doubt.MatchString(s) && (mail.MatchString(s) || phone.MatchString(s)):
				return true
			}
		}
	}
	return false
}

// withoutAuthority drops the sentences on the CNIL: its address is no way to ask
// the controller.
func withoutAuthority(s string) string {
	return strings.Join(slices.DeleteFunc(sentences(s), func(x string) bool { return cnil.MatchString(x) && !mail.MatchString(x) && !phone.MatchString(x) }), "")
}

// sentence tells whether a text says something: five words at least.
func sentence(s string) bool { return len(strings.Fields(s)) >= 5 }

func allSentences(texts []string) []string {
	var list []string
	for _, t := range texts {
		list = append(list, sentences(t)...)
	}
	return list
}
