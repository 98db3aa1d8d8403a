package lint

import (
	"regexp"
	"slices"
	"strings"

	"vigie/notify"
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
	{measures, re(`(nos|notre|our) (actions?|gestes?|mesures?|réponse|réaction|travail|response|reaction|work)|actions (menées|engagées|prises|taken)`)},
	{absent, re(`pas trouv|n'avons pas|(pas|non) (été )?(vol|concern|touch|affect|compromis)|ne sont pas|n'ont pas|did not|(was|were|are) not|not (found|taken|stolen|affected)|hors de cause|ne contenait pas`)},
	{others, re(`reconna[iî]tre|vérifier (que|un)|authenti|faux messages|plainte|vos droits|réclamation|recogni[sz]e|genuine|complain|your rights|historique|version`)},
	{actions, re(`(vos|tes|your) (actions?|démarches?|tâches?|steps?|moves?|tasks?|turn)\b|(devez|pouvez|avez à)[- ](vous )?|vous (devez|pouvez)|tu (peux|dois)|que faire|à faire|recommand|conseil|gestes|étapes|réflexes|précautions|(vous|se) (protéger|prémunir|défendre)$|` +
		`comment (vous|se) (protéger|prémunir|défendre)|conduite à tenir|à vous de|you (must|should|need|could)|we ask (of )?you|nous vous demandons|you can do|(must|should|can) you do|what to do|your next steps|next steps|advice|protect yourself|stay safe|steps to take|should i do|action`)},
	{measures, re(`mesures|nous (avons|faisons|mettons|agissons)|avons-nous|faisons-nous|(a|ont) fait|fait (le|la|l'|notre|nos) ?|notre (réponse|action|réaction)|nos actions|ce qui (a été|est) fait|réaction|measures|we (have|did|are|re)\b|(are|have|did) we\b|we('ve| have)? done|our response|what is being done|have done`)},
	{consequences, re(`conséquence|risque|entraîne|impact|change pour vous|signifie pour vous|danger|consequence|\brisks?\b|what (this|it) means|could happen|may happen|might happen|affect you`)},
	{data, re(`(données|informations?|renseignements|éléments|fichiers?)|quelles? données|\bdata\b|\bdetails\b|information (was|were|is|that|about|involved|stolen|taken|concerned)|which information|what information|what was (taken|stolen|copied|exposed|in)|what they (took|have)`)},
	{nature, re(`passé|s'est produit|arrivé|les faits|le récit|déroul|chronolog|l'origine|l'incident|incident|le vol|la fuite|l'attaque|circonstances|nature|happened|went wrong|\bbegan\b|the (story|events?|facts|breach|theft|attack|leak)|what (we know|is it)|ce que nous savons|de quoi s'agit`)},
	{contact, re(`contact|question|joindre|interlocut|répond|à qui|adresser|délégué|écrire|appeler|renseigne|besoin d'aide|parler|get in touch|reach us|help|enquir|officer|write to us|call us`)},
}

func sectionOf(heading string) section {
	for _, h := range headings {
		if h.match.MatchString(heading) {
			return h.section
		}
	}
	return loose
}

// outline gathers what each section says. Blocks without a heading belong to
// the one above, save those before any heading.
type outline struct {
	blocks  map[section]notify.Block
	present map[section]bool // a heading announces it
}

func outlineOf(d notify.Document) outline {
	o := outline{map[section]notify.Block{}, map[section]bool{}}
	at := loose
	for _, b := range d.Blocks {
		if b.Heading != "" {
			if next := sectionOf(b.Heading); next != loose || at != actions { // "This week" under what to do
				at = next
			}
			o.present[at] = true
		}
		s := o.blocks[at]
		s.Text = append(s.Text, b.Text...)
		s.List = append(s.List, inherit(at, b)...)
		s.Ordered = s.Ordered || b.Ordered
		o.blocks[at] = s
	}
	o.gather()
	return o
}

// inherit lets the items under "This week" say when.
func inherit(at section, b notify.Block) []string {
	if at != actions || b.Heading == "" || sectionOf(b.Heading) != loose || !when.MatchString(b.Heading) {
		return b.List
	}
	list := make([]string, len(b.List))
	for i, s := range b.List {
		list[i] = b.Heading + " : " + s
	}
	return list
}

// gather finds the list of things to do where no heading announces it: the
// sentence before the list does, or its items are orders.
func (o *outline) gather() {
	if o.present[actions] {
		return
	}
	for _, from := range []section{loose, nature, consequences, measures, others} {
		rest := o.blocks[from]
		orders := 0
		for _, s := range rest.List {
			if imperative.MatchString(s) {
				orders++
			}
		}
		announced := slices.ContainsFunc(rest.Text, func(s string) bool { return announces.MatchString(lastSentence(s)) })
		whole := orders > 0 && (announced || 2*orders >= len(rest.List))
		if from != loose && !whole {
			continue
		}
		a := o.blocks[actions]
		var kept []string
		for _, s := range rest.List {
			dataAmong := from == loose && orders < len(rest.List) && looksLikeData(s)
			if imperative.MatchString(s) || whole && (from == loose || announced) && !dataAmong {
				a.List = append(a.List, s)
			} else {
				kept = append(kept, s)
			}
		}
		a.Ordered, rest.List = a.Ordered || rest.Ordered, kept
		o.blocks[actions], o.blocks[from] = a, rest
	}
}

// announces is a sentence that leads to a list of things to do.
var announces = re(`(consigne|précaution|conseil|recommand|gestes|réflexes|étapes|choses à faire|que faire|(vous|te|tu) (devez|pouvez|dois|peux)|(vous|te) demandons|(merci|veuillez|prière) de|à faire|suivez|agissez|` +
	`do the following|following (steps|things|actions)|you (can|should|must|need)|we (ask|advise|recommend|suggest|urge)|please|steps|what to do|advice)[^.]*:$`)

func lastSentence(s string) string {
	all := sentences(s)
	if len(all) == 0 {
		return ""
	}
	return strings.TrimSpace(all[len(all)-1])
}

// looksLikeData tells an item that names a category of data and orders nothing.
func looksLikeData(s string) bool {
	return category.MatchString(s) && !imperative.MatchString(s) && len(strings.Fields(s)) < 12
}

// of is what the sections say, sentence by sentence.
func (o outline) of(list ...section) []string {
	var out []string
	for _, s := range list {
		b := o.blocks[s]
		out = append(append(out, allSentences(b.Text)...), allSentences(b.List)...)
	}
	return out
}

var imperative = re(`(^|[:;.,–] ?)((ne|n') ?(vous |en |y )?)?\p{L}+(ez|aites|ites)(-| |,|\.|$)|` +
	`(^|[:;.,–—] ?| - )(please |never |do not |don't |also |always )*(pick|phone|ring|hand|show|sign|make|put|take|get|let|agree|answer|give|share|choose|say|bring|shred|freeze|register|update|log|lock|refer|remember|remind|look|ensure|be sure|speak|visit|hang|end|leave|send|refrain|avoid|change|check|watch|report|call|warn|keep|beware|be (wary|careful|alert)|treat|tell|set|turn|enable|ignore|open|click|give|monitor|contact|use|ask|review|look|forward|file|go|type|place|hang|reply|stop|save|read|talk|write|block|choose|pay|refuse|delete|compare)\b`)

var sentenceEnd = regexp.MustCompile(`[.!?]+["»”)]*(?:\s+|$)`)

// sentences cuts a text.
func sentences(s string) []string {
	var list []string
	from := 0
	for _, m := range sentenceEnd.FindAllStringIndex(s, -1) {
		list = append(list, s[from:m[1]])
		from = m[1]
	}
	if strings.TrimSpace(s[from:]) != "" {
		list = append(list, s[from:])
	}
	return list
}
