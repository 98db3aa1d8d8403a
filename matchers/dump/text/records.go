package text

import (
	"bytes"
	"slices"
	"strings"

	"vigie/matchers/dump"
)

// Lines of fixed width may be of several kinds, which their first characters
// tell: 02 for a person, 03 for an address, 09 for a total.

// Bounds on kinds of lines.
const (
	maxTag   = 4 // characters
	maxKinds = 12
	fewLines = 3 // that a kind of its own has at least
)

// records says how the columns of each kind of line stand.
type records struct {
	tag    int // characters that tell the kind; 0 is one kind
	starts map[string][]int
	order  []string // kinds as they come in the sample
	proved int      // values that prove themselves, at their places
	most   int      // columns of a kind
	even   bool     // (nearly) all lines are of one length
}

// glued tells lines of fixed width without blanks between the columns. Where
// blanks part columns, plain has them; they are kept, and cut further.
func glued(s *sample, plain []int) *records {
	var lines []string
	s.each(func(line []byte) bool {
		if bytes.IndexByte(line, '\t') >= 0 {
			return false
		}
		lines = append(lines, flat(line))
		return len(lines) < fixedLines
	})
	if len(lines) < gluedLeast || len(plain) > 3 && !strings.ContainsAny(lines[0], "0123456789") {
		return nil // or a line of names over columns that blanks part
	}
	even := 0
	for _, l := range lines {
		if len(l) == len(lines[len(lines)/2]) {
			even++
		}
	}
	best, purity := byTag(lines, 0), 0.0
	if best != nil {
		purity = kindsPurity(best)
	}
	for n := 1; n <= maxTag; n++ {
		x := byTag(lines, n)
		if x == nil {
			continue
		}
		gain := kindsPurity(x) - purity
		if best == nil || gain > 0.02*float64(len(x)) || len(x) == 1 && gain > 0 && ends(lines, n) {
			best, purity = x, purity+gain
		}
	}
	if best == nil || purity < 0.75 {
		return nil
	}
	n := len(best[0].tag)
	for _, k := range best {
		n = max(n, min(maxTag, k.grid.opening()))
	}
	if x := byTag(lines, n); x != nil && len(x) == len(best) {
		best = x
	}
	return cutKinds(best, plain, even*100 >= len(lines)*95)
}

// ends tells that the lines of other kinds than most are the first and the last.
func ends(lines []string, n int) bool {
	tag := lines[len(lines)/2][:min(n, len(lines[len(lines)/2]))]
	for i, l := range lines {
		if len(l) < n || l[:n] != tag {
			if i > 1 && i < len(lines)-2 {
				return false
			}
		}
	}
	return true
}

// kindOfLines are the lines of one kind.
type kindOfLines struct {
	tag  string
	grid *grid
}

// byTag sorts lines by their first n characters. nil says that these do not tell
// kinds: there are too many of them, or too few lines.
func byTag(lines []string, n int) []kindOfLines {
	rows := map[string][]string{}
	var order []string
	for _, l := range lines {
		if len(l) < n || n > 0 && !isTag(l[:n]) {
			continue
		}
		if rows[l[:n]] == nil {
			order = append(order, l[:n])
		}
		rows[l[:n]] = append(rows[l[:n]], l)
	}
	var out []kindOfLines
	covered := 0
	for _, tag := range order {
		if len(rows[tag]) < fewLines {
			continue
		}
		covered += len(rows[tag])
		out = append(out, kindOfLines{tag: tag, grid: newGrid(rows[tag])})
	}
	if covered*10 < len(lines)*9 || len(out) == 0 || len(out) > maxKinds || len(out)*gluedLeast > len(lines)*2 {
		return nil
	}
	for _, k := range out {
		if k.grid.width < gluedNarrow && len(out) == 1 {
			return nil
		}
	}
	return out
}

func isTag(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) && (s[i] < 'A' || s[i] > 'Z') {
			return false
		}
	}
	return true
}

func kindsPurity(kinds []kindOfLines) float64 {
	sum, n := 0.0, 0
	for _, k := range kinds {
		sum += k.grid.purity() * float64(len(k.grid.rows))
		n += len(k.grid.rows)
	}
	return sum / float64(n)
}

// cutKinds finds the columns of each kind. Without a value that proves itself
// there is no telling lines of fixed width from sentences, or from columns that
// blanks part already; even says that (nearly) all are of one length, which tells
// as well.
func cutKinds(kinds []kindOfLines, plain []int, even bool) *records {
	r := &records{starts: map[string][]int{}, even: even}
	shared(kinds)
	for _, k := range kinds {
		r.tag = len(k.tag)
		if r.tag > 0 {
			k.grid.first[r.tag] = true
			for i := range min(r.tag, k.grid.width) {
				k.grid.taken[i] = true
			}
		}
		for _, p := range plain {
			if len(kinds) == 1 && p < k.grid.width {
				k.grid.first[p] = true
			}
		}
		k.grid.parted = len(kinds) == 1 && len(plain) > 3
		starts, n := k.grid.columns()
		if len(starts) > 512 {
			return nil
		}
		r.proved += n
		r.most = max(r.most, len(starts))
		r.starts[k.tag], r.order = starts, append(r.order, k.tag)
	}
	if r.proved == 0 && !even || r.most < 3 || r.most <= len(plain) {
		return nil
	}
	return r
}

// sharedWithin is how far the number stands that lines of all kinds repeat.
const sharedWithin = 32

// shared begins columns where they begin in at least two other kinds of lines and
// end at one place: the number of a person, which each of them repeats.
func shared(kinds []kindOfLines) {
	if len(kinds) < 3 {
		return
	}
	var begun [sharedWithin]int
	for _, k := range kinds {
		x := newGrid(k.grid.rows)
		x.prove()
		for p := len(k.tag) + 1; p < min(sharedWithin, x.width); p++ {
			if x.begins(p) {
				begun[p]++
				break
			}
		}
	}
	for p, n := range begun {
		for _, k := range kinds {
			if n >= 2 && p < k.grid.width && k.grid.at[p-1].digits > 0.9 {
				k.grid.first[p] = true
			}
		}
	}
}

// records reads lines of fixed width of one kind or of several. A line of no
// kind is running text.
func (o *feed) records(sp *splitter, r *records) error {
	o.info.Dialect.Delimiter, o.info.Dialect.Quote, o.info.Dialect.Escape = "", "", ""
	o.info.Header = dump.HeaderNo
	tables := map[string]dump.Rows{}
	for _, tag := range r.order {
		if len(r.order) > 1 {
			o.info.Name = tag
		}
		if err := o.begin(); err != nil {
			return err
		}
		tables[tag] = o.rows
	}
	var cells [][]byte
	return o.lines(sp, func(line []byte, _ bool) error {
		tag := slice(line, 0, r.tag)
		rows := tables[string(tag)]
		if rows == nil {
			o.buf = o.buf[:0]
			return o.visitor.Text(outsideTable, append(slices.Clone(o.value(line)), '\n'))
		}
		o.rows = rows
		cells = cutAt(cells[:0], line, r.starts[string(tag)])
		return o.row(cells, line)
	}, func(code string) { o.rows.Refuse(code) })
}
