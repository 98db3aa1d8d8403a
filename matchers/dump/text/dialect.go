package text

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vigie/internal/charset"
)

// usual are the delimiters that people use, and how readily each is believed.
// What stands in dates, times and sentences as well is believed less.
var usual = []struct {
	delim string
	prior float64
}{
	{",", 1}, {";", 1}, {"\t", 1}, {"|", 0.99}, {"||", 1}, {"\t\t", 1}, {"\x1f", 1}, {"\x01", 1}, {"\x02", 1}, {"\x1c", 1}, {"\x14", 1},
	{";;", 1}, {"::", 0.95}, {"~~", 1}, {`\t`, 0.95}, {"@@", 0.9}, {"##", 0.9}, {"^^", 0.95}, {"$$", 0.9},
	{"~", 0.93}, {"^", 0.93}, {":", 0.85}, {"#", 0.8}, {"&", 0.8}, {"*", 0.8}, {"!", 0.7}, {"%", 0.7}, {`\`, 0.7}, {" ", 0.7}, {" - ", 0.8}, {"§", 0.9}, {"¤", 0.9}, {"¦", 0.9}, {"¬", 0.9}, {"¶", 0.9}, {"•", 0.9}, {"<>", 0.9}, {"%%", 0.9}, {"**", 0.9}, {"=>", 0.8}, {"->", 0.8},
}

// unknownPrior is how readily a delimiter that nobody is known to use is
// believed.
const unknownPrior = 0.75

// candidate is a way of writing rows that a sample allows.
type candidate struct {
	dialect
	prior float64
}

// candidates are the usual delimiters that occur often enough in a sample,
// with every way of quoting that it allows.
func candidates(s *sample) []candidate {
	var out []candidate
	for _, u := range usual {
		if s.frequent(u.delim) && s.alone(u.delim) {
			long := s.framed(u.delim)
			if long != u.delim {
				out = s.written(out, long, 1)
			}
			if long[0] < utf8.RuneSelf { // else what is left of the frame looks like letters, in blank values too
				out = s.written(out, u.delim, u.prior)
			}
		}
	}
	if b, ok := highByte(s); ok {
		out = s.written(out, string([]byte{b}), 0.9)
	}
	return out
}

// Signs that frame a delimiter: |;|, ~^~, <|>. Beyond ASCII any character may that
// stands on both sides: §||§.
const (
	framesLeft  = "|;,~^#@$%&*:!\t<[{"
	framesRight = "|;,~^#@$%&*:!\t>]}"
)

// framed returns a delimiter with the signs that stand on both sides of it,
// mostly. It looks at bytes, and believes whole characters only.
func (s *sample) framed(delim string) string {
	text, whole := s.parts[0], delim
	for len(delim) < 6 {
		var left, right [256]int
		n, d := 0, []byte(delim)
		for at := 0; ; {
			i := bytes.Index(text[at:], d)
			if i < 0 {
				break
			}
			at += i + len(d)
			if n++; at-len(d) > 0 && at < len(text) {
				left[text[at-len(d)-1]]++
				right[text[at]]++
			}
		}
		frame := func(count *[256]int, signs string) string {
			for c, k := range count {
				if k*5 >= n*4 && n > 0 && (c >= utf8.RuneSelf || byte(c) != delim[0] && strings.IndexByte(signs, byte(c)) >= 0) {
					return string([]byte{byte(c)})
				}
			}
			return ""
		}
		l, r := frame(&left, framesLeft), frame(&right, framesRight)
		if l == "" || r == "" {
			break
		}
		delim = l + delim + r
		first, _ := utf8.DecodeRuneInString(delim)
		last, _ := utf8.DecodeLastRuneInString(delim)
		if first == last && (first != utf8.RuneError || l == r) || l[0] < utf8.RuneSelf {
			whole = delim
		}
	}
	return whole
}

// highByte tells a byte above ASCII, of a text that is not UTF-8, that (nearly) all
// lines hold equally often: letters with accents do not come so. In an encoding of
// one byte a character it is the delimiter: ¤, ¦, §.
func highByte(s *sample) (byte, bool) {
	var same, first [256]int
	lines := 0
	s.each(func(line []byte) bool {
		if ascii(line) || utf8.Valid(line) {
			return lines > 0
		}
		var n [256]int
		for _, c := range line {
			if c >= utf8.RuneSelf {
				n[c]++
			}
		}
		if lines++; lines == 1 {
			first = n
		}
		for c, k := range n {
			if k > 1 && k == first[c] {
				same[c]++
			}
		}
		return lines < 200
	})
	for c, n := range same {
		if lines >= 5 && n*20 >= lines*19 {
			return byte(c), true
		}
	}
	return 0, false
}

// written adds a delimiter with every way of quoting that the sample allows.
func (s *sample) written(out []candidate, delim string, prior float64) []candidate {
	d := dialect{delim: []byte(delim), newline: s.newline, runs: delim == " " && s.doubleBlanks()}
	for _, q := range s.quotings(d) {
		out = append(out, candidate{q, prior})
	}
	return out
}

// frequent tells that a delimiter occurs often enough to be one: most lines
// without it would be one too many.
func (s *sample) frequent(delim string) bool {
	n := 0
	for _, p := range s.parts {
		n += bytes.Count(p, []byte(delim))
	}
	return n > 0 && n*5 > s.lines
}

// alone tells that a delimiter does not always come as part of a longer one,
// that a colon does not always part hours from minutes.
func (s *sample) alone(delim string) bool {
	if len(delim) > 1 || delim == "," || delim == ";" || delim == " " {
		return true
	}
	twice, c := []byte(delim+delim), []byte(delim)
	var lines, single, n, times int
	s.each(func(line []byte) bool {
		lines++
		k := bytes.Count(line, c)
		n += k
		if k != 2*bytes.Count(line, twice) {
			single++
		}
		if delim == ":" {
			times += clocks(line)
		}
		return lines < 1000
	})
	return single*2 > lines && times*3 <= n
}

// clocks counts colons that part hours from minutes, and those of schemes of
// URLs.
func clocks(p []byte) int {
	n := 0
	for i := 1; i+2 < len(p); i++ {
		if p[i] == ':' && (isDigit(p[i-1]) && p[i+1] >= '0' && p[i+1] <= '5' && isDigit(p[i+2]) && (i+3 == len(p) || !isDigit(p[i+3])) || p[i+1] == '/' && p[i+2] == '/') {
			n++
		}
	}
	return n
}

// doubleBlanks tells that blanks come in runs.
func (s *sample) doubleBlanks() bool {
	n, runs := 0, 0
	s.each(func(line []byte) bool {
		n++
		if bytes.Contains(bytes.TrimSpace(line), []byte("  ")) {
			runs++
		}
		return n < 500
	})
	return runs*3 > n
}

// quotings are the ways of quoting that a sample allows. Double quotes come
// first: they are assumed where none is seen.
func (s *sample) quotings(d dialect) []dialect {
	var out []dialect
	for _, q := range []byte(`"'` + "`") {
		if q != '"' && !s.quotes(q, d.delim) {
			continue
		}
		d.quote, d.escape = q, q
		if s.backslashed(q, d.delim) {
			d.escape = '\\'
		}
		out = append(out, d)
	}
	return out
}

// quotes tells that a character stands at both ends of values.
func (s *sample) quotes(q byte, delim []byte) bool {
	var begins, ends int
	for _, p := range s.parts {
		begins += bytes.Count(p, append(bytes.Clone(delim), q)) + bytes.Count(p, []byte{s.newline, q})
		ends += bytes.Count(p, append([]byte{q}, delim...)) + bytes.Count(p, []byte{q, s.newline}) + bytes.Count(p, []byte{q, '\r', s.newline})
	}
	return begins > 0 && ends > 0
}

// backslashed tells whether quotes within quotes are marked by a backslash
// rather than by doubling them.
func (s *sample) backslashed(q byte, delim []byte) bool {
	var slashed, doubled int
	for _, p := range s.parts {
		for i := 1; i+1 < len(p); i++ {
			if p[i] != q {
				continue
			}
			next := p[i+1] == s.newline || p[i+1] == '\r' || bytes.HasPrefix(p[i+1:], delim)
			switch {
			case p[i-1] == '\\' && (!next || i > 1 && p[i-2] == '\\'):
				slashed++
			case p[i+1] == q:
				opens := p[i-1] == '\n' || p[i-1] == '\r' || bytes.HasSuffix(p[:i], delim)
				if i++; !opens {
					doubled++
				}
			}
		}
	}
	return slashed > doubled
}

// strange are the candidates of delimiters that nobody is known to use: signs
// that most lines hold equally often.
func strange(s *sample, decode *charset.Decoder) []candidate {
	type tally struct{ lines, last, same int }
	seen, lines := map[string]*tally{}, 0
	s.each(func(line []byte) bool {
		lines++
		counts := map[string]int{}
		for len(line) > 0 {
			size := 1
			if r, n := utf8.DecodeRune(line); r != utf8.RuneError {
				size = n
			}
			if mayDelimit(line[:size], decode) {
				counts[string(line[:size])]++
			}
			line = line[size:]
		}
		for c, n := range counts {
			t := seen[c]
			if t == nil {
				t = &tally{last: n}
				seen[c] = t
			}
			t.lines++
			if t.last == n {
				t.same++
			}
			t.last = n
		}
		return lines < 200 && len(seen) < 1000
	})
	var delims []string
	for c, t := range seen {
		if t.lines*10 >= lines*9 && t.same*10 >= lines*8 && lines > 1 {
			delims = append(delims, c)
		}
	}
	slices.Sort(delims)
	var out []candidate
	for _, c := range delims[:min(len(delims), 6)] {
		out = s.written(out, c, unknownPrior)
	}
	return out
}

// mayDelimit leaves out what the usual delimiters have, and what values are
// made of.
func mayDelimit(c []byte, decode *charset.Decoder) bool {
	if c[0] < utf8.RuneSelf {
		return c[0] < ' ' && c[0] != '\t' || isOne(c[0], "$=+?<>{}[]\x7f")
	}
	r, _ := utf8.DecodeRune(decode.Decode(nil, c))
	return r != utf8.RuneError && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && !isOneOf(r, "’\u00a0°€")
}

func isOneOf(r rune, set string) bool { return strings.ContainsRune(set, r) }
