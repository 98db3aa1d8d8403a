package authority

import (
	"slices"

	"vigie/internal/breach"
	"vigie/notify"
)

// classes are the form's codes of the data found.
func classes(f notify.Facts) []string {
	var list []string
	for _, c := range f.Present {
		if class, ok := notify.CategoryClass(c.Code); ok && !slices.Contains(list, class) {
			list = append(list, class)
		}
	}
	if len(list) == 0 {
		list = []string{"unknown"}
	}
	return list
}

// impacts are the form's codes that follow from the consequences.
func (f *form) impacts(consequences []string) []string {
	var list []string
	for _, i := range f.Lists["impact"] {
		if slices.ContainsFunc(i.From, func(code string) bool { return slices.Contains(consequences, code) }) {
			list = append(list, i.Code)
		}
	}
	return list
}

// concerned are the form's groups of people, as far as the controller's kind
// tells them; minors and vulnerable people are confirmed by a person.
func concerned(c breach.Controller) []string {
	switch c.Kind {
	case "school":
		return []string{"student", "minor"}
	case "mission_locale", "youth":
		return []string{"user", "minor", "vulnerable"}
	case "hospital", "health":
		return []string{"patient"}
	case "staff":
		return []string{"employee"}
	}
	return []string{"user"}
}
