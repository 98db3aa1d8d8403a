package watch

import (
	"slices"
	"strings"
)

// maxName is how many words a body's own name may have.
const maxName = 8

// judgeLoose judges what announces a body in a title and is followed by no
// name of the lists: the number of a department ("SDIS 12"), a place written
// as one word or cut by the site, a part of an EPCI's name, a name that is
// nobody's but the body's own ("Lycée Jean Moulin").
func (m *Matcher) judgeLoose(p *post, l line, used []bool) {
	for i := 0; i < len(l.tokens); i++ {
		if used[i] {
			continue
		}
		c := cueAt(l.tokens, i)
		if c == nil {
			m.judgeRunTogether(p, l, i)
			continue
		}
		i = c.to - 1
		if p.foreign != "" || c.to >= len(l.tokens) && !c.shut || c.to < len(l.tokens) && used[c.to] {
			continue
		}
		_ = m.judgeDepartmentNumber(p, l, c) || c.shut || m.judgeGlued(p, l, c) || m.judgeCutName(p, l, c) || m.judgeUsual(p, l, c) ||
			c.kind == "epci" && !c.vague && m.judgePartEPCI(p, l, c.to, find{to: c.to}) || m.judgeOwnName(p, l, c)
	}
}

// judgeDepartmentNumber judges "SDIS 12", "Département 34".
func (m *Matcher) judgeDepartmentNumber(p *post, l line, c *announced) bool {
	if c.to >= len(l.tokens) || c.scope != byDepartment && c.kind != "department" {
		return false
	}
	d, ok := m.departments[l.tokens[c.to].word]
	if !ok || c.to+1 < len(l.tokens) && units[l.tokens[c.to+1].word] || c.from > 0 && (l.tokens[c.from-1].word == "by" || l.tokens[c.from-1].word == "par") {
		return false
	}
	place := &m.list[d]
	if c.body == "" {
		p.hit(place, 0.9, "announced by its number")
		return true
	}
	m.hitBody(p, l, find{from: c.from, to: c.to}, c, place, 0.9, "announced by the number")
	return true
}

var units = set("hours heures tracks titres gb mb tb go mo to kb ko k m million millions records lines users lignes files")

// judgeGlued judges "mairie de saintaffrique": a place without its blanks.
func (m *Matcher) judgeGlued(p *post, l line, c *announced) bool {
	from := c.to
	for from < len(l.tokens) && (noise[l.tokens[from].word] || linking[l.tokens[from].word]) && !l.tokens[from].apart {
		from++
	}
	for to := min(len(l.tokens), from+maxName); to > from; to-- {
		glue := strings.Join(wordsOf(l.tokens[from:to]), "")
		list := m.glued[glue]
		if list == nil && len(glue) > 6 && (glue[0] == 'd' || glue[0] == 'l') { // "mairie darcachon"
			list = m.glued[glue[1:]]
		}
		if list == nil || len(glue) < 4 {
			continue
		}
		f := find{from: from, to: to, entities: list}
		c.linked = c.linked || from > c.to
		return m.judgePlace(p, l, f, c, list)
	}
	return false
}

// judgeRunTogether judges "mairiedebeziers" without a suffix.
func (m *Matcher) judgeRunTogether(p *post, l line, i int) {
	if l.address != "" || p.foreign != "" || p.business != "" {
		return
	}
	if w := l.tokens[i].word; len(w) >= minGlued && i+1 < len(l.tokens) && !l.tokens[i+1].apart { // GrandAngouleme agglo
		for _, c := range cuesAfter[l.tokens[i+1].word] {
			if fit := m.ofKind(m.placesGlued(w), c.kind); len(fit) > 0 && c.body == "" && !c.english {
				p.hitAll(m, fit, 0.85, "announced as "+article[c.kind]+", in one word")
				return
			}
		}
	}
	for _, start := range []string{"mairiede", "mairied", "mairie", "villede", "villed"} {
		rest, ok := strings.CutPrefix(l.tokens[i].word, start)
		if !ok || len(rest) < 4 {
			continue
		}
		rest, number := rest, strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz")
		fit := m.ofKind(m.glued[strings.TrimSuffix(rest, number)], "commune")
		if number != "" { // mairiedeprades66
			fit = slices.DeleteFunc(fit, func(i int32) bool { return m.list[i].number != number })
		}
		if len(fit) > 0 {
			p.hitAll(m, fit, 0.85, "announced as a town hall, in one word")
			return
		}
	}
}

// judgeCutName judges "Mairie de Saint-Aff...": an announced name that the
// site cut.
func (m *Matcher) judgeCutName(p *post, l line, c *announced) bool {
	title := strings.TrimSpace(l.source)
	if !strings.HasSuffix(title, "...") && !strings.HasSuffix(title, "…") || c.english {
		return false
	}
	start, linked := strings.Join(wordsOf(l.tokens[c.to:]), ""), ""
	if c.to < len(l.tokens) && linking[l.tokens[c.to].word] {
		linked = strings.Join(wordsOf(l.tokens[c.to+1:]), "")
	}
	melted := ""
	if c.to < len(l.tokens) && (l.tokens[c.to].word == "du" || l.tokens[c.to].word == "des") {
		melted = map[string]string{"du": "le", "des": "les"}[l.tokens[c.to].word] + linked
	}
	for _, s := range []string{melted, linked, start} {
		if len(s) < 4 {
			continue
		}
		kind := c.kind
		if c.body != "" {
			kind = "commune"
		}
		fit := m.begun(kind, s)
		if len(fit) == 0 {
			continue
		}
		if len(fit) > maxHits {
			p.refuse(&m.list[m.largest(fit)[0]], "cut too short: too many places begin so")
			return true
		}
		why := "announced as " + article[c.kind] + ", and cut by the site"
		if c.body == "" {
			p.hitAll(m, fit, 0.85, why)
			return true
		}
		for rank, i := range m.largest(fit) {
			m.hitBody(p, l, find{from: c.from, to: c.to}, c, &m.list[i], max(0.75-0.04*float64(rank), 0.5), why)
		}
		return true
	}
	return false
}

// judgeOwnName judges a body called by a name of its own.
func (m *Matcher) judgeOwnName(p *post, l line, c *announced) bool {
	if c.body == "" || c.vague && !p.ofField(c.kind) || c.english || c.behind {
		return false
	}
	if c.scope != byName && c.to < len(l.tokens) && !l.tokens[c.to].capital && !linking[l.tokens[c.to].word] && mixed(l.tokens) {
		return false // "Aichi Prefecture school": a common word is nobody's name
	}
	from, to := c.to, c.to
	for to < len(l.tokens) && to-from < maxName && (to == from || !l.tokens[to].apart) {
		w := l.tokens[to].word
		if noise[w] && !linking[w] || incident[w] || isNumber(w) && len(w) > 2 || foreignWords[w] {
			break
		}
		to++
	}
	for to > from && linking[l.tokens[to-1].word] {
		to--
	}
	for from < to && linking[l.tokens[from].word] {
		from++
	}
	if from == to || from < len(l.tokens) && l.tokens[from].apart {
		return false
	}
	name := c.body + " " + l.spelled(c.to, to)
	town := m.townOf(l.tokens, from, to)
	if town != nil && town.to <= to && town.from > from { // "Lycée Jean Moulin Béziers"
		end := town.from
		for end > from && linking[l.tokens[end-1].word] {
			end--
		}
		name = c.body + " " + l.spelled(c.to, end)
	}
	for i := from; i < to; i++ {
		if businessWords[l.tokens[i].word] && !notBusiness(l.tokens, i) {
			return false
		}
	}
	confidence, why := 0.72, "announced as "+article[c.kind]
	if town != nil && p.french == 0 && betterAbroad[strings.Join(wordsOf(l.tokens[town.from:town.to]), "")] {
		p.refuseAll(m, town.entities, "a town abroad has this name too and is better known")
		return true
	}
	if town != nil {
		place := &m.list[m.largest(m.ofKind(town.entities, "commune"))[0]]
		name += ", " + place.Name
		confidence, why = 0.82, why+" of "+place.Name
	}
	if c.vague && !m.inFrance(l.tokens[from:to]) {
		return false
	}
	given := m.dictionary.GivenName(strings.ToUpper(l.tokens[from].word)) > 0
	if c.abroad && c.scope == byDepartment && town == nil && !m.inFrance(l.tokens[from:to]) { // departments have prefectures here, and towns of other countries
		p.refused = append(p.refused, Refusal{Entity: name, Why: "announced, and no place in France has this name"})
		return true
	}
	if (c.abroad || c.kind == "hospital" && c.scope != byName) && town == nil && p.french == 0 && (!given || c.kind != "school") {
		p.refused = append(p.refused, Refusal{Entity: name, Why: "announced, but nothing says France"})
		return true
	}
	if i, ok := m.canon[tightened(folded(name))]; ok && m.list[i].Kind == c.kind {
		p.hit(&m.list[i], 0.9, why)
		return true
	}
	p.hits = append(p.hits, Hit{Entity: name, Kind: c.kind, Confidence: confidence, Why: why})
	return true
}

// inFrance tells a name in which a department or a region of France stands.
func (m *Matcher) inFrance(name []token) bool {
	for i := range name {
		f := m.longestAt(name, i)
		if len(m.ofKind(f.entities, "department"))+len(m.ofKind(f.entities, "region")) > 0 {
			return true
		}
	}
	return false
}

// mixed tells a line in which capitals say something: some words have one and
// some have none.
func mixed(tokens []token) bool {
	with, without := false, false
	for _, t := range tokens {
		if hasLetter := t.word != "" && !isNumber(t.word) && !linking[t.word]; hasLetter {
			with, without = with || t.capital && !t.capitals, without || !t.capital
		}
	}
	return with && without
}

// townOf finds the commune that ends a body's own name or follows it:
// "Lycée Jean Moulin Béziers", "Lycée Jean Moulin (Béziers)".
func (m *Matcher) townOf(tokens []token, from, to int) *find {
	for i := from + 1; i < len(tokens) && i <= to+2; i++ {
		f := m.longestAt(tokens, i)
		if f.to == 0 || f.to < to && i < to {
			continue
		}
		if w := tokens[i-1].word; w == "le" || w == "la" || w == "les" || w == "l" { // Louis-le-Grand
			continue
		}
		if len(m.ofKind(f.entities, "commune")) > 0 && (capital(tokens[i:f.to]) || !mixed(tokens)) {
			return &f
		}
	}
	return nil
}
