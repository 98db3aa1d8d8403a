package wording

import (
	"slices"
	"strings"

	"vigie/internal/i18n"
)

// Codes lists the codes of a field that have words: category, consequence,
// measure or action. Measures come as a form offers them, the others by name.
func Codes(field string) []string {
	if field == "measure" {
		return Measures()
	}
	cat, err := catalogue()
	if err != nil {
		return nil
	}
	var list []string
	for _, key := range cat.Keys() {
		rest, ok := strings.CutPrefix(key, field+".")
		if !ok {
			continue
		}
		code, _, _ := strings.Cut(rest, ".")
		if !slices.Contains(list, code) {
			list = append(list, code)
		}
	}
	slices.Sort(list)
	return list
}

// Words says a code of a field in a language; one without words is returned as
// it is.
func Words(lang, field, code string) string {
	key := field + "." + code
	if field == "action" {
		key += ".what"
	}
	cat, err := catalogue()
	if err != nil || !cat.Has(key) {
		return code
	}
	return cat.T(i18n.Choose(lang), key)
}
