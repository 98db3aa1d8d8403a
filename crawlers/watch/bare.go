package watch

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// judgeBare judges a name that nothing announces: it counts if the title is
// nothing else and France is said.
func (m *Matcher) judgeBare(p *post, l line, f find, places []int32) {
	tokens := l.tokens
	if c := cueAt(tokens, f.from); c != nil && c.to == f.to {
		return // Ville is a commune too, and announces one far more often
	}
	if m.judgeNumberedTown(p, l, f, places) {
		return
	}
	list := m.largest(m.usual(places))
	e := &m.list[list[0]]
	rest, town := p.besides(m, l, f, list)
	for _, h := range p.hosts {
		if h.primary && strings.Contains(p.titleS, h.name) {
			return // the address is judged as such
		}
	}
	words := f.to - f.from
	surname := m.share(strings.ToUpper(strings.Join(wordsOf(tokens[f.from:f.to]), " "))) > 1.7e-6
	switch {
	case p.trade(l, f) != "":
		p.refuseAll(m, list, "a business: "+p.trade(l, f))
	case p.abroad(tokens, f) != "":
		p.refuseAll(m, list, "abroad: "+p.foreign)
	case e.Kind == "epci" && words == 1 && tokens[f.from].capitals && mixed(tokens) && p.agglo(l, f):
		p.hitAll(m, list, 0.75, "its acronym, beside a word for a community of communes")
	case e.Kind == "epci" && saysEPCI(tokens[f.from:f.to]) && l.parted(f):
		p.hitAll(m, list, 0.75, "a part of the title is its whole name")
	case e.Kind == "epci" && words > 1 && f.from == 0 && saysEPCI(tokens[f.from:f.to]) && !tokens[f.to].capital:
		p.hitAll(m, list, 0.7, "the title begins with its whole name, and goes on in small letters")
	case e.Kind == "commune" && f.from == 0 && l.parted(f) && p.civic && p.french > 0 && p.names(e) != "":
		p.hit(e, 0.75, "the title begins with its name and speaks of a town hall, and the post names "+p.names(e))
	case rest != "":
		p.refuseAll(m, list, "its name is a part of a longer title")
	case e.Kind == "epci" && p.agglo(l, f):
		p.hitAll(m, list, 0.8, "its name, beside a word for a community of communes")
	case town && len(m.ofKind(places, "commune")) > 0:
		p.hitAll(m, m.ofKind(places, "commune"), 0.85, "a town hall beside its name, and the post says France")
	case e.Kind == "epci" && saysEPCI(tokens[f.from:f.to]):
		p.hitAll(m, list, 0.85, "the title is its whole name")
	case e.Kind == "epci" && p.foreign == "" && tokens[f.from].word == "grand" && f.to-f.from == 2:
		p.hitAll(m, list, 0.7, "the title is its whole name")
	case betterAbroad[strings.Join(wordsOf(tokens[f.from:f.to]), "")]:
		p.refuseAll(m, list, "a town abroad has this name too and is better known")
	case e.Kind == "epci" && f.from == 0 && e.words >= 3 && len(bareWords(wordsOf(tokens[f.from:f.to]))) >= 3:
		p.hitAll(m, list, 0.75, "the title is its whole name")
	case p.french == 0:
		p.refuseAll(m, list, "its name alone, and nothing says France")
	case e.Kind == "commune" && !p.civic && brands[strings.Join(wordsOf(tokens[f.from:f.to]), "")]:
		p.refuseAll(m, list, "a brand has this name too, and nothing says a public body")
	case words == 2 && e.Kind == "commune" && e.population < 5_000 && !p.civic:
		p.refuseAll(m, list, "a small place's name alone, and nothing says a public body")
	case words == 1 && e.Kind == "commune" && e.population < 20_000 && !p.civic && surname:
		p.refuseAll(m, list, "one word, also a family name, and nothing says a public body")
	case words == 1 && e.Kind == "commune" && e.population < 20_000 && !p.civic:
		p.refuseAll(m, list, "one word, and nothing says a public body")
	case words == 1:
		p.hitAll(m, list, 0.62, "the title is its name, and the post says France")
	default:
		p.hitAll(m, list, 0.75, "the title is its name, and the post says France")
	}
}

// besides is a word of the title that is neither of the name nor said of it,
// and whether a town hall is: "Andilly (France) municipality". Words of another
// script tell the same once more.
func (p *post) besides(m *Matcher, l line, f find, list []int32) (rest string, town bool) {
	department := map[string]bool{}
	for _, i := range list {
		if e := &m.list[i]; e.department != "" {
			for _, w := range strings.Fields(e.department) {
				department[w] = true
			}
		}
	}
	for i, t := range l.tokens {
		switch {
		case i >= f.from && i < f.to, noise[t.word], isNumber(t.word), linking[t.word], t.word[0] >= utf8.RuneSelf:
			town = town || civicWords[t.word]
		case civicWords[t.word]:
			town = true
		case civicEnglish[t.word] && p.french > 0:
			town = true
		case department[t.word], epciWords[t.word] && m.list[list[0]].Kind == "epci":
		case m.list[list[0]].Kind == "epci" && m.near(list, t.word):
		default:
			rest = t.word
		}
	}
	return rest, town
}

// parted tells whether dashes, commas, brackets or slashes part a name from all
// else.
func (l line) parted(f find) bool {
	return (f.from == 0 || l.tokens[f.from].apart) && (f.to == len(l.tokens) || l.tokens[f.to].apart)
}

// near tells whether a word is the acronym of one of the EPCI, or names a
// department or region: both say the same body once more.
func (m *Matcher) near(list []int32, word string) bool {
	for _, i := range list {
		if _, acronym := withoutAcronym(m.list[i].Name); acronym != "" && strings.EqualFold(acronym, word) {
			return true
		}
	}
	return len(m.ofKind(m.glued[word], "department"))+len(m.ofKind(m.glued[word], "region")) > 0
}

// agglo tells whether a word for a community of communes stands beside a name.
func (p *post) agglo(l line, f find) bool {
	for i, t := range l.tokens {
		if (i < f.from || i >= f.to) && epciWords[t.word] && len(t.word) > 2 && t.word != "communes" {
			return true
		}
	}
	return false
}

// judgeNumberedTown judges "Frontignan (34)", "Frontignan 34110": the number
// of its department or its postcode says that the commune is meant.
func (m *Matcher) judgeNumberedTown(p *post, l line, f find, places []int32) bool {
	tokens := l.tokens
	if f.to >= len(tokens) || !isNumber(tokens[f.to].word) || p.trade(l, f) != "" || p.foreign != "" ||
		f.to+1 < len(tokens) && units[tokens[f.to+1].word] {
		return false
	}
	number := tokens[f.to].word
	for i, t := range tokens {
		if (i < f.from || i > f.to) && !noise[t.word] && !isNumber(t.word) && !civicWords[t.word] {
			return false
		}
	}
	var fit []int32
	for _, i := range m.ofKind(places, "commune") {
		e := &m.list[i]
		if e.number == number && (tokens[f.to].apart || p.french > 0) || slices.Contains(e.postcodes, number) {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		return false
	}
	p.hitAll(m, fit, 0.85, "its name and "+number)
	return true
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
