package lint

import (
	"regexp"
	"slices"
	"strings"
)

// saysData wants the categories of data: in a list, under a heading for them, or
// in a sentence that says what a file holds and enumerates it.
func (o outline) saysData() bool {
	items := map[int]int{}
	named := 0
	for _, u := range o.units {
		if !u.namesData() {
			continue
		}
		n := category.count(u.words)
		strong := n - vagueCategory.count(u.words)
		switch {
		case u.list > 0:
			if items[u.list]++; items[u.list] >= 2 || u.section == data && n >= 1 || strong >= 2 {
				return true
			}
		case u.section == data:
			if named += strong; strong >= 1 && (n >= 2 || holds.says(u.text)) || named >= 2 && len(u.words) <= 8 {
				return true
			}
		case n >= 1 && isHeld.says(u.text):
			return true
		case (strong >= 2 || strong >= 1 && n >= 3) && enumerates(u.text) && (container.says(u.text) || ofReader.says(u.text)), strong >= 3 && strings.Count(u.text, ",") >= 2 && happened.in(u.words):
			return true
		case strong >= 1 && ofReader.says(u.text) && len(u.words) <= 8:
			if named += strong; named >= 2 {
				return true
			}
		}
	}
	return false
}

// namesData tells whether a unit may be part of an inventory: it names a
// category of data, orders nothing and does not tell what may happen.
func (u unit) namesData() bool {
	s := u.text
	switch {
	case u.section == actions || u.section == contact || u.section == measures || u.section == consequences || u.section == absent:
		return false
	case !category.in(u.words) || notHeld.says(s) || neverAsk.says(s) || strings.HasSuffix(s, "?") || vagueData.says(s):
		return false
	case u.list > 0 && leadsToHarm.says(u.lead) && !holds.says(u.lead):
		return false
	case possible.says(s) && (u.section != data || harm.in(u.words) && outsider.in(u.words)) && !whoseMay.says(s):
		return false
	case u.section != data && u.list == 0 && u.measure:
		return false
	case u.section != data && (contactable.says(s) && mail.MatchString(s) || u.list == 0 && u.orders()):
		return false
	}
	return true
}

// enumerates tells whether a sentence is a list of several things.
func enumerates(s string) bool {
	return strings.Count(s, ",")+strings.Count(s, ";")+strings.Count(s, " et ")+strings.Count(s, " and ")+strings.Count(s, " & ") >= 1
}

var (
	// holds is how it is said that something contains what follows, or that it
	// was read, copied or lost.
	holds = re(`contien|conten|compren|comport|compos|figur|\bport(?:e|ent|ait|aient)\b|regroup|rassembl|recens|indiqu|mentionn|donnait|donnent|montr|(?:on )?y (?:lit|lis|trouv|voi)|\bil y (?:a|avait|en)|s'agi|(?:voir|vu|lu|copi|vol|pris|perdu|télécharg|dérob|récupér|effac|manqu|connaître|accès)|(?:vos|votre|ton|ta|tes) |: |sont les suivant|` +
		`contain|\bhold|\bheld|\bcarr(?:y|ies|ied)|includ|\blist|consist|show|state|record|\b(?:has|have|had|got|get|give|gives|see|saw|read|copied|stole|stolen|took|taken|lost|erased|missing)\b|your `)
	// container is a verb for what a file holds.
	container = re(`contien|conten|compren|comport|compos|figur|\bport(?:e|ent|ait|aient)\b|\bcit(?:e|ent|ait)\b|regroup|rassembl|recens|mentionn|donnait|montre|\by (?:lit|lis|trouv|voi|est|sont)|\bil y (?:a|avait)|s'agi|concern|indiqu|manqu|sur toi|connaî|(?:voir|vu|lu|lire) |` +
		`contain|\bholds?\b|\bheld\b|\bcarr(?:y|ies|ied)\b|includ|\blists\b|\blisted\b|consist|\bshow|\bstate[sd]\b|\bgives\b|(?:has|have|had|got|on it|in it|saw|read|see)\b[^.]{0,30}(?:your|'s|his|her)\b|missing`)
	ofReader = re(`\b(?:votre|vos|ton|ta|tes|son|sa|ses|leurs?|your|his|her|their)\b|'s (?:full |first )?name`)
	// isHeld is a category said to be the one concerned, alone.
	isHeld   = re(`(?:seule?s?|uniquement|only|just) (?:donnée|information|chose|votre|vos|ton|your|data|thing)|(?:ce qui a été|what was) (?:changé|volé|copié|lu|perdu|effacé|stolen|copied|changed|read|lost)[^:]*: |(?:donnée|information)s? (?:concernée|volée|copiée|perdue|touchée|lue)s? ?:|data (?:concerned|involved|stolen|copied|lost) ?:`)
	notHeld  = re(`n'(?:a|ont|est|étaient|y|en)[^.]{0,14} (?:pas|aucun|jamais|été)|ne (?:sont|contenait|contient|figur|garde|conserv|stock)[^.]{0,14} (?:pas|aucun|ni)|aucune? (?:donnée|mot|coordonnée|numéro)|attest|certifi[eé]|(?:was|were|did|is|are|does) (?:not|never)\b|\bno (?:password|bank|card|payment)`)
	attests  = re(`attest|certifi[eé]|signed (?:a|the) |a signé|statement`)
	whoseMay = re(`(?:a pu|ont pu|able to|could) (?:voir|lire|copier|see|read|view|copy|open)`)
)

var (
	mail   = regexp.MustCompile(`[\p{L}0-9._%+-]+@[\p{L}0-9-]+(?:\.[\p{L}0-9-]+)+`)
	phone  = regexp.MustCompile(`(?:\+\d{1,3}|\b0)(?:[\s.\x{a0}-]?\(?\d\)?){8,11}\b|\b3\d[ \x{a0}]?\d\d\b`)
	postal = regexp.MustCompile(`\b\d{5} \p{L}[\p{L}'-]+|\b\d{1,4}(?: ?bis)?,? (?:rue|avenue|boulevard|chemin|place|impasse|allée|route|quai|cours|square|street|road|lane)\b|\b(?:bâtiment|bureau|salle|étage|room|floor|desk)\b`)

	cnil     = re(`\bcnil\b|data protection (authority|commission\b)|autorité de (contrôle|protection)`)
	neverAsk = re(`demand[^.]{0,14} jamais|jamais[^.]{0,20} demand|ne (vous |te )?(demand|réclam)[^.]{0,30}(aucun|pas|ni|jamais)|(aucun|ni)[^.]{0,40} ne (vous |te )?(sera|demande)|n'(enverr|envoie|écri|appel)[^.]{0,20}(aucun|pas|jamais|ni)[^.]{0,60}|ne (réclam|demand)\p{L}* (aucun|pas|ni|rien)|(never|not|nobody)[^.]{0,25} (ask|ring you|call you|request)|won't ask|ask for nothing|shall not ask|do not ask`)
	dpo      = re(`délégué\p{L}* .{0,6}(à )?la protection|\bdpo\b|\bdpd\b|data protection officer|responsable de la protection des données|protection des données|data protection|(protect|protég)[^.]{0,12} (your |vos |tes )?(information|données|data)|private things`)
	asking   = re(`question|renseign|précision|information|contact|joindre|écri|appel|accueil|numéro vert|ligne|permanence|en parler|parler|demandez|enquir|\breach|\bcall\b|\bring\b|\bask\b|write|e-?mail us|speak|talk|help|answer|phone|téléphone|adress|interlocut|reçoit|recevoir|tes droits|vos droits`)
	// weWrite tells how the controller writes, and invites to nothing.
	weWrite = re(`(?:nous (?:vous )?|vous |t')écri(?:vons|t\b|vez)|we (?:are )?writ|is writing`)
	doubt   = re(`en cas de doute|doute|vérifi|if in doubt|to check|banque|bank|police|gendarmerie|33700|signal|proches|commissariat|17cyber|3018|garda`)
)

func anyOf(list []unit, ok func(unit) bool) bool { return slices.ContainsFunc(list, ok) }

// saysContact wants somebody to ask and a way to reach them, near each other;
// not the authority's address, nor the number to dial in doubt.
func (o outline) saysContact() bool {
	for i, u := range o.units {
		if u.list > 0 && u.section == actions || elsewhereOnly.says(u.text) {
			continue
		}
		s := u.text
		if near := o.units[i:min(i+4, len(o.units))]; !anyOf(near, func(v unit) bool { return strings.ContainsAny(v.text, "@0123456789") || postal.MatchString(v.text) }) {
			continue
		}
		named, asked := dpo.says(s), (u.section == contact || asking.says(s) && !weWrite.says(s)) && !doubt.says(s)
		if cnil.says(s) && !mail.MatchString(s) && !phone.MatchString(s) || !named && !asked {
			continue
		}
		around := s
		for _, v := range o.units[i+1 : min(i+4, len(o.units))] {
			if v.section != u.section || u.section != contact && doubt.says(v.text) || v.list > 0 && v.section == actions || cnil.says(v.text) && !mail.MatchString(v.text) && !phone.MatchString(v.text) {
				break
			}
			around += " " + v.text
		}
		if mail.MatchString(around) || phone.MatchString(around) || (named || u.section == contact) && postal.MatchString(around) {
			return true
		}
	}
	return false
}
