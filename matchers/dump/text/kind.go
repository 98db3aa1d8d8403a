package text

import "bytes"

// kind is what a value looks like. Kinds are for telling dialects apart, not
// for telling meanings.
type kind uint8

const (
	empty  kind = iota
	number      // digits with signs, separators, units
	date        // dates and times
	handle      // e-mail addresses, URLs, IP addresses
	code        // no blanks, letters and digits
	words       // a few words
	prose       // longer text
	broken      // looks like a piece of a value, or like several
	kinds
)

// worth is how much a value of each kind speaks for a dialect, from 0 to 1.
var worth = [kinds]float64{empty: 0.85, number: 1, date: 1, handle: 1, code: 1, words: 0.97, prose: 0.8, broken: 0.15}

// kindOf tells the kind of an unquoted value.
func kindOf(v []byte) kind {
	cut := len(v) > 1 && v[0] == ' ' && isLetter(v[1])
	v = trimBlank(v)
	if len(v) == 0 {
		return empty
	}
	var letters, digits, blanks, dots, colons, slashes, dashes, ats, commas, parts, odd int
	for _, c := range v {
		switch {
		case isLetter(c):
			letters++
		case isDigit(c):
			digits++
		case c == ' ':
			blanks++
		case c == '.':
			dots++
		case c == ':':
			colons++
		case c == '/':
			slashes++
		case c == '-':
			dashes++
		case c == '@':
			ats++
		case c == ',':
			commas++
		case c == ';' || c == '\t' || c == '|' || c == '~' || c == '^' || c < ' ':
			parts++
		case bytes.IndexByte([]byte("_'()&+%$#*!?=\""), c) < 0:
			odd++
		}
	}
	first, last := v[0], v[len(v)-1]
	switch {
	case bytes.Contains(v, []byte("://")) && blanks == 0:
		return handle
	case ats == 1 && dots > 0 && blanks == 0 && parts+commas+colons == 0:
		return handle
	case parts > 0 || first == '"' || last == '"' && bytes.Count(v, []byte{'"'})%2 == 1 || isOne(first, "'`") != isOne(last, "'`"):
		return broken
	case letters == 0 && digits > 0:
		return numeral(v, colons, slashes, dashes, commas, digits, odd)
	case digits >= 4 && (colons > 0 && timeLike(v) || dashes == 2 || slashes == 2) && letters <= 10 && blanks <= 4 && len(v) < 36:
		return date
	case digits > 0 && letters <= 3 && blanks <= 1 && commas+colons <= 1 && isOne(last, "%€$£") || digits > 3 && letters <= 4 && blanks == 1 && commas <= 1:
		return number
	case commas > 0 && (cut || !spaced(v)):
		return broken
	case colons > 0 && !bytes.Contains(v, []byte(": ")):
		return broken
	case blanks == 0 && odd == 0:
		return code
	case len(v) <= 60 && odd == 0 && commas == 0 && colons == 0:
		if cut {
			return prose
		}
		return words
	}
	return prose
}

// numeral tells numbers, dates and times from pieces.
func numeral(v []byte, colons, slashes, dashes, commas, digits, odd int) kind {
	switch {
	case odd > 0:
		return prose
	case colons > 0 && timeLike(v) || slashes == 2 || dashes == 2 && digits >= 5:
		return date
	case colons > 0:
		return broken
	case commas > 0 && !grouped(v):
		return broken
	}
	return number
}

// timeLike tells that every colon stands between digits, two of them behind
// it.
func timeLike(v []byte) bool {
	for i, c := range v {
		if c == ':' && (i == 0 || i+2 >= len(v) || !isDigit(v[i-1]) || !isDigit(v[i+1]) || !isDigit(v[i+2])) {
			return false
		}
	}
	return true
}

// grouped tells that commas part a number's decimals or its thousands.
func grouped(v []byte) bool {
	i := bytes.IndexByte(v, ',')
	j := bytes.LastIndexByte(v, ',')
	if i == 0 || j == len(v)-1 || !isDigit(v[i-1]) || !isDigit(v[j+1]) {
		return false
	}
	if i == j {
		return true
	}
	for rest := v[i+1:]; ; {
		k := bytes.IndexByte(rest, ',')
		if k < 0 {
			return len(rest) >= 3
		}
		if k != 3 {
			return false
		}
		rest = rest[k+1:]
	}
}

// spaced tells that a blank follows every comma, as in a sentence.
func spaced(v []byte) bool {
	for i, c := range v {
		if c == ',' && (i+1 >= len(v) || v[i+1] != ' ') {
			return false
		}
	}
	return true
}

func isOne(c byte, set string) bool {
	for i := range len(set) {
		if set[i] == c {
			return true
		}
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isLetter counts every byte above ASCII as one.
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 }
