package watch

import "strings"

// judgePartEPCI judges an EPCI announced by a part of its name, or one that is
// listed under a longer name: the words from from on, which few have together.
func (m *Matcher) judgePartEPCI(p *post, l line, from int, f find) bool {
	fit, words := m.partEPCI(l, from, f)
	if len(words) == 0 || len(fit) > 3 || len(strings.Join(words, "")) < 5 || p.foreign != "" || !l.title {
		return false
	}
	p.hitAll(m, fit, 0.8, "announced as a community of communes, by a part of its name")
	return true
}

// wholeEPCI tells an EPCI announced by three words that only its name has:
// "CA Saint-Dizier Der et Blaise".
func (m *Matcher) wholeEPCI(l line, f find, c *announced) bool {
	if c.kind != "epci" || c.behind {
		return false
	}
	fit, words := m.partEPCI(l, c.to, f)
	return len(fit) == 1 && len(words) >= 3
}

// partEPCI are the EPCI that have the words from from on in their names, and
// these words.
func (m *Matcher) partEPCI(l line, from int, f find) (fit []int32, words []string) {
	for i := from; i < len(l.tokens) && i < from+10 && (i == from || i < f.to || !l.tokens[i].apart) && (i < f.to || !l.tokens[i].apart && !noise[l.tokens[i].word] || linking[l.tokens[i].word]); i++ {
		w := l.tokens[i].word
		if linking[w] || epciWords[w] {
			continue
		}
		next := m.epci[w]
		if words != nil {
			next = both(fit, next)
		}
		if len(next) == 0 {
			break
		}
		fit, words = next, append(words, w)
	}
	return fit, words
}

// both returns what two ordered lists share.
func both(a, b []int32) []int32 {
	var out []int32
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			out = append(out, a[0])
			a, b = a[1:], b[1:]
		}
	}
	return out
}
