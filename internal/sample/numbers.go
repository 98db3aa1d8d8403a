package sample

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// address is an e-mail address in a text.
type address struct{ from, at, to int }

// emails finds what is written like an e-mail address: letters and digits of any
// alphabet around an at sign, and a full stop behind it. It is wider than what
// mail servers take: hiding too much costs nothing.
func emails(text string) []address {
	var out []address
	done := 0
	for i := strings.IndexByte(text, '@'); i >= 0; {
		from, to := i, i+1
		for from > done {
			r, n := utf8.DecodeLastRuneInString(text[done:from])
			if !letterOrDigit(r) && !strings.ContainsRune("._%+'-", r) {
				break
			}
			from -= n
		}
		for to < len(text) {
			r, n := utf8.DecodeRuneInString(text[to:])
			if !letterOrDigit(r) && r != '.' && r != '-' {
				break
			}
			to += n
		}
		for to > i && (text[to-1] == '.' || text[to-1] == '-') {
			to--
		}
		if from < i && strings.IndexByte(text[i:to], '.') > 1 {
			out = append(out, address{from, i, to})
			done = to
		}
		next := strings.IndexByte(text[i+1:], '@')
		if next < 0 {
			break
		}
		i, done = i+1+next, max(done, i+1)
	}
	return out
}

func letterOrDigit(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 0x80 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// longNumbers finds twelve digits and more with at most one blank, point or
// hyphen between two: NIR, payment cards, account numbers.
func longNumbers(text string) []span {
	var out []span
	for i := 0; i < len(text); i++ {
		if !digit(text[i]) {
			continue
		}
		n, j := 1, i+1
		for j < len(text) {
			if digit(text[j]) {
				n, j = n+1, j+1
			} else if j+1 < len(text) && digit(text[j+1]) && (text[j] == ' ' || text[j] == '.' || text[j] == '-') {
				n, j = n+1, j+2
			} else {
				break
			}
		}
		if n >= 12 {
			out = append(out, span{i, j})
		}
		i = j
	}
	return out
}

const (
	maxPhone = 24 // characters
	maxIBAN  = 42
)

// phonesAndIBAN finds numbers of nine to fifteen digits that begin with +, 0 or
// a bracket, and account numbers by their shape: two capitals, two digits, and
// at least eleven letters and digits more.
func phonesAndIBAN(text string) []span {
	var out []span
	for i := 0; i+4 < len(text); i++ {
		if i > 0 && (digit(text[i-1]) || letterByte(text[i-1])) {
			continue
		}
		end := 0
		switch c := text[i]; {
		case c == '+' || c == '0' || c == '(':
			end = phoneEnd(text, i)
		case c >= 'A' && c <= 'Z' && text[i+1] >= 'A' && text[i+1] <= 'Z' && digit(text[i+2]) && digit(text[i+3]):
			end = ibanEnd(text, i)
		}
		if end > 0 {
			out = append(out, span{i, end})
			i = end - 1
		}
	}
	return out
}

func letterByte(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80 }

func phoneEnd(text string, i int) int {
	if i+10 <= len(text) && date(text[i:i+10]) {
		return 0
	}
	n, end := 0, 0
	for j := i; j < len(text) && j-i < maxPhone && n < 15; j++ {
		switch c := text[j]; {
		case digit(c):
			n, end = n+1, j+1
		case c == '+' && j == i, strings.IndexByte(" ().-/", c) >= 0:
		default:
			j = len(text)
		}
	}
	if n < minPhone {
		return 0
	}
	return end
}

func ibanEnd(text string, i int) int {
	n, end := 0, 0
	for j := i; j < len(text) && j-i < maxIBAN && n < 34; j++ {
		c := text[j]
		if digit(c) || c >= 'A' && c <= 'Z' {
			n, end = n+1, j+1
		} else if c != ' ' || text[j-1] == ' ' {
			break
		}
	}
	if n < 15 {
		return 0
	}
	return end
}
