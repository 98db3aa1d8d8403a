package watch

import (
	"slices"
	"strings"
)

// line is a run of words to judge: the title, the text, or a web address taken
// apart.
type line struct {
	tokens  []token
	source  string // where the tokens stand
	title   bool   // what it names is what the post is about
	address string // the web address that it was, or ""
}

func (p *post) titleLine() line { return line{tokens: p.title, source: p.titleS, title: true} }

// spelled is a run of the words as the post writes them.
func (l line) spelled(from, to int) string { return l.source[l.tokens[from].from:l.tokens[to-1].to] }

// judgeWords judges each name found in a line, then bodies announced in the
// title by a name that is on no list.
func (m *Matcher) judgeWords(p *post, l line) {
	used := make([]bool, len(l.tokens))
	mark := func(from, to int) {
		for i := from; i < to; i++ {
			used[i] = true
		}
	}
	var services []find    // "CAF", "CPAM": on a list, and announcing the one of a place
	var several *announced // what announced the place before
	last := 0              // where that place ended
	for _, f := range m.finds(l.tokens) {
		places, others := m.split(f.entities)
		if c := cueAt(l.tokens, f.from); len(others) > 0 && c != nil && c.to == f.to {
			services = append(services, f)
		} else {
			for _, i := range others {
				m.judgeNamed(p, l, f, &m.list[i])
				mark(f.from, f.to)
			}
		}
		if len(places) == 0 {
			continue
		}
		c := announcement(l.tokens, f)
		if c == nil {
			c = l.also(several, last, f)
		}
		if c == nil && l.title {
			c = m.departmental(l, f, places)
		}
		if c == nil {
			c = m.selfAnnounced(l, f, places)
		}
		switch {
		case c == nil && l.title && l.address == "":
			if to := m.judgeBehind(p, l, f, m.spelt(l, f, places)); to > 0 {
				mark(f.from, to)
			} else {
				m.judgeBare(p, l, f, m.spelt(l, f, places))
			}
		case c == nil:
		case l.title && c.to <= f.from && endsCut(l, f) && m.judgeCutName(p, l, c):
			mark(c.from, len(l.tokens))
		case m.judgePlace(p, l, f, c, m.spelt(l, f, places)):
			mark(min(c.from, f.from), max(c.to, f.to))
			several, last = c, f.to
		}
	}
	if l.title && l.address == "" && len(used) > 0 && !used[0] {
		mark(m.judgeUsualBehind(p, l))
	}
	if l.title {
		m.judgeLoose(p, l, used)
	}
	for _, f := range services {
		if used[f.from] {
			continue
		}
		_, others := m.split(f.entities)
		for _, i := range others {
			m.judgeNamed(p, l, f, &m.list[i])
		}
	}
}

// also is the announcement of several bodies that holds for a further one, next
// to the one that ended at token last: "villes de Romans, de Die et de Bourg".
func (l line) also(c *announced, last int, f find) *announced {
	if c == nil {
		c = l.listed(f)
	}
	if c == nil || c.behind || !strings.HasSuffix(c.words[len(c.words)-1], "s") || c.kind != "commune" && c.kind != "mission_locale" || !l.tokens[f.from].capital {
		return nil
	}
	if c.to > last && c.from >= last {
		return c
	}
	i := f.from
	for i > last && linking[l.tokens[i-1].word] && l.tokens[i-1].word != "et" {
		i--
	}
	if i == last+1 && l.tokens[last].word == "et" || i == last && strings.TrimSpace(l.source[l.tokens[i-1].to:l.tokens[i].from]) == "," {
		return &announced{cue: c.cue, from: i, to: f.from, linked: true}
	}
	return nil
}

// listed is the announcement of several bodies before the colon or the bracket
// that opens the list of their names: "3 mairies (Ambert, Billom)".
func (l line) listed(f find) *announced {
	if f.from == 0 || !strings.ContainsAny(l.source[l.tokens[f.from-1].to:l.tokens[f.from].from], "(:") {
		return nil
	}
	for i := f.from - 1; i >= 0; i-- {
		if c := cueAt(l.tokens, i); c != nil && strings.HasSuffix(c.words[len(c.words)-1], "s") && !c.vague && !c.shut {
			return &announced{cue: c.cue, from: f.from, to: f.from, linked: true}
		}
	}
	return nil
}

// departmental is the short cue of a department that stands before its name:
// "CD de la Haute-Saône".
func (m *Matcher) departmental(l line, f find, places []int32) *announced {
	i := f.from - 1
	for ; i >= 0 && linking[l.tokens[i].word] && !l.tokens[i+1].apart; i-- {
	}
	if i < 0 || l.tokens[i+1].apart || len(m.ofKind(places, "department")) == 0 {
		return nil
	}
	if c := cueAt(l.tokens, i); c != nil && c.shut && c.kind == "department" && (l.tokens[i].capitals || c.to < f.from) {
		c.linked = c.to < f.from
		return c
	}
	return nil
}

// selfAnnounced is the cue that a further name of a place begins with: "Région
// PACA". An official name is none: La Ville-Dieu.
func (m *Matcher) selfAnnounced(l line, f find, places []int32) *announced {
	c := cueAt(l.tokens, f.from)
	if c == nil || c.to >= f.to {
		return nil
	}
	for _, i := range places {
		if m.list[i].words == f.to-f.from {
			return nil
		}
	}
	return c
}

// split parts places of the official lists from other entities.
func (m *Matcher) split(list []int32) (places, others []int32) {
	for _, i := range list {
		if m.list[i].place {
			places = append(places, i)
		} else {
			others = append(others, i)
		}
	}
	return places, others
}

// endsCut tells whether the title was cut within the name that f begins.
func endsCut(l line, f find) bool {
	title := strings.TrimSpace(l.source)
	if !strings.HasSuffix(title, "...") && !strings.HasSuffix(title, "…") {
		return false
	}
	for _, t := range l.tokens[f.to:] {
		if t.apart {
			return false
		}
	}
	return true
}

// judgePlace judges an announced place, and tells whether a body was found.
func (m *Matcher) judgePlace(p *post, l line, f find, c *announced, places []int32) bool {
	if c.english && !l.title || c.kind == "school" && !c.linked {
		return false
	}
	if c.kind == "school" && m.townOf(l.tokens, f.to-1, f.to) != nil {
		return false // "Lycée du Parc, Nancy": the first is its own name
	}
	if why := m.against(p, l, f, c, places); why != "" {
		p.refuseAll(m, m.largest(places), why)
		return c.scope != byName
	}
	confidence, why := 0.95, "announced as "+article[c.kind]
	if l.address != "" {
		why = "the address " + l.address + " names " + article[c.kind]
	}
	if c.english {
		confidence -= 0.1
	}
	if !l.title {
		confidence, why = 0.62, why+", in the text"
		if f.from <= 4 && min(c.from, f.from) <= 2 { // the text opens with it: that is its subject
			confidence = 0.75
		}
	}
	if c.body != "" && l.title && (m.goesOn(l, f, c) || f.to < len(l.tokens) && len(m.ofKind(places, "epci")) == len(places) && l.continued(f.to)) {
		return false
	}
	if c.kind == "hospital" && l.title && !c.behind { // Hôpital Saint-Louis de La Rochelle
		if next := m.townAfter(l, f.to); next.to > 0 {
			f, places = next, next.entities
		} else if p.frenchBeside(l, c) == 0 && m.elsewhere(l, f.to) {
			p.refuseAll(m, m.largest(places), "in a town that is none of France")
			return true
		}
	}
	if c.body != "" {
		m.hitBody(p, l, f, c, m.best(places, c), confidence-0.08, why)
		return true
	}
	fit := m.ofKind(places, c.kind)
	if len(fit) == 0 && f.to-f.from > 1 { // CA de La Rochelle is listed as Rochelle
		if next := m.longestAt(l.tokens, f.from+1); next.to == f.to {
			fit = m.ofKind(next.entities, c.kind)
		}
	}
	if c.kind == "commune" && l.title {
		fit = m.withUsual(l, f, m.inDepartment(l, f, fit))
	}
	switch {
	case len(fit) > 0:
		p.hitAll(m, fit, confidence, why)
		return true
	case c.kind == "epci" && c.behind: // Rodez agglo
		return m.judgePartEPCI(p, l, f.from, find{from: f.from, to: c.to})
	case c.kind == "epci":
		return m.judgePartEPCI(p, l, c.to, f)
	}
	p.refuseAll(m, m.largest(places), "announced as "+article[c.kind]+", and none of this name exists")
	return false
}

// goesOn tells whether the name of a body that is called by anything goes on
// behind the place in it: Sivom de la Vallée du Cady.
func (m *Matcher) goesOn(l line, f find, c *announced) bool {
	if c.behind || c.vague || c.scope == byTown || c.kind == "mission_locale" && !c.linked || f.to >= len(l.tokens) || l.tokens[f.to].apart {
		return false
	}
	for _, t := range l.tokens[f.to:] {
		if !linking[t.word] {
			return !t.apart && !noise[t.word] && !isNumber(t.word) && !businessWords[t.word]
		}
	}
	return false
}

// inDepartment looks at the number of a department behind an announced commune.
// Where no commune of the name lies there, one whose name goes on may:
// "Saint-Sulpice (81)" is Saint-Sulpice-la-Pointe.
func (m *Matcher) inDepartment(l line, f find, fit []int32) []int32 {
	if f.to >= len(l.tokens) {
		return fit
	}
	number := l.tokens[f.to].word
	if _, ok := m.departments[number]; !ok || f.to+1 < len(l.tokens) && units[l.tokens[f.to+1].word] ||
		slices.ContainsFunc(fit, func(i int32) bool { return m.list[i].number == number }) {
		return fit
	}
	var there []int32
	for _, i := range m.begun("commune", strings.Join(wordsOf(l.tokens[f.from:f.to]), "")) {
		if m.list[i].number == number {
			there = append(there, i)
		}
	}
	if len(there) > 0 {
		return there
	}
	return fit
}

// against says what speaks against an announced place, or "".
func (m *Matcher) against(p *post, l line, f find, c *announced, places []int32) string {
	glue := strings.Join(wordsOf(l.tokens[f.from:f.to]), "")
	named := func() bool {
		return slices.ContainsFunc(places, func(i int32) bool { return p.names(&m.list[i]) != "" })
	}
	switch {
	case p.abroad(l.tokens, f) != "":
		return "abroad: " + p.foreign
	case c.vague && !c.linked && p.french == 0 && !p.ofField(c.kind) && !l.acronym(c) && f.to-f.from < 3 && (c.kind != "epci" || len(glue) < 12) && (c.scope != byRegion || len(m.ofKind(places, "region")) == 0) && !named() && !m.wholeEPCI(l, f, c):
		return "a vague announcement, and nothing says France"
	case l.title && (c.vague || l.address != "") && p.trade(l, f) != "":
		return "a business: " + p.trade(l, f)
	case l.title && l.calledAfter(c) != "":
		return l.calledAfter(c)
	case c.english && !c.behind && !c.linked && c.from > 0 && !noise[l.tokens[c.from-1].word]:
		return "announced in English, by a longer name"
	case c.english && p.french == 0 && !named() && !m.onlyHere(l, f, places) && !slices.ContainsFunc(l.tokens[f.from:f.to], func(t token) bool { return frenchJoints[t.word] }):
		return "announced in English, and nothing says France"
	case c.english && c.behind && l.title && c.to < len(l.tokens) && !l.tokens[c.to].apart && l.tokens[c.to].capital && !noise[l.tokens[c.to].word] && mixed(l.tokens) && cueAt(l.tokens, c.to) == nil:
		return "its name is a part of a longer name"
	case c.abroad && c.kind == "commune" && p.frenchBeside(l, c) == 0 && !named():
		return "announced as in all countries that speak French, and nothing says France"
	case betterAbroad[glue] && p.french < 2 && !named():
		return "a town abroad has this name too and is better known"
	case !l.title && !capital(l.tokens[f.from:f.to]) && !p.addressed(glue):
		return "in small letters, in the text"
	case longer(l.tokens, f, c), l.title && !c.behind && l.hyphened(f):
		return "its name is a part of a longer name"
	case !l.title && p.business != "":
		return "mentioned in a post about a business: " + p.business
	case !l.title && min(c.from, f.from) > 2 && !p.aboutTown(l.tokens, f):
		return "mentioned in the text of a post about another"
	}
	return ""
}

// calledAfter tells a business or a spot that is called after the body that c
// announces, or stands beside it, or "": "Garage de la Mairie", "rue de la
// Mairie", "opposite the Mairie de Vierzon".
func (l line) calledAfter(c *announced) string {
	i := c.from
	for ; i > 0 && !l.tokens[i].apart; i-- {
		switch w := l.tokens[i-1].word; {
		case linking[w]:
		case businessWords[w] && !notBusiness(l.tokens, i-1):
			return "a business: " + w
		case landmarks[w]:
			return "a landmark: " + w
		default:
			return ""
		}
	}
	return ""
}

// ofField tells whether the title speaks, in French, of what bodies of a kind
// deal with: patients of a hospital, the young of a Mission Locale.
func (p *post) ofField(kind string) bool {
	words := fields[kind]
	return words != nil && p.foreign == "" && slices.ContainsFunc(p.title, func(t token) bool { return words[t.word] })
}

// acronym tells a cue of four letters and more, all capitals in a line that has
// other words too: CHIC is no word there.
func (l line) acronym(c *announced) bool {
	t := l.tokens[c.from]
	return c.to == c.from+1 && c.body != "" && t.capitals && len(t.word) >= 4 &&
		slices.ContainsFunc(l.tokens, func(t token) bool { return !t.capitals && !isNumber(t.word) })
}

// distinct is how many letters a name has at least that is not taken for one
// of another country where nothing says France.
const distinct = 8

// onlyHere tells a name, as the post writes it, that one town of France alone
// bears, or a department or region, and that is long or has an accent: nobody
// abroad is likely to be called so.
func (m *Matcher) onlyHere(l line, f find, places []int32) bool {
	towns, wide := m.ofKind(places, "commune"), len(m.ofKind(places, "department"))+len(m.ofKind(places, "region")) > 0
	written := l.spelled(f.from, f.to)
	glue := strings.Join(wordsOf(l.tokens[f.from:f.to]), "")
	accent := slices.ContainsFunc([]byte(written), func(b byte) bool { return b >= 0x80 })
	return !brands[glue] && (len(glue) >= distinct || accent || wide && len(glue) >= distinct-2) &&
		(wide || len(towns) == 1 && m.list[towns[0]].population >= usualSize)
}

// best are the places that a body announced by c is called by: those of the
// kind of its scope first, the largest of them.
func (m *Matcher) best(places []int32, c *announced) *listed {
	order := []string{"commune", "department", "epci", "region"}
	switch c.scope {
	case byDepartment:
		order = []string{"department", "commune", "region", "epci"}
	case byRegion:
		order = []string{"region", "department", "commune", "epci"}
	}
	for _, kind := range order {
		if fit := m.ofKind(places, kind); len(fit) > 0 {
			return &m.list[m.largest(fit)[0]]
		}
	}
	return &m.list[places[0]]
}

// hitBody reports a body that is called by a place: the one that a list has, if
// one does.
func (m *Matcher) hitBody(p *post, l line, f find, c *announced, place *listed, confidence float64, why string) {
	name := c.body + " " + ofPlace(place)
	if c.behind && !c.english && l.source != "" && f.from > 0 && !l.tokens[f.from].apart && !noise[l.tokens[f.from-1].word] {
		from := f.from - 1 // Angers Loire Habitat: its own name
		for from > 0 && !l.tokens[from].apart && !noise[l.tokens[from-1].word] {
			from--
		}
		name = l.spelled(from, c.to)
	}
	if place.Kind == "epci" && f.to > f.from && f.from >= c.to && l.address == "" { // CHIC Castres-Mazamet
		name = c.body + " " + l.spelled(c.to, f.to)
	}
	tries := []string{name}
	if f.to > c.to && f.from >= c.to { // as the post writes it: "CHU Rouen Normandie"
		tries = append(tries, strings.Join(wordsOf(l.tokens[c.from:f.to]), " "))
	}
	for _, try := range tries {
		if i, ok := m.canon[tightened(folded(try))]; ok && m.list[i].Kind == c.kind {
			p.hit(&m.list[i], confidence, why+" of "+place.Name)
			return
		}
	}
	if c.kind == "university" && c.abroad && p.frenchBeside(l, c) == 0 { // Université Laval
		p.refused = append(p.refused, Refusal{Entity: name, Why: "no university of France is called so, and nothing says France"})
		return
	}
	p.hits = append(p.hits, Hit{Entity: name, Kind: c.kind, Confidence: confidence, Why: why + " of " + place.Name})
}

func (m *Matcher) ofKind(list []int32, kind string) []int32 {
	var out []int32
	for _, i := range list {
		if m.list[i].Kind == kind {
			out = append(out, i)
		}
	}
	return out
}

// aboutTown tells whether a text speaks of one body as its subject: the title
// names nobody else, being an address or noise.
func (p *post) aboutTown(tokens []token, f find) bool {
	for _, h := range p.hosts {
		if h.primary {
			// An address that names the place is judged on its own; another
			// one is another body's.
			glued := strings.Join(wordsOf(tokens[f.from:f.to]), "")
			return strings.Contains(strings.ReplaceAll(h.label, "-", ""), glued)
		}
	}
	for _, t := range p.title {
		if !noise[t.word] && !generic[t.word] && !isNumber(t.word) {
			return false
		}
	}
	return true
}

// addressed tells whether a web address of the post is nothing but a name.
func (p *post) addressed(glue string) bool {
	return slices.ContainsFunc(p.hosts, func(h host) bool { return h.primary && strings.ReplaceAll(h.label, "-", "") == glue })
}

// longer tells whether an announced name goes on: "ville de Saint-Denis
// Transports", "Lycée Paris Immobilier".
func longer(tokens []token, f find, c *announced) bool {
	if c.behind || f.to >= len(tokens) {
		return false
	}
	t := tokens[f.to]
	return !t.apart && businessWords[t.word] && !notBusiness(tokens, f.to)
}

// hyphened tells whether a hyphen ties a linking word to a name:
// Port-au-Prince is not Port.
func (l line) hyphened(f find) bool {
	return l.address == "" && f.to+1 < len(l.tokens) && linking[l.tokens[f.to].word] && l.source[l.tokens[f.to-1].to:l.tokens[f.to].from] == "-"
}

// abroad is the sign of another country, unless it is a word of the name:
// Cingal-Suisse Normande.
func (p *post) abroad(tokens []token, f find) string {
	for _, t := range tokens[f.from:f.to] {
		if p.foreign == "the word "+t.word {
			return ""
		}
	}
	return p.foreign
}

func wordsOf(tokens []token) []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = t.word
	}
	return out
}

// isNumber tells a figure, with its unit or not: 12, 40gb.
func isNumber(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

func capital(tokens []token) bool {
	for _, t := range tokens {
		if t.capital {
			return true
		}
	}
	return false
}
