package text

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// Lines that stand under a table, or at the end of each of its pages, are no
// rows of it: totals, counts, numbers of pages.

// footWords begin them.
var footWords = []string{"total", "sous-total", "sous total", "subtotal", "grand total", "somme", "nombre de", "fin de", "fin du", "page ", "end of", "nb de", "nb total", "effectif total"}

// foot tells such a line: most values are empty, and the first says it.
func foot(cells [][]byte, width int) bool {
	if len(cells) == 1 && width > 1 && bytes.HasPrefix(cells[0], []byte("# ")) {
		return true
	}
	if width < 3 {
		return false
	}
	if aggregate(cells) {
		return true
	}
	if n := len(cells); n != 1 && len(cells[n-1]) > 0 {
		return false
	}
	if len(cells) == 1 && len(cells[0]) > 1 && cells[0][0] == '#' {
		return true
	}
	filled := 0
	for _, v := range cells {
		if len(trimBlank(v)) > 0 {
			filled++
		}
	}
	first := trimBlank(cells[0])
	if filled*2 > width || len(first) == 0 || len(first) > 64 {
		return false
	}
	if filled == 1 && len(cells) == width && noted(first) {
		return true
	}
	word := strings.ToLower(string(first))
	if strings.HasPrefix(word, "(") && strings.HasSuffix(word, "rows)") {
		return true
	}
	return slices.ContainsFunc(footWords, func(w string) bool {
		rest, ok := strings.CutPrefix(word, w)
		return ok && (rest == "" || !isLetter(rest[0]) || strings.HasSuffix(w, " "))
	})
}

// noted tells a lone value that is a sentence or a remark, (1) say.
func noted(v []byte) bool {
	return bytes.Contains(v, []byte(": ")) || bytes.IndexByte(v, ' ') > 0 && isOne(v[0], "(*") || bytes.Count(v, []byte{' '}) > 2 && !isDigit(v[0])
}

// aggregateWords begin lines of numbers about the rows above.
var aggregateWords = []string{"moyenne", "moy.", "mediane", "médiane", "maximum", "minimum", "max", "min", "max.", "min.", "ecart-type", "écart-type", "ecart type", "écart type", "average", "mean", "median"}

// aggregate tells such a line: a word, and nothing but numbers behind it, two at
// least.
func aggregate(cells [][]byte) bool {
	first := strings.ToLower(string(trimBlank(cells[0])))
	if len(first) == 0 || len(first) > 40 || !slices.ContainsFunc(aggregateWords, func(w string) bool {
		rest, ok := strings.CutPrefix(first, w)
		return ok && (rest == "" || rest[0] == ' ' && len(w) > 4)
	}) {
		return false
	}
	numbers := 0
	for _, v := range cells[1:] {
		switch v = trimBlank(v); {
		case len(v) == 0:
		case kindOf(v) == number && !bytes.ContainsAny(v, "/"):
			numbers++
		default:
			return false
		}
	}
	return numbers >= 2
}

// maxFeet bounds the lines that may stand under a page.
const maxFeet = 8

// feet gives lines that look like the foot of a table: as running text where the
// table or a page of it ends, else as rows.
func (o *feed) feet(t *sections, end bool) error {
	feet := t.feet
	t.feet = nil
	for _, cells := range feet {
		var err error
		if end {
			err = o.aside(bytes.Join(cells, []byte{' '}))
		} else {
			err = o.row(cells, nil)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func countOf(n int) string { return strconv.Itoa(n) }

// template is a line without its digits. Digits that may be a number of a person
// stay.
func template(line []byte) []byte {
	digits := 0
	for _, c := range line {
		if isDigit(c) {
			digits++
		}
	}
	out := make([]byte, 0, len(line))
	for i, c := range line {
		if digits > 5 || !isDigit(c) {
			out = append(out, c)
		} else if i == 0 || !isDigit(line[i-1]) {
			out = append(out, '0')
		}
	}
	return out
}

// decorations is how many lines alike, one after another, are a decoration.
const decorations = 20

// undecorated leaves out lines that come again and again, digits aside, one
// after another: banners, which no dialect is told by. nil means that nothing
// is left out. Of lines with delimiters only those are that are the same and
// begin with a sign.
func undecorated(text []byte, newline byte) []byte {
	var out []byte
	var form []byte
	from, n, at, kept := 0, 0, 0, 0
	end := func(to int) {
		if n >= decorations {
			if out == nil {
				out = make([]byte, 0, len(text))
			}
			out = append(out, text[kept:from]...)
			kept = to
		}
	}
	for at < len(text) {
		next := len(text)
		if i := bytes.IndexByte(text[at:], newline); i >= 0 {
			next = at + i + 1
		}
		line := trimBlank(bytes.TrimRight(text[at:next], "\r\n"))
		switch {
		case len(line) == 0 || len(line) > 512:
		case bytes.IndexByte(line, ' ') >= 0 && !bytes.ContainsAny(line, ",;\t|:@\""):
			line = template(line)
		case !isOne(line[0], "*#=-~_+"):
			line = nil
		}
		if len(line) == 0 || !bytes.Equal(line, form) {
			end(at)
			form, from, n = bytes.Clone(line), at, 0
		}
		n++
		if len(line) == 0 {
			n = 0
		}
		at = next
	}
	end(len(text))
	if out == nil || bytes.Count(text[kept:], []byte{newline})+bytes.Count(out, []byte{newline}) < runLeast {
		return nil
	}
	return append(out, text[kept:]...)
}
