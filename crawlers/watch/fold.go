package watch

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// token is one folded word and where it stood.
type token struct {
	word     string
	from, to int  // bytes of the original
	capital  bool // began with a capital
	capitals bool // had no small letter
	apart    bool // a comma, dash, bracket or full stop stands before it
	id       uint32
}

// tokens splits a text into folded words: small letters without accents,
// hyphens and apostrophes as spaces, st and ste written out.
func (m *Matcher) tokens(s string) []token {
	out := make([]token, 0, len(s)/5+1)
	apart := false
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			apart = apart || strings.ContainsRune(",;:()[]|/–—.!?\n", r) || r == '-' && i > 0 && s[i-1] == ' '
			i += size
			continue
		}
		start, ascii := i, true
		capital, small := unicode.IsUpper(r), false
		for i < len(s) {
			r, size = utf8.DecodeRuneInString(s[i:])
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
				break
			}
			ascii = ascii && r < utf8.RuneSelf
			small = small || unicode.IsLower(r)
			i += size
		}
		t := token{from: start, to: i, capital: capital, capitals: capital && !small, apart: apart}
		t.word = foldWord(s[start:i], ascii)
		t.id = m.words[t.word]
		out = append(out, t)
		apart = false
	}
	return out
}

var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss")

func foldWord(s string, ascii bool) string {
	s = strings.ToLower(s)
	if !ascii {
		s = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(s))
		s = ligatures.Replace(s)
	}
	switch s {
	case "st":
		return "saint"
	case "ste":
		return "sainte"
	}
	return s
}

// folded returns the folded words of a name.
func folded(name string) []string {
	var empty Matcher
	var out []string
	for _, t := range empty.tokens(name) {
		out = append(out, t.word)
	}
	return out
}

// mended repairs UTF-8 that a site stored as Windows-1252, as several do:
// "BÃ©ziers".
func mended(s string) string {
	if !strings.ContainsAny(s, "ÃÂâ") {
		return s
	}
	raw, err := charmap.Windows1252.NewEncoder().String(s)
	if err != nil || !utf8.ValidString(raw) {
		return s
	}
	return raw
}

// linking words carry no meaning of their own in a name.
var linking = map[string]bool{"de": true, "d": true, "du": true, "des": true, "la": true, "le": true, "les": true, "l": true, "et": true,
	"of": true, "the": true, "a": true, "au": true, "aux": true, "en": true}

func tightened(words []string) string {
	var b strings.Builder
	for _, w := range words {
		if !linking[w] {
			b.WriteString(w)
		}
	}
	return b.String()
}

// addPhrase puts the words of a name into the trie.
func (m *Matcher) addPhrase(words []string, entity int32) {
	if len(words) == 0 {
		return
	}
	node := uint32(0)
	for _, w := range words {
		id, ok := m.words[w]
		if !ok {
			id = uint32(len(m.words) + 1)
			m.words[w] = id
		}
		key := uint64(node)<<32 | uint64(id)
		next, ok := m.edges[key]
		if !ok {
			next = m.nodes
			m.nodes++
			m.edges[key] = next
		}
		node = next
	}
	m.ends[node] = append(m.ends[node], entity)
}

// find is a name of the list that stands at tokens from to to, to excluded.
type find struct {
	from, to int
	entities []int32
}

// finds returns the longest name at each place, from left to right. A name
// that begins with "la" or "du" gives way to a longer one that begins after
// it: "du Val de Bouzanne" is not Le Val.
func (m *Matcher) finds(tokens []token) []find {
	var out []find
	for i := 0; i < len(tokens); {
		best := m.longestAt(tokens, i)
		if best.to > 0 && linking[tokens[i].word] && i+1 < len(tokens) {
			if next := m.longestAt(tokens, i+1); next.to > best.to {
				best = next
			}
		}
		if best.to == 0 {
			i++
			continue
		}
		out = append(out, best)
		i = best.to
	}
	return out
}

func (m *Matcher) longestAt(tokens []token, i int) find {
	best, node := find{}, uint32(0)
	for j := i; j < len(tokens); j++ {
		id := tokens[j].id
		if id == 0 {
			break
		}
		next, ok := m.edges[uint64(node)<<32|uint64(id)]
		if !ok {
			break
		}
		node = next
		if e := m.ends[node]; e != nil {
			best = find{from: i, to: j + 1, entities: e}
		}
	}
	return best
}
