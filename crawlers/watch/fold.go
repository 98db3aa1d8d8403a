package watch

import (
	"regexp"
	"slices"
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
		if r == '&' && i > 0 && i+1 < len(s) && s[i-1] == ' ' && s[i+1] == ' ' {
			out = append(out, token{word: "et", from: i, to: i + 1, id: m.words["et"]})
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			apart = apart || strings.ContainsRune(",;:()[]|/–—.!?+\n", r) || r == '-' && i > 0 && s[i-1] == ' '
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
		if at := elided(s[start:i]); at > 0 { // dAnjou
			half := t
			half.to, half.word = start+at, foldWord(s[start:start+at], true)
			half.id = m.words[half.word]
			out = append(out, half)
			start, t.from, t.apart = start+at, start+at, false
		}
		t.word = foldWord(s[start:i], ascii)
		if len(t.word) <= 2 && i < len(s) && s[i] == '/' { // Chalon s/ Saône
			t.word = shortened(t.word)
			apart = false
			i++
		} else {
			apart = false
		}
		if at := numbered(t.word); at > 0 && ascii { // SDIS12, cdg34
			half := t
			half.word, half.to = t.word[:at], t.from+at
			half.id = m.words[half.word]
			out = append(out, half)
			t.word, t.from, t.apart = t.word[at:], t.from+at, false
		}
		t.id = m.words[t.word]
		out = append(out, t)
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
	case "hte":
		return "haute"
	case "ii": // Université Lyon III
		return "2"
	case "iii":
		return "3"
	case "iv":
		return "4"
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

// undotted writes acronyms without their full stops: C.H.U. is CHU.
func undotted(s string) string {
	if strings.Count(s, ".") < 2 {
		return s
	}
	return dotted.ReplaceAllStringFunc(s, func(m string) string { return strings.ReplaceAll(m, ".", "") })
}

// fanged writes addresses plainly that were made unclickable: "ville-x[.]fr".
func fanged(s string) string {
	for _, dot := range []string{"[.]", "(.)", "[dot]"} {
		s = strings.ReplaceAll(s, dot, ".")
	}
	return s
}

// composed writes accents with their letters.
func composed(s string) string { return norm.NFC.String(s) }

var dotted = regexp.MustCompile(`\b(?:\p{Lu}\.){2,6}`)

// linking words carry no meaning of their own in a name.
var linking = map[string]bool{"de": true, "d": true, "du": true, "des": true, "la": true, "le": true, "les": true, "l": true, "et": true,
	"of": true, "the": true, "a": true, "au": true, "aux": true, "en": true}

// bareWords are those of a name that are no linking words.
func bareWords(words []string) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		if !linking[w] {
			out = append(out, w)
		}
	}
	return out
}

func tightened(words []string) string { return strings.Join(bareWords(words), "") }

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
	if !slices.Contains(m.ends[node], entity) {
		m.ends[node] = append(m.ends[node], entity)
	}
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

// shortened are the abbreviations that a slash ends.
func shortened(word string) string {
	switch word {
	case "s":
		return "sur"
	case "ss":
		return "sous"
	}
	return word
}

// numbered tells where the number of a department begins in "sdis12" or
// "cdg2a", after one of the cues that are written so; 0 elsewhere.
func numbered(word string) int {
	if len(word) < 4 || word[len(word)-2] < '0' || word[len(word)-2] > '9' {
		return 0
	}
	at := len(word) - 2
	if at > 2 && word[at-1] >= '0' && word[at-1] <= '9' {
		at--
	}
	for _, c := range cuesByStart[word[:at]] {
		if len(c.words) == 1 && (c.scope == byDepartment || c.kind == "department") {
			return at
		}
	}
	return 0
}

// elided tells where the name begins in "dAnjou" and "LIsle", which lost their
// apostrophe; 0 elsewhere.
func elided(s string) int {
	if len(s) < 4 || !strings.ContainsRune("dDlL", rune(s[0])) || s[1] < 'A' || s[1] > 'Z' || s[2] < 'a' || s[2] > 'z' {
		return 0
	}
	return 1
}
