package watch

import "strings"

// judgeBehind judges a title that names a place first and then says what of it
// is meant: "Brest (29) : la mairie victime d'un rançongiciel", "Richebourg,
// municipality in France". It returns where that ends, 0 for no body.
func (m *Matcher) judgeBehind(p *post, l line, f find, places []int32) int {
	for _, t := range l.tokens[:f.from] {
		if !noise[t.word] && !linking[t.word] {
			return 0
		}
	}
	i := f.to
	parted := i < len(l.tokens) && l.tokens[i].apart
	if i+1 < len(l.tokens) && isNumber(l.tokens[i].word) {
		if i++; !l.tokens[i].apart && !parted {
			return 0
		}
		parted = true
	}
	if d := m.departmentAt(l, i, places); d > 0 {
		i, parted = d, true
	}
	for i < len(l.tokens) && (l.tokens[i].word == "la" || l.tokens[i].word == "le" || l.tokens[i].word == "l") {
		parted = parted || l.tokens[i].apart
		i++
	}
	if i >= len(l.tokens) || !parted && !l.tokens[i].apart {
		return 0
	}
	c := cueAt(l.tokens, i)
	if c == nil || c.shut || c.vague || c.scope == byName || m.names(l, c.to) {
		return 0
	}
	c.behind = true
	if why := m.against(p, l, f, c, places); why != "" {
		return 0
	}
	why := "the title begins with its name and speaks of " + article[c.kind]
	if c.body != "" {
		if len(m.ofKind(places, "commune"))+len(m.ofKind(places, "department")) == 0 {
			return 0
		}
		m.hitBody(p, line{}, find{}, c, m.best(places, c), 0.78, why)
		return c.to
	}
	fit := m.ofKind(places, c.kind)
	if c.kind == "commune" {
		fit = m.withUsual(l, f, m.inDepartment(l, f, fit))
	}
	if len(fit) == 0 {
		return 0
	}
	p.hitAll(m, fit, 0.85, why)
	return c.to
}

// departmentAt is where the name of the department of one of the places ends
// that stands in brackets at token i: "Wissembourg (Bas-Rhin)"; 0 if none does.
func (m *Matcher) departmentAt(l line, i int, places []int32) int {
	if i >= len(l.tokens) || !strings.HasSuffix(strings.TrimSpace(l.source[:l.tokens[i].from]), "(") {
		return 0
	}
	for _, j := range places {
		if d := m.list[j].department; d != "" && standsAt(l.tokens, i, d) {
			return i + len(strings.Fields(d))
		}
	}
	return 0
}

// syndicates are the words beside "syndicat" that make it a joint authority of
// communes, and not a trade union.
var syndicates = set(`mixte intercommunal interdepartemental departemental public eau eaux energie energies electricite traitement assainissement dechets waste water energy`)

// tradeUnions are called "syndicat" too.
var tradeUnions = set(`cfdt cftc unsa solidaires`)

// judgeSyndicate judges an acronym that is on no list where the post itself says
// that a joint authority bears it: "SIRVAL", "syndicat mixte de traitement ...".
func (p *post) judgeSyndicate() {
	if p.foreign != "" || p.business != "" || len(p.title) == 0 || len(p.title[0].word) < 4 || tradeUnions[p.title[0].word] {
		return
	}
	to := 1
	if to < len(p.title) && !p.title[to].apart && isNumber(p.title[to].word) { // the number of its department
		to++
	}
	said := to < len(p.title) && !p.title[to].apart && p.title[to].word == "syndicat" && p.title[0].capital
	if !said && (!p.title[0].capitals || to < len(p.title) && !p.title[to].apart) {
		return
	}
	for _, tokens := range [][]token{p.title[1:], p.text} {
		for i, t := range tokens {
			if t.word != "syndicat" {
				continue
			}
			for _, next := range tokens[max(i-1, 0):min(i+4, len(tokens))] {
				if syndicates[next.word] {
					p.hits = append(p.hits, Hit{Entity: p.titleLine().spelled(0, to), Kind: "syndicate", Confidence: 0.7, Why: "the post says that it is a joint authority"})
					return
				}
			}
		}
	}
}

// townAfter is the commune that "de" or "à" ties to what ends before token i.
func (m *Matcher) townAfter(l line, i int) find {
	if i >= len(l.tokens) || l.tokens[i].apart || l.tokens[i].word != "de" && l.tokens[i].word != "d" && l.tokens[i].word != "a" && l.tokens[i].word != "du" {
		return find{}
	}
	at := i
	if l.tokens[i].word != "du" {
		at++
	}
	if at >= len(l.tokens) {
		return find{}
	}
	if f := m.longestAt(l.tokens, at); f.to > 0 && len(m.ofKind(f.entities, "commune")) > 0 && !l.hyphened(f) {
		f.entities = m.ofKind(f.entities, "commune")
		return f
	}
	return find{}
}

// elsewhere tells whether "de" ties a capital name that is no place of France to
// what ends before token i: Hôpital Saint-Joseph de Port-au-Prince.
func (m *Matcher) elsewhere(l line, i int) bool {
	if i+1 >= len(l.tokens) || l.tokens[i].apart || l.tokens[i].word != "de" && l.tokens[i].word != "d" || !l.tokens[i+1].capital {
		return false
	}
	f := m.longestAt(l.tokens, i+1)
	return f.to == 0 || l.hyphened(f)
}

// names tells whether what stands at token i names the body announced before
// it: "la mairie de Plouzané".
func (m *Matcher) names(l line, i int) bool {
	if i >= len(l.tokens) || l.tokens[i].apart {
		return false
	}
	switch l.tokens[i].word {
	case "de", "d", "du", "des", "of":
		return true
	}
	return m.longestAt(l.tokens, i).to > 0 && l.tokens[i].capital
}
