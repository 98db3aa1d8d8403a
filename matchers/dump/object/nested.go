package object

import (
	"bytes"
	"context"
	"strings"

	"vigie/matchers/dump"
	"vigie/matchers/dump/window"
)

// nestedFormat reads lines that open, fill and close records within records:
// calendars (RFC 5545), bank statements in the SGML of OFX 1, family trees
// (GEDCOM 5.5), and what PHP prints of its data (print_r, var_dump). They differ
// in how a line says so, and in nothing else.
//
// What stands within each other tells the rows: of the records that come again
// the outermost are, unless they hold many of another kind each, as two calendars
// hold hundreds of events. A row's values are named by their path within it. What
// stands outside of rows is running text.
type nestedFormat struct {
	name  string
	opens func(b []byte) bool // how a file begins
	line  func(n *nest, line []byte) error
}

// nestedFormats are the ways of writing nested records.
func nestedFormats() []dump.Format {
	return []dump.Format{
		nestedFormat{"icalendar", opensCalendar, (*nest).calendar},
		nestedFormat{"ofx", opensOFX, (*nest).sgml},
		nestedFormat{"gedcom", opensGEDCOM, (*nest).gedcom},
		nestedFormat{"print_r", opensPrinted, (*nest).printed},
	}
}

func (f nestedFormat) Name() string { return f.name }

// Sniff knows how a file begins.
func (f nestedFormat) Sniff(file *dump.File) float64 {
	b, _ := beginning(file)
	if f.opens(bytes.TrimLeft(b, " \t\r\n")) {
		return 0.97
	}
	return 0
}

// Read gives every row to v.
func (f nestedFormat) Read(ctx context.Context, file *dump.File, v dump.Visitor) error {
	w, o := open(ctx, file, v, windowStart)
	return f.read(w, o)
}

// nestedAhead is how much of a file is looked at to tell its rows.
const nestedAhead = 1 << 20

func (f nestedFormat) read(w *window.Window, o *output) error {
	look := &nest{counts: map[string]int{}}
	for len(w.Rest()) < nestedAhead && w.More() {
	}
	head := w.Rest()[:min(len(w.Rest()), nestedAhead)]
	for line := range bytes.SplitSeq(head, []byte{'\n'}) {
		if err := f.line(look, bytes.TrimSuffix(line, []byte{'\r'})); err != nil {
			return err
		}
	}
	n := &nest{o: o, rows: look.rowPaths(), seen: look.counts, ahead: int64(len(head))}
	l := &lines{w: w}
	for {
		var line []byte
		var big, ok bool
		if f.name == "icalendar" {
			line, big, ok = l.next()
		} else {
			line, _, big, ok = l.physical()
		}
		if !ok {
			break
		}
		if big {
			n.spoil()
			continue
		}
		if err := f.line(n, line); err != nil {
			return err
		}
	}
	if err := n.down(0); err != nil {
		return err
	}
	return w.Err
}

// nest is where the reader stands: the names of what is open, outermost first.
type nest struct {
	o       *output
	open    []string
	counts  map[string]int // of each path, where the file is only looked at
	order   []string       // the paths as they come
	rows    map[string]bool
	seen    map[string]int
	ahead   int64
	row     *table // that is filled
	depth   int    // of the row
	size    int
	pending string // name of what a bracket opens
	key     []byte // whose value the next line is
	last    []byte // that had a value last
}

// Bounds of what is nested.
const (
	nestedPaths = 256
	manyWithin  = 8 // records of another kind in each: these are the rows
)

func (n *nest) path() string { return strings.Join(n.open, ".") }

// rowPaths are the paths whose records are rows.
func (n *nest) rowPaths() map[string]bool {
	within := func(p, q string) bool { return strings.HasPrefix(q, p+".") }
	rows := map[string]bool{}
	for least := 2; least > 0 && len(rows) == 0; least-- {
		for _, p := range n.order {
			inside, holds := false, false
			for q := range rows {
				inside = inside || within(q, p)
			}
			for q, k := range n.counts {
				holds = holds || within(p, q) && (k >= manyWithin*n.counts[p] || least == 1)
			}
			if !inside && !holds && n.counts[p] >= least {
				rows[p] = true
			}
		}
	}
	return rows
}

// up opens a record.
func (n *nest) up(name []byte) {
	if len(n.open) >= maxNesting {
		n.spoil()
		return
	}
	n.open = append(n.open, string(name[:min(len(name), maxName)]))
	path := n.path()
	if n.counts != nil {
		if n.counts[path] > 0 || len(n.order) < nestedPaths {
			if n.counts[path]++; n.counts[path] == 1 {
				n.order = append(n.order, path)
			}
		}
		return
	}
	if n.row == nil && (n.rows[path] || n.beside(path)) {
		name := n.open[len(n.open)-1]
		if name == listed {
			name = ""
		}
		n.row, n.depth, n.size = n.o.table(name), len(n.open), 0
	}
}

// beside tells a path that was not met in the beginning of a file, next to rows.
func (n *nest) beside(path string) bool {
	if n.seen[path] > 0 || n.o.w.Total-int64(len(n.o.w.Rest())) <= n.ahead {
		return false
	}
	parent := path[:strings.LastIndexByte(path, '.')+1]
	for p := range n.rows {
		if p[:strings.LastIndexByte(p, '.')+1] == parent {
			n.rows[path] = true
			return true
		}
	}
	return false
}

// down closes records until so many are open.
func (n *nest) down(depth int) error {
	depth = max(depth, 0)
	if depth >= len(n.open) {
		return nil
	}
	n.open = n.open[:depth]
	if n.row == nil || depth >= n.depth {
		return nil
	}
	t := n.row
	n.row = nil
	return t.give()
}

// spoil refuses the row that is filled.
func (n *nest) spoil() {
	if n.row != nil {
		n.row.bad = dump.CodeTooLarge
	}
}

// put gives a value to the row, or tells it as running text.
func (n *nest) put(name, value []byte) error {
	switch {
	case n.o == nil || value == nil:
		return nil
	case n.row == nil:
		if len(name) == 0 && len(n.open) > 0 {
			name = []byte(n.open[len(n.open)-1])
		}
		return n.o.text("", string(name), value)
	}
	if n.size += len(value); n.size > maxRecord {
		n.spoil()
		return nil
	}
	path := string(name)
	if within := n.open[min(n.depth, len(n.open)):]; len(within) > 0 {
		path = strings.Join(within, ".")
		if len(name) > 0 {
			path += "." + string(name)
		}
	}
	n.row.put(n.row.column(n.o.name([]byte(path))), n.row.keep(value))
	return nil
}
