package text

import (
	"unicode/utf8"
)

// Bounds of the lines that columns of fixed width are told by.
const (
	fixedLines = 400
	fixedWidth = 4096 // characters of a line
	fixedLeast = 4    // lines
)

// fixed tells columns of fixed width: character positions that are blank in
// (nearly) all lines part them. It returns where columns begin, or nil.
func fixed(s *sample) (starts []int) {
	var used [fixedWidth]int
	var lines, most, runs, reach int
	s.each(func(line []byte) bool {
		n, before := 0, ' '
		run := false
		for i := 0; i < len(line) && n < fixedWidth; n++ {
			c, size := rune(line[i]), 1
			if c >= utf8.RuneSelf {
				if r, k := utf8.DecodeRune(line[i:]); r != utf8.RuneError {
					c, size = r, k
				}
			}
			if c == '\t' {
				return false // tabs align otherwise
			}
			if c != ' ' {
				used[n]++
				run = run || n > 0 && before == ' ' && i > 1 && line[i-2] == ' '
			}
			before = c
			i += size
		}
		lines++
		if run {
			runs++
		}
		most = max(most, n)
		reach += n
		return lines < fixedLines
	})
	if lines < fixedLeast || runs*10 < lines*7 {
		return nil
	}
	noise := lines / 50
	for n := 0; n < most; n++ {
		if used[n] > noise && (n == 0 || used[n-1] <= noise) {
			starts = append(starts, n)
		}
	}
	// Columns that few lines fill are words that happen to stand apart.
	columns := starts[:0]
	for i, from := range starts {
		to := most
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		peak := 0
		for n := from; n < to; n++ {
			peak = max(peak, used[n])
		}
		if i == 0 || peak*4 >= lines {
			columns = append(columns, from)
		}
	}
	if len(columns) < 2 || len(columns) > 512 || reach < lines*columns[1] {
		return nil
	}
	columns[0] = 0
	return columns
}

// fixedRows reads columns of fixed width.
func (o *feed) fixedRows(sp *splitter, starts []int) error {
	o.info.Dialect.Delimiter, o.info.Dialect.Quote, o.info.Dialect.Escape = " ", `"`, `"`
	if err := o.begin(); err != nil {
		return err
	}
	cells := make([][]byte, 0, len(starts))
	return o.lines(sp, func(line []byte, _ bool) error {
		cells = cutAt(cells[:0], line, starts)
		return o.row(cells, line)
	}, o.rows.Refuse)
}

// cutAt appends the cells of a line that begin at starts, without the blanks
// around them.
func cutAt(cells [][]byte, line []byte, starts []int) [][]byte {
	for i, from := range starts {
		to := -1
		if i+1 < len(starts) {
			to = starts[i+1]
		}
		cells = append(cells, trimBlank(slice(line, from, to)))
	}
	return cells
}
