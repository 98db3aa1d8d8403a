package watch

import (
	"slices"
	"strings"
)

// A town is usually called by the beginning of its name: Brive, Aix, Châlons,
// Boulogne. Announced by a town hall such a beginning is enough, and where
// several towns share it all that are of comparable size are meant.
const (
	usualSize   = 2_000  // inhabitants from which on a beginning is used, where a linking word follows it
	usualTown   = 10_000 // where none does (Boulogne-Billancourt), or where "saint" is a part of it, or a village bears it whole
	comparable  = 5      // times smaller than the largest: still meant
	overshadows = 10     // times larger than the places that bear the name whole: meant as well
)

// addUsual lists the beginnings of names of towns.
func (m *Matcher) addUsual() {
	for i := range m.list {
		l := &m.list[i]
		if !l.place || l.Kind != "commune" || l.population < usualSize {
			continue
		}
		words := folded(l.Name)
		for k := 1; k < len(words); k++ {
			if linking[words[k-1]] || frenchJoints[words[k-1]] || !tellsTown(words[:k], l.population) {
				continue
			}
			if linking[words[k]] || frenchJoints[words[k]] || l.population >= usualTown {
				glue := strings.Join(words[:k], "")
				m.usually[glue] = append(m.usually[glue], int32(i))
			}
		}
	}
	for glue, list := range m.usually {
		list = m.largest(list)
		n := 1
		for n < len(list) && n < maxBegun && m.list[list[n]].population*comparable >= m.list[list[0]].population {
			n++
		}
		m.usually[glue] = list[:n]
	}
}

// tellsTown tells whether the first words of a name say which town it is.
func tellsTown(words []string, population int) bool {
	own := false
	for _, w := range words {
		if w == "saint" || w == "sainte" {
			if population < usualTown {
				return false
			}
			continue
		}
		own = own || len(w) >= 3 && !linking[w]
	}
	return own
}

// withUsual adds to the communes that bear a name whole the towns usually
// called so, if those are much larger: Aix is hardly ever a village.
func (m *Matcher) withUsual(l line, f find, fit []int32) []int32 {
	words := wordsOf(l.tokens[f.from:f.to])
	usual := m.usually[strings.Join(words, "")]
	if full := map[string]string{"du": "le", "des": "les"}[words[0]]; full != "" {
		usual = m.usually[full+strings.Join(words[1:], "")]
	} else if f.from > 0 && !l.tokens[f.from].apart && (l.tokens[f.from-1].word == "la" || l.tokens[f.from-1].word == "l") {
		if with := m.usually[l.tokens[f.from-1].word+strings.Join(words, "")]; len(with) > 0 {
			usual = with
		}
	}
	if l.continued(f.to) {
		return fit
	}
	if len(usual) == 0 || len(fit) == 0 {
		return fit
	}
	size := m.list[m.largest(fit)[0]].population
	if top := m.list[usual[0]].population; top < usualTown || top < overshadows*size {
		return fit
	}
	return append(slices.Clone(fit), usual...)
}

// judgeUsualBehind judges "Brive : la mairie piratée".
func (m *Matcher) judgeUsualBehind(p *post, l line) (from, to int) {
	for from < len(l.tokens) && noise[l.tokens[from].word] && !linking[l.tokens[from].word] {
		from++
	}
	for to := min(len(l.tokens), from+maxName); to > from; to-- {
		f := find{from: from, to: to, entities: m.usually[strings.Join(wordsOf(l.tokens[from:to]), "")]}
		if len(f.entities) > 0 && !l.continued(to) {
			return from, m.judgeBehind(p, l, f, f.entities)
		}
	}
	return 0, 0
}

// judgeUsual judges "Mairie de Brive", where no place is called so in full.
func (m *Matcher) judgeUsual(p *post, l line, c *announced) bool {
	if c.scope == byName || c.behind || c.kind == "epci" || c.kind == "department" || c.kind == "region" {
		return false
	}
	from, melted := c.to, ""
	for from < len(l.tokens) && linking[l.tokens[from].word] && !l.tokens[from].apart {
		if w := l.tokens[from].word; w == "du" {
			melted = "le"
		} else if w == "des" {
			melted = "les"
		}
		from++
	}
	if from < len(l.tokens) && l.tokens[from].apart {
		return false
	}
	for to := min(len(l.tokens), from+maxName); to > from; to-- {
		if l.continued(to) {
			continue
		}
		words := wordsOf(l.tokens[from:to])
		list := m.usually[melted+strings.Join(words, "")]
		if list == nil {
			list = m.usually[strings.Join(wordsOf(l.tokens[c.to:to]), "")] // Mairie La Roche
		}
		if list == nil {
			continue
		}
		f := find{from: from, to: to, entities: list}
		c.linked = c.linked || from > c.to
		return m.judgePlace(p, l, f, c, list)
	}
	return false
}

// continued tells whether a name that ends before token i goes on there:
// Villers-Bocage is not called Villers.
func (l line) continued(i int) bool {
	if i >= len(l.tokens) || l.tokens[i].apart {
		return false
	}
	if l.source[l.tokens[i-1].to:l.tokens[i].from] == "-" {
		return true
	}
	for ; i < len(l.tokens) && !l.tokens[i].apart; i++ {
		if w := l.tokens[i].word; !linking[w] && !frenchJoints[w] {
			return l.tokens[i].capital && !noise[w] && !isNumber(w)
		}
	}
	return false
}

// spelt keeps, of places whose names differ only by accents, those written as
// the post writes them, if it writes accents: Changé is not Change.
func (m *Matcher) spelt(l line, f find, places []int32) []int32 {
	if len(places) < 2 || f.from >= f.to {
		return places
	}
	written := l.spelled(f.from, f.to)
	if !slices.ContainsFunc([]byte(written), func(b byte) bool { return b >= 0x80 }) {
		return places
	}
	var same []int32
	for _, i := range places {
		if name := m.list[i].Name; plainly(name) == plainly(written) {
			same = append(same, i)
		}
	}
	if len(same) == 0 {
		return places
	}
	return same
}

// plainly writes a name in small letters with its accents, freed of how its
// parts are joined.
func plainly(s string) string {
	return strings.NewReplacer("-", " ", "’", "'", "œ", "oe").Replace(strings.ToLower(composed(s)))
}
