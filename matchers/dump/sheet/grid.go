package sheet

import (
	"bytes"
	"unicode/utf8"

	"vigie/matchers/dump"
)

// line is a row being read: cells by their column from 0, in one buffer.
type line struct {
	buf   []byte
	cells []span
	over  bool // something did not fit
}

type span struct{ from, to int }

func (l *line) reset() {
	l.buf, l.cells, l.over = l.buf[:0], l.cells[:0], false
	if cap(l.buf) > 1<<20 {
		l.buf = nil
	}
}

// put ends a cell at the end of buf; it began at from.
func (l *line) put(col, from int) {
	if col < 0 || col >= MaxColumn || len(l.buf) > MaxLine {
		l.buf, l.over = l.buf[:from], true
		return
	}
	for len(l.cells) <= col {
		l.cells = append(l.cells, span{})
	}
	l.cells[col] = span{from, len(l.buf)}
}

func (l *line) at(col int) []byte {
	if col >= len(l.cells) {
		return nil
	}
	return l.buf[l.cells[col].from:l.cells[col].to]
}

func (l *line) blank() bool {
	for _, s := range l.cells {
		if s.to > s.from {
			return false
		}
	}
	return true
}

// said says whether a cell says something: spaces do not.
func said(b []byte) bool { return len(bytes.TrimSpace(b)) > 0 }

// columnSet is a set of columns from 0.
type columnSet [MaxColumn / 64]uint64

func (s *columnSet) add(from, to int) {
	for c := max(0, from); c <= min(to, MaxColumn-1); c++ {
		s[c/64] |= 1 << (c % 64)
	}
}

func (s *columnSet) has(c int) bool { return c < MaxColumn && s[c/64]&(1<<(c%64)) != 0 }

// grid gives a table the rows of a sheet with the blank ones between.
type grid struct {
	rows    dump.Rows
	filler  *int // cells that may still be laid out; the workbook's
	notify  bool
	pad     int // columns of every row at least
	limit   int // columns of every row at most
	maxRun  int // blank rows kept of a run
	hidden  *columnSet
	merges  *merges
	next    int // row expected, from 1
	row     [][]byte
	told    map[string]bool
	trimmed bool // rows end at their last cell
}

var nothing = []byte{}

func (g *grid) warn(code string) {
	if g.told == nil {
		g.told = map[string]bool{}
	}
	if !g.told[code] {
		g.told[code] = true
		g.rows.Warn(code)
	}
}

// blank gives the blank rows before row r.
func (g *grid) blank(r int) error {
	for run := 0; g.next < r; g.next++ {
		width := g.pad + 1
		if g.merges != nil {
			width += g.merges.width(g.next)
		}
		if run++; run > g.maxRun || *g.filler < width {
			g.warn(WarnBlank)
			break
		}
		*g.filler -= width
		if err := g.give(g.next, nil); err != nil {
			return err
		}
	}
	g.next = max(g.next, r)
	return nil
}

// put gives a row, from 1. A row that says nothing waits for one that does.
func (g *grid) put(r int, l *line) error {
	if r < g.next {
		g.warn(WarnOrder)
		pad := g.pad
		g.pad = 0
		defer func() { g.pad = pad }()
	} else if err := g.blank(r); err != nil {
		return err
	}
	g.next = max(g.next, r+1)
	if l.over {
		g.warn(WarnCells)
	}
	return g.give(r, l)
}

// pass goes by a row that is not given. What is merged may begin in it.
func (g *grid) pass(r int, l *line) error {
	if err := g.blank(r); err != nil {
		return err
	}
	g.next = max(g.next, r+1)
	if g.merges != nil {
		g.merges.enter(r)
		for c := range l.cells {
			g.merges.fill(r, c, l.at(c), g.notify)
		}
	}
	return nil
}

func (g *grid) give(r int, l *line) error {
	width := g.pad
	if l != nil {
		if pad := g.pad - len(l.cells); pad > *g.filler {
			width = 0
		} else if pad > 0 {
			*g.filler -= pad
		}
		width = max(width, len(l.cells))
	}
	if g.merges != nil {
		width = max(width, g.merges.enter(r))
	}
	width = min(width, g.limit)
	g.row = g.row[:0]
	for c := 0; c < width; c++ {
		var v []byte
		if l != nil {
			v = l.at(c)
		}
		if g.merges != nil {
			v = g.merges.fill(r, c, v, g.notify)
		}
		if g.hidden.has(c) {
			continue
		}
		if v == nil {
			v = nothing
		} else if !utf8.Valid(v) {
			v = bytes.ToValidUTF8(v, []byte("\ufffd"))
		}
		g.row = append(g.row, v)
	}
	if g.trimmed {
		for len(g.row) > 0 && len(g.row[len(g.row)-1]) == 0 {
			g.row = g.row[:len(g.row)-1]
		}
	}
	return g.rows.Row(g.row)
}
