package text

import (
	"bytes"
	"slices"
	"strings"
)

// Bounds of the lines that columns of fixed width are told by.
const (
	fixedLines = 400
	fixedWidth = 4096 // characters of a line
	fixedLeast = 4    // lines
	// A line that comes so often, but for its numbers, is printed on every page.
	pageRepeats  = 3
	headedWithin = 20 // lines
)

// spool are the lines of a report whose columns are of fixed width, a byte a
// character.
type spool struct {
	starts []int           // where columns begin
	lines  []string        // the rows of the sample
	header string          // the names over them, if there are any
	pages  map[string]bool // forms of the lines that come again on every page
	used   [fixedWidth]int // lines with a character at each position
	noise  int             // so many may have one between columns
}

// fixed tells columns of fixed width: character positions that are blank in
// (nearly) all lines part them. nil says that there are none.
func fixed(s *sample) *spool {
	x := &spool{pages: map[string]bool{}}
	all := x.gather(s)
	var most, runs, reach int
	for _, line := range x.lines {
		blanks, run := 0, false
		for n := range len(line) {
			if line[n] == ' ' {
				blanks++
				continue
			}
			x.used[n]++
			run = run || blanks > 1 && n > blanks
			blanks = 0
		}
		if run {
			runs++
		}
		most = max(most, len(line))
		reach += len(line)
	}
	lines := len(x.lines)
	if lines < fixedLeast || runs*10 < lines*7 {
		return nil
	}
	x.noise = lines / 50
	var starts []int
	for n := range most {
		if x.used[n] > x.noise && (n == 0 || x.used[n-1] <= x.noise) {
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
		if i == 0 || slices.Max(x.used[from:to])*4 >= lines {
			columns = append(columns, from)
		}
	}
	if len(columns) < 2 || len(columns) > 512 || reach < lines*columns[1] {
		return nil
	}
	for _, p := range columns {
		if x.bars(p)*10 >= lines*9 {
			return nil // bars are drawn between columns
		}
	}
	columns[0] = 0
	x.starts = columns
	x.name(all[:min(len(all), headedWithin)])
	return x
}

// bars counts the lines with a bar at a place.
func (x *spool) bars(p int) (n int) {
	for _, l := range x.lines {
		if p < len(l) && l[p] == '|' {
			n++
		}
	}
	return n
}

// gather takes the lines of a sample, without those that a report prints on every
// page: rules, and what comes again but for its numbers. Lines with tabs align
// otherwise: there are none then.
func (x *spool) gather(s *sample) (all []string) {
	times, tabs := map[string]int{}, false
	s.each(func(line []byte) bool {
		tabs = bytes.IndexByte(line, '\t') >= 0
		l := flat(line[:min(len(line), fixedWidth)])
		all = append(all, l)
		times[form(l)]++
		return !tabs && len(all) < fixedLines
	})
	if tabs {
		return nil
	}
	for _, l := range all {
		if times[form(l)] < pageRepeats && !parts([]byte(l)) {
			x.lines = append(x.lines, l)
		}
	}
	if len(x.lines)*3 < len(all) {
		x.lines = all // rows that differ in their numbers alone
		return all
	}
	for _, l := range all {
		if times[form(l)] >= pageRepeats {
			x.pages[form(l)] = true
		}
	}
	return all
}

// form is a line without its numbers, its blanks and what begins a page.
func form(line string) string {
	out := make([]byte, 0, len(line))
	for _, c := range []byte(strings.Trim(line, "\f ")) {
		if isDigit(c) {
			c = '0'
		}
		if c != '0' && c != ' ' || len(out) == 0 || out[len(out)-1] != c {
			out = append(out, c)
		}
	}
	return string(out)
}

// name finds the names over the columns, and fits these to them. Values that fill a
// column to its end hide the next, whose name does not: D_DELIV   PTS stands over
// 18.01.20176. A single blank within values of one form parts nothing, where no name
// is over what is behind it. Names of numbers, which end at the right, begin before
// them.
func (x *spool) name(first []string) {
	for _, h := range first {
		begun, names := 0, len(x.names(h))
		for _, p := range x.starts {
			if p < len(h) && h[p] != ' ' && (p == 0 || h[p-1] == ' ') {
				begun++
			}
		}
		if begun > 1 && begun*2 >= len(x.starts) || begun > 2 && begun*2 >= names {
			if signsOf([]byte(h)).digits <= 2 {
				x.header = h
			}
			break
		}
	}
	if x.header == "" {
		return
	}
	delete(x.pages, form(x.header))
	names, out := x.names(x.header), []int{0}
	for i, p := range x.starts[1:] {
		to, from := fixedWidth, p
		if i+2 < len(x.starts) {
			to = x.starts[i+2]
		}
		for from > 1 && x.used[from-1] <= x.noise && x.used[from-2] <= x.noise {
			from--
		}
		k, _ := slices.BinarySearch(names, from)
		switch named := k < len(names) && names[k] < to; {
		case named:
			out = append(out, min(p, names[k]))
		case from < p:
			out = append(out, p)
		}
	}
	for i, p := range names[min(1, len(names)):] {
		if at, found := slices.BinarySearch(out, p); !found && names[i] >= out[at-1] && x.full(p) {
			out = slices.Insert(out, at, p) // the column has a name of its own before
		}
	}
	x.starts = slices.Compact(out)
}

// names are the places where the names of a line begin: at a column, or behind two
// blanks.
func (x *spool) names(line string) (at []int) {
	for p := range len(line) {
		if line[p] != ' ' && (p == 0 || line[p-1] == ' ' && (p == 1 || line[p-2] == ' ' || slices.Contains(x.starts, p))) {
			at = append(at, p)
		}
	}
	return at
}

// full tells that (nearly) every line goes on over a place without a blank.
func (x *spool) full(p int) bool {
	n := 0
	for _, l := range x.lines {
		if p > 0 && p < len(l) && l[p] != ' ' && l[p-1] != ' ' {
			n++
		}
	}
	return n*10 >= len(x.lines)*9
}

// fixedRows reads columns of fixed width. What is printed on every page, or stands
// across columns, is no row.
func (o *feed) fixedRows(sp *splitter, x *spool) error {
	o.info.Dialect.Delimiter, o.info.Dialect.Quote, o.info.Dialect.Escape = " ", `"`, `"`
	if err := o.begin(); err != nil {
		return err
	}
	cells := make([][]byte, 0, len(x.starts))
	err := o.lines(sp, func(line []byte, _ bool) error {
		if l := flat(line); x.pages[form(l)] && !x.fills(l) || parts(line) || x.across(l) {
			return o.aside(line)
		}
		cells = cutAt(cells[:0], line, x.starts)
		return o.row(cells, line)
	}, o.rows.Refuse)
	if err != nil {
		return err
	}
	return o.flush()
}

// fills tells a line that begins most of the columns: a row, how often rows of its
// form may come.
func (x *spool) fills(line string) bool {
	begun := 0
	for _, p := range x.starts {
		if p < len(line) && line[p] != ' ' && (p == 0 || line[p-1] == ' ') {
			begun++
		}
	}
	return begun*4 > len(x.starts)*3
}

// across tells a line that does not know of the columns: more of them begin within
// a word than behind a blank.
func (x *spool) across(line string) bool {
	over, begun := 0, 0
	for _, p := range x.starts[1:] {
		switch {
		case p >= len(line) || line[p] == ' ':
		case line[p-1] != ' ':
			over++
		default:
			begun++
		}
	}
	return over > 1 && over > begun && line != x.header
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
