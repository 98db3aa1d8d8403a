package watch

import (
	"sort"
	"strings"
)

// prefixes of registered names, and the kind of body they announce.
var prefixes = []struct {
	word string
	kind string
}{
	{"mairiede", "commune"}, {"mairie", "commune"}, {"villede", "commune"}, {"ville", "commune"}, {"communede", "commune"}, {"commune", "commune"},
	{"communautedecommunes", "epci"}, {"comcom", "epci"}, {"agglomeration", "epci"}, {"agglo", "epci"}, {"metropole", "epci"}, {"cc", "epci"}, {"ca", "epci"},
	{"conseildepartemental", "department"}, {"departementde", "department"}, {"departement", "department"}, {"region", "region"},
	{"missionlocale", "mission_locale"}, {"ml", "mission_locale"}, {"ch", "hospital"}, {"chu", "hospital"}, {"hopital", "hospital"}, {"univ", "university"},
	{"universite", "university"},
}

// judgeLabel looks for a body in a registered name: ville-x.fr, mairiedex.fr,
// x.fr, cc-paysdex.fr, sdis12.fr, herault.gouv.fr.
func (m *Matcher) judgeLabel(p *post, h host) {
	l := line{source: strings.ReplaceAll(h.label, "-", " "), title: true, address: h.label}
	l.tokens = m.tokens(l.source)
	words := wordsOf(l.tokens)
	whole := strings.Join(words, "")
	list := m.placesGlued(whole)
	if h.suffix == "gouv.fr" && m.prefecture(p, h, list) {
		return
	}
	isFrench := french(h.suffix) || p.french > 0
	if len(words) > 1 && len(list) == 0 {
		before := len(p.hits)
		if m.judgeWords(p, l); len(p.hits) > before {
			return
		}
	}
	for _, prefix := range prefixes {
		rest, ok := strings.CutPrefix(whole, prefix.word)
		if !ok && len(list) == 0 {
			rest, ok = strings.CutSuffix(whole, prefix.word)
		}
		hyphen := strings.HasPrefix(h.label, prefix.word+"-") || strings.HasSuffix(h.label, "-"+prefix.word)
		if !ok || len(rest) < 3 || (len(prefix.word) < 4 && !hyphen) || (!isFrench && len(prefix.word) < 5) || len(list) > 0 && !hyphen {
			continue
		}
		if m.announced(p, h, prefix.kind, rest) {
			return
		}
	}
	switch {
	case len(list) == 0 && isFrench && p.civic && p.business == "" && m.usually[whole] != nil:
		p.hitAll(m, m.usually[whole], 0.75, "the address is what it is usually called")
	case len(list) == 0:
		m.insideLabel(p, h)
	case !isFrench:
		p.refuseAll(m, list, "its name is a web address, but nothing says France")
	default:
		m.plainLabel(p, h, list)
	}
}

// prefecture judges herault.gouv.fr: the State's services in a department.
func (m *Matcher) prefecture(p *post, h host, list []int32) bool {
	fit := m.ofKind(list, "department")
	if len(fit) == 0 {
		return false
	}
	p.hits = append(p.hits, Hit{Entity: "Préfecture " + ofPlace(&m.list[fit[0]]), Kind: "agency", Confidence: 0.9,
		Why: "the address " + h.name + " is that of the State's services in " + m.list[fit[0]].Name})
	return true
}

// placesGlued looks a registered name up: exactly, else among EPCI without
// linking words.
func (m *Matcher) placesGlued(whole string) []int32 {
	if list := m.glued[whole]; list != nil {
		return list
	}
	return m.tight[whole]
}

// announced judges what follows a prefix such as "ville".
func (m *Matcher) announced(p *post, h host, kind, rest string) bool {
	var fit []int32
	for _, i := range m.placesGlued(rest) {
		k := m.list[i].Kind
		switch kind {
		case "commune", "epci", "department", "region":
			if k == kind {
				fit = append(fit, i)
			}
		default:
			if k == "commune" {
				fit = append(fit, i)
			}
		}
	}
	switch {
	case len(fit) > 0:
	case kind == "epci":
		for _, form := range []string{rest + "agglomeration", rest + "agglo", rest + "metropole", "grand" + rest, "pays" + rest, rest + "communaute"} {
			fit = append(fit, m.ofKind(m.placesGlued(form), kind)...)
		}
		for _, i := range m.epci[rest] { // agglo-pau: the EPCI that begins with the town's name
			if len(fit) == 0 && nameWords("epci", m.list[i].Name)[0] == rest {
				fit = append(fit, i)
			}
		}
	case kind != "department" && kind != "region":
		fit = m.usually[rest]
	}
	if len(fit) == 0 {
		return false
	}
	why := "the address " + h.label + " names " + article[kind]
	if kind == "commune" || kind == "epci" || kind == "department" || kind == "region" {
		p.hitAll(m, fit, 0.94, why)
		return true
	}
	place := &m.list[m.largest(fit)[0]]
	m.hitBody(p, line{}, find{}, &announced{cue: &cue{kind: kind, body: bodyName[kind]}}, place, 0.8, why)
	return true
}

var bodyName = map[string]string{"mission_locale": "Mission Locale", "hospital": "Centre hospitalier", "university": "Université"}

// plainLabel judges x.fr. Departments and long names are rarely anybody
// else's; a short name alone may be a family's or a company's.
func (m *Matcher) plainLabel(p *post, h host, list []int32) {
	var sure, weak []int32
	confidence := 0.85
	for _, i := range m.usual(list) {
		l := &m.list[i]
		switch {
		case p.business != "":
			p.refuse(l, "the post speaks of a business: "+p.business)
		case !french(h.suffix) && (!p.civic || p.french == 0):
			p.refuse(l, "its name alone, under a suffix that is not French")
		case l.Kind == "commune" && brands[strings.ReplaceAll(h.label, "-", "")] && !p.civic:
			p.refuse(l, "a brand has this name too")
		case l.Kind == "department", l.Kind == "region", l.Kind == "epci", l.words > 1, p.civic:
			sure = append(sure, i)
		case l.population >= 10_000:
			sure, confidence = append(sure, i), 0.75
		default:
			weak = append(weak, i)
		}
	}
	p.hitAll(m, sure, confidence, "the address is its name under "+h.suffix)
	if len(sure) == 0 {
		p.refuseAll(m, weak, "one word under "+h.suffix+" may be a company's or a family's name")
	} else {
		p.refuseAll(m, weak, "a larger body has this name")
	}
}

// insideLabel refuses places that are a part of a longer registered name:
// hotel-x.fr.
func (m *Matcher) insideLabel(p *post, h host) {
	parts := strings.Split(h.label, "-")
	for from := range parts {
		for to := len(parts); to > from; to-- {
			if to-from == len(parts) {
				continue
			}
			if list := m.glued[strings.Join(parts[from:to], "")]; list != nil {
				p.refuseAll(m, m.largest(list), "its name is a part of the longer address "+h.label)
				return
			}
		}
	}
}

// judgeCut judges "ville-saintaffr...": the places whose name goes on so.
func (m *Matcher) judgeCut(p *post, h host) {
	whole := strings.ReplaceAll(h.label, "-", "")
	kind, rest := "", whole
	for _, prefix := range prefixes[:7] {
		if r, ok := strings.CutPrefix(whole, prefix.word); ok && len(r) >= 4 {
			kind, rest = prefix.kind, r
			break
		}
	}
	if kind != "" && len(m.begun(kind, rest)) == 0 { // villefranche-de-rouer...
		kind, rest = "", whole
	}
	if kind == "" && (len(rest) < 9 || p.french == 0 && (len(rest) < longSlug || len(m.begun("", rest)) > 1)) {
		return
	}
	confidence := 0.88
	if kind == "" {
		confidence = 0.65
	}
	m.hitBegun(p, kind, rest, confidence, "the address "+h.label+"... cut by the site begins like its name")
}

// longSlug is how many letters the beginning of a name has at least that says
// France by itself, if one place alone begins so.
const longSlug = 14

// maxBegun is how many places a cut name may mean.
const maxBegun = 6

// begun are the places of a kind ("" for any) whose names, written as one word,
// begin so.
func (m *Matcher) begun(kind, start string) []int32 {
	var fit []int32
	for i := sort.SearchStrings(m.sorted, start); i < len(m.sorted) && strings.HasPrefix(m.sorted[i], start) && len(fit) < 40; i++ {
		for _, j := range m.glued[m.sorted[i]] {
			if kind == "" || m.list[j].Kind == kind {
				fit = append(fit, j)
			}
		}
	}
	return fit
}

// hitBegun reports the places whose names begin so, if they are few.
func (m *Matcher) hitBegun(p *post, kind, start string, confidence float64, why string) {
	fit := m.begun(kind, start)
	switch {
	case p.foreign != "":
		p.refuseAll(m, m.largest(fit), "abroad: "+p.foreign)
	case len(fit) > maxBegun:
		p.refuseAll(m, m.largest(fit)[:1], "cut too short: too many places begin so")
	case len(fit) > 0:
		p.hitAll(m, fit, confidence, why)
	}
}
