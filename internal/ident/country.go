package ident

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"golang.org/x/text/unicode/norm"
)

// Country brings a country to its code of two letters (ISO 3166-1): exports
// write a code of two or three letters, or the name in French or English, in
// any case and with or without accents. What is no country stays as it is, for
// a person to see.
func Country(s string) string {
	s = strings.TrimSpace(s)
	if code, ok := countryNames()[countryKey(s)]; ok {
		return code
	}
	if len(s) == 2 || len(s) == 3 {
		if r, err := language.ParseRegion(s); err == nil && r.IsCountry() {
			return r.String()
		}
	}
	return s
}

var countryNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{
		"FRANCEMETROPOLITAINE": "FR", "REPUBLIQUEFRANCAISE": "FR", "ANGLETERRE": "GB", "ENGLAND": "GB", "ECOSSE": "GB", "GRANDEBRETAGNE": "GB",
		"ETATSUNISDAMERIQUE": "US", "HOLLANDE": "NL", "REPUBLIQUETCHEQUE": "CZ", "COTEDIVOIRE": "CI", "TURQUIE": "TR", "LAREUNION": "RE",
	}
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			r, err := language.ParseRegion(string([]rune{a, b}))
			if err != nil || !r.IsCountry() || r.Canonicalize() != r || r.String() != string([]rune{a, b}) {
				continue
			}
			for _, in := range []display.Namer{display.French.Regions(), display.English.Regions()} {
				if key := countryKey(in.Name(r)); key != "" && names[key] == "" {
					names[key] = r.String()
				}
			}
		}
	}
	return names
})

// countryKey keeps the letters, in capitals without accents.
func countryKey(s string) string {
	return strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) {
			return -1
		}
		return unicode.ToUpper(c)
	}, norm.NFD.String(s))
}
