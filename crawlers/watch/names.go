package watch

import "strings"

// ofPlace writes what stands between a body and the place that it is called
// by, and the place: "d'Ussel", "du Havre", "de l'Aveyron (12)", "Occitanie".
func ofPlace(place *listed) string {
	switch place.Kind {
	case "commune":
		return of(place.Name)
	case "department":
		return ofDepartment(place.Name) + " (" + strings.ToUpper(place.number) + ")"
	}
	return place.Name
}

// of writes "de" before a name: melted with its article, elided before a vowel.
func of(name string) string {
	if rest, ok := strings.CutPrefix(name, "Le "); ok {
		return "du " + rest
	}
	if rest, ok := strings.CutPrefix(name, "Les "); ok {
		return "des " + rest
	}
	if vowel(name) {
		return "d'" + name
	}
	return "de " + name
}

func vowel(name string) bool {
	words := folded(name)
	return len(words) > 0 && strings.ContainsRune("aeiouyh", rune(words[0][0]))
}

// articles of departments whose name does not show them.
var masculine = set(`calvados cantal cher doubs finistere gard gers jura loiret lot morbihan nord rhone tarn territoire var puy pas bas haut val`)

// ofDepartment writes "de" and the article of a department before its name.
func ofDepartment(name string) string {
	words := folded(name)
	last := words[len(words)-1]
	switch {
	case strings.Contains(name, "-et-") || name == "Paris" || name == "Mayotte" || name == "Vaucluse" || name == "La Réunion":
		return of(name)
	case vowel(name) && words[0] != "hauts" && words[0] != "hautes" && words[0] != "haute" && words[0] != "haut":
		return "de l'" + name
	case strings.HasSuffix(words[0], "s") && words[0] != "calvados" && words[0] != "gers" && words[0] != "doubs" && words[0] != "pas" && words[0] != "bas",
		strings.HasSuffix(last, "s") && len(words) == 1 && !masculine[last]:
		return "des " + name
	case masculine[words[0]]:
		return "du " + name
	}
	return "de la " + name
}

// where tells communes of one name apart: "Hérault, 34".
func (m *Matcher) where(l *listed) string {
	if i, ok := m.departments[l.number]; ok && l.Kind == "commune" {
		return m.list[i].Name + ", " + strings.ToUpper(l.number)
	}
	return ""
}
