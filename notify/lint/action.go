package lint

import (
	"fmt"
	"strings"
)

var (
	now  = re(`dès (maintenant|aujourd|à présent|réception|que|ce)|aujourd'hui|maintenant|immédiatement|tout de suite|sans (attendre|délai|tarder)|d'abord|en premier|en priorité|ce (matin|soir|jour)|sur-le-champ|au plus vite|right (now|away)|straight away|today|immediately|tonight|this (morning|afternoon|evening)|\bnow\b|at once|as soon as|first|without delay|within (24|48)|urgent`)
	soon = re(`cette semaine|semaine prochaine|dans (les|la|le|l'|un|une|deux|trois|\d+) ?[^.:]{0,20}(heure|jour|semaine|mois)|(prochains|prochaines) (jours|semaines|mois)|d'ici|avant\b|ensuite|puis\b|demain|sous (\p{L}+|\d+) (heures?|jours|semaines?)|this week|next (few )?(days|weeks)|coming (days|weeks|months)|within (a|an|the|\d+|\p{L}+ (hour|day|week|month))|tomorrow|then\b|by the end|before (the|your|next|\d|\p{L}+day)|in the next|over the (next|coming)`)
	late = re(`ce mois|chaque (mois|semaine|jour|année)|tous les (mois|jours|ans)|toutes les semaines|régulièrement|pendant|plus tard|jusqu|durant|au cours|this month|(each|every) (month|week|day)|later|until|for (the next|a|one|six|twelve|\d+)|regularly|once a (week|month)|during`)
	ifs  = re(`^(|[^:]{0,20}[^:\p{L}])(si|s'il|au cas|en cas|à chaque|lorsqu|quand|au moindre|à la moindre|face à|devant|toujours|à l'avenir|en permanence|if|when|whenever|each time|every time|always|at (any|each|every)|from now on|in case|should)\b|(^|[^\p{L}])(si vous|en cas de|à chaque|lorsqu|if you|whenever|each time|every time)`)
	when = re(now.source + `|` + soon.source + `|` + late.source + `|` + ifs.source)
	why  = re(`pourquoi|parce qu|\bcar\b|afin|puisque|en effet|\bsinon\b|ainsi|c'est (pour|ainsi|l[ea']|ce|une?)|pour (ne (pas|plus) |n'|que |qu'|l'|le |la |les |vous |y |en |[a-zàâéèêëîïôûç]+(er|ir|re|oir)\b)|cela |ce qui |pour votre|raison|(seul|meilleur) moyen|` +
		`\bwhy\b|because|so that|so (you|they|no|nobody|it|your|we)|\bsince\b|\bas (they|the|it|this|these|stolen)\b|to (stop|avoid|prevent|protect|make|keep|block|limit|help|spot|be|detect|reduce|ensure|find|see|learn|know|notice|show|prove|restore|recover|catch|warn|let)\b|otherwise|` +
		`, (ils|elles|cela|elle|il|on|qui|they|it|this|which|we|nous) [^.]{8,}|[:.;–—] ?(nous|vous (saurez|verrez|pourrez|serez|aurez|éviterez|recevrez|empêch)\p{L}*|you (will|can|may|then)|aucun|aucune|personne|we|nobody|no one|no|raison|les|l'|le|la|un|une|des|ils|elles|elle|il|ces|ce|on|the|a|an|they|it|this|these|that|those|scammers|fraudsters|criminals|thieves|stolen|banks|many|some)\b[^.]{12,}`)
)

// actions wants at least three things to do, in a list, each with when and why,
// the most urgent first.
func (c *checker) actions(o outline) {
	list := o.blocks[actions].List
	if len(list) < 3 {
		c.add("art34-actions", "document", "%d things to do stand in a list, 3 at least", len(list))
	}
	rank := 0
	for i, s := range list {
		where := fmt.Sprintf("actions, item %d", i+1)
		if !when.MatchString(s) {
			c.add("action-when", where, "does not say when to do it")
		}
		if !reasoned(s) {
			c.add("action-why", where, "does not say why")
		}
		switch r := urgency(s); {
		case r == 0:
		case r < rank:
			c.add("action-order", where, "is more urgent than one before it")
		default:
			rank = r
		}
	}
}

// reasoned tells whether an item says why: by a word for it, or by a clause that
// follows an order and is none.
func reasoned(s string) bool {
	if why.MatchString(s) {
		return true
	}
	ordered := false
	for _, part := range clause.Split(s, -1) {
		switch words := len(strings.Fields(part)); {
		case imperative.MatchString(strings.TrimSpace(part)):
			ordered = true
		case ordered && words >= 4:
			return true
		}
	}
	return false
}

// urgency ranks when a thing is to be done, by what stands first: 1 now, 2
// soon, 3 later, 0 if something happens or no time is said.
func urgency(s string) int {
	at, rank := len(s)+1, 0
	for i, p := range []*pattern{ifs, now, soon, late} {
		if m := p.index(s); m >= 0 && m < at {
			at, rank = m, i
		}
	}
	if at > 40 {
		return 0
	}
	return rank
}
