package text

import (
	"bytes"
	"slices"
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
	{";;", 1}, {"::", 0.95}, {"|~|", 1}, {"~|~", 1}, {"~~", 1}, {`\t`, 0.95}, {"^|^", 1}, {"|^|", 1}, {"|#|", 1}, {"@@", 0.9}, {"##", 0.9}, {"^^", 0.95}, {"$$", 0.9},
	{"~", 0.93}, {"^", 0.93}, {":", 0.85}, {"#", 0.8}, {"&", 0.8}, {"*", 0.8}, {"!", 0.7}, {"%", 0.7}, {" ", 0.7}, {" - ", 0.8}, {"=>", 0.8}, {"->", 0.8},
}

// unknownPrior is how readily a delimiter that nobody is known to use is
// believed.
const unknownPrior = 0.75

// candidate is a way of writing rows that a sample allows.
type candidate struct {
	dialect
	prior float64
}

// candidates are the delimiters that occur often enough in a sample, with
// every way of quoting that it allows.
func candidates(s *sample, decode *charset.Decoder) []candidate {
	var out []candidate
	add := func(delim string, prior float64) {
		d := dialect{delim: []byte(delim), newline: s.newline, runs: delim == " " && doubleBlanks(s)}
		for _, q := range s.quotings(d) {
			out = append(out, candidate{q, prior})
		}
	}
	for _, u := range usual {
		if s.frequent(u.delim) && s.alone(u.delim) {
			add(u.delim, u.prior)
		}
	}
	for _, delim := range strange(s, decode) {
		add(delim, unknownPrior)
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
	if len(delim) > 1 {
		return true
	}
	var n, twice, times int
	for _, p := range s.parts {
		n += bytes.Count(p, []byte(delim))
		twice += bytes.Count(p, []byte(delim+delim))
		if delim == ":" {
			times += clocks(p)
		}
	}
	if delim == "," || delim == ";" || delim == "\t" || delim == " " {
		return twice*2 < n || delim != "\t" // empty values are common
	}
	if delim == "|" && twice*20 >= n*8 {
		return s.emptyPipes()
	}
	return twice*20 < n*8 && times*3 < n
}

// emptyPipes tells pipes that part empty values from pipes that come in pairs:
// some stand alone in most lines.
func (s *sample) emptyPipes() bool {
	lines, single := 0, 0
	s.each(func(line []byte) bool {
		lines++
		if bytes.Count(line, []byte{'|'}) != 2*bytes.Count(line, []byte("||")) {
			single++
		}
		return lines < 500
	})
	return single*2 > lines
}

// clocks counts colons that part two digits from two digits, and those of
// schemes of URLs.
func clocks(p []byte) int {
	n := 0
	for i := 1; i+2 < len(p); i++ {
		if p[i] == ':' && (isDigit(p[i-1]) && isDigit(p[i+1]) && isDigit(p[i+2]) && (i+3 == len(p) || !isDigit(p[i+3])) || p[i+1] == '/' && p[i+2] == '/') {
			n++
		}
	}
	return n
}

// doubleBlanks tells that blanks come in runs.
func doubleBlanks(s *sample) bool {
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

// strange finds delimiters that nobody is known to use: signs that most lines
// hold equally often.
func strange(s *sample, decode *charset.Decoder) []string {
	type tally struct{ lines, last, same int }
	seen := map[string]*tally{}
	lines := 0
	s.each(func(line []byte) bool {
		lines++
		counts := map[string]int{}
		for i := 0; i < len(line); {
			size := 1
			if line[i] >= utf8.RuneSelf {
				if r, n := utf8.DecodeRune(line[i:]); r != utf8.RuneError {
					size = n
				}
			}
			if c := line[i : i+size]; mayDelimit(c, decode) {
				counts[string(c)]++
			}
			i += size
		}
		for c, n := range counts {
			t := seen[c]
			if t == nil {
				t = &tally{}
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
	var out []string
	for c, t := range seen {
		if t.lines*10 >= lines*8 && t.same*10 >= lines*5 && lines > 1 {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out[:min(len(out), 6)]
}

// mayDelimit leaves out what the usual delimiters have and what values are
// made of.
func mayDelimit(c []byte, decode *charset.Decoder) bool {
	if c[0] < utf8.RuneSelf {
		return c[0] != '\t' && (c[0] < ' ' || bytes.IndexByte([]byte("{}[]<>?$=+\x7f\\"), c[0]) >= 0) && !slices.ContainsFunc(usual[:], func(u struct {
			delim string
			prior float64
		}) bool {
			return u.delim == string(c)
		})
	}
	r, _ := utf8.DecodeRune(decode.Decode(nil, c))
	return r != utf8.RuneError && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '’' && r != '\u00a0' && r != '°' && r != '€'
}
