package watch

import (
	"slices"
	"strings"
)

// judgeNamed judges bodies, software and suppliers that a list names.
func (m *Matcher) judgeNamed(p *post, l line, f find, e *listed) {
	first := l.tokens[f.from]
	one := f.to-f.from == 1
	product := e.Kind == "software" || e.Kind == "supplier"
	confidence, why := 0.9, "named in the title"
	if l.address != "" {
		why = "the address " + l.address + " names it"
	}
	if !l.title {
		confidence, why = 0.62, "named in the text"
	}
	switch {
	case one && len(first.word) <= 4 && (!first.capitals && l.address == "" || p.french == 0 && !p.alone(l, f) && !m.seatBeside(l, f, e)):
		p.refuse(e, "a short acronym without a sign of France")
		return
	case !l.title && f.to < len(l.tokens) && !l.tokens[f.to].apart && l.tokens[f.to].capital:
		p.refuse(e, "its name is a part of a longer name, in the text")
		return
	case l.title && !product && l.goesOnInEnglish(f):
		p.refuse(e, "its name is a part of a longer name")
		return
	case l.title && !product && f.to+1 < len(l.tokens) && l.tokens[f.to].word == "and" && !l.tokens[f.to].apart && l.tokens[f.to+1].capital && first.capital && !first.capitals:
		p.refuse(e, "its name is a part of a longer name")
		return
	case one && !first.capital && !l.title:
		p.refuse(e, "in small letters, in the text")
		return
	case p.foreign != "" && !product:
		p.refuse(e, "abroad: "+p.foreign)
		return
	case !l.title && p.business != "":
		p.refuse(e, "mentioned in a post about a business: "+p.business)
		return
	case !l.title && !product && f.from > 2 && !p.aboutTown(l.tokens, f):
		p.refuse(e, "mentioned in the text of a post about another")
		return
	case l.title && !product && p.trade(l, f) != "":
		p.refuse(e, "a business: "+p.trade(l, f))
		return
	case one:
		confidence -= 0.1
	}
	p.hit(e, confidence, why)
}

// seatBeside tells whether a town or a department of the body's longer names
// stands beside its acronym: "APHM Marseille".
func (m *Matcher) seatBeside(l line, f find, e *listed) bool {
	for _, name := range append([]string{e.Name}, e.Aliases...) {
		for _, w := range folded(name) {
			seat := slices.ContainsFunc(m.glued[w], func(i int32) bool { return m.list[i].Kind == "department" || m.list[i].population >= usualTown })
			for i, t := range l.tokens {
				if seat && t.word == w && (i < f.from || i >= f.to) {
					return true
				}
			}
		}
	}
	return false
}

// goesOnInEnglish tells an English name that is a part of a longer one: "Academy
// of Lyon Art", "Harbour Academy Lyon".
func (l line) goesOnInEnglish(f find) bool {
	part := func(i int) bool { return l.tokens[i].capital && !noise[l.tokens[i].word] }
	switch name := l.tokens[f.from:f.to]; {
	case !slices.ContainsFunc(name, func(t token) bool { return englishWords[t.word] }):
		return false
	case f.to < len(l.tokens) && !l.tokens[f.to].apart && part(f.to):
		return true
	default:
		return f.from > 0 && len(name) > 1 && !name[0].apart && englishWords[name[0].word] && name[1].word != "of" && part(f.from-1)
	}
}

// trade is a word of business that stands in the title outside a name, or "".
func (p *post) trade(l line, f find) string {
	if !l.title {
		return p.business
	}
	for i, t := range l.tokens {
		if (i < f.from || i >= f.to) && businessWords[t.word] && !notBusiness(l.tokens, i) {
			return t.word
		}
	}
	return ""
}

// alone tells whether a title is one acronym and nothing else, which is no
// word: CNRS, ANSSI.
func (p *post) alone(l line, f find) bool {
	t := l.tokens[f.from]
	if !l.title || !t.capitals || len(t.word) < 4 || len(t.word) == 4 && strings.ContainsAny(t.word, "aeiouy") {
		return false
	}
	for i, t := range l.tokens {
		if i != f.from && !noise[t.word] && !isNumber(t.word) {
			return false
		}
	}
	return true
}
