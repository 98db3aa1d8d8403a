package text

import (
	"bytes"
	"slices"
)

// quotes counts values of text.
type quotes struct {
	texts  int // that hold a letter first
	quoted int // that stand in quotes
	needed int // for which the quotes are needed
}

func (q *quotes) add(v []byte, quoted bool, d *dialect) {
	if quoted {
		q.quoted++
		if len(d.delim) > 0 && bytes.Contains(v, d.delim) || bytes.IndexByte(v, d.newline) >= 0 {
			q.needed++
		}
	}
	if quoted || len(v) > 0 && isLetter(v[0]) {
		q.texts++
	}
}

// paddedBy tells that a blank follows nearly every delimiter.
func paddedBy(s *sample, delim []byte) bool {
	n, blank := 0, 0
	spaced := append(bytes.Clone(delim), ' ')
	for _, p := range s.parts {
		n += bytes.Count(p, delim)
		blank += bytes.Count(p, spaced)
	}
	return n > 0 && blank*10 >= n*9
}

// headedRows is how many rows behind names prove a table.
const headedRows = 30

// usualWidth returns the width that most late rows have; between equals all
// rows decide, then the larger.
func usualWidth(rows []rowShape) int {
	// A quote that is never closed, or another table, does not undo names over
	// rows as wide as they are.
	if w := rows[0].width; rows[0].named && w > 1 && len(rows) > headedRows && !slices.ContainsFunc(rows[:headedRows], func(r rowShape) bool { return r.width != w }) {
		return w
	}
	count, best := map[int]int{}, 0
	for _, r := range rows {
		switch {
		case r.comment && !r.late:
		case r.late:
			count[r.width] += len(rows) + 1
		default:
			count[r.width]++
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
// the usual width. The last of several comments over names is none.
func begin(rows []rowShape, width int) int {
	for i := range rows {
		if i+2 < len(rows) && rows[i].comment && (i > 0 && rows[i-1].comment || rows[i+1].apart) && rows[i+1].named && !rows[i+2].named {
			continue
		}
		j := i
		for j < len(rows) && j < i+3 && rows[j].width == width {
			j++
		}
		if j == len(rows) || j == i+3 {
			return i
		}
	}
	return 0
}

// typeScore is the mean worth of values, raised where the values of a column
// are of one kind; blank tells that no column has values of a kind of its own.
func typeScore(rows []rowShape, width int) (score float64, blank bool) {
	width = min(width, typedColumns)
	counts := make([][kinds]int, width)
	var sum float64
	var n int
	for i, r := range rows {
		for j, k := range r.kinds {
			if j < width && (i > 0 || len(rows) == 1) {
				counts[j][k]++
			}
			sum += worth[k]
			n++
		}
	}
	if n == 0 {
		return 0.5, true
	}
	var same, all int
	blank = true
	for _, c := range counts {
		values := 0
		for k := empty + 1; k < kinds; k++ {
			values += c[k]
		}
		best := max(c[number], c[date], c[handle], c[code]+c[words], c[prose], c[number]+c[code])
		same += best
		all += values
		if own := max(c[number], c[date], c[handle]); values > 0 && own*5 >= values*4 {
			blank = false
		}
	}
	uniform := 1.0
	if all > 0 {
		uniform = float64(same) / float64(all)
	}
	return sum / float64(n) * (0.7 + 0.3*uniform), blank
}
