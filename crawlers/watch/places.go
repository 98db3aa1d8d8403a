package watch

import (
	"strings"

	"vigie/internal/france"
)

// addPlaces lists the communes, EPCI, departments and regions of France.
func (m *Matcher) addPlaces(data *france.Data) {
	departments := map[string]string{}
	for _, d := range data.Departments {
		departments[d.Code] = strings.Join(folded(d.Name), " ")
		m.addPlace(listed{Entity: Entity{Name: d.Name, Kind: "department", Code: "insee:" + d.Code}})
	}
	for _, r := range data.Regions {
		m.addPlace(listed{Entity: Entity{Name: r.Name, Kind: "region", Code: "insee:" + r.Code}})
	}
	for _, c := range data.Communes {
		m.addPlace(listed{Entity: Entity{Name: c.Name, Kind: "commune", Code: "insee:" + c.Code}, population: c.Population,
			department: departments[c.Department], postcodes: c.Postcodes})
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
	words := folded(l.Name)
	if l.Kind == "epci" {
		for len(words) > 1 && (epciWords[words[0]] || linking[words[0]]) {
			words = words[1:]
		}
	}
	l.place, l.words = true, len(words)
	i := int32(len(m.list))
	m.list = append(m.list, l)
	m.addPhrase(words, i)
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

var epciWords = map[string]bool{"cc": true, "ca": true, "cu": true, "metropole": true, "communaute": true, "communes": true,
	"agglomeration": true, "agglo": true, "urbaine": true, "eurometropole": true}

// add lists an entity that is not a place: its name, aliases and domains.
func (m *Matcher) add(e Entity) {
	i := int32(len(m.list))
	words := folded(e.Name)
	m.list = append(m.list, listed{Entity: e, words: len(words)})
	for _, name := range append([]string{e.Name}, e.Aliases...) {
		w := folded(name)
		m.addPhrase(w, i)
		if len(w) == 1 && len(w[0]) <= 4 && name == strings.ToUpper(name) {
			m.list[i].capitals = true
		}
	}
	for _, d := range e.Domains {
		if d = cleanHost(d); d != "" {
			m.domains[d] = append(m.domains[d], i)
		}
	}
}
