package ident

// birthWords stand before dates of birth, in lower case.
var birthWords = [...]string{"né", "née", "n\xc3\x89", "n\xc3\x89e", "ne le", "nee le", "né(e)", "naissance", "ne(e) le", "naiss", "nais", "ddn", "dob", "birth", "born", "nés", "nées", "geboren", "nacido", "nato"}

// date looks for a day, month and year at i, and visits it when a word of
// birth stands before it.
func (s *scanner) date(i int) int {
	n := dateLength(s.text[i:])
	if n == 0 || !s.before(i, birthWords[:]) {
		return i
	}
	return s.emit(BirthDate, i, i+n, false)
}

// dateLength is the length of a date in figures, year first or last, or with
// the month in French letters; 0 for none.
func dateLength(v []byte) int {
	a, n := figures(v)
	if n == 4 && a >= 1880 && a <= 2100 && len(v) > 7 && isDateSign(v[4]) {
		m, k := figures(v[5:])
		if k == 0 || k > 2 || m < 1 || m > 12 || len(v) <= 5+k || v[5+k] != v[4] {
			return 0
		}
		d, l := figures(v[6+k:])
		if l == 0 || l > 2 || d < 1 || d > 31 {
			return 0
		}
		return 6 + k + l
	}
	if n == 0 || n > 2 || a < 1 || a > 31 || len(v) < n+5 {
		return 0
	}
	if isDateSign(v[n]) {
		m, k := figures(v[n+1:])
		if k == 0 || k > 2 || m < 1 || m > 12 || len(v) <= n+1+k || v[n+1+k] != v[n] {
			return 0
		}
		return withYear(v, n+2+k)
	}
	if string(v[n:n+2]) == "er" {
		n += 2
	}
	if v[n] != ' ' {
		return 0
	}
	k := monthWord(v[n+1:])
	if k == 0 || len(v) <= n+1+k || v[n+1+k] != ' ' {
		return 0
	}
	return withYear(v, n+2+k)
}

// withYear reads the year at i, of two or four figures, and returns the end.
func withYear(v []byte, i int) int {
	if i >= len(v) {
		return 0
	}
	y, n := figures(v[i:])
	if n == 4 && y >= 1880 && y <= 2100 || n == 2 {
		return i + n
	}
	return 0
}

func isDateSign(c byte) bool { return c == '/' || c == '-' || c == '.' }

// figures reads at most five digits.
func figures(v []byte) (x, n int) {
	for n < len(v) && n < 5 && v[n]-'0' <= 9 {
		x = x*10 + int(v[n]-'0')
		n++
	}
	return x, n
}

var monthWords = [...]string{"janvier", "février", "fevrier", "mars", "avril", "mai", "juin", "juillet", "août", "aout", "septembre", "octobre", "novembre", "décembre", "decembre", "janv.", "févr.", "sept.", "oct.", "nov.", "déc."}

func monthWord(v []byte) int {
	if len(v) < 3 || !is(v[0], letter) {
		return 0
	}
	for _, w := range monthWords {
		if len(v) < len(w) || v[0]|0x20 != w[0] {
			continue
		}
		same := true
		for i := range len(w) {
			c := v[i]
			if c-'A' < 26 || c == 0x89 || c == 0x9b {
				c |= 0x20 // É and Û as well, behind their first byte
			}
			if c != w[i] {
				same = false
				break
			}
		}
		if same {
			return len(w)
		}
	}
	return 0
}
