package lint

import (
	"strings"
	"sync"
	"unicode"
)

// lexicon is a set of stems: a word is in it when it begins with one of them,
// or is one that is written with a $ at its end.
type lexicon struct{ get func() map[string]bool }

func stems(list ...string) *lexicon {
	return &lexicon{sync.OnceValue(func() map[string]bool {
		set := map[string]bool{}
		for _, line := range list {
			for _, s := range strings.Fields(line) {
				set[s] = true
			}
		}
		return set
	})}
}

func (l *lexicon) has(word string) bool {
	set := l.get()
	for i := 2; i <= len(word); i++ {
		if set[word[:i]] {
			return true
		}
	}
	return set[word+"$"]
}

// in tells whether one of the words is in the lexicon.
func (l *lexicon) in(words []string) bool {
	for _, w := range words {
		if l.has(w) {
			return true
		}
	}
	return false
}

// wordsOf cuts a folded text into words; an elided article is one of its own.
func wordsOf(folded string) []string {
	return strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

var (
	englishSmall = stems(`the$ and$ you$ of$ your$ to$ is$ we$ was$`)
	frenchSmall  = stems(`le$ la$ les$ vous$ de$ des$ et$ est$ votre$ vos$ tu$ un$ une$ du$`)
)

// isEnglish tells which of the two languages a text is in, by its small words.
func isEnglish(words []string) bool {
	n := 0
	for _, w := range words {
		switch {
		case englishSmall.has(w):
			n++
		case frenchSmall.has(w):
			n--
		}
	}
	return n > 0
}
