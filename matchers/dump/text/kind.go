package text

import "bytes"

// kind is what a value looks like. Kinds are for telling dialects apart, not
// for telling meanings.
type kind uint8

const (
	empty  kind = iota
	number      // digits with signs, separators, units
	date        // dates and times
	handle      // e-mail, URL, IP and MAC addresses
	code        // no blanks, letters and digits
	words       // a few words
	prose       // longer text
	broken      // looks like a piece of a value, or like several
	kinds
)

// worth is how much a value of each kind speaks for a dialect, from 0 to 1.
var worth = [kinds]float64{empty: 0.85, number: 1, date: 1, handle: 1, code: 1, words: 0.97, prose: 0.8, broken: 0.15}

// signs counts what a value is made of.
type signs struct {
	letters, digits, blanks, dots, colons, slashes, dashes, ats, commas int
	parts                                                               int // what parts values elsewhere
	marks                                                               int // what is seldom in dates
	odd                                                                 int // what is seldom in values
}

func signsOf(v []byte) (s signs) {
	for _, c := range v {
		switch {
		case isLetter(c):
			s.letters++
		case isDigit(c):
			s.digits++
		case c == ' ':
			s.blanks++
		case c == '.':
			s.dots++
		case c == ':':
			s.colons++
		case c == '/':
			s.slashes++
		case c == '-':
			s.dashes++
		case c == '@':
			s.ats++
		case c == ',':
			s.commas++
		case c == ';' || c == '\t' || c == '|' || c == '~' || c == '^' || c < ' ':
			s.parts++
		case isOne(c, "_'&%$#*!?=\""):
			s.marks++
		case !isOne(c, "()+"):
			s.odd++
		}
	}
	return s
}

// kindOf tells the kind of an unquoted value.
func kindOf(v []byte) kind {
	cut := len(v) > 1 && v[0] == ' ' && isLetter(v[1])
	v = trimBlank(v)
	if len(v) == 0 {
		return empty
	}
	s, first, last := signsOf(v), v[0], v[len(v)-1]
	switch {
	case s.blanks == 0 && (address(v, &s) || link(v)):
		return handle
	case s.parts > 0 || first == '"' || last == '"' && bytes.Count(v, []byte{'"'})%2 == 1 || isOne(first, "'`") != isOne(last, "'`"):
		return broken
	case s.letters == 0 && s.digits > 0:
		return numeral(v, &s)
	case moment(v, &s):
		return date
	case s.digits > 0 && s.letters <= 4 && s.blanks <= 3 && s.commas+s.colons <= 1 && s.slashes == 0 && (isOne(last, "%€$£") || bytes.HasSuffix(v, []byte("€")) || isOne(first, "$€£")):
		return number
	case s.commas > 0 && (cut || !spaced(v)):
		return broken
	case s.colons > 0 && !bytes.Contains(v, []byte(": ")):
		return broken
	case s.blanks == 0 && s.odd == 0:
		return code
	case len(v) <= 60 && s.odd == 0 && s.commas == 0 && s.colons == 0 && !cut:
		return words
	}
	return prose
}

// address tells e-mail and hardware addresses and those of IP version 6.
func address(v []byte, s *signs) bool {
	if s.ats == 1 && s.dots > 0 && s.parts+s.commas+s.colons == 0 {
		for _, c := range v[bytes.IndexByte(v, '@')+1:] {
			if c >= 0x80 || !isLetter(c) && !isDigit(c) && c != '.' && c != '-' {
				return false
			}
		}
		return true
	}
	if s.colons < 2 || s.letters+s.digits+s.colons != len(v) || s.colons != 5 && !bytes.Contains(v, []byte("::")) && s.colons != 7 {
		return false
	}
	for _, c := range v {
		if c != ':' && !isDigit(c) && (c|0x20 < 'a' || c|0x20 > 'f') {
			return false
		}
	}
	return true
}

// link tells that a value is a URL from its beginning.
func link(v []byte) bool {
	i := bytes.Index(v, []byte("://"))
	if i < 3 || i > 10 || bytes.IndexByte(v, '\t') >= 0 {
		return false
	}
	for _, c := range v[:i] {
		if !isLetter(c) {
			return false
		}
	}
	return true
}

// moment tells dates and times with letters.
func moment(v []byte, s *signs) bool {
	if s.digits < 4 || s.letters > 12 || s.marks+s.odd+s.commas > 0 || len(v) > 40 || s.colons > 0 && !timeLike(v) {
		return false
	}
	return (s.colons > 0 || s.dashes == 2 || s.slashes == 2) && (s.blanks <= 1 || s.letters >= 2 && s.blanks <= 5)
}

// numeral tells numbers, dates and times from pieces.
func numeral(v []byte, s *signs) kind {
	switch {
	case s.odd > 0:
		return prose
	case s.marks > 0 && marked(v):
		return broken
	case s.commas == 0 && (s.colons > 0 && timeLike(v) || s.colons == 0 && (s.slashes == 2 || s.dashes == 2 && s.digits >= 5)):
		if s.blanks > 1 && !bytes.Contains(v, []byte(" +")) {
			return broken
		}
		return date
	case s.colons > 0:
		return broken
	case s.commas > 0 && !grouped(v):
		if spaced(v) {
			return prose // such as coordinates
		}
		return broken
	case s.blanks > 0 && s.dots > 0 && v[0] != '+' && v[0] != '0' && (s.dots > 1 || s.blanks > 2 || bytes.IndexByte(v, '.') < bytes.LastIndexByte(v, ' ')):
		return broken
	}
	return number
}

// marked tells that a sign stands between digits which numbers have at their ends
// only.
func marked(v []byte) bool {
	for i := 1; i+1 < len(v); i++ {
		if isOne(v[i], "&#*!=?%$") && isDigit(v[i-1]) && isDigit(v[i+1]) {
			return true
		}
	}
	return false
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
