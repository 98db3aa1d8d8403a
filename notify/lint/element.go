package lint

import (
	"slices"
	"strings"
)

// fold writes in lower case, with straight apostrophes and plain spaces.
func fold(s string) string { return folding.Replace(strings.ToLower(s)) }

var folding = strings.NewReplacer("’", "'", "\u00a0", " ", "\u202f", " ", "\n", " ")

// element is something that a communication must say in itself (GDPR Art. 34(2)
// with 33(3)(b), (c) and (d)).
type element struct {
	rule    string
	present func(outline) bool
}

var elements = []element{
	{"art34-nature", func(o outline) bool { return o.tells(aNature, o.saysNature()) }},
	{"art34-data", func(o outline) bool { return o.tells(aData, o.saysData()) }},
	{"art34-consequences", func(o outline) bool { return o.tells(aConsequences, o.saysConsequences()) }},
	{"art34-measures", func(o outline) bool { return o.tells(aMeasures, o.saysMeasures()) }},
	{"art34-contact", func(o outline) bool { return o.saysContact() || o.tells(aContact, false) }},
}

const (
	months   = `(?:janvier|janv|février|févr|mars|avril|mai|juin|juillet|juil|août|septembre|sept|octobre|oct|novembre|nov|décembre|déc|january|jan|february|feb|march|april|may|june|july|august|aug|september|october|november|december|dec)`
	weekdays = `(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday|friday|saturday|sunday)`
)

var (
	dated = re(`\d{1,2}(?:er|st|nd|rd|th)? (?:of )?` + months + `\b|\b` + months + `\.? \d{1,2}\b|\b\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\b\d{4}-\d\d-\d\d\b|\b` + months + `,? 20\d\d|` + weekdays + `,? (?:the |le )?\d{1,2}\b|\b(?:on the|le) \d{1,2}(?:st|nd|rd|th|er)?\b(?: (?:au|et|à)|[.,;:]|$)|` +
		`\b(?:hier|avant-hier|ce matin|cette nuit|yesterday|this morning|last night|last ` + weekdays + `|` + weekdays + ` dernier)\b|(?:début|mi|fin)[- ]` + months + `|(?:early|mid|late)[- ]` + months + `|` +
		`(?:date|quand|jour)[^.]*(?:pas (?:encore )?(?:connue?|établie?)|inconnue?|ignorons)|(?:ignorons|(?:savons|sait|sais) pas)[^.]*(?:date|quand|jour)|date[^.]*(?:not (?:yet )?known|unknown)|(?:do not|don't|cannot|can't) (?:yet )?(?:know|say|tell)[^.]*(?:when|date)`)
	// possible is how what may come is told, unlike what has come.
	possible = re(`\bpeu(?:t|vent|x)\b|pourr|risqu|\b(?:va|vont|vas|allez)\b|\p{L}{2,}r(?:a|as|ez|ont)(?:[^\p{L}]|$)|permet|suffi|\b(?:might|could|can|will|would)\b|(?:^|[a-z,] )may [a-z]|likely|(?:enough|able) to|susceptible`)
	// us is whoever writes, or acts for the writer.
	us = re(`\b(?:nous|notre|nos|on a|on n'a|j'ai|je|mon|ma|we|our|ours|i|i've|we've|my)\b`)
	// body is an institution, or a part of one.
	body = re(`\b(?:mairie|ville|commune|mission locale|caisse|direction|métropole|région|préfecture|société|régie|médiathèque|directrice|directeur|collectivité|communauté|lycée|collège|école|service|département|syndicat|ministère|rectorat|centre|conseil|maire|fournisseur|prestataire|hébergeur|hôpital|établissement|université|association|éditeur|agence|équipes?|techniciens|informaticiens|professeurs|agents?|agente|expert|la cnil|police|gendarmerie|procureur|serveurs?|accès|comptes?|mots de passe|ordinateurs?|plainte|sauvegardes?|disque|logiciel|site|` +
		`school|council|hospital|university|town|city|provider|supplier|company|college|agency|teams?|head|department|library|office|group|board|staff|police|gardaí|contractor|servers?|accounts?|passwords?|access|laptops?|computers?|backups?|complaint|lock|site|system|platform)\b`)
	passive   = re(`\b(?:a|ont|est|sont|fut|furent|étaient|était) (?:aussitôt |immédiatement |tous |toutes |désormais |maintenant |donc |ensuite |depuis )?(?:été )?\p{L}+(?:é|ée|és|ées|i|ie|is|ies|it|ite|its|ites|u|ue|us|ues|ert|erte|erts|ertes)(?:[^\p{L}]|$)|\b(?:is|are|was|were|has been|have been|has|have|been) (?:now |all |also |since |immediately |not |no longer )?\p{L}+(?:ed|en|t|pt|ut|wn|ld|de|ng|un)\b`)
	assailant = stems(`manœuvre manoeuvre erreur bogue bug$ défaillance mistake error fault cybercriminel criminel criminal voleurs pirat attaquant intrus voleu escro malfai hacker attacker thie intruder ransomware rançon rançongiciel malveillant malware virus panne incendie inondation inconnu stranger criminal somebody someone quelqu`)
	// heard is how the controller came to know: no measure of its own.
	heard  = re(`(?:nous|l'|les) (?:a|ont) (?:averti|prévenu|inform|signal|alert)|(?:warned|told|informed|alerted|notified) us\b|\b(?:découvert|repér|constat|aperç|appris|discovered|noticed|learnt|learned|found out)|(?:vol|perte|fuite|incident) (?:a été|est) (?:aussitôt |immédiatement )?(?:signalé|déclaré)|nous (?:vous )?(?:écrivons|informons|devons)|we (?:are writing|write|inform)`)
	denies = re(`(?:n'|ne )[^.,;:]{0,30}(?:pas|aucun|rien|jamais|plus personne)\b|\b(?:aucune?|nulle?) [^.]{0,40}n'|\b(?:not|no|never|nothing|cannot|won't|n't)\b`)
	// vagueHarm announces consequences and tells none.
	vagueHarm = re(`(?:avoir|entraîner|comporter|provoquer|occasionner|présenter|causer|subir) (?:d[e']s? |certaines? |quelques |plusieurs |un |une )*(?:conséquence|risque|effet|impact|désagrément|préjudice|dommage|gêne|problème|suite|répercussion|incidence)|conséquences? [^.]{0,30}(?:évalu|étudi|analys|déterminé|inconnu|négatives?)|(?:mauvais escient|utilisation (?:abusive|malveillante|frauduleuse|détournée|inappropriée)|utilisées? (?:abusivement|de (?:manière|façon) (?:malveillante|frauduleuse|inappropriée)))|` +
		`(?:have|cause|lead to|entail|bring|result in|carry|present|pose|be) (?:an? |some |any |certain |various |the |possible |potential |negative |adverse |further )*(?:consequence|impact|effect|inconvenience|risk|harm|damage|problem|issue|difficult)|(?:be )?(?:misused|used (?:improperly|inappropriately|maliciously|fraudulently|for (?:malicious|fraudulent|improper|unlawful|other) purposes))|consequences [^.]{0,30}(?:assess|evaluat|unknown|being)|affect you`)
)

// saysNature wants a concrete event and its date, or that the date is not known,
// in one paragraph, beside what was done against it.
func (o outline) saysNature() bool {
	said, when := map[int][]string{}, map[int]bool{}
	for _, u := range o.units {
		if u.list > 0 && u.section != nature || u.section == actions || u.section == contact || u.section == measures || u.measure || neverAsk.says(u.text) || attests.says(u.text) || vagueEvent.says(u.text) {
			continue
		}
		at := u.para
		if u.section == nature {
			at = -1
		}
		said[at] = append(said[at], u.words...)
		when[at] = when[at] || dated.says(u.text)
		if when[at] && befell(said[at], u.text) {
			return true
		}
	}
	return false
}

// befell tells whether words say what befell the data or who holds them.
func befell(words []string, last string) bool {
	return len(words) > 3 && (happened.in(words) || mild.in(words) && (outsider.in(words) || mistaken.in(words) || assailant.in(words) || dated.says(last) && possessed.says(last)))
}

// possessed is a thing of the reader's, or of the controller's.
var possessed = re(`\b(?:données|dossiers?|fichiers?|fiches?|listes?|comptes?|serveurs?|logiciel|portail|site|base|clé|ordinateur|documents?|registre|data|files?|records?|list|accounts?|servers?|system|portal|database|laptop|disk|papers?|register|bag|notebook|report)\b`)

// vagueEvent names an event without saying what it was.
var vagueEvent = re(`^[^,:]{0,60}(?:incident|aléa|évènement|événement|dysfonctionnement|problème|anomalie|acte de malveillance|violation de données|security (?:incident|event)|issue|data breach|irregularity)[^,:]{0,60}$`)

// measures tells a sentence that says what was done, by the controller or for it.
func (u unit) measures() bool {
	s := u.text
	if u.section == actions || u.section == contact || u.list > 0 && u.section != measures && u.orders() {
		return false
	}
	done := slices.IndexFunc(u.words, act.has)
	if heard.says(s) || vagueMeasures.says(s) || neverAsk.says(s) {
		return false
	}
	if u.section == measures {
		return len(u.words) >= 3 && (done >= 0 || actNoun.in(u.words))
	}
	if u.section == absent || u.section == others || notDone.says(s) || u.section == data && !dated.says(s) && lookedInto.says(s) {
		return false
	}
	if telegraphic.says(s) {
		return true
	}
	if done < 0 {
		return false
	}
	if we := slices.IndexFunc(u.words, subjectUs.has); we >= 0 && slices.ContainsFunc(u.words[we:], act.has) {
		them := slices.IndexFunc(u.words, subjectThem.has)
		return (them < 0 || we < them) && past.says(s) && !phone.MatchString(s) && !mail.MatchString(s) && (!possible.says(s) || perfect.says(s))
	}
	if by := slices.IndexFunc(u.words, assailant.has); by >= 0 && by < done {
		return false
	}
	if possible.says(s) && !dated.says(s) {
		return false
	}
	for _, m := range passive.all(s) {
		if w := wordsOf(m[0]); act.has(w[len(w)-1]) && !happenedPassive.says(s) {
			return true
		}
	}
	return body.says(s) && since.says(s) && !happened.in(u.words[:done+1])
}

var (
	// lookedInto is how the data became known, no measure.
	lookedInto  = re(`examin|analys|compar|étudi|vérifi|checked|review`)
	notDone     = re(`\b(?:aucune?|no) [^.,]{0,40}(?:n'(?:est|a|ont)|ne (?:sont|sera)|(?:is|was|has been|are) (?:open|available|taken|filed))|n'(?:est|a|ont|avons)[^.,]{0,12} (?:pas|aucun)`)
	subjectUs   = stems(`nous$ on$ j$ je$ we$ i$ ve$`)
	subjectThem = stems(`ils$ elles$ cela$ ça$ they$ he$ she$ it$`)
	perfect     = re(`\b(?:avons|a|ont|ai|have|has|had) (?:\p{L}+ )?\p{L}+`)
)

var (
	since = re(`\b(?:désormais|dorénavant|depuis|maintenant|now|since|from now on|no longer)\b`)
	past  = re(`\b(?:avons|avait|ai|a|ont|est|sont|sommes|have|has|had|did|are|now|depuis|désormais|maintenant|dès)\b|\b(?:we|i) (?:\p{L}+ )?\p{L}+(?:ed|t|ut|ld|ew|ook|an|aw|ent)\b`)
	// happenedPassive is what was done to data, not against the breach.
	happenedPassive = re(`(?:donnée|fichier|dossier|information|message|liste|copie|data|file|record|list|information|details)s? [^.,;]{0,30}(?:a été|ont été|est|sont|étaient|was|were|has been|have been) [^.,;]{0,12}(?:copi|vol|dérob|publi|consult|vend|envoy|perdu|effac|détrui|supprim|télécharg|stolen|copied|taken|published|sent|lost|erased|deleted|posted|sold|destroyed|downloaded)|ne sont pas|n'ont pas|n'a pas|were not|was not|been (?:stolen|copied|lost|taken)`)
	telegraphic     = re(`^(?:nous : |côté [^:]{2,20}: |réponse\. )?(?:[^.:]{0,30} )?(?:plainte|cnil|police|accès|serveur|compte|site|appli|application|mots? de passe|tablette|complaint|notified|server|account|access|site|passwords?)[^.]{0,40}(?:le \d|depuis|dès|coupé|fermé|déposée|prévenue|informée|notifiée|changé|on \d|since|closed|shut|lodged|filed|reset|notified|changed)`)
)

func (o outline) saysMeasures() bool {
	return slices.ContainsFunc(o.units, func(u unit) bool {
		return u.section != nature && u.measure || u.section == nature && us.says(u.text) && u.measure
	})
}

// saysConsequences wants something that may come of it for the reader: what an
// outsider can do, or what will be missing, late or known.
func (o outline) saysConsequences() bool {
	return slices.ContainsFunc(o.units, unit.consequence)
}

func (u unit) consequence() bool {
	s := u.text
	named := outsider.in(u.words)
	if u.section == actions || u.section == measures || u.section == contact || u.section == others || len(u.words) < 5 || !named && !harm.in(u.words) {
		return false
	}
	if u.section != consequences && !possible.says(s) && !meansThat.says(s) && !knows.says(s) {
		return false
	}
	if strings.HasSuffix(s, "?") || vagueHarm.says(s) || noEvidence.says(s) || minimises.says(s) || mayHave.says(s) || u.orders() || neverAsk.says(s) {
		return false
	}
	if u.section == consequences {
		return !denies.says(s) || possible.says(s) || knows.says(s)
	}
	if u.list > 0 && !leadsToHarm.says(u.lead) || len(u.words) < 6 || dated.says(s) && !possible.says(s) || asking.says(s) && contactable.says(s) || weOffer.says(s) {
		return false
	}
	if meansThat.says(s) || knows.says(s) && named {
		return true
	}
	return possible.says(s) && harm.in(u.words) && (named || toReader.says(s))
}

var (
	knows       = re(`\b(?:sait|savent|connaît|connait|connaissent|know|knows|can see|can read)\b[^.]{0,40}\b(?:vous|votre|vos|tu|te|ton|ta|tes|you|your|famille|family|where|qui|où|quand|pourquoi|what|that|about|'s)\b|(?:est|devenue?s?|become|is) (?:connu|visible|publi|known|public)`)
	mayHave     = re(`\b(?:may|might|could) (?:also )?have been|pourrai(?:t|ent) avoir|aurai(?:t|ent) (?:pu )?(?:été|être)|ont pu être|a pu être`)
	meansThat   = re(`\b(?:cela|ça|ce qui) (?:veut dire|signifie)|\b(?:it|this|that) means\b`)
	toReader    = re(`\b(?:you|your|yours|yourself|vous|votre|vos|te|t'|tu|ton|ta|tes|leur|their|son|sa|ses|his|her)\b|t'|d'un|d'une|\b(?:compte|facture|account|bill)`)
	leadsToHarm = re(`risqu|conséquen|crai|peut|peuv|pourr|could|can|may|might|result|possible|risk|fear|happen|lead|danger`)
	contactable = re(`\d\d[ .]\d\d|@|guichet|desk|bureau|appel|joindre|call us|ring us`)
	// weOffer is what the controller, a helper or an authority can do for the reader.
	weOffer = re(`(?:nous|on|we|i) (?:ne |n')?(?:pouvons|pourrons|peut|vous|can|could|will|shall|would|may)\b.{0,20}(?:aid|répon|inform|écri|renseign|rappel|help|answer|write|inform|tell|send|repair|assist|contact)|(?:peut|pourra|peuvent|can|will|is glad to|happy to) (?:vous |te |you )?(?:aider|accompagner|répondre|renseigner|recevoir|conseiller|orienter|help|answer|assist|advise|support|join)|(?:vous|tu|you|on) (?:pouvez|pourrez|peux|peut|can|may|have the right)[^.]{0,30}(?:appeler|joindre|écrire|saisir|plaindre|plainte|réclam|adresser|contacter|demander|passer|call|write|complain|contact|ask|reach|lodge|object|come|ring|text|still)`)
)
