package text

import (
	"bytes"
	"strings"
	"unicode"
)

// delimiters that people use, the likeliest first.
var delimiters = []string{",", ";", "\t", "|", "||", "~", ":", "^", "\x1f", "\x01", "#"}

// sampleRows bounds the rows of the sample whose values are looked at.
const sampleRows = 2000

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
	lines := bytes.Count(text, []byte{newline})
	for _, delim := range delimiters {
		// A delimiter that most lines lack is none.
		if bytes.Count(text, []byte(delim)) <= lines/4 || delim == "|" && onlyDoubled(text) {
			continue
		}
		for _, d := range quotings(text, dialect{delim: []byte(delim), newline: newline}) {
			s := measure(text, d)
			if d.quote == 0 {
				s.score *= 0.6 // quotes that mean nothing are the exception
			}
			if s.score > best.score+1e-9 {
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

// onlyDoubled tells that pipes come in pairs, but for a few within values.
func onlyDoubled(text []byte) bool {
	return bytes.Count(text, []byte("||"))*20 >= bytes.Count(text, []byte("|"))*8
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
	var widths []int
	var lines []int64
	sp := splitBytes(bytes.Clone(text), d)
	for {
		f, code, err := sp.next()
		if err != nil {
			break
		}
		if code == "" {
			widths, lines = append(widths, len(f)), append(lines, sp.line)
		}
	}
	if len(widths) == 0 {
		return s
	}
	// The later half decides: thousands of lines may stand before a table.
	s.width = usual(widths)
	first := begin(widths, s.width)
	s.skip = lines[first] - 1
	s.rows = keep(text, d, s.skip)
	fitting := 0
	for _, w := range widths[first:] {
		if w == s.width {
			fitting++
		}
	}
	rest := float64(len(widths) - first)
	s.score = float64(fitting) / rest * min(1, 4*rest/float64(len(widths))) * s.types()
	if s.width > 1 {
		s.score *= 1 - 1/float64(s.width)
	}
	return s
}

// usual returns the width that most rows of the later half have; between
// equals all rows decide, then the larger.
func usual(widths []int) int {
	count, best := map[int]int{}, 0
	for i, w := range widths {
		count[w]++
		if i >= len(widths)/2 {
			count[w] += len(widths)
		}
	}
	for w, n := range count {
		if n > count[best] || n == count[best] && w > best {
			best = w
		}
	}
	return best
}

// begin finds the row where the table begins: it and its two successors have
// the usual width.
func begin(widths []int, width int) int {
	for i := range widths {
		j := i
		for j < len(widths) && j < i+3 && widths[j] == width {
			j++
		}
		if j == len(widths) || j == i+3 {
			return i
		}
	}
	return 0
}

// keep returns the first rows behind a line.
func keep(text []byte, d dialect, skip int64) [][]string {
	var rows [][]string
	sp := splitBytes(bytes.Clone(text), d)
	for len(rows) < sampleRows {
		f, code, err := sp.next()
		if err != nil {
			break
		}
		if code == "" && sp.line > skip {
			rows = append(rows, stringsOf(f))
		}
	}
	return rows
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
	if len(v) > 1 && v[0] == ' ' && isLetter(v[1]) {
		return 0.3 // ", which": a sentence was cut
	}
	v = strings.TrimSpace(v)
	b := []byte(v)
	switch {
	case v == "":
		return 0.8
	case strings.Count(v, "@") == 1 && strings.Contains(v, "."), numeric(b):
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
	case good == runes:
		return 0.9
	case strings.ContainsAny(v, ",:"):
		return 0.5
	}
	return 0.6
}

// numeric tells numbers, dates, times and phone numbers.
func numeric(b []byte) bool {
	digits := 0
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case !strings.ContainsRune(" .,:/+-()%", rune(c)):
			return false
		}
	}
	return digits > 0
}

func stringsOf(f [][]byte) []string {
	out := make([]string, len(f))
	for i, v := range f {
		out[i] = string(v)
	}
	return out
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 }
