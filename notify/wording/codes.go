package wording

import (
	"slices"
	"strings"

	"vigie/internal/i18n"
)

// actions in the order in which a letter gives them, most urgent first.
func actions() []string {
	return []string{"feel_unsafe", "ignore_links", "never_give", "change_password", "bank_alert", "check_social", "watch_accounts",
		"warn_family", "report", "get_help"}
}

// Codes lists the codes of a field that have words: category, consequence,
// measure or action. Measures and actions come in the order of a letter, the
// others by name.
func Codes(field string) []string {
	switch field {
	case "measure":
		return Measures()
	case "action":
		return actions()
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
