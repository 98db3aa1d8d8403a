package watch

import (
	"strings"
)

// cue is the announcement found before or after a name.
type cue struct {
	kind    string
	body    string
	from    int // token at which it begins
	english bool
	vague   bool
	after   bool
}

// judgeWords judges each name found in the title, or in the text, where only
// an announced body counts.
func (m *Matcher) judgeWords(p *post, tokens []token, title bool) {
	for _, f := range m.finds(tokens) {
		var places, others []int32
		for _, i := range f.entities {
			if m.list[i].place {
				places = append(places, i)
			} else {
				others = append(others, i)
			}
		}
		for _, i := range others {
			m.judgeNamed(p, tokens, f, &m.list[i], title)
		}
		if len(places) > 0 {
			m.judgePlace(p, tokens, f, places, title)
		}
	}
}

// judgeNamed judges software, agencies and the caller's own entities.
func (m *Matcher) judgeNamed(p *post, tokens []token, f find, l *listed, title bool) {
	first := tokens[f.from]
	short := f.to-f.from == 1 && len(first.word) <= 4
	confidence, why := 0.9, "named in the title"
	if !title {
		confidence, why = 0.7, "named in the text"
	}
	switch {
	case short && (!first.capitals || p.french == 0):
		p.refuse(l, "a short acronym without a sign of France")
		return
	case !first.capital && !title && f.to-f.from == 1 && l.Kind != "software":
		p.refuse(l, "in small letters, in the text")
		return
	case p.foreign != "" && l.Kind != "software" && l.Kind != "supplier":
		p.refuse(l, "abroad: "+p.foreign)
		return
	case f.to-f.from == 1:
		confidence -= 0.1
	}
	p.hit(l, confidence, why)
}

func (m *Matcher) judgePlace(p *post, tokens []token, f find, places []int32, title bool) {
	c := announcement(tokens, f)
	if c == nil {
		if title {
			m.judgeBare(p, tokens, f, places)
		}
		return
	}
	if c.english && !title {
		return
	}
	refuse := func(why string) { p.refuseAll(m, m.largest(places), why) }
	name := spelled(p, tokens, f, title)
	switch {
	case p.abroad(tokens, f) != "":
		refuse("abroad: " + p.foreign)
		return
	case c.vague && p.french == 0 && f.to-f.from < 3:
		refuse("a vague announcement, and nothing says France")
		return
	case c.english && p.french == 0:
		refuse("announced in English, and nothing says France")
		return
	case !title && !capital(tokens[f.from:f.to]):
		refuse("in small letters, in the text")
		return
	case longer(tokens, f, c):
		refuse("its name is a part of a longer name")
		return
	}
	confidence, why := 0.95, "announced as "+article[c.kind]
	if c.english {
		confidence -= 0.1
	}
	if !title {
		confidence, why = 0.62, why+", in the text"
		if p.business != "" {
			refuse("mentioned in a post about a business: " + p.business)
			return
		}
		switch {
		case c.from <= 2: // the text opens with it: that is its subject
			confidence = 0.75
		case !p.aboutTown(tokens, f):
			refuse("mentioned in the text of a post about another")
			return
		}
	}
	fit := m.ofKind(places, c.kind)
	if len(fit) == 0 && f.to-f.from > 1 { // CA de La Rochelle is listed as Rochelle
		if next := m.longestAt(tokens, f.from+1); next.to == f.to {
			fit = m.ofKind(next.entities, c.kind)
		}
	}
	switch {
	case len(fit) > 0:
		p.hitAll(m, fit, confidence, why)
	case c.kind == "epci" || c.body == "":
		refuse("announced as " + article[c.kind] + ", and none of this name exists")
	default:
		p.hits = append(p.hits, Hit{Entity: c.body + " " + name, Kind: c.kind, Confidence: confidence - 0.08, Why: why + " of a French place"})
	}
}

// judgeCutTitle judges "Mairie de Saint-Aff...": an announced name that the
// site cut.
func (m *Matcher) judgeCutTitle(p *post) {
	title := strings.TrimSpace(p.titleS)
	if !strings.HasSuffix(title, "...") && !strings.HasSuffix(title, "…") || len(p.hits) > 0 {
		return
	}
	for from := len(p.title) - 1; from > max(0, len(p.title)-9); from-- {
		c := announcement(p.title, find{from: from, to: len(p.title)})
		if c == nil || c.body != "" || c.english || linking[p.title[from].word] {
			continue
		}
		if start := strings.Join(wordsOf(p.title[from:]), ""); len(start) >= 4 {
			m.hitBegun(p, c.kind, start, 0.85, "announced as "+article[c.kind]+", and cut by the site")
		}
		return
	}
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
			glued := ""
			for _, t := range tokens[f.from:f.to] {
				glued += t.word
			}
			return strings.Contains(strings.ReplaceAll(h.label, "-", ""), glued)
		}
	}
	for _, t := range p.title {
		if !noise[t.word] && !isNumber(t.word) {
			return false
		}
	}
	return true
}

// announcement looks for a cue before the name, past linking words, then
// behind it.
func announcement(tokens []token, f find) *cue {
	i := f.from - 1
	if tokens[f.from].apart {
		i = -1
	}
	for ; i >= 0 && linking[tokens[i].word] && !tokens[i].apart; i-- {
	}
	if i >= 0 && cueEnds[tokens[i].word] {
		for _, c := range cues {
			from := i - len(c.words) + 1
			if from < 0 || !standsAt(tokens, from, strings.Join(c.words, " ")) {
				continue
			}
			last := c.words[len(c.words)-1]
			linked := i < f.from-1 || tokens[f.from].word == "du" || tokens[f.from].word == "des"
			return &cue{kind: c.kind, body: c.body, from: from, english: englishCues[last], vague: vagueCues[last] && !linked}
		}
	}
	if f.to < len(tokens) && !tokens[f.to].apart {
		next := tokens[f.to].word
		if kind, ok := after[next]; ok {
			return &cue{kind: kind, body: "Habitat", from: f.from, after: true}
		}
		switch next {
		case "hospital":
			return &cue{kind: "hospital", body: "Hôpital", from: f.from, after: true, english: true}
		case "university":
			return &cue{kind: "university", body: "Université", from: f.from, after: true, english: true}
		case "city", "town":
			return &cue{kind: "commune", from: f.from, after: true, english: true}
		}
	}
	return nil
}

// longer tells whether an announced name goes on: "ville de Saint-Denis
// Transports", "Lycée Paris Immobilier".
func longer(tokens []token, f find, c *cue) bool {
	if c.after || f.to >= len(tokens) {
		return false
	}
	t := tokens[f.to]
	return !t.apart && businessWords[t.word]
}

// judgeBare judges a name that nothing announces: it counts if the title is
// nothing else and France is said.
func (m *Matcher) judgeBare(p *post, tokens []token, f find, places []int32) {
	list := m.largest(m.usual(places))
	l := &m.list[list[0]]
	rest := ""
	for i, t := range tokens {
		if (i < f.from || i >= f.to) && !noise[t.word] && !isNumber(t.word) && !civicWords[t.word] {
			rest = t.word
		}
	}
	for _, h := range p.hosts {
		if h.primary && strings.Contains(p.titleS, h.name) {
			return // the address is judged as such
		}
	}
	words := f.to - f.from
	surname := m.share(strings.ToUpper(strings.Join(wordsOf(tokens[f.from:f.to]), " "))) > 1.7e-6
	switch {
	case p.business != "":
		p.refuseAll(m, list, "a business: "+p.business)
	case p.abroad(tokens, f) != "":
		p.refuseAll(m, list, "abroad: "+p.foreign)
	case rest != "":
		p.refuseAll(m, list, "its name is a part of a longer title")
	case l.Kind == "epci" && saysEPCI(tokens[f.from:f.to]):
		p.hitAll(m, list, 0.85, "the title is its whole name")
	case p.french == 0:
		p.refuseAll(m, list, "its name alone, and nothing says France")
	case l.Kind == "commune" && !p.civic && brands[strings.Join(wordsOf(tokens[f.from:f.to]), "")]:
		p.refuseAll(m, list, "a brand has this name too, and nothing says a public body")
	case words == 2 && l.Kind == "commune" && l.population < 5_000 && !p.civic:
		p.refuseAll(m, list, "a small place's name alone, and nothing says a public body")
	case words == 1 && l.Kind == "commune" && l.population < 20_000 && !p.civic && surname:
		p.refuseAll(m, list, "one word, also a family name, and nothing says a public body")
	case words == 1 && l.Kind == "commune" && l.population < 20_000 && !p.civic:
		p.refuseAll(m, list, "one word, and nothing says a public body")
	case words == 1:
		p.hitAll(m, list, 0.62, "the title is its name, and the post says France")
	default:
		p.hitAll(m, list, 0.75, "the title is its name, and the post says France")
	}
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

// saysEPCI tells whether a name says itself what it is: Nantes Métropole.
func saysEPCI(tokens []token) bool {
	for _, t := range tokens {
		if epciWords[t.word] && len(t.word) > 2 && len(tokens) > 1 {
			return true
		}
	}
	return false
}

func wordsOf(tokens []token) []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = t.word
	}
	return out
}

// spelled is the name as the post writes it.
func spelled(p *post, tokens []token, f find, title bool) string {
	s := p.textS
	if title {
		s = p.titleS
	}
	return s[tokens[f.from].from:tokens[f.to-1].to]
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
