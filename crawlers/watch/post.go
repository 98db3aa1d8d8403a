package watch

import (
	"slices"
	"sort"
	"strconv"
	"strings"
)

// post is one post being judged.
type post struct {
	title, text   []token
	titleS, textS string
	hosts         []host
	french        int    // signs of France
	foreign       string // sign of another country, in words
	business      string // word of the title that announces a business
	civic         bool   // the post speaks of a town hall
	hits          []Hit
	refused       []Refusal
}

// read prepares a post: its words, its web addresses and what they say of
// country and trade.
func (m *Matcher) read(title, text, website, country string) *post {
	p := &post{titleS: title, textS: text, title: m.tokens(title), text: m.tokens(text)}
	p.hosts = hosts(title, text, website)
	p.signs(country)
	return p
}

func (p *post) signs(country string) {
	switch country = strings.ToUpper(strings.TrimSpace(country)); country {
	case "":
	case "FR", "RE", "GP", "MQ", "GF", "YT", "PM", "NC", "PF", "WF", "BL", "MF":
		p.french += 2
	default:
		p.foreign = "country " + clip(country, 16)
	}
	for _, h := range p.hosts {
		if !h.primary || h.cut {
			continue
		}
		if french(h.suffix) {
			p.french += 2
		} else if foreign(h.suffix) && p.foreign == "" {
			p.foreign = "suffix ." + h.suffix
		}
	}
	for i, t := range p.title {
		if i > 0 && t.apart && t.capitals && provinces[t.word] && p.title[i-1].capital && !p.title[i-1].capitals && p.foreign == "" &&
			(i+1 == len(p.title) || p.title[i+1].apart) && strings.TrimSpace(p.titleS[p.title[i-1].to:t.from]) == "," {
			p.foreign = "the province " + strings.ToUpper(t.word)
		}
		if t.word == "county" && standAt(p.title, i+1, []string{"council"}) {
			continue // a department's, in English, where the rest says France
		}
		p.sign(t)
		if businessWords[t.word] && p.business == "" && !notBusiness(p.title, i) {
			p.business = t.word
		}
	}
	for _, t := range p.text {
		p.sign(t)
	}
	p.civic = p.civic || townHallEnglish(p.title) || townHallEnglish(p.text)
	if p.french >= 2 && strings.HasPrefix(p.foreign, "the word") {
		p.foreign = "" // a French body may name another country
	}
}

// frenchBeside counts the signs of France beside the words that announce a body
// in every country that speaks French.
func (p *post) frenchBeside(l line, c *announced) int {
	n := p.french
	for _, t := range l.tokens[c.from:c.to] {
		if frenchWords[t.word] || civicWords[t.word] {
			n--
		}
	}
	return max(n, 0)
}

func (p *post) sign(t token) {
	switch {
	case frenchWords[t.word], t.word == "fr" && t.capitals && (t.apart || t.from == 0):
		p.french++
	case civicWords[t.word]:
		p.civic = true
		p.french++
	case foreignWords[t.word] && p.foreign == "":
		p.foreign = "the word " + t.word
	}
}

func (p *post) hit(l *listed, confidence float64, why string) {
	p.hits = append(p.hits, Hit{Entity: l.Name, Kind: l.Kind, Code: l.Code, Confidence: confidence, Why: why})
}

func (p *post) refuse(l *listed, why string) {
	p.refused = append(p.refused, Refusal{Entity: l.Name, Why: why})
}

func (p *post) refuseAll(m *Matcher, list []int32, why string) {
	for _, i := range list[:min(len(list), 3)] {
		p.refuse(&m.list[i], why)
	}
}

// hitAll reports places that share a name: the one whose department or
// postcode the post names, else all of them, the largest first.
func (p *post) hitAll(m *Matcher, list []int32, confidence float64, why string) {
	if len(list) == 0 {
		return
	}
	if i, sign := p.located(m, list); i >= 0 {
		p.hit(&m.list[i], min(confidence+0.02, 0.97), why+", and the post names "+sign)
		return
	}
	list = p.sizeable(m, m.largest(list))
	for rank, i := range list[:min(len(list), maxHits)] {
		c, reason := confidence, why
		if len(list) > 1 {
			c -= 0.1 + 0.04*float64(rank)
			reason += "; others have this name"
			if at := m.where(&m.list[i]); at != "" {
				reason += " (this one: " + at + ")"
			}
		}
		p.hit(&m.list[i], max(c, 0.5), reason)
	}
}

// shade is how many times smaller than a town of its name a hamlet is that
// nobody means.
const shade = 500

// sizeable refuses hamlets in the shade of a town of their name.
func (p *post) sizeable(m *Matcher, list []int32) []int32 {
	for n, i := range list {
		if size := m.list[i].population; size > 0 && m.list[i].Kind == "commune" && size*shade < m.list[list[0]].population {
			p.refuseAll(m, list[n:], "a hamlet; a town "+strconv.Itoa(shade)+" times larger has this name")
			return list[:n]
		}
	}
	return list
}

// located finds the one place of several whose department, its number, or
// postcode stands in the post.
func (p *post) located(m *Matcher, list []int32) (int32, string) {
	if len(list) < 2 {
		return -1, ""
	}
	found, sign := int32(-1), ""
	for _, i := range list {
		l := &m.list[i]
		if s := p.names(l); s != "" {
			if found >= 0 {
				return -1, ""
			}
			found, sign = i, s
		}
	}
	return found, sign
}

func (p *post) names(l *listed) string {
	for n, tokens := range [][]token{p.title, p.text} {
		for i, t := range tokens {
			switch {
			case slices.Contains(l.postcodes, t.word):
				return "its postcode"
			case l.department != "" && strings.HasPrefix(l.department, t.word) && standsAt(tokens, i, l.department):
				return "its department"
			case n == 0 && l.number != "" && t.word == l.number && (i+1 == len(tokens) || tokens[i+1].apart || !units[tokens[i+1].word]):
				return "the number of its department"
			}
		}
	}
	return ""
}

func standsAt(tokens []token, i int, phrase string) bool {
	for _, w := range strings.Fields(phrase) {
		if i >= len(tokens) || tokens[i].word != w {
			return false
		}
		i++
	}
	return true
}

// largest orders places by population.
func (m *Matcher) largest(list []int32) []int32 {
	out := append([]int32(nil), list...)
	sort.SliceStable(out, func(a, b int) bool { return m.list[out[a]].population > m.list[out[b]].population })
	return out
}

// usual keeps, of bodies of several kinds that share a name nothing announces,
// those that are usually meant: a large town, else the department or region,
// else the communes, else the EPCI.
func (m *Matcher) usual(list []int32) []int32 {
	var town, wide, communes, rest []int32
	for _, i := range list {
		switch l := &m.list[i]; {
		case l.Kind == "commune" && l.population >= 100_000:
			town = append(town, i)
		case l.Kind == "department", l.Kind == "region" && len(wide) == 0:
			wide = append(wide, i)
		case l.Kind == "commune":
			communes = append(communes, i)
		case l.Kind == "epci":
			rest = append(rest, i)
		}
	}
	for _, kept := range [][]int32{town, wide, communes, rest} {
		if len(kept) > 0 {
			return kept
		}
	}
	return list
}
