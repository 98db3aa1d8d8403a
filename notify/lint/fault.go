package lint

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// faults are what a lawyer strikes out whatever the words around it: they hold
// in a letter, an e-mail, a page and an SMS.
var faults = []phrase{
	{"whereabouts", re(`\.onion\b|\bt\.me/|(?:https?://|www\.)\S+[^.]{0,60}(?:download|télécharg)|(?:copies?|files?|data|recordings?|leak|list|fichiers?|données|copies|liste|enregistrements?|photos?)[^.]{0,40}(?:can|could|may|peu(?:t|vent)|sont|est|are|is)[^.]{0,20}(?:be )?(?:read|found|seen|viewed|heard|listened to|downloaded|bought|lus?|lues?|vus?|vues?|télécharg\p{L}*|consult\p{L}*|écout\p{L}*|trouv\p{L}*|achet\p{L}*)[^.]{0,30}(?:at|on|sur|à l'adresse|via) [^ ]*(?:https?:|www\.|[a-z0-9-]+\.[a-z]{2,}|telegram|forum)`), nil, nil},
	{"waiver", re(`\bwaiv|(?:give|giving|gives|sign) (?:up|away) (?:any |all |your |the )*(?:claim|right|recourse)|renonc(?:ez|er|e|iez|ent|iation)\b[^.]{0,40}(?:droit|recours|réclam|poursui|indemn|plainte|action)|(?:full|final) settlement|(?:has|have) (?:met|fulfilled|discharged) (?:its|our|all|their)[^.]{0,20} (?:obligation|dut)|(?:no|not)[^.]{0,30}(?:liable|liability|responsible for)[^.]{0,30}|(?:décharge|dégage)\p{L}* [^.]{0,30}(?:responsabilité|mairie|ville|commune|organisme|établissement)|(?:ne (?:pourrez|ferez|formerez|exercerez|engagerez|déposerez)|engag\p{L}* à ne)[^.]{0,20}(?:pas|plus|aucun)[^.]{0,30}(?:réclam|recours|poursui|plainte|action|indemn)`),
		re(`n'?(?:e|y)? ?(?:vous )?(?:renonc|fait renonc)\p{L}* (?:pas|à aucun)|without (?:giving up|waiving)|not (?:give up|waive)|do(?:es)? not affect your right|responsible for (?:it|this|what)|it is not your`), nil},
	{"secrecy", re(`(?:do not|don't|never|must not|may not|not to|refrain from|asked not)(?: to)?(?: \p{L}+)? (?:talk|speak|tell|mention|discuss|disclos|reveal)\p{L}*[^.]{0,50}(?:about (?:this|it)|this (?:letter|message|matter|incident|breach|e-?mail|notice)|the (?:press|media|incident|breach|theft|letter)|journalist|anyone else)|keep (?:this|the) (?:letter|message|incident|matter|e-?mail|notice|information|breach)[^.]{0,20}(?:confidential|secret|private|to yourself|between us)|(?:letter|message|e-?mail|notice)[^.]{0,12}(?:is|must remain|remains) (?:strictly )?(?:confidential|secret)|` +
		`ne (?:parl|évoqu|racont|mentionn|divulgu|diffus|commun)\p{L}*[^.]{0,30}(?:pas|personne|rien|jamais)[^.]{0,50}(?:(?:de |cette?|cet) (?:cette |cet |ce )?(?:lettre|courrier|message|incident|affaire|fuite|vol\b)|presse|journalist|autour de vous|autour de toi|à personne d')|ne (?:parl|racont|dit)\p{L}*[^.]{0,30}(?:lettre|courrier|message|incident|affaire|vol)[^.]{0,20} à personne|(?:gard|conserv)\p{L}*[^.]{0,12}(?:cette?|cet|ce|le|la) (?:lettre|courrier|message|information|incident|affaire)[^.]{0,16}(?:pour (?:vous|toi)|secret|confidentiel)|(?:lettre|courrier|message|information)[^.]{0,14}(?:doit rester|reste|restera) (?:strictement )?(?:confidentiel|secret)`),
		re(`(?:your|votre|vos|ton|tes|un|a|the) (?:code|password|mot de passe|pin)`), nil},
	{"blame", re(`(?:votre|ta|vos|leur) (?:propre )?(?:imprudence|négligence|faute|erreur|légèreté|inattention|manque de)|(?:vous|tu) (?:n')?(?:auriez|aurais) (?:dû|pu|mieux|évité)|si (?:vous|tu|les \p{L}+) (?:n')?(?:aviez|avais|avaient)[^.]{0,120}(?:n'aur|ne ser|pas arriv|évit)|part de responsabilité|share of (?:the )?(?:responsibility|blame)|(?:parce que|car|puisque) (?:vous|tu) (?:n'(?:avez|as) pas|avez (?:choisi|cliqué|utilisé|laissé|donné|communiqué|négligé)|as (?:choisi|cliqué|utilisé|laissé|donné))|malgré nos (?:\p{L}+ )?(?:rappels|consignes|avertissements|recommandations|conseils|mises en garde)|par votre faute|à cause de (?:votre|ton|ta|vos)|(?:il|cela) (?:vous )?(?:incomb|apparten)\p{L}* (?:à chacun|aux|de)[^.]{0,60}|mots? de passe[^.]{0,30}(?:trop simple|trop faible|trop facile)[^.]{0,30}(?:que vous|choisi)|(?:vous|tu)[^.]{0,20}(?:êtes|es|restez) (?:\p{L}+ )?responsable|` +
		`your (?:own )?(?:negligence|carelessness|fault|mistake|lack of|imprudence|poor|failure|weak|reckless)|you (?:should|ought to|could|might) (?:not )?have (?:been|chosen|used|changed|known|kept|protected|taken|read|thought|avoided|done|set|picked|followed|listened)|(?:because|since|as) you (?:did not|didn't|failed|chose|used|clicked|left|gave|never|ignored|neglected)|had you |if you had|despite our (?:\p{L}+ )?(?:reminders|warnings|advice|instructions)|you (?:are|were|remain) (?:partly |largely |also |solely |yourself )?(?:responsible|to blame)|(?:users|people|residents|families|parents|those) who (?:chose|reuse|reused|fail|failed|did not|didn't) [^.]{0,60}(?:fault|blame|themselves|responsib)|(?:would|could) (?:not )?have (?:been )?(?:avoided|happened|prevented)[^.]{0,40}(?:you|your)`),
		re(`(?:ce n'est|n'est) (?:donc |en rien )?pas[^.]{0,12}(?:votre|ta|ton|leur) |(?:not|n't|nothing)[^.]{0,14} your (?:fault|mistake)|nothing[^.]{0,12}you (?:did|do)|nothing you could|you could not have|rien (?:que|à)[^.]{0,20}(?:vous|tu)|(?:vous|tu) n'(?:y|êtes|es|auriez|aurais)[^.]{0,10}(?:pour rien|rien|pas)`), nil},
	{"panic", re(`catastroph|désastr|dramatique|terrifi|effroyable|cauchemar|apocalyp|\bdisaster|devastat|nightmare|horrif|(?:ruin|destroy)(?:ed|s)? (?:your|you)\b|will be ruined|ruiner? votre|votre vie (?:est|sera|va)|the worst (?:is|thing|has)|le pire est|(?:grave|mortal|extreme|immense|terrible) danger|danger (?:extrême|mortel|immense)|extrêmement grave|nobody is safe|never be safe|plus jamais en sécurité|c'est trop tard|it is too late|!!|\bpanic`),
		re(`(?:not|n't|no|ne|pas|sans|inutile de)[^.]{0,12}paniqu|(?:not|n't|no need to) panic`), nil},
	{"lookup", re(`(?:vérifi\p{L}*|savoir|sachez|tester?|testez|recherch\p{L}*|découvr\p{L}*|consult\p{L}*|voir)[^.?!]{0,40}(?:si (?:vous|tu|votre|vos|ton|ta|le|la|l')|s'il)[^.]{0,60}(?:concern|touch|affect|liste|dedans|fait partie|en fai(?:tes|s) partie|y (?:est|êtes|es)|figur|fuit|vol)|(?:êtes-vous|es-tu)[^.?!]{0,20}(?:concern|touch|affect)[^.]{0,8}\?[^.]{0,90}|` +
		`(?:check|see|find out|look up|search|discover|learn|verify|test|know)[^.?!]{0,50}(?:whether|if) (?:you|your|a|an|any|they|it)[^.]{0,50}(?:affected|concerned|involved|included|leak|stolen|list|file|breach|in it|among)|(?:are|is|am) (?:you|i|your \p{L}+)[^.?!]{0,12}(?:affected|concerned|involved|on the list|in the (?:leak|list|file))[^.]{0,8}\?[^.]{0,90}`), nil, nil},
	{"other-person", re(`(?:ainsi que|comme|et|and|as well as|like) (?:celles? de |celui de |ceux de |that of |those of )?(?:votre|vos|ton|ta|your) (?:voisin|neighbour|collègue|colleague|ami|friend|camarade|classmate)\p{L}* (?:m\.|mme|mr|mrs|ms|monsieur|madame|\p{L}+ )`), re(`prévenez|parlez|tell|warn|talk|dites|montrez|show|ask|demandez|connai|know|reconnai`), nil},
	{"jargon", re(`nonobstant|susmentionn|susvis|afférent|diligenter|ès qualités|aux fins de|en vertu d|au sens de l'article|ci-après (?:dénomm|désign)|subséquem|hereinafter|aforementioned|notwithstanding|pursuant to|herein\b|thereof|inter alia`), re(`public notice|avis public`), nil},
}

// acts of looking up: a place to type, click or search.
var lookupBy = re(`cliqu|click|lien|link|\btap|type\b|typing|enter|saisi|entr(?:ez|er|ant)|tapez|formulaire|form\b|site|page|www|https?:|moteur|outil|tool|search|recherche|indiqu(?:ez|er)|button|bouton|here|ici\b|en ligne|online|portal|portail`)

// findFaults reads each sentence for the faults, and the whole for what only
// the whole shows.
func (c *checker) findFaults(where, text string) {
	folded := fold(text)
	for _, s := range sentences(folded) {
		for _, p := range faults {
			if !p.in(s, folded) || doubted(p.rule, s) {
				continue
			}
			switch {
			case p.rule == "lookup" && (contactable.says(s) || !lookupBy.says(folded)):
			case p.rule == "jargon":
			default:
				c.add(p.rule, where)
			}
		}
	}
	if c.strangeStreet(folded) && strings.HasPrefix(where, "block") && named34.says(folded) {
		c.add("other-person", where)
	}
}

var (
	streetAddress = regexp.MustCompile(`\b\d{1,4}(?: ?bis| ?ter)?,? (?:rue|avenue|boulevard|bd|chemin|place|impasse|allée|route|quai|cours|square) |\b\d{1,4} \p{L}+(?: \p{L}+)? (?:street|road|lane|avenue|close|drive|terrace|crescent)\b`)
	// named34 is somebody else of the same kind as the reader.
	named34 = re(`(?:autre|other|another|second|voisin|neighbour)\p{L}* (?:patiente?|élève|enfant|child|pupil|famil|usag|habitant|resident|person|client|tenant|locataire|agent|student|parent|jeune)|(?:comme|like|as) (?:pour )?(?:le petit|la petite|l'élève|the pupil|little|young)`)
)

// technical are words of the trade, one of which may be explained, several not.
var technical = stems(
	`exfiltr cve cvss rce payload webshell siem edr xdr soc$ ioc iocs hyperviseur hypervisor latéral lateral privilège privilege escalad escalat malware rootkit backdoor botnet c2$ phish infostealer stealer hash hachage hashed salted sha256 sha1 md5 bcrypt sql xss csrf injection token jeton endpoint terminaison api$ ldap kerberos vlan dmz firewall pare$ proxy vpn smb rdp ssh tls aes rsa nist iso27001 pssi rssi ciso forensic forensique threat$ acteur$ vecteur vector vulnérabilité vulnerability patch zeroday exploit rpo rto sla$ ttp apt$ mitre snapshot cluster tenant$ saas sso oauth mfa$ nonobstant susmentionné afférent subséquent$ diligenter responsable$ traitement$ intégrité disponibilité confidentialité personne$ concernée$ notwithstanding pursuant aforementioned hereinafter thereof processor controller remediat remédiation compromission pseudonym`)

var plainTwice = stems(`responsable$ traitement$ personne$ concernée$ confidentialité phish hameçon vpn token jeton patch injection tenant$ cluster vector vecteur acteur$ threat$ proxy sla$ sso controller processor intégrité disponibilité escalad pare$ exploit sql$ confidentiel`)

// jargon counts the words that only the trade understands.
func (c *checker) jargon() {
	seen := map[string]bool{}
	c.each(func(_, text string) {
		for _, w := range wordsOf(fold(text)) {
			if technical.has(w) && !plainTwice.has(w) {
				seen[w] = true
			}
		}
	})
	legal := 0
	c.each(func(_, text string) {
		legal += len(faults[len(faults)-1].match.all(fold(text)))
	})
	if n := len(seen) + legal; n >= 3 {
		c.add("jargon", "document", n)
	}
}

// envelope tells a sender on an envelope who reveals why the person is followed.
func (c *checker) envelope(where, text string) {
	s := fold(text)
	if senderLine.says(s) && sensitiveService.says(s) {
		c.add("envelope-service", where)
	}
}

var (
	senderLine       = re(`^(?:\[?[^\]]{0,30}envelop\p{L}*|expéditeur|expéditrice|exp\.|sender|return address|from:|retour à)\b|enveloppe|envelope`)
	sensitiveService = re(`consommateur|cannabis|alcool|addict|drog|toxico|tabac|planification|planning familial|contracepti|ivg|grossesse|sexuel|sexual|\bvih\b|\bhiv\b|\bist\b|dépistage|psych|\bcmp\b|\bpmi\b|mental|suicid|aide sociale à l'enfance|\base\b|protection de l'enfance|child protection|handicap|\bmdph\b|surendettement|debt|violence|refuge|hostel|prison|probation|justice|\bpjj\b|oncolog|cancer|drug|alcohol|substance|gambling|abortion|pregnan|sexual|family planning|domestic|asylum|asile`)
)

// whole looks for what one sentence does not show.
func (c *checker) whole(o outline, mail bool) {
	c.contradictions(o)
	c.ownChannel(o, mail)
	c.pastPromises(o)
	c.othersNamed(o)
}

// contradictions: "only your name was taken" below a list that holds more, or
// "no bank details" below an IBAN.
func (c *checker) contradictions(o outline) {
	if !slices.ContainsFunc(o.units, func(u unit) bool { return u.section != actions && onlyThese.says(u.text) }) {
		return
	}
	listed := map[string]bool{}
	for _, u := range o.units {
		if !onlyThese.says(u.text) && u.section != absent && u.tells(aData) {
			for k, p := range kinds {
				listed[k] = listed[k] || p.says(u.text)
			}
		}
	}
	for _, u := range o.units {
		if u.section == actions || !onlyThese.says(u.text) {
			continue
		}
		said, more := 0, false
		for k, p := range kinds {
			if p.says(u.text) {
				said++
			} else if listed[k] {
				more = true
			}
		}
		if said > 0 && more {
			c.add("contradiction", "document")
		}
	}
}

var (
	onlyThese = re(`(?:\bonly\b|\bjust\b|\bnothing (?:but|other than|more than)\b|seule?s?\b|uniquement|que (?:votre|vos|ton|ta|tes))[^.]{0,70}(?:concern|involv|affect|stolen|copied|taken|touch|vol[ée]|copi|lus?\b|pris|en cause|leak|expos)|(?:concern|involv|affect|stolen|copied|taken|touch|vol[ée]|copi|lus?\b|pris|leak|expos)\p{L}* (?:only|just|que|uniquement|seulement)\b`)
	kinds     = map[string]*pattern{
		"birth": re(`naissance|birth`), "bank": re(`\biban\b|\brib\b|bancaire|bank account|bank details|account number`), "number": re(`sécurité sociale|\bnir\b|social security|insurance number`),
		"health": re(`santé|médica|diagnos|traitement|maladie|handicap|health|medical|illness|treatment`), "password": re(`mots? de passe|password`), "address": re(`adresse (?:postale|du)|domicile|votre adresse|\bhome address|postal address|, address`),
		"phone": re(`téléphone|portable|\bphone|mobile`), "identity": re(`passeport|carte d'identité|passport|identity card|id card`), "name": re(`\bnoms?\b|prénom|\bnames?\b`), "email": re(`e-?mail|courriel|adresse électronique`),
	}
)

// ownChannel: a message that says it comes through what the intruders hold.
func (c *checker) ownChannel(o outline, mail bool) {
	if !mail {
		return
	}
	through, held := -1, false
	for i, u := range o.units {
		if through < 0 && writesThrough.says(u.text) && !otherWay.says(u.text) {
			through = i
		}
		held = held || boxHeld.says(u.text)
	}
	if through >= 0 && held {
		c.add("own-channel", "document")
	}
}

var (
	writesThrough = re(`(?:(?:nous|je|on) (?:vous |t'|te |l'|leur )*(?:écri|envo|adress|inform|prévien)\p{L}*|(?:we|i)(?:'re| are| am|'m)? (?:sending|send|writing|write|informing)|(?:this|ce|cet) (?:message|e-?mail|courriel|mail) (?:is|was|est|a été|vous est|reaches|arrive)[^.]{0,14})\b.{0,20} (?:to|at|in|through|via|by|sur|à|dans|par)\b.{0,44}(?:messagerie|boîte|mailbox|adresse (?:mail|professionnelle|électronique|scolaire|de)|e-?mail (?:account|address|box)|inbox|\bmail (?:account|system))`)
	otherWay      = re(`personnel|personal|private|autre|another|other than|plutôt|not (?:by|to|through|use)|pas (?:par|sur|à)|rather|nouvelle|new\b|poste|post\b|courrier postal`)
	boxHeld       = re(`(?:messagerie|boîtes?|mailbox\p{L}*|inbox\p{L}*|e-?mail accounts?|mots? de passe|passwords?)[^.]{0,80}(?:vol[ée]|pirat|pris\b|lire|lisent|ouvert|aux mains|stolen|taken|hijack|broken into|read|opened|hacked|compromis|copi)|(?:pirat|attaquant|intrus|inconnu|stranger|attacker|thie|hacker|intruder)\p{L}*[^.]{0,60}(?:messagerie|boîte|mailbox|inbox|e-?mail account)`)
)

// othersNamed: somebody else of the reader's kind, by name.
func (c *checker) othersNamed(o outline) {
	known := sync.OnceValue(func() map[string]bool { return c.addressees(o) })
	for _, u := range o.units {
		if sameLetter.says(u.text) {
			c.add("other-person", u.where)
		}
		if u.section == contact || u.tells(aContact) || !condition.says(u.text) && !sum.MatchString(u.text) && !streetAddress.MatchString(u.text) {
			continue
		}
		for _, m := range civil.all(u.text) {
			if !known()[m[1]] {
				c.add("other-person", u.where)
			}
		}
	}
	for i, b := range c.doc.Blocks {
		for j, t := range append(slices.Clone(b.Text), b.List...) {
			for _, s := range sentences(t) {
				if m := personNamed.FindStringSubmatch(s); m != nil && !official.MatchString(s) && !contactable.MatchString(t) && otherState.MatchString(s) {
					c.add("other-person", whereOf(i, j, len(b.Text)))
				}
			}
		}
	}
}

var (
	personNamed = regexp.MustCompile(`(?:\b(?:that of|celui de|celle de|le petit|la petite|l'élève|le jeune|la jeune|comme|like|as well as|ainsi que|beside|named|nommée?|called|appelée?|patiente?,|patient,|child,|pupil,|enfant,|élève,|voisine?,|neighbour,)\s+(?:M\.|Mme|Mr|Mrs|Ms|Monsieur|Madame)?\s*)(\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?\s+\p{Lu}\p{L}+)`)
	official    = re(`délégu|\bdpo\b|data protection|directeur|directrice|maire\b|mayor|principal|proviseur|président|conseill|adviser|head\b|officer|secrét|responsable|docteur|\bdr\b|doctor|expert|psychologist|psychologue|atteste|certif|clerk|manager|librarian|nurse|teacher|chef|cadre|adjoint|agent|banque|france|cnil|ombuds|solicitor|counsel|town of|ville de|city of|hospital|hôpital|council|commission|street|mission|association|school|college|collège|lycée|university|institut`)
	otherState  = re(`\b(?:qui|dont|who|whose|which|that)\b|\(|être suivi|is being|was being|habite|lives|dossier|file|report|rapport|fiche|record|paie|pays|dett|owes|diagnos|adhd|tdah|malad|handicap|enceinte|pregnant|accouch|allerg|class|cm1|cm2|ce1|ce2|\bcp\b|year \d|jumeaux`)
)

var (
	// civil is a person named with a title, condition what nobody else should learn of one.
	civil      = re(`\b(?:m\.|mme|mlle|mr|mrs|ms|monsieur|madame) (?:\p{L}\. |\p{L}+[ -])?(\p{L}{3,})\b`)
	condition  = re(`dépress|sick leave|arrêt (?:de travail|maladie)|cancer|\bsida\b|alcool|toxico|schizo|bipolair|hospitalisée? pour|suivie? pour|traitée? pour|(?:treated|seen|followed) for |addict|diagnos|enceinte|pregnant|handicap|garde à vue|convicted|condamnée? pour|surendett|bankrupt`)
	sum        = regexp.MustCompile(`[€£$] ?\d|\d ?(?:€|euros?\b|pounds\b)`)
	sameLetter = re(`(?:same letter|copy of this letter|same message|même (?:lettre|courrier|message)|copie de (?:ce|cette) (?:lettre|courrier|message))[^.]{0,50}(?:\bm\.|\bmme\b|\bmr\b|\bmrs\b|\bms\b|monsieur|madame) ?\p{L}`)
)

// addressees are the names of the first lines, before anything is told, and of
// whoever signs or answers.
func (c *checker) addressees(o outline) map[string]bool {
	names := map[string]bool{}
	for _, u := range o.units {
		if official.says(u.text) || contactable.says(u.text) || len(u.words) < 7 {
			for _, w := range u.words {
				names[w] = true
			}
		}
	}
	for _, w := range wordsOf(fold(c.doc.Title)) {
		names[w] = true
	}
	return names
}

func whereOf(block, index, texts int) string {
	if index < texts {
		return "block " + itoa(block+1) + ", paragraph " + itoa(index+1)
	}
	return "block " + itoa(block+1) + ", item " + itoa(index-texts+1)
}
