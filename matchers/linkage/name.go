package linkage

import (
	"iter"
	"strings"
)

// maxTokens is how many words of a name are looked at.
const maxTokens = 8

// name is a surname ready for comparison.
type name struct {
	text   string   // folded, words apart: "LE GALL"
	full   string   // words joined: "LEGALL"
	tokens []string // words that carry it, particles aside; nil when one
	set    uint32   // letters of full
	wild   bool     // some letter was lost
	keys   []uint64 // sounds, for blocking
	sets   []uint32 // letters of full and of each token
	count  uint32   // people of the registry who bear it
	id     uint32   // number in the registry's lexicon; 0 for a row's name
	ask    asker    // of a row's name, while count is not known
}

// particle tells words that join a name without carrying it. LE and LA are
// part of the name: LE GALL, LA FONTAINE.
func particle(w string) bool {
	switch w {
	case "DE", "DU", "DES", "D", "L", "VAN", "VON", "DER", "DEN", "DA", "DOS", "DI", "EL", "AL", "BEN", "IBN", "ET":
		return true
	}
	return false
}

// surnameText is the canonical text of a surname. "Martin dit Leroux" keeps
// both names; hyphens separate; saints are spelled out.
func surnameText(s string) string {
	s = Fold(s)
	if s == "" || placeholder(s) {
		return ""
	}
	if !strings.ContainsAny(s, " -") {
		return s
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '-' })
	kept := words[:0]
	for i, w := range words {
		switch {
		case len(kept) == maxTokens:
		case i == 0 && len(words) > 1 && civility(w):
		case w == "DIT" || w == "DITE" || w == "EPOUSE" || w == "EP" || w == "VEUVE" || w == "VVE" || w == "NEE" || w == "NE":
		case w == "ST":
			kept = append(kept, "SAINT")
		case w == "STE":
			kept = append(kept, "SAINTE")
		default:
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

func civility(w string) bool {
	switch w {
	case "M", "MR", "MME", "MLLE", "MONSIEUR", "MADAME", "MADEMOISELLE":
		return true
	}
	return false
}

// placeholder tells texts that stand for nothing.
func placeholder(s string) bool {
	switch s {
	case "NULL", "NONE", "NC", "N C", "NA", "N A", "NR", "INCONNU", "INCONNUE", "UNKNOWN", "XXX", "XXXX", "X", "TEST", "NAN", "SANS", "NEANT", "AUCUN", "NON RENSEIGNE", "NON COMMUNIQUE", "SNP", "XX":
		return true
	}
	return false
}

// newName prepares a canonical surname; nil for none.
func newName(text string) *name {
	if text == "" {
		return nil
	}
	n := &name{text: text, full: joined(text)}
	if n.full != text {
		for w := range strings.FieldsSeq(text) {
			if !particle(w) && len(w) > 1 {
				n.tokens = append(n.tokens, w)
			}
		}
		if len(n.tokens) == 1 && n.tokens[0] == n.full {
			n.tokens = nil
		}
	}
	n.set = letters(n.full)
	n.wild = strings.IndexByte(n.full, '?') >= 0
	n.keys = append(n.keys, hashText(0, sound(n.full)))
	for _, t := range n.tokens {
		if len(t) > 2 {
			n.keys = append(n.keys, hashText(0, sound(t)))
		}
	}
	n.sets = append(n.sets, n.set)
	for _, t := range n.tokens {
		n.sets = append(n.sets, letters(t))
	}
	return n
}

// given is a person's given names, in order.
type given struct {
	text   string // canonical, compound names hyphenated: "JEAN-PIERRE MARIE"; "" for a registered person's
	tokens []givenToken
	keys   []uint64 // sounds of the first three
}

type givenToken struct {
	text   string
	set    uint32
	wild   bool  // some letter was lost
	joined bool  // a hyphen binds it to the one before
	known  bool  // somebody in the registry bears it
	ask    asker // of a row's name, while known is not
}

// givenText is the canonical text of given names.
func givenText(s string) string {
	s = Fold(s)
	if s == "" || placeholder(s) {
		return ""
	}
	if i := strings.IndexByte(s, ' '); i > 0 && civility(s[:i]) && i > 1 {
		s = s[i+1:]
	}
	if strings.Count(s, " ")+strings.Count(s, "-") < maxTokens {
		return s
	}
	n := 0
	for i := range len(s) {
		if s[i] == ' ' || s[i] == '-' {
			if n++; n == maxTokens {
				return s[:i]
			}
		}
	}
	return s
}

// words yields the words of canonical given names, and whether a hyphen binds
// one to the word before.
func words(text string) iter.Seq2[string, bool] {
	return func(yield func(string, bool) bool) {
		start, hyphen := 0, false
		for i := 0; i <= len(text); i++ {
			if i < len(text) && text[i] != ' ' && text[i] != '-' {
				continue
			}
			if i > start && !yield(text[start:i], hyphen) {
				return
			}
			hyphen = i < len(text) && text[i] == '-'
			start = i + 1
		}
	}
}

func newGivenToken(w string) givenToken {
	return givenToken{text: w, set: letters(w), wild: strings.IndexByte(w, '?') >= 0}
}

// newGiven prepares canonical given names; nil for none.
func newGiven(text string) *given {
	g := &given{text: text}
	for w, hyphen := range words(text) {
		t := newGivenToken(w)
		t.joined = hyphen
		g.tokens = append(g.tokens, t)
		if len(g.keys) < 3 && len(w) > 1 {
			g.keys = append(g.keys, hashText(0, sound(w)))
		}
	}
	if len(g.tokens) == 0 {
		return nil
	}
	return g
}

// sameJoined tells whether two persons' given names are the same letters,
// however they are parted: JEANPIERRE is JEAN-PIERRE.
func sameJoined(a, b []givenToken) bool {
	i, j, x, y := 0, 0, 0, 0 // words and bytes in them
	for {
		for i < len(a) && x == len(a[i].text) {
			i, x = i+1, 0
		}
		for j < len(b) && y == len(b[j].text) {
			j, y = j+1, 0
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if a[i].text[x] != b[j].text[y] {
			return false
		}
		x, y = x+1, y+1
	}
}

// joined is a surname's words together: LE GALL is LEGALL.
func joined(text string) string {
	if strings.IndexByte(text, ' ') < 0 {
		return text
	}
	return strings.ReplaceAll(text, " ", "")
}
