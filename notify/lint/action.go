package lint

import (
	"fmt"
	"regexp"
	"strings"
)

var (
	now  = re(`dès (maintenant|aujourd|à présent|réception|ce|cette|demain|lundi)|aujourd'hui|maintenant|immédiatement|tout de suite|sans (attendre|délai|tarder)|d'abord|en premier|en priorité|ce (matin|soir|jour)|sur-le-champ|au plus vite|aussitôt|dans l'heure|d'urgence|right (now|away)|straight away|today|immediately|tonight|this (morning|afternoon|evening)|\bnow\b|at once|as soon as (possible|you (can|have read|get this))|^first\b|\bfirst(?: of all|,|:)|without delay|within (24|48|the hour)|urgent`)
	soon = re(`cette semaine|(semaine|week-end) prochaine?|ce week-end|dans (les|la|le|l'|un|une|deux|trois|quelques|\d+) ?[^.:]{0,20}(heure|jour|semaine|mois|quinzaine)|(prochains|prochaines) (jours|semaines|mois)|d'ici|avant\b|ensuite|puis\b|demain|sous (\p{L}+|\d+) (heures?|jours|semaines?)|this week|this week-?end|next (few )?(days|weeks)|coming (days|weeks|months)|within (a|an|the|your|one|two|\d+|\p{L}+ (hour|day|week|month))|tomorrow|then\b|by (the end|\d|\p{L}+day|` + months + `)|before\b|in the next|over the (next|coming)|by ` + months)
	late = re(`ce mois|chaque (mois|semaine|jour|année)|tous les (mois|jours|ans)|toutes les semaines|régulièrement|pendant|plus tard|jusqu|durant|au cours|en ` + months + `|(à|lors de) (votre|ta|la|sa) prochaine?|this month|(each|every) (month|week|day|fortnight)|later|until|for (the next|a|one|six|twelve|\d+)|regularly|once a (week|month)|(during|in) (the |` + months + `)|at (your|the) next|(à la |at the )?(rentrée|term)|spring|summer|autumn|winter|printemps|l'été|hiver`)
	ifs  = re(`^(|[^:]{0,20}[^:\p{L}])(si|s'il|au cas|en cas|pour \p{L}+(er|ir|re)|à chaque|pour chaque|pour tout|lorsqu|quand|dès qu|au premier|à la première|at the first|au moindre|à la moindre|face à|devant|toujours|à l'avenir|en permanence|à tout moment|if|when|whenever|each time|every time|for (each|any|every)|always|at (any|each|every)|from now on|in (the )?case|ongoing|soon|should|as soon as|once|anyone|any time|any)\b|(^|[^\p{L}])(si (vous|tu|un|une|on|quelqu|l'on|votre|ton|des)|en cas de|à chaque|lorsqu|dès qu|if (you|some|any|a|an|the|he|she|they|it)|when(ever)? (you|some)|whenever|each time|every time|unless)|^[^.:]{3,40} \?`)
	when = re(now.source + `|` + soon.source + `|` + late.source + `|` + ifs.source + `|` + dated.source)
	// standing is advice that holds from now on whatever comes: it has no rank.
	standing = re(`\b(?:tout|toute|tous|toutes|chaque|any|each|every|all|never|jamais|anyone|whoever|aucun|aucune|no)\b|si |if `)
	why      = re(`(?:appelez|composez|appelle|call|dial|ring) (?:le |the )?(?:1[578]|11[2459]|999|3919|3018)\b|pourquoi|parce qu|\bcar\b|afin|puisque|en effet|\bsinon\b|ainsi|c'est (pour|ainsi|l[ea']|ce|une?)|pour (ne (pas|plus) |n'|que |qu'|l'|le |la |les |vous |y |en |[a-zàâéèêëîïôûç]+(er|ir|re|oir)\b)|cela |ce qui |pour votre|raison|(seul|meilleur) moyen|de (crainte|peur|sorte|façon|manière)|` +
		`\bwhy\b|because|so that|so (you|they|no|nobody|it|your|we|the)|\bsince\b|\bas (they|the|it|this|these|stolen)\b|to (stop|avoid|prevent|protect|make|keep|block|limit|help|spot|be|detect|reduce|ensure|find|see|learn|know|notice|show|prove|restore|recover|catch|warn|let)\b|otherwise|in order to|before (?:it|they|he|she|someone|somebody|the thief|a thief)\b|as (?:false|fake|a (?:scam|fraud))|comme (?:faux|fausse|une? (?:arnaque|fraude|escroquerie|faux))|avant qu|\bfor (he|she|they|it|the|this|that)\b|\bor (else|they|the|it|you)\b|in which case|\bthen (?:the|you|it|they|we|your|nobody|no)\b|which (is|will|would|can|shows?|means?)`)
	// ranked is a lead that says in which order.
	ranked = re(`ordre|order|urgen|priorit|importan|d'abord|first|immédiat|maintenant|right away|today|\bnow\b|cette semaine|this week|sans (attendre|tarder)|dès `)
)

// actions wants at least three things to do, in a list, the most urgent first.
// Each is to say when and why: one that says neither is refused, for the other
// half a word of advice is enough, since Art. 34 asks for neither.
func (c *checker) actions(o outline) {
	list := o.todo()
	if len(list) < 3 {
		c.add("art34-actions", "document", len(list))
	}
	rank := 0
	for i, u := range list {
		where := fmt.Sprintf("actions, item %d", i+1)
		late := (len(u.words) < 8 || !ranked.says(u.lead)) && !when.says(u.text)
		bare := !reasoned(u.text)
		switch {
		case late && bare: // an order and nothing more
			c.add("action-when", where)
			c.add("action-why", where)
		case late:
			c.add("item-when", where)
		case bare:
			c.add("item-why", where)
		}
		switch r := urgency(u.text); {
		case r == 0:
		case r < rank:
			c.add("action-order", where)
		default:
			rank = r
		}
	}
}

// reasoned tells whether an item says why: by a word for it, or by a statement
// beside the order.
func reasoned(s string) bool {
	if why.says(s) {
		return true
	}
	for _, sentence := range sentences(s) {
		for i, part := range statementCut.Split(sentence, -1) {
			words := wordsOf(part)
			if len(words) < 2 || directive(part, false) || conditional.MatchString(strings.TrimSpace(part)) || bareTime.in(words[:min(3, len(words))]) {
				continue
			}
			if relative.has(words[0]) || len(words) >= 3 && subjects.has(words[0]) || i == 0 && len(words) >= 5 && !strings.HasPrefix(s, sentence) {
				return true
			}
		}
	}
	return false
}

var (
	conditional  = regexp.MustCompile(`^(?:si|s'il|quand|lorsqu|dès|en cas|à chaque|if|when|whenever|as soon as|each|every|in case|until|avant|before|jusqu)`)
	statementCut = regexp.MustCompile(`[.!?:;()–—]+ | [-–—] |, `)
	subjects     = stems(
		`nous$ vous$ tu$ on$ il$ ils$ elle$ elles$ je$ j$ c$ ce$ cela$ ça$ ceci$ le$ la$ les$ l$ un$ une$ des$ ces$ cet$ cette$ son$ sa$ ses$ leur$ leurs$ notre$ nos$ votre$ vos$ ton$ ta$ tes$ aucun$ aucune$ personne$ rien$ tout$ toute$ tous$ beaucoup$ certains$ plus$ sans$ même$ payer$ ceux$ celui$ celle$ qui$ deux$ trois$ seul$ seule$ seuls$ souvent$ ainsi$ parfois$ d$ plusieurs$ après$ avec$`,
		`we$ you$ they$ it$ he$ she$ i$ this$ that$ these$ those$ the$ a$ an$ your$ our$ their$ his$ her$ its$ no$ nobody$ none$ nothing$ there$ some$ many$ most$ two$ three$ people$ scammers$ fraudsters$ criminals$ thieves$ banks$ whoever$ anyone$ stolen$ talking$ paying$ both$ only$ after$ with$ comments$ often$ time$ that$ every$ all$ each$ from$`)
	relative = stems(`qui$ which$ who$`)
	bareTime = stems(`heure heures jour jours semaine semaines mois matin soir week weeks day days month months morning evening hour hours pm$ am$`)
)

// urgency ranks when a thing is to be done, by what stands first: 1 now, 2
// soon, 3 later, 0 if something happens, no time is said, or it always holds.
func urgency(s string) int {
	at, rank := len(s)+1, 0
	for i, p := range []*pattern{ifs, now, soon, late} {
		if m := p.index(s); m >= 0 && m < at {
			at, rank = m, i
		}
	}
	if at > 14 || rank == 1 && standing.says(s) && !soon.says(s[:min(at+1, len(s))]) {
		return 0
	}
	return rank
}
