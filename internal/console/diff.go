package console

import (
	"strings"
	"unicode"

	"vigie/matchers"
)

// span is a piece of a masked value; Differs marks characters that the other
// side does not have.
type span struct {
	Text    string
	Differs bool
}

// maxShown is how many differing characters may be shown of a value, and only
// of one at least three times as long. Two values that differ in more are
// different values: showing where would show the values.
const maxShown = 2

// slip tells whether so few characters differ that they may be shown.
func slip(differs []bool) bool {
	n := count(differs)
	return n <= maxShown && 3*n <= len(differs)
}

// maxDiff bounds the length of values that are aligned, in characters.
const maxDiff = 80

// maskPair masks the two sides of a field. When they differ by a slip of one
// or two characters, these are shown, since that is what a reviewer must see
// to tell a slip of the keyboard from another person.
func maskPair(f matchers.Field, left, right string) (l, r []span) {
	a, b := []rune(left), []rune(right)
	plain := func() ([]span, []span) { return whole(Mask(f, left)), whole(Mask(f, right)) }
	if left == "" || right == "" || len(a) > maxDiff || len(b) > maxDiff || f == matchers.NIR || strings.EqualFold(left, right) {
		return plain()
	}
	da, db := differing(a, b)
	if !slip(da) || !slip(db) {
		return plain()
	}
	if f == matchers.Email { // the mask of an e-mail hides its length: align on the whole
		return marked([]rune(keepFirst(left, 1)), a, da), marked([]rune(keepFirst(right, 1)), b, db)
	}
	return marked([]rune(Mask(f, left)), a, da), marked([]rune(Mask(f, right)), b, db)
}

func whole(s string) []span {
	if s == "" {
		return nil
	}
	return []span{{Text: s}}
}

func count(list []bool) (n int) {
	for _, x := range list {
		if x {
			n++
		}
	}
	return n
}

// marked lays the differing characters over the mask.
func marked(mask, value []rune, differs []bool) (out []span) {
	for i := range value {
		c := mask[i]
		if differs[i] {
			c = value[i]
		}
		if n := len(out); n > 0 && out[n-1].Differs == differs[i] {
			out[n-1].Text += string(c)
			continue
		}
		out = append(out, span{Text: string(c), Differs: differs[i]})
	}
	return out
}

// differing aligns two values by the fewest insertions, deletions and changes
// (Wagner and Fischer, 1974) and tells which characters of each have no equal
// on the other side, whatever their case.
func differing(a, b []rune) (da, db []bool) {
	d := make([][]int, len(a)+1)
	for i := range d {
		d[i] = make([]int, len(b)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			d[i][j] = min(d[i-1][j]+1, d[i][j-1]+1, d[i-1][j-1]+change(a[i-1], b[j-1]))
		}
	}
	da, db = make([]bool, len(a)), make([]bool, len(b))
	for i, j := len(a), len(b); i > 0 || j > 0; {
		switch {
		case i > 0 && j > 0 && d[i][j] == d[i-1][j-1]+change(a[i-1], b[j-1]):
			i, j = i-1, j-1
			da[i] = change(a[i], b[j]) == 1
			db[j] = da[i]
		case i > 0 && d[i][j] == d[i-1][j]+1:
			i--
			da[i] = true
		default:
			j--
			db[j] = true
		}
	}
	return da, db
}

func change(a, b rune) int {
	if unicode.ToUpper(a) == unicode.ToUpper(b) {
		return 0
	}
	return 1
}
