package text

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"vigie/matchers/dump"
)

// Database clients and Markdown rule a line under the names of columns: mysql
// draws boxes, psql parts columns by bars, sqlplus and sqlcmd by blanks alone.

// ruler is such a line.
type ruler struct {
	text  string
	bars  bool     // values stand between bars
	spans [][2]int // where values stand, in characters, without bars
}

// rulerOf returns the ruler that a line is, if it is one.
func rulerOf(line []byte) (r ruler, ok bool) {
	line = bytes.TrimRight(line, " \t\r\n")
	dashes, from := 0, -1
	n := 0
	for i := 0; i < len(line); n++ {
		c, size := utf8.DecodeRune(line[i:])
		i += size
		switch {
		case c == '-' || c == '=' || c == '─' || c == '═' || c == '━':
			dashes++
			if from < 0 {
				from = n
			}
			continue
		case c == '+' || c == '|' || c == ':' || c > 0x2500 && c < 0x2580:
			r.bars = true
		case c != ' ' && c != '\t':
			return ruler{}, false
		}
		if from >= 0 {
			r.spans = append(r.spans, [2]int{from, n})
			from = -1
		}
	}
	if from >= 0 {
		r.spans = append(r.spans, [2]int{from, n})
	}
	r.text = string(line)
	return r, dashes >= 3 && (len(r.spans) > 1 || r.bars && len(line) > 3)
}

// ruled tells whether a table of a sample is ruled: a ruler stands near its
// beginning, and what is around it is cut where the ruler is. headed tells that
// the first row names columns.
func ruled(s *sample) (headed, ok bool) {
	lines, barred, rulers, blanks, since := 0, 0, 0, 0, 0
	var r ruler
	s.each(func(line []byte) bool {
		if got, ok := rulerOf(line); ok {
			if rulers++; rulers == 1 {
				r, headed = got, lines > 0
			}
			headed = headed || rulers == 2 && since == 1
			since = 0
			return true
		}
		since++
		lines++
		if bytes.IndexByte(line, '|') >= 0 || bytes.Contains(line, []byte("│")) || bytes.Contains(line, []byte("║")) {
			barred++
		}
		if rulers > 0 && !r.bars && blankBetween(line, r.spans) {
			blanks++
		}
		return lines < 200 && (rulers > 0 || lines < 40)
	})
	if rulers == 0 || lines == 0 {
		return false, false
	}
	if r.bars {
		return headed, barred*10 >= lines*6 || len(r.spans) == 1 && barred*2 >= lines
	}
	return headed, blanks*10 >= (lines-1)*5 && blanks > 0
}

// markdown tells a ruler of Markdown: |---|:--:|.
func (r *ruler) markdown() bool {
	return r.bars && strings.IndexByte(r.text, '|') >= 0 && strings.IndexByte(r.text, '+') < 0
}

// unmarked takes the marks of bold text and of code off a value.
func unmarked(v []byte) []byte {
	if n := len(v); n > 2 && v[0] == '`' && v[n-1] == '`' && bytes.Count(v, []byte{'`'}) == 2 {
		return v[1 : n-1]
	}
	if bold := []byte("**"); bytes.Count(v, bold) == 2 {
		return bytes.ReplaceAll(v, bold, nil)
	}
	return v
}

// blankBetween tells that a line has blanks where a ruler has them.
func blankBetween(line []byte, spans [][2]int) bool {
	for i := 1; i < len(spans); i++ {
		v := slice(line, spans[i-1][1], spans[i][0])
		if len(trimBlank(v)) > 0 {
			return false
		}
	}
	return len(trimBlank(line)) > 0 && len(line) > spans[1][0]-1
}

// slice returns the characters of a line from one position to another; bytes
// where the line is not UTF-8.
func slice(line []byte, from, to int) []byte {
	if !ascii(line) && utf8.Valid(line) {
		at := func(n int) int {
			i := 0
			for ; n > 0 && i < len(line); n-- {
				_, size := utf8.DecodeRune(line[i:])
				i += size
			}
			return i
		}
		from = at(from)
		if to >= 0 {
			to = at(to)
		}
	}
	if to < 0 || to > len(line) {
		to = len(line)
	}
	return line[min(from, to):to]
}

// ruledTables gives the rows of ruled tables. A line waits until the next is
// known: a ruler makes it a header.
type ruledTables struct {
	*feed
	now     ruler
	waiting []byte
	full    bool // waiting holds a line
	headed  bool // rows above a ruler name columns
	tables  int
	cells   [][]byte
}

func (o *feed) ruled(sp *splitter, headed bool) error {
	o.info.Dialect.Delimiter, o.info.Dialect.Quote, o.info.Dialect.Escape = "|", "", ""
	t := &ruledTables{feed: o, headed: headed}
	refuse := func(code string) {
		if o.rows != nil {
			o.rows.Refuse(code)
		}
	}
	if err := o.lines(sp, t.line, refuse); err != nil {
		return err
	}
	if err := t.flush(); err != nil || t.tables > 0 {
		return err
	}
	return o.begin() // nothing but rulers
}

func (t *ruledTables) line(line []byte, _ bool) error {
	r, ok := rulerOf(line)
	if !ok {
		if err := t.flush(); err != nil {
			return err
		}
		t.waiting, t.full = append(t.waiting[:0], line...), true
		return nil
	}
	if r.text != t.now.text {
		if t.now.bars && t.tables > 0 && len(r.spans) == len(t.now.spans) {
			return t.flush() // between rows, or at the end of the same table
		}
		t.now = r
		if err := t.table(); err != nil {
			return err
		}
	}
	return t.flush()
}

// table begins a table under the ruler.
func (t *ruledTables) table() error {
	if t.tables++; t.tables > 1 {
		t.info.Name = tableName(t.tables)
	}
	t.info.Header = dump.HeaderUnknown
	if t.headed {
		t.info.Header = dump.HeaderYes
	}
	if !t.now.bars {
		t.info.Dialect.Delimiter = " "
	}
	return t.begin()
}

// tableName names the tables of a file behind the first.
func tableName(n int) string { return fmt.Sprintf("table_%d", n) }

// flush gives the line that waits.
func (t *ruledTables) flush() error {
	if !t.full {
		return nil
	}
	t.full = false
	if t.tables == 0 || !t.cut() {
		t.buf = t.buf[:0]
		return t.visitor.Text(outsideTable, append(t.value(t.waiting), '\n'))
	}
	return t.row(t.cells, t.waiting)
}

// cut cuts the line that waits under the ruler; it tells whether it can be a
// row of the table.
func (t *ruledTables) cut() bool {
	line := t.waiting
	t.cells = t.cells[:0]
	if !t.now.bars {
		for i, sp := range t.now.spans {
			to := -1
			if i+1 < len(t.now.spans) {
				to = t.now.spans[i+1][0]
			}
			t.cells = append(t.cells, trimBlank(slice(line, sp[0], to)))
		}
		return len(line) > 0 && !clientLine(line)
	}
	bar := []byte{'|'}
	for _, other := range []string{"│", "║", "┃"} {
		if bytes.Contains(line, []byte(other)) {
			bar = []byte(other)
		}
	}
	if len(t.now.spans) > 1 && !bytes.Contains(line, bar) {
		return false
	}
	line = trimBlank(line)
	if bytes.HasPrefix(line, bar) {
		line = bytes.TrimSuffix(line[len(bar):], bar)
	}
	for v := range bytes.SplitSeq(line, bar) {
		if len(t.cells) > dump.MaxColumns {
			return false
		}
		v = trimBlank(v)
		if t.now.markdown() {
			v = unmarked(v)
		}
		t.cells = append(t.cells, v)
	}
	return true
}

// clientLine tells what clients print around rows: how many there are, and what
// was asked next.
func clientLine(line []byte) bool {
	line = bytes.ToLower(trimBlank(line))
	if bytes.HasPrefix(line, []byte("sql> ")) || bytes.HasPrefix(line, []byte("mysql> ")) {
		return true
	}
	line = bytes.Trim(line, "()")
	i := 0
	for i < len(line) && isDigit(line[i]) {
		i++
	}
	return i > 0 && (bytes.HasPrefix(line[i:], []byte(" row")) || bytes.HasPrefix(line[i:], []byte(" ligne")))
}
