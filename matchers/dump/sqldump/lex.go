package sqldump

import "bytes"

// escapes says what a backslash does in a plain literal. Standard SQL gives it
// no meaning; MySQL does, unless told NO_BACKSLASH_ESCAPES, and PostgreSQL did
// before standard_conforming_strings became the default (9.1).
type escapes uint8

const (
	escapesUnknown escapes = iota
	escapesOn
	escapesOff
)

// kind is what a token is.
type kind uint8

const (
	kindMore   kind = iota // it does not end in what is there
	kindEnd                // nothing more
	kindWord               // a keyword, a bare name, a number
	kindName               // a quoted name, quotes included
	kindString             // a literal, prefix and quotes included
	kindPunct              // one other byte
)

// token is one token of a text, by its place.
type token struct {
	kind       kind
	start, end int
}

// lexer cuts SQL of any dialect into tokens. It works on what is in memory and
// says kindMore when a token may go on behind it.
type lexer struct {
	b    []byte
	last bool // b ends where the file ends
	esc  escapes
	// values: double quotes hold text (MySQL), as among the values of a row,
	// where a name has no place.
	values bool
	// noDollar: $$ is no quote, but what ends a statement.
	noDollar bool
	// unclosed is set when a comment is open at the end of the file.
	unclosed *bool
	// resume is where to go on inside of the literal that does not end in b.
	resume int
}

func space(c byte) bool { return c == ' ' || c-'\t' < 5 || c == 0 }

func wordByte(c byte) bool {
	return c-'a' < 26 || c-'A' < 26 || c-'0' < 10 || c == '_' || c >= 0x80 || c == '$' || c == '#' || c == '@'
}

// blank passes over white space and comments. It returns -1 when one does not
// end in what is there.
func (x *lexer) blank(i int) int {
	b := x.b
	for i < len(b) {
		switch c := b[i]; {
		case space(c):
			i++
		case c == '-' || c == '/' || c == '*':
			switch j := x.comment(i); {
			case j < 0:
				return -1
			case j == 0:
				return i
			default:
				i = j
			}
		case c == 0xef && len(b)-i >= 3 && b[i+1] == 0xbb && b[i+2] == 0xbf:
			i += 3
		default:
			return i
		}
	}
	return i
}

// comment returns the end of the comment at i, 0 when there is none, -1 when it
// does not end here. What MySQL puts in /*!40101 ... */ it executes, so only the
// marks are passed over; but MariaDB's /*M!999999 is for no version.
func (x *lexer) comment(i int) int {
	b := x.b[i:]
	switch {
	case len(b) < 2 && x.last:
		return 0
	case len(b) < 2:
		return -1
	case b[0] == '-' && b[1] == '-':
		return x.to(i+2, "\n")
	case b[0] == '*' && b[1] == '/':
		return i + 2
	case b[0] != '/' || b[1] != '*':
		return 0
	}
	n := 2
	if n < len(b) && b[n] == 'M' {
		n++
	}
	if n >= len(b) && !x.last {
		return -1
	}
	if n < len(b) && b[n] == '!' {
		for n++; n < len(b) && b[n]-'0' < 10; n++ {
		}
		if n == len(b) && !x.last {
			return -1
		}
		if !bytes.HasSuffix(b[:n], []byte("!999999")) {
			return i + n
		}
	}
	return x.to(i+2, "*/")
}

// to returns the place behind the next end from i, or -1.
func (x *lexer) to(i int, end string) int {
	if j := bytes.Index(x.b[i:], []byte(end)); j >= 0 {
		return i + j + len(end)
	}
	if x.last {
		if end == "*/" && x.unclosed != nil {
			*x.unclosed = true
		}
		return len(x.b)
	}
	return -1
}

// quoted returns the place behind the closing quote q of what begins at i (the
// opening quote being before i), and whether there is anything to unescape
// inside; -1 when it does not end here. Linear: it never looks back further
// than the backslashes before a quote.
func (x *lexer) quoted(i int, q byte, esc escapes) (end int, dirty bool) {
	b := x.b
	for {
		j := bytes.IndexByte(b[i:], q)
		if j < 0 {
			x.resume = len(b)
			if esc != escapesOff {
				x.resume -= trailing(b[i:]) % 2
			}
			return -1, true
		}
		j += i
		if esc != escapesOff && bytes.IndexByte(b[i:j], '\\') >= 0 {
			dirty = true
			if trailing(b[i:j])%2 == 1 {
				if esc == escapesUnknown && !x.last && len(b)-j <= lookahead {
					x.resume = j - 1
					return -1, dirty
				}
				if esc == escapesOn || !closes(b, j+1) {
					i = j + 1
					continue
				}
			}
		}
		switch {
		case j+1 == len(b) && !x.last:
			x.resume = j
			return -1, dirty
		case j+1 == len(b):
			return j + 1, dirty
		case b[j+1] == q:
			i, dirty = j+2, true
		case x.values && q == '\'' && wordByte(b[j+1]) && b[j+1] != '$':
			// No dialect lets a name follow a literal at once: an apostrophe
			// that the writer forgot to double, as in 'O'Brien'.
			i, dirty = j+1, true
		default:
			return j + 1, dirty
		}
	}
}

// lookahead is how far closes looks.
const lookahead = 8

// trailing counts the backslashes at the end of b.
func trailing(b []byte) (n int) {
	for n < len(b) && b[len(b)-1-n] == '\\' {
		n++
	}
	return n
}

// closes says whether what stands at i is what follows a value.
func closes(b []byte, i int) bool {
	for n := 0; n < lookahead-2 && i < len(b) && space(b[i]); n++ {
		i++
	}
	return i < len(b) && (b[i] == ',' || b[i] == ')')
}

// next returns the token at or behind i.
func (x *lexer) next(i int) token {
	if i = x.blank(i); i < 0 {
		return token{kindMore, len(x.b), len(x.b)}
	}
	if i == len(x.b) {
		if x.last {
			return token{kindEnd, i, i}
		}
		return token{kindMore, i, i}
	}
	end, k := i+1, kindPunct
	switch c := x.b[i]; {
	case c == '\'' || c == '"' && x.values:
		end, _ = x.quoted(i+1, c, x.esc)
		k = kindString
	case c == '"' || c == '`':
		end, _ = x.quoted(i+1, c, escapesOff)
		k = kindName
	case c == '[':
		if end = x.bracketed(i); end > i+1 || end < 0 {
			k = kindName
		}
	case c == '$' && !x.noDollar:
		end, k = x.dollar(i)
	case wordByte(c) || c == '.' && i+1 < len(x.b) && x.b[i+1]-'0' < 10:
		end, k = x.word(i)
	}
	if end < 0 {
		if !x.last {
			return token{kindMore, i, len(x.b)}
		}
		end = len(x.b)
	}
	return token{k, i, end}
}

// bracketed is a name between brackets: SQL Server, SQLite. An index or an
// array is none, and neither is one among values.
func (x *lexer) bracketed(i int) int {
	if x.values {
		return i + 1
	}
	end, _ := x.quoted(i+1, ']', escapesOff)
	return end
}

// dollar is PostgreSQL's $tag$...$tag$.
func (x *lexer) dollar(i int) (int, kind) {
	j := i + 1
	for j < len(x.b) && j-i < 64 && x.b[j] != '$' && wordByte(x.b[j]) {
		j++
	}
	if j == len(x.b) && !x.last {
		return -1, kindWord
	}
	if j == len(x.b) || x.b[j] != '$' || x.b[i+1]-'0' < 10 {
		return max(j, i+1), kindWord
	}
	if k := bytes.Index(x.b[j+1:], x.b[i:j+1]); k >= 0 {
		return j + 1 + k + j + 1 - i, kindString
	}
	return -1, kindString
}

// word is a word, or a literal with a prefix: N'..' E'..' q'[..]' X'..' U&'..' _utf8'..'.
func (x *lexer) word(i int) (int, kind) {
	b, j := x.b, i
	for j < len(b) && (wordByte(b[j]) || b[j] == '.' && b[i]-'0' < 10 || number(b, i, j)) {
		j++
	}
	if j == len(b) {
		if !x.last {
			return -1, kindWord
		}
		return j, kindWord
	}
	quote := j
	if b[j] == '&' && j-i == 1 && b[i]|0x20 == 'u' {
		if quote++; quote == len(b) && !x.last {
			return -1, kindWord
		}
	}
	if quote == len(b) || b[quote] != '\'' || !prefix(b[i:j]) {
		return j, kindWord
	}
	esc := x.esc
	switch b[j-1] | 0x20 {
	case 'q':
		return x.bracedQuote(quote), kindString
	case 'e':
		esc = escapesOn
	}
	end, _ := x.quoted(quote+1, '\'', esc)
	return end, kindString
}

// number says whether the byte at j goes on with the number that begins at i:
// its exponent's sign or its point.
func number(b []byte, i, j int) bool {
	first := b[i]-'0' < 10 || b[i] == '.'
	return first && (b[j] == '.' || (b[j] == '-' || b[j] == '+') && j-i < 400 && b[j-1]|0x20 == 'e' && b[i+1] != 'x')
}

// prefix says whether a word directly before a quote is part of the literal.
func prefix(w []byte) bool {
	if w[0] == '_' {
		return true
	}
	if len(w) > 2 {
		return false
	}
	switch w[0] | 0x20 {
	case 'n', 'e', 'x', 'b', 'u', 'q', 'g':
		return len(w) == 1 || w[1]|0x20 == 'q' || w[1]|0x20 == 'x'
	}
	return false
}

// bracedQuote is the end of Oracle's q'[...]' whose quote is at i.
func (x *lexer) bracedQuote(i int) int {
	if i+1 >= len(x.b) {
		return -1
	}
	closing := x.b[i+1]
	if k := bytes.IndexByte([]byte("[{(<"), closing); k >= 0 {
		closing = "]})>"[k]
	}
	if k := bytes.Index(x.b[i+2:], []byte{closing, '\''}); k >= 0 {
		return i + 2 + k + 2
	}
	return -1
}
