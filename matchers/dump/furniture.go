package dump

import (
	"bytes"
	"strings"
)

// Exports made to be printed hold rows that are nobody's: blank ones, rules, totals
// of a group, titles of the next. Furniture is told by a row alone, so that each
// walk over a dump leaves out the same.

// furnitureWords begin totals and what is carried from page to page.
var furnitureWords = []string{"total", "totaux", "totale", "totaal", "sous-total", "sous total", "subtotal", "grand total", "somme", "summe", "solde", "saldo", "report", "a reporter", "à reporter", "page"}

// furnished tells a row that is no data. It remembers the row for the next: a lone
// value behind a row that is none is the title of what follows.
func (g *grid) furnished(cells [][]byte) bool {
	if g.named || len(cells) < 3 && len(g.columns) < 3 {
		return false
	}
	if len(cells) == 0 {
		g.bare = true
		return true
	}
	if v := bytes.TrimSpace(cells[0]); len(v) > 0 && !mayFurnish(v) && !g.bare {
		return false
	}
	first, filled, numbers := -1, 0, 0 // amounts behind the first value
	for i, v := range cells {
		if v = bytes.TrimSpace(v); len(v) == 0 {
			continue
		}
		if filled++; first < 0 {
			first = i
		} else if isAmount(v) {
			numbers++
		}
	}
	alone := filled == 1 && len(cells) > 4
	switch {
	case first < 0, len(cells) == 1 && isRule(cells[0]):
		g.bare = true
	case filled*2 <= len(g.columns) && numbers == filled-1 && begins(cells[first], furnitureWords):
		g.bare = true
	case alone && first > 0 && isAmount(cells[first]) && countDigits(cells[first]) < 9:
		g.bare = true // a sum without a word; nine digits may be a number of a person
	case alone && first == 0 && isDrawn(bytes.TrimSpace(cells[0])):
		g.bare = true
	case g.bare && alone && first == 0 && countDigits(cells[0])*2 < len(cells[0]):
		// A title, perhaps over the header again.
	default:
		g.bare = false
	}
	return g.bare
}

// mayFurnish is a quick look at a first value.
func mayFurnish(v []byte) bool {
	switch v[0] | 0x20 {
	case 't', 's', 'g', 'r', 'a', 'p', 0xc3 | 0x20:
		return begins(v, furnitureWords)
	case '-' | 0x20, '=' | 0x20, '_' | 0x20, '*' | 0x20, '+' | 0x20, '~' | 0x20, '#' | 0x20, '.' | 0x20:
		return isDrawn(v)
	}
	return false
}

// begins tells a value that begins with one of some words in small letters.
func begins(v []byte, words []string) bool {
	v = bytes.TrimSpace(v)
	for _, w := range words {
		if len(v) >= len(w) && v[0]|0x20 == w[0]|0x20 && strings.EqualFold(string(v[:len(w)]), w) && (len(v) == len(w) || !isLetter(v[len(w)])) {
			return true
		}
	}
	return false
}

// isRule tells a line that is drawn: one sign again and again.
func isRule(v []byte) bool {
	v = bytes.TrimSpace(v)
	return len(v) > 2 && bytes.IndexByte([]byte("-=_*+~#."), v[0]) >= 0 && len(bytes.Trim(v, string(v[:1])+" +|")) == 0
}

// isDrawn tells a rule, or a title that one leads.
func isDrawn(v []byte) bool {
	return len(v) > 2 && v[0] == v[1] && bytes.IndexByte([]byte("-=_*+~#."), v[0]) >= 0 || isRule(v)
}

// isAmount tells digits with what stands around sums and parts of them.
func isAmount(v []byte) bool {
	digits := countDigits(v)
	return digits > 0 && len(bytes.Trim(v, "0123456789.,/'-+ \u00a0\u202f€$%F")) == 0
}
