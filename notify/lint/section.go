package lint

import (
	"regexp"
	"strings"
)

// section is a part of a communication, by what it must say.
type section int

const (
	loose section = iota // the opening, and headings that say something else
	nature
	data
	absent // what was not found or not taken
	consequences
	measures
	actions
	contact
	others // recognise, complaint, rights
)

// headings tell a section by its title, the first that matches. The order
// matters: "the measures you can take" are actions, "what we do to protect
// you" are measures.
var headings = []struct {
	section section
	match   *pattern
}{
	{contact, re(`délégué|\bdp[od]\b|protection officer`)},
	{measures, re(`(nos|notre|our) (actions?|gestes?|mesures?|réponse|réaction|travail|response|reaction|work|side|part)\b|actions (menées|engagées|prises|taken)|(de |du )?(notre|côté) (côté|mairie|lycée|collège|ville|hôpital|école)|^(nous|us)$|actions on our`)},
	{actions, re(`^(toi|vous|you)$|(de |à )?(votre|ton) côté|your (side|part)\b|to[ -]do\b|what (can|should|must|do|could) (you|i|we|parents|families) (now )?do|que (dois|puis|peux|pouvez|devez|faut)|je (vous|te) (conseille|demande|propose|recommande|suggère)|(vous|te) (proposons|demandons|conseillons|suggérons)|tu fais|à toi\b`)},
	{absent, re(`pas trouv|n'avons pas|(pas|non) (été )?(vol|concern|touch|affect|compromis)|ne sont pas|n'ont pas|did not|(was|were|are) not|not (found|taken|stolen|affected)|hors de cause|ne contenait pas`)},
	{others, re(`reconna[iî]tre|vérifier (que|un)|authenti|faux messages|plainte|vos droits|réclamation|recogni[sz]e|genuine|complain|your rights|historique|version`)},
	{actions, re(`(vos|tes|your) (actions?|démarches?|tâches?|steps?|moves?|tasks?|turn)\b|(devez|pouvez|avez à)[- ](vous )?|vous (devez|pouvez)|tu (peux|dois)|que faire|à faire|recommand|conseil|gestes|étapes|réflexes|précautions|(vous|se) (protéger|prémunir|défendre)$|` +
		`comment (vous|se) (protéger|prémunir|défendre)|conduite à tenir|à vous de|you (must|should|need|could)|we ask (of )?you|nous vous demandons|you can do|(must|should|can) you do|what to do|your next steps|next steps|advice|protect yourself|stay safe|steps to take|should i do|action`)},
	{measures, re(`mesures|(does|did|has|is) the \p{L}+ (do|done|doing)|the \p{L}+ (did|does|has done|is doing)$|(a|ont|avons) (changé|fait)|est fait|(did|do) we do|nous (avons|faisons|mettons|agissons)|avons-nous|faisons-nous|(a|ont) fait|fait (le|la|l'|notre|nos) ?|notre (réponse|action|réaction)|nos actions|ce qui (a été|est) fait|réaction|measures|we (have|did|are|re)\b|(are|have|did) we\b|we('ve| have)? done|our response|what is being done|have done`)},
	{consequences, re(`\bfear|expect\b|danger|conséquence|risqu|suites\b|peut[^?]{0,20} (donner|résulter|arriver|faire|entraîner|provoquer|se passer)|pourrait (arriver|se passer|faire)|craign|redout|effets?\b|change pour|(ce|cela|ça) (change|signifie|veut dire|implique|provoque)|ce que des (escrocs|gens)|lead to|leads to|can happen|could (they|someone|anyone|a thief|thieves)|can (they|someone|thieves)|possible results|why (it|this) matters|we fear|worst|effects?\b|outcomes?|` + "`+\n\t\t`" + `entraîne|impact|change pour vous|signifie pour vous|danger|consequence|\brisks?\b|what (this|it) means|could happen|may happen|might happen|affect you`)},
	{data, re(`contenu\b|content|contenait|(ils|elles|il|elle|on) (a|ont|avait|savent|sait) (de|sur|pris)|(did|do|does) (they|he|she|it|the thie\p{L}+) (get|have|know|take|see)|(is|was|were) (on|in|inside|missing)\b|on the (list|disk|stick)|in (the|your) (file|record|folder)|manque|perdue?s?$|ta ligne|(vos|votre|ton|ta|your) (dossier|fiche|file|record)|(données|informations?|renseignements|éléments|fichiers?)|quelles? données|\bdata\b|\bdetails\b|information (was|were|is|that|about|involved|stolen|taken|concerned)|which information|what information|what was (taken|stolen|copied|exposed|in)|what they (took|have)`)},
	{nature, re(`took place|passé|s'est produit|arrivé|les faits|le récit|déroul|chronolog|l'origine|l'incident|incident|le vol|la fuite|l'attaque|circonstances|nature|happened|went wrong|\bbegan\b|the (story|events?|facts|breach|theft|attack|leak)|what (we know|is it)|ce que nous savons|de quoi s'agit`)},
	{contact, re(`contact|whom\b|^qui\b|^who\b|\btalk\b|ask (us|to)|en savoir|question|joindre|interlocut|répond|à qui|adresser|délégué|écrire|appeler|renseigne|besoin d'aide|parler|get in touch|reach us|help|enquir|officer|write to us|call us`)},
}

// clausal headings are told by who does what: "what you do" are actions, "what
// we did" are measures, "what they have" are data, "what they can do" consequences.
var clausal = []struct {
	section section
	match   *pattern
}{
	{actions, re(`^ce qu(e|')\s?(vous|tu) (faites|fais|devez|dois|pouvez|peux|avez à)|^what (you|i) (do|should|can|must|need)|^what (should|can|do|must|could) (you|i|we)\b`)},
	{consequences, re(`^(ce que|ce qu'|ce qui|what|how|why)\b.*\b(peut|peuvent|pourrai(t|ent)|risque\p{L}*|font|en faire|fait avec|could|can|may|might|do with|matters?)\b`)},
	{measures, re(`^(ce que|ce qu'|ce qui|what|how)\b.*\b(nous|on|notre|nos|ville|mairie|commune|département|lycée|collège|école|hôpital|région|service|syndicat|we|our|us|council|school|town|city|hospital|office)\b.*\b(fait|faisons|font|changé|change|pris|mis|corrigé|did|do|does|done|doing|changed|changing|fixed|put)\b`)},
	{data, re(`^(ce que|ce qu'|ce qui|what)\b.*\b(ont|a|avait|avaient|savent|sait|contient|contenait|copié|volé|lu|vu|perdu|manque|have|has|had|know|knows|got|held|holds|took|taken|stolen|copied|lost|seen|missing)\b`)},
}

func sectionOf(heading string) section {
	s := fold(strings.TrimRight(heading, " .:?"))
	for _, h := range clausal {
		if h.match.says(s) {
			return h.section
		}
	}
	for _, h := range headings {
		if h.match.MatchString(heading) {
			return h.section
		}
	}
	return loose
}

var (
	sentenceEnd = regexp.MustCompile(`[.!?]+["»”)]*(?:\s+|$)`)
	// A stop after these ends no sentence.
	shortened = regexp.MustCompile(`(?i)(?:^|[\s(])(?:mm?|mr|mrs|ms|dr|pr|st|ste|no|n|art|tél|tel|réf|ref|env|sept|oct|nov|déc|dec|janv|jan|févr|feb|e\.g|i\.e|cf|p|av|bd|\p{L})\.\s+$`)
)

// sentences cuts a text.
func sentences(s string) []string {
	var list []string
	from := 0
	for _, m := range sentenceEnd.FindAllStringIndex(s, -1) {
		if m[1] < len(s) && shortened.MatchString(s[max(from, m[1]-12):m[1]]) {
			continue
		}
		list = append(list, s[from:m[1]])
		from = m[1]
	}
	if strings.TrimSpace(s[from:]) != "" {
		list = append(list, s[from:])
	}
	return list
}
