package lint

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of plain language. Kandel and Moles (1958) adapt Flesch's score to
// French: 207 - 1.015 x words a sentence - 73.6 x syllables a word. Flesch's own
// for English: 206.835 - 1.015 x words a sentence - 84.6 x syllables a word. The
// constant here is the least a whole text may have.
const (
	maxWords     = 40 // of a sentence; RLS 4.1 asks for one idea a sentence. Refused from as many without a comma, or twice as many
	maxRun       = 16 // without a comma, in a sentence longer than that: advice
	maxEasyWords = 15 // easy to read
	minScore     = 40.0
	enoughWords  = 80 // a score of fewer words says nothing
)

var (
	hole      = regexp.MustCompile(`\{\{|\}\}|%![a-z(]|⁇|<no value>|\bTODO\b|\bXXX+\b|\[(?i:votre |your |the |le |la )?(?i:nom|prénom|date|name|à compléter|to be completed|montant|adresse|organisme|insert|phone|téléphone)[^\]]*\]|%[sd]\b|_{4,}|\.{5,}|\blorem ipsum\b`)
	clause    = regexp.MustCompile(`[.!?:;]+(?:\s|$)`)
	splitWord = regexp.MustCompile(`\p{L}{2,}- \p{Ll}{2,}`)
	numeric   = regexp.MustCompile(`\b\d{1,2}/\d{1,2}/\d{2,4}\b`)
	footnote  = regexp.MustCompile(`\[\d{1,2}\]|\p{L}[¹²³]|\p{L}\*(?:[\s.,;:]|$)|\p{L} ?\(\d\)(?:[\s.,;:]|$)`)
	shouting  = regexp.MustCompile(`(?:\b\p{Lu}{2,}['’]?[\s,]+){4,}\p{Lu}{2,}\b`)
	// capitalLabel is a heading that stands before its paragraph.
	capitalLabel = regexp.MustCompile(`^[^\p{Ll}]{3,60}(?:[.:!?–—-]\s+\S|[^.!\p{Ll}]$)`)
	// An address is copied sign by sign: it is read as one.
	webAddress = regexp.MustCompile(`https?://\S+|\b[\w.-]+\.[a-z]{2,10}/\S*`)
	byWhom     = regexp.MustCompile(`(?i)\b(?:est|sont|a été|ont été|étai(?:t|ent)|sera|seront) \p{L}+(?:é|ée|és|ées|i|ie|is|ies|u|ue|us|ues) par\s|\b(?:is|are|was|were|been|be) \p{L}+(?:ed|en) by\s`)
	future     = regexp.MustCompile(`(?i)\b(?:(?:je|tu|il|elle|on) (?:ne |l'|les |nous |vous )?\p{L}*(?:e|i|d|r|u)r(?:ai|as|a)|(?:nous|vous) (?:ne |l'|les )?\p{L}*(?:e|d|r)r(?:ons|ez)|(?:ils|elles) (?:ne |l'|les )?\p{L}*(?:e|i|d|r|u)ront|will|shall)(?:\s|[.,!?]|$)`)
	symbols    = regexp.MustCompile(`[;()\[\]…%&§*/]| - `)
)

// simple holds a text to the rules of the State's reference for simple wording
// (RLS) that a machine can check.
func (c *checker) simple(where, text string) {
	most := maxWords
	if c.o.Easy {
		most = maxEasyWords
	}
	for _, s := range clause.Split(text, -1) {
		switch n, run := len(strings.Fields(s)), longestRun(s); {
		case n > most && (c.o.Easy || n > 2*maxWords || run > maxWords):
			c.add("long-sentence", where, n, most)
		case n > most && run > maxRun:
			c.add("shorter", where, n, most)
		}
	}
	for _, r := range []struct {
		rule  string
		match *regexp.Regexp
	}{
		{"rls-split-word", splitWord},
		{"rls-date", numeric},
		{"rls-footnote", footnote},
		{"rls-capitals", shouting},
	} {
		if r.rule == "rls-capitals" {
			text = capitalLabel.ReplaceAllString(text, "")
		}
		if r.match.MatchString(text) && (r.rule != "rls-capitals" || !strings.HasSuffix(where, "heading") && where != "title") {
			c.add(r.rule, where)
		}
	}
	if c.o.Easy {
		c.easy(where, text)
	}
}

// longestRun is the most words of a sentence between two commas or brackets: an
// enumeration is read piece by piece.
func longestRun(s string) int {
	most := 0
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",()–—", r) }) {
		most = max(most, len(strings.Fields(part)))
	}
	return most
}

// easy are the rules of easy-to-read: one sentence a line, none of the signs
// that stop a slow reader.
func (c *checker) easy(where, text string) {
	if len(sentences(text)) > 1 && !strings.Contains(where, "item") {
		c.add("easy-line", where)
	}
	if byWhom.MatchString(text) {
		c.add("easy-passive", where)
	}
	if future.MatchString(text) {
		c.add("easy-future", where)
	}
	if symbols.MatchString(webAddress.ReplaceAllString(text, "")) && !mail.MatchString(text) {
		c.add("easy-symbol", where)
	}
}

// readable scores the whole text.
func (c *checker) readable() {
	words, parts, syllables := 0, 0, 0
	english := 0
	c.each(func(_, text string) {
		for _, s := range clause.Split(text, -1) {
			fields := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
			if len(fields) == 0 {
				continue
			}
			parts++
			for _, w := range fields {
				w = strings.ToLower(w)
				words++
				syllables += syllabic(w)
				if w == "the" || w == "and" || w == "you" || w == "of" {
					english++
				}
			}
		}
	})
	if words < enoughWords {
		return
	}
	perSentence, perWord := float64(words)/float64(parts), float64(syllables)/float64(words)
	score := 207 - 1.015*perSentence - 73.6*perWord
	if english*12 > words {
		score = 206.835 - 1.015*perSentence - 84.6*perWord
	}
	if score < minScore {
		c.add("readability", "document", score, minScore)
	}
}

// syllabic counts the groups of vowels of a word; a final mute e is none.
func syllabic(w string) int {
	n, vowel := 0, false
	for _, r := range w {
		v := strings.ContainsRune("aeiouyàâäéèêëîïôöùûüœæ", r)
		if v && !vowel {
			n++
		}
		vowel = v
	}
	for _, mute := range []string{"es", "e", "ent"} {
		if n > 1 && utf8.RuneCountInString(w) > 3 && strings.HasSuffix(w, mute) {
			return n - 1
		}
	}
	return max(n, 1)
}
