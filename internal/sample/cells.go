package sample

import (
	"strings"
)

// separators between cells, the most telling first.
const separators = ";|\t,"

// cell is a value and where it stands, without blanks and quotes around it.
type cell struct {
	text string
	span
}

// cut cuts text[from:to] at a separator, outside quotation marks.
func cut(text string, from, to int, sep byte) []cell {
	var out []cell
	start, quoted := from, false
	for i := from; i <= to && len(out) <= maxColumns; i++ {
		switch {
		case i == to || text[i] == sep && !quoted:
			out = append(out, trimmed(text, start, i))
			start = i + 1
		case text[i] == '"':
			quoted = !quoted
		}
	}
	return out
}

func trimmed(text string, from, to int) cell {
	blank := func(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '"' || c == '\'' }
	for from < to && blank(text[from]) {
		from++
	}
	for to > from && blank(text[to-1]) {
		to--
	}
	return cell{text[from:to], span{from, to}}
}

func texts(cells []cell) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = c.text
	}
	return out
}

// table makes a table of rows of cells, the first of which may be the header.
func table(rows [][]cell) (Table, bool) {
	var t Table
	if len(rows) == 0 {
		return t, false
	}
	t.Start, t.End = rows[0][0].from, rows[0][0].to
	if isHeader(texts(rows[0])) {
		t.Header = texts(rows[0])
		t.End = rows[0][len(rows[0])-1].to
		rows = rows[1:]
	}
	for _, r := range rows {
		t.Rows = append(t.Rows, texts(r))
		for _, c := range r {
			if c.to > c.from {
				t.values = append(t.values, c.span)
			}
			t.End = max(t.End, c.to)
		}
	}
	return t, ofPeople(t.Header, t.Rows)
}

// lineRows finds rows on lines of their own: two or more lines, one after the
// other, with the same number of the same separator.
func lineRows(text string) []Table {
	var out []Table
	type at struct{ from, to int }
	var lines []at
	for from := 0; from < len(text); {
		to := strings.IndexByte(text[from:], '\n')
		if to < 0 {
			to = len(text)
		} else {
			to += from
		}
		lines = append(lines, at{from, to})
		from = to + 1
	}
	for i := 0; i < len(lines); {
		next := i + 1
		for s := range len(separators) {
			sep := separators[s]
			n := strings.Count(text[lines[i].from:lines[i].to], string(sep))
			if n == 0 || n >= maxColumns || sep == ',' && n < 2 {
				continue
			}
			var rows [][]cell
			j := i
			for ; j < len(lines) && len(rows) < maxRows && strings.Count(text[lines[j].from:lines[j].to], string(sep)) == n; j++ {
				rows = append(rows, cut(text, lines[j].from, lines[j].to, sep))
			}
			if len(rows) >= 2 && i > 0 { // the row before them has other text in front
				if before := cut(text, lines[i-1].from, lines[i-1].to, sep); len(before) > n+1 {
					before = before[len(before)-n-1:]
					_, before[0] = split(text, before[0])
					rows = append([][]cell{before}, rows...)
				}
			}
			if len(rows) >= 2 && j < len(lines) { // and the one behind them has other text at its end
				if behind := cut(text, lines[j].from, lines[j].to, sep); len(behind) > n+1 {
					behind = behind[:n+1]
					behind[n] = firstWords(text, behind[n])
					rows = append(rows, behind)
				}
			}
			if t, ok := table(rows); ok && len(rows) >= 2 {
				out, next = append(out, t), j
				break
			}
		}
		i = next
	}
	return out
}
