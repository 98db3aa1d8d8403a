package dump

import (
	"bytes"
	"strings"
	"unicode"
)

// delimiters that people use, the likeliest first.
var delimiters = []string{",", ";", "\t", "|", "||", "~", ":", "^", "\x1f", "\x01", "#"}

// sampleRows bounds the rows of the sample that are weighed.
const sampleRows = 4000

// shape is what a sample looks like when it is cut in one dialect.
type shape struct {
	dialect
	width int   // values in most rows
	skip  int64 // lines before the first of them
	rows  [][]string
	score float64
}

// detect finds the dialect in which the rows agree and their values look like
// values: consistency of the row pattern times share of known types, after
// van den Burg, Nazabal and Sutton (Data Min. Knowl. Disc. 33, 2019), with
// rows that do not fit counted instead of punished by their variety, since
// leaked exports have banners and totals.
func detect(text []byte, whole bool) shape {
	newline := byte('\n')
	if bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') >= 0 {
		newline = '\r'
	}
	if !whole {
		if i := bytes.LastIndexByte(text, newline); i > 0 {
			text = text[:i+1]
		}
	}
	if d, ok := declared(text, newline); ok {
		s := measure(text, d)
		s.skip = max(s.skip, 1)
		return s
	}
	best := measure(text, dialect{quote: '"', escape: '"', newline: newline})
	best.score = 0.25 * best.score
	for _, delim := range delimiters {
		if !bytes.Contains(text, []byte(delim)) || delim == "|" && onlyDoubled(text) {
			continue
		}
		for _, d := range quotings(text, dialect{delim: []byte(delim), newline: newline}) {
			if s := measure(text, d); s.score > best.score+1e-9 {
				best = s
			}
		}
	}
	return best
}

// declared reads the line sep=; that spreadsheets write and obey.
func declared(text []byte, newline byte) (dialect, bool) {
	line, _, _ := bytes.Cut(text, []byte{newline})
	line = bytes.Trim(line, "\"\r ")
	if len(line) != 5 || !bytes.EqualFold(line[:4], []byte("sep=")) {
		return dialect{}, false
	}
	return dialect{delim: []byte{line[4]}, quote: '"', escape: '"', newline: newline}, true
}

// onlyDoubled tells that pipes come in pairs alone.
func onlyDoubled(text []byte) bool {
	return bytes.Count(text, []byte("||"))*2 == bytes.Count(text, []byte("|"))
}

// quotings are the ways of quoting that a sample allows. Double quotes come
// first: they are assumed where none is seen.
func quotings(text []byte, d dialect) []dialect {
	var out []dialect
	for _, q := range []byte{'"', '\''} {
		if q == '\'' && !bytes.Contains(text, append([]byte{q}, d.delim...)) {
			continue
		}
		d.quote, d.escape = q, q
		if bytes.Count(text, []byte{'\\', q}) > bytes.Count(text, []byte{q, q}) {
			d.escape = '\\'
		}
		out = append(out, d)
	}
	if bytes.IndexByte(text, '"') >= 0 {
		d.quote, d.escape = 0, 0
		out = append(out, d)
	}
	return out
}

// measure cuts a sample in one dialect and scores it.
func measure(text []byte, d dialect) shape {
	s := shape{dialect: d}
	sp := newSplitter(bytes.NewReader(text), d)
	widths := map[int]int{}
	var lines []int64
	for len(s.rows) < sampleRows {
		f, code, err := sp.next()
		if err != nil {
			break
		}
		if code != "" {
			continue
		}
		row := make([]string, len(f))
		for i, v := range f {
			row[i] = string(v)
		}
		s.rows = append(s.rows, row)
		lines = append(lines, sp.line)
		widths[len(f)]++
	}
	if len(s.rows) == 0 {
		return s
	}
	for w, n := range widths {
		if n > widths[s.width] || n == widths[s.width] && w > s.width {
			s.width = w
		}
	}
	first := 0
	for first < len(s.rows) && !s.begins(first) {
		first++
	}
	if first == len(s.rows) {
		first = 0
	}
	s.skip = lines[first] - 1
	fit := float64(widths[s.width]) / float64(len(s.rows))
	s.rows = s.rows[first:]
	s.score = fit * s.types()
	if s.width > 1 {
		s.score *= 1 - 1/float64(s.width)
	}
	return s
}

// begins tells whether the table begins at row i: it and its successors have
// the usual width.
func (s *shape) begins(i int) bool {
	for j := i; j < i+3 && j < len(s.rows); j++ {
		if len(s.rows[j]) != s.width {
			return false
		}
	}
	return true
}

// types is the share of values that look like values, over at most 300 rows.
func (s *shape) types() float64 {
	step := max(1, len(s.rows)/300)
	var sum float64
	var n int
	for i := 0; i < len(s.rows); i += step {
		for _, v := range s.rows[i] {
			sum += looksWhole(v)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// looksWhole scores whether a value is one value: not a piece of one, nor
// several.
func looksWhole(v string) float64 {
	v = strings.TrimSpace(v)
	b := []byte(v)
	switch {
	case v == "":
		return 0.8
	case isEmail(b), isPhone(b), parseDate(b).plausible(), isIP(b):
		return 1
	case strings.ContainsAny(v, ";\t|~^\x1f\x01"), v[0] == '"', v[len(v)-1] == '"', v[0] == '\'', v[len(v)-1] == '\'':
		return 0.1
	case strings.ContainsAny(v, "@"):
		return 0.3
	}
	good := 0
	for _, r := range v {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" -_.'’/()&°", r) {
			good++
		}
	}
	runes := len([]rune(v))
	switch {
	case good == runes && runes <= 60:
		return 1
	case strings.ContainsAny(v, ",:"):
		return 0.4
	}
	return 0.6
}

// headed tells whether the first row names the columns.
func (s *shape) headed(o *Options) bool {
	if len(s.rows) == 0 {
		return false
	}
	header, hints, values := s.rows[0], 0, 0
	filled := 0
	for _, h := range header {
		h = strings.TrimSpace(h)
		if h == "" {
			continue
		}
		filled++
		switch {
		case hint(h) != "":
			hints++
		case isValue(h):
			values++
		}
	}
	switch {
	case filled == 0 || values*2 > filled:
		return false
	case hints*3 >= filled && values <= hints:
		return true
	}
	return s.contrast(o) > 0
}

// isValue tells what stands in a row of data but hardly in a header.
func isValue(v string) bool {
	b := []byte(v)
	return strings.Contains(v, "@") || countDigits(b) >= 4 || parseDate(b).plausible()
}

// contrast compares the first row with the others, column by column: a header
// is of words where the values are not, is not met again, and is no name.
func (s *shape) contrast(o *Options) float64 {
	var sum float64
	for i, h := range s.rows[0] {
		if h = strings.TrimSpace(h); h == "" {
			sum -= 0.5
			continue
		}
		var n, numeric, same, again int
		for _, row := range s.rows[1:min(len(s.rows), 300)] {
			if i >= len(row) || row[i] == "" {
				continue
			}
			n++
			if countDigits([]byte(row[i]))*2 >= len(row[i]) || strings.Contains(row[i], "@") {
				numeric++
			}
			if casing(row[i]) == casing(h) {
				same++
			}
			if row[i] == h {
				again++
			}
		}
		switch {
		case n == 0:
		case numeric*10 > n*7 && countDigits([]byte(h)) == 0:
			sum += 2
		case numeric*10 > n*7:
			sum -= 2
		case again > 0, known(h, o):
			sum--
		case same*5 < n || strings.Contains(h, "_"):
			sum += 0.5
		default:
			sum -= 0.25
		}
	}
	return sum
}

// casing is how a text uses capitals.
func casing(s string) int {
	upper, lower := strings.ToUpper(s) == s, strings.ToLower(s) == s
	switch {
	case upper && lower:
		return 0
	case upper:
		return 1
	case lower:
		return 2
	}
	return 3
}

// known tells whether a word is a name that people bear.
func known(v string, o *Options) bool {
	v = strings.ToUpper(fold(v))
	return o.GivenName != nil && o.GivenName(v) > rare || o.Surname != nil && o.Surname(v) > rare
}
