package watch

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
