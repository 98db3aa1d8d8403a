package watch

import (
	"slices"
	"strings"

	"vigie/internal/france"
)

// addPlaces lists the communes, EPCI, departments and regions of France.
func (m *Matcher) addPlaces(data *france.Data) {
	departments := map[string]string{}
	for _, d := range data.Departments {
		departments[d.Code] = strings.Join(folded(d.Name), " ")
		m.departments[strings.ToLower(d.Code)] = int32(len(m.list))
		m.addPlace(listed{Entity: Entity{Name: d.Name, Kind: "department", Code: "insee:" + d.Code}, number: strings.ToLower(d.Code)})
	}
	for _, r := range data.Regions {
		m.addPlace(listed{Entity: Entity{Name: r.Name, Kind: "region", Code: "insee:" + r.Code}})
	}
	for _, c := range data.Communes {
		if c.SIREN != "" {
			m.sirens[c.SIREN] = append(m.sirens[c.SIREN], int32(len(m.list)))
		}
		m.addPlace(listed{Entity: Entity{Name: c.Name, Kind: "commune", Code: "insee:" + c.Code}, population: c.Population,
			department: departments[c.Department], number: strings.ToLower(c.Department), postcodes: c.Postcodes})
	}
	for _, e := range data.EPCI {
		m.addPlace(listed{Entity: Entity{Name: e.Name, Kind: "epci", Code: "siren:" + e.SIREN}})
	}
}

// melts are the forms of "de" and "à" with the article of a name: Le Havre,
// ville du Havre.
var melts = map[string][]string{"le": {"du", "au"}, "les": {"des", "aux"}}

// addPlace lists a place under its name. The lists write an EPCI as
// "CC du Pays de ...": its name is what follows.
func (m *Matcher) addPlace(l listed) {
	name, acronym := l.Name, ""
	if l.Kind == "epci" {
		name, acronym = withoutAcronym(l.Name)
	}
	words := nameWords(l.Kind, name)
	l.place, l.words = true, len(words)
	i := int32(len(m.list))
	m.list = append(m.list, l)
	m.addCode(i)
	if l.Kind == "epci" {
		for _, w := range words {
			if !linking[w] && len(m.epci[w]) < maxSharing {
				m.epci[w] = append(m.epci[w], i)
			}
		}
	}
	m.addPhrase(words, i)
	if acronym != "" {
		m.addPhrase(folded(acronym), i)
	}
	if bare := jointless(words); l.Kind == "commune" && l.population >= usualSize && len(bare) < len(words) {
		m.addPhrase(bare, i) // Villefranche/Saône
	}
	if melted := melts[words[0]]; l.Kind == "commune" && len(words) > 1 {
		for _, with := range melted {
			m.addPhrase(append([]string{with}, words[1:]...), i)
		}
	}
	m.glued[strings.Join(words, "")] = append(m.glued[strings.Join(words, "")], i)
	if t := tightened(words); l.Kind == "epci" && len(t) >= 8 {
		m.tight[t] = append(m.tight[t], i)
	}
}

// addArticleless lists places without the article that begins their names,
// where no place is called so: Pont-de-Beauvoisin, Réunion. One word that is
// left of a commune's name says too little.
func (m *Matcher) addArticleless() {
	for i := range m.list {
		l := &m.list[i]
		words := folded(l.Name)
		if !l.place || l.Kind == "epci" || len(words) < 2 || melts[words[0]] == nil && words[0] != "la" && words[0] != "l" {
			continue
		}
		rest := words[1:]
		if glue := strings.Join(rest, ""); (len(rest) > 1 || l.Kind != "commune") && m.plain(glue, l.Kind) {
			m.addPhrase(rest, int32(i))
			m.glued[glue] = append(m.glued[glue], int32(i))
		}
	}
}

// plain tells whether no place but others of one kind without their articles
// has a name.
func (m *Matcher) plain(glue, kind string) bool {
	for _, i := range m.glued[glue] {
		if strings.Join(nameWords(m.list[i].Kind, m.list[i].Name), "") == glue && (m.list[i].Kind == kind || m.list[i].Kind == "commune") {
			return false
		}
	}
	return true
}

// withoutAcronym parts "CA Territoire de la Côte Ouest (TCO)".
func withoutAcronym(name string) (rest, acronym string) {
	rest, acronym, ok := strings.Cut(strings.TrimSuffix(name, ")"), "(")
	if acronym = strings.TrimPrefix(acronym, "CC "); !ok || len(acronym) < 3 || strings.ContainsRune(acronym, ' ') || acronym != strings.ToUpper(acronym) {
		return strings.NewReplacer("(", "", ")", "").Replace(name), ""
	}
	return strings.TrimSpace(rest), acronym
}

// jointless are the words of a name without "sur", "sous" and "lès".
func jointless(words []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(w string) bool { return frenchJoints[w] })
}

var epciWords = map[string]bool{"cc": true, "ca": true, "cu": true, "metropole": true, "communaute": true, "communes": true,
	"agglomeration": true, "agglo": true, "urbaine": true, "eurometropole": true}

// maxSharing bounds how many EPCI are kept of one word of their names.
const maxSharing = 400

// codeKey tells a region's code from a department's, which look alike.
func codeKey(kind, code string) string {
	if kind == "region" {
		return "region " + code
	}
	return code
}

func (m *Matcher) addCode(i int32) {
	e := &m.list[i]
	if e.Code == "" {
		return
	}
	if key := codeKey(e.Kind, e.Code); !m.has(key) {
		m.codes[key] = i
	}
	if siren, ok := strings.CutPrefix(e.Code, "siren:"); ok {
		m.sirens[siren] = append(m.sirens[siren], i)
	}
}

func (m *Matcher) has(key string) bool { _, ok := m.codes[key]; return ok }

// same finds the place that an entity of a list speaks of: by its code, else
// by kind and name.
func (m *Matcher) same(e Entity) (int32, bool) {
	if e.Code != "" {
		i, ok := m.codes[codeKey(e.Kind, e.Code)]
		return i, ok && m.list[i].place && m.list[i].Kind == e.Kind
	}
	if e.Kind == "epci" || e.Kind == "region" || e.Kind == "department" {
		if fit := m.ofKind(m.glued[strings.Join(nameWords(e.Kind, e.Name), "")], e.Kind); len(fit) == 1 {
			return fit[0], true
		}
	}
	return 0, false
}

// nameWords are the folded words of a place's name, without what announces an
// EPCI in the official list.
func nameWords(kind, name string) []string {
	words := folded(name)
	if kind == "epci" {
		for len(words) > 1 && (epciWords[words[0]] || linking[words[0]]) {
			words = words[1:]
		}
	}
	return words
}

// minGlued is how long names are that nobody but their bearer writes as one
// word, in bytes.
const minGlued = 10

// add lists an entity: its name, aliases and domains.
func (m *Matcher) add(e Entity) {
	i, known := m.same(e)
	if !known {
		i = int32(len(m.list))
		m.list = append(m.list, listed{Entity: e, words: len(folded(e.Name))})
		m.addCode(i)
	}
	for _, name := range append(append([]string{e.Name}, e.Aliases...), spellings(e)...) {
		words := folded(name)
		m.addPhrase(words, i)
		if glue := strings.Join(words, ""); len(words) > 1 && len(glue) >= minGlued {
			m.addPhrase([]string{glue}, i)
		}
		bare := bareWords(words)
		if len(bare) >= 2 && len(bare) < len(words) {
			m.addPhrase(bare, i)
		}
		if known {
			glue := strings.Join(words, "")
			if !slices.Contains(m.glued[glue], i) {
				m.glued[glue] = append(m.glued[glue], i)
			}
		} else if key := strings.Join(bare, ""); key != "" {
			if _, taken := m.canon[key]; !taken {
				m.canon[key] = i
			}
		}
	}
	for _, d := range e.Domains {
		if d = cleanHost(d); d != "" && !slices.Contains(m.domains[d], i) {
			m.domains[d] = append(m.domains[d], i)
		}
	}
	if known {
		m.list[i].Uses = append(m.list[i].Uses, e.Uses...)
	}
}
