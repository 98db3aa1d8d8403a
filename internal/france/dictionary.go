package france

import (
	"strings"
	"unicode"

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
	if _, ok := x.data.rankOfName(word); !ok {
		return 0
	}
	return x.data.NameShare(word)
}

// Commune tells whether a word is the name of a commune.
func (x *Dictionary) Commune(word string) bool { return x.towns[word] }

// ligatures come apart, and what joins words becomes a blank.
var ligatures = strings.NewReplacer("œ", "oe", "Œ", "OE", "æ", "ae", "Æ", "AE", "-", " ", "'", " ", "’", " ")

// capitals folds a name: no accents, ligatures apart, capitals, blanks for
// hyphens and apostrophes.
func capitals(s string) string {
	if b, ok := plainCapitals(s); ok {
		return b
	}
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(ligatures.Replace(s))))
}

// plainCapitals is capitals of a name without accents and ligatures, as most are.
func plainCapitals(s string) (string, bool) {
	var b [64]byte
	if len(s) > len(b) {
		return "", false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= unicode.MaxASCII:
			return "", false
		case c >= 'a' && c <= 'z':
			b[i] = c - 'a' + 'A'
		case c == '-' || c == '\'':
			b[i] = ' '
		default:
			b[i] = c
		}
	}
	return string(b[:len(s)]), true
}
