package wording

// Measures lists the codes of measures that have words, in the order in which
// a form offers them.
func Measures() []string {
	return []string{
		"access_closed", "passwords_reset", "two_factor", "supplier_told", "system_checked", "file_examined",
		"watch", "authority_notified", "authority_pending", "complaint_filed", "front_desk",
	}
}

// Measure says what a measure is, in a language; a code that does not exist is
// returned as it is.
func Measure(lang, code string) string {
	cat, err := catalogue()
	if err != nil || !cat.Has("measure."+code) {
		return code
	}
	return cat.T(lang, "measure."+code)
}
