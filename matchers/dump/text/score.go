package text

import (
	"bytes"
	"slices"

	"vigie/internal/charset"
	"vigie/matchers/dump"
)

// shape is what a sample looks like when it is cut in one dialect.
type shape struct {
	dialect
	width  int     // values in most rows
	filled int     // values that are not empty in most of these
	score  float64 // from 0 to 1
	sep    bool    // the first line declares the delimiter
	fit    float64 // share of the rows that have width values
	quoted bool    // some values stand in quotes
	ragged bool    // some rows have other widths, but more than one value
	skip   int     // rows that may stand before the table
	title  int     // rows that stand before it in the sample
	names  bool    // its first row can name columns
	headed bool    // and its second cannot
	typed  bool    // a column has values of a kind of its own
	list   bool    // (nearly) all lines are values, and short ones
}

// single tells rows that single blanks part, the same number in each: lines of
// fixed width have more of them, and other places to cut.
func (sh *shape) single() bool {
	return string(sh.delim) == " " && !sh.runs && sh.typed && sh.fit == 1 && sh.width > 1
}

// longValue is how many bytes a value has that is not taken for several, without
// anything between them.
const longValue = 40

// Bounds of what is looked at.
const (
	typedRows    = 300 // rows whose values are typed, for each dialect
	typedColumns = 64
	nameRows     = 64 // rows that are asked whether they name columns
	titleRows    = 16 // rows as wide as the table that may stand before it
)

// doubtful is the score below which delimiters are tried that nobody is known
// to use.
const doubtful = 0.45

// detect finds the dialect in which the rows agree and their values look like
// values. It joins what is best in the known methods:
//
//   - consistency times type score, and values in quotes as the strongest
//     evidence there is: van den Burg, Nazabal and Sutton, Wrangling messy CSV
//     files by detecting row and type patterns, Data Min. Knowl. Disc. 33, 2019;
//   - values of one column being of one kind: García, Detecting CSV file
//     dialects by table uniformity measurement and data type inference, Data
//     Science 7, 2024 (doi 10.3233/DS-240062);
//
// and counts rows that do not fit instead of punishing their variety, since
// exports have banners and totals.
func detect(s *sample, decode *charset.Decoder) shape {
	if d, ok := declared(s.text, s.newline); ok {
		rest := *s
		rest.parts = slices.Clone(s.parts)
		if i := bytes.IndexByte(rest.parts[0], s.newline); i >= 0 {
			rest.parts[0] = rest.parts[0][i+1:]
		}
		sh := bestOf(&rest, withQuotings(&rest, d))
		sh.sep = true
		return sh
	}
	if d, ok := tooWide(s); ok {
		return shape{dialect: d, width: dump.MaxColumns + 1, filled: 1}
	}
	best := oneColumn(s)
	if sh := bestOf(s, candidates(s)); sh.score > best.score {
		best = sh
	}
	if best.score < doubtful {
		if sh := bestOf(s, strange(s, decode)); sh.score > best.score+0.1 {
			best = sh
		}
	}
	return best
}

// tooWide tells rows of more values than are read: they are refused, not taken
// for lines of one.
func tooWide(s *sample) (dialect, bool) {
	lines := bytes.Count(s.text, []byte{s.newline})
	for _, c := range []byte(",;\t|") {
		if bytes.Count(s.text, []byte{c}) >= lines*dump.MaxColumns && lines > 0 {
			return dialect{delim: []byte{c}, newline: s.newline}, true
		}
	}
	return dialect{}, false
}

func withQuotings(s *sample, d dialect) []candidate {
	var out []candidate
	for _, q := range s.quotings(d) {
		out = append(out, candidate{q, 1})
	}
	return out
}

// bestOf measures candidates; between equals the first wins.
func bestOf(s *sample, all []candidate) shape {
	var best shape
	for i, c := range all {
		if sh := measure(s, c); i == 0 || sh.score > best.score+1e-9 {
			best = sh
		}
	}
	return best
}

// declared reads the line sep=; that spreadsheets write and obey.
func declared(text []byte, newline byte) (dialect, bool) {
	line, _, _ := bytes.Cut(text[:min(len(text), 64)], []byte{newline})
	line = bytes.Trim(line, "\"\r ")
	if len(line) != 5 || !bytes.EqualFold(line[:4], []byte("sep=")) {
		return dialect{}, false
	}
	return dialect{delim: []byte{line[4]}, quote: '"', escape: '"', newline: newline}, true
}

// listQuotes are what all values of a list may stand in, beside the usual quotes.
var listQuotes = [2]byte{'\'', '`'}

// oneColumn is the shape of a text without delimiter. It is likely when whole
// lines are values of a kind that delimiters occur in: times, URLs, addresses.
func oneColumn(s *sample) shape {
	var lines, known, sum, short float64
	first := true
	var quoted [2]int
	s.each(func(line []byte) bool {
		for i, q := range listQuotes {
			quoted[i] += when(len(line) > 1 && line[0] == q && line[len(line)-1] == q)
		}
		k := kindOf(line)
		if first && k != handle {
			first = false
			return true // perhaps a header
		}
		first = false
		lines++
		sum += worth[k]
		if k == date || k == handle && !bytes.ContainsAny(line, ",;|") || k == number && (!bytes.ContainsAny(line, ", ") || isOne(line[0], "+0")) {
			known++
			short += float64(when(len(line) < longValue && k != number || len(line) < 20))
		}
		return lines < typedRows
	})
	sh := shape{dialect: dialect{quote: '"', escape: '"', newline: s.newline}, width: 1, filled: 1, score: 0.2}
	if lines == 0 {
		return sh
	}
	for i, q := range listQuotes {
		if float64(quoted[i]) > lines*0.95 {
			sh.quote, sh.escape = q, q
		}
	}
	if sh.score = 0.36 * sum / lines; known >= 0.9*lines {
		sh.score = 0.78
	}
	sh.list = short >= 0.9*lines
	return sh
}

// rowShape is a row of the sample.
type rowShape struct {
	width, filled int
	comment       bool
	apart         bool   // a blank line or a lone value stands before it
	late          bool   // in the later half of the sample, or in its last part
	named         bool   // it can name columns
	kinds         []kind // of its values, where they were typed
}

// measure cuts a sample in one dialect and scores it.
func measure(s *sample, c candidate) shape {
	sh := shape{dialect: c.dialect}
	rows, q := cutSample(s, &sh.dialect)
	if len(rows) == 0 {
		return sh
	}
	// What comes late decides: thousands of lines may stand before a table.
	sh.width = usualWidth(rows)
	first, several := tablesOf(rows)
	if several {
		sh.width = rows[first.from].width
	}
	if sh.width < 2 {
		return sh
	}
	from := begin(rows, sh.width)
	if sh.skip = from + titleRows; from > 0 && rows[from].late && len(s.parts) > 1 || s.plain {
		sh.skip = len(s.text)
	}
	table, share := rows[from:], min(1, 4*float64(len(rows)-from)/float64(len(rows)))
	if several {
		table = rows[from:first.to]
	}
	sh.ragged = slices.ContainsFunc(rows, func(r rowShape) bool { return r.width != sh.width }) || s.plain
	fit, filled := 0.0, make([]int, 0, len(table))
	n := 0.0
	for _, r := range table {
		switch {
		case r.comment && r.width != sh.width:
			continue
		case r.width == sh.width:
			fit++
			filled = append(filled, r.filled)
		case r.width > 1:
			fit += 0.3
		}
		n++
	}
	slices.Sort(filled)
	sh.filled = filled[len(filled)/2]
	sh.fit, sh.quoted = float64(len(filled))/max(n, 1), q.quoted > 0
	types, blank := typeScore(table, sh.width)
	sh.title, sh.names, sh.typed = from, rows[from].named, !blank
	sh.headed = sh.names && from+1 < len(rows) && !rows[from+1].named && rows[from+1].width == sh.width
	sh.score = c.prior * fit / max(n, 1) * share * types * (1 - 0.8/float64(sh.width))
	if sh.quote != '"' && q.needed == 0 && q.quoted*2 < q.texts {
		sh.score *= 0.7 // some values stand in such quotes, most do not
	}
	sh.score *= headFactor(s, &sh, rows, from)
	if sh.padded && blank && q.quoted == 0 {
		sh.score *= 0.8 // perhaps the commas of sentences
	}
	if string(sh.delim) == " " && (blank || len(table) < 3) {
		sh.score *= 0.5 // a text of as many words in every line
	}
	return sh
}

// headFactor weighs what the beginning of a sample says of a dialect.
func headFactor(s *sample, sh *shape, rows []rowShape, from int) float64 {
	factor := 1.0
	if len(rows)*20 < s.lines || len(rows) < 3 && s.lines > 4*len(rows) {
		factor = 0.4 // quotes that mean nothing made most lines one value
	}
	var first []byte
	s.each(func(line []byte) bool { first = line; return false })
	switch {
	case from == 0 && rows[0].named:
		return factor * 1.1
	case from == 1 && rows[0].width == 1 && sh.fit > 0.95 && bytes.ContainsAny(first, ",;\t|") && !isOne(first[0], "#"):
		return factor * 0.6 // names of columns, but in another dialect
	}
	return factor
}

// cutSample cuts the parts of a sample. Blanks that stand around nearly all
// values are told on the way.
func cutSample(s *sample, d *dialect) (rows []rowShape, q quotes) {
	d.padded = len(d.delim) > 0 && d.delim[0] != ' ' && d.delim[0] != '\t' && paddedBy(s, d.delim)
	step, typed := max(1, s.lines/typedRows), 0
	for part, p := range s.parts {
		late := len(s.parts) > 1 && part == len(s.parts)-1
		sp := splitBytes(bytes.Clone(p), *d)
		sp.marking = true
		lone := true
		for past := sp.line; ; past = sp.line {
			f, code, err := sp.next()
			if err != nil {
				break
			}
			if code != "" {
				continue
			}
			r := rowShape{width: len(f), late: late, comment: len(f[0]) > 0 && f[0][0] == '#', apart: lone || sp.line > past+1}
			lone = len(f) == 1
			for i, v := range f {
				if len(v) > 0 {
					r.filled++
				}
				q.add(v, sp.quotedCells[i], d)
			}
			if len(rows)%step == 0 && typed < 2*typedRows {
				typed++
				r.kinds = kindsOf(f, sp.quotedCells)
			}
			r.named = len(rows) < nameRows && names(f)
			rows = append(rows, r)
		}
	}
	if len(s.parts) == 1 {
		for i := len(rows) / 2; i < len(rows); i++ {
			rows[i].late = true
		}
	}
	return rows, q
}

func kindsOf(f [][]byte, quoted []bool) []kind {
	out := make([]kind, min(len(f), typedColumns))
	for i := range out {
		k := kindOf(f[i])
		if quoted[i] && k == broken {
			k = words // that is what quotes are for
		} else if v := f[i]; !quoted[i] && len(v) > 2 && v[0] == v[len(v)-1] && isOne(v[0], "'`") {
			k = broken // quoted by another quote
		}
		out[i] = k
	}
	return out
}
