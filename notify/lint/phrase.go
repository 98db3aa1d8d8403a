package lint

// phrase is wording that must not stand in a communication. It is looked for
// in each sentence; unless excuses the sentence, around the whole paragraph.
type phrase struct {
	rule   string
	match  *pattern
	unless *pattern
	around *pattern
}

// in tells whether a phrase stands in a sentence of a paragraph, both folded.
func (p phrase) in(sentence, paragraph string) bool {
	return p.match.says(sentence) &&
		(p.unless == nil || !p.unless.says(sentence)) &&
		(p.around == nil || !p.around.says(paragraph))
}

// vagueMeasures is what the CNIL fined (SAN-2026-001).
var vagueMeasures = re(`(toutes? les?|des|les) (mesures?|dispositions?|actions|démarches)( techniques| de sécurité| et organisationnelles| organisationnelles)* (nécessaires?|utiles?|appropriées?|adéquates?|adaptées?|requises?|correctrices?|correctives?|idoines|qui s'impos|possibles)|` +
	`(mesures|dispositions)( techniques| et organisationnelles| de sécurité)* (nécessaires|appropriées|adaptées|adéquates|correctrices|correctives) (ont été|sont|seront|viennent)|` +
	`(le|tout) nécessaire (a été|est|sera) fait|fait le nécessaire|(tout|tous les moyens)( est| sont| a été| ont été| sera| seront)? mis(es)? en (œuvre|oeuvre)|(équipes?|services?|nous)[^.,;]{0,30} (pleinement |totalement |entièrement |immédiatement )?mobilis[^:,]{0,40}$|(équipes?|services?)[^.]{0,30}mobilis[^.]{0,80}(situation|incident|œuvre|oeuvre)|remédier à (la|cette) situation|mett(ons|re) tout en (œuvre|oeuvre)|tout mis en (œuvre|oeuvre)|(des|de nouvelles|plusieurs) mesures (ont été|sont|seront) (prises|mises)|avons pris (des|les|plusieurs|certaines) mesures\b[^,:]{0,12}[.]?$|` +
	`mesures (de sécurité )?(ont été|sont) renforcées|(avons )?renforcé (nos?|notre|la|les) (sécurité|systèmes?|mesures|dispositifs?|niveau)[^,:]{0,30}$|` +
	`(all|the|any)? ?(necessary|appropriate|suitable|required|relevant) (security |technical |organisational |corrective )?(measures|steps|actions?|precautions)|everything (possible|we can|in our power)|(have )?taken (steps|measures|action)( to (address|remedy|fix|resolve)[^,:]{0,30})?[.]?$|(strengthened|enhanced|improved) our security[^,:]{0,20}$`)

var noEvidence = re(`(aucune?|pas (de|d')|sans|nulle?|ni) (preuves?|éléments?|indices?|signes?|traces?|cas|utilisations?|usages?|exploitations?|incidents?|conséquences?)[^.]{0,60}(utilis|exploit|usage|malveill|frauduleu|constat|détect|identifi|observ|recens|laiss)|` +
	`rien (n'indique|ne (permet|laisse|montre|prouve|suggère))|(pas|aucune) connaissance (d'une|d'un|de|à ce)[^.]{0,50}(utilis|usage|exploit|diffus|publi|fraud)|à notre connaissance[^.]{0,40}(n'|aucun|pas)|` +
	`no (evidence|indication|sign|proof|reason to believe|reports?|trace)[^.]{0,80}(misus|used|exploit|abus|fraud|published|shared|suggest|that)|(not|un)( been)?[ -]?aware of any|not (seen|found|detected) any (evidence|sign|misuse|fraud)`)

var concerned = `(concern|touch|impact|affect|vol[ée]|compromis|expos|consult|accessible|divulg|dérob|copi|fuité|extrai|récupér|publi|\bvue?s?\b|utilisé)`

var minimises = re(`(rien|pas grand-chose) à (craindre|redouter)|portée (très |extrêmement |somme toute )?(limitée|réduite|faible)|n'intéress\p{L}* (plus |pas )?personne|aucun (risque|danger)\b|aucune (conséquence|suite|incidence)|pas de (conséquence|risque|danger)|sans (danger|risque)|(peu|guère) (de risque|probable|grave|sensible)|pas (bien |très |si )?grave|anodin|bénin|ne vous inquiétez pas|ne t'inquiète pas|pas de quoi|nothing (bad|serious|to (fear|worry))|nothing will (come|happen)|no (real |serious |actual )?(risk|danger|harm|impact|consequences?)\b|(really )?no cause|harmless|trivial|unlikely|highly improbable|not (serious|dangerous|sensitive)|you are (perfectly |completely )?safe|without (consequences?|danger)|we are confident|nous sommes confiants|(pas|aucune raison|inutile) (de |d'|lieu de )?(vous )?(inquiét|alarm|paniqu)|(simple|petit|léger|mineur) (incident|désagrément)|incident (mineur|sans gravité|technique)|par (simple |excès de |mesure de )(précaution|prudence)|sans (gravité|conséquence)|soyez rassur|rassurez-vous|risque (est |reste |demeure )?(très |extrêmement )?(faible|limité|minime|négligeable)|` +
	`(no|not) (need|reason|cause) (to|for) (worry|panic|be alarm|concern|alarm)|don't worry|do not worry|abundance of caution|minor (incident|issue)|(low|minimal|limited|negligible) risk|risk (is|remains) (very |extremely )?(low|minimal|limited|negligible)|rest assured|be reassured`)

var vagueData = re(`(certaines|quelques|plusieurs|une partie) (de (vos|ces|nos|leurs) |des )?(données|informations)[^:]{0,60}$|(certaines|quelques-unes) de vos (données|informations)|(donnée|information|nom|adresse|naissance|téléphone)[^.]{0,60}(,| et) ?etc\b|\b(notamment|entre autres)\b[^.]{0,60}(\bnom|naissance|adresse|téléphone|\biban\b)|` +
	`some of your (personal )?(data|information|details)|certain (personal )?(data|information|details)|(names?|address(es)?|birth|data|information|details)[^.]{0,60}(, etc|and so on|and more)\b|such as (your )?(name|address|e-?mail|date)|(various|some|certain) (types|kinds|pieces) of (data|information)`)

// dataOrigin says where data come from, and not which they are.
var dataOrigin = re(`(?:données|informations) (?:pro)?viennent d|(?:data|information) (?:comes?|came) from`)

var elsewhereOnly = re(`(détail|précision|liste|donnée|conséquence|mesure|conseil|recommandation|information|coordonnée|gestes|consigne)s?[^.]{0,80}(pièce jointe|fichier joint|document joint|ci-joint|en annexe|sur demande|sur simple demande)|(details?|data|list|consequences|measures|advice|recommendations|information|steps)[^.]{0,80}(attached|attachment|enclosed|annex|on request|upon request)|coordonnées[^.]{0,40}(se trouvent|figurent|sont)[^.]{0,30}site|(détail|précision|liste|donnée|conséquence|mesure|conseil|recommandation|information)s?[^.]{0,80}(figurent|est disponible|sont disponibles|sont publi|est publi|à retrouver|à consulter|sont accessibles|est accessible|sont détaill|est détaill|se trouve)[^.]{0,60}(site|page|lien|adresse|espace|faq|ligne)|` +
	`(pour (connaître|savoir|obtenir)|(consultez|rendez-vous|retrouvez)[^.]{0,40}(donnée|conséquence|mesure|détail|conseil|recommand|notre (site|page|faq)))[^.]{0,80}(site|page|faq|espace|lien)|(details|data|consequences|measures|advice|recommendations|list|information)[^.]{0,60}(are|is|can be) (available|published|found|listed|set out)[^.]{0,30} (on|at|in)|(to (learn (what|which)|find out|know|see)|for details)[^.]{0,60}(visit|see|go to|consult|read)[^.]{0,40}(site|page|faq|website)|(visit|see|go to|consult) (our|the)[^.]{0,20}(site|page|faq|website)[^.]{0,30}(for|to (find|learn|know))`)

const (
	attached = `(?:pièces? (?:ci-)?jointes?|(?:fichier|document|formulaire|tableau|archive)s? (?:ci-)?joint\p{L}*|joint\p{L}* à ce|ci-joint|\battached\b|\battachment)`
	fileName = `[\p{L}\d_-]\.(?:pdf|docx?|docm|xlsx?|xlsm|zip|rar|7z|exe|msi|html?|iso|js)\b`
)

var phrases = []phrase{
	{"hedge", re(`peut-être[^.]{0,30}` + concerned + `|` + concerned + `[^.]{0,30}peut-être|` +
		`il (est (possible|probable|vraisemblable)|se peut|se pourrait|semble|semblerait) (que|qu'|avoir)[^.]{0,60}(donnée|information|compte|vous|fichier|personne|(ait|aient|ayez|aies|soit|soient|soyez|sois) )|(pensons|supposons|croyons|soupçonnons|on pense|présumons) (que|qu')|` +
		`(potentiellement|possiblement|probablement|vraisemblablement|éventuellement|a priori|apparemment)[^.]{0,40}` + concerned + `|` + concerned + `[^.]{0,25}(potentiellement|possiblement|éventuellement|a priori)|` +
		`(donnée|information|compte|fichier|vous|elles|ils|personne|tiers|individu|identifiant|adresse)s?[^.]{0,60}(pourrai(t|ent) avoir|pourriez avoir|aura(it|ient)( pu)?|ont pu|a pu|avez pu|sera(it|ient)|semble(nt)?) (avoir )?(été |être |faire l'objet|figurer|accéder|` + concerned + `)|` +
		// What may yet happen is a consequence, and no hedge: only exposure itself counts here.
		`(donnée|information|compte|fichier|vous|elles|identifiant|adresse|dossier)s?[^.,;:]{0,40}pour(rai(t|ent)|riez) (également |aussi |donc )?(figurer|faire partie|être [^.,;:]{0,15}(concern|touch|impact|affect|compromis|expos|accessible|présent|inclus|vol[ée]|consult|copi|dérob|parmi|dans ))|` +
		`(donnée|information|compte|fichier|vous)s?[^.]{0,40}susceptibles? d'(avoir|être|figurer)[^.]{0,20}|ne pou(vons|vant) (pas )?exclu|n'est pas exclu|fuite (potentielle|possible|présumée|éventuelle)|(possible|potentielle|éventuelle|présumée) (fuite|compromission|violation|divulgation|exposition)|risque(nt)? d'avoir été|` +
		`(may|might|could) (also |well |possibly |potentially )?have (been|had|got|seen|read|obtained|stolen|downloaded|viewed|accessed|affected|copied|taken|included)|(you|your (data|details|information|account|record))[^.]{0,30}(may|might|could) be (affected|concerned|involved|impacted|among|included)|` +
		`(potentially|possibly|probably|apparently|allegedly)[^.]{0,30}(affected|involved|stolen|accessed|exposed|concerned|compromised|impacted|your|includ)|(it is|it's) (possible|likely) that (your|some|an?|the)|appears? to have|seems? to have|cannot rule out|can't rule out|(potential|possible|suspected|alleged) (exposure|breach|leak|theft|access|compromise)|believe[^.]{0,30}(may|might)|(we|i) (think|suspect|assume|suppose|fear|guess) (that )?(some|your|the|an?|this|it|they|someone|somebody)|(perhaps|maybe|presumably)[^.]{0,30}(affected|stolen|accessed|copied|your|you\b|seen|taken)`),
		re(`message[^.]{0,20}potentiellement|si vous (avez|pensez|constatez)`), nil},
	{"no-evidence", noEvidence, nil, nil},
	{"vague-measures", vagueMeasures, nil, nil},
	{"vague-data", vagueData,
		re(`n'est pas|ne sont pas`), nil},
	{"serious-words", re(`(prenons|attachons|accordons|prend|attache|accorde)[^.]{0,60}(sérieu|importance|priorité)[^.]{0,60}|(sécurité|protection|confidentialité)[^.]{0,60}(est|reste|demeure) (notre|une|au cœur|l'une)[^.]{0,20}(priorité|préoccupation|engagement|de nos)|(tak|treat)(es?|ing)? [^.]{0,60}(security|privacy|matter|protection|this|incident)[^.]{0,30}serious|(security|privacy)[^.]{0,40}(is|are|remains) (our|a|of)[^.]{0,15}(priority|importance)|(utmost|paramount) importance|committed to (protecting|safeguarding)`), nil, nil},
	{"minimises", minimises, nil, nil},
	{"not-taken", re(`(n'ont|n'a|n'est|n'étaient|n'était) (donc |en aucun cas |en revanche |pas )*(pas )?(été )?(ni [^.;]{0,40})?(vol|dérob|pris(es?)?\b|copi|lue?s?\b|consult|télécharg|emport|fuit|expos|compromis|touch|concern|affect|impact|diffus|en cause)|ne sont (donc |en aucun cas |nullement )?pas (concern|touch|affect|compromis|impact|en cause)|` +
		`(aucune?|ni) (mot|donnée|coordonnée|information|numéro)[^.]{0,60}n'(a|ont|est) (donc )?(été )?(vol|dérob|expos|compromis|touch|concern|affect|impact|divulgu)|((were|was|are|is) (therefore )?not|(have|has) (therefore )?not been) (stolen|taken|copied|read|seen|downloaded|leaked|exposed|compromised|affected|involved|impacted|concerned)|no (passwords?|bank|financial|payment)[^.]{0,40}(stolen|taken|exposed|compromised|affected|involved|accessed)`),
		nil, re(`attest|certifi[eé]|ne (les |la |le )?(contenait|contient|contiennent|stockait|stocke|conserv[a-z]+|détenait|détient|enregistr[a-z]+)|(did|does|do) not (hold|store|contain|keep)|never (held|stored)`)},
	{"asks-secret", re(`((^|[:;,.] ?)(envoie|communique|transmets|indique|confirme|saisis|renseigne|fournis|renvoie|donne|précise|complète|scanne|joins|réponds|tape)|envoy(ez|er|ant)|communiqu(ez|er|ant)|transmett(ez|re|ant)|indiqu(ez|er|ant)|confirm(ez|er|ant)|saisi(ssez|r|ssant)|renseign(ez|er|ant)|fourni(ssez|r|ssant)|renvoy(ez|er|ant)|adress(ez|er)|donn(ez|er|ant)|précis(ez|er|ant)|complét(ez|er)|scann(ez|er)|joi(gnez|ndre|gnant)|répond(ez|re|ant))(-nous|-le|-la)?[^.]{0,70}(` + secret.source + `)|(appel|rappel|téléphon|écri|contact|rendez-vous)\p{L}*(-nous|-le|-la)?[^.]{0,25}avec (votre|vos|ton|ta|tes)[^.]{0,30}(` + secret.source + `)|(connect|identifi)\p{L}*(-vous|-toi)[^.]{0,40}(avec|votre|vos|ton|tes)[^.]{0,20}(` + secret.source + `)|(besoin|munissez|munir|\bmunie?s?\b|nous faut|demandons|demande\b)[^.]{0,40}(` + secret.source + `)|` +
		`(call|phone|ring|contact|write to|text)( us| me)? with[^.]{0,12}(your|the)[^.]{0,30}(` + secret.source + `)|(log|sign) ?in .{0,60}?(with|using)[^.]{0,20}(` + secret.source + `)|\b(send|giv|give|confirm|enter|provid|provide|reply with|submit|supply|shar|share|verify|text|e-?mail|upload)(ing)?( us| me| back)?\b[^.]{0,12}(your|a copy|the)[^.]{0,50}(` + secret.source + `)`),
		re(`\b(whoever|who|they|someone|somebody|strangers?|thie(f|ves)|criminals?)\b[^.]{0,30}\b(can|could|may|might|will|would)\b|\b(qui|on|ils?|elles?|inconnus?|voleurs?|quelqu'un)\b[^.]{0,20}\b(peut|peuvent|pourrai\p{L}*|pourra|pourront)\b|\bne (vous |te |lui )?demand|demand\p{L}*[^.]{0,40}(aux|à (tous|toute|chaque|tout|quiconque)) |(ask|asking) (all|every|any|each) |jamais|never|aucun|\bne (les |nous |vous )?(donn|communiqu|transmet|envoy|indiqu|confirm|saisi|fourni|répond|renseign|divulgu)|n'(envoy|indiqu|adress|y)|sans (donner|communiquer|saisir)|(do not|don't|won't|will not|not to|refus)|changez|(votre|la) banque|(tell|call|contact|warn|ask) your bank|que l'on|nouveau mot de passe|new password|avant de|(par|à) qui|personne ne|nobody|no one|quiconque|anyone|à (un |une )?(tiers|inconnu|personne)|raccrochez|hang up|méfi|beware|wary|escroc|scam|fraud|faux|fake|` + controllers.source), nil},
	{"asks-secret", re(`(not|inscri|recopi|indiqu|rempli|écri|report|complét)\p{L}*[^.]{0,50}(` + secret.source + `)[^.]{0,50}(coupon|formulaire|ci-dessous|ci-joint|retour|bordereau|talon)|(write|note|fill in|put|enter|print)[^.]{0,40}(` + secret.source + `)[^.]{0,40}(slip|form\b|below|coupon|return|sheet)|(ayez|prépar\p{L}*|apport\p{L}*|have|bring|keep)[^.]{0,12} (votre|vos|your)[^.]{0,20}(` + secret.source + `)[^.]{0,30}(sous la main|à portée|avec vous|ready|to hand|with you|pour vérif|so (that )?we)`),
		re(`jamais|never|\bne (les |nous |vous )?(not|inscri|recopi|indiqu|rempli|écri|report)|do not|don't`), nil},
	{"click", re(`cliqu(ez|er|ant)|click (here|on|the|this|below|https?:|www)|(sign|log) ?in (at|on|to|via) (https?:|www)|connect\p{L}*-(vous|toi) (sur|à|via) (https?:|www)|(ouvr|suiv)(ez|ant) (le|ce) lien|via (le|ce) lien|(lien|bouton) (ci-dessous|suivant|ci-après)|follow (this|the) link|(link|button) below|(scann|flash)(ez|er) (le|ce|ces) (qr|code)|scan (the|this) (qr|code)`),
		re(`ne (jamais |pas |surtout )*cliqu|ne cliqu|n'ouvr|(never|not|don't) (click|open|follow|scan)|(évit|sans|avant de|plutôt que|invit|demand|incit|propos)[^.]{0,30}(cliqu|ouvr|scann)|(avoid|without|instead of|before|rather than|ask(s|ing)? you to|asked to|urg)[^.]{0,30}(click|open|follow|scan)|ne (scann|flash|suiv)`), nil},
	// A file that a message brings is how the next theft begins: none is to be opened.
	{"attachment", re(attached + `[^?!;]{0,60}` + fileName + `|(?:ouvr(?:ez|ir|e)\b|télécharg\p{L}*|exécut\p{L}*|activ(?:ez|er)|open|download|run|launch|enable)\b[^.?!;]{0,50}` + attached),
		re(`jamais|\bn'|\bne |\bpas\b|never|\bnot?\b|n't|without|avoid|évit|méfi|wary|beware|before|avant|instead|plutôt|\bany|quiconque|escroc|scam|\bfaux|\bfausse|fake|false|\bsi |s'il|\bif |\bwas\b|\bwere\b|\bhad\b|était|a été|avait|erreur|mistake|\bsent\b|went|envoyé|\bparti`), nil},
	{"elsewhere-only", elsewhereOnly,
		re(`aussi|également|par ailleurs|mises? à jour|versions?|reprise|tapez|plainte|also|too\b|update|type the|yourself|complain|phone number|ce numéro|numéro de téléphone|vérifier|check|signal|17cyber|cybermalveillance|cnil`), nil},
	{"urgency", re(`(votre compte|vos droits|votre dossier|vos prestations?|votre inscription)[^.]{0,30}(sera|seront|va être|vont être|pourra être) (ferm|suspend|bloqu|supprim|radi|clos)|dernier (avertissement|rappel|délai)|sous peine|faute de quoi|avant qu'il ne soit trop tard|(répondez|agissez|confirmez)[^.]{0,20}(sous|dans les|avant) (\d+|vingt|quarante)|` +
		`your (account|benefits|access|file)[^.]{0,20}will be (closed|suspended|blocked|deleted|terminated)|final (warning|notice|reminder)|act now or|failure to (reply|respond|act)|(reply|respond|act) within \d+`), nil, nil},
	{"advertising", re(`bons? (d'achat|de réduction|cadeau)|(offert|cadeau)e?s?\b|portes ouvertes|tarif (préférentiel|réduit|spécial)|(téléchargez|installez|découvrez|essayez) (nos|notre|la nouvelle|le nouveau)|en (passant|souscrivant|adhérant|vous abonnant) |\bvouchers?\b|free (trial|gift|month)|\d+ ?% (off|de (remise|réduction))|gift (card|voucher)|our (new|premium|free) (app|service|offer|card|plan|newsletter)|(join|try|enjoy|download) (us|our|the new)|\ban open day|our open day|sign up (for|to)|profitez (de|d')|\boffres?\b[^.]{0,30}(spéciale|exclusive|promo|réserv|découvr|du moment)|découvrez (nos|notre)|code promo|abonnez-vous|nos (nouveautés|services premium)|remise de|special offer|discount|subscribe|discover our|check out our|newsletter`), nil, nil},
}

// controllers are the controller's own bank details, which the reader may well
// ask to have confirmed.
var controllers = re(`\b(?:nos|notre|our)(?: propres?| own)? (?:coordonnées bancaires|\brib\b|\biban\b|numéro de compte|bank (?:details|account)|account (?:number|details))`)

var secret = re(`mots? de passe|\bcodes?\b|coordonnées bancaires|\brib\b|\biban\b|(numéro|données) de (votre )?carte|carte bancaire|cryptogramme|(pièce|carte|copie|justificatif)[^.]{0,12} d'identité|passeport|numéro de sécurité sociale|identifiants|` +
	`passwords?|\bpin\b|bank details|account (number|details)|card (number|details)|identity (document|card)|\bid card|passport|iban|social security number|date de naissance|date of birth`)
