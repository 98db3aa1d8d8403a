package sample

import "strings"

// maxGap is how far apart two separators of one run may stand, in bytes.
const maxGap = 100

// runRows finds rows in a text without line ends, "1;ORBE;Jean;1987-03-12
// 2;VALLON;Rose;1990-01-30": runs of cells between one separator, in which
// values of one shape return after the same number of cells. At that distance a
// row ends and the next begins, within a cell.
func runRows(text string) []Table {
	var out []Table
	for s := range len(separators) {
		sep := separators[s]
		for from := 0; from < len(text); {
			run, end := cellRun(text, from, sep)
			if end <= from {
				break
			}
			from = end
			if t, ok := periodic(text, run); ok {
				out = append(out, t)
			}
		}
	}
	return out
}

// cellRun collects the cells of the next run of a separator.
func cellRun(text string, from int, sep byte) ([]cell, int) {
	first := strings.IndexByte(text[from:], sep)
	if first < 0 {
		return nil, 0
	}
	first += from
	start := max(from, first-maxGap)
	var run []cell
	for at := first; ; {
		run = append(run, trimmed(text, start, at))
		start = at + 1
		next := strings.IndexByte(text[start:min(len(text), start+maxGap)], sep)
		if next < 0 || len(run) > maxRows {
			end := min(len(text), start+maxGap)
			if nl := strings.IndexByte(text[start:end], '\n'); nl >= 0 {
				end = start + nl
			}
			return append(run, trimmed(text, start, end)), start
		}
		at = start + next
	}
}

// maxProse is how many cells of other text may stand before a header.
const maxProse = 10

// periodic cuts a run of cells into rows.
func periodic(text string, run []cell) (Table, bool) {
	header, period := 0, 0
	for skip := 0; skip < min(len(run), maxProse) && header == 0; skip++ {
		if header = headerCells(run[skip:]); header > 0 {
			run, period = run[skip:], header
		}
	}
	if header == 0 {
		period = periodOf(run)
	}
	if period < 1 || period >= maxColumns || len(run) <= period {
		return Table{}, false
	}
	if header == 0 && !leads(run) {
		return Table{}, false
	}
	// The cells at every period-th place hold the end of one row and the
	// beginning of the next.
	begin := 0
	if header == 0 {
		begin = borders(run, period)
	}
	var rows [][]cell
	i := begin
	for ; i+period < len(run) && len(rows) < maxRows; i += period {
		row := append([]cell(nil), run[i:i+period+1]...)
		_, row[0] = split(text, row[0])
		if i+2*period < len(run) {
			row[period], _ = split(text, row[period])
		} else if i+period == len(run)-1 {
			row[period] = firstWords(text, row[period])
		}
		rows = append(rows, row)
	}
	if len(rows) < 2 && header == 0 {
		return Table{}, false
	}
	t, _ := table(rows)
	for k := i + 1; k < len(run); k++ { // a row that the text cuts is hidden as well
		if k == len(run)-1 {
			run[k] = firstWords(text, run[k])
		}
		t.values, t.End = append(t.values, run[k].span), max(t.End, run[k].to)
	}
	return t, true
}

// leads tells whether something in a run leads to a person.
func leads(run []cell) bool {
	for _, c := range run {
		for s, there := range shapesIn(c.text) {
			if there && shape(s) != shapeNone && (shape(s) != shapeDate || birth(c.text)) {
				return true
			}
		}
	}
	return false
}

// borders is the cell from which on every period-th holds two values.
func borders(run []cell, period int) int {
	best, most := 0, -1
	for begin := range period {
		n := 0
		for i := begin + period; i < len(run); i += period {
			if strings.ContainsAny(run[i].text, " \n") && shapeOf(run[i].text) == shapeNone {
				n++
			}
		}
		if n > most {
			best, most = begin, n
		}
	}
	return best
}

// periodOf is the least distance at which nearly all values of a shape return,
// or 0. One of 1 is a list of addresses, no table.
func periodOf(run []cell) int {
	shaped := make([][shapes]bool, len(run))
	for i, c := range run {
		shaped[i] = shapesIn(c.text)
	}
	for d := 2; d < min(maxColumns, len(run)); d++ {
		due, met := 0, 0
		for i := 0; i+d < len(run); i++ {
			any, same := false, false
			for s := shapeNone + 1; s < shapes; s++ {
				any = any || shaped[i][s]
				same = same || shaped[i][s] && shaped[i+d][s]
			}
			if any {
				due++
			}
			if same {
				met++
			}
		}
		if met > 0 && (10*met >= 7*due || met >= 2 && due-met <= 1) { // the last row may be cut
			return d
		}
	}
	return 0
}

// headerCells tells how many cells from the first on are names of columns, the
// last of them followed by the first value of the first row; 0 for none.
func headerCells(run []cell) int {
	known := 0
	for i, c := range run {
		w := strings.Fields(c.text)
		if len(w) == 0 {
			return 0
		}
		if i == 0 && columnNames[nameOf(w[len(w)-1])] || columnNames[nameOf(c.text)] && digitsOf(c.text) == 0 {
			known++
			continue
		}
		if i > 0 && len(w) > 1 && columnNames[nameOf(w[0])] && known >= 1 {
			return i
		}
		if known < i { // a column of a name of its own is allowed for each known one
			return 0
		}
	}
	return 0
}

// split parts the end of one row from the beginning of the next: before a value
// of a known shape that ends the cell, behind one that begins it, at a wide
// blank, else before the last word.
func split(text string, c cell) (left, right cell) {
	at := -1
	blank := func(i int) bool { return c.text[i] == ' ' || c.text[i] == '\n' }
	for i := 0; i < len(c.text) && i < maxCell && at < 0; i++ {
		if blank(i) && (shapeOf(c.text[i+1:]) != shapeNone || i+1 < len(c.text) && blank(i+1)) {
			at = i
		}
	}
	for i := min(len(c.text), maxCell) - 1; i > 0 && at < 0; i-- {
		if blank(i) && shapeOf(c.text[:i]) != shapeNone {
			at = i
		}
	}
	if at < 0 {
		at = strings.LastIndexAny(c.text, " \n")
	}
	if at < 0 {
		return cell{"", span{c.from, c.from}}, c
	}
	return trimmed(text, c.from, c.from+at), trimmed(text, c.from+at+1, c.to)
}

// firstWords ends the last cell of a run: behind a value of a known shape, else
// after three words.
func firstWords(text string, c cell) cell {
	words, end := 0, len(c.text)
	for i := 0; i < len(c.text) && i < maxCell; i++ {
		if c.text[i] != ' ' && c.text[i] != '\n' {
			continue
		}
		if words++; shapeOf(c.text[:i]) != shapeNone {
			end = i
		} else if words == 3 {
			end = min(end, i)
		}
	}
	if shapeOf(c.text) != shapeNone {
		end = len(c.text)
	}
	return trimmed(text, c.from, c.from+end)
}
