package lint

import "regexp"

var (
	mail   = regexp.MustCompile(`[\p{L}0-9._%+-]+@[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)+`)
	phone  = regexp.MustCompile(`(?:\+\d{1,3}|\b0)(?:[\s.\x{a0}-]?\(?\d\)?){8,11}\b|\b3\d[ \x{a0}]?\d\d\b|\b(?:1[-. ])?\(?[2-9]\d\d\)?[-. ]\d{3}[-. ]\d{4}\b`)
	postal = regexp.MustCompile(`\b\d{5} \p{L}[\p{L}'-]+|\b\d{1,4}(?: ?bis)?,? (?:rue|avenue|boulevard|chemin|place|impasse|allée|route|quai|cours|square|street|road|lane)\b|\b(?:au|dans|in|at) (?:\p{L}+ ){0,2}(?:bâtiment|bureau|salle|étage|infirmerie|room|office|floor|desk)\b|\b(?:bâtiment|bureau|salle|room|floor|desk) \p{L}?\d`)

	cnil     = re(`\bcnil\b|data protection (authority|commission\b)|autorité de (contrôle|protection)|information commissioner|\bico\b|supervisory authority`)
	neverAsk = re(`demand[^.]{0,14} jamais|jamais[^.]{0,20} demand|ne (vous |te )?(demand|réclam)[^.]{0,30}(aucun|pas|ni|jamais)|(aucun|ni)[^.]{0,40} ne (vous |te )?(sera|demande)|n'(enverr|envoie|écri|appel)[^.]{0,20}(aucun|pas|jamais|ni)[^.]{0,60}|ne (réclam|demand)\p{L}* (aucun|pas|ni|rien)|(never|not|nobody)[^.,]{0,25} (ask|ring you|call you|request)|won't ask|ask for nothing|shall not ask|do not ask`)
	dpo      = re(`délégué\p{L}* .{0,6}(à )?la protection|\bdpo\b|\bdpd\b|data protection officer|responsable de la protection des données|protection des données|data protection|(protect|protég)[^.]{0,12} (your |vos |tes )?(information|données|data)|private things`)

	// container is a verb for what a file holds, ofReader what is the reader's.
	container = re(`contien|conten|compren|comport|compos|figur|\bport(?:e|ent|ait|aient)\b|\bcit(?:e|ent|ait)\b|regroup|rassembl|recens|mentionn|donnait|montre|\by (?:lit|lis|trouv|voi|est|sont)|\bil y (?:a|avait)|s'agi|concern|indiqu|manqu|sur toi|connaî|(?:voir|vu|lu|lire) |` +
		`contain|\bholds?\b|\bheld\b|\bcarr(?:y|ies|ied)\b|includ|\blists\b|\blisted\b|consist|\bshow|\bstate[sd]\b|\bgives\b|(?:has|have|had|got|on it|in it|saw|read|see)\b[^.]{0,30}(?:your|'s|his|her)\b|missing`)
	ofReader    = re(`\b(?:votre|vos|ton|ta|tes|son|sa|ses|leurs?|your|his|her|their)\b|'s (?:full |first )?name`)
	contactable = re(`\d\d[ .]\d\d|@|guichet|desk|bureau|appel|joindre|call us|ring us`)
)
