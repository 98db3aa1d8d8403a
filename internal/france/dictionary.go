package france

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Dictionary answers whether a word is a name or a place. Words are given in
// capitals without accents. It does not change and may be shared.
type Dictionary struct {
	data  *Data
	given map[string]float64
	towns map[string]bool
}

// Dictionary builds the look-up tables, which takes tens of milliseconds.
func (d *Data) Dictionary() *Dictionary {
	x := &Dictionary{data: d, given: map[string]float64{}, towns: make(map[string]bool, len(d.Communes))}
	for _, sex := range d.given {
		for _, w := range sex {
			if len(w.upTo) == 0 {
				continue
			}
			all := float64(w.upTo[len(w.upTo)-1]) * 2 * decades
			for i, name := range w.names {
				n := w.upTo[i]
				if i > 0 {
					n -= w.upTo[i-1]
				}
				x.given[capitals(name)] += float64(n) / all
			}
		}
	}
	for _, c := range d.Communes {
		x.towns[capitals(c.Name)] = true
	}
	return x
}

// GivenName is the share of people with a first given name, 0 to 1, over all
// decades since 1900 and both sexes; 0 for a word that is none.
func (x *Dictionary) GivenName(word string) float64 { return x.given[word] }

// Surname is the share of people with a surname; 0 for a word that is none.
func (x *Dictionary) Surname(word string) float64 {
	if _, ok := x.data.rank[word]; !ok {
		return 0
	}
	return x.data.NameShare(word)
}

// Commune tells whether a word is the name of a commune.
func (x *Dictionary) Commune(word string) bool { return x.towns[word] }

// capitals folds a name: no accents, ligatures apart, capitals, blanks for
// hyphens and apostrophes.
func capitals(s string) string {
	strip := transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	out, _, err := transform.String(strip, strings.NewReplacer("œ", "oe", "Œ", "OE", "æ", "ae", "Æ", "AE", "-", " ", "'", " ", "’", " ").Replace(s))
	if err != nil {
		return strings.ToUpper(s) // only invalid UTF-8 fails, and the embedded lists have none
	}
	return strings.ToUpper(out)
}
